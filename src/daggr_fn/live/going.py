"""A run on a sheet. It belongs to the server: no page needs to be open for it to go on."""

from __future__ import annotations

import contextvars
import logging
import threading
import time
import uuid
from collections import deque
from typing import TYPE_CHECKING, Any

from daggr_fn import events
from daggr_fn.clock import CLOCK
from daggr_fn.execution.execution import Execution
from daggr_fn.live.chores import Soon
from daggr_fn.live.failures import told_failure, told_traceback
from daggr_fn.live.logs import HEARD_BY
from daggr_fn.live.prints import hear_prints, leave_prints
from daggr_fn.remembered import About
from daggr_fn.store import SheetNotFound, StoredResult, StoreError

if TYPE_CHECKING:
    from collections.abc import Callable

    from daggr_fn.expressions import Index
    from daggr_fn.live.chores import Chores
    from daggr_fn.live.folding import Folding
    from daggr_fn.live.logs import Logs
    from daggr_fn.live.memory import Results
    from daggr_fn.live.states import Patch
    from daggr_fn.plan import Plan

logger = logging.getLogger("daggr_fn")

END_AGAIN_SECONDS = 5.0
"""How long it takes until the end of a run is written once more, when the store could not be used."""


def new_run_id() -> str:
    """The id of a run to come."""
    return uuid.uuid4().hex[:12]


