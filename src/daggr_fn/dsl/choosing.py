"""`choice`: variants of which one is picked for a run, on the canvas or in code."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, Generic, Literal, NoReturn, ParamSpec, TypeVar, overload

from daggr_fn.dsl.conditions import branch_port
from daggr_fn.dsl.variables import target_of
from daggr_fn.errors import UnknownParameterError, WiringError, did_you_mean, listed
from daggr_fn.expressions import Input, InputPort
from daggr_fn.places import calling_frame, calling_place
from daggr_fn.ports import Port, output_ports
from daggr_fn.stand_ins import acting
from daggr_fn.tracing import TRACE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from typing_extensions import Self

    from daggr_fn.dsl.node import Node

P = ParamSpec("P")
A = TypeVar("A")
B = TypeVar("B")
R_co = TypeVar("R_co", covariant=True)


@overload
def choice(
    a: Node[..., A], b: Node[..., B], /, *more: Node[..., Any], name: str | None = None
) -> Choice[..., A | B]: ...
@overload
def choice(a: A, b: B, /, *more: Any, name: str | None = None) -> A | B: ...
def choice(*variants: Any, name: str | None = None) -> Any:
    """One of several variants, picked for each run: `options(choose={"host": "E2-F5-TTS"})`; the first by default.

    Args:
        variants: Nodes or pipelines (the choice is then called like one, and each variant takes the arguments that it
            knows), or ports of steps, each with arguments of its own. They share at least one output.
        name: The choice's name; by default the variable that it, or its step, is assigned to.

    Raises:
        WiringError: There are fewer than two variants, or they have nothing in common.
    """
    if len(variants) < 2:  # a choice of one is none
        raise WiringError("choice(...) needs at least two variants", here=calling_place(), instead="choice(a, b)")
    if all(isinstance(variant, Port) for variant in variants):
        return _picked(dict(zip(_port_names(variants), variants, strict=True)), name)
    for variant in variants:
        if not getattr(variant, "_is_daggr_fn_node", False):
            what = f"{variant!r} is neither a node nor a pipeline"
            raise WiringError(what, here=calling_place(), instead='model("org/model"), space("owner/name") or a @node')
    made: Choice[..., Any] = Choice([one for variant in variants for one in _flat(variant)], name)
    return made


class Choice(Generic[P, R_co]):
    """Variants of which one is picked for a run; called like a node."""

    _is_daggr_fn_node = True

    def __init__(self, variants: Sequence[Any], name: str | None) -> None:
        self.variants = {variant.name: variant for variant in variants}
        self._name = name
        if len(self.variants) < len(variants):
            names = [variant.name for variant in variants]
            raise WiringError(
                f"two variants of a choice are named alike: {listed(names)}",
                here=calling_place(),
                instead="choice(a, b.named('...'))",
            )

    @property
    def name(self) -> str:
        """The choice's name."""
        return self._name or "choice"

    def __repr__(self) -> str:
        return f"<choice of {', '.join(self.variants)}>"

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R_co:
        """Make a step of each variant, of which one runs; outside of a pipeline, call the first."""
        if TRACE.get() is None:
            first = next(iter(self.variants.values()))
            return first(*args, **known_arguments(first, kwargs))  # type: ignore[no-any-return]
        for name in kwargs:
            self._refuse_unknown(name)
        ports = {label: variant(*args, **known_arguments(variant, kwargs)) for label, variant in self.variants.items()}
        return _picked(ports, self._name)  # type: ignore[return-value]

    def _refuse_unknown(self, name: str) -> None:
        valid = {known for variant in self.variants.values() for known in parameter_names(variant)}
        if valid and name not in valid and not any(_takes_any(variant) for variant in self.variants.values()):
            near = did_you_mean(name, valid)
            what = f"no variant of {self.name} has a parameter {name!r}{near}"
            raise UnknownParameterError(what, here=calling_place(), notes={"valid": listed(sorted(valid))})

    def named(self, name: str, /) -> Self:
        """A copy with another name."""
        named = copy.copy(self)
        named._name = name
        return named

    def options(self, **options: Any) -> Self:
        """A copy with options for each variant."""
        changed = self.named(options.pop("name")) if "name" in options else copy.copy(self)
        changed.variants = {label: variant.options(**options) for label, variant in self.variants.items()}
        return changed

    def __or__(self, other: Any) -> Choice[..., Any]:
        return Choice([*_flat(self), *_flat(other)], self._name)

    def __bool__(self) -> NoReturn:
        raise WiringError(f"{self.name} is a choice, and has no truth", here=calling_place(), instead="when(...)")


