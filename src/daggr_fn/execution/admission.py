"""Which tasks of a run wait for a place, a turn or the same call made by somebody else, and what is said of that."""

from __future__ import annotations

import functools
from collections import Counter
from typing import TYPE_CHECKING

from daggr_fn import events, limits

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable

    from daggr_fn.execution.execution import Execution
    from daggr_fn.execution.tasks import Task
    from daggr_fn.graph import Step

_MOST_SAID = 200
"""Items of a step of which it is said one by one that they wait; of a step with more, that is enough."""


class Admission:
    """The tasks of a run that wait: for a place in a limit, for a turn in a rate, for who makes the same call.

    Args:
        run: The run.
        ending: Held while tasks are left behind.
        go_on: Takes up a task that has its places now.
    """

    def __init__(self, run: Execution, ending: threading.Lock, go_on: Callable[[Task], None]) -> None:
        self._run = run
        self._ending = ending
        self._go_on = go_on
        self._queued: set[Task] = set()
        self._said: Counter[Step] = Counter()

    def enter(self, task: Task, wanted: tuple[limits.Limit, ...]) -> bool:
        """Take a task's places and turns; false when it has to wait, and is taken up again later."""
        rates = task.step.rates
        if not wanted and not rates:
            return True
        task.limits = wanted
        waiter = limits.Waiter(
            wanted,
            self._run.caller is not None,
            functools.partial(self._admitted, task),
            functools.partial(self._is_gone, task),
            rates,
            functools.partial(self._say, task) if self._run.is_heard else None,
            number=task.step.number,
        )
        self._queued.add(task)
        if not limits.enter(waiter):
            return False
        self._out_of_queue(task)
        return True

    def wait_for_call(self, task: Task, reason: str) -> None:
        """A task waits until somebody else has made its very call; it is said once, however often it has to look."""
        if task not in self._queued:
            self._queued.add(task)
            if self._run.is_heard:
                self._say(task, reason)

    def waits_no_more(self, task: Task) -> None:
        """Nobody else makes the call of a task."""
        if task in self._queued:
            self._out_of_queue(task)

    def take(self, step: Step) -> list[Task]:
        """The tasks of a step that wait; they don't any more. The lock is held."""
        taken = [task for task in list(self._queued) if task.step is step]
        self._queued.difference_update(taken)
        return taken

    def _out_of_queue(self, task: Task) -> None:
        with self._ending:
            self._queued.discard(task)

    def _admitted(self, task: Task) -> None:
        self._out_of_queue(task)
        self._go_on(task)

    def _is_gone(self, task: Task) -> bool:
        return self._run.cancelled or task.abandoned

    def _say(self, task: Task, reason: str) -> None:
        """A task waits; called before anybody can let it in, so that nothing is said of it in between."""
        step = task.step
        if self._said[step] < _MOST_SAID and not self._is_gone(task):
            self._said[step] += 1
            self._run.say(events.StepWaiting(step.name, task.index, reason))
