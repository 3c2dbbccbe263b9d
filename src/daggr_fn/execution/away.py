"""Tasks whose call is made elsewhere: which they are, how they are sent, and what is heard of them."""

from __future__ import annotations

import contextvars
import functools
import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import anyio

from daggr_fn import files
from daggr_fn.clock import CLOCK
from daggr_fn.errors import RunnerError
from daggr_fn.execution.calling import ainvoke, invoke
from daggr_fn.execution.runners import Backend, Errand, backend_of
from daggr_fn.execution.runners.parcels import Code, Message, Parcel
from daggr_fn.execution.runners.pickles import CantTravel, dumps

if TYPE_CHECKING:
    from collections.abc import Mapping

    from daggr_fn.execution.tasks import Task
    from daggr_fn.graph import Step
    from daggr_fn.kinds import Call
    from daggr_fn.limits import Limit
    from daggr_fn.plan import Plan


Over = Callable[["Task", Callable[[], Any]], None]
"""Told of a call that is over, with what gives its value or raises what the node raised; must not block."""


class Away:
    """The tasks of a run that are carried out elsewhere.

    Args:
        plan: Which steps they are.
        context: In which a call is made that stays in this process.
        over: Told of each call that is over.
        expire: Told of a call that has taken longer than its seconds.
    """

    def __init__(
        self, plan: Plan, context: contextvars.Context, over: Over, expire: Callable[[Task, float], None]
    ) -> None:
        self._context = context
        self._over = over
        self._expire = expire
        self._backends = _backends(plan)
        self._code: dict[Step, bytes] = {}

    def takes(self, task: Task) -> bool:
        """Whether the call of a task is made elsewhere."""
        return task.step in self._backends

    def limits(self, task: Task) -> tuple[Limit, ...]:
        """The places of where a task goes, if they are counted here."""
        limit = self._backends[task.step].limit
        return () if limit is None else (limit,)

    def refers(self, task: Task) -> bool:
        """Whether a task goes where values are held, so that its inputs can refer to them."""
        return hasattr(self._backends[task.step], "fetch")

    def send(self, task: Task, call: Call) -> None:
        """Have a task's call made; cancelling the call cancels it there.

        Raises:
            RunnerError: It can't be sent; says why.
        """
        backend = self._backends[task.step]
        errand = Errand(
            _title(task),
            lambda inputs: self._parcel(task, backend, inputs),
            lambda: self._context.copy().run(_called_here, task, call),
            task.inputs or {},
            lambda message: self._heard(task, call, message),
            lambda give: self._over(task, give),
        )
        cancel = backend.send(errand)
        call.waits_for.append(cancel)
        if call.cancelled:
            cancel()

    def _parcel(self, task: Task, backend: Backend, inputs: bytes) -> Parcel:
        code = self._code_of(task.step, backend)
        return Parcel(code, inputs, task.step.name, task.index, task.attempt, str(files.home()), os.getpid())

    def _code_of(self, step: Step, backend: Backend) -> bytes:
        """What a step does, packed once for the run: its globals and closures are those of when it first ran."""
        found = self._code.get(step)
        if found is None:
            code = Code(step.kind, step.options.preprocess, step.options.postprocess)
            try:
                found = self._code[step] = dumps(code)
            except CantTravel as error:
                raise self._stays(step, backend, error) from error
        return found

    def _stays(self, step: Step, backend: Backend, error: CantTravel) -> RunnerError:
        message = f"step {step.name!r} can't go to the runner {backend.name!r}: its function needs what stays: {error}"
        return RunnerError(f"{message}\n  instead  make it inside of the function, or runner='thread' for this node")

    def _heard(self, task: Task, call: Call, message: Message) -> None:
        what, first, second = message
        if what == "began":
            self._began(task)
        elif what == "progress":
            call.progress(first, second)
        else:
            call.partial(first)

    def _began(self, task: Task) -> None:
        """The call goes on from now on: its time runs. When a worker was lost, it began before."""
        seconds = task.step.options.timeout_seconds
        if seconds is not None and task.timer is None and not task.abandoned:
            task.timer = CLOCK.after(seconds, functools.partial(self._expire, task, seconds))


def _called_here(task: Task, call: Call) -> Any:
    return anyio.run(ainvoke, task, call) if task.step.kind.is_async else invoke(task, call)


def _backends(plan: Plan) -> Mapping[Step, Backend]:
    found: dict[Step, Backend] = {}
    known: dict[int, Backend | None] = {}
    for step in plan.selected:
        runner = plan.runner(step)
        if id(runner) not in known:
            known[id(runner)] = backend_of(runner)
        backend = known[id(runner)]
        if backend is not None:
            found[step] = backend
    return found


def _title(task: Task) -> str:
    return task.step.name + "".join(f"[{i}]" for i in task.index)
