"""Nodes that are Python functions."""

from __future__ import annotations

import functools
import inspect
from dataclasses import is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args, get_origin

from daggr_fn.annotations import assignable, bare, describe, enum_values, is_component, metadata, record_fields, resolve
from daggr_fn.components import component_type
from daggr_fn.errors import (
    InvalidInputError,
    MissingParameterError,
    OutputError,
    TypeMismatchError,
    UnknownParameterError,
    WiringError,
    did_you_mean,
    listed,
    shorten,
)
from daggr_fn.files import is_kept, map_paths, private_copy
from daggr_fn.kinds import MISSING, Call, Identity, NodeSpec, OutputPort, Parameter
from daggr_fn.media import converter, reads_files
from daggr_fn.nodes.reporting import mentions_tqdm, progress_parameter, tell_gradio_progress, watch_tqdm
from daggr_fn.values import class_of, is_mapping, is_sequence, record_type

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator, Mapping

_MANY: dict[Any, Literal["positional", "named"]] = {
    inspect.Parameter.VAR_POSITIONAL: "positional",
    inspect.Parameter.VAR_KEYWORD: "named",
}
ANONYMOUS = "apply"
"""The name of the step that `apply(lambda ...)` makes, where no variable gives it a better one."""

_PLAIN = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)


