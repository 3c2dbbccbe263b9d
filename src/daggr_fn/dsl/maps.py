"""`each`, `gather` and `product`: from a list to its items, and back."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any, Literal, TypeVar, overload

from daggr_fn.annotations import describe, is_listlike
from daggr_fn.dsl.binding import to_expression
from daggr_fn.errors import TypeMismatchError, WiringError, did_you_mean, listed
from daggr_fn.expressions import Built, Expression, Item, copied
from daggr_fn.places import calling_place
from daggr_fn.ports import Port, gathered, item_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from daggr_fn.values import Failed

T = TypeVar("T")
A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")

_ERRORS = ("raise", "keep", "skip")


def each(items: Iterable[T], /) -> T:
    """One item of a list: what consumes it is mapped, once per item, with no barrier between mapped steps.

    Args:
        items: A port of a list, or a list.

    Raises:
        WiringError: The port is known not to be a list.
    """
    expression = _list_expression(items)
    return Port(item_of(expression))  # type: ignore[return-value]  # typed as the item


@overload
def gather(item: T, /, *, errors: Literal["raise", "skip"] | None = None, flatten: bool = False) -> list[T]: ...
@overload
def gather(item: T, /, *, errors: Literal["keep"], flatten: bool = False) -> list[T | Failed]: ...
def gather(item: Any, /, *, errors: str | None = None, flatten: bool = False) -> Any:
    """The list that a map makes again, in order.

    Args:
        item: A mapped port.
        errors: About items that failed: `"raise"` fails what takes the list, `"keep"` puts a `Failed` in their place,
            `"skip"` leaves them out; by default what the step's `on_error` says, which is `"raise"`.
        flatten: Undo all maps around the port and not just the innermost.

    Raises:
        WiringError: The port is not mapped, or `errors` is none of the three.
    """
    if errors is not None and errors not in _ERRORS:
        raise WiringError(
            f"gather(errors={errors!r}){did_you_mean(errors, _ERRORS)}",
            here=calling_place(),
            notes={"valid": listed(_ERRORS)},
        )
    if not isinstance(item, Port):
        expression = to_expression(item)
        if not isinstance(expression, Expression):
            raise WiringError(
                "gather(...) was given a value and not a mapped port", here=calling_place(), instead="the value"
            )
        item = Port(expression)
    return gathered(item, errors, levels=0 if flatten else 1)


@overload
def product(a: Iterable[A], b: Iterable[B], /) -> tuple[A, B]: ...
@overload
def product(a: Iterable[A], b: Iterable[B], c: Iterable[C], /) -> tuple[A, B, C]: ...
@overload
def product(*lists: Iterable[Any]) -> tuple[Any, ...]: ...
def product(*lists: Iterable[Any]) -> Any:
    """Map over every combination of lists, in the order of `itertools.product`.

    `seed, style = product(seeds, styles)`

    Args:
        lists: Ports of lists, or lists.
    """
    expressions = [_list_expression(one) for one in lists]
    annotation: Any = tuple[tuple(Item(one).annotation for one in expressions)]  # type: ignore[misc]  # made of values
    crossed = Built(expressions, _crossed, "product", list[annotation])
    return tuple(Port(item_of(crossed)))


def _crossed(lists: Sequence[Iterable[Any]]) -> list[tuple[Any, ...]]:
    return list(itertools.product(*lists))


def _list_expression(items: Any) -> Expression:
    expression = to_expression(items)
    if not isinstance(expression, Expression):
        fixed = copied(list(items))
        return Built([], lambda _: fixed, ("list", fixed))
    if isinstance(items, Port) and items._spec is not None and items._spec.record:
        outputs = list(items._spec.outputs)
        raise TypeMismatchError(
            f"each({expression.label}): {expression.label} has several outputs, and is no list",
            here=calling_place(),
            made_at=items._made_at,
            instead=" or ".join(f"each({expression.code}.{name})" for name in outputs),
        )
    if not is_listlike(expression.annotation):
        raise TypeMismatchError(
            f"each({expression.label}): {expression.label} is {describe(expression.annotation)}, which is no list",
            here=calling_place(),
            made_at=items._made_at if isinstance(items, Port) else None,
            instead="each(...) of a list, or the port itself",
        )
    return expression
