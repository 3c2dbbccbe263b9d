"""Another attempt of a task: whether there is one, and the wait until then.

The wait holds no thread and no place in a limit: a clock has the task taken up again.
"""

from __future__ import annotations

import functools
import threading
from typing import TYPE_CHECKING

from daggr_fn.clock import CLOCK, Timer

if TYPE_CHECKING:
    from collections.abc import Callable

    from daggr_fn.execution.tasks import Task
    from daggr_fn.graph import Step


class Attempts:
    """The tasks of a run that wait for another attempt.

    Args:
        call_again: Takes a task up when its wait is over; called in the clock's thread, and must not block.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: dict[Task, Timer] = {}
        self._ended = False

    def start(self, task: Task, seconds: float, take_up: Callable[[Task], None]) -> bool:
        """Have a task taken up again in so many seconds; false when the run was cancelled meanwhile."""
        with self._lock:
            if self._ended:
                return False
            self._waiting[task] = CLOCK.after(seconds, functools.partial(self._over, task, take_up))
            return True

    def end(self) -> list[Task]:
        """No task is taken up any more; those that waited."""
        with self._lock:
            self._ended = True
            waiting, self._waiting = self._waiting, {}
        for timer in waiting.values():
            timer.cancel()
        return list(waiting)

    def take(self, step: Step) -> list[Task]:
        """No task of a step that waits now is taken up any more; those."""
        with self._lock:
            taken = {task: timer for task, timer in self._waiting.items() if task.step is step}
            for task in taken:
                del self._waiting[task]
        for timer in taken.values():
            timer.cancel()
        return list(taken)

    def _over(self, task: Task, take_up: Callable[[Task], None]) -> None:
        with self._lock:
            if self._waiting.pop(task, None) is None:
                return
        take_up(task)


def next_attempt(task: Task, error: BaseException) -> float | None:
    """The seconds until a failed task is tried again; `None` when it is not."""
    retries = task.step.options.retries
    return retries.delay(task.attempt, error) if retries is not None else None
