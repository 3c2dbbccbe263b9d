"""Fakes: what does the work of a node during a test, and tells what it was asked to do."""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, get_origin

import anyio.to_thread

from daggr_fn.annotations import bare, is_component, record_fields
from daggr_fn.errors import OutputError, WiringError, listed, shorten
from daggr_fn.expressions import copied
from daggr_fn.kinds import MISSING, Call, Identity, NodeKind, NodeSpec
from daggr_fn.nodes.function import FunctionKind, anything
from daggr_fn.places import calling_place
from daggr_fn.values import is_mapping, is_named_tuple, is_record, is_sequence, make_record

if TYPE_CHECKING:
    from collections.abc import Mapping

Answer = Callable[[dict[str, Any], Call], Any]
"""The value of a call, after the node's `postprocess`; an awaitable of it where the fake is async."""


class Fake:
    """What stands in for a node.

    Attributes:
        name: The node's name.
        calls: The inputs of each call so far, by parameter name, without those left to their defaults; in the order in
            which the calls began.
    """

    def __init__(self, name: str, answer: Answer, *, like: NodeKind | None = None, outputs: Any = None) -> None:
        self.name = name
        self.calls: list[dict[str, Any]] = []
        self.like = like
        self.outputs: Mapping[str, Any] | None = outputs
        self._answer = answer
        self._kinds: dict[int, _FakeKind] = {}

    def __repr__(self) -> str:
        return f"<fake of {self.name}, called {len(self.calls)} times>"

    def acting_for(self, kind: NodeKind) -> NodeKind:
        """See `StandIn`."""
        made = self._kinds.get(id(kind))
        return self._kinds.setdefault(id(kind), _FakeKind(self, kind)) if made is None else made

    def describes(self, kind: NodeKind) -> bool:
        """See `StandIn`: of a Space or model that was never asked, only the fake knows something."""
        return _unasked(kind) is not kind

    def answer(self, inputs: dict[str, Any], defaults: Mapping[str, Any], call: Call) -> Any:
        """What the fake makes of the inputs; a function gets the node's own defaults that it has parameters for."""
        self.calls.append(copied(inputs))
        taken = list(self.like.spec().parameters) if self.like is not None else []
        return self._answer({**{name: one for name, one in defaults.items() if name in taken}, **inputs}, call)


