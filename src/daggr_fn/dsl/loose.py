"""Steps made outside of a body, by calling nodes with ports or components at module level.

Such steps hang on their ports alone (no registry); `Pipeline("name", outputs)` walks back from the outputs and copies
what it finds into a graph of its own, so that one wiring may serve several pipelines, and be a group in others.
"""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

from daggr_fn.dsl.binding import to_expression
from daggr_fn.dsl.conditions import lazy
from daggr_fn.dsl.groups import Inner
from daggr_fn.dsl.shown import LOOSE
from daggr_fn.dsl.steps import make_step, step_port
from daggr_fn.dsl.trace import Trace
from daggr_fn.expressions import Expression, Input, InputPort, Item, Output
from daggr_fn.graph import Graph, Step
from daggr_fn.ports import Port, item_of
from daggr_fn.tracing import TRACE
from daggr_fn.values import EveryRun, class_of, is_mapping, is_named_tuple, is_sequence

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from daggr_fn.kinds import NodeKind, Options
    from daggr_fn.plan import Settings


def loose_call(kind: NodeKind, options: Options, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Port:
    """Make a step that belongs to no pipeline yet, and return its port."""
    step, _ = make_step(kind, options, args, kwargs, LOOSE)
    step.name = options.name or step.spec.name
    return step_port(step)


class Wiring:
    """Everything that some module-level ports need.

    Args:
        name: The name of the pipeline.
        outputs: A port, or a list, tuple or dict of ports.
    """

    def __init__(self, name: str, outputs: Any) -> None:
        self._name = name
        self._outputs = outputs
        self._inputs: dict[str, InputPort] = {}

    def graph(self) -> Graph:
        """The graph of a pipeline with these outputs."""
        copier = _Copier(Trace(self._name))
        result = to_expression(self._outputs)
        for step in _upstream(result):
            copier.copy_step(step)
        returned = copier.changed(result)
        copier.show_the_others()
        graph = copier.trace.graph_of(returned, self._outputs, copier.changed)
        self._inputs = {copy.name: port for port, copy in copier.inputs.items()}
        return graph

    def inner(self, graph: Graph, name: str, settings: Settings) -> Inner:
        """What a call of the pipeline in the body of another makes a group of.

        Args:
            graph: What `graph` has drawn.
            name: The name of the group.
            settings: Its options.
        """
        ports = list(graph.inputs.values())
        parameters = [
            inspect.Parameter(
                port.name,
                inspect.Parameter.KEYWORD_ONLY,
                default=port.default if port.component is None else port.component,
            )
            for port in ports
        ]
        return Inner(name, self._copied, inspect.Signature(parameters), ports, settings)

    def _copied(self, **values: Any) -> Any:
        """The body: its steps in the pipeline that is traced now, with these values for the inputs."""
        trace: Trace = TRACE.get()
        copier = _Inliner(trace, {self._inputs[name]: value for name, value in values.items()})
        for step in _upstream(to_expression(self._outputs)):
            copier.copy_step(step)
        return copier.ports(self._outputs)


def _upstream(result: Any) -> Iterable[Step]:
    """The steps that an expression needs, each after what it needs itself."""
    if not isinstance(result, Expression):
        return []
    done: dict[Step, None] = {}
    stack = [(step, False) for step in result.steps()]
    while stack:
        step, ready = stack.pop()
        if ready:
            done[step] = None
        elif step not in done:
            stack.append((step, True))
            needed = [s for edge in step.edges.values() for s in edge.steps()]
            stack.extend((s, False) for s in reversed([*needed, *step.after]) if s not in done)
    return done


class _Copier:
    """Copies loose steps and inputs into a trace, once each."""

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self.inputs: dict[InputPort, InputPort] = {}
        self._asked: set[InputPort] = set()
        self._steps: dict[Step, Step] = {}
        self._seen: dict[int, tuple[Expression, Expression]] = {}

    def copy_step(self, step: Step) -> None:
        drawn = self._drawn(step)
        copy = Step(
            step.kind,
            step.spec,
            step.options,
            step.place,
            fixed=step.fixed,
            edges={name: self.changed(edge) for name, edge in step.edges.items() if name not in drawn},
            sources={**step.sources, **drawn},
            after=tuple(self._steps[earlier] for earlier in step.after),
        )
        copy.variable = step.variable
        self._steps[step] = copy
        self.trace.add(copy, self._made_by_components(step))

    def _drawn(self, step: Step) -> Mapping[str, Callable[[], Any]]:
        """The arguments that are drawn anew in the copy alone."""
        return {}

    def _made_by_components(self, step: Step) -> list[InputPort]:
        """The inputs that a step is the first to be given the component of."""
        given = [edge.port for edge in step.edges.values() if isinstance(edge, Input) and not edge.port.card]
        made = [self._input(port) for port in dict.fromkeys(given) if port not in self._asked]
        self._asked.update(given)
        return made

    def show_the_others(self) -> None:
        """Add the inputs whose component was given to no step: as a condition, or in a list."""
        for port, copy in self.inputs.items():
            if not port.card and port not in self._asked:
                self.trace.show(copy)

    def changed(self, value: Any) -> Any:
        """An expression over the copies; anything else as it is."""
        if not isinstance(value, Expression):
            return value
        known = self._seen.get(id(value))
        if known is None:
            known = (value, self._rebuilt(value))
            self._seen[id(value)] = known
        return known[1]

    def _rebuilt(self, expression: Expression) -> Expression:
        if isinstance(expression, Output):
            return Output(self._steps[expression.step], expression.annotation)
        if isinstance(expression, Input):
            port = self._input(expression.port)
            if expression.port.card and port.name not in self.trace.inputs:
                self.trace.input(port)
            return Input(port)
        return expression.rebuilt(self.changed)

    def _input(self, port: InputPort) -> InputPort:
        if port not in self.inputs:
            self.inputs[port] = InputPort(
                port.name, port.annotation, port.default, component=port.component, card=port.card, secret=port.secret
            )
        return self.inputs[port]


class _Inliner(_Copier):
    """Copies loose steps into a group, with what the group is called with in place of the inputs."""

    def __init__(self, trace: Trace, given: Mapping[InputPort, Any]) -> None:
        super().__init__(trace)
        self._given = given

    def ports(self, outputs: Any) -> Any:
        """The outputs, over the copies."""
        if isinstance(outputs, Port):
            named = {name: self.ports(port) for name, port in outputs._outputs.items()}
            return Port(self.changed(outputs._expression), outputs._spec, outputs._made_at, named)
        if is_named_tuple(outputs):
            return class_of(outputs)(*map(self.ports, outputs))
        if is_sequence(outputs):
            return class_of(outputs)(map(self.ports, outputs))
        if is_mapping(outputs):
            return {name: self.ports(port) for name, port in outputs.items()}
        return outputs

    def _drawn(self, step: Step) -> Mapping[str, Callable[[], Any]]:
        given = {name: self._given[edge.port] for name, edge in step.edges.items() if isinstance(edge, Input)}
        return {name: value.source for name, value in given.items() if isinstance(value, EveryRun)}

    def _made_by_components(self, step: Step) -> list[InputPort]:
        return []

    def _rebuilt(self, expression: Expression) -> Expression:
        if isinstance(expression, Input):
            return lazy(self._given[expression.port])
        if isinstance(expression, Item):
            return item_of(self.changed(expression.of))
        return super()._rebuilt(expression)
