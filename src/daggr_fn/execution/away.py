"""Tasks whose call is made elsewhere: which they are, how they are sent, and what is heard of them."""

from __future__ import annotations

import contextvars
import os
from typing import TYPE_CHECKING, Any, Protocol

import anyio

from daggr_fn import files
from daggr_fn.errors import RunnerError
from daggr_fn.execution.calling import ainvoke, invoke
from daggr_fn.execution.runners import Backend, Errand, backend_of
from daggr_fn.execution.runners.parcels import Code, Message, Parcel
from daggr_fn.execution.runners.pickles import CantTravel, dumps

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from daggr_fn.execution.state import Task
    from daggr_fn.graph import Step
    from daggr_fn.kinds import Call
    from daggr_fn.limits import Limit
    from daggr_fn.plan import Plan


class Listener(Protocol):
    """What is told of a call that is made elsewhere; from any thread, and it must not block."""

    def call_began(self, task: Task) -> None: ...
    def call_ended(self, task: Task, value: Callable[[], Any]) -> None: ...


class Away:
    """The tasks of a run that are carried out elsewhere.

    Args:
        plan: Which steps they are.
        listener: Told of their calls.
        context: In which a call is made that stays in this process.
    """

    def __init__(self, plan: Plan, listener: Listener, context: contextvars.Context) -> None:
        self._plan = plan
        self._listener = listener
        self._context = context
        self._backends = _backends(plan)
        self._code: dict[Step, bytes] = {}

    def takes(self, task: Task) -> bool:
        """Whether the call of a task is made elsewhere."""
        return task.step in self._backends

    def limit(self, task: Task) -> Limit | None:
        """The places of where a task goes, if they are counted here."""
        return self._backends[task.step].limit

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
            lambda value: self._listener.call_ended(task, value),
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
            self._listener.call_began(task)
        elif what == "progress":
            call.progress(first, second)
        else:
            call.partial(first)


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