class _FakeKind:
    """The kind that is described, bound and called in place of a node's own."""

    remembers = False

    def __init__(self, fake: Fake, real: NodeKind) -> None:
        self._fake = fake
        self._real = real
        self.name, self.label = real.name, real.label
        self.is_async, self.calls_sources = real.is_async, real.calls_sources

    @functools.cached_property
    def _described(self) -> NodeKind:
        known, outputs = _unasked(self._real), self._fake.outputs
        if outputs is not None and getattr(known, "function", None) is anything:
            return known if getattr(known, "outputs", None) else FunctionKind(anything, outputs, self.name)
        return known

    def spec(self) -> NodeSpec:
        spec = self._described.spec()
        return spec if spec.name == self.name else replace(spec, name=self.name)

    def bind(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
        return self._described.bind(args, kwargs)

    def check(self, parameter: str, value: Any) -> None:
        self._described.check(parameter, value)

    def identity(self) -> Identity:
        return Identity(("fake", self.name))

    def call(self, inputs: dict[str, Any], call: Call) -> Any:
        if self.is_async:
            return self._awaited(inputs, call)
        return self._as_outputs(self._fake.answer(inputs, self._defaults, call))

    async def _awaited(self, inputs: dict[str, Any], call: Call) -> Any:
        if self._fake.like is not None and self._fake.like.is_async:
            answer: Awaitable[Any] = self._fake.answer(inputs, self._defaults, call)
            return self._as_outputs(await answer)
        answered = functools.partial(self._fake.answer, inputs, self._defaults, call)
        return self._as_outputs(await anyio.to_thread.run_sync(answered, abandon_on_cancel=True))

    @functools.cached_property
    def _defaults(self) -> dict[str, Any]:
        parameters = self.spec().parameters.items()
        return {n: one.default for n, one in parameters if one.default is not MISSING and not is_component(one.default)}

    def _as_outputs(self, value: Any) -> Any:
        """The value as the outputs that the node declares.

        Raises:
            OutputError: It has not these outputs.
        """
        spec = self.spec()
        names = tuple(spec.outputs)
        if not spec.record:
            return value
        if spec.record == "key":
            required = getattr(bare(spec.returns), "__required_keys__", names)
            if is_mapping(value) and all(name in value for name in names if name in required):
                return value
        elif is_mapping(value) and set(value) == set(names):
            return _record(spec, dict(value))
        elif is_named_tuple(value) or is_record(value):
            if all(hasattr(value, name) for name in names):
                return value
        elif is_sequence(value) and len(value) == len(names):
            return _record(spec, dict(zip(names, value, strict=True)))
        raise OutputError(f"the fake of {self.name} made {shorten(value)}; {self.name} declares {listed(names)}")


def fake_of(kind: NodeKind, returns: Any, calls: Any, fails: Any) -> Fake:
    """The fake of a node. One of the three is given, the others are `MISSING`.

    Raises:
        WiringError: None or several are given, or what is given can't do the work.
    """
    given = [name for name, one in (("returns", returns), ("calls", calls), ("fails", fails)) if one is not MISSING]
    if len(given) != 1:
        raise WiringError(
            f"a fake of {kind.name} has one of returns=, calls= and fails=; given: {listed(given)}",
            here=calling_place(),
        )
    if calls is not MISSING:
        return _calling(kind, calls)
    if fails is MISSING:
        outputs = dict.fromkeys(returns._fields, object) if is_named_tuple(returns) else None
        return Fake(kind.name, lambda _, call: call.postprocessed(copied(returns)), outputs=outputs)
    if not isinstance(fails, BaseException) and not (isinstance(fails, type) and issubclass(fails, BaseException)):
        raise WiringError(f"fails={shorten(fails)} is no exception", here=calling_place(), instead="fails=ValueError()")

    def fail(_inputs: dict[str, Any], _call: Call) -> Any:
        raise fails

    return Fake(kind.name, fail)


def _calling(kind: NodeKind, calls: Any) -> Fake:
    worker = kind_of(calls)
    if worker.is_async and not kind.is_async:
        raise WiringError(
            f"{worker.name} is async, and {kind.name}, which it is to stand in for, is not", here=calling_place()
        )
    ports = worker.spec().outputs
    outputs = {name: None if not port.shown else object for name, port in ports.items()} if len(ports) > 1 else None
    return Fake(kind.name, worker.call, like=worker, outputs=outputs)


def kind_of(what: Any) -> NodeKind:
    """The kind of a node, or of a plain function.

    Raises:
        WiringError: It is neither.
    """
    kind = getattr(what, "kind", None)
    if isinstance(kind, NodeKind):
        return kind
    if getattr(what, "_is_daggr_fn_node", False):
        raise WiringError(
            f"{what!r} is made of nodes, and no node itself",
            here=calling_place(),
            instead="a fake of each of its nodes, or pipeline.options(given={'step': value}) for one run",
        )
    if not callable(what):
        raise WiringError(f"{shorten(what)} is neither a node nor a function", here=calling_place())
    return FunctionKind(what)


def _unasked(kind: NodeKind) -> NodeKind:
    """A node as far as it is known without asking anyone."""
    unasked: Callable[[], NodeKind] | None = getattr(kind, "unasked", None)
    return kind if unasked is None else unasked()


def _record(spec: NodeSpec, values: dict[str, Any]) -> Any:
    returns = bare(spec.returns)
    cls = get_origin(returns) or returns
    found = record_fields(returns)
    return (
        cls(**values)
        if found is not None and values.keys() == found[1].keys()
        else make_record(tuple(values), values.values())
    )
