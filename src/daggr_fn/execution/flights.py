"""One computation per key at a time: who comes second waits for the first, and takes its result.

In this process who waits is parked and called back; between processes an operating system's lock, which dies with its
process, is asked again from time to time.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from daggr_fn.forks import forget_in_child

if TYPE_CHECKING:
    from collections.abc import Callable

_lock = threading.Lock()
_flights: dict[str, list[Callable[[], None]]] = {}


def board(key: str, called_back: Callable[[], None]) -> bool:
    """Begin to compute a key; false when it is being computed, and `called_back` is called when that is over."""
    with _lock:
        waiting = _flights.get(key)
        if waiting is None:
            _flights[key] = []
            return True
        waiting.append(called_back)
        return False


def land(key: str) -> None:
    """The computation of a key is over, whichever way."""
    with _lock:
        waiting = _flights.pop(key, [])
    for call_back in waiting:
        call_back()


def _forget() -> None:
    """What a parent process computes is not computed in its forked child, and its threads hold no lock there."""
    global _lock  # noqa: PLW0603  # one lock for the process
    _lock = threading.Lock()
    _flights.clear()


forget_in_child(_forget)
