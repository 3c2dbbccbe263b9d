"""The marks of a plan: what is remembered decides them, step by step in the order of the body.

A step whose key is known is looked up. Where an input is not known before another step has run, it `depends`; the
values of remembered steps are loaded only where a part of one is needed.
"""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from daggr_fn.branching import Branch, Fallback
from daggr_fn.errors import DaggrError, NotReusable
from daggr_fn.expressions import Index, InputPort, Key, Missing, cell, group
from daggr_fn.graph import Step
from daggr_fn.plan.keys import Keys
from daggr_fn.plan.plan import Mark, Plan, PlannedStep
from daggr_fn.plan.terms import terms_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from daggr_fn.branching import Guard
    from daggr_fn.expressions import Expression
    from daggr_fn.remembered import Entry, Remembered


class _NotKnown(Exception):  # no error: the plan can't know before the run
    """A value that another step has yet to make."""

    def __init__(self, step: str, *, decides: bool = False) -> None:
        super().__init__(step)
        self.step = step
        self.decides = decides


class _Values(dict[Key, Any]):
    """The values that are known before the run: remembered ones, loaded when they are asked for."""

    def __init__(self, planner: _Planner) -> None:
        super().__init__()
        self._planner = planner

    def __missing__(self, key: Key) -> Any:
        step: Step = key if isinstance(key, Step) else key[0]
        entry = self._planner.keys.entries.get(key)
        if entry is None:
            raise _NotKnown(step.name)
        try:
            value = self._planner.memory.load(entry, step.spec.returns)
        except LookupError:
            raise _NotKnown(step.name) from None
        self[key] = value
        return value


class _Counts(dict[Key, int]):
    """The numbers of items that are known before the run."""

    def __missing__(self, key: Key) -> int:
        raise _NotKnown(key[0].name)


