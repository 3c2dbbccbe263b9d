"""One daemon thread that does things later: timeouts of functions, and another look at a key that is being computed."""

from __future__ import annotations

import heapq
import itertools
import threading
import time
from typing import TYPE_CHECKING

from daggr_fn.forks import forget_in_child

if TYPE_CHECKING:
    from collections.abc import Callable


class Timer:
    """A call to come, which can be called off."""

    __slots__ = ("function",)

    def __init__(self, function: Callable[[], None]) -> None:
        self.function: Callable[[], None] | None = function

    def cancel(self) -> None:
        """Call it off, and let go of what the function holds."""
        self.function = None

    def fire(self) -> None:
        """Make the call, unless it was called off."""
        if self.function is not None:
            self.function()


class Clock:
    """Calls functions at a time to come."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._due: list[tuple[float, int, Timer]] = []
        self._order = itertools.count()
        self._running = False

    def after(self, seconds: float, function: Callable[[], None]) -> Timer:
        """Call a function, which must not block, in so many seconds."""
        timer = Timer(function)
        with self._changed:
            heapq.heappush(self._due, (time.monotonic() + seconds, next(self._order), timer))
            if not self._running:
                self._running = True
                threading.Thread(target=self._run, daemon=True, name="daggr_fn clock").start()
            self._changed.notify()
        return timer

    def _run(self) -> None:
        while True:
            with self._changed:
                while not self._due:
                    self._changed.wait()
                wait = self._due[0][0] - time.monotonic()
                if wait > 0:
                    self._changed.wait(wait)
                    continue
                timer = heapq.heappop(self._due)[2]
            timer.fire()


CLOCK = Clock()


def _forget_thread() -> None:
    """A forked child has none of its parent's threads."""
    CLOCK.__init__()  # type: ignore[misc]


forget_in_child(_forget_thread)