def either(a: Any, b: Any) -> Choice[..., Any]:
    """`a | b` of nodes and pipelines.

    Raises:
        WiringError: `b` is neither.
    """
    if not getattr(b, "_is_daggr_fn_node", False):
        what = f"{a.name} | {b!r}: the second is neither a node nor a pipeline"
        raise WiringError(what, here=calling_place(), instead='model("org/model"), space("owner/name") or a @node')
    return Choice([*_flat(a), *_flat(b)], None)


def _flat(variant: Any) -> Sequence[Any]:
    return list(variant.variants.values()) if isinstance(variant, Choice) else [variant]


def _picked(ports: Mapping[str, Any], name: str | None) -> Port:
    """The port of the picked variant."""
    _refuse_chain(ports)
    trace = TRACE.get()
    if trace is None:
        raise WiringError("a choice of ports belongs in a pipeline's body", here=calling_place())
    label = trace.choice_name(name or _variable() or "choice")
    picked = InputPort(label, Literal[tuple(ports)], next(iter(ports)))
    trace.add_choice(picked)
    return branch_port(Input(picked), _itself, ports, "")


def _refuse_chain(ports: Mapping[str, Any]) -> None:
    outputs = {label: _outputs(port) for label, port in ports.items()}
    every: list[set[str]] = [set(names) for names in outputs.values()]
    if not set[str].intersection(*every):
        told = "; ".join(f"{label} has {listed(names)}" for label, names in outputs.items())
        first, second = list(ports)[:2]
        raise WiringError(
            f"the variants of a choice share no output: {told}",
            here=calling_place(),
            instead=f"one output of a common name; or, if one was meant to feed the other: {second}({first}(...))",
        )


def _outputs(port: Any) -> list[str]:
    if not isinstance(port, Port):
        return ["output"]
    spec = port._spec
    return list(output_ports(port)) or (list(spec.outputs) if spec is not None else ["output"])


def _port_names(ports: Sequence[Port]) -> list[str]:
    names: list[str] = []
    for port in ports:
        step = next(port._expression.steps(), None)
        name = base = step.options.name or step.spec.name if step is not None else port._label
        number = 1
        while name in names:
            number += 1
            name = f"{base}_{number}"
        names.append(name)
    return names


def parameter_names(variant: Any) -> list[str]:
    """The parameters of a node or a pipeline."""
    if isinstance(variant, Choice):
        return [name for one in variant.variants.values() for name in parameter_names(one)]
    kind = getattr(variant, "kind", None)
    return list(acting(kind).spec().parameters) if kind is not None else list(variant.parameters)


def _takes_any(variant: Any) -> bool:
    kind = getattr(variant, "kind", None)
    return kind is not None and any(parameter.many == "named" for parameter in acting(kind).spec().parameters.values())


def known_arguments(variant: Any, kwargs: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments that a variant has parameters for."""
    if _takes_any(variant):
        return dict(kwargs)
    names = parameter_names(variant)
    return {name: value for name, value in kwargs.items() if name in names}


def _itself(value: Any) -> Any:
    return value


def _variable() -> str | None:
    frame = calling_frame()
    return target_of(frame) if frame is not None else None
