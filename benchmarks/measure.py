"""Measuring: interleaved repetitions, so that what else the machine does hits everybody alike, and medians of them."""

from __future__ import annotations

import gc
import statistics
import time
import tracemalloc
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

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
        gauge: What is measured: the seconds, or the most megabytes that Python held at once.
        rounds: How often each contender repeats it.
        collected: Whether each repetition begins with no garbage of those before it. A full collection takes about as
            long as a run of thousands of steps, and falls on one of them by chance.
    """

    name: str
    contenders: tuple[Contender, ...]
    expected: Any = None
    most_of_floor: float | None = None
    most_seconds: float | None = None
    gauge: Literal["seconds", "megabytes"] = "seconds"
    rounds: int = 7
    collected: bool = False


@dataclass
class Measured:
    """What was measured of each repetition of a case, by contender; one that failed has an error in its place."""

    case: Case
    found: dict[str, list[float]] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    def median(self, name: str) -> float | None:
        """The median of a contender, in seconds or megabytes."""
        return statistics.median(self.found[name]) if self.found.get(name) else None

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
                found = _gauged(work, case, contender.name)
                if counted:
                    measured.found.setdefault(contender.name, []).append(found)
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


def _gauged(work: Callable[[], Any], case: Case, name: str) -> float:
    if case.collected:
        gc.collect()
    result, found = (_timed if case.gauge == "seconds" else _weighed)(work)
    if case.expected is not None and result != case.expected:
        raise AssertionError(f"{name} returned {result!r} for {case.name!r}, and not {case.expected!r}")
    return found


def _timed(work: Callable[[], Any]) -> tuple[Any, float]:
    began = time.perf_counter()
    result = work()
    return result, time.perf_counter() - began


def _weighed(work: Callable[[], Any]) -> tuple[Any, float]:
    gc.collect()
    tracemalloc.start()
    try:
        result = work()
        return result, tracemalloc.get_traced_memory()[1] / 1e6
    finally:
        tracemalloc.stop()
