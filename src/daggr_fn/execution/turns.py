"""Turns: runs inside the call of a repeated step, told as items of that step."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from daggr_fn import events

if TYPE_CHECKING:
    from collections.abc import Callable

    from daggr_fn.kinds import Call
    from daggr_fn.plan import Plan

Say = "Callable[[events.Event], None]"


def take_turn(call: Call, number: int, plan: Plan, say: Callable[[events.Event], None]) -> Any:
    """Run the plan of one turn, and wait for its value.

    Raises:
        StepFailed: A step of it failed.
    """
    from daggr_fn.execution.entries import run_of
    from daggr_fn.execution.execution import Execution

    index = (*call.index, number)
    last = list(plan.graph.steps)[-1]

    def tell(event: events.Event) -> None:
        if isinstance(event, events.StepEvent) and event.step == last and not event.index and not call.cancelled:
            say(dataclasses.replace(event, step=call.step, index=index))

    execution = Execution(plan, keeps=False, listen=tell)
    execution.wait()
    run = run_of(execution)
    failure = run.failures[0] if run.failures else None
    if failure is not None and failure.__cause__ is not None:
        raise failure.__cause__ from failure
    return run.value
