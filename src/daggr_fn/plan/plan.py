"""The plan of a run: which steps run, which are reused, which are skipped, and why. Nothing is executed here.

What takes part is worked out at once, from the graph and the options. The marks `run`, `reuse` and `depends`, which ask
what is remembered, are worked out when they are read: a run finds them out by itself, step by step.
"""

from __future__ import annotations

import functools
import json
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

from daggr_fn import stand_ins
from daggr_fn.errors import WiringError, listed, shorten
from daggr_fn.runners import THREAD, Runner
from daggr_fn.values import is_mapping, is_named_tuple, is_sequence, make_record

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping
    from datetime import timedelta

    from rich.table import Table

    from daggr_fn.expressions import Index, InputPort, Key, Missing
    from daggr_fn.graph import Graph, Step
    from daggr_fn.kinds import Question
    from daggr_fn.remembered import Entry, Remembered

    _Marked = tuple[dict[str, "PlannedStep"], Mapping[Key, Entry], Collection[Key]]

Mark = Literal["run", "reuse", "skip", "depends"]


@dataclass(frozen=True, slots=True)
class Settings:
    """The options of a pipeline or a run.

    Attributes:
        cache: What the pipeline says about reuse, for nodes that say nothing.
        run_cache: What this run says about reuse; a node's `cache=False` is final all the same.
        fresh: Whether everything, or which steps, run anew.
        given: Values for steps that then do not run, by step or by "step.output".
        only: `"+step"` to a step, `"step+"` from a step, `"+step+"` around it.
        workers: How many functions of this run may go on at once.
        timeout: Seconds for the whole run.
        choose: The variant of each choice.
        answers: What people would say, by step or "step[2]"; for a mapped step also a list.
        on_ask: Asked for what `answers` doesn't say.
        keep: The scope under which all that a run finishes is kept until it succeeds; empty to keep nothing.
        resume: Whether what an earlier, failed run of this scope finished is taken from it.
        runner: Where the pipeline says that its functions are carried out, for nodes that say nothing.
        run_runner: Where this run says so; a node's `runner="thread"` is final all the same.
        sheet: The sheet that a run belongs to, whose memory keeps the result of every step, with what was drawn for
            it; empty where only what the nodes, the pipeline and the run say is remembered.
        only_forces: Whether the targets of `only` run anew; else they run where they are stale.
        turn: Which turn of a repeated step it is: `essay[2] `; empty where it is none. A person is asked in each.
        secrets: Values that are secret in the run around a turn.
        items: Of mapped steps the items that take part (see `items.needed_items`); of the others all do.
    """

    cache: bool | timedelta | None = None
    run_cache: bool | timedelta | None = None
    fresh: bool | tuple[str, ...] = False
    given: Mapping[str, Any] = field(default_factory=dict[str, Any])
    only: tuple[str, ...] = ()
    workers: int | None = None
    timeout: float | None = None
    choose: Mapping[str, str] = field(default_factory=dict[str, str])
    answers: Mapping[str, Any] = field(default_factory=dict[str, Any])
    on_ask: Callable[[Question], Any] | None = None
    keep: str = ""
    resume: bool = False
    runner: Runner | None = None
    run_runner: Runner | None = None
    sheet: str = ""
    only_forces: bool = True
    turn: str = ""
    secrets: tuple[object, ...] = field(default=(), repr=False)
    items: Mapping[str, Collection[Index]] = field(default_factory=dict[str, "Collection[Index]"])

    def changed(self, **changes: Any) -> Settings:
        """A copy with changes."""
        return replace(self, **changes)


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """What a plan says of one step.

    Attributes:
        runner: Where its function would be called.
        terms: On which terms it would be called, in words: `3 retries, at most 30 s each, 30/minute`.
        items: For a mapped step how many items it has and how many of them are reused, as far as is known.
    """

    step: str
    node: str
    kind: str
    mark: Mark
    reason: str
    items: int | None = None
    reused_items: int | None = None
    runner: str = "thread"
    terms: str = ""


