"""Reuse in a run: looking a task's result up, making sure that it is computed once, and storing it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Protocol

from daggr_fn import files
from daggr_fn.errors import NotReusable
from daggr_fn.execution import flights
from daggr_fn.execution.clock import CLOCK
from daggr_fn.plan.keys import Keys
from daggr_fn.execution.memo import KeyLock
from daggr_fn.execution.state import RunState, Task
from daggr_fn.expressions import cell
from daggr_fn.kinds import About, Entry, Remembered
from daggr_fn.plan import Plan

logger = logging.getLogger("daggr_fn")

ASK_AGAIN_SECONDS = 0.05


class Lock(Protocol):
    """A lock between processes."""

    def acquire(self) -> bool: ...
    def release(self) -> None: ...


class Waiting(Exception):  # noqa: N818  # no error: the task is called back
    """Somebody else computes the same key now."""


class Reuse:
    """What a run remembers and stores.

    Args:
        plan: Which steps are remembered.
        state: The cells of the run.
        memory: Where results are.
    """

    def __init__(self, plan: Plan, state: RunState, memory: Remembered) -> None:
        self._plan = plan
        self._memory = memory
        self._keys = Keys(memory, state, sources_count=plan.settings.resume)
        self._locks: dict[Task, Lock] = {}

    def look(self, task: Task, again: Callable[[], None]) -> tuple[Entry, Any] | None:
        """The remembered result of a task; `None` when it is to be computed now, by who asks.

        Args:
            again: Called when somebody else has computed the same key; then this is to be asked anew.

        Raises:
            Waiting: Somebody else computes it now.
        """
        remembers = self._plan.remembers(task.step)
        if not remembers or not self._has_key(task) or task.key is None:
            return None
        max_age = remembers if isinstance(remembers, timedelta) else None
        if task.step.name in self._plan.forced:
            return None
        found = self._find(task, max_age)
        if found is not None:
            return found
        self._begin(task, again)
        found = self._find(task, max_age)  # another process may have ended in between
        if found is not None:
            self.end(task)
        return found

    def _has_key(self, task: Task) -> bool:
        try:
            task.key_parts = self._keys.parts(task.step, task.index)
        except (NotReusable, OSError) as error:
            task.note = f"not remembered: {error}"
            return False
        task.key = self._memory.key(task.key_parts)
        return True

    def _find(self, task: Task, max_age: timedelta | None) -> tuple[Entry, Any] | None:
        entry = self._memory.look(task.key or "", max_age)
        if entry is None:
            return None
        try:
            value = self._memory.load(entry, task.step.spec.returns)
        except LookupError as error:
            logger.info("the remembered result of %s can't be used: %s", task.step.name, error)
            return None
        self._keys.entries[cell(task.step, task.index)] = entry
        return entry, value

    def _begin(self, task: Task, again: Callable[[], None]) -> None:
        key = task.key or ""
        if not flights.board(key, again):
            raise Waiting
        lock = KeyLock(key, files.home())
        if not lock.acquire():
            flights.land(key)
            CLOCK.after(ASK_AGAIN_SECONDS, again)
            raise Waiting
        self._locks[task] = lock

    def store(self, task: Task, value: Any, pipeline: str, seconds: float) -> None:
        """Store a result; why not, where it can't be, is noted on the task."""
        if task.key is None or task.key_parts is None:
            return
        spec = task.step.spec
        ports = tuple(spec.outputs) if spec.record else ()
        about = About(
            pipeline, task.step.name, spec.name, task.index, task.key_parts, seconds, ports, spec.record
        )
        try:
            entry = self._memory.save(task.key, value, about)
        except NotReusable as error:
            task.note = f"not stored: {error}"
            logger.warning("the result of %s is not stored: %s", task.step.name, error)
            return
        self._keys.entries[cell(task.step, task.index)] = entry

    def end(self, task: Task) -> None:
        """The task is no longer computing its key."""
        lock = self._locks.pop(task, None)
        if lock is not None:
            lock.release()
            flights.land(task.key or "")