class FunctionKind:
    """A node that is a Python function: plain, `async`, a generator or an async generator.

    Args:
        function: The function itself.
        outputs: Names and components of its outputs, where the return annotation doesn't say them.
        name: The name of the node, when it is not the function's.
        scope: Names that its annotations may use besides its globals.
    """

    label = "function"
    remembers = False
    calls_sources = False
    travels = True
    """Whether its call may be made in another process (`Plan.runner`)."""

    def __init__(
        self,
        function: Callable[..., Any],
        outputs: Mapping[str, Any] | None = None,
        name: str | None = None,
        scope: Mapping[str, Any] | None = None,
    ) -> None:
        self.function = function
        self.outputs = outputs
        self.name = name or _name_of(function)
        self.generates = inspect.isgeneratorfunction(function)
        self.streams = inspect.isasyncgenfunction(function)
        self.is_async = self.streams or inspect.iscoroutinefunction(function)
        self._mentions_tqdm = mentions_tqdm(function)
        self._scope = scope or {}

    def __getstate__(self) -> dict[str, Any]:
        """What it needs to be called in another process: its annotations' names may be unknown there."""
        outputs = None if self.outputs is None else dict.fromkeys(self.outputs)
        return {"function": self.function, "outputs": outputs, "name": self.name, "hints": self._hints}

    def __setstate__(self, state: dict[str, Any]) -> None:
        FunctionKind.__init__(self, state["function"], state["outputs"], state["name"])
        self._hints = state["hints"]

    # ---- what it is

    def spec(self) -> NodeSpec:
        """The description, read from the signature and the annotations once."""
        return self._spec

    @functools.cached_property
    def signature(self) -> inspect.Signature:
        """The function's signature; `(*args)` for the builtins that tell none."""
        try:
            return inspect.signature(self.function)
        except ValueError:
            return inspect.signature(lambda *args: args)

    @functools.cached_property
    def _hints(self) -> dict[str, Any]:
        return resolve(self.function, self._scope)

    @functools.cached_property
    def _spec(self) -> NodeSpec:
        returns = self._hints.get("return", Any)
        record, ports = self._ports(returns)
        parameters = {
            parameter.name: self._parameter(parameter)
            for parameter in self.signature.parameters.values()
            if not progress_parameter(parameter.default)
        }
        doc = inspect.getdoc(self.function) or ""
        return NodeSpec(self.name, parameters, ports, record, bare(returns), doc, anonymous=self.name == ANONYMOUS)

    def _parameter(self, parameter: inspect.Parameter) -> Parameter:
        hint = self._hints.get(parameter.name, Any)
        found = [extra for extra in metadata(hint) if is_component(extra)]
        default = MISSING if parameter.default is parameter.empty else parameter.default
        if is_component(default):
            found.append(default)
        annotation = bare(hint)
        return Parameter(
            parameter.name,
            annotation,
            default,
            found[0] if found else None,
            _MANY.get(parameter.kind, ""),
            reads_files(annotation),
        )

    def _ports(self, returns: Any) -> tuple[Any, dict[str, OutputPort]]:
        if self.outputs is not None:
            ports = {name: _declared_port(name, what) for name, what in self.outputs.items()}
            return ("attribute" if len(ports) > 1 else ""), ports
        returns = self._produced(returns)
        record = record_fields(returns)
        if record is not None and not metadata(returns):
            how, fields = record
            return how, {
                name: _annotated_port(name, field.annotation, field.metadata) for name, field in fields.items()
            }
        return "", {"output": _annotated_port("output", bare(returns), metadata(returns))}

    def _produced(self, returns: Any) -> Any:
        """What a step has in the end: of a generator the annotation of what it yields."""
        if self.generates or self.streams:
            args = get_args(bare(returns))
            return args[0] if args else Any
        return returns

    @property
    def work(self) -> Any:
        """See `stand_ins.work_of`."""
        return "function", id(self.function)

    def reshaped(self) -> FunctionKind:
        """The same function with a value that nothing is known of, as `postprocess` makes one."""
        return self if self.outputs is not None else self.with_outputs({"output": object})

    def with_outputs(self, outputs: Mapping[str, Any]) -> FunctionKind:
        """The same function with other outputs."""
        return FunctionKind(self.function, outputs, self.name, self._scope)

    def identity(self) -> Identity:
        """A function is its code."""
        return Identity(("function",), (self.function,))

    # ---- how it is called

    @functools.cached_property
    def _required(self) -> frozenset[str]:
        return frozenset(name for name, parameter in self._spec.parameters.items() if parameter.required)

    @functools.cached_property
    def _is_plain(self) -> bool:
        return all(parameter.kind in _PLAIN for parameter in self.signature.parameters.values())

    @functools.cached_property
    def _positional(self) -> tuple[str, ...]:
        kinds = [(name, parameter.kind) for name, parameter in self.signature.parameters.items()]
        return tuple(name for name, kind in kinds if kind is inspect.Parameter.POSITIONAL_OR_KEYWORD)

    def bind(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
        """See `NodeKind.bind`."""
        if self._is_plain and len(args) <= len(self._positional):
            given = dict(zip(self._positional, args, strict=False))
            if given.keys().isdisjoint(kwargs):
                given.update(kwargs)
                if self._required <= given.keys() <= self._spec.parameters.keys():
                    return given
        try:
            bound = self.signature.bind(*args, **kwargs).arguments
        except TypeError as error:
            raise self._misbound(args, kwargs, error) from None
        found: dict[str, Any] = {}
        for name, value in bound.items():
            if self._spec.parameters[name].many == "named":
                found.update(value)
            else:
                found[name] = value
        return found

    def _misbound(self, args: tuple[Any, ...], kwargs: dict[str, Any], error: TypeError) -> WiringError:
        parameters = self._spec.parameters
        notes = {"valid": listed(parameters)}
        unknown = [name for name in kwargs if name not in parameters]
        if unknown and not any(parameter.many == "named" for parameter in parameters.values()):
            near = did_you_mean(unknown[0], [name for name in parameters if name not in kwargs])
            return UnknownParameterError(f"{self.name} has no parameter {unknown[0]!r}{near}", notes=notes)
        missing = [name for name in list(self._required) if name not in kwargs]
        missing = [name for name in parameters if name in missing][len(args) :] if args else missing
        if missing:
            ordered = [name for name in parameters if name in missing]
            return MissingParameterError(f"{self.name} needs {listed(ordered)}, which it was not given", notes=notes)
        return WiringError(f"{self.name}: {error}", notes=notes)

    def check(self, parameter: str, value: Any) -> None:
        """See `NodeKind.check`: the value's type against the annotation."""
        known = self._spec.parameters.get(parameter)
        if known is None or known.many:
            return
        if not assignable(type(value), known.annotation) or _not_chosen(value, known.annotation):
            wanted = describe(known.annotation)
            near = did_you_mean(value, enum_values(known.annotation) or ())
            raise TypeMismatchError(f"{self.name}({parameter}: {wanted}) was given {shorten(value)}{near}")

    def call(self, inputs: dict[str, Any], call: Call) -> Any:
        """See `NodeKind.call`."""
        arguments = self._arguments(inputs, call)
        if self.is_async:
            return self._await(arguments, call)
        watch_tqdm(imported_later=self._mentions_tqdm)
        value = self._apply(arguments)
        if self.generates:
            value = _last(value, call)
        return self._as_declared(call.postprocessed(value))

    async def _await(self, arguments: dict[str, Any], call: Call) -> Any:
        watch_tqdm(imported_later=self._mentions_tqdm)
        if self.streams:
            return self._as_declared(call.postprocessed(await _last_async(self._apply(arguments), call)))
        return self._as_declared(call.postprocessed(await self._apply(arguments)))

    @functools.cached_property
    def _converters(self) -> dict[str, Any]:
        found = {name: converter(parameter.annotation) for name, parameter in self._spec.parameters.items()}
        return {name: one for name, one in found.items() if one is not None}

    @functools.cached_property
    def _progress_parameters(self) -> tuple[str, ...]:
        return tuple(n for n, parameter in self.signature.parameters.items() if progress_parameter(parameter.default))

    def _arguments(self, inputs: dict[str, Any], call: Call) -> dict[str, Any]:
        arguments = {n: value if type(value) in _SCALARS else _private(value, call) for n, value in inputs.items()}
        for name, convert in self._converters.items():
            if name in arguments:
                try:
                    arguments[name] = convert(arguments[name], call.new_file)
                except (ValueError, TypeError, OSError) as error:
                    wanted = describe(self._spec.parameters[name].annotation)
                    given = shorten(arguments[name])
                    raise InvalidInputError(f"{self.name}({name}: {wanted}) can't take {given}: {error}") from error
        for name in self._progress_parameters:
            if name not in arguments:
                arguments[name] = tell_gradio_progress(call)
        return arguments

    def _apply(self, arguments: dict[str, Any]) -> Any:
        if self._is_plain:
            return self.function(**arguments)
        args: list[Any] = []
        kwargs = dict(arguments)
        for name, parameter in self.signature.parameters.items():
            if parameter.kind is parameter.VAR_POSITIONAL:
                args.extend(kwargs.pop(name, ()))
            elif (parameter.kind is parameter.POSITIONAL_ONLY and name in kwargs) or (
                parameter.kind is parameter.POSITIONAL_OR_KEYWORD and name in kwargs and self._has_star_args
            ):
                args.append(kwargs.pop(name))
        return self.function(*args, **kwargs)

    @functools.cached_property
    def _has_star_args(self) -> bool:
        return any(parameter.kind is parameter.VAR_POSITIONAL for parameter in self.signature.parameters.values())

    def _as_declared(self, value: Any) -> Any:
        """The value as the record that the node declares.

        Raises:
            OutputError: It has the wrong number of values, or is no record.
        """
        spec = self._spec
        names = tuple(spec.outputs)
        if spec.record == "key":
            missing = [name for name in names if not is_mapping(value) or name not in value]
            required = getattr(bare(spec.returns), "__required_keys__", names)
            if any(name in required for name in missing):
                raise OutputError(f"{self.name} returned {shorten(value)}; it declares a dict with {listed(names)}")
            return value
        if not spec.record or isinstance(value, self._record_class):
            return value
        if is_mapping(value) and set(value) == set(names):
            return self._record_class(**value)
        if is_sequence(value) and len(value) == len(names):
            return self._record_class(*value)
        count = f"{len(value)} values" if is_sequence(value) else shorten(value)
        raise OutputError(f"{self.name} returned {count}; it declares {len(names)}: {listed(names)}")

    @functools.cached_property
    def _record_class(self) -> Any:
        if self.outputs is not None:
            return record_type(tuple(self.outputs))
        returns = self._produced(self._hints.get("return", Any))
        return get_origin(returns) or returns


_SCALARS = frozenset({str, int, float, bool, bytes, type(None)})


def anything(*args: Any, **inputs: Any) -> Any:  # pragma: no cover  # a signature, and never called
    """A function that takes anything: the signature of what nobody was asked about."""


def _private(value: Any, call: Call) -> Any:
    """The value with copies of kept files in it: a function that writes to its input file damages nothing."""
    kind = class_of(value)
    if not issubclass(kind, (Path, list, tuple, dict, set)) and not is_dataclass(kind):
        return value
    return map_paths(value, lambda path: private_copy(path, call.new_folder()) if is_kept(path) else path)


def _name_of(function: Callable[..., Any]) -> str:
    while isinstance(function, functools.partial):
        function = function.func
    name = getattr(function, "__name__", None) or type(function).__name__
    return ANONYMOUS if name == "<lambda>" else str(name)


def _not_chosen(value: Any, annotation: Any) -> bool:
    valid = enum_values(annotation)
    return (
        valid is not None
        and value not in valid
        and not isinstance(value, annotation if isinstance(annotation, type) else ())
    )


def _declared_port(name: str, what: Any) -> OutputPort:
    if isinstance(what, type):
        return OutputPort(name, what)
    return OutputPort(name, component_type(what), component=what, shown=what is not None)


def _annotated_port(name: str, annotation: Any, extras: tuple[Any, ...]) -> OutputPort:
    component = next((extra for extra in extras if extra is not None), None)
    return OutputPort(name, annotation, component, shown=None not in extras)


def _last(values: Iterator[Any], call: Call) -> Any:
    value = None
    for value in values:
        call.partial(value)
        if call.cancelled:
            close = getattr(values, "close", None)
            if close is not None:
                close()
            break
    return value


async def _last_async(values: AsyncIterator[Any], call: Call) -> Any:
    value = None
    async for value in values:
        call.partial(value)
    return value
