"""Rates: how many calls may begin in a stretch of time, in the whole process: `rate="30/minute"`.

The window slides: in no stretch of that length do more calls begin. Nothing here waits, or knows who does.
"""

from __future__ import annotations

import re
import time
from collections import deque
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

from daggr_fn.errors import did_you_mean, listed
from daggr_fn.forks import forget_in_child

if TYPE_CHECKING:
    from daggr_fn.limits import Waiter

_UNITS = {"second": 1.0, "minute": 60.0, "hour": 3600.0, "day": 86400.0}
_SHORT = {"s": "second", "sec": "second", "m": "minute", "min": "minute", "h": "hour", "d": "day"}
_FORM = re.compile(r"\s*(\d+)\s*(?:/|per\b)\s*(\d+(?:\.\d+)?)?\s*([A-Za-z]+)\s*", re.ASCII)


class Rate:
    """A number of calls that may begin in a stretch of time.

    Args:
        text: `"30/minute"`, `"5/s"`, `"100 per hour"`, `"10/30 seconds"`.

    Attributes:
        calls: How many calls may begin.
        seconds: In how many seconds.
        queue: Those that wait for a turn; kept by `limits`, under its lock.
        name: Of what it is the rate, where it has a name.
        awaited: Whether somebody is going to look at the queue when the next turn is free.

    Raises:
        ValueError: The text is no rate; says what would be.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.calls, self.seconds = _parsed(text)
        self.name = ""
        self.queue: deque[Waiter] = deque()
        self.awaited = False
        self._begun: deque[float] = deque()
        _all.add(self)

    def __repr__(self) -> str:
        return f"Rate({self.text!r})"

    def __reduce__(self) -> Any:  # in another process nothing has begun, and nobody waits
        return Rate, (self.text,)

    def waiting(self) -> str:
        """What is said of who waits for a turn."""
        return f"Waits for its turn{f' in {self.name}' if self.name else ''}: {self.text}"

    def wait(self) -> float:
        """The seconds until a call may begin; 0 when one may now."""
        if len(self._begun) < self.calls:
            return 0.0
        return max(0.0, self._begun[0] + self.seconds - time.monotonic())

    def begin(self) -> None:
        """A call begins."""
        if len(self._begun) == self.calls:
            self._begun.popleft()
        self._begun.append(time.monotonic())


_all: WeakSet[Rate] = WeakSet()


def _forget_queues() -> None:
    """Who waits in a parent process does not wait in its forked child."""
    for rate in _all:
        rate.queue.clear()
        rate.awaited = False


forget_in_child(_forget_queues)


def _parsed(text: object) -> tuple[int, float]:
    form = "it is written as '30/minute', '5/second' or '10/30 seconds'"
    found = _FORM.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        raise ValueError(f"{text!r} is no rate: {form}")
    calls, number, word = int(found[1]), float(found[2] or 1), found[3].lower()
    unit = _SHORT.get(word, word.removesuffix("s"))
    if unit not in _UNITS:
        near = did_you_mean(unit, _UNITS)
        raise ValueError(f"{text!r} is no rate: there is no unit {found[3]!r}{near} (valid: {listed(_UNITS)})")
    if not calls or not number:
        raise ValueError(f"{text!r} is no rate: at least one call must be able to begin; {form}")
    return calls, number * _UNITS[unit]
