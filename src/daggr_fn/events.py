"""What a run says while it runs. Events are its only output; `runs.Run` is what they add up to.

`step` is the name of a step and `index` the indices of the item, outermost map first (`()` when the step isn't mapped,
or when a mapped step as a whole is meant); `at` is in seconds since the epoch.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, ClassVar, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(slots=True)
class Event:
    """The base of all events."""

    kind: ClassVar[str] = "event"

    def to_dict(self) -> dict[str, Any]:
        """The event as plain data; values and errors in a short, printable form."""
        from daggr_fn.errors import shorten

        data: dict[str, Any] = {"kind": self.kind}
        for item in fields(self):
            value = getattr(self, item.name)
            if value is None or isinstance(value, (str, int, float, bool)):
                data[item.name] = value
            elif item.name == "index":
                data[item.name] = list(value)
            elif isinstance(value, BaseException):
                data[item.name] = getattr(self, "why", "") or f"{type(value).__name__}: {value}"
            else:
                data[item.name] = shorten(value, 200)
        return data


@dataclass(slots=True)
class RunStarted(Event):
    """A run begins; `run` is its id."""

    kind: ClassVar[str] = "run-started"
    run: str
    pipeline: str
    at: float = field(default_factory=time.time)


@dataclass(slots=True)
class RunEnded(Event):
    """A run is over: every step has ended, or it was cancelled."""

    kind: ClassVar[str] = "run-ended"
    run: str
    status: Literal["done", "failed", "cancelled"]
    seconds: float
    at: float = field(default_factory=time.time)


@dataclass(slots=True)
class StepEvent(Event):
    """The base of what is said about one step."""

    step: str
    index: tuple[int, ...]
    at: float = field(default_factory=time.time, kw_only=True)


@dataclass(slots=True)
class StepWaiting(StepEvent):
    """A call has all that it needs, and waits; `reason` says for what.

    That is a place in a limit, a turn in a rate, or the very same call of somebody else, whose result is taken then.
    Of the items of a large map it is said of the first ones only.
    """

    kind: ClassVar[str] = "waiting"
    reason: str = ""


@dataclass(slots=True)
class StepStarted(StepEvent):
    """A step (or an item of a mapped step) is being called; said again for each attempt.

    `runner` is where, when that is not a thread of this process.
    """

    kind: ClassVar[str] = "started"
    attempt: int = 1
    runner: str = ""


@dataclass(slots=True)
class StepProgress(StepEvent):
    """How far a call is: a fraction from 0 to 1 (or `None`), a text, and its place in a queue where it waits."""

    kind: ClassVar[str] = "progress"
    fraction: float | None = None
    text: str = ""


@dataclass(slots=True)
class StepPartial(StepEvent):
    """A value on the way to the last one (a generator's, a streaming Space's)."""

    kind: ClassVar[str] = "partial"
    value: Any = None


@dataclass(slots=True)
class StepFinished(StepEvent):
    """A step has its value; `note` says why it was not stored, where it should have been.

    `key` is what its result is remembered under, if it is.
    """

    kind: ClassVar[str] = "finished"
    value: Any = None
    seconds: float = 0.0
    note: str = ""
    key: str = ""
    attempt: int = 1


@dataclass(slots=True)
class StepReused(StepEvent):
    """A remembered (or given) value stands for the step; `saved` is the time it once took, `key` what it lies under."""

    kind: ClassVar[str] = "reused"
    value: Any = None
    reason: str = ""
    saved: float = 0.0
    key: str = ""


@dataclass(slots=True)
class StepSkipped(StepEvent):
    """A step did not run, because of `reason`."""

    kind: ClassVar[str] = "skipped"
    reason: str = ""


@dataclass(slots=True)
class StepErrored(StepEvent):
    """A step failed for good with `error`; `inputs` is what it was called with, `attempt` 0 when it was not called.

    `why` is the error in words, without the run's secrets.
    """

    kind: ClassVar[str] = "failed"
    error: BaseException | None = None
    seconds: float = 0.0
    inputs: Mapping[str, Any] | None = None
    attempt: int = 0
    why: str = ""


@dataclass(slots=True)
class StepRetrying(StepEvent):
    """An attempt failed with `error` after `seconds`, and the next one begins in `delay` seconds at the earliest.

    `why` is the error in words, without the run's secrets.
    """

    kind: ClassVar[str] = "retrying"
    attempt: int = 1
    error: BaseException | None = None
    seconds: float = 0.0
    delay: float = 0.0
    why: str = ""


@dataclass(slots=True)
class StepCancelled(StepEvent):
    """A call was going on, or waited for another try, when the run was cancelled."""

    kind: ClassVar[str] = "cancelled"


@dataclass(slots=True)
class MapStarted(StepEvent):
    """The number of items of a mapped step (of the inner map at `index`) is known."""

    kind: ClassVar[str] = "map-started"
    items: int = 0


@dataclass(slots=True)
class MapFinished(StepEvent):
    """All items of a mapped step have ended, in whichever way."""

    kind: ClassVar[str] = "map-finished"
