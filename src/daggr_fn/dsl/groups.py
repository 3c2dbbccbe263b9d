"""A pipeline called in a pipeline: a group of steps, `outer/inner`, whose arguments are checked like a node's.

Where an argument is mapped the whole group is: each step of it is called once per item, as plain Python would in a
loop, and a map inside of the group lies within the map around it.
"""

from __future__ import annotations

import inspect
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from daggr_fn.annotations import bare, describe, enum_values, is_component
from daggr_fn.branching import constant
from daggr_fn.dsl.binding import to_expression
from daggr_fn.dsl.edges import check_edge, refuse_uncalled
from daggr_fn.errors import (
    InvalidInputError,
    MissingParameterError,
    TypeMismatchError,
    UnknownParameterError,
    WiringError,
    did_you_mean,
    listed,
    shorten,
)
from daggr_fn.expressions import Axes, Concealed, Expression, Input, InputPort, along, copied, zipped_axes
from daggr_fn.feeding import fitted
from daggr_fn.graph import StepGroup
from daggr_fn.kinds import MISSING, NodeSpec, Options, Parameter
from daggr_fn.places import Place, calling_place
from daggr_fn.plan import Settings
from daggr_fn.ports import Port
from daggr_fn.runners import THREAD
from daggr_fn.values import EveryRun, class_of, is_mapping, is_named_tuple, is_sequence

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from daggr_fn.dsl.trace import Trace
    from daggr_fn.graph import Graph, Step
    from daggr_fn.runners import Runner

_OF_RUNS = {
    "answers": "say it of the run: {outer}.options(answers={{'{group}step': ...}})",
    "on_ask": "say it of the run: {outer}.options(on_ask=...)",
    "only": "say it of the run: {outer}.options(only='{group}step')",
    "timeout": "give the nodes a timeout=, or the run of {outer}; {name}.options(timeout=None) takes it off",
    "workers": "a Pool that its nodes share, or workers= of {outer}; {name}.options(workers=None) takes it off",
}
"""What only a whole run can have, and what to write instead."""


@dataclass(frozen=True)
class Inner:
    """A pipeline that is called in another.

    Attributes:
        name: The name of the group.
        inputs: What its parameters say, in order.
    """

    name: str
    body: Callable[..., Any]
    signature: inspect.Signature
    inputs: Sequence[InputPort]
    settings: Settings


@dataclass
class Group:
    """What holds for the steps that are made now.

    Attributes:
        prefix: What their names begin with: `outer/inner/`.
        base: The maps around the whole group.
        along: What it and the groups around it are called with, as far as that is mapped.
        runner: The same for where functions are called.
        run_runner: And what `.options(runner=...)` of a group says.
        cache: What the innermost pipeline that says something about reuse says, for nodes that say nothing.
        run_cache: What `.options(cache=...)` of a group says, which wins over the nodes' own.
        settings: The options of this group.
        place: Where it is called.
        chosen: The choices of `settings.choose` that were found.
        outside: What the graph tells of it.
    """

    prefix: str = ""
    base: Axes = ()
    along: tuple[Expression, ...] = ()
    cache: Any = None
    run_cache: Any = None
    runner: Runner | None = None
    run_runner: Runner | None = None
    settings: Settings = field(default_factory=Settings)
    place: Place | None = None
    chosen: set[str] = field(default_factory=set[str])
    outside: StepGroup = field(default_factory=StepGroup)

    def cache_of(self, options: Options) -> Any:
        """What a step's `cache` is within the group."""
        if options.cache is False or self.run_cache is None:
            return self.cache if options.cache is None else options.cache
        return self.run_cache

    def runner_of(self, options: Options) -> Runner | None:
        """What a step's `runner` is within the group."""
        if options.runner is THREAD or self.run_runner is None:
            return self.runner if options.runner is None else options.runner
        return self.run_runner


