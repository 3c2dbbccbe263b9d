"""One step after the other, in the order of the body, in the caller's thread: for breakpoints and debuggers."""

from __future__ import annotations

import functools
import itertools
import queue
from typing import TYPE_CHECKING, Any

import anyio
import anyio.from_thread

from daggr_fn.execution.calling import ainvoke_in_time, invoke
from daggr_fn.execution.execution import Execution
from daggr_fn.execution.loops import in_running_loop
from daggr_fn.execution.scheduler import Scheduler

if TYPE_CHECKING:
    from collections.abc import Iterable

    from daggr_fn.execution.tasks import Task
    from daggr_fn.execution.workers import Work
    from daggr_fn.kinds import Call


class EagerExecution(Execution):
    """A run whose tasks are carried out by who waits for it."""

    def scheduler(self) -> EagerScheduler:
        """What carries the tasks out."""
        return EagerScheduler(self)

    def wait(self) -> None:
        """Carry everything out here and now."""
        scheduler = self._scheduler
        assert isinstance(scheduler, EagerScheduler)  # the method above made it
        self.start()
        while not self.done.is_set():
            scheduler.carry_one_out()


class EagerScheduler(Scheduler):
    """Queues what is ready in the order of the body, and carries out one task when it is asked to."""

    def __init__(self, run: Execution) -> None:
        super().__init__(run)
        self._away = None  # everything is called in this thread, whatever its runner
        self._ready: queue.PriorityQueue[tuple[int, tuple[int, ...], int, Work]] = queue.PriorityQueue()
        self._ties = itertools.count()

    def dispatch(self, tasks: Iterable[Task]) -> None:
        """Queue ready tasks in the order of the body."""
        for task in tasks:
            self._later(task, functools.partial(self.advance, task))

    def abandon_all(self) -> list[Task]:
        """Leave everything behind, and wake who waits for something to be ready."""
        left = super().abandon_all()
        self._ready.put((-1, (), next(self._ties), _nothing))
        return left

    def carry_one_out(self) -> None:
        """Take the first ready task as far as it goes; wait for one when none is ready."""
        work: Work | None = self._ready.get()[3]
        while work is not None:
            work = work()

    def _later(self, task: Task, work: Work) -> None:
        self._ready.put((task.step.number, task.index, next(self._ties), work))

    def _follow(self, ready: list[Task]) -> None:
        self.dispatch(ready)

    def _send(self, task: Task) -> None:
        self.dispatch(self._call(task))

    def _invoke(self, task: Task, call: Call) -> Any:
        return _awaited_here(task, call) if task.step.kind.is_async else invoke(task, call)

    def _failed(self, task: Task, error: BaseException) -> list[Task]:
        if isinstance(error, KeyboardInterrupt):  # it is the user's, and no failure of the step that it met
            self._run.cancel()
            raise error
        return super()._failed(task, error)


def _nothing() -> None:
    """No work."""


def _awaited_here(task: Task, call: Call) -> Any:
    if not in_running_loop():
        return anyio.run(ainvoke_in_time, task, call)
    with anyio.from_thread.start_blocking_portal() as portal:
        return portal.call(ainvoke_in_time, task, call)