class SheetRun:
    """One run on a sheet, from its beginning to its end.

    Args:
        run: Its id; that of an earlier run when that is resumed.
        plan: What to do; its memory is the sheet's.
        folding: Takes its events in.
        results: The results of the sheet.
        logs: Hears what the steps log.
        chores: Where events are taken in.
        heard: Called after events were taken in, with whether the run is over.
    """

    def __init__(
        self,
        run: str,
        plan: Plan,
        *,
        folding: Folding,
        results: Results,
        logs: Logs,
        chores: Chores,
        heard: Callable[[SheetRun], None],
    ) -> None:
        self.id = run
        self.plan = plan
        self.since = time.time()
        self.status = "running"
        self.then = 0
        self.seconds: float | None = None
        self.partials: dict[tuple[str, Index], Any] = {}
        self._tracebacks: dict[tuple[str, Index], list[dict[str, Any]]] = {}
        self._news: set[str] = set()
        self._times: list[tuple[str, float]] = []
        wanted = plan.wanted()
        self.steps = frozenset(plan.graph.steps if wanted is None else wanted) - plan.spared
        self._folding = folding
        self._results = results
        self._heard = heard
        self._chores = chores
        self._logs = logs
        self._logging: set[str] = set()
        self._log_lock = threading.Lock()
        self._said: deque[events.Event] = deque()
        self._drain = Soon(chores, self._take_in)
        context = contextvars.copy_context()
        context.run(HEARD_BY.set, logs)
        self.execution = context.run(Execution, plan, keeps=False, listen=self._hear)

    @property
    def over(self) -> bool:
        """Whether it has ended, and its last event was taken in."""
        return self.status != "running"

    @property
    def ended(self) -> set[str]:
        """The steps that have ended in it, in whichever way."""
        return self._folding.ended

    @property
    def pending(self) -> set[str]:
        """The steps that have still to end in it, or whose end nobody has looked at yet."""
        return set(self.steps - (self.ended - self._news))

    def start(self) -> None:
        """Begin."""
        hear_prints(self.id)
        self.execution.start()

    def take_news(self) -> set[str]:
        """The steps that were told of since this was asked last."""
        news, self._news = self._news, set()
        return news

    def take_times(self) -> list[tuple[str, float]]:
        """The steps that were called, and how long it took, since this was asked last."""
        times, self._times = self._times, []
        return times

    def take_tracebacks(self) -> dict[tuple[str, Index], list[dict[str, Any]]]:
        """The tracebacks of what failed since this was asked last."""
        tracebacks, self._tracebacks = self._tracebacks, {}
        return tracebacks

    def told(self) -> Patch:
        """The run in JSON."""
        told: Patch = {
            "id": self.id,
            "state": self.status,
            "since": round(self.since, 3),
            "done": len(self._folding.ended & self.steps),
            "of": len(self.steps),
        }
        if self.seconds is not None:
            told["seconds"] = round(self.seconds, 3)
        return told

    def _hear(self, event: events.Event) -> None:
        if isinstance(event, events.StepStarted):  # now: what comes next may be a line that it logs
            self._begin_logs(event.step)
        self._said.append(event)
        self._drain.ask()

    def _begin_logs(self, step: str) -> None:
        if step in self._logging or step in self.plan.settings.items:  # of which the other items stay
            return
        with self._log_lock:
            if step not in self._logging:
                self._logs.begin(step)
                self._logging.add(step)

    def _take_in(self) -> None:
        reused: list[tuple[str, Index, StoredResult]] = []
        try:
            while self._said:
                self._take(self._said.popleft(), reused)
            if reused:
                self._stored(lambda: self._results.store.add_reuse(self._results.sheet, self.id, reused))
        finally:
            if self._said:  # one event that can't be taken in must not be the end of the others
                self._drain.ask()
            self._heard(self)

    def _take(self, event: events.Event, reused: list[tuple[str, Index, StoredResult]]) -> None:
        if self.over:  # a call that was left behind began or waited in that moment
            return
        if isinstance(event, events.StepSkipped) and event.step not in self.steps:
            return
        if isinstance(event, events.StepEvent):
            self._note(event, reused)
        self._folding.fold(event)
        if isinstance(event, events.RunEnded):
            self._folding.end()
            leave_prints(self.id)
            self.status, self.seconds = event.status, event.seconds
            self._end()

    def _end(self) -> None:
        if not self._stored(self._write_end):  # or it went on for all other servers, and after a restart
            CLOCK.after(END_AGAIN_SECONDS, lambda: self._chores.do(self._end))

    def _write_end(self) -> None:
        self._results.store.end_run(self._results.sheet, self.id, self.status, self.seconds or 0.0)  # type: ignore[arg-type]  # the words are the same

    def _note(self, event: events.StepEvent, reused: list[tuple[str, Index, StoredResult]]) -> None:
        """Keep what an event tells that no worker has kept; nothing of turns, which are no results of the step."""
        place = (event.step, event.index)
        self._news.add(event.step)
        if len(event.index) > len(self.plan.graph.steps[event.step].axes):
            return
        if isinstance(event, events.StepPartial):
            self.partials[place] = event.value
            return
        if isinstance(event, events.MapStarted) and not event.index and event.step not in self.plan.settings.items:
            self._results.begin_items(event.step)
        if isinstance(event, events.StepFinished):
            self._results.show_kept(self.id, *place)
            self._times.append((event.step, event.seconds))
        self.partials.pop(place, None)
        if isinstance(event, events.StepErrored) and event.error is not None:
            self._tracebacks[place] = told_traceback(event.error, self.plan.secrets)
            self._stored(lambda: self._failed(event))
        elif isinstance(event, events.StepReused):
            self._stored(lambda: self._reused(event, reused))

    def _failed(self, event: events.StepErrored) -> None:
        assert event.error is not None
        told = told_failure(event.error, self.plan.graph.steps[event.step], self.plan.secrets)
        kept = self._results.store.add_result(
            self._results.sheet, self.id, event.step,
            index=event.index, seconds=event.seconds, status="failed", error=told,
        )  # fmt: skip
        self._results.hide(event.step, event.index, kept.number)

    def _reused(self, event: events.StepReused, reused: list[tuple[str, Index, StoredResult]]) -> None:
        found = self._results.look(event.key)
        if found is not None:
            self._results.show(event.step, event.index, found)
            if isinstance(found, StoredResult):
                reused.append((event.step, event.index, found))
        elif event.key:
            self._taken_over(event)

    def _taken_over(self, event: events.StepReused) -> None:
        """A result that others made is one of this sheet's now."""
        spec = self.plan.graph.steps[event.step].spec
        ports = tuple(spec.outputs) if spec.record else ()
        about = About("", event.step, spec.name, event.index, {}, event.saved, ports, spec.record)
        self._results.keep(self.id, event.key, event.value, about, spec.returns, reason=event.reason)
        self._results.show_kept(self.id, event.step, event.index)

    def _stored(self, write: Callable[[], object]) -> bool:
        """Write to the store; whether it could be used. A sheet that was deleted meanwhile has nothing to keep."""
        try:
            write()
        except SheetNotFound:
            self.execution.cancel()
        except LookupError:
            return True
        except StoreError as error:
            logger.warning("what run %s did is not kept: %s", self.id, error)
            return False
        return True
