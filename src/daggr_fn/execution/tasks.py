"""What the machine of a run moves about: calls of steps, the maps that make them, and what an earlier run has done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from daggr_fn.expressions import Key, Missing, step_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from anyio import CancelScope

    from daggr_fn.clock import Timer
    from daggr_fn.execution.workers import Work
    from daggr_fn.expressions import Index
    from daggr_fn.graph import Step
    from daggr_fn.kinds import Call
    from daggr_fn.limits import Limit


class Task:
    """One call of a step, or of one of its items; another attempt is another task. Called, it is taken further.

    Attributes:
        advance: What takes it further. As work for a thread a task is one object where a partial would be four, of
            which ten thousand that are ready at once would make Python's garbage collector look at everything.
        attempt: Which attempt it is, from 1 on.
        away: Whether its call is made elsewhere (see `away`), and takes no thread here.
        parked: Whether its call waits for a person's answer, in no thread.
        pending: How many cells it still waits for.
        inputs: What the node is called with, once known.
        note: Why the result is not remembered, where it should have been.
    """

    __slots__ = (
        *(
            "abandoned",
            "admitted",
            "advance",
            "attempt",
            "away",
            "call",
            "inputs",
            "index",
            "key",
            "key_parts",
            "limits",
            "note",
        ),
        *("parked", "pending", "scope", "started", "step", "timer"),
    )
    expands = False
    advance: Callable[[Task], Work | None]

    def __init__(self, step: Step, index: Index) -> None:
        self.step = step
        self.index = index
        self.attempt = 1
        self.pending = 0
        self.admitted = False
        self.abandoned = False
        self.away = False
        self.timer: Timer | None = None
        self.parked = False
        self.scope: CancelScope | None = None
        self.inputs: dict[str, Any] | None = None
        self.call: Call | None = None
        self.key: str | None = None
        self.key_parts: Mapping[str, str] | None = None
        self.note = ""
        self.limits: tuple[Limit, ...] = ()
        self.started = 0.0

    def __call__(self) -> Work | None:
        return self.advance(self)

    @property
    def takes_thread(self) -> bool:
        """Whether its node is called in one of the process's workers."""
        return not (self.away or self.step.kind.is_async)

    def again(self) -> Task:
        """The next attempt, with the same inputs and key. The thread of this one may be at work still."""
        task = Task(self.step, self.index)
        task.attempt, task.inputs, task.note = self.attempt + 1, self.inputs, self.note
        task.key, task.key_parts, task.away = self.key, self.key_parts, self.away
        return task

    def __repr__(self) -> str:
        return f"<task {self.step.name}{list(self.index) or ''}>"


class Expansion:
    """The making of the tasks below one index of a mapped step."""

    __slots__ = ("index", "pending", "step")
    expands = True

    def __init__(self, step: Step, index: Index) -> None:
        self.step = step
        self.index = index
        self.pending = 0


@dataclass(frozen=True, slots=True)
class Ended:
    """What an earlier run of the same graph has done, which a run that goes on from there does not do again.

    Attributes:
        values: The values of calls that ended well; some were let go.
        skipped: The calls, and the maps, that were skipped for good.
        counts: How many items maps had.
        turns: The values of turns of repeated steps that did not end, by step, and by index with the turn's number.
    """

    values: Mapping[Key, Any] = field(default_factory=dict[Key, Any])
    skipped: Mapping[Key, Missing] = field(default_factory=dict[Key, Missing])
    counts: Mapping[Key, int] = field(default_factory=dict[Key, int])
    turns: Mapping[tuple[str, tuple[int, ...]], Any] = field(default_factory=dict["tuple[str, tuple[int, ...]]", Any])

    def asked_again(self, refused: Collection[Key], behind: Collection[str]) -> Ended:
        """The same, but for refused calls, and for what was skipped because of them.

        What was made without them stays: what it was made of may have been let go.

        Args:
            refused: The calls.
            behind: The steps that may need them.
        """
        skipped = {
            key: missing
            for key, missing in self.skipped.items()
            if key not in refused and not (missing.refused and step_of(key).name in behind)
        }
        return replace(self, skipped=skipped)


NOTHING = Ended()
