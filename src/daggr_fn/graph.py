"""The graph of a pipeline: steps and the expressions between them, on networkx.

Steps are added in the order of the body, so that order is a topological one. Everything that is asked of the shape of
a pipeline is asked here: what a step needs, what needs it, which steps lie between.
"""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from daggr_fn.annotations import enum_values
from daggr_fn.branching import STRICT, Guard, Ways, excuses_of, guards_of, has_branches, presence
from daggr_fn.errors import WiringError, did_you_mean, listed
from daggr_fn.expressions import (
    Axes,
    Concealed,
    Expression,
    Gathered,
    Input,
    InputPort,
    Item,
    Output,
    Part,
    zipped_axes,
)
from daggr_fn.limits import Limit, in_order
from daggr_fn.takers import Takers, takers_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    import networkx

    from daggr_fn.kinds import NodeKind, NodeSpec, Options
    from daggr_fn.places import Place
    from daggr_fn.rates import Rate
    from daggr_fn.stand_ins import StandIn

    DiGraph = networkx.DiGraph[str]


class Step:
    """One call of a node inside a pipeline.

    Attributes:
        fixed: Arguments with a value.
        edges: Arguments that other steps or inputs give.
        sources: Arguments that a function draws anew for each call.
        after: Steps that must have ended before, without giving anything.
        axes: The lists it is mapped over; empty when it is not.
        around: The lists that the group is mapped over which it is a step of.
        along: What that group was called with for each item, where the step itself takes nothing of the item.
        secrets: The arguments made of a secret input.
        guards: The conditions under which it runs.
        ways_on: Where its value goes, and what forgives a failure of it on the way.
        variable: The variable the step is assigned to in the body, if any.
    """

    __slots__ = (
        *(
            "after",
            "along",
            "around",
            "axes",
            "edges",
            "fixed",
            "guards",
            "kind",
            "limits",
            "name",
            "number",
            "options",
        ),
        *("pipeline", "place", "rates", "secrets", "sources", "spec", "variable", "waits", "ways_on"),
    )

    def __init__(
        self,
        kind: NodeKind,
        spec: NodeSpec,
        options: Options,
        place: Place,
        *,
        fixed: dict[str, Any],
        edges: dict[str, Expression],
        sources: dict[str, Callable[[], Any]],
        after: tuple[Step, ...] = (),
    ) -> None:
        self.name = ""
        self.pipeline = ""
        self.number = -1
        self.kind = kind
        self.spec = spec
        self.options = options
        self.place = place
        self.fixed = fixed
        self.edges = edges
        self.sources = sources
        self.after = after
        self.axes: Axes = zipped_axes(edge.axes for edge in edges.values())
        self.around: Axes = ()
        self.along: tuple[Expression, ...] = ()
        self.secrets = frozenset(name for name, edge in edges.items() if _is_secret(edge))
        self.guards: tuple[Guard, ...] = ()
        self.ways_on: Ways = STRICT
        self.variable: str | None = None
        self.waits: tuple[Any, ...] = ()
        self.limits = _limits(options)
        self.rates = _rates(options)

    def __repr__(self) -> str:
        return f"<step {self.name}>"

    def map_along(self, around: Axes, taken: Iterable[Expression] = ()) -> None:
        """Call it once for each item of the lists that its group is mapped over.

        Args:
            around: Those lists.
            taken: What the group was called with for each item. An item for which one of these is missing is missing
                for every step, also for one that takes nothing of it.
        """
        if around:
            own = {id(item) for axis in self.axes for item in axis}
            if not all(id(item) in own for axis in around for item in axis):
                self.along = tuple(taken)
            self.around = around
            self.axes = zipped_axes([around, self.axes])

    def mapped_over(self) -> set[Step]:
        """The steps that the lists it is mapped over are made of."""
        return {step for axis in self.axes for item in axis for step in item.of.steps()}

    @property
    def asks_people(self) -> bool:
        """Whether a call of it asks a person, itself or in a turn."""
        return bool(getattr(self.kind, "asks_people", False))

    @property
    def title(self) -> str:
        """The step for messages: `speak (speak)` names the node where that is not the step's name."""
        return self.name if self.name == self.spec.name else f"{self.name} ({self.spec.name})"


