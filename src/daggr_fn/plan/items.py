"""Which items of mapped steps take part when one item alone is to be run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from daggr_fn.expressions import group
from daggr_fn.values import class_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from daggr_fn.expressions import Expression, Index, Key
    from daggr_fn.graph import Step

Items = dict[str, tuple[tuple[int, ...], ...]]
"""For a mapped step the indices of the items that take part; one that is shorter means all items below it."""


def needed_items(step: Step, index: Index) -> Items:
    """The items that one item needs, itself among them, of the mapped steps of which it doesn't need all.

    Args:
        step: A mapped step.
        index: The item.
    """
    found: dict[Step, set[Index]] = {}
    left: list[tuple[Step, Index]] = [(step, index)]
    while left:
        at = left.pop()
        known = found.setdefault(at[0], set())
        if at[1] in known:
            continue
        known.add(at[1])
        left += [_apart(key) for key in _keys(*at)]
    return {one.name: tuple(sorted(above)) for one, above in found.items() if () not in above}


def takes_part(wanted: Collection[Index], index: Index) -> bool:
    """Whether an item, or some below it, is among those that are wanted."""
    return any(one[: len(index)] == index[: len(one)] for one in wanted)


def _keys(step: Step, index: Index) -> Iterator[Key]:
    """The cells that the items of a step at, or below, an index need."""
    for level, axis in enumerate(step.axes):
        for item in axis:
            yield from _at(item.of, index[:level])
    for edge in step.edges.values():
        yield from _at(edge, index)
    for guard in step.guards:
        yield from _at(guard.condition, index)
    for earlier in step.after:
        yield group(earlier, ()) if earlier.axes else earlier


def _at(expression: Expression, index: Index) -> Iterator[Key]:
    depth = len(expression.axes)
    return expression.keys(index[:depth], max(0, depth - len(index)))


def _apart(key: Any) -> tuple[Step, Index]:
    if class_of(key) is not tuple:
        return key, ()
    return key[0], tuple(i for i in key[1:] if i is not ...)
