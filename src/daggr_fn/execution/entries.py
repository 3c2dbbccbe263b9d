"""The ways to start a run: blocking, awaited, streamed, and step by step in the caller's thread."""

from __future__ import annotations

import asyncio
import functools
import queue
from collections import deque
from typing import TYPE_CHECKING, Any

from daggr_fn.events import RunEnded
from daggr_fn.execution.answers import refused_before
from daggr_fn.execution.eager import EagerExecution
from daggr_fn.execution.execution import Execution, targets_of
from daggr_fn.execution.loops import call_soon
from daggr_fn.execution.tasks import NOTHING, Ended
from daggr_fn.expressions import Expression, Gathered, Output, step_of
from daggr_fn.feeding import refuse_unknown_answers
from daggr_fn.plan import Plan
from daggr_fn.runs import Run

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Mapping

    from daggr_fn.events import Event
    from daggr_fn.graph import Step


def run_of(execution: Execution) -> Run[Any]:
    """The `Run` that an execution's events add up to."""
    plan = execution.plan
    run: Run[Any] = Run(
        plan.graph.name,
        {name: len(step.axes) for name, step in plan.graph.steps.items()},
        execution.log,
        execution.failures if execution.done.is_set() else [],
        functools.partial(_result, execution),
        functools.partial(_outputs, execution),
    )
    run.timed_out = execution.timed_out
    run.error = execution.error
    for failure in run.failures:
        failure._resume = functools.partial(_resume, execution)  # the run gives the error its ways out
    return run


def _result(execution: Execution) -> Any:
    graph, only = execution.plan.graph, execution.plan.settings.only
    if only and not execution.has_value(graph.result):
        values = [_target(execution, step) for step in targets_of(execution.plan)]
        return values[0] if len(values) == 1 else tuple(values)
    return execution.value(graph.result)


def _target(execution: Execution, step: Step) -> Any:
    """The value of a step; of a mapped one the list that it gathers to."""
    whole: Expression = Output(step, Any)
    for _ in step.axes:
        whole = Gathered(whole, "raise", 1)
    return execution.value(whole) if execution.has_value(whole) else None


def _outputs(execution: Execution) -> dict[str, Any]:
    outputs = execution.plan.graph.outputs
    return {name: execution.value(result) for name, result in outputs.items() if execution.has_value(result)}


def _resume(execution: Execution, answers: Mapping[str, Any]) -> Any:
    plan = execution.plan
    refuse_unknown_answers(plan.graph, answers)
    settings = plan.settings.changed(answers={**plan.settings.answers, **answers})
    again = Plan(plan.graph, plan.inputs, settings, plan.memory)
    ended = execution.ended()
    anew = refused_before(ended, answers)
    asking = {step_of(key).name for key in anew}
    return value_of(again, before=ended.asked_again(anew, plan.graph.behind(asking) - asking))


def run_blocking(plan: Plan) -> Run[Any]:
    """Run a plan, and wait for it; works inside a running event loop too, which it blocks."""
    execution = Execution(plan)
    execution.wait()
    return run_of(execution)


async def run_awaited(plan: Plan, *, keeps: bool = True) -> Run[Any]:
    """Run a plan with its async steps in the caller's event loop.

    Args:
        plan: What to do.
        keeps: Whether the values of all steps are kept.
    """
    execution = Execution(plan, keeps=keeps)
    await execution.serve()
    return run_of(execution)


def value_of(plan: Plan, *, before: Ended = NOTHING) -> Any:
    """Run a plan, and return its value; values that nobody needs any more are let go on the way.

    Args:
        plan: What to do.
        before: What an earlier run has done.
    """
    execution = Execution(plan, keeps=False, before=before)
    execution.wait()
    return _value(execution)


async def avalue_of(plan: Plan) -> Any:
    """The same with the async steps in the caller's event loop."""
    execution = Execution(plan, keeps=False)
    await execution.serve()
    return _value(execution)


def _value(execution: Execution) -> Any:
    if execution.state.failures or execution.cancelled or execution.plan.settings.only:
        return run_of(execution).value
    return execution.value(execution.plan.graph.result)


def stream(plan: Plan) -> Iterator[Event]:
    """Run a plan, and give its events as they come. Who stops listening cancels the run.

    Raises:
        StepFailed: The run failed; after its last event.
    """
    said: queue.SimpleQueue[Event] = queue.SimpleQueue()
    execution = Execution(plan, keeps=False, listen=said.put)
    execution.start()
    try:
        while not isinstance(event := said.get(), RunEnded):
            yield event
        yield event
    finally:
        execution.cancel()
    execution.done.wait()
    run_of(execution).raise_for_status()


async def astream(plan: Plan) -> AsyncIterator[Event]:
    """The same in an event loop, without blocking it."""
    loop, poked = asyncio.get_running_loop(), asyncio.Event()

    said: deque[Event] = deque()

    def hear(event: Event) -> None:
        said.append(event)
        call_soon(loop, poked.set)

    execution = Execution(plan, keeps=False, listen=hear)
    execution.start()
    ended = False
    try:
        while not ended:
            await poked.wait()
            poked.clear()
            while said and not ended:
                event = said.popleft()
                ended = isinstance(event, RunEnded)
                yield event
    finally:
        execution.cancel()
    execution.done.wait()  # it is set right after the last event
    run_of(execution).raise_for_status()


def run_eagerly(plan: Plan) -> Any:
    """Run a plan in the caller's thread, and return its value."""
    execution = EagerExecution(plan, keeps=False)
    execution.wait()
    return _value(execution)