class _Planner:
    """Works the marks out; it stands for the cells of a run that has not begun (`expressions.Cells`)."""

    def __init__(self, plan: Plan, memory: Remembered) -> None:
        self.plan = plan
        self.memory = memory
        self.inputs: Mapping[InputPort, Any] = plan.inputs
        self.values: dict[Key, Any] = _Values(self)
        self.missing: dict[Key, Missing] = {}
        self.counts: dict[Key, int] = _Counts()
        self.keys = Keys(memory, self, sources_count=bool(plan.settings.sheet), turn=plan.settings.turn)
        self._unknown: dict[Step, str] = {}
        self._undecided: dict[Step, str] = {}
        for step, value in plan.given.items():
            if not step.axes:
                self.values[step] = value

    def plan_step(self, step: Step) -> PlannedStep:
        if step in self.plan.left_out:
            return _planned(step, "skip", self.plan.left_out[step])
        if step in self.plan.given:
            return _planned(step, "reuse", "given")
        untaken = self._untaken(step)
        if untaken is not None:
            self._skip(step, untaken)
            return _planned(step, "skip", untaken)
        planned = self._plan_taking_part(step)
        decider = self._undecided.get(step)
        if decider is None:
            return planned
        self._unknown.setdefault(step, decider)
        return replace(planned, mark="depends", reason=f"{decider} decides") if planned.mark == "run" else planned

    def _skip(self, step: Step, reason: str) -> None:
        self.missing[group(step, ()) if step.axes else step] = Missing(step.name, None, reason)

    def _plan_taking_part(self, step: Step) -> PlannedStep:
        if not self.plan.remembers(step):
            self._unknown[step] = step.name
            return _planned(step, "run", self._why_not_remembered(step))
        if step.name in self.plan.forced:
            return self._plan_forced(step)
        try:
            return self._plan_items(step) if step.axes else self._plan_one(step)
        except _NotKnown as unknown:
            self._unknown[step] = unknown.step
            why = f"{unknown.step} decides" if unknown.decides else f"reused if {unknown.step} returns what it did"
            return _planned(step, "depends", why)
        except (NotReusable, DaggrError, OSError) as error:
            self._unknown[step] = step.name
            return _planned(step, "run", f"not remembered: {error}")

    def _why_not_remembered(self, step: Step) -> str:
        if self.plan.is_faked(step):
            return "by a fake"
        if step.options.cache is False:
            return "cache=False"
        if self.plan.settings.run_cache is False:
            return "cache=False for this run"
        return "a person is asked" if step.spec.asks else f"a {step.kind.label} is remembered with cache=True only"

    def _plan_forced(self, step: Step) -> PlannedStep:
        self._unknown[step] = step.name
        try:
            items = len(self.indices(step)) if step.axes else None
        except (_NotKnown, DaggrError):
            items = None
        return _planned(step, "run", "asked to run anew", items, items and 0)

    def _plan_one(self, step: Step) -> PlannedStep:
        entry, parts = self._look(step, ())
        if entry is None:
            return _planned(step, "run", self.what_changed(step, (), parts))
        return _planned(step, "reuse", f"made {_ago(entry.created)}")

    def _plan_items(self, step: Step) -> PlannedStep:
        indices = [index for index in self.indices(step) if not self._skips_item(step, index)]
        reused = sum(self._look(step, index)[0] is not None for index in indices)
        total = len(indices)
        if reused == total:
            return _planned(step, "reuse", f"all {total} items" if total else "no items", total, reused)
        return _planned(step, "run", f"{total - reused} of {total} items; {reused} reused", total, reused)

    def _skips_item(self, step: Step, index: Index) -> bool:
        """Whether the condition of one item decides against it."""
        for guard in step.guards:
            if not guard.condition.axes:
                continue
            try:
                self._need(guard.condition)
            except _NotKnown as unknown:
                raise _NotKnown(unknown.step, decides=True) from None
            undecided = next((one for one in guard.condition.steps() if not self._is_known(one, index)), None)
            if guard.wants_failure and undecided is not None:
                raise _NotKnown(undecided.name, decides=True)
            missing = guard.condition.absent(self, index[: len(guard.condition.axes)])
            if (missing is not None and not guard.wants_failure) or not guard.holds(self, index):
                self.missing[cell(step, index)] = missing or Missing(step.name, None, guard.reason)
                return True
        return False

    def indices(self, step: Step) -> list[Index]:
        found: list[Index] = [()]
        for axis in step.axes:
            below: list[Index] = []
            for index in found:
                items = min(len(item.listed(self, index[: len(item.of.axes)])) for item in axis)
                self.counts[group(step, index)] = items
                below.extend((*index, i) for i in range(items))
            found = below
        return found

    def _look(self, step: Step, index: Index) -> tuple[Entry | None, Mapping[str, str]]:
        self.need_known(step)
        parts = self.keys.parts(step, index)
        remembers = self.plan.remembers(step)
        entry = self.memory.look(self.memory.key(parts), remembers if isinstance(remembers, timedelta) else None)
        if entry is not None:
            self.keys.entries[cell(step, index)] = entry
        return entry, parts

    def need_known(self, step: Step) -> None:
        for edge in step.edges.values():
            self._need(edge)

    def _need(self, expression: Expression) -> None:
        """Find out whether what an expression is made of is known; of a branch only the side that is taken counts."""
        stack = [expression]
        while stack:
            part = stack.pop()
            for needed in part.own_steps():
                if needed in self.plan.left_out or needed in self._unknown:
                    raise _NotKnown(needed.name)
            if isinstance(part, Branch) and not part.condition.axes:
                self._need(part.condition)
                if part.condition.absent(self, ()) is None:
                    stack.append(part.side(part.taken(self, ())))
            elif isinstance(part, Fallback) and not part.first.axes:
                stack.append(part.first)  # had it failed it would not be known
            else:
                stack.extend(part.parts())

    def _untaken(self, step: Step) -> str | None:
        """Why a step will be skipped, as far as its conditions and what it takes are known."""
        for guard in step.guards:
            if guard.condition.axes:
                self._note_decider_of_items(step, guard)
                continue
            try:
                self._need(guard.condition)
                unknown = next((one for one in guard.condition.steps() if not self._is_known(one)), None)
                if guard.wants_failure and unknown is not None:
                    self._undecided[step] = unknown.name
                    continue
                missing = guard.condition.absent(self, ())
                if missing is not None and not guard.wants_failure:
                    return missing.reason
                if not guard.holds(self, ()):
                    return guard.reason
            except _NotKnown as unknown:
                self._undecided[step] = unknown.step
            except Exception:  # noqa: BLE001, S112  # the user's __bool__ fails: the run will tell
                continue
        return self._without(step) if self.missing else None

    def _note_decider_of_items(self, step: Step, guard: Guard) -> None:
        """Whether any item takes the side is not known before the run, where nothing is known of what decides."""
        try:
            self._need(guard.condition)
            for one in guard.condition.steps() if guard.wants_failure else ():
                if not all(self._is_known(one, index) for index in self.indices(one)):
                    raise _NotKnown(one.name)  # noqa: TRY301  # as where the list itself is not known
        except _NotKnown as unknown:
            self._undecided[step] = unknown.step
        except Exception:  # noqa: BLE001  # the user's __len__ or __getitem__ fails: the run will tell
            return

    def _is_known(self, step: Step, index: Index = ()) -> bool:
        key = cell(step, index[: len(step.axes)])
        return key in self.keys.entries or step in self.values or key in self.missing

    def _without(self, step: Step) -> str | None:
        """Why a step will be skipped for want of something that it takes."""
        for edge in step.edges.values():
            if edge.axes:
                continue
            try:
                self._need(edge)
                missing = edge.absent(self, ())
            except (_NotKnown, DaggrError):
                continue
            if missing is not None:
                return missing.reason
        return None

    def what_changed(self, step: Step, index: Index, parts: Mapping[str, str]) -> str:
        history = self.memory.history(self.plan.graph.name, step.name, index)
        if not history:
            return "no remembered result"
        made, before = history[0]
        changed = _differences(before, parts)
        return f"{changed} changed since {_ago(made)}" if changed else "its remembered result is too old or gone"


