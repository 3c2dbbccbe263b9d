"""One computation per key at a time: who comes second waits for the first, and takes its result.

In this process who waits is parked and called back; between processes an operating system's lock, which dies with its
process, is asked again from time to time.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from daggr_fn.forks import forget_in_child

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True)
class Computing:
    """Who computes a key: a run, whichever object stands for it, and the step."""

    run: object
    step: str


@dataclass(slots=True)
class _Flight:
    """Who computes a key, and who is called back when that is over."""

    by: Computing
    waiting: list[Callable[[], None]] = field(default_factory=list["Callable[[], None]"])


_lock = threading.Lock()
_flights: dict[str, _Flight] = {}


def board(key: str, by: Computing, called_back: Callable[[], None], waits: Callable[[Computing], None]) -> bool:
    """Begin to compute a key; false when it is being computed.

    Args:
        key: The key.
        by: Who computes it.
        called_back: Called when who computes it now is done.
        waits: Told who computes it now, before that can be over; it must not board.
    """
    with _lock:
        flight = _flights.get(key)
        if flight is None:
            _flights[key] = _Flight(by)
            return True
        waits(flight.by)
        flight.waiting.append(called_back)
        return False


def land(key: str) -> None:
    """The computation of a key is over, whichever way."""
    with _lock:
        flight = _flights.pop(key, None)
    for call_back in flight.waiting if flight is not None else ():
        call_back()


def _forget() -> None:
    """What a parent process computes is not computed in its forked child, and its threads hold no lock there."""
    global _lock  # noqa: PLW0603  # one lock for the process
    _lock = threading.Lock()
    _flights.clear()


forget_in_child(_forget)
