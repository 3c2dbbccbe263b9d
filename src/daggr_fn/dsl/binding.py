"""From an argument of a node call to what stands on the edge: ports and templates in it become expressions."""

from __future__ import annotations

import dataclasses
import functools
import types
from typing import TYPE_CHECKING, Any

from daggr_fn import templates
from daggr_fn.annotations import is_component
from daggr_fn.dsl.shown import shown_input
from daggr_fn.errors import LazyValueError, WiringError, shorten
from daggr_fn.expressions import Built, Expression
from daggr_fn.places import calling_place
from daggr_fn.ports import Port
from daggr_fn.values import class_of, is_record, is_sequence

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

_NO_PORTS_IN = (int, float, bool, bytes, type(None))


def to_expression(value: Any) -> Any:
    """The expression for a value with ports or components in it; a value without comes back as it is.

    Lists, tuples, dicts and dataclasses are looked through; closures, defaults and partials too, where a port is
    refused.

    Raises:
        WiringError: A port is where it can't be followed, or a string with a port was changed.
    """
    kind = class_of(value)
    if kind in _NO_PORTS_IN:
        return value
    if kind is Port:
        return value._expression
    if isinstance(value, str):
        return templates.CURRENT.get().expression(value) if templates.holds_token(value) else value
    if is_sequence(value):
        return _sequence(value)
    if kind is dict:
        return _mapping(value)
    if is_record(value):
        return _dataclass(value)
    if is_component(value):
        return shown_input(value)
    if getattr(kind, "_is_daggr_fn_node", False):
        raise WiringError(
            f"{value.name} is a node, and not a step of one", here=calling_place(), instead=f"{value.name}(...)"
        )
    if issubclass(kind, (types.FunctionType, functools.partial, types.MethodType)):
        _refuse_hidden_ports(value)
    else:
        _refuse_in_object(value)
    if getattr(getattr(value, "dtype", None), "kind", "") == "O":
        _refuse_in_array(value)
    return value


def holds_lazy(value: Any) -> bool:
    """Whether a value is, or holds, a port, a template or a component."""
    kind = class_of(value)
    if kind in _NO_PORTS_IN:
        return False
    if kind is Port:
        return True
    if isinstance(value, str):
        return templates.holds_token(value)
    if is_sequence(value):
        return any(map(holds_lazy, value))
    if kind is dict:
        return any(map(holds_lazy, value.values()))
    if is_record(value):
        return any(holds_lazy(getattr(value, field.name, None)) for field in dataclasses.fields(value))
    return is_component(value)


def _sequence(value: Sequence[Any]) -> Any:
    if not any(map(holds_lazy, value)):
        for item in value:
            to_expression(item)
        return value
    kind = class_of(value)
    make: Callable[[Any], Any] = (lambda items: kind(*items)) if hasattr(kind, "_fields") else kind
    return _built([to_expression(item) for item in value], make, kind.__name__, kind)


def _mapping(value: dict[Any, Any]) -> Any:
    if not any(map(holds_lazy, value.values())):
        for item in value.values():
            to_expression(item)
        return value
    names = list(value)
    if any(isinstance(name, str) and templates.holds_token(name) for name in names):
        raise WiringError(
            "a port is part of a key of a dict", here=calling_place(), instead="apply(lambda k: {k: ...}, port)"
        )
    return _built(
        [to_expression(item) for item in value.values()],
        lambda items: dict(zip(names, items, strict=True)),
        names,
        dict,
    )


def _dataclass(value: Any) -> Any:
    if not holds_lazy(value):
        return value
    names = [field.name for field in dataclasses.fields(value) if field.init]

    def make(items: Sequence[Any]) -> Any:
        return dataclasses.replace(value, **dict(zip(names, items, strict=True)))

    return _built(
        [to_expression(getattr(value, name)) for name in names], make, [type(value).__qualname__, *names], type(value)
    )


def _built(items: list[Any], make: Callable[[Any], Any], shape: Any, annotation: Any) -> Built:
    inside = [item for item in items if isinstance(item, Expression)]
    words = ", ".join(item.label if isinstance(item, Expression) else shorten(item, 20) for item in items)
    fixed = [None if isinstance(item, Expression) else item for item in items]
    lazy = [isinstance(item, Expression) for item in items]

    def build(values: Sequence[Any]) -> Any:
        drawn: Iterator[Any] = iter(values)
        return make([next(drawn) if is_lazy else item for is_lazy, item in zip(lazy, fixed, strict=True)])

    return Built(inside, build, (shape, fixed, lazy), annotation, f"[{words}]" if annotation is list else f"({words})")


def _refuse_hidden_ports(function: Any) -> None:
    for where, held in _held_by(function):
        if isinstance(held, Port) or (isinstance(held, str) and templates.holds_token(held)):
            label = held._label if isinstance(held, Port) else "a string with a port in it"
            name = getattr(function, "__qualname__", "the function").rpartition("<locals>.")[2]
            raise LazyValueError(
                f"{label} is used inside {name} ({where}), which would get the port and not its value",
                here=calling_place(),
                made_at=held._made_at if isinstance(held, Port) else None,
                instead="make it a parameter of the function, and pass the port: apply(lambda x: ..., port)",
            )


def _refuse_in_object(value: Any) -> None:
    """An object of the user's own class is passed as it is, and would show the node a port for a value."""
    held = getattr(value, "__dict__", {})
    if class_of(held) is not dict or isinstance(value, types.ModuleType):
        return
    for name, port in held.items():
        if isinstance(port, Port):
            cls = type(value).__qualname__.rpartition("<locals>.")[2]
            made_of = f"apply(lambda x: {cls}(...), {port._code}), or a dataclass, which is looked through"
            port._refuse(f"it was put in a {cls}, as its {name!r}", made_of)


def _held_by(function: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(function, functools.partial):
        yield from (("an argument of a partial", held) for held in (*function.args, *function.keywords.values()))
        yield from _held_by(function.func)
    elif isinstance(function, types.MethodType):
        yield from _held_by(function.__func__)
    elif isinstance(function, types.FunctionType):
        for cell in function.__closure__ or ():
            try:
                yield "a variable of the body", cell.cell_contents
            except ValueError:  # not assigned yet
                continue
        yield from (("a default", held) for held in function.__defaults__ or ())
        yield from (("a default", held) for held in (function.__kwdefaults__ or {}).values())


def _refuse_in_array(array: Any) -> None:
    for held in getattr(array, "flat", ()):
        if isinstance(held, Port):
            held._refuse("it was put in an array", f"apply(numpy.array, [{held._code}])")
