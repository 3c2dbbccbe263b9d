"""Limits on how many calls go on at once, in the whole process, and the queues of those that wait for a place.

Nothing here blocks a thread: what finds a limit full is parked in it, and who gives a place back hands it over. A place
whose holder waits for a pipeline that it called itself is lent to the steps of called pipelines; without that, two
steps that call pipelines which need each other's limits would wait for each other for ever.
"""

from __future__ import annotations

import itertools
import os
import threading
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_lock = threading.Lock()
_order = itertools.count()


@dataclass(slots=True, eq=False)
class Waiter:
    """Somebody who wants a place in each of some limits, and what to do once all are there."""

    limits: tuple[Limit, ...]
    nested: bool
    admitted: Callable[[], None]
    given_up: Callable[[], bool]
    held: int = 0


@dataclass(slots=True, eq=False)
class Limit:
    """A number of places.

    Attributes:
        size: How many calls may hold a place at once.
        used: How many hold one.
        lent: How many of those wait for a pipeline that they called.
    """

    size: int
    used: int = 0
    lent: int = 0
    queue: deque[Waiter] = field(default_factory=deque["Waiter"])
    order: int = field(default_factory=lambda: next(_order))

    def __post_init__(self) -> None:
        if type(self.size) is not int or self.size < 1:
            raise ValueError(f"a limit is a whole number of at least 1, not {self.size!r}")

    def has_place(self, nested: bool) -> bool:
        """Whether one more may come in."""
        return self.used < self.size or (nested and self.used - self.lent < self.size)


class Pool:
    """A limit that nodes share, declared once: `gpu = Pool("gpu", limit=1)` and `@node(pool=gpu)`.

    Args:
        name: A name for messages and cards.
        limit: How many calls of all nodes in the pool may go on at once, in the whole process.
    """

    def __init__(self, name: str, *, limit: int) -> None:
        self.name = name
        self.limit = Limit(limit)

    def __repr__(self) -> str:
        return f"Pool({self.name!r}, limit={self.limit.size})"


def in_order(limits: Iterable[Limit]) -> tuple[Limit, ...]:
    """The limits in the one order in which places are taken everywhere, so that no two wait for each other."""
    return tuple(sorted(set(limits), key=lambda limit: limit.order))


def enter(waiter: Waiter) -> bool:
    """Take a place in each limit; false when the waiter is parked, and `admitted` is called later."""
    with _lock:
        return _advance(waiter)


def leave(limits: Iterable[Limit]) -> None:
    """Give the places back, and hand them over to those who wait."""
    with _lock:
        for limit in limits:
            limit.used -= 1
        ready = _admit(limits)
    _tell(ready)


def lend(limits: Iterable[Limit]) -> None:
    """The holder of places begins to wait for a pipeline that it called."""
    with _lock:
        for limit in limits:
            limit.lent += 1
        ready = _admit(limits)
    _tell(ready)


def reclaim(limits: Iterable[Limit]) -> None:
    """The holder of places goes on."""
    with _lock:
        for limit in limits:
            limit.lent -= 1


def _advance(waiter: Waiter) -> bool:
    while waiter.held < len(waiter.limits):
        limit = waiter.limits[waiter.held]
        if not limit.has_place(waiter.nested):
            limit.queue.append(waiter)
            return False
        limit.used += 1
        waiter.held += 1
    return True


def _admit(limits: Iterable[Limit]) -> list[Waiter]:
    """Let in whoever can come in now; those who got all their places are returned."""
    ready: list[Waiter] = []
    changed = list(limits)
    while changed:
        limit = changed.pop()
        for waiter in _next_in(limit):
            if waiter.given_up():
                for held in waiter.limits[: waiter.held]:
                    held.used -= 1
                    changed.append(held)
            elif _advance(waiter):
                ready.append(waiter)
    return ready


def _next_in(limit: Limit) -> list[Waiter]:
    """Take from a queue as many as there are places for, first come first served; nested ones may overtake."""
    found: list[Waiter] = []
    stay: deque[Waiter] = deque()
    while limit.queue:
        waiter = limit.queue.popleft()
        if waiter.given_up():
            found.append(waiter)
        elif limit.has_place(waiter.nested):
            limit.used += 1
            waiter.held += 1
            found.append(waiter)
        else:
            stay.append(waiter)
            if not limit.lent:
                break
    limit.queue.extendleft(reversed(stay))
    return found


def _tell(ready: Iterable[Waiter]) -> None:
    for waiter in ready:
        waiter.admitted()


def _forget_lock() -> None:
    """A thread of the parent process may have held the lock; it is not in the forked child."""
    global _lock  # noqa: PLW0603  # one lock for the process
    _lock = threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_lock)
