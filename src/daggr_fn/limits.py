"""Limits on how many calls go on at once, in the whole process, and the queues of those that wait for a place.

Nothing here blocks a thread: what finds a limit full is parked in it, and who gives a place back hands it over. A place
whose holder waits for a pipeline that it called itself is lent to the steps of called pipelines; without that, two
steps that call pipelines which need each other's limits would wait for each other for ever.

Who waits for a turn in a rate is parked too, and holds no place meanwhile: a slow rate keeps nobody else from work.
"""

from __future__ import annotations

import functools
import itertools
import threading
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, overload

from daggr_fn.clock import CLOCK
from daggr_fn.forks import forget_in_child
from daggr_fn.rates import Rate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_lock = threading.Lock()
_order = itertools.count()


@dataclass(slots=True, eq=False)
class Waiter:
    """Somebody who wants a place in each of some limits and a turn in each of some rates, and what to do with them.

    Attributes:
        held: In how many of the limits it holds a place.
        called: Whether it has waited in a rate before, so that it goes to the front when it has to again.
        number: The number of the step that it is for.
        parked: Told why when it begins to wait; called under the lock, so that it must not block.
        waits_for: What it waits for, or waited for last.
    """

    limits: tuple[Limit, ...]
    nested: bool
    admitted: Callable[[], None]
    given_up: Callable[[], bool]
    rates: tuple[Rate, ...] = ()
    parked: Callable[[str], None] | None = None
    waits_for: Limit | Rate | None = None
    held: int = 0
    called: bool = False
    number: int = 0

    def waits(self, thing: Limit | Rate) -> None:
        """It begins to wait."""
        if self.parked is not None and thing is not self.waits_for:
            self.waits_for = thing
            self.parked(thing.waiting())


@dataclass(slots=True, eq=False)
class Limit:
    """A number of places.

    Attributes:
        size: How many calls may hold a place at once.
        used: How many hold one.
        lent: How many of those wait for a pipeline that they called.
        later_first: Whether steps that come later in the body go before others, as in the limit of one run: it ends
            what it has begun before it begins more, and holds few values in memory.
        name: Of what it is the limit, where it has a name.
    """

    size: int
    used: int = 0
    lent: int = 0
    queue: deque[Waiter] = field(default_factory=deque["Waiter"])
    order: int = field(default_factory=lambda: next(_order))
    later_first: bool = False
    name: str = ""

    def __post_init__(self) -> None:
        if type(self.size) is not int or self.size < 1:
            raise ValueError(f"a limit is a whole number of at least 1, not {self.size!r}")

    def __reduce__(self) -> Any:  # in another process it has its own places, and nobody waits for one there
        return Limit, (self.size,)

    def has_place(self, nested: bool) -> bool:
        """Whether one more may come in."""
        return self.used < self.size or (nested and self.used - self.lent < self.size)

    def waiting(self) -> str:
        """What is said of who waits for a place."""
        return f"Waits for a place{f' in {self.name}' if self.name else ''}: limit of {self.size}"

    def park(self, waiter: Waiter) -> None:
        """Have somebody wait for a place."""
        waiter.waits(self)
        if not self.later_first or not self.queue or self.queue[-1].number >= waiter.number:
            self.queue.append(waiter)
            return
        place = next(place for place, other in enumerate(self.queue) if other.number < waiter.number)
        self.queue.insert(place, waiter)


class Pool:
    """A limit, a rate or both, that nodes share, declared once: `gpu = Pool("gpu", limit=1)` and `@node(pool=gpu)`.

    Args:
        name: A name for messages and cards.
        limit: How many calls of all nodes in the pool may go on at once, in the whole process.
        rate: How many calls of all nodes in the pool may begin in a stretch of time: `"30/minute"`.

    Raises:
        ValueError: There is neither a limit nor a rate, or the rate can't be read.
    """

    @overload
    def __init__(self, name: str, *, limit: int, rate: str | None = None) -> None: ...
    @overload
    def __init__(self, name: str, *, rate: str) -> None: ...
    def __init__(self, name: str, *, limit: int | None = None, rate: str | None = None) -> None:
        if limit is None and rate is None:
            raise ValueError(f"the pool {name!r} has neither a limit nor a rate: Pool({name!r}, limit=1)")
        self.name = name
        self.limit = Limit(limit, name=name) if limit is not None else None
        self.rate = Rate(rate) if rate is not None else None
        if self.rate is not None:
            self.rate.name = name

    def __repr__(self) -> str:
        limit = f", limit={self.limit.size}" if self.limit is not None else ""
        rate = f", rate={self.rate.text!r}" if self.rate is not None else ""
        return f"Pool({self.name!r}{limit}{rate})"


def in_order(limits: Iterable[Limit]) -> tuple[Limit, ...]:
    """The limits in the one order in which places are taken everywhere, so that no two wait for each other."""
    return tuple(sorted(set(limits), key=lambda limit: limit.order))


def enter(waiter: Waiter) -> bool:
    """Take a place in each limit and a turn in each rate; false when it is parked, and `admitted` is called later."""
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
            limit.park(waiter)
            return False
        limit.used += 1
        waiter.held += 1
    if _parked_in_rate(waiter):
        return False
    for rate in waiter.rates:
        rate.begin()
    return True


def _parked_in_rate(waiter: Waiter) -> bool:
    """Park who has no turn yet, without the places that it holds."""
    for rate in waiter.rates:
        seconds = rate.wait()
        if seconds > 0 or (rate.queue and not waiter.called):
            _give_back(waiter)
            waiter.waits(rate)
            rate.queue.appendleft(waiter) if waiter.called else rate.queue.append(waiter)
            if not rate.awaited:
                rate.awaited = True
                CLOCK.after(seconds, functools.partial(_next_turn, rate))
            return True
    return False


def _give_back(waiter: Waiter) -> None:
    for limit in waiter.limits[: waiter.held]:
        limit.used -= 1
    waiter.held = 0


def _next_turn(rate: Rate) -> None:
    """A turn is free: it goes to the first in the queue who can take it."""
    ready: list[Waiter] = []
    with _lock:
        called, rate.queue = rate.queue, deque()
        while called and not rate.wait():
            waiter = called.popleft()
            waiter.called = True
            if not waiter.given_up() and _advance(waiter):
                ready.append(waiter)
        rate.queue.extend(waiter for waiter in called if not waiter.given_up())
        rate.awaited = bool(rate.queue)
        if rate.awaited:
            CLOCK.after(rate.wait(), functools.partial(_next_turn, rate))
    _tell(ready)


def _admit(limits: Iterable[Limit]) -> list[Waiter]:
    """Let in whoever can come in now; those who got all their places are returned."""
    ready: list[Waiter] = []
    changed = list(limits)
    while changed:
        limit = changed.pop()
        for waiter in _next_in(limit):
            held = waiter.limits[: waiter.held]
            if waiter.given_up():
                _give_back(waiter)
                changed.extend(held)
            elif _advance(waiter):
                ready.append(waiter)
            elif not waiter.held:  # it went to wait for its turn in a rate
                changed.extend(held)
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


forget_in_child(_forget_lock)
