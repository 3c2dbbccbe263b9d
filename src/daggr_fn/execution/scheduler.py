"""The scheduler: carries out the tasks of one run, in the process's workers and on an event loop.

The way of a task: its inputs are evaluated, a remembered result is looked up, one computation per key goes on, its
limits are entered, its node is called, the result is stored, and what that makes ready follows. A step starts the
moment its inputs are there; nothing here ever blocks a thread for another task.
"""

from __future__ import annotations

import contextvars
import functools
import logging
import threading
import time
from typing import TYPE_CHECKING, Any

from daggr_fn import events, limits
from daggr_fn.clock import CLOCK, Timer
from daggr_fn.errors import InvalidInputError, StepSkipped, StepTimeout, message_of
from daggr_fn.execution.admission import Admission
from daggr_fn.execution.attempts import Attempts, next_attempt
from daggr_fn.execution.calling import evaluated, invoke, outcome_of, shown_inputs
from daggr_fn.execution.loops import loop_thread
from daggr_fn.execution.results import CallFolder
from daggr_fn.execution.reuse import Reuse, Waiting
from daggr_fn.execution.telling import Telling
from daggr_fn.execution.workers import WORKERS, Work
from daggr_fn.held import Referring
from daggr_fn.kinds import NotYetAnswered
from daggr_fn.limits import Limit, in_order
from daggr_fn.stand_ins import OF_RUN
from daggr_fn.tracing import TRACE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from daggr_fn.execution.away import Away
    from daggr_fn.execution.execution import Execution
    from daggr_fn.execution.tasks import Task
    from daggr_fn.graph import Step
    from daggr_fn.kinds import Call
    from daggr_fn.remembered import Entry

logger = logging.getLogger("daggr_fn")


