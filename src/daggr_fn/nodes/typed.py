"""A remote node with a signature: its parameters and its value have the types of a function without body."""

from __future__ import annotations

import dis
import functools
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import anyio.to_thread

from daggr_fn.annotations import assignable, describe, is_component
from daggr_fn.errors import (
    MissingParameterError,
    TypeMismatchError,
    UnknownOutputError,
    UnknownParameterError,
    WiringError,
    did_you_mean,
    listed,
)
from daggr_fn.kinds import MISSING, Identity, NodeKind, NodeSpec
from daggr_fn.media import converter
from daggr_fn.nodes.function import FunctionKind
from daggr_fn.values import is_mapping

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from daggr_fn.kinds import Call

_DOES_NOTHING = frozenset({"RESUME", "NOP", "LOAD_CONST", "RETURN_CONST", "RETURN_VALUE", "CACHE", "COPY_FREE_VARS"})


class TypedKind:
    """A remote node with the signature of a function.

    Args:
        remote: The node that is called.
        function: A function without body.
        take: The output of the remote that is the value; by default the only one, or those that the annotation names.
        scope: Names that its annotations may use besides its globals.

    Raises:
        WiringError: The function has a body.
    """

    def __init__(
        self,
        remote: NodeKind,
        function: Callable[..., Any],
        take: str | None = None,
        scope: Mapping[str, Any] | None = None,
    ) -> None:
        self.function = function
        self.below = remote
        self._scope = scope
        self._faked = False
        self._take = take
        self._shape = FunctionKind(function, scope=scope)
        self.name = self._shape.name
        self.label, self.is_async = remote.label, remote.is_async
        self.remembers, self.calls_sources = remote.remembers, remote.calls_sources
        if not _has_no_body(function):
            raise WiringError(
                f"the body of {self.name} would never run: the remote does the work",
                instead=f"def {self.name}(...): ...",
            )

    @functools.cached_property
    def _has_form(self) -> bool:
        """Whether a chat is to answer in the form of the annotation."""
        returns = self._shape.spec().returns
        return hasattr(returns, "model_json_schema") and getattr(self.below, "takes_form", False)

    @functools.cached_property
    def _remote(self) -> Any:
        """The remote, with the outputs that the annotation asks for where the remote lets one ask."""
        given: Any = self.below
        if self._has_form:
            return given.with_outputs(self._shape.spec().returns)
        own = self._shape.spec()
        if own.record and getattr(given, "takes_form", False) and len(given.spec().outputs) == 1:
            return given.with_outputs(dict.fromkeys(own.outputs))
        return given

    def over(self, remote: NodeKind) -> TypedKind:
        """The same signature over what stands in for the remote, of whose API nobody need know."""
        made = TypedKind(remote, self.function, self._take, self._scope)
        made._faked = True
        return made

    def spec(self) -> NodeSpec:
        """The function's own description, once the remote's API agrees with it.

        Raises:
            WiringError: A parameter, an output or a type is not the remote's; says what is valid.
        """
        return self._spec

    @functools.cached_property
    def _spec(self) -> NodeSpec:
        own = self._shape.spec()
        if self._faked:
            return own
        told = self._remote.spec()
        self._check_parameters(own, told)
        parameters = {
            name: replace(one, is_file=one.is_file or told.parameters[name].is_file)
            for name, one in own.parameters.items()
        }
        described = replace(own, parameters=parameters, doc=own.doc or told.doc, link=told.link)
        if self._has_form:
            return replace(described, outputs=told.outputs, record=told.record, returns=told.returns)
        self._check_outputs(own, told)
        return described

    def _check_parameters(self, own: NodeSpec, told: NodeSpec) -> None:
        notes = {"valid": listed(told.parameters)}
        for name, one in own.parameters.items():
            if one.many or name not in told.parameters:
                near = did_you_mean(name, told.parameters)
                raise UnknownParameterError(f"{told.name} has no parameter {name!r}{near}", notes=notes)
            _check_type(f"{self.name}({name})", one.annotation, told.parameters[name].annotation)
        missing = [name for name, one in told.parameters.items() if one.required and name not in own.parameters]
        if missing:
            raise MissingParameterError(f"{told.name} needs {listed(missing)}, which {self.name} lacks", notes=notes)

    def _check_outputs(self, own: NodeSpec, told: NodeSpec) -> None:
        names = [self._take] if self._take is not None else list(own.outputs) if own.record else []
        for name in names:
            if name not in told.outputs:
                near = did_you_mean(name, told.outputs)
                raise UnknownOutputError(
                    f"{told.name} has no output {name!r}{near}", notes={"valid": listed(told.outputs)}
                )
            wanted = own.returns if self._take is not None else own.outputs[name].annotation
            _check_type(f"{self.name}: {name}", told.outputs[name].annotation, wanted)
        if not names and len(told.outputs) > 1 and own.returns is not Any:
            raise WiringError(
                f"{told.name} returns {len(told.outputs)} values, and {self.name} is one",
                notes={"valid": listed(told.outputs)},
                instead=f".typed(take={next(iter(told.outputs))!r}), or a NamedTuple of them as the return annotation",
            )
        if not names and len(told.outputs) == 1:
            (port,) = told.outputs.values()
            _check_type(f"{self.name}: what it returns", port.annotation, own.returns)

    def bind(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
        """The arguments by name, with the function's own defaults, which the remote does not know.

        Raises:
            WiringError: An argument is unknown or missing.
        """
        parameters = self.spec().parameters
        defaults = {
            name: one.default
            for name, one in parameters.items()
            if one.default is not MISSING and not is_component(one.default)
        }
        bound: dict[str, Any] = self._remote.bind((), {**defaults, **self._shape.bind(args, kwargs)})
        return bound

    def check(self, parameter: str, value: Any) -> None:
        """Look at a value before it is sent: by the annotation, and by the remote's own bounds.

        Raises:
            WiringError: It does not fit.
        """
        self._shape.check(parameter, value)
        self._remote.check(parameter, value)  # a fake's checks nothing

    def unasked(self) -> NodeKind:
        """The function's own description, as long as nobody has compared it with the remote's API."""
        return self if "_spec" in vars(self) else self._shape

    def identity(self) -> Identity:
        """The remote's, and the form of the value."""
        identity: Identity = self._remote.identity()
        returns = describe(self._shape.spec().returns)
        return replace(identity, what=(*identity.what, "typed", returns, self._take or ""))

    async def call(self, inputs: dict[str, Any], call: Call) -> Any:
        """Call the remote; its value as the annotation says."""
        value = await self._remote.call(inputs, call)
        return value if self._has_form else await anyio.to_thread.run_sync(self._as_annotated, value, call)

    def _as_annotated(self, value: Any, call: Call) -> Any:
        own, told = self._shape.spec(), self._remote.spec()
        if self._take is not None:
            return _converted(_part(value, self._take, told), own.returns, call)
        if not own.record:
            return _converted(value, own.returns, call)
        fields = {
            name: _converted(_part(value, name, told), port.annotation, call) for name, port in own.outputs.items()
        }
        return self._shape._as_declared(fields)


def _part(value: Any, name: str, spec: NodeSpec) -> Any:
    if not spec.record:  # a fake may return one value, or all that the remote would
        return value[name] if is_mapping(value) and name in value else getattr(value, name, value)
    return value[name] if spec.record == "key" else getattr(value, name)


def _converted(value: Any, annotation: Any, call: Call) -> Any:
    convert = converter(annotation)
    return value if convert is None or value is None else convert(value, call.new_file)


def _check_type(what: str, given: Any, wanted: Any) -> None:
    if not assignable(given, wanted):
        raise TypeMismatchError(f"{what} can't be both {describe(given)} and {describe(wanted)}")


def _has_no_body(function: Callable[..., Any]) -> bool:
    """Whether it is `...`, `pass`, a docstring, or `raise NotImplementedError`, which mypy likes better."""
    code = getattr(function, "__code__", None)
    if code is None:
        return False
    steps = [step for step in dis.get_instructions(code) if step.opname not in _DOES_NOTHING]
    returned = [step.argval for step in dis.get_instructions(code) if step.opname in {"LOAD_CONST", "RETURN_CONST"}]
    if not steps:
        return all(value is None for value in returned)
    return bool(steps[0].argval == "NotImplementedError")