class Plan:
    """What a run with these inputs and options would do.

    Attributes:
        spared: The names of the steps that need not run because what they feed is given.

    Args:
        graph: The pipeline's graph.
        inputs: The value of each input.
        settings: The options.
        memory: What is remembered; `None` where nothing is.
    """

    def __init__(
        self, graph: Graph, inputs: Mapping[InputPort, Any], settings: Settings, memory: Remembered | None
    ) -> None:
        self.graph = graph
        self.inputs = inputs
        self.settings = settings
        self.memory = memory
        self.stand_ins = stand_ins.now()
        self.given = self._take_given()
        self.spared = set[str]()
        self.forced = self._forced_steps()
        self.left_out = self._leave_out()
        self.selected = [step for step in graph.steps.values() if step not in self.left_out]

    # ---- what takes part

    def _take_given(self) -> dict[Step, Any]:
        given: dict[Step, Any] = {}
        by_output: dict[Step, dict[str, Any]] = {}
        for name, value in {**self.graph.given, **self.settings.given}.items():
            step_name, _, output = name.rpartition(".") if name not in self.graph.steps else (name, "", "")
            step = self.graph.step(step_name or name)
            if not output:
                given[step] = _as_record(step, value)
            elif output not in step.spec.outputs:
                raise WiringError(f"{step.name} has no output {output!r}", notes={"valid": listed(step.spec.outputs)})
            else:
                by_output.setdefault(step, {})[output] = value
        for step, values in by_output.items():
            given[step] = _whole(step, values)
        return given

    def _forced_steps(self) -> frozenset[str]:
        """The steps that run anew, whatever is remembered."""
        fresh = self.settings.fresh
        if fresh is True:
            return frozenset(self.graph.steps)
        named = {*self.graph.fresh, *(self.graph.step(name).name for name in fresh or ())}
        for name, _, behind in _targets(self.settings.only) if self.settings.only_forces else ():
            step = self.graph.step(name).name
            named |= self.graph.behind([step]) if behind else {step}
        return frozenset(named)

    def _leave_out(self) -> dict[Step, str]:
        left_out: dict[Step, str] = {}
        wanted = self.wanted()
        if wanted is not None:
            reason = f"only {', '.join(self.settings.only)} was asked for"
            left_out = {step: reason for name, step in self.graph.steps.items() if name not in wanted}
        left_out |= self._not_taken()
        if self.given:
            self._leave_out_what_feeds_given(left_out)
        return left_out

    def _not_taken(self) -> dict[Step, str]:
        """The steps of sides that the inputs and choices alone decide against."""
        known = _KnownInputs(self.inputs)
        left_out: dict[Step, str] = {}
        for step in self.graph.steps.values():
            for guard in step.guards:
                if step not in self.given and guard.by_inputs and not guard.holds(known, ()):
                    left_out[step] = guard.reason
        return left_out

    def wanted(self) -> set[str] | None:
        """The names of the steps that `only` asks for; `None` where it says nothing."""
        if not self.settings.only:
            return None
        return self.graph.before(self._targets())

    def _targets(self) -> set[str]:
        """The names of the steps that `only` asks for themselves, without what they need."""
        targets: set[str] = set()
        for name, _, behind in _targets(self.settings.only):
            targets |= self.graph.behind([name]) if behind else {self.graph.step(name).name}
        return targets

    def _leave_out_what_feeds_given(self, left_out: dict[Step, str]) -> None:
        network, stays = self.graph.network, {*self.graph.result_steps(), *self._targets()}
        for name in reversed(list(self.graph.steps)):
            step = self.graph.steps[name]
            takers = [self.graph.steps[taker] for taker, how in network.succ[name].items() if how["parameters"]]
            if not takers or step in self.given or name in stays:
                continue
            if all(self._does_without(taker, step, left_out) for taker in takers):
                left_out.setdefault(step, f"what it feeds is given ({', '.join(t.name for t in takers)})")
                self.spared.add(name)

    def _does_without(self, taker: Step, step: Step, left_out: Mapping[Step, str]) -> bool:
        return taker in left_out or (taker in self.given and step not in taker.mapped_over())

    # ---- where it is carried out

    @property
    def secrets(self) -> list[object]:
        """The values of the inputs that are secret, in a turn also those of the run around."""
        return [*self.settings.secrets, *(value for port, value in self.inputs.items() if port.secret)]

    @functools.cached_property
    def has_runners(self) -> bool:
        """Whether a step is carried out elsewhere than in the run's own threads."""
        return any(self.runner(step) is not THREAD for step in self.selected)

    def runner(self, step: Step) -> Runner:
        """Where a step's node is called."""
        own, settings = step.options.runner, self.settings
        said = (settings.run_runner, own, settings.runner)
        if said == (None, None, None) or own is THREAD or self._stays(step):
            return THREAD
        return next((one for one in said if one is not None), THREAD)

    def _stays(self, step: Step) -> bool:
        travels = getattr(step.kind, "travels", False)
        return not travels or step in self.given or self.is_faked(step)

    # ---- what is remembered

    def remembers(self, step: Step) -> bool | timedelta:
        """Whether a step's result is reused and stored, and for how long."""
        if step.options.cache is False or self.memory is None or step in self.given or self.is_faked(step):
            return False
        return self.shares(step) or bool(self.settings.sheet)

    def shares(self, step: Step) -> bool | timedelta:
        """Whether a step's result is of use to all runs of the process and beyond, and for how long."""
        own, settings = step.options.cache, self.settings
        if own is False:
            return False
        for said in (settings.run_cache, own, settings.cache):
            if said is not None:
                return said
        return step.kind.remembers

    def is_faked(self, step: Step) -> bool:
        """Whether a fake stands in for a step's node: what it returns is never stored as the node's."""
        return stand_ins.stand_in(step.kind, self.stand_ins) is not None

    def looks_up(self, step: Step) -> bool:
        """Whether a step's result may be known: remembered, or kept by a run that failed."""
        if self.remembers(step):
            return True
        keeps = bool(self.settings.keep) and self.memory is not None
        return keeps and step not in self.given and not self.is_faked(step)

    @property
    def steps(self) -> dict[str, PlannedStep]:
        """What the plan says of each step, by name, in the order of the body."""
        return self._marked[0]

    @property
    def entries(self) -> Mapping[Key, Entry]:
        """The remembered results that were found for the marks, by cell."""
        return self._marked[1]

    @property
    def skipped(self) -> Collection[Key]:
        """The cells that a condition decides against, as far as is known."""
        return self._marked[2]

    @property
    def _marked(self) -> _Marked:
        # Before Python 3.12 a cached_property has one lock for all plans, and this one may wait for a Space.
        found: _Marked | None = self.__dict__.get("_marks")
        if found is None:
            from daggr_fn.plan.marks import planned_steps

            found = self.__dict__["_marks"] = planned_steps(self)
        return found

    def explain(self, step: str) -> str:
        """Why a step would run or be reused: which part of its key changed, and since when.

        Raises:
            WiringError: There is no such step.
        """
        from daggr_fn.plan.marks import explain

        return explain(self, self.graph.step(step))

    # ---- the plan for others

    def marked(self, mark: Mark) -> list[str]:
        """The names of the steps with a mark."""
        return [name for name, planned in self.steps.items() if planned.mark == mark]

    def to_dict(self) -> dict[str, Any]:
        """The plan as plain data."""
        inputs = {port.name: "<secret>" if port.secret else shorten(value) for port, value in self.inputs.items()}
        return {
            "pipeline": self.graph.name,
            "inputs": inputs,
            "steps": [asdict(planned) for planned in self.steps.values()],
        }

    def to_json(self) -> str:
        """The plan as JSON text."""
        return json.dumps(self.to_dict(), indent=2)

    def __rich__(self) -> Table:
        from daggr_fn.tables import plan_table

        return plan_table(self)

    def __str__(self) -> str:
        from daggr_fn.tables import as_text

        return as_text(self)

    def __repr__(self) -> str:
        return f"<plan of {self.graph.name}: {len(self.selected)} of {len(self.graph.steps)} steps>"

    def _repr_html_(self) -> str:
        from daggr_fn.tables import as_html

        return as_html(self)


