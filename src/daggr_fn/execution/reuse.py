"""Reuse in a run: looking a task's result up, making sure that it is computed once, and storing it."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Protocol

from daggr_fn import files
from daggr_fn.clock import CLOCK
from daggr_fn.errors import NotReusable, StepSkipped
from daggr_fn.execution import flights
from daggr_fn.execution.kept_runs import KeptRun
from daggr_fn.execution.memo import KeyLock
from daggr_fn.expressions import cell
from daggr_fn.held import here
from daggr_fn.plan.keys import Keys
from daggr_fn.remembered import About, Entry, Remembered

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from daggr_fn.execution.state import RunState
    from daggr_fn.execution.tasks import Task
    from daggr_fn.plan import Plan

logger = logging.getLogger("daggr_fn")

ASK_AGAIN_SECONDS = 0.05


class Lock(Protocol):
    """A lock between processes."""

    def acquire(self) -> bool: ...
    def release(self) -> None: ...


class _NobodyElse:
    """No other process computes what only a sheet of this one will have."""

    def acquire(self) -> bool:
        return True

    def release(self) -> None:
        return


class Waiting(Exception):  # no error: the task is called back
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
        keep = plan.settings.keep
        self._keys = Keys(memory, state, sources_count=bool(keep or plan.settings.sheet), turn=plan.settings.turn)
        self._kept_run = KeptRun(keep, memory, resume=plan.settings.resume) if keep else None
        self._locks: dict[Task, Lock] = {}

    def look(self, task: Task, again: Callable[[], None], waits: Callable[[str], None]) -> tuple[Entry, Any] | None:
        """The remembered result of a task; `None` when it is to be computed now, by who asks.

        Args:
            task: The task, with its inputs.
            again: Called when somebody else has computed the same key; then this is to be asked anew.
            waits: Told for whom it waits, in words, each time that it does.

        Raises:
            Waiting: Somebody else computes it now.
            StepSkipped: A person refused it, in the run that failed.
        """
        remembers = self._plan.remembers(task.step)
        if not self._has_key(task, told=bool(remembers)) or task.key is None:
            return None
        if self._is_answered(task):
            return None
        self._refuse_again(task)
        if self._is_kept(task):
            return self._find_kept(task)
        max_age = remembers if isinstance(remembers, timedelta) else None
        if task.step.name in self._plan.forced:
            return None
        found = self._find(task, max_age)
        if found is not None:
            return found
        self._begin(task, again, waits)
        found = self._find(task, max_age)  # another process may have ended in between
        if found is not None:
            self.end(task)
        return found

    def _is_kept(self, task: Task) -> bool:
        """Whether a result is kept with the run, because the memory of results may not give it."""
        if self._kept_run is None:
            return False
        return not self._plan.remembers(task.step) or bool(task.step.sources) or task.step.name in self._plan.forced

    def _is_answered(self, task: Task) -> bool:
        """Whether the run that goes on was given an answer: it may be another one than the run that failed had."""
        answers, step = self._plan.settings.answers, task.step
        if self._kept_run is None or not (answers and step.spec.asks):
            return False
        return any(said.partition("[")[0] == step.name for said in answers)

    def _refuse_again(self, task: Task) -> None:
        if self._kept_run is None or not task.step.spec.asks or task.key_parts is None:
            return
        found = self._kept_run.look(_refusal(task.key_parts), str)
        if found is not None:
            raise StepSkipped(found[1])

    def keep_refusal(self, task: Task, reason: str) -> None:
        """Keep that a person refused, so that a run that goes on does not ask again."""
        if self._kept_run is not None and task.step.spec.asks and task.key_parts is not None:
            about = self._about(task, self._plan.graph.name, 0.0)
            self._kept_run.store(reason, replace(about, key_parts=_refusal(task.key_parts)))

    def _find_kept(self, task: Task) -> tuple[Entry, Any] | None:
        if self._kept_run is None or task.key_parts is None:
            return None
        found = self._kept_run.look(task.key_parts, task.step.spec.returns)
        if found is not None:
            self._keys.entries[cell(task.step, task.index)] = found[0]
            task.note = "kept from the run that failed"
        return found

    def _has_key(self, task: Task, *, told: bool) -> bool:
        try:
            task.key_parts = self._keys.parts(task.step, task.index)
        except (NotReusable, OSError) as error:
            task.note = f"not remembered: {error}" if told else ""
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

    def _begin(self, task: Task, again: Callable[[], None], waits: Callable[[str], None]) -> None:
        key = self._flight(task)

        def behind(other: flights.Computing) -> None:
            waits(f"Waits for the same call of {other.step if other.run is self else 'another run'}")

        if not flights.board(key, flights.Computing(self, task.step.name), again, behind):
            raise Waiting
        lock: Lock = KeyLock(key, files.home()) if key == task.key else _NobodyElse()
        if not lock.acquire():
            flights.land(key)
            waits("Waits for the same call of another program")
            CLOCK.after(ASK_AGAIN_SECONDS, again)
            raise Waiting
        self._locks[task] = lock

    def store(self, task: Task, value: Any, pipeline: str, seconds: float) -> None:
        """Store a result; why not, where it can't be, is noted on the task."""
        on_sheet = bool(self._plan.settings.sheet)
        if (task.key is None or task.key_parts is None) and not on_sheet:
            return
        about = self._about(task, pipeline, seconds)
        if self._kept_run is not None and self._is_kept(task):
            kept = self._kept_run.store(here(value), about)
            if kept is not None:
                self._keys.entries[cell(task.step, task.index)] = kept
        if (not self._plan.remembers(task.step) or task.step.sources) and not on_sheet:
            return
        try:
            entry = self._memory.save(task.key or "", here(value), about, task.step.spec.returns)
        except NotReusable as error:
            task.note = f"not stored: {error}"
            logger.warning("the result of %s is not stored: %s", task.step.name, error)
            return
        if task.key:
            self._keys.entries[cell(task.step, task.index)] = entry

    def stores(self, task: Task) -> bool:
        """Whether there is something to do when a task has ended."""
        return task.key is not None or bool(self._plan.settings.sheet)

    def _about(self, task: Task, pipeline: str, seconds: float) -> About:
        spec = task.step.spec
        ports = tuple(spec.outputs) if spec.record else ()
        shared = bool(self._plan.shares(task.step)) and not task.step.sources and task.key is not None
        parts = task.key_parts or {}
        return About(pipeline, task.step.name, spec.name, task.index, parts, seconds, ports, spec.record, shared)

    def _flight(self, task: Task) -> str:
        """What is computed once at a time: a key, of a sheet where no other run can have the result."""
        key, sheet = task.key or "", self._plan.settings.sheet
        shared = not sheet or (self._plan.shares(task.step) and not task.step.sources)
        return key if shared else f"{key}-{sheet}"

    def hand_over(self, task: Task, again: Task) -> None:
        """Another attempt goes on with the computation of the key."""
        lock = self._locks.pop(task, None)
        if lock is not None:
            self._locks[again] = lock

    def end_all(self) -> None:
        """Nothing is computed any more."""
        for task in list(self._locks):
            self.end(task)

    def end(self, task: Task) -> None:
        """The task is no longer computing its key."""
        lock = self._locks.pop(task, None)
        if lock is not None:
            lock.release()
            flights.land(self._flight(task))


def _refusal(parts: Mapping[str, str]) -> dict[str, str]:
    """The parts of the key under which a refusal is kept."""
    return {**parts, "refused": "by a person"}
