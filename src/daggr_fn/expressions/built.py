"""Containers and texts with expressions inside, and copies of containers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from daggr_fn.expressions.base import Axes, Expression, zipped_axes
from daggr_fn.values import class_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from daggr_fn.expressions.cells import Cells, Digests, Index


class Built(Expression):
    """A list, tuple, dict or dataclass with expressions inside.

    Args:
        inside: The expressions, in the order in which `build` takes their values.
        build: Makes the container of the values.
        shape: What the container is besides those values, for its digest.
        words: Its label; by default those of the expressions inside.
    """

    __slots__ = ("build", "inside", "shape", "words")

    def __init__(
        self,
        inside: Sequence[Expression],
        build: Callable[[Sequence[Any]], Any],
        shape: Any,
        annotation: Any = Any,
        words: str = "",
    ) -> None:
        self.inside = tuple(inside)
        self.build = build
        self.shape = shape
        self.words = words
        self.axes = zipped_axes(part.axes for part in self.inside)
        self.annotation = annotation

    @property
    def label(self) -> str:
        return self.words or ", ".join(part.label for part in self.inside)

    def parts(self) -> Iterable[Expression]:
        return self.inside

    def rebuilt(self, change: Callable[[Expression], Expression]) -> Expression:
        return Built([change(part) for part in self.inside], self.build, self.shape, self.annotation, self.words)

    def value(self, cells: Cells, index: Index) -> Any:
        return self.build([part.value(cells, index[: len(part.axes)]) for part in self.inside])

    def digest(self, digests: Digests, index: Index) -> str:
        inside = [part.digest(digests, index[: len(part.axes)]) for part in self.inside]
        return digests.combine([digests.of_constant(self.shape), *inside])


def along(expression: Expression, around: Axes, taken: Iterable[Expression] = ()) -> Expression:
    """An expression that is the same for each item of the lists that a group is mapped over.

    Args:
        expression: What has a value of its own.
        around: Those lists.
        taken: What the group is called with; an item for which one of these is missing has no value.
    """
    items = [item for axis in around for item in axis]
    return Built([expression, *items, *taken], _first, "along", expression.annotation, expression.label)


def _first(values: Sequence[Any]) -> Any:
    return values[0]


def copied(value: Any) -> Any:
    """A copy of lists, dicts and sets, inside each other too; everything else is passed on as it is."""
    kind = class_of(value)
    if kind is list:
        return [copied(item) for item in value]
    if kind is dict:
        return {key: copied(item) for key, item in value.items()}
    if kind is set:
        return set(value)
    if kind is tuple and any(class_of(item) in CONTAINERS for item in value):
        return tuple(copied(item) for item in value)
    return value


CONTAINERS = frozenset((list, dict, set, tuple))
"""The classes whose values are copied."""
