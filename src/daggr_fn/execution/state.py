"""The state of a run: which cells have ended, and what that makes ready. Knows nothing of threads, loops or kinds.

Every call of a step is a `Task`. A mapped step begins as an `Expansion`, which makes the tasks of its items as soon as
its list is there; so items of mapped steps flow on one by one, and only `gather` waits for all. The machine is
iterative: a chain of any length needs no stack.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Collection, Iterable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from daggr_fn import events
from daggr_fn.errors import DaggrError, InvalidInputError, StepStopped, shorten
from daggr_fn.execution.needs import Needs
from daggr_fn.execution.tasks import NOTHING, Ended, Expansion, Task
from daggr_fn.expressions import Expression, Index, InputPort, Key, Missing, Output, cell, group, is_group
from daggr_fn.held import Held, Referring
from daggr_fn.plan.items import takes_part
from daggr_fn.values import class_of, is_sequence

if TYPE_CHECKING:
    from daggr_fn.graph import Step
    from daggr_fn.takers import Takers

Emit = Callable[[events.Event], None]


Unit = Any  # Task | Expansion

NO_ITEMS: Mapping[str, Collection[Index]] = {}


class RunState:
    """The cells of a run and what waits for them.

    Args:
        inputs: The value of each input.
        steps: The steps that take part, in the order of the body.
        left_out: Why each other step doesn't.
        emit: Where events go.
        given: The values of steps that are given: they wait for nothing but the lists they are mapped over.
        before: What an earlier run has done.
        items: Of mapped steps, by name, the items that take part; of the others all do.
    """

    def __init__(
        self,
        inputs: Mapping[InputPort, Any],
        steps: Iterable[Step],
        left_out: Mapping[Step, str],
        emit: Emit,
        given: Mapping[Step, Any] = MappingProxyType({}),
        before: Ended = NOTHING,
        items: Mapping[str, Collection[Index]] = NO_ITEMS,
    ) -> None:
        self.inputs = inputs
        self.before = before
        self.values: dict[Key, Any] = {}
        self.held = bool(before.values)  # whether a value of these may lie elsewhere
        self.missing: dict[Key, Missing] = {
            step: Missing(step.name, None, why, final=True) for step, why in left_out.items()
        }
        self.counts: dict[Key, int] = {}
        self.failures: list[tuple[Task | Expansion, BaseException]] = []
        self.lock = threading.Lock()
        self._steps = list(steps)
        self._emit = emit
        self._given = given
        self._items = items
        self._early = bool(given) or bool(before.values)
        self._needs: Needs | None = None
        self._waiters: dict[Key, Any] = {}  # a unit, or a list of several
        self._open: dict[Key, int] = {}
        self._left = 0

    @property
    def over(self) -> bool:
        """Whether every task has ended."""
        return self._left == 0

    # ---- what others call

    def let_go(self, takers: Takers, kept: Collection[Step]) -> None:
        """From now on let values go that nobody needs any more.

        Args:
            takers: Who takes what.
            kept: Steps whose values stay.
        """
        self._needs = Needs(takers, self, kept, early=self._early)
        self._needs.leave_out(self.missing)

    def ended(self) -> Ended:
        """What is done, for a run that goes on from here."""
        with self.lock:
            before = self.before
            values = {key: value for key, value in self.values.items() if not is_group(key)}
            skipped = {key: missing for key, missing in self.missing.items() if missing.final or missing.refused}
            return Ended({**before.values, **values}, {**before.skipped, **skipped}, {**before.counts, **self.counts})

    def close(self) -> None:
        """The run is over: nobody hears of anything any more."""
        self._emit = _unheard

    def begin(self) -> list[Task]:
        """The tasks that are ready at once."""
        released: deque[Unit] = deque()
        with self.lock:
            for step in self._steps:
                unit: Unit = Expansion(step, ()) if step.axes else Task(step, ())
                waits = () if step in self._given else step.waits
                self._await(unit, self._above(step, ()) if step.axes else waits, released)
            return self._settle(released)

    def finish(self, task: Task, value: Any) -> list[Task]:
        """A task has its value; what that makes ready."""
        released: deque[Unit] = deque()
        with self.lock:
            key = (task.step, *task.index) if task.index else task.step
            self.values[key] = value
            self.held = self.held or class_of(value) is Held
            if self._needs is not None:
                self._needs.ended(task.step, task.index)
            self._end(task, key, released)
            return self._settle(released) if released else []

    def fail(self, task: Task, error: BaseException) -> list[Task]:
        """A task has failed for good; what that makes ready."""
        released: deque[Unit] = deque()
        with self.lock:
            self.failures.append((task, error))
            key = cell(task.step, task.index)
            self.missing[key] = Missing(task.step.name, error, f"{task.step.name} failed")
            self._spoil(task.step, task.index)
            self._end(task, key, released)
            return self._settle(released)

    def skip(self, task: Task, reason: str) -> list[Task]:
        """A task ends with neither value nor failure: a person refused, here or in a turn; what that makes ready."""
        released: deque[Unit] = deque()
        with self.lock:
            self._skip(task, Missing(task.step.name, None, reason, refused=True), released)
            return self._settle(released)

    def stop(self, task: Task) -> list[Task]:
        """A task was stopped, and the run goes on without what needs it; what that makes ready."""
        released: deque[Unit] = deque()
        reason = f"{task.step.name} was stopped"
        with self.lock:
            key = cell(task.step, task.index)
            self.missing[key] = Missing(task.step.name, StepStopped(reason), reason)
            self._end(task, key, released)
            return self._settle(released)

    def early_value(self, task: Task) -> tuple[Any, str] | None:
        """The value of a task that needs no call, given or of the run that this one goes on from, and which of them.

        Raises:
            InvalidInputError: What is given for a mapped step is no list, or has another number of items.
        """
        if not self._early:
            return None
        if task.step in self._given:
            return self._item_of(self._given[task.step], task), "given"
        key = cell(task.step, task.index)
        return (self.before.values[key], "kept from the run that failed") if key in self.before.values else None

    def _item_of(self, value: Any, task: Task) -> Any:
        """A task's part of the value that is given for its whole step: of a mapped step the list that it gathers to."""
        for level, i in enumerate(task.index):
            items = self.counts[group(task.step, task.index[:level])]
            if not is_sequence(value) or len(value) != items:
                name = task.step.name
                raise InvalidInputError(f"{name} is mapped over {items} items, and was given {shorten(value)}")
            value = value[i]
        return value

    # ---- the machine; all below runs under the lock

    def _await(self, unit: Unit, keys: Iterable[Key], released: deque[Unit]) -> None:
        self._left += 1
        for key in keys:
            if key not in self.values and key not in self.missing and not (self.missing and self._never_comes(key)):
                unit.pending += 1
                self._wait(unit, key)
        if not unit.pending:
            released.append(unit)

    def _wait(self, unit: Unit, key: Key) -> None:
        # One alone needs no list: most cells have one who waits, and a garbage collector looks at every list.
        found = self._waiters.get(key)
        if found is None:
            self._waiters[key] = unit
        elif class_of(found) is list:
            found.append(unit)
        else:
            self._waiters[key] = [found, unit]

    def _never_comes(self, key: Key) -> bool:
        """Whether a cell is below an index at which its step was not mapped, or its step takes no part."""
        if class_of(key) is not tuple:
            return False
        step, *rest = key
        index = tuple(i for i in rest if i is not ...)
        return step in self.missing or any(group(step, index[:depth]) in self.missing for depth in range(len(index)))

    def _complete_below(self, step: Step, released: deque[Unit]) -> None:
        """Wake what waits for cells of a step that never come."""
        waited_for = [key for key in self._waiters if class_of(key) is tuple and key[0] is step]
        for key in waited_for:
            if self._never_comes(key):
                self._complete(key, released)

    def _complete(self, key: Key, released: deque[Unit]) -> None:
        waiting = self._waiters.pop(key, None)
        if waiting is None:
            return
        for unit in waiting if class_of(waiting) is list else (waiting,):
            unit.pending -= 1
            if not unit.pending:
                released.append(unit)

    def _end(self, task: Task, key: Key, released: deque[Unit]) -> None:
        self._left -= 1
        self._complete(key, released)
        if task.index:
            self._child_ended(task.step, task.index, released)

    def _child_ended(self, step: Step, index: Index, released: deque[Unit]) -> None:
        while index:
            index = index[:-1]
            key = group(step, index)
            self._open[key] -= 1
            if self._open[key]:
                return
            self._group_ended(step, index, released)

    def _group_ended(self, step: Step, index: Index, released: deque[Unit]) -> None:
        key = group(step, index)
        if key not in self.missing:
            self.values[key] = True
        if self._needs is not None:
            self._needs.map_ended(step, index)
        self._emit(events.MapFinished(step.name, index))
        self._complete(key, released)

    def _settle(self, released: deque[Unit]) -> list[Task]:
        """Expand what can be expanded, skip what can't run; the tasks that can."""
        ready: list[Task] = []
        while released:
            unit = released.popleft()
            if unit.expands:
                self._expand(unit, released)
                continue
            try:
                blocked = self._blocked(unit) if self.missing or unit.step.guards or self.before.skipped else None
            except Exception as error:  # noqa: BLE001  # a condition runs the user's __bool__ and __eq__
                self._fail_condition(unit, error, released)
                continue
            if blocked is None:
                ready.append(unit)
            else:
                self._skip(unit, blocked, released)
        return ready

    def _spoil(self, step: Step, index: Index) -> None:
        if self._needs is not None:
            self._needs.failed(step, index)

    def _fail_condition(self, task: Task, error: BaseException, released: deque[Unit]) -> None:
        self.failures.append((task, error))
        self._emit(events.StepErrored(task.step.name, task.index, error))
        key = cell(task.step, task.index)
        self.missing[key] = Missing(task.step.name, error, f"the condition of {task.step.name} failed")
        self._spoil(task.step, task.index)
        self._end(task, key, released)

    def _blocked(self, task: Task) -> Missing | None:
        step, index = task.step, task.index
        key = cell(step, index)
        if key in self.before.values or key in self.before.skipped:
            return self.before.skipped.get(key)
        guarded = self._guarded_off(step, index)
        if guarded is not None:
            return guarded
        try:
            for edge in self._edges(step):
                missing = edge.absent(self, index[: len(edge.axes)])
                if missing is not None:
                    return missing
        except InvalidInputError:  # told when the inputs are evaluated
            return None
        return self._blocked_by_order(step)

    def _guarded_off(self, step: Step, index: Index) -> Missing | None:
        """The guard that keeps a step, or the items below an index, from running."""
        for guard in step.guards:
            if len(guard.condition.axes) > len(index) or step in self._given:
                continue
            missing = guard.condition.absent(self, index[: len(guard.condition.axes)])
            if missing is not None and not guard.wants_failure:
                return missing
            if not guard.holds(self, index):
                return Missing(step.name, None, guard.reason, final=missing is None)
        return None

    def _edges(self, step: Step) -> Iterable[Expression]:
        return () if step in self._given else step.edges.values()

    def _order(self, step: Step) -> Iterable[Step]:
        return () if step in self._given else step.after

    def _blocked_by_order(self, step: Step) -> Missing | None:
        for earlier in self._order(step):
            missing = self.missing.get(earlier) or self.missing.get(group(earlier, ()))
            if missing is not None:
                return missing
        return None

    def _skip(self, task: Task, because: Missing, released: deque[Unit]) -> None:
        key = cell(task.step, task.index)
        self.missing[key] = because
        if self._needs is not None:
            self._needs.skipped(task.step, task.index, final=because.final)
        self._emit(events.StepSkipped(task.step.name, task.index, because.reason))
        self._end(task, key, released)

    # ---- maps

    def _above(self, step: Step, index: Index) -> Iterable[Key]:
        """What must have ended before the items of a mapped step below an index are known."""
        for item in step.axes[len(index)]:
            yield from item.of.keys(index[: len(item.of.axes)])
        for guard in step.guards:
            if len(guard.condition.axes) == len(index):
                yield from guard.condition.keys(index)
        if not index:
            for earlier in self._order(step):
                yield group(earlier, ()) if earlier.axes else earlier

    def _expand(self, unit: Expansion, released: deque[Unit]) -> None:
        step, index = unit.step, unit.index
        self._left -= 1
        key = group(step, index)
        items = self.before.counts.get(key, 0)
        blocked = self.before.skipped.get(key)
        try:
            if key not in self.before.counts and blocked is None:
                blocked = self._blocked_above(step, index) if self.missing or step.guards else None
                items = self._length(step, index) if blocked is None else 0
        except DaggrError as error:
            self.failures.append((unit, error))
            blocked = Missing(step.name, error, f"{step.name} can't be mapped")
            self._emit(events.StepErrored(step.name, index, error))
        if blocked is not None:
            self._not_expanded(step, index, blocked, released)
            return
        self.counts[key] = self._open[key] = items
        self._emit(events.MapStarted(step.name, index, items))
        if not items:
            self._group_ended(step, index, released)
            self._child_ended(step, index, released)
        for i in range(items):
            self._add_item(step, (*index, i), released)

    def _add_item(self, step: Step, index: Index, released: deque[Unit]) -> None:
        if step.name in self._items and not takes_part(self._items[step.name], index):
            self._leave_item_out(step, index, released)
            return
        if len(index) < len(step.axes):
            self._await(Expansion(step, index), self._above(step, index), released)
            return
        keys = [key for edge in self._edges(step) for key in edge.keys(index[: len(edge.axes)])]
        for guard in step.guards:
            keys += guard.condition.keys(index[: len(guard.condition.axes)])
        self._await(Task(step, index), keys, released)

    def _leave_item_out(self, step: Step, index: Index, released: deque[Unit]) -> None:
        """An item, or all below an index, stays as it is: nothing is said of it."""
        key = cell(step, index) if len(index) == len(step.axes) else group(step, index)
        self.missing[key] = Missing(step.name, None, f"other items of {step.name} were asked for", final=True)
        if self._needs is not None:
            self._needs.skipped(step, index, final=True)
        self._complete(key, released)
        self._child_ended(step, index, released)

    def _not_expanded(self, step: Step, index: Index, because: Missing, released: deque[Unit]) -> None:
        self.missing[group(step, index)] = because
        if self._needs is not None:
            self._needs.skipped(step, index, final=because.final)
        if because.step != step.name or because.failure is None:
            self._emit(events.StepSkipped(step.name, index, because.reason))
        self._complete(group(step, index), released)
        self._complete_below(step, released)
        self._child_ended(step, index, released)

    def _blocked_above(self, step: Step, index: Index) -> Missing | None:
        guarded = self._guarded_off(step, index)
        if guarded is not None:
            return guarded
        for item in step.axes[len(index)]:
            missing = item.of.absent(self, index[: len(item.of.axes)])
            if missing is not None:
                return missing
        for edge in self._edges(step):
            for part in edge.walk():
                if isinstance(part, Output) and len(part.axes) > len(index):
                    missing = self.missing.get(group(part.step, index[: len(part.axes)]))
                    if missing is not None:
                        return missing
        return self._blocked_by_order(step) if not index else None

    def _length(self, step: Step, index: Index) -> int:
        # A list that lies on a cluster stays there: its length is known.
        cells = Referring(self) if self.held else self
        lengths = {item: len(item.listed(cells, index[: len(item.of.axes)])) for item in step.axes[len(index)]}
        if len(set(lengths.values())) > 1:
            told = " and ".join(f"{item.label} with {length} items" for item, length in lengths.items())
            raise InvalidInputError(
                f"{step.name} maps over lists of different lengths together: {told}; product(...) would cross them"
            )
        return next(iter(lengths.values()))


def _unheard(_event: events.Event) -> None:
    """Nobody listens."""
