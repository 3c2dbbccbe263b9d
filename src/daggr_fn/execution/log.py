"""What is kept of what a run says: everything where somebody asked for it, else no more than tells how it went."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from daggr_fn import events
from daggr_fn.values import class_of

if TYPE_CHECKING:
    from daggr_fn.expressions import Index

    ValueOf = Callable[[str, Index], Any]


class Log(Protocol):
    """Hears the events of a run."""

    def add(self, event: events.Event, /) -> None:
        """Take note of an event; from any thread."""
        ...

    @property
    def said(self) -> list[events.Event]:
        """The events, in order, as far as they are kept."""
        ...

    @property
    def last(self) -> events.Event:
        """The last event."""
        ...


class FullLog:
    """Keeps every event, with its value."""

    def __init__(self) -> None:
        self.said: list[events.Event] = []
        self.add = self.said.append

    @property
    def last(self) -> events.Event:
        """The last event."""
        return self.said[-1]


Row = tuple[Any, ...]


class ShortLog:
    """Keeps how each call went and nothing on the way there, and no values: those that are needed are the run's.

    What is said of most calls is kept as plain rows: unlike an object, they cost Python's garbage collector nothing.

    Args:
        value_of: The value of a call that ended well, by step and index.
    """

    def __init__(self, value_of: ValueOf) -> None:
        self._value_of = value_of
        self._rows: list[Row | events.Event] = []

    def add_finished(self, step: str, index: Index, seconds: float, attempt: int, note: str) -> None:
        """Take note of a call that ended well, without the event that would say so."""
        self._rows.append((events.StepFinished.kind, step, index, time.time(), seconds, attempt, note))

    def add(self, event: events.Event, /) -> None:
        """Take note of an event."""
        pack = _PACK.get(class_of(event), _whole)
        row = pack(event)
        if row is not None:
            self._rows.append(row)

    @property
    def said(self) -> list[events.Event]:
        """The events that were kept, with the values that are still there."""
        said: list[events.Event] = []
        for row in list(self._rows):
            if isinstance(row, events.Event):
                said.append(row)
            else:
                said.extend(self._unpacked(row))
        return said

    @property
    def last(self) -> events.Event:
        """The last event; of a run that has ended its end."""
        row = self._rows[-1]
        return row if isinstance(row, events.Event) else self._unpacked(row)[-1]

    def _unpacked(self, row: Row) -> list[events.Event]:
        kind, step, index, at, seconds, number, text = row
        value = self._value_of(step, index)
        if kind == events.StepReused.kind:
            return [events.StepReused(step, index, value, text, seconds, at=at)]
        started = events.StepStarted(step, index, number, at=at - seconds)
        return [started, events.StepFinished(step, index, value, seconds, text, attempt=number, at=at)]


def _finished(event: events.StepFinished) -> Row:
    return event.kind, event.step, event.index, event.at, event.seconds, event.attempt, event.note


def _reused(event: events.StepReused) -> Row:
    return event.kind, event.step, event.index, event.at, event.saved, 0, event.reason


def _whole(event: events.Event) -> events.Event:
    return event


def _nothing(_event: events.Event) -> None:
    """It is not kept."""


_PACK: dict[Any, Callable[[Any], Row | events.Event | None]] = {
    events.StepWaiting: _nothing,
    events.StepStarted: _nothing,
    events.StepProgress: _nothing,
    events.StepPartial: _nothing,
    events.StepFinished: _finished,
    events.StepReused: _reused,
}