def inline(trace: Trace, inner: Inner, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
    """Run the body of a pipeline that is called in the one that is traced.

    Returns:
        What the body returned; where the group is mapped, mapped too.

    Raises:
        WiringError: An argument is unknown, missing or of the wrong type, an option makes no sense for a group, or the
            pipeline calls itself.
    """
    place = calling_place()
    prefix = trace.group_prefix(inner.name)
    try:
        _refuse_options_of_runs(trace, inner, prefix)
        arguments = _Arguments(trace, inner, prefix, place)
        values = arguments.bound(args, kwargs)
    except WiringError as error:
        error.here = error.here or place
        raise
    outside, settings = trace.inside, inner.settings
    taken = [value._expression for value in values if isinstance(value, Port) and value._expression.axes]
    base = zipped_axes([outside.base, *(expression.axes for expression in taken)])
    group = Group(
        prefix,
        base,
        (*outside.along, *taken),
        outside.cache if settings.cache is None else settings.cache,
        settings.run_cache if outside.run_cache is None else outside.run_cache,
        outside.runner if settings.runner is None else settings.runner,
        settings.run_runner if outside.run_runner is None else outside.run_runner,
        settings,
        place,
        outside=StepGroup(place, inspect.getdoc(inner.body) or "", base, _lazy_ones(arguments.named(values))),
    )
    with trace.entered(group, inner.body, inner.name):
        result = called(inner.body, inner.signature, values)
    group.outside.outputs.update(_lazy_ones(_named(result)))
    _refuse_unknown_choices(trace, inner, group)
    return _mapped(result, group) if base else result


def _lazy_ones(named: Iterable[tuple[str, Any]]) -> dict[str, Expression]:
    return {name: value._expression for name, value in named if isinstance(value, Port)}


def _named(result: Any) -> Iterable[tuple[str, Any]]:
    """What a body returned under names of its own; texts are left alone, as who takes them is to find their ports."""
    if is_mapping(result):
        return [(str(name), value) for name, value in result.items()]
    return zip(result._fields, result, strict=True) if is_named_tuple(result) else ()


def called(body: Callable[..., Any], signature: inspect.Signature, values: Sequence[Any]) -> Any:
    """Call a body with a value for each of its parameters, by place where that is allowed."""
    by_place = [parameter.kind is not parameter.KEYWORD_ONLY for parameter in signature.parameters.values()]
    named = zip(signature.parameters, values, by_place, strict=True)
    given = {name: value for name, value, placed in named if not placed}
    return body(*(value for value, placed in zip(values, by_place, strict=True) if placed), **given)


def _refuse_options_of_runs(trace: Trace, inner: Inner, prefix: str) -> None:
    for name, instead in _OF_RUNS.items():
        if getattr(inner.settings, name) not in (None, (), {}):
            words = instead.format(outer=trace.pipeline, group=prefix, name=inner.name)
            what = f"{inner.name} is a group of steps of {trace.pipeline} here, and {name}= is about a whole run"
            valid = "cache, choose, fresh, given, name, runner"
            raise WiringError(what, notes={"valid": valid}, instead=words)


def _refuse_unknown_choices(trace: Trace, inner: Inner, group: Group) -> None:
    for name in inner.settings.choose:
        if name not in group.chosen:
            known = [one.removeprefix(group.prefix) for one in trace.choices if one.startswith(group.prefix)]
            what = f"{inner.name} has no choice {name!r}{did_you_mean(name, known)}"
            raise WiringError(what, here=group.place, notes={"valid": listed(known)})


def _mapped(result: Any, group: Group) -> Any:
    """What a mapped group returned: whatever it is made of, there is one for each item."""
    if isinstance(result, Port):
        if len(result._expression.axes) >= len(group.base):
            return result
        return Port(along(result._expression, group.base, group.along), result._spec, result._made_at)
    if result is None:
        return None
    if is_named_tuple(result):
        return class_of(result)(*(_mapped(value, group) for value in result))
    if is_sequence(result):
        return class_of(result)(_mapped(value, group) for value in result)
    if is_mapping(result):
        return {name: _mapped(value, group) for name, value in result.items()}
    expression = to_expression(result)
    if not isinstance(expression, Expression):
        expression = constant(expression)
    return Port(expression if len(expression.axes) >= len(group.base) else along(expression, group.base, group.along))


class _Arguments:
    """Makes what a body is called with of what the group is called with."""

    def __init__(self, trace: Trace, inner: Inner, prefix: str, place: Place) -> None:
        self._trace = trace
        self._inner = inner
        self._asker = Asker(prefix.rstrip("/"), place)
        parameters = {port.name: Parameter(port.name, port.annotation) for port in inner.inputs}
        self._spec = NodeSpec(inner.name, parameters, {})

    def bound(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> list[Any]:
        """A value or a port for each parameter, in order."""
        given = self._by_name(args, kwargs)
        missing = [port.name for port in self._inner.inputs if port.name not in given and port.default is MISSING]
        if missing:
            what = f"{self._inner.name} needs {listed(missing)}"
            raise MissingParameterError(what, notes={"valid": listed(self._spec.parameters)})
        return [
            self._given(port, given[port.name]) if port.name in given else self._left_out(port)
            for port in self._inner.inputs
        ]

    def named(self, values: Iterable[Any]) -> Iterable[tuple[str, Any]]:
        """Values for all parameters, with their names."""
        return zip(self._spec.parameters, values, strict=True)

    def _by_name(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> dict[str, Any]:
        name, valid = self._inner.name, self._spec.parameters
        for given in kwargs:
            if given not in valid:
                what = f"{name} has no input {given!r}{did_you_mean(given, valid)}"
                raise UnknownParameterError(what, notes={"valid": listed(valid)})
        try:
            return self._inner.signature.bind_partial(*args, **kwargs).arguments
        except TypeError as error:
            raise WiringError(f"{name}: {error}", notes={"valid": listed(valid)}) from None

    def _left_out(self, port: InputPort) -> Any:
        default = self._inner.signature.parameters[port.name].default
        if port.component is not None and (default is inspect.Parameter.empty or is_component(default)):
            return self._asked(port, port.component, given=False)
        return self._given(port, port.default) if port.default is not None else None

    def _asked(self, port: InputPort, component: Any, *, given: bool) -> Port:
        """An input of the outer pipeline, as a component makes for a node."""
        made = InputPort(
            port.name, port.annotation, getattr(component, "value", None), component=component, secret=port.secret
        )
        return self._trace.asked_for(made, self._asker, given=given)

    def _given(self, port: InputPort, value: Any) -> Any:
        if is_component(value):
            return self._asked(port, value, given=True)
        if class_of(value) is EveryRun:
            return value
        refuse_uncalled(value, port.name)
        expression = to_expression(value)
        if isinstance(expression, Expression):
            return self._lazy(port, value, expression)
        fixed = self._fixed(port, value)
        return Port(Concealed(constant(fixed))) if port.secret and fixed is not None else fixed

    def _lazy(self, port: InputPort, value: Any, expression: Expression) -> Port:
        check_edge(self._spec, self._spec.parameters[port.name], expression)
        self._trace.refuse_foreign(expression, self._inner.name, self._asker.place)
        if port.secret:
            self._refuse_open_inputs(port, expression)
            return Port(Concealed(expression))
        if not _says_more(port.annotation, expression.annotation):
            return value if isinstance(value, Port) else Port(expression)
        if isinstance(value, Port):
            return Port(expression.as_a(port.annotation), value._spec, value._made_at, value._outputs)
        return Port(expression.as_a(port.annotation))

    def _refuse_open_inputs(self, port: InputPort, expression: Expression) -> None:
        for part in expression.walk():
            if isinstance(part, Input) and not part.port.secret:
                theirs = f"the input {part.port.name!r} of {self._trace.pipeline}"
                what = f"{self._inner.name}({port.name}) is a secret, and {theirs} is none"
                raise WiringError(what, instead=f"{part.port.name}: Annotated[..., Secret]")

    def _fixed(self, port: InputPort, value: Any) -> Any:
        target = f"{self._inner.name}({port.name}: {describe(port.annotation)})"
        shown = "<secret>" if port.secret else shorten(value)
        try:
            return copied(fitted(target, port, value, shown))
        except InvalidInputError as error:
            raise TypeMismatchError(str(error)) from error.__cause__


@dataclass(frozen=True)
class Asker:
    """Who a component was given to, for the name and the card of its input."""

    name: str
    place: Place


_CONTAINERS: tuple[Any, ...] = (list, tuple, dict)


def _says_more(wanted: Any, known: Any) -> bool:
    """Whether a parameter's annotation tells more of a value than what is known of it."""
    wanted = bare(wanted)
    return wanted is not Any and wanted is not inspect.Parameter.empty and (known is Any or known in _CONTAINERS)


def variant_of(choice: InputPort, variant: str, here: Place | None) -> str:
    """The variant that a group picks.

    Raises:
        WiringError: There is no such variant.
    """
    valid = enum_values(choice.annotation) or []
    if variant not in valid:
        what = f"the choice {choice.name!r} has no variant {variant!r}{did_you_mean(variant, valid)}"
        raise WiringError(what, here=here, notes={"valid": listed(valid)})
    return variant


def preset(graph: Graph, groups: Iterable[Group], fresh: Iterable[Step]) -> tuple[dict[str, Any], frozenset[str]]:
    """What the options of groups say of their steps, once these have names: values that are given, and what runs anew.

    Raises:
        WiringError: A group has no such step.
    """
    given: dict[str, Any] = {}
    anew = {step.name for step in fresh}
    for group in groups:
        for name, value in group.settings.given.items():
            given.setdefault(_step_name(graph, group, name, with_output=True), value)
        if not isinstance(group.settings.fresh, bool):
            anew |= {_step_name(graph, group, name) for name in group.settings.fresh}
    return given, frozenset(anew)


def _step_name(graph: Graph, group: Group, name: str, *, with_output: bool = False) -> str:
    whole = group.prefix + name
    if whole in graph.steps or (with_output and whole.rpartition(".")[0] in graph.steps):
        return whole
    known = [one.removeprefix(group.prefix) for one in graph.steps if one.startswith(group.prefix)]
    what = f"{group.prefix.rstrip('/')} has no step {name!r}{did_you_mean(name, known)}"
    raise WiringError(what, here=group.place, notes={"valid": listed(known)})
