"""Measuring: interleaved repetitions, so that what else the machine does hits everybody alike, and medians of them."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

Prepare = Callable[[], Callable[[], Any]]
"""Does what is not measured, and returns what is."""


@dataclass(frozen=True)
class Contender:
    """One who does the work of a case.

    Attributes:
        name: `daggr_fn`, `floor`, or the name of a peer.
        prepare: Called once, or before each repetition when `anew`.
        anew: Whether what is measured can be done once only (tracing a pipeline).
    """

    name: str
    prepare: Prepare
    anew: bool = False


@dataclass(frozen=True)
class Case:
    """One line of the table.

    Attributes:
        expected: What the work comes to; `None` when it isn't looked at.
        most_of_floor: The target, as a multiple of the floor.
        most_seconds: The target in seconds.
        rounds: How often each contender repeats it.
    """

    name: str
    contenders: tuple[Contender, ...]
    expected: Any = None
    most_of_floor: float | None = None
    most_seconds: float | None = None
    rounds: int = 7


@dataclass
class Measured:
    """The seconds of each repetition of a case, by contender; a contender that failed has an error in their place."""

    case: Case
    seconds: dict[str, list[float]] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    def median(self, name: str) -> float | None:
        """The median of a contender, in seconds."""
        return statistics.median(self.seconds[name]) if self.seconds.get(name) else None

    @property
    def of_floor(self) -> float | None:
        """Our median as a multiple of the floor's."""
        ours, floor = self.median("daggr_fn"), self.median("floor")
        return ours / floor if ours is not None and floor else None

    @property
    def met(self) -> bool | None:
        """Whether the target is met; `None` when there is none."""
        pairs = ((self.of_floor, self.case.most_of_floor), (self.median("daggr_fn"), self.case.most_seconds))
        met = [found <= most for found, most in pairs if found is not None and most is not None]
        return all(met) if met else None


def measure(case: Case, factor: float = 1.0) -> Measured:
    """Measure a case: one round that isn't counted, then the contenders in turn, as many rounds as it has.

    Args:
        case: The case.
        factor: Multiplies the number of rounds.
    """
    measured = Measured(case)
    ready = {contender.name: work for contender in case.contenders if (work := _prepared(contender, measured))}
    for counted in [False] + [True] * max(1, round(case.rounds * factor)):
        for contender in case.contenders:
            if contender.name in ready:
                work = contender.prepare() if contender.anew else ready[contender.name]
                seconds = _timed(work, case, contender.name)
                if counted:
                    measured.seconds.setdefault(contender.name, []).append(seconds)
    return measured


def measure_all(cases: Iterable[Case], factor: float, tell: Callable[[Measured], None]) -> list[Measured]:
    """Measure cases, and tell of each once it is done."""
    found: list[Measured] = []
    for case in cases:
        found.append(measure(case, factor))
        tell(found[-1])
    return found


def _prepared(contender: Contender, measured: Measured) -> Callable[[], Any] | None:
    """What is to be measured; a peer that can't do a case is left out, and says why."""
    try:
        return contender.prepare()
    except Exception as error:
        if contender.name in ("daggr_fn", "floor"):
            raise
        measured.errors[contender.name] = f"{type(error).__name__}: {error}"
        return None


def _timed(work: Callable[[], Any], case: Case, name: str) -> float:
    began = time.perf_counter()
    result = work()
    seconds = time.perf_counter() - began
    if case.expected is not None and result != case.expected:
        raise AssertionError(f"{name} returned {result!r} for {case.name!r}, and not {case.expected!r}")
    return seconds
