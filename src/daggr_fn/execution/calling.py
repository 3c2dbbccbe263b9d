"""The call of a task's node: its inputs made ready, the node called, and what a failed call can be asked afterwards."""

from __future__ import annotations

import contextvars
import time
from typing import TYPE_CHECKING, Any

import anyio

from daggr_fn.concealing import Hidden
from daggr_fn.errors import StepTimeout
from daggr_fn.execution.loops import is_cancelled
from daggr_fn.expressions import CONTAINERS, copied
from daggr_fn.kinds import CURRENT_CALL, Call, NodeKind
from daggr_fn.stand_ins import acting, stand_in

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from daggr_fn.execution.tasks import Task
    from daggr_fn.expressions import Cells
    from daggr_fn.limits import Limit


def invoke(task: Task, call: Call) -> Any:
    """Call a task's node with its inputs, in this thread."""
    CURRENT_CALL.set(call)
    return _acting(task).call(_made_ready(task), call)


async def ainvoke(task: Task, call: Call) -> Any:
    """Call a task's async node with its inputs."""
    CURRENT_CALL.set(call)
    return await _acting(task).call(_made_ready(task), call)


async def ainvoke_in_time(task: Task, call: Call) -> Any:
    """The same, within the step's `timeout`.

    Raises:
        StepTimeout: It took longer.
    """
    seconds = task.step.options.timeout_seconds
    try:
        with anyio.fail_after(seconds):
            return await ainvoke(task, call)
    except TimeoutError as error:
        if seconds is None or time.perf_counter() - task.started < seconds:  # it is the node's own
            raise
        raise StepTimeout(f"{task.step.name} took longer than {seconds:g} s") from error


async def outcome_of(task: Task, call: Call) -> tuple[Any, BaseException | None]:
    """The value of a task's async node, or what it failed with, within the step's time.

    Raises:
        BaseException: The task group's own cancellation.
    """
    seconds = task.step.options.timeout_seconds
    value: Any = None
    try:
        with anyio.fail_after(seconds) as task.scope:
            if not task.abandoned:
                value = await ainvoke(task, call)
    except TimeoutError as error:
        expired = seconds is not None and time.perf_counter() - task.started >= seconds
        return None, StepTimeout(f"{task.step.name} took longer than {seconds:g} s") if expired else error
    except BaseException as error:  # all that a node may raise, SystemExit too, belongs to its step
        if isinstance(error, anyio.get_cancelled_exc_class()) and is_cancelled():
            raise
        # Also a cancellation of the node's own, which a task group would take for the end of a task, so that the run
        # never ended.
        return None, error
    return value, None


def _acting(task: Task) -> NodeKind:
    kind = task.step.kind
    if stand_in(kind) is None:
        return kind
    task.note = "by a fake"
    return acting(kind)


def _made_ready(task: Task) -> dict[str, Any]:
    options, inputs = task.step.options, task.inputs or {}
    if options.retries is not None:  # what an attempt does to its lists is not to be seen by the next one
        inputs = copied(inputs)
    return inputs if options.preprocess is None else options.preprocess(dict(inputs))


def new_call(task: Task, limits: tuple[Limit, ...] = (), depth: int = 0) -> Call:
    """The call of a task that begins now."""
    step = task.step
    postprocess = step.options.postprocess
    return Call(step.name, task.index, limits=limits, depth=depth, attempt=task.attempt, postprocess=postprocess)


def evaluated(task: Task, cells: Cells) -> dict[str, Any]:
    """The inputs of a task, but for what is drawn; containers are copies, so that what a node does to them stays."""
    step, index = task.step, task.index
    inputs = copied(step.fixed)
    for name, edge in step.edges.items():
        value = edge.value(cells, index[: len(edge.axes)] if index else index)
        inputs[name] = copied(value) if type(value) in CONTAINERS else value
    return inputs  # type: ignore[no-any-return]  # a copy of a dict


def call_again(task: Task, cells: Cells) -> Any:
    """Call a failed task's node once more, alone and in this thread, with what it was called with then."""
    call = new_call(task)
    drawn = {name: (task.inputs or {})[name] for name in task.step.sources}
    task.inputs = {**evaluated(task, cells), **drawn}
    if not task.step.kind.is_async:
        return contextvars.copy_context().run(invoke, task, call)
    return anyio.run(ainvoke, task, call)


def shown_inputs(task: Task) -> dict[str, Any]:
    """The inputs of a task as they may be shown."""
    return hidden(task.inputs or {}, task.step.secrets)


def hidden(inputs: Mapping[str, Any], secrets: Collection[str]) -> dict[str, Any]:
    """Inputs, of which those that are secret do not tell what they are."""
    return {name: Hidden(value) if name in secrets else value for name, value in inputs.items()}
