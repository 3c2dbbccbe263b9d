"""One run of a plan, from its beginning to its end; the scheduler carries its tasks out."""

from __future__ import annotations

import functools
import threading
import time
import uuid
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from daggr_fn import events, limits
from daggr_fn.branching import forgiven
from daggr_fn.clock import CLOCK, Timer
from daggr_fn.errors import NoValue, StepFailed
from daggr_fn.execution.calling import call_again, shown_inputs
from daggr_fn.execution.loops import Host, in_running_loop, wait_in_task
from daggr_fn.execution.scheduler import Scheduler
from daggr_fn.execution.state import RunState, Task
from daggr_fn.execution.workers import WORKERS
from daggr_fn.expressions import Expression, copied
from daggr_fn.kinds import CURRENT_CALL, Call
from daggr_fn.values import class_of

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from daggr_fn.plan import Plan

Carried = dict[tuple[str, tuple[int, ...]], Any]
"""Values of steps by name and index."""


class Execution:
    """One run of a plan.

    Args:
        plan: What to do.
        listen: Called after each event, from any thread; must not block.
        carried: Values of steps that an earlier run of the same graph finished, by step name and index.
    """

    def __init__(
        self,
        plan: Plan,
        *,
        listen: Callable[[], None] | None = None,
        carried: Carried | None = None,
    ) -> None:
        self.plan = plan
        self.id = uuid.uuid4().hex[:12]
        self.events: list[events.Event] = []
        self.state = RunState(plan.inputs, plan.selected, plan.left_out, self.say, plan.given)
        self.cancelled = False
        self.timed_out = False
        self.stopped = False
        self.done = threading.Event()
        self.caller = CURRENT_CALL.get()
        self.host = Host()
        self.depth = 0 if self.caller is None else self.caller.depth
        self._listen = listen
        self._began = time.perf_counter()
        self._timer: Timer | None = None
        self._ending = threading.Lock()
        self._scheduler = self.scheduler(carried or {})

    def scheduler(self, carried: Carried) -> Scheduler:
        """What carries the tasks out."""
        return Scheduler(self, carried)

    # ---- what others call

    def start(self) -> None:
        """Begin: what is ready is dispatched."""
        self.say(events.RunStarted(self.id, self.plan.graph.name))
        for step, reason in self.plan.left_out.items():
            self.say(events.StepSkipped(step.name, (), reason))
        if self.plan.settings.timeout is not None:
            self._timer = CLOCK.after(self.plan.settings.timeout, self._run_out)
        self._scheduler.dispatch(self.state.begin())
        self.end_if_over()

    def wait(self) -> None:
        """Carry the run out, and block until it is over."""
        self.begin()
        self.join()

    def begin(self) -> None:
        """Start the run for a caller who is going to block."""
        self.depth += in_running_loop()
        self.start()

    def join(self) -> None:
        """Block until the run is over; at Ctrl-C the run is cancelled and left behind."""
        if self.done.is_set():
            return
        if self.caller is None:
            self._wait()
            return
        with self._called_by(self.caller), WORKERS.lent():
            self._wait()

    def _wait(self) -> None:
        try:
            if in_running_loop():
                wait_in_task(self.done)
            else:
                self.done.wait()
        except BaseException:
            self.cancel()
            self.host.ended.wait(0.5 if self.host.started else 0)  # time for the remote apps to hear of it
            raise

    async def serve(self) -> None:
        """Carry the run out with its async steps in the caller's event loop."""
        self.host.started = True
        try:
            with self._called_by(self.caller):
                self.start()
                await self.host.serve()
        except BaseException:
            self.cancel()
            raise

    @contextmanager
    def _called_by(self, caller: Call | None) -> Generator[None, None, None]:
        """While a node waits for this run, its places are lent, and cancelling the node cancels the run."""
        if caller is None:
            yield
            return
        caller.waits_for.append(self.cancel)
        limits.lend(caller.limits)
        try:
            yield
        finally:
            limits.reclaim(caller.limits)
            caller.waits_for.remove(self.cancel)

    def cancel(self) -> None:
        """End the run now for its caller; what can't be stopped goes on unheard, in its place of its limit."""
        with self._ending:
            if self.cancelled or self.done.is_set():
                return
            self.cancelled = True
        for task in self._scheduler.abandon_all():
            self.say(events.StepCancelled(task.step.name, task.index))
        self.host.cancel()
        self._end("cancelled")

    def stop(self, step: str) -> None:
        """Cancel one step; what needs it is skipped, and the rest goes on. The run ends as cancelled if none failed."""
        if not self.done.is_set():
            self.stopped = True
            self._scheduler.stop(self.plan.graph.step(step))

    def _run_out(self) -> None:
        """The run took too long."""
        self.timed_out = True
        self.cancel()

    def say(self, event: events.Event) -> None:
        """Add an event."""
        self.events.append(event)
        if self._listen is not None:
            self._listen()

    @property
    def failures(self) -> list[StepFailed]:
        """The failures that nobody forgave, as the errors that users get."""
        found: list[StepFailed] = []
        for unit, error in self.state.failures:
            is_item = isinstance(unit, Task) and bool(unit.index)
            if forgiven(unit.step.ways_on, error, is_item=is_item):
                continue
            if isinstance(unit, Task):
                found.append(self._failure(unit, error))
            else:
                found.append(StepFailed(unit.step.name, error, index=unit.index, place=unit.step.place))
        return found

    def value(self, result: Any) -> Any:
        """The value of what the pipeline returns, or of one of its outputs."""
        if not isinstance(result, Expression):
            return copied(result)
        missing = result.absent(self.state, ()) if self.state.missing else None
        if missing is not None:
            raise NoValue(f"{self.plan.graph.name} has no value: {missing.reason}") from missing.failure
        return copied(result.value(self.state, ()))

    def has_value(self, result: Any) -> bool:
        """Whether everything that a result needs has ended well."""
        if not isinstance(result, Expression):
            return True
        values = self.state.values
        return all(key in values for key in result.keys(())) and result.absent(self.state, ()) is None

    def finished(self) -> Carried:
        """The values of all calls that ended well, by step name and index: what a resumed run carries over."""
        found: Carried = {}
        for key, value in list(self.state.values.items()):
            step, *index = key if class_of(key) is tuple else (key,)
            if ... not in index:
                found[step.name, tuple(index)] = value
        return found

    def _failure(self, task: Task, error: BaseException) -> StepFailed:
        return StepFailed(
            task.step.name,
            error,
            index=task.index,
            inputs=shown_inputs(task),
            place=task.step.place,
            reproduce=functools.partial(call_again, task, self.state),
            attempts=task.attempt,
        )

    def end_if_over(self) -> None:
        """Say so when every task has ended."""
        if self.state.over and not self.done.is_set():
            self._end("failed" if self.failures else "cancelled" if self.stopped else "done")

    def _end(self, status: Any) -> None:
        with self._ending:
            if self.done.is_set():
                return
            self.say(events.RunEnded(self.id, status, time.perf_counter() - self._began))
            self.done.set()
        if self._timer is not None:
            self._timer.cancel()
        self.host.close()
        if self._listen is not None:
            self._listen()