def planned_steps(plan: Plan) -> tuple[dict[str, PlannedStep], Mapping[Key, Entry], Collection[Key]]:
    """What a plan says of each step, the remembered results that it found, by cell, and the cells that it skips."""
    if plan.memory is None:
        unknown = ((step, _planned(step, "run", "nothing is remembered")) for step in plan.graph.steps.values())
        return {step.name: replace(planned, runner=plan.runner(step).name) for step, planned in unknown}, {}, ()
    planner = _Planner(plan, plan.memory)
    planned = {
        step.name: replace(planner.plan_step(step), runner=plan.runner(step).name) for step in _deciders_first(plan)
    }
    return {name: planned[name] for name in plan.graph.steps}, planner.keys.entries, planner.missing.keys()


def item_count(plan: Plan, step: Step) -> int | None:
    """How many items a mapped step has; `None` where that is not known before other steps have run."""
    if plan.memory is None:
        return None
    planner = _Planner(plan, plan.memory)
    for one in _deciders_first(plan):
        if one is step:
            break
        planner.plan_step(one)
    try:
        return len(planner.indices(step))
    except (_NotKnown, DaggrError):
        return None


def _deciders_first(plan: Plan) -> Iterable[Step]:
    """The steps, each after what it needs and what decides whether it runs, which the body may have made later."""
    steps = plan.graph.steps
    if not any(step.guards for step in steps.values()):
        return steps.values()
    import networkx

    def place_in_body(name: str) -> int:
        return steps[name].number

    order = networkx.lexicographical_topological_sort(plan.graph.network, place_in_body)
    return [steps[name] for name in order]


def explain(plan: Plan, step: Step) -> str:
    """Why a step would run or be reused, in a few lines."""
    if plan.memory is None:
        return f"{step.name} runs: nothing is remembered"
    planner = _Planner(plan, plan.memory)
    for earlier in _deciders_first(plan):
        if earlier is step:
            break
        planner.plan_step(earlier)
    planned = planner.plan_step(step)
    lines = [f"{step.name}: {planned.mark} ({planned.reason})"]
    if step in plan.left_out or not plan.remembers(step):
        return lines[0]
    try:
        indices: list[Index] = planner.indices(step) if step.axes else [()]
        for index in indices[:_EXPLAINED_ITEMS]:
            lines += _explained(planner, step, index)
    except (_NotKnown, DaggrError, OSError) as error:
        lines.append(f"  its key is not known before the run: {error}")
    return "\n".join(lines)


_EXPLAINED_ITEMS = 20


def _explained(planner: _Planner, step: Step, index: Index) -> list[str]:
    planner.need_known(step)
    parts = planner.keys.parts(step, index)
    label = step.name + "".join(f"[{i}]" for i in index)
    history = planner.memory.history(planner.plan.graph.name, step.name, index)
    if not history:
        return [f"  {label} was never remembered in this pipeline"]
    made, before = history[0]
    rows = [f"  {label}, last made {_ago(made)}:"]
    for name in sorted({*before, *parts}):
        state = "same" if before.get(name) == parts.get(name) else "changed"
        state = "new" if name not in before else ("gone" if name not in parts else state)
        rows.append(f"    {name:<16} {state}")
    return rows


def _differences(before: Mapping[str, str], now: Mapping[str, str]) -> str:
    names = [name for name in now if before.get(name) != now[name]] + [name for name in before if name not in now]
    words = {"code": "its code", "node": "the node"}
    return ", ".join(words.get(name, name) for name in names)


def _planned(step: Step, mark: Mark, reason: str, items: int | None = None, reused: int | None = None) -> PlannedStep:
    terms = terms_of(step.options)
    return PlannedStep(step.name, step.spec.name, step.kind.label, mark, reason, items, reused, terms=terms)


def _ago(moment: float) -> str:
    seconds = max(0.0, time.time() - moment)
    for size, word in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= size:
            count = int(seconds // size)
            return f"{count} {word}{'s' if count > 1 else ''} ago"
    return "less than a minute ago"
