"""The making of a step: the arguments of a node call sorted into values, edges, sources and inputs, and checked."""

from __future__ import annotations

import functools
import inspect
import types
from typing import TYPE_CHECKING, Any

from daggr_fn.annotations import is_component
from daggr_fn.dsl.binding import to_expression
from daggr_fn.dsl.edges import check_edge, refuse_uncalled
from daggr_fn.dsl.shown import component_input
from daggr_fn.dsl.variables import target_of
from daggr_fn.errors import WiringError
from daggr_fn.expressions import Expression, Input, Output, copied
from daggr_fn.graph import Step
from daggr_fn.places import calling_frame, calling_place, place_of
from daggr_fn.ports import Port
from daggr_fn.stand_ins import acting
from daggr_fn.values import EveryRun, class_of, is_sequence

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, MutableMapping

    from daggr_fn.expressions import InputPort
    from daggr_fn.kinds import NodeKind, NodeSpec, Options


def step_port(step: Step) -> Port:
    """The port that stands for a whole step."""
    spec = step.spec
    if spec.record:
        annotation = spec.returns
    elif step.options.postprocess is not None:
        annotation = Any  # the declared type is what the node returned before
    else:
        annotation = next((port.annotation for port in spec.outputs.values()), Any)
    return Port(Output(step, annotation), spec, step.place)


def make_step(
    kind: NodeKind,
    options: Options,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    known: MutableMapping[int, InputPort],
) -> tuple[Step, list[InputPort]]:
    """The step of a node call, without a name, and the inputs that its components make.

    Args:
        kind: The node.
        options: Its options.
        args: The arguments by position.
        kwargs: The arguments by name.
        known: The inputs made before, by their component's id: one component given twice is one input.

    Raises:
        WiringError: An argument is unknown, missing, of the wrong type or out of bounds, at the user's line.
    """
    frame = calling_frame()
    place = place_of(frame)
    told = acting(kind)
    try:
        spec = told.spec()
        bound = told.bind(args, kwargs)
        fixed, edges, sources, inputs = _sort_arguments(kind, spec, bound, known)
        for name, value in fixed.items():
            told.check(name, value)
    except WiringError as error:
        error.here = error.here or place
        raise
    after = tuple(_after(options.after))
    step = Step(kind, spec, options, place, fixed=fixed, edges=edges, sources=sources, after=after)
    step.variable = target_of(frame) if frame is not None else None
    return step, inputs


def _sort_arguments(
    kind: NodeKind, spec: NodeSpec, bound: Mapping[str, Any], known: MutableMapping[int, InputPort]
) -> Any:
    fixed: dict[str, Any] = {}
    edges: dict[str, Expression] = {}
    sources: dict[str, Callable[[], Any]] = {}
    inputs: list[InputPort] = []
    for name, value in bound.items():
        parameter = spec.parameters.get(name)
        if isinstance(value, EveryRun):
            sources[name] = value.source
        elif is_component(value):
            if id(value) not in known:
                known[id(value)] = component_input(name, value, parameter)
                inputs.append(known[id(value)])
            edges[name] = Input(known[id(value)])
        elif kind.calls_sources and _is_source(value):
            sources[name] = value
        else:
            refuse_uncalled(value, name)
            expression = to_expression(value)
            if isinstance(expression, Expression):
                check_edge(spec, parameter, expression)
                edges[name] = expression
            else:
                fixed[name] = copied(value)
    for name, parameter in spec.parameters.items():
        if name not in bound and is_component(parameter.default):
            inputs.append(component_input(name, parameter.default, parameter))
            edges[name] = Input(inputs[-1])
    return fixed, edges, sources, inputs


def _is_source(value: Any) -> bool:
    """A function, builtin, method or partial that needs no argument; never a class."""
    functions = (types.FunctionType, types.BuiltinFunctionType, types.MethodType, functools.partial)
    if not issubclass(class_of(value), functions):
        return False
    try:
        parameters = inspect.signature(value).parameters.values()
    except ValueError:  # builtins without a signature: time.time
        return True
    return not any(p.default is p.empty and p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD) for p in parameters)


def _after(after: Any) -> Iterator[Step]:
    for port in after if is_sequence(after) else (after,):
        expression = port._expression if isinstance(port, Port) else None
        steps = list(expression.steps()) if expression is not None else []
        if not steps:
            raise WiringError(
                f"after={port!r} is not a step",
                here=calling_place(),
                instead="after=uploaded, what a node call returned",
            )
        yield from steps
