"""One run of a plan, from its beginning to its end; the scheduler carries its tasks out."""

from __future__ import annotations

import functools
import threading
import time
import uuid
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

from daggr_fn import events, limits
from daggr_fn.branching import forgiven
from daggr_fn.clock import CLOCK, Timer
from daggr_fn.errors import NoValue, StepFailed, in_words
from daggr_fn.execution.calling import call_again, shown_inputs
from daggr_fn.execution.log import FullLog, Log, ShortLog
from daggr_fn.execution.loops import Host, in_running_loop, wait_in_task
from daggr_fn.execution.scheduler import Scheduler
from daggr_fn.execution.state import RunState
from daggr_fn.execution.tasks import NOTHING, Ended, Task
from daggr_fn.execution.turns import Turns
from daggr_fn.execution.workers import WORKERS
from daggr_fn.expressions import Expression, Index, cell, copied
from daggr_fn.kinds import CURRENT_CALL, Call
from daggr_fn.values import LET_GO

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from daggr_fn.graph import Step
    from daggr_fn.plan import Plan


class Execution:
    """One run of a plan.

    Args:
        plan: What to do.
        keeps: Whether the values of all steps, and all events, are kept; else values go when nobody needs them.
        listen: Called with each event, from any thread; must not block.
        when_over: Called once the run is over; must not block.
        before: What an earlier run of the same graph has done.
    """

    def __init__(
        self,
        plan: Plan,
        *,
        keeps: bool = True,
        listen: Callable[[events.Event], None] | None = None,
        when_over: Callable[[], None] | None = None,
        before: Ended = NOTHING,
    ) -> None:
        self.plan = plan
        self.id = uuid.uuid4().hex[:12]
        self._short_log = None if keeps else ShortLog(self._kept_value)
        self.log: Log = self._short_log or FullLog()
        items = plan.settings.items
        self.state = RunState(plan.inputs, plan.selected, plan.left_out, self.say, plan.given, before, items)
        if not keeps:
            self.state.let_go(plan.graph.takers, targets_of(plan))
        self.cancelled = False
        self.timed_out = False
        self.stopped = False
        self.error: Exception | None = None
        self.done = threading.Event()
        self.caller = CURRENT_CALL.get()
        self.host = Host()
        self.depth = 0 if self.caller is None else self.caller.depth
        self._listen = listen
        self._when_over = when_over
        self._began = time.perf_counter()
        self._timer: Timer | None = None
        self._ending = threading.Lock()
        self.turns = Turns(plan, before.turns, self.say)
        self._scheduler: Scheduler | None = self.scheduler()

    def scheduler(self) -> Scheduler:
        """What carries the tasks out."""
        return Scheduler(self)

    # ---- what others call

    def start(self) -> None:
        """Begin: what is ready is dispatched."""
        self.say(events.RunStarted(self.id, self.plan.graph.name))
        for step, reason in self.plan.left_out.items():
            self.say(events.StepSkipped(step.name, (), reason))
        if self.plan.settings.timeout is not None:
            self._timer = CLOCK.after(self.plan.settings.timeout, self._run_out)
        if self._scheduler is not None:
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
        scheduler = self._scheduler
        for task in scheduler.abandon_all() if scheduler is not None else ():
            self.say(events.StepCancelled(task.step.name, task.index))
        self.host.cancel()
        self._end("cancelled")

    def stop(self, step: str) -> None:
        """Cancel one step; what needs it is skipped, and the rest goes on. The run ends as cancelled if none failed."""
        scheduler = self._scheduler
        if scheduler is not None:
            self.stopped = True
            scheduler.stop(self.plan.graph.step(step))

    def _run_out(self) -> None:
        """The run took too long."""
        self.timed_out = True
        self.cancel()

    def say(self, event: events.Event) -> None:
        """Add an event."""
        if isinstance(event, (events.StepErrored, events.StepRetrying)) and event.error is not None:
            event.why = in_words(event.error, self.plan.secrets)
        self.log.add(event)
        if self._listen is not None:
            self._listen(event)

    @property
    def is_heard(self) -> bool:
        """Whether somebody hears, or something keeps, what is said on the way of a call."""
        return self._short_log is None or self._listen is not None

    def say_started(self, task: Task) -> None:
        """A call begins. Here and below no event is made that nobody hears and nothing keeps."""
        if self.is_heard:
            runner = self.plan.runner(task.step).name if task.away else ""
            self.say(events.StepStarted(task.step.name, task.index, task.attempt, runner))

    def say_finished(self, task: Task, value: Any, seconds: float) -> None:
        """A call has ended well."""
        if self._short_log is not None and self._listen is None:
            self._short_log.add_finished(task.step.name, task.index, seconds, task.attempt, task.note)
        else:
            name, index, key = task.step.name, task.index, task.key or ""
            self.say(events.StepFinished(name, index, value, seconds, task.note, key, task.attempt))

    def _kept_value(self, step: str, index: Index) -> Any:
        return self.state.values.get(cell(self.plan.graph.steps[step], index), LET_GO)

    def ended(self) -> Ended:
        """What is done, for a run that goes on from here."""
        return replace(self.state.ended(), turns={**self.state.before.turns, **self.turns.finished})

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
                found.append(
                    StepFailed(
                        unit.step.name, error, index=unit.index, place=unit.step.place, secrets=self.plan.secrets
                    )
                )
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
        try:
            if result.absent(self.state, ()) is not None:
                return False
            result.value(self.state, ())  # of a condition one side has run, so that no list of steps tells
        except Exception:  # noqa: BLE001  # a step has not ended, or there is no such part: `error` tells
            return False
        return True

    def _why_no_result(self) -> Exception | None:
        """What keeps the values of the steps, which have all ended well, from making what the pipeline returns."""
        settings, result = self.plan.settings, self.plan.graph.result
        partly = settings.only or settings.items or settings.sheet
        if partly or self.state.held or not self.plan.graph.may_not_return:  # held values stay where they are
            return None
        try:
            if result.absent(self.state, ()) is None:
                result.value(self.state, ())
        except Exception as error:  # noqa: BLE001  # conditions and texts run the user's __bool__ and __format__
            return error
        return None

    def _failure(self, task: Task, error: BaseException) -> StepFailed:
        within = error.__cause__ if getattr(task.step.kind, "takes_turns", False) else None  # what failed in the turn
        again = functools.partial(call_again, task, self.state)
        return StepFailed(
            task.step.name,
            error,
            index=task.index,
            inputs=shown_inputs(task),
            place=task.step.place,
            reproduce=within.reproduce if isinstance(within, StepFailed) else again,
            attempts=task.attempt,
            secrets=self.plan.secrets,
        )

    def end_if_over(self) -> None:
        """Say so when every task has ended."""
        if self.state.over and not self.done.is_set():
            self._end(self._how_it_ended())

    def _how_it_ended(self) -> Literal["done", "failed", "cancelled"]:
        if self.failures:
            return "failed"
        if self.stopped:
            return "cancelled"
        self.error = self._why_no_result()
        return "failed" if self.error is not None else "done"

    def _end(self, status: Any) -> None:
        with self._ending:
            if self.done.is_set():
                return
            self.say(events.RunEnded(self.id, status, time.perf_counter() - self._began))
            self.done.set()
        if self._timer is not None:
            self._timer.cancel()
        self.host.close()
        self.state.close()
        self._scheduler = None  # it knows the run: what is over should go without Python's garbage collector
        if self._when_over is not None:
            self._when_over()


def targets_of(plan: Plan) -> list[Step]:
    """The steps that a run was asked for by `only`."""
    return [plan.graph.step(target.strip("+")) for target in plan.settings.only]
