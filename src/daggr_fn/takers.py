"""Who takes the value of each step, and how far the maps of both go together: what says when nobody needs it any more.

The item `a[i]` is taken by `b[i]` where both are inside of one map, by all items `b[i, j]` where `b` is inside of a
further one, and by the one call of `b` where that gathers them. So two steps go together for a number of levels, and
the items below an index of that length are needed until all calls of the taker below it have ended.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from daggr_fn.expressions import Axes, Concealed, Expression, Gathered, Output, Part

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping


@dataclass(frozen=True, slots=True)
class Takers:
    """What the steps of a graph take of each other.

    Attributes:
        takes: For each step the steps whose values it needs, each with the levels for which they go together.
        counts: How many take each step; whatever the pipeline returns is taken once more, for good.
        least: How many take it together for so many levels, by step and levels.
    """

    takes: Mapping[Any, tuple[tuple[Any, int], ...]]
    counts: Mapping[Any, int]
    least: Mapping[tuple[Any, int], int]


def takers_of(steps: Iterable[Any], result: Any) -> Takers:
    """Find out who takes what.

    Args:
        steps: The steps of a graph.
        result: What the pipeline returns.
    """
    takes: dict[Any, tuple[tuple[Any, int], ...]] = {}
    counts: dict[Any, int] = {}
    least: dict[tuple[Any, int], int] = {}
    for step in steps:
        taken = takes[step] = tuple(_taken_by(step).items())
        for one in taken:
            counts[one[0]] = counts.get(one[0], 0) + 1
            least[one] = least.get(one, 0) + 1
    if isinstance(result, Expression):
        for step in {step for step, _ in _mentioned(result)}:
            counts[step] = counts.get(step, 0) + 1
    return Takers(takes, counts, least)


def _taken_by(step: Any) -> dict[Any, int]:
    found: dict[Any, int] = {}
    for expression in _needed_by(step):
        for taken, levels in _mentioned(expression):
            found[taken] = min(found.get(taken, levels), levels)
    return found


def _needed_by(step: Any) -> Iterator[Expression]:
    yield from step.edges.values()
    for guard in step.guards:
        yield guard.condition
    yield from _lists(step.axes)


def _lists(axes: Axes) -> Iterator[Expression]:
    return (item for axis in axes for item in axis)


def _mentioned(expression: Expression) -> Iterator[tuple[Any, int]]:
    """The steps that an expression may ask for a value, with the levels of the index that both have in common."""
    stack = [(expression, len(expression.axes))]
    while stack:
        part, levels = stack.pop()
        levels = min(levels, len(part.axes))
        if isinstance(part, Output):
            yield part.step, levels
            continue
        if isinstance(part, Gathered) and not _counts_itself(part.of):
            stack.extend((item, levels) for item in _lists(part.of.axes))
        stack.extend((below, levels) for below in part.parts())


def _counts_itself(expression: Expression) -> bool:
    """Whether it is known how many items there are without the list that they were made of."""
    while isinstance(expression, (Part, Concealed)):
        expression = expression.of
    return isinstance(expression, Output)
