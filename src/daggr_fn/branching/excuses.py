"""Which failures are forgiven: those of which every way on leads through a `gather` that allows them, or to a backup.

A failure that nobody forgives fails the run. What forgives lies in the shape of the graph, so it is worked out once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from daggr_fn.branching.branches import Fallback
from daggr_fn.expressions import Expression, Gathered, Item, Output

Excuse = Callable[[BaseException, bool], bool]
"""Whether a failure is forgiven; the flag says whether it is that of one item, and not of a whole map."""

Ways = frozenset[frozenset[Excuse]]
"""The ways from a step to where its value ends, each with the excuses that lie on it."""

_STRAIGHT: frozenset[Excuse] = frozenset()
STRICT: Ways = frozenset({_STRAIGHT})
"""One way, with no excuse on it."""


def excuses_of(steps: Iterable[Any], result: Any) -> dict[Any, Ways]:
    """The ways on from each step; a step that nobody takes has one without an excuse.

    Args:
        steps: All steps, each after what it needs.
        result: What the pipeline returns.
    """
    ways: dict[Any, Ways] = {}
    if isinstance(result, Expression):
        _follow(result, STRICT, ways)
    for step in reversed(list(steps)):
        own = ways.setdefault(step, STRICT)
        for edge in step.edges.values():
            _follow(edge, own, ways)
        for item in (item for axis in step.around for item in axis):
            _follow(item, own, ways)
        for taken in step.along:
            _follow(taken, own, ways)
        for earlier in step.after:
            ways[earlier] = ways.get(earlier, frozenset()) | own
    return ways


def forgiven(ways: Ways, error: BaseException, *, is_item: bool) -> bool:
    """Whether a failure is forgiven on every way on."""
    return all(any(excuse(error, is_item) for excuse in way) for way in ways)


def _follow(expression: Expression, own: Ways, ways: dict[Any, Ways]) -> None:
    stack: list[tuple[Expression, Ways]] = [(expression, own)]
    while stack:
        part, here = stack.pop()
        if isinstance(part, Output):
            known = ways.get(part.step)
            ways[part.step] = here if known is None or known is here else known | here
        elif isinstance(part, Fallback):
            stack.append((part.backup, here))
            stack.append((part.first, _with(here, _excuse_of(part))))
        elif isinstance(part, Gathered) and part.errors != "raise":
            stack.append((part.of, _with(here, _is_item)))
        elif isinstance(part, Item):
            # Where the list itself fails there are no items that a gather could leave out.
            stack.append((part.of, frozenset(way - {_is_item} for way in here) if not part.of.axes else here))
        else:
            stack.extend((below, here) for below in part.parts())


def _with(ways: Ways, excuse: Excuse) -> Ways:
    return frozenset(way | {excuse} for way in ways)


def _is_item(_error: BaseException, is_item: bool) -> bool:
    return is_item


def _excuse_of(fallback: Fallback) -> Excuse:
    return lambda error, _: fallback.handles(error)
