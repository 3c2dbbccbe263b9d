"""The base of all lazy expressions."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from daggr_fn.expressions.cells import Cells, Digests, Index, Key, Missing
    from daggr_fn.expressions.maps import Item

Axes = tuple[tuple["Item", ...], ...]
"""For each level of nesting the lists that are mapped over; several when they zip."""


class Expression:
    """The base of all lazy expressions."""

    __slots__ = ("annotation", "axes")
    axes: Axes
    annotation: Any

    @property
    def label(self) -> str:
        """The expression in words of the user's program: `script.lines`."""
        raise NotImplementedError

    @property
    def code(self) -> str:
        """The expression as it could stand in the body."""
        return self.label

    def as_a(self, annotation: Any) -> Expression:
        """The same expression, of whose value more is known."""
        changed = copy.copy(self)
        changed.annotation = annotation
        return changed

    def parts(self) -> Iterable[Expression]:
        """The expressions that this one is made of."""
        return ()

    def rebuilt(self, change: Callable[[Expression], Expression]) -> Expression:
        """This expression with `change` applied to its parts."""
        return self

    def keys(self, index: Index, levels: int = 0) -> Iterator[Key]:
        """The cells that must have ended before the expression can be evaluated at an index.

        Args:
            index: The item's index; with `levels`, the index above the gathered levels.
            levels: How many of the innermost axes are gathered.
        """
        for part in self.parts():
            depth = len(part.axes)
            yield from part.keys(index[:depth], max(0, depth - len(index)))

    def value(self, cells: Cells, index: Index) -> Any:
        """The value at an index, when nothing of it is missing; not a copy (see `copied`)."""
        raise NotImplementedError

    def absent(self, cells: Cells, index: Index) -> Missing | None:
        """Why there will be no value at an index, or `None`."""
        for part in self.parts():
            missing = part.absent(cells, index[: len(part.axes)])
            if missing is not None:
                return missing
        return None

    def unmapped(self, cells: Cells, index: Index) -> Missing | None:
        """Why not even the items below an index are known, or `None`."""
        for part in self.parts():
            depth = len(part.axes)
            missing = part.unmapped(cells, index) if depth > len(index) else part.absent(cells, index[:depth])
            if missing is not None:
                return missing
        return None

    def count(self, cells: Cells, index: Index) -> int:
        """The number of items of the axis below an index."""
        item = self.axes[len(index)][0]
        return len(item.listed(cells, index[: len(item.of.axes)]))

    def digest(self, digests: Digests, index: Index) -> str:
        """The digest of the value at an index."""
        return digests.of_value(self, index)

    def walk(self) -> Iterator[Expression]:
        """This expression and all below it."""
        stack: list[Expression] = [self]
        while stack:
            expression = stack.pop()
            yield expression
            stack.extend(expression.parts())

    def steps(self) -> Iterator[Any]:
        """The steps whose outputs are part of this expression."""
        return (step for expression in self.walk() for step in expression.own_steps())

    def own_steps(self) -> Iterable[Any]:
        """The step whose output this very expression is, if it is one."""
        return ()


def zipped_axes(many: Iterable[Axes]) -> Axes:
    """The axes of what is made of several expressions: level by level, each mapped list once."""
    found = [axes for axes in many if axes]
    if len(found) <= 1:
        return found[0] if found else ()
    levels: list[tuple[Item, ...]] = []
    for level in range(max(map(len, found))):
        items = {id(item): item for axes in found if len(axes) > level for item in axes[level]}
        levels.append(tuple(items.values()))
    return tuple(levels)
