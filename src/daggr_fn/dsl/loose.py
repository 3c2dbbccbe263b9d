"""Steps made outside of a body, by calling nodes with ports or components at module level.

Such steps hang on their ports alone (no registry); `Pipeline("name", outputs)` walks back from the outputs and copies
what it finds into a graph of its own, so that one wiring may serve several pipelines.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from daggr_fn.dsl.binding import to_expression
from daggr_fn.dsl.steps import make_step, step_port
from daggr_fn.dsl.trace import Trace
from daggr_fn.expressions import Expression, Input, InputPort, Output
from daggr_fn.graph import Graph, Step

if TYPE_CHECKING:
    from collections.abc import Iterable

    from daggr_fn.kinds import NodeKind, Options
    from daggr_fn.ports import Port

_of_components: dict[int, InputPort] = {}
"""The inputs by the id of their component, which lives as long as its input does: inputs are never dropped here."""


def loose_call(kind: NodeKind, options: Options, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Port:
    """Make a step that belongs to no pipeline yet, and return its port."""
    step, _ = make_step(kind, options, args, kwargs, _of_components)
    step.name = options.name or step.spec.name
    return step_port(step)


def loose_graph(name: str, outputs: Any) -> Graph:
    """The graph of everything that some module-level ports need.

    Args:
        name: The name of the pipeline.
        outputs: A port, or a list, tuple or dict of ports.
    """
    copier = _Copier(Trace(name))
    result = to_expression(outputs)
    for step in _upstream(result):
        copier.copy_step(step)
    return copier.trace.graph_of(copier.changed(result), outputs, copier.changed)


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
        self._steps: dict[Step, Step] = {}
        self._inputs: dict[InputPort, InputPort] = {}
        self._seen: dict[int, tuple[Expression, Expression]] = {}

    def copy_step(self, step: Step) -> None:
        copy = Step(
            step.kind,
            step.spec,
            step.options,
            step.place,
            fixed=step.fixed,
            edges={name: self.changed(edge) for name, edge in step.edges.items()},
            sources=step.sources,
            after=tuple(self._steps[earlier] for earlier in step.after),
        )
        copy.variable = step.variable
        self._steps[step] = copy
        of_components = [edge.port for edge in step.edges.values() if isinstance(edge, Input) and not edge.port.card]
        self.trace.add(copy, [self._input(port) for port in of_components])

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
            if expression.port.card:
                self.trace.inputs.setdefault(port.name, port)
            return Input(port)
        return expression.rebuilt(self.changed)

    def _input(self, port: InputPort) -> InputPort:
        if port not in self._inputs:
            self._inputs[port] = InputPort(
                port.name, port.annotation, port.default, component=port.component, card=port.card, secret=port.secret
            )
        return self._inputs[port]
