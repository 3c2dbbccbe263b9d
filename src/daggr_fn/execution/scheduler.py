"""The scheduler: carries out the tasks of one run, in the process's workers and on an event loop.

The way of a task: its inputs are evaluated, a remembered result is looked up, one computation per key goes on, its
limits are entered, its node is called, the result is stored, and what that makes ready follows. A step starts the moment
its inputs are there; nothing here ever blocks a thread for another task.
"""

from __future__ import annotations

import contextvars
import functools
import logging
import threading
import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import anyio

from daggr_fn import events, limits
from daggr_fn.errors import InvalidInputError, StepFailed, StepTimeout
from daggr_fn.execution.calling import ainvoke, call_again, invoke, new_call, shown_inputs
from daggr_fn.execution.clock import CLOCK, Timer
from daggr_fn.execution.loops import Host, in_running_loop, loop_thread, wait_in_task
from daggr_fn.execution.results import CallFolder
from daggr_fn.execution.reuse import Reuse, Waiting
from daggr_fn.execution.state import RunState, Task
from daggr_fn.execution.workers import WORKERS, Work
from daggr_fn.expressions import Expression, copied
from daggr_fn.kinds import CURRENT_CALL, Call
from daggr_fn.limits import Limit, in_order
from daggr_fn.plan import Plan
from daggr_fn.tracing import TRACE

