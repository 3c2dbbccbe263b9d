"""`when` and `switch`: only the side that is taken runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar, overload

from daggr_fn.branching import OTHERWISE, Branch, Fallback, constant
from daggr_fn.dsl.binding import to_expression
from daggr_fn.errors import WiringError
from daggr_fn.expressions import Expression
from daggr_fn.places import calling_place
from daggr_fn.ports import Port, output_ports

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

T = TypeVar("T")
U = TypeVar("U")


@overload
def when(condition: object, then: T, /) -> T | None: ...
@overload
def when(condition: object, then: T, otherwise: U, /) -> T | U: ...
def when(condition: object, then: Any, otherwise: Any = None, /) -> Any:
    """The value of one of two sides, by the truth of a condition. What only the other side needs is skipped.

    Args:
        condition: A port, or a value. Its truth is Python's; a value that has none (an array) fails what depends on it.
        then: A port, or a value, for when it is true.
        otherwise: The same for when it is not.
    """
    decides = lazy(condition)
    return branch_port(decides, bool, {True: then, OTHERWISE: otherwise}, "when")


@overload
def switch(key: object, cases: Mapping[Any, T], /) -> T: ...
@overload
def switch(key: object, cases: Mapping[Any, T], /, *, default: U) -> T | U: ...
def switch(key: object, cases: Mapping[Any, Any], /, *, default: Any = OTHERWISE) -> Any:
    """The value of the case that a key names. What only other cases need is skipped.

    Args:
        key: A port, or a value.
        cases: A port, or a value, for each value of the key.
        default: The same for all other keys; without it they fail what depends on the switch.

    Raises:
        WiringError: There are no cases.
    """
    if not cases:
        raise WiringError("switch(...) has no cases", here=calling_place(), instead="switch(key, {value: port, ...})")
    sides = dict(cases) if default is OTHERWISE else {**cases, OTHERWISE: default}
    decides = lazy(key)
    return branch_port(decides, _itself, sides, "switch")


def branch_port(decides: Expression, choose: Callable[[Any], Any], sides: Mapping[Any, Any], words: str) -> Port:
    """The port of a branch; it has the outputs that all its sides have."""
    family = object()

    def branch(ports: Mapping[Any, Any]) -> Expression:
        return Branch(decides, choose, {side: lazy(port) for side, port in ports.items()}, words, family)

    return _joined(sides, branch)


def fallback_port(first: Port, backup: Port, handles: Callable[[BaseException], bool]) -> Port:
    """The port of a step with a backup; it has the outputs that both have."""
    family = object()

    def fallback(ports: Mapping[Any, Any]) -> Expression:
        return Fallback(lazy(ports["first"]), lazy(ports["backup"]), handles, family)

    return _joined({"first": first, "backup": backup}, fallback)


def _joined(sides: Mapping[Any, Any], join: Callable[[Mapping[Any, Any]], Expression]) -> Port:
    named = {side: _outputs(port) for side, port in sides.items()}
    first = next(iter(named.values()))
    names = [name for name in first if all(name in ports for ports in named.values())]
    outputs = {name: Port(join({side: ports[name] for side, ports in named.items()})) for name in names}
    return Port(join(sides), outputs=outputs)


def _outputs(side: Any) -> dict[str, Port]:
    """The outputs of a side by name; a step with one output stands for it."""
    if not isinstance(side, Port):
        return {}
    spec = side._spec
    return output_ports(side) or (dict.fromkeys(spec.outputs, side) if spec is not None else {})


def lazy(value: Any) -> Expression:
    """The expression of a port, or of a value."""
    expression = to_expression(value)
    return expression if isinstance(expression, Expression) else constant(expression)


def _itself(value: Any) -> Any:
    return value
