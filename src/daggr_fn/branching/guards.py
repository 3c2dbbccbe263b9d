"""Which steps only one side of a branch needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from daggr_fn.branching.branches import Guard, Guarded
from daggr_fn.expressions import Expression, Output

if TYPE_CHECKING:
    from collections.abc import Iterable


def guards_of(steps: Iterable[Any], result: Any) -> dict[Any, tuple[Guard, ...]]:
    """The guards of the steps that only one side of a branch needs.

    Every way from a step to where its value ends counts: a guard holds for a step when it lies on all of them. Steps
    that nobody takes run for their own sake, and have none.

    Args:
        steps: All steps, each after what it needs.
        result: What the pipeline returns.
    """
    demands: dict[Any, frozenset[Guard]] = {}
    if isinstance(result, Expression):
        _demand(result, frozenset(), demands)
    for step in reversed(list(steps)):
        own = demands.get(step, frozenset())
        for edge in step.edges.values():
            _demand(edge, own, demands)
        for item in (item for axis in step.around for item in axis):
            _demand(item.of, own, demands)
        for taken in step.along:
            _demand(taken, own, demands)
        for earlier in step.after:
            demands[earlier] = demands.get(earlier, own) & own
    found = {step: tuple(guard for guard in guards if _fits(guard, step)) for step, guards in demands.items()}
    return {step: guards for step, guards in found.items() if guards}


def _demand(expression: Expression, own: frozenset[Guard], demands: dict[Any, frozenset[Guard]]) -> None:
    stack = [(expression, own)]
    while stack:
        part, guards = stack.pop()
        if isinstance(part, Output):
            demands[part.step] = demands.get(part.step, guards) & guards
        elif isinstance(part, Guarded):
            stack.extend((always, guards) for always in part.always())
            # Whichever side is taken, there is a value for each item: the lists say how many.
            stack.extend((item.of, guards) for axis in part.axes for item in axis)
            stack.extend((side, guards | {part.guard(name)}) for name, side in part.sides())
        else:
            stack.extend((below, guards) for below in part.parts())


def _fits(guard: Guard, step: Any) -> bool:
    """Whether a guard can be asked at every index of a step: the step is inside all maps that the condition is in."""
    depth = len(guard.condition.axes)
    return len(step.axes) >= depth