class Scheduler:
    """Carries out the tasks of one run.

    Args:
        run: The run, which hears of everything and can be cancelled.
    """

    def __init__(self, run: Execution) -> None:
        plan = run.plan
        self._run = run
        self._plan = plan
        self._state = run.state
        self._before = run.state.before.values
        self._running: set[Task] = set()
        self._stopped: set[Step] = set()
        self._ending = threading.Lock()
        self._context = contextvars.copy_context()
        self._context.run(TRACE.set, None)
        self._context.run(OF_RUN.set, plan.stand_ins)
        workers = plan.settings.workers
        self._run_limit = Limit(workers, later_first=True, name="this run") if workers is not None else None
        self._admission = Admission(run, self._ending, self._take_up_again)
        self._reuse = Reuse(plan, run.state, plan.memory) if plan.memory is not None else None
        self._telling = Telling(run)
        self._attempts = Attempts()
        self._away: Away | None = None
        if plan.has_runners:
            from daggr_fn.execution.away import Away  # with what it needs to pickle

            self._away = Away(plan, self._context, self._came_back, self._expire)

    def abandon_all(self) -> list[Task]:
        """Leave everything behind that goes on now, or waits for another attempt."""
        waiting = self._attempts.end()
        with self._ending:
            running = _last_first(self._running)
            for task in running:
                self._abandon(task)
        for task in running:
            self._let_go(task)
        if self._reuse is not None:
            self._reuse.end_all()
        return running + waiting

    def stop(self, step: Step) -> None:
        """Cancel one step: what goes on of it is left behind, what has not begun will not. The rest goes on."""
        with self._ending:
            self._stopped.add(step)
            running = _last_first(task for task in self._running if task.step is step)
            queued = self._admission.take(step)
            for task in running:
                self._abandon(task)
            for task in queued:
                task.abandoned = True
        for task in running:
            self._let_go(task)
        waiting = self._attempts.take(step)
        for task in waiting:
            self._leave(task)
        for task in (*running, *queued, *waiting):
            self.dispatch(self._cancelled(task))
        self._run.end_if_over()

    # ---- the way of a task

    def dispatch(self, tasks: Iterable[Task]) -> None:
        """Have ready tasks carried out."""
        work: list[Work] = []
        advance = self.advance
        for task in tasks:
            if task.step.kind.is_async and self._goes_straight(task):
                if self._evaluate(task):
                    self._send(task)
            else:
                task.advance = advance
                work.append(task)
        if work:
            WORKERS.put(self, work)

    def _goes_straight(self, task: Task) -> bool:
        """Whether an async task has nothing to do in a worker first: nothing to look up, no limit to enter."""
        step = task.step
        away = self._away is not None and self._away.takes(task)
        if away or step in self._stopped or step in self._plan.given or self._before or self._state.held:
            return False
        return not (step.limits or step.rates or self._plan.looks_up(step))

    def advance(self, task: Task) -> Work | None:
        """Take a task as far as it goes in this thread; what to go on with."""
        try:
            return self._advance(task)
        except Exception as error:  # a bug of ours: the run must end all the same, and tell of it
            logger.exception("step %s could not be carried out", task.step.name)
            return self._follow(self._failed_before(task, error))

    def _advance(self, task: Task) -> Work | None:
        if self._run.cancelled:
            return None
        if task.abandoned:  # while it waited for a place that it has got now
            self._leave(task)
            return None
        if task.step in self._stopped:
            return self._follow(self._stopped_before(task))
        if task.inputs is None:
            task.away = self._away is not None and self._away.takes(task)
            ready = self._prepare(task)
            if ready is not None:
                return self._follow(ready)
            if self._is_gone(task):  # it may have begun to compute a key after all that were being computed were ended
                self._leave(task)
                return None
        if not task.admitted and not self._admit(task):
            return None
        if task.away and self._away is not None:
            return self._follow(self._send_away(task, self._away))
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
                task.advance = self.advance
                return task
        self.dispatch(ready)
        return None

    def _prepare(self, task: Task) -> list[Task] | None:
        """Evaluate the inputs and look for a value; `None` when the node is to be called."""
        try:
            carried = self._state.early_value(task)
        except InvalidInputError as error:
            return self._failed_before(task, error)
        if carried is not None:
            return self._ended_reused(task, *carried)
        if not self._evaluate(task):
            return []
        if self._reuse is None or not self._plan.looks_up(task.step):
            return None
        try:
            found = self._look(task, self._reuse)
        except Waiting:
            return []
        except Exception as error:  # noqa: BLE001  # whatever a user's value does when it is digested
            return self._failed_before(task, error)
        if found is None:
            return None
        return self._ended_reused(task, found[1], task.note or "the same request was made before", found[0].seconds)

    def _look(self, task: Task, reuse: Reuse) -> tuple[Entry, Any] | None:
        waits = False

        def wait(reason: str) -> None:
            nonlocal waits
            waits = True
            self._admission.wait_for_call(task, reason)

        try:
            return reuse.look(task, functools.partial(self._ask_again, task), wait)
        finally:
            if not waits:
                self._admission.waits_no_more(task)

    def _evaluate(self, task: Task) -> bool:
        """Work out the inputs; false when that failed."""
        inputs: dict[str, Any] = {}
        try:
            refers = self._state.held and task.away and self._away is not None and self._away.refers(task)
            inputs = evaluated(task, Referring(self._state) if refers else self._state)
            for name, source in task.step.sources.items():
                inputs[name] = source()
        except Exception as error:  # noqa: BLE001  # a source is the user's; an expression runs the user's __getitem__
            task.inputs = inputs
            self.dispatch(self._failed_before(task, error))
            return False
        task.inputs = inputs
        return True

    def _ask_again(self, task: Task) -> None:
        task.inputs = None
        self._later(task, functools.partial(self.advance, task))

    def _take_up_again(self, task: Task) -> None:
        self._later(task, functools.partial(self.advance, task))

    def _later(self, task: Task, work: Work) -> None:
        """Have a task go on in another thread, or at another time."""
        WORKERS.put(self, [work])

    def _admit(self, task: Task) -> bool:
        """Whether a task has its places and turns, or needs none."""
        wanted = task.step.limits
        if self._run_limit is not None and not task.step.kind.is_async:
            wanted = in_order((*wanted, self._run_limit))
        if task.away and self._away is not None:
            wanted = in_order((*wanted, *self._away.limits(task)))
        task.admitted = True
        if not self._admission.enter(task, wanted):
            return False
        stopped = task.abandoned
        if stopped:
            self._leave(task)
        return not stopped

    def _is_gone(self, task: Task) -> bool:
        return self._run.cancelled or task.abandoned

    # ---- the call of a node

    def _call(self, task: Task) -> list[Task]:
        """Call a node in this thread."""
        if not self._may_begin(task):
            return self._stopped_before(task)
        return self._called(task, *self._begin_call(task))

    def _may_begin(self, task: Task) -> bool:
        with self._ending:
            if task.step in self._stopped:
                return False
            self._running.add(task)
            return True

    def _called(self, task: Task, call: Call, timer: Timer | None) -> list[Task]:
        try:
            value = self._context.copy().run(self._invoke, task, call)
        except NotYetAnswered as waits:
            go_on = functools.partial(self._called, task, call, timer)
            return [] if self._park(task, go_on, waits) else self._after_call(task, timer)
        except BaseException as error:  # noqa: BLE001  # whatever a node raises, SystemExit too, belongs to its step
            return self._after_call(task, timer, error=error)
        return self._after_call(task, timer, value=value)

    def _park(self, task: Task, go_on: Callable[[], list[Task]], waits: NotYetAnswered) -> bool:
        """A person is asked: the thread is free until the answer is there. False when nobody wants it any more."""
        with self._ending:
            if task.abandoned:
                return False
            task.parked = True
        waits.when(functools.partial(self._unpark, task, go_on))
        return True

    def _unpark(self, task: Task, go_on: Callable[[], list[Task]]) -> None:
        with self._ending:
            if task.abandoned or not task.parked:
                return
            task.parked = False
        self._later(task, lambda: self._follow(go_on()))

    def _begin_call(self, task: Task) -> tuple[Call, Timer | None]:
        call = self._telling.begin(task)
        task.started = time.perf_counter()
        seconds = task.step.options.timeout_seconds
        if seconds is None or not task.takes_thread:
            return call, None
        return call, CLOCK.after(seconds, functools.partial(self._expire, task, seconds))

    def _send_away(self, task: Task, away: Away) -> list[Task]:
        """Have a node called where its runner says; what becomes of it is heard later."""
        if not self._may_begin(task):
            return self._stopped_before(task)
        call, _ = self._begin_call(task)
        try:
            away.send(task, call)
        except Exception as error:  # noqa: BLE001  # what can't be pickled or reached: it is the step's failure
            return self._after_call(task, None, error=error)
        return []

    def _came_back(self, task: Task, give: Callable[[], Any]) -> None:
        """A call that was made elsewhere is over; to unpack what came of it is work for a worker."""
        self._later(task, lambda: self._follow(self._unpacked(task, give)))

    def _unpacked(self, task: Task, give: Callable[[], Any]) -> list[Task]:
        try:
            value = give()
        except BaseException as error:  # noqa: BLE001  # whatever a node raised there
            return self._after_call(task, task.timer, error=error)
        return self._after_call(task, task.timer, value=value)

    def _invoke(self, task: Task, call: Call) -> Any:
        return invoke(task, call)

    def _send(self, task: Task) -> None:
        """Call an async node on the run's event loop."""
        if not self._run.host.started:
            self._run.host.started = True
            loop_thread(self._run.depth).start(self._run.host)
        self._run.host.send((functools.partial(self._await_call, task), self._context.copy()))

    async def _await_call(self, task: Task) -> None:
        if not self._may_begin(task):
            self.dispatch(self._stopped_before(task))
            return
        call, _ = self._begin_call(task)
        try:
            value, error = await outcome_of(task, call)
        except BaseException:  # it was cancelled with its run
            self._call_ended(task)
            self._leave(task)
            raise
        work = functools.partial(self._after_call, task, None, value=value, error=error)
        if self._reuse is None or not self._reuse.stores(task):
            self.dispatch(work())
            self._run.end_if_over()
        else:  # storing is no work for an event loop
            self._later(task, lambda: self._follow(work()))

    def _expire(self, task: Task, seconds: float) -> None:
        """A function took too long: it is left behind, and keeps its place in its limit until it ends."""
        with self._ending:
            if task not in self._running or task.abandoned:
                return
            self._abandon(task)
        self.dispatch(self._attempt_failed(task, StepTimeout(f"{task.step.name} took longer than {seconds:g} s")))
        self._let_go(task)
        self._run.end_if_over()

    def _abandon(self, task: Task) -> None:
        task.abandoned = True
        if task.parked:
            self._running.discard(task)
        elif task.takes_thread:
            WORKERS.lend()  # its thread can't be stopped: another takes its place until it ends
        if task.call is not None:
            task.call.cancel()

    def _let_go(self, task: Task) -> None:
        """What a task that was left behind holds: its key is free at once, its places when its call has ended."""
        if task.parked:
            self._leave(task)
        elif self._reuse is not None:
            self._reuse.end(task)
        if task.scope is not None:
            self._run.host.call(task.scope.cancel)

    def _cancelled(self, task: Task) -> list[Task]:
        self._run.say(events.StepCancelled(task.step.name, task.index))
        return self._state.stop(task)

    def _stopped_before(self, task: Task) -> list[Task]:
        self._leave(task)
        ready = self._cancelled(task)
        self._run.end_if_over()
        return ready

    # ---- after the call

    def _after_call(
        self, task: Task, timer: Timer | None, *, value: Any = None, error: BaseException | None = None
    ) -> list[Task]:
        if timer is not None:
            timer.cancel()
        abandoned = self._call_ended(task)
        folder = task.call.scratch if task.call is not None else None
        try:
            if abandoned or self._run.cancelled:
                return []
            if error is None and isinstance(folder, CallFolder):
                value = folder.kept(value)
            if isinstance(error, StepSkipped):
                if self._reuse is not None:
                    self._reuse.keep_refusal(task, str(error))
                return self._state.skip(task, str(error))
            if error is not None:
                return self._attempt_failed(task, error)
            return self._finished(task, value)
        except OSError as broken:  # the disk, while a result's files are kept
            return self._failed(task, broken)
        finally:
            if isinstance(folder, CallFolder):
                folder.remove()
            self._leave(task)
            self._run.end_if_over()

    def _call_ended(self, task: Task) -> bool:
        """The call is over; whether it was left behind before, so that nobody wants what came of it."""
        with self._ending:
            self._running.discard(task)
        if task.abandoned and task.takes_thread:
            WORKERS.reclaim()
        return task.abandoned

    def _leave(self, task: Task) -> None:
        if self._reuse is not None and task.key is not None:
            self._reuse.end(task)
        if task.limits:
            limits.leave(task.limits)
            task.limits = ()

    def _finished(self, task: Task, value: Any) -> list[Task]:
        seconds = time.perf_counter() - task.started
        if self._reuse is not None:
            self._reuse.store(task, value, self._plan.graph.name, seconds)
        if self._run.turns.finished:
            self._run.turns.let_go(task.step.name, task.index)
        self._run.say_finished(task, value, seconds)
        return self._state.finish(task, value)

    def _ended_reused(self, task: Task, value: Any, reason: str, saved: float = 0.0) -> list[Task]:
        self._run.say(events.StepReused(task.step.name, task.index, value, reason, saved, key=task.key or ""))
        logger.info("step %s is reused: %s", task.step.name, reason)
        ready = self._state.finish(task, value)
        self._run.end_if_over()
        return ready

    def _failed_before(self, task: Task, error: BaseException) -> list[Task]:
        """A task failed, or was refused by a person, before its node was called."""
        ready = self._state.skip(task, str(error)) if isinstance(error, StepSkipped) else self._failed(task, error)
        self._run.end_if_over()
        return ready

    def _attempt_failed(self, task: Task, error: BaseException) -> list[Task]:
        """A call failed: the node is called again later, or the task has failed."""
        try:
            delay = next_attempt(task, error)
        except Exception as broken:  # noqa: BLE001  # the policy's functions are the user's
            broken.__cause__ = error
            return self._failed(task, broken)
        if delay is None:
            return self._failed(task, error)
        again = task.again()
        if self._reuse is not None:
            self._reuse.hand_over(task, again)
        seconds = time.perf_counter() - task.started
        self._run.say(events.StepRetrying(task.step.name, task.index, task.attempt, error, seconds, delay))
        said = message_of(error, self._plan.secrets)
        logger.info("attempt %d of step %s failed, again in %.1f s: %s", task.attempt, task.step.name, delay, said)
        if not self._attempts.start(again, delay, self._take_up_again):
            self._leave(again)
        return []

    def _failed(self, task: Task, error: BaseException) -> list[Task]:
        seconds = time.perf_counter() - task.started if task.started else 0.0
        attempt = task.attempt if task.started else task.attempt - 1
        self._run.say(events.StepErrored(task.step.name, task.index, error, seconds, shown_inputs(task), attempt))
        if not self._plan.secrets:  # a traceback may quote one
            logger.debug("step %s failed", task.step.name, exc_info=error)
        return self._state.fail(task, error)


def _last_first(tasks: Iterable[Task]) -> list[Task]:
    """Tasks in the order to leave them behind: where they wait for a place, none begins in that of one that ended."""
    return sorted(tasks, key=lambda task: task.started, reverse=True)