class _KnownInputs:
    """The cells of a run that has no steps (`expressions.Cells`)."""

    def __init__(self, inputs: Mapping[InputPort, Any]) -> None:
        self.inputs = inputs
        self.values: dict[Key, Any] = {}
        self.missing: dict[Key, Missing] = {}
        self.counts: dict[Key, int] = {}


def _targets(only: Iterable[str]) -> list[tuple[str, bool, bool]]:
    """`(step, with what it needs, with what needs it)` for each target of `only`."""
    return [(target.strip("+"), target.startswith("+"), target.endswith("+")) for target in only]


def _as_record(step: Step, value: Any) -> Any:
    """The value given for a whole step; that of several outputs may be given as a dict, or in order."""
    names = tuple(step.spec.outputs)
    if step.axes or step.spec.record != "attribute":
        return value
    if is_mapping(value) and value.keys() == set(names):
        return _whole(step, value)
    if is_sequence(value) and not is_named_tuple(value) and len(value) == len(names):
        return _whole(step, dict(zip(names, value, strict=True)))
    return value


def _whole(step: Step, values: Mapping[str, Any]) -> Any:
    """The record of a step of which each output is given."""
    missing = [name for name in step.spec.outputs if name not in values]
    if missing:
        raise WiringError(f"given for {step.name} lacks {listed(missing)}", instead=f"give all outputs of {step.name}")
    if not step.spec.record:
        return next(iter(values.values()))
    if step.spec.record == "key":
        return dict(values)
    returns = step.spec.returns
    names = tuple(step.spec.outputs)
    return returns(**values) if isinstance(returns, type) else make_record(names, [values[name] for name in names])
