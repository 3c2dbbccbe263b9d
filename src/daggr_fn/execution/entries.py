"""The ways to start a run: blocking, awaited, streamed, and step by step in the caller's thread."""

from __future__ import annotations

import asyncio
import functools
import queue
from typing import TYPE_CHECKING, Any

from daggr_fn.execution.eager import EagerExecution
from daggr_fn.execution.execution import Carried, Execution
from daggr_fn.execution.loops import call_soon
from daggr_fn.held import here
from daggr_fn.plan import Plan
from daggr_fn.runs import Run

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Mapping

    from daggr_fn.events import Event


def run_of(execution: Execution) -> Run[Any]:
    """The `Run` that an execution's events add up to."""
    plan = execution.plan
    run: Run[Any] = Run(
        plan.graph.name,
        {name: len(step.axes) for name, step in plan.graph.steps.items()},
        execution.events,
        execution.failures if execution.done.is_set() else [],
        functools.partial(_result, execution),
        functools.partial(_outputs, execution),
    )
    run.timed_out = execution.timed_out
    for failure in run.failures:
        failure._resume = functools.partial(_resume, execution)  # the run gives the error its ways out
    return run


def _result(execution: Execution) -> Any:
    graph, only = execution.plan.graph, execution.plan.settings.only
    if only and not execution.has_value(graph.result):
        targets = [graph.step(target.strip("+")) for target in only]
        values = [here(execution.state.values.get(step)) for step in targets]
        return values[0] if len(values) == 1 else tuple(values)
    return execution.value(graph.result)


def _outputs(execution: Execution) -> dict[str, Any]:
    outputs = execution.plan.graph.outputs
    return {name: execution.value(result) for name, result in outputs.items() if execution.has_value(result)}


def _resume(execution: Execution, answers: Mapping[str, Any]) -> Any:
    plan = execution.plan
    settings = plan.settings.changed(answers={**plan.settings.answers, **answers})
    again = Plan(plan.graph, plan.inputs, settings, plan.memory)
    return run_blocking(again, carried=execution.finished()).value


def run_blocking(plan: Plan, *, carried: Carried | None = None) -> Run[Any]:
    """Run a plan, and wait for it; works inside a running event loop too, which it blocks."""
    execution = Execution(plan, carried=carried)
    execution.wait()
    return run_of(execution)


def value_of(plan: Plan) -> Any:
    """Run a plan, and return its value without making more of the run than that needs."""
    execution = Execution(plan)
    execution.wait()
    if execution.state.failures or execution.cancelled or plan.settings.only:
        return run_of(execution).value
    return execution.value(plan.graph.result)


async def run_awaited(plan: Plan) -> Run[Any]:
    """Run a plan with its async steps in the caller's event loop."""
    execution = Execution(plan)
    await execution.serve()
    return run_of(execution)


def stream(plan: Plan) -> Iterator[Event]:
    """Run a plan, and give its events as they come. Who stops listening cancels the run.

    Raises:
        StepFailed: The run failed; after its last event.
    """
    poked: queue.SimpleQueue[None] = queue.SimpleQueue()
    execution = Execution(plan, listen=lambda: poked.put(None))
    given = 0
    execution.start()
    try:
        while True:
            while given < len(execution.events):
                yield execution.events[given]
                given += 1
            if execution.done.is_set() and given == len(execution.events):
                break
            poked.get()
    finally:
        execution.cancel()
    run_of(execution).raise_for_status()


async def astream(plan: Plan) -> AsyncIterator[Event]:
    """The same in an event loop, without blocking it."""
    loop, poked = asyncio.get_running_loop(), asyncio.Event()

    def poke() -> None:
        call_soon(loop, poked.set)

    execution = Execution(plan, listen=poke)
    given = 0
    execution.start()
    try:
        while True:
            poked.clear()
            while given < len(execution.events):
                yield execution.events[given]
                given += 1
            if execution.done.is_set() and given == len(execution.events):
                break
            await poked.wait()
    finally:
        execution.cancel()
    run_of(execution).raise_for_status()


def run_eagerly(plan: Plan) -> Any:
    """Run a plan in the caller's thread, and return its value."""
    execution = EagerExecution(plan)
    execution.wait()
    return run_of(execution).value