def _limits(options: Options) -> tuple[Limit, ...]:
    both = (options.limit, options.pool.limit if options.pool is not None else None)
    return in_order(limit for limit in both if limit is not None)


def _rates(options: Options) -> tuple[Rate, ...]:
    both = (options.rate, options.pool.rate if options.pool is not None else None)
    return tuple(rate for rate in both if rate is not None)


@dataclass(frozen=True)
class StepGroup:
    """The steps that a pipeline made which was called in the body; their names begin with the group's and a slash.

    Attributes:
        place: Where it was called.
        doc: What the pipeline says of itself.
        axes: The lists that the whole group is mapped over; empty when it is not.
        arguments: What its parameters were given, where that is no fixed value.
        outputs: What it returned, where it was under names.
    """

    place: Place | None = None
    doc: str = ""
    axes: Axes = ()
    arguments: Mapping[str, Expression] = field(default_factory=dict[str, Expression])
    outputs: dict[str, Expression] = field(default_factory=dict[str, Expression])


class Graph:
    """The DAG of a pipeline: its steps, inputs and what it returns."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.steps: dict[str, Step] = {}
        self.inputs: dict[str, InputPort] = {}
        self.choices: dict[str, InputPort] = {}
        self.groups: dict[str, StepGroup] = {}
        self.given: dict[str, Any] = {}  # by groups, for their steps
        self.fresh: frozenset[str] = frozenset()
        self.result: Any = None
        self.outputs: dict[str, Any] = {}
        self.described_by: tuple[StandIn, ...] = ()
        self._network: DiGraph | None = None

    # ---- made while tracing

    def add_input(self, port: InputPort, place: Place | None = None) -> InputPort:
        """Add an input; two of one name are an error."""
        if port.name in self.inputs:
            raise WiringError(
                f"{self.name} has two inputs named {port.name!r}",
                here=place,
                instead=f"give the component to a parameter of {self.name}, or name the step: node.named('...')(...)",
            )
        self.inputs[port.name] = port
        return port

    def add_step(self, step: Step) -> Step:
        """Add a step that has a name; what it needs is there already."""
        step.number = len(self.steps)
        self.steps[step.name] = step
        return step

    def finish(self, result: Any, outputs: Mapping[str, Any]) -> None:
        """Say what the pipeline returns, and work out what depends on the whole graph.

        Args:
            result: The value or expression that the body returned.
            outputs: The same, taken apart and named.
        """
        self.result = result
        self.outputs = dict(outputs)
        self._find_ways_on()
        for step in self.steps.values():
            step.waits = tuple(dict.fromkeys(self._waits(step))) if not step.axes else ()

    def _find_ways_on(self) -> None:
        steps = list(self.steps.values())
        for step, ways in excuses_of(steps, self.result).items():
            step.ways_on = ways
        if self._has_branches:
            for step, guards in guards_of(steps, self.result).items():
                step.guards = guards
        for step in steps:
            step.guards += tuple(map(presence, step.along))

    @property
    def _has_branches(self) -> bool:
        expressions = [self.result, *(edge for step in self.steps.values() for edge in step.edges.values())]
        return any(isinstance(one, Expression) and has_branches(one) for one in expressions)

    def _waits(self, step: Step) -> Iterator[Any]:
        for edge in step.edges.values():
            yield from edge.keys(())
        for guard in step.guards:
            yield from guard.condition.keys(())
        for earlier in step.after:
            yield (earlier, ...) if earlier.axes else earlier

    # ---- questions about its shape

    @property
    def network(self) -> DiGraph:
        """The networkx graph: a node per step (its `step`), an edge where one needs another (its `parameters`)."""
        if self._network is None:
            self._network = self._build_network()
        return self._network

    def _build_network(self) -> DiGraph:
        import networkx

        network: DiGraph = networkx.DiGraph(name=self.name)
        network.add_nodes_from((name, {"step": step}) for name, step in self.steps.items())
        for name, step in self.steps.items():
            for earlier in step.after:
                network.add_edge(earlier.name, name, parameters=[])
            for parameter, edge in step.edges.items():
                for needed in edge.steps():
                    known: Any = network.get_edge_data(needed.name, name)
                    if known is None:
                        network.add_edge(needed.name, name, parameters=[parameter])
                    else:
                        known["parameters"].append(parameter)
            for needed in step.mapped_over() if step.around else ():
                if not network.has_edge(needed.name, name):
                    network.add_edge(needed.name, name, parameters=[])
            for guard in step.guards:
                for needed in guard.condition.steps():
                    if not network.has_edge(needed.name, name):
                        network.add_edge(needed.name, name, parameters=[])
        return network

    @functools.cached_property
    def takers(self) -> Takers:
        """Who takes the value of each step."""
        return takers_of(self.steps.values(), self.result)

    @functools.cached_property
    def may_not_return(self) -> bool:
        """Whether what the pipeline returns can fail although every step has ended well: a part, a side, a text."""
        if not isinstance(self.result, Expression):
            return False
        whole = (Output, Input, Gathered, Item)
        return any(
            not isinstance(part, whole) and not (isinstance(part, Part) and part.port) for part in self.result.walk()
        )

    def step(self, name: str) -> Step:
        """The step of a name.

        Raises:
            WiringError: There is none; says which there are.
        """
        if name not in self.steps:
            raise WiringError(
                f"{self.name} has no step {name!r}{did_you_mean(name, self.steps)}", notes={"valid": listed(self.steps)}
            )
        return self.steps[name]

    def before(self, names: Iterable[str]) -> set[str]:
        """The steps that some steps need, directly or not, and these themselves."""
        return self._reachable(names, self.network.pred)

    def behind(self, names: Iterable[str]) -> set[str]:
        """The steps that need some steps, directly or not, and these themselves."""
        return self._reachable(names, self.network.succ)

    def _reachable(self, names: Iterable[str], neighbours: Mapping[str, Mapping[str, Any]]) -> set[str]:
        found = {self.step(name).name for name in names}
        stack = list(found)
        while stack:
            new = neighbours[stack.pop()].keys() - found
            found |= new
            stack.extend(new)
        return found

    def result_steps(self) -> set[str]:
        """The steps that what the pipeline returns is made of."""
        return {step.name for step in self.result.steps()} if isinstance(self.result, Expression) else set()

    # ---- the graph for others

    def describe(self) -> dict[str, Any]:
        """The graph as plain data: inputs, steps with their edges, outputs."""
        return {
            "name": self.name,
            "inputs": [_describe_input(port) for port in self.inputs.values()],
            "choices": {name: list(enum_values(port.annotation) or ()) for name, port in self.choices.items()},
            "steps": [_describe_step(step) for step in self.steps.values()],
            "outputs": {name: _label(value) for name, value in self.outputs.items()},
        }

    def to_json(self) -> str:
        """`describe()` as JSON text."""
        return json.dumps(self.describe(), indent=2, default=repr)


def _is_secret(expression: Expression) -> bool:
    return any(
        isinstance(part, Concealed) or (isinstance(part, Input) and part.port.secret) for part in expression.walk()
    )


def _describe_input(port: InputPort) -> dict[str, Any]:
    from daggr_fn.annotations import describe

    described = {"name": port.name, "type": describe(port.annotation), "card": port.card or None}
    if port.secret:
        return {**described, "secret": True}
    return described


def _describe_step(step: Step) -> dict[str, Any]:
    return {
        "name": step.name,
        "node": step.spec.name,
        "kind": step.kind.label,
        "mapped": len(step.axes),
        "arguments": {name: edge.label for name, edge in step.edges.items()},
        "fixed": sorted(step.fixed),
        "drawn": sorted(step.sources),
        "after": [earlier.name for earlier in step.after],
        "only if": [guard.condition.label for guard in step.guards if guard.condition not in step.along],
        "outputs": list(step.spec.outputs),
        "runner": step.options.runner.name if step.options.runner is not None else None,
        "place": str(step.place),
        "link": step.spec.link or None,
    }


def _label(value: Any) -> str:
    return value.label if isinstance(value, Expression) else repr(value)
