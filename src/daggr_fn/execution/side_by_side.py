"""Many runs at once, so many and no more, each given when it has ended."""

from __future__ import annotations

import contextlib
import functools
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from typing import TYPE_CHECKING, Any

import anyio

from daggr_fn import limits
from daggr_fn.execution.entries import run_awaited, run_of
from daggr_fn.execution.execution import Execution
from daggr_fn.execution.loops import in_running_loop, wait_in_task
from daggr_fn.execution.workers import WORKERS
from daggr_fn.kinds import CURRENT_CALL
from daggr_fn.plan import Plan

if TYPE_CHECKING:
    from daggr_fn.runs import Run

_SECONDS_FOR_REMOTES = 0.5
Planned = tuple[int, Callable[[], Plan]]
"""A run to come: its number, and what makes its plan when its turn comes."""


class SideBySide:
    """Runs plans side by side. No failure of one ends another; who stops listening cancels those that go on.

    Args:
        planned: The runs to come.
        limit: How many go on at once.
    """

    def __init__(self, planned: Iterable[Planned], limit: int) -> None:
        self._planned = iter(planned)
        self._limit = limit
        self._running: dict[int, Execution] = {}
        self._ended: deque[int] = deque()
        self._changed = threading.Event()
        self._stopped = False

    def stop(self) -> None:
        """Begin no more runs; those that go on are carried to their end."""
        self._stopped = True

    def __iter__(self) -> Generator[tuple[int, Run[Any]], None, None]:
        """Each run with its number, as they end; the caller is blocked in between."""
        try:
            self._fill()
            while self._running:
                yield from self._next()
                self._fill()
        finally:
            self._cancel()

    def _fill(self) -> None:
        while not self._stopped and len(self._running) < self._limit:
            try:
                number, plan = next(self._planned)
            except StopIteration:
                return
            execution = Execution(plan(), keeps=False, when_over=functools.partial(self._over, number))
            self._running[number] = execution
            execution.begin()

    def _over(self, number: int) -> None:
        self._ended.append(number)
        self._changed.set()

    def _next(self) -> Iterator[tuple[int, Run[Any]]]:
        with self._waiting():
            if in_running_loop():
                wait_in_task(self._changed)
            else:
                self._changed.wait()
        self._changed.clear()
        while self._ended:
            number = self._ended.popleft()
            yield number, run_of(self._running.pop(number))

    @contextlib.contextmanager
    def _waiting(self) -> Generator[None, None, None]:
        """While a node waits for its runs, its places are lent, and cancelling the node cancels the runs."""
        caller = CURRENT_CALL.get()
        if caller is None:
            yield
            return
        caller.waits_for.append(self._cancel)
        limits.lend(caller.limits)
        try:
            with WORKERS.lent():
                yield
        finally:
            limits.reclaim(caller.limits)
            caller.waits_for.remove(self._cancel)

    def _cancel(self) -> None:
        self._stopped = True
        running = list(self._running.values())
        for execution in running:
            execution.cancel()
        for execution in running:  # time for the remote apps to hear of it
            execution.host.ended.wait(_SECONDS_FOR_REMOTES if execution.host.started else 0)


async def aside_by_side(planned: Iterable[Planned], limit: int, heard: Callable[[int, Run[Any]], bool]) -> None:
    """The same in the caller's event loop, which hosts the async steps.

    Args:
        planned: The runs to come.
        limit: How many go on at once.
        heard: Told of each run that has ended; whether more may begin.
    """
    waiting = iter(planned)
    stopped = False

    async def work() -> None:
        nonlocal stopped
        for number, plan in waiting:
            if not heard(number, await run_awaited(plan(), keeps=False)):
                stopped = True
            if stopped:
                return

    async with anyio.create_task_group() as group:
        for _ in range(limit):
            group.start_soon(work)