logger = logging.getLogger("daggr_fn")


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
        carried: dict[tuple[str, tuple[int, ...]], Any] | None = None,
    ) -> None:
        self.plan = plan
        self.id = uuid.uuid4().hex[:12]
        self.events: list[events.Event] = []
        self.state = RunState(plan.inputs, plan.selected, plan.left_out, self.say, plan.given)
        self.cancelled = False
        self.timed_out = False
        self.done = threading.Event()
        self.caller = CURRENT_CALL.get()
        self.host = Host()
        self._depth = 0 if self.caller is None else self.caller.depth
        self._carried = carried or {}
        self._listen = listen
        self._began = time.perf_counter()
        self._timer: Timer | None = None
        self._running: set[Task] = set()
        self._ending = threading.Lock()
        self._context = contextvars.copy_context()
        self._context.run(TRACE.set, None)
        self._run_limit = Limit(plan.settings.workers) if plan.settings.workers is not None else None
        self._reuse = Reuse(plan, self.state, plan.memory) if plan.memory is not None else None

    # ---- what others call

    def start(self) -> None:
        """Begin: what is ready is dispatched."""
        self.say(events.RunStarted(self.id, self.plan.graph.name))
        for step, reason in self.plan.left_out.items():
            self.say(events.StepSkipped(step.name, (), reason))
        if self.plan.settings.timeout is not None:
            self._timer = CLOCK.after(self.plan.settings.timeout, self._run_out)
        self.dispatch(self.state.begin())
        self._end_if_over()

    def wait(self) -> None:
        """Block until the run is over; at Ctrl-C the run is cancelled and left behind."""
        self._depth += in_running_loop()
        self.start()
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
    def _called_by(self, caller: Call | None) -> Iterator[None]:
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
            running = list(self._running)
        for task in running:
            self._abandon(task)
            self.say(events.StepCancelled(task.step.name, task.index))
        self.host.cancel()
        self._end("cancelled")

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
            if unit.step.tolerated and unit.index:
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
        value = result.value(self.state, ())
        return copied(value) if self.plan.graph.copies_result else value

    def has_value(self, result: Any) -> bool:
        """Whether everything that a result needs has ended well."""
        if not isinstance(result, Expression):
            return True
        values = self.state.values
        return all(key in values for key in result.keys(())) and result.absent(self.state, ()) is None

    def finished(self) -> dict[tuple[str, tuple[int, ...]], Any]:
        """The values of all calls that ended well, by step name and index: what a resumed run carries over."""
        found: dict[tuple[str, tuple[int, ...]], Any] = {}
        for key, value in list(self.state.values.items()):
            step, *index = key if isinstance(key, tuple) else (key,)
            if ... not in index:
                found[step.name, tuple(index)] = value
        return found

    # ---- the way of a task

    def dispatch(self, tasks: Iterable[Task]) -> None:
        """Have ready tasks carried out."""
        work: list[Work] = []
        for task in tasks:
            if task.step.kind.is_async and self._goes_straight(task):
                if self._evaluate(task):
                    self._send(task)
            else:
                work.append(functools.partial(self.advance, task))
        if work:
            WORKERS.put(work)

    def _goes_straight(self, task: Task) -> bool:
        """Whether an async task has nothing to do in a worker first: nothing to look up, no limit to enter."""
        step = task.step
        return not (step.limits or step in self.plan.given or self._carried or self.plan.looks_up(step))

    def advance(self, task: Task) -> Work | None:
        """Take a task as far as it goes in this thread; what to go on with."""
        if self.cancelled:
            return None
        if task.inputs is None:
            ready = self._prepare(task)
            if ready is not None:
                return self._follow(ready)
        if not task.admitted and not self._admit(task):
            return None
        if task.step.kind.is_async:
            self._send(task)
            return None
        return self._follow(self._call(task))

    def _follow(self, ready: list[Task]) -> Work | None:
        """Go on with one of the tasks that became ready; the others are for other threads."""
        if not ready:
            return None
        for place, task in enumerate(ready):
            if not task.step.kind.is_async:
                del ready[place]
                if ready:
                    self.dispatch(ready)
                return functools.partial(self.advance, task)
        self.dispatch(ready)
        return None

    def _prepare(self, task: Task) -> list[Task] | None:
        """Evaluate the inputs and look for a value; `None` when the node is to be called."""
        try:
            carried = self._carried_value(task)
        except InvalidInputError as error:
            return self._failed_before(task, error)
        if carried is not None:
            return self._ended_reused(task, *carried)
        if not self._evaluate(task):
            return []
        if self._reuse is None or not self.plan.looks_up(task.step):
            return None
        try:
            found = self._reuse.look(task, functools.partial(self._ask_again, task))
        except Waiting:
            return []
        except Exception as error:  # noqa: BLE001  # whatever a user's value does when it is digested
            return self._failed_before(task, error)
        if found is None:
            return None
        entry, value = found
        return self._ended_reused(task, value, task.note or "the same request was made before", entry.seconds)

    def _carried_value(self, task: Task) -> tuple[Any, str] | None:
        if not self._carried and not self.plan.given:
            return None
        if task.step in self.plan.given:
            return self.state.item_of(self.plan.given[task.step], task), "given"
        key = (task.step.name, task.index)
        if key in self._carried:
            return self._carried[key], "kept from the run that failed"
        return None

    def _evaluate(self, task: Task) -> bool:
        """Work out the inputs; false when that failed."""
        step, index = task.step, task.index
        inputs = copied(step.fixed)
        try:
            for name, edge in step.edges.items():
                value = edge.value(self.state, index[: len(edge.axes)] if index else index)
                inputs[name] = copied(value) if name in step.copies else value
            for name, source in step.sources.items():
                inputs[name] = source()
        except Exception as error:  # noqa: BLE001  # a source is the user's; an expression runs the user's __getitem__
            task.inputs = inputs
            self.dispatch(self._failed_before(task, error))
            return False
        task.inputs = inputs
        return True

    def _ask_again(self, task: Task) -> None:
        task.inputs = None
        WORKERS.put([functools.partial(self.advance, task)])

    # ---- limits

    def _admit(self, task: Task) -> bool:
        wanted = task.step.limits
        if self._run_limit is not None and not task.step.kind.is_async:
            wanted = in_order((*wanted, self._run_limit))
        if not wanted:
            task.admitted = True
            return True
        task.admitted = True
        task.limits = wanted
        again = functools.partial(self.advance, task)
        waiter = limits.Waiter(
            wanted, self.caller is not None, lambda: WORKERS.put([again]), functools.partial(self._given_up, task)
        )
        return limits.enter(waiter)

    def _given_up(self, task: Task) -> bool:
        return self.cancelled

    # ---- the call of a node

    def _call(self, task: Task) -> list[Task]:
        """Call a node in this thread."""
        call, timer = self._begin_call(task)
        try:
            value = self._context.copy().run(self._invoke, task, call)
        except BaseException as error:  # noqa: BLE001  # whatever a node raises, SystemExit too, belongs to its step
            return self._after_call(task, timer, error=error)
        return self._after_call(task, timer, value=value)

    def _begin_call(self, task: Task) -> tuple[Call, Timer | None]:
        call = task.call = new_call(task, task.limits, self._depth)
        call.on_progress, call.on_partial, call.scratch = self._say_progress, self._say_partial, CallFolder()
        self._running.add(task)
        self.say(events.StepStarted(task.step.name, task.index))
        task.started = time.perf_counter()
        seconds = task.step.options.timeout_seconds
        if seconds is None or task.step.kind.is_async:
            return call, None
        return call, CLOCK.after(seconds, functools.partial(self._expire, task, seconds))

    def _invoke(self, task: Task, call: Call) -> Any:
        return invoke(task, call)

    def _send(self, task: Task) -> None:
        """Call an async node on the run's event loop."""
        if not self.host.started:
            self.host.started = True
            loop_thread(self._depth).start(self.host)
        self.host.send((functools.partial(self._await_call, task), self._context.copy()))

    async def _await_call(self, task: Task) -> None:
        call, _ = self._begin_call(task)
        seconds = task.step.options.timeout_seconds
        try:
            with anyio.fail_after(seconds):
                value = await ainvoke(task, call)
        except TimeoutError as error:
            expired = seconds is not None and time.perf_counter() - task.started >= seconds
            failure = StepTimeout(f"{task.step.name} took longer than {seconds:g} s") if expired else error
            work = functools.partial(self._after_call, task, None, error=failure)
        except Exception as error:  # noqa: BLE001  # whatever the node raises belongs to its step
            work = functools.partial(self._after_call, task, None, error=error)
        except BaseException:
            self._leave(task)
            raise
        else:
            work = functools.partial(self._after_call, task, None, value=value)
        if self._reuse is None or task.key is None:
            self.dispatch(work())
            self._end_if_over()
        else:  # storing is no work for an event loop
            WORKERS.put([lambda: self._follow(work())])

    def _expire(self, task: Task, seconds: float) -> None:
        """A function took too long: it is left behind, and keeps its place in its limit until it ends."""
        with self._ending:
            if task.ended or task.abandoned:
                return
            self._abandon(task)
        error = StepTimeout(f"{task.step.name} took longer than {seconds:g} s")
        self.dispatch(self._failed(task, error))
        self._end_if_over()

    def _abandon(self, task: Task) -> None:
        task.abandoned = True
        if task.call is not None:
            task.call.cancel()
        if self._reuse is not None:
            self._reuse.end(task)

    # ---- after the call

    def _after_call(
        self, task: Task, timer: Timer | None, *, value: Any = None, error: BaseException | None = None
    ) -> list[Task]:
        if timer is not None:
            timer.cancel()
            with self._ending:
                task.ended = not task.abandoned
        folder = task.call.scratch if task.call is not None else None
        try:
            if task.abandoned or self.cancelled:
                return []
            if error is None and isinstance(folder, CallFolder):
                value = folder.kept(value)
            if error is not None:
                return self._failed(task, error)
            return self._finished(task, value)
        except OSError as broken:  # the disk, while a result's files are kept
            return self._failed(task, broken)
        finally:
            if isinstance(folder, CallFolder):
                folder.remove()
            self._leave(task)
            self._end_if_over()

    def _leave(self, task: Task) -> None:
        self._running.discard(task)
        if self._reuse is not None and task.key is not None:
            self._reuse.end(task)
        if task.limits:
            limits.leave(task.limits)
            task.limits = ()

    def _finished(self, task: Task, value: Any) -> list[Task]:
        seconds = time.perf_counter() - task.started
        if self._reuse is not None and task.key is not None:
            self._reuse.store(task, value, self.plan.graph.name, seconds)
        self.say(events.StepFinished(task.step.name, task.index, value, seconds, task.note))
        return self.state.finish(task, value)

    def _ended_reused(self, task: Task, value: Any, reason: str, saved: float = 0.0) -> list[Task]:
        self.say(events.StepReused(task.step.name, task.index, value, reason, saved))
        ready = self.state.finish(task, value)
        self._end_if_over()
        return ready

    def _failed_before(self, task: Task, error: BaseException) -> list[Task]:
        """A task failed before its node was called."""
        ready = self._failed(task, error)
        self._end_if_over()
        return ready

    def _failed(self, task: Task, error: BaseException) -> list[Task]:
        seconds = time.perf_counter() - task.started if task.started else 0.0
        inputs = shown_inputs(task)
        self.say(events.StepErrored(task.step.name, task.index, error, seconds, inputs))
        logger.debug("step %s failed", task.step.name, exc_info=error)
        return self.state.fail(task, error)

    def _failure(self, task: Task, error: BaseException) -> StepFailed:
        return StepFailed(
            task.step.name,
            error,
            index=task.index,
            inputs=shown_inputs(task),
            place=task.step.place,
            reproduce=functools.partial(call_again, task),
        )

    # ---- progress and the end

    def _say_progress(self, call: Call, fraction: float | None, text: str) -> None:
        if not call.cancelled:
            self.say(events.StepProgress(call.step, call.index, fraction, text))

    def _say_partial(self, call: Call, value: Any) -> None:
        if not call.cancelled:
            self.say(events.StepPartial(call.step, call.index, value))

    def _end_if_over(self) -> None:
        if self.state.over and not self.done.is_set():
            self._end("failed" if self.failures else "done")

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
