"""A run on a sheet. It belongs to the server: no page needs to be open for it to go on."""

from __future__ import annotations

import contextvars
import time
import uuid
from typing import TYPE_CHECKING, Any

from daggr_fn import events
from daggr_fn.execution.execution import Execution
from daggr_fn.live.chores import Soon
from daggr_fn.live.failures import told_failure, told_traceback
from daggr_fn.live.folding import Folding
from daggr_fn.live.logs import HEARD_BY
from daggr_fn.remembered import About
from daggr_fn.store import SheetNotFound, StoredResult

if TYPE_CHECKING:
    from collections.abc import Callable

    from daggr_fn.expressions import Index
    from daggr_fn.live.chores import Chores
    from daggr_fn.live.logs import Logs
    from daggr_fn.live.memory import Results
    from daggr_fn.live.states import Patch
    from daggr_fn.plan import Plan


def new_run_id() -> str:
    """The id of a run to come."""
    return uuid.uuid4().hex[:12]


class SheetRun:
    """One run on a sheet, from its beginning to its end.

    Args:
        id: Its id; that of an earlier run when that is resumed.
        plan: What to do; its memory is the sheet's.
        folding: Takes its events in.
        results: The results of the sheet.
        logs: Hears what the steps log.
        chores: Where events are taken in.
        heard: Called after events were taken in, with whether the run is over.
    """

    def __init__(
        self,
        id: str,
        plan: Plan,
        *,
        folding: Folding,
        results: Results,
        logs: Logs,
        chores: Chores,
        heard: Callable[[SheetRun], None],
    ) -> None:
        self.id = id
        self.plan = plan
        self.since = time.time()
        self.status = "running"
        self.seconds: float | None = None
        self.partials: dict[tuple[str, Index], Any] = {}
        self.tracebacks: dict[tuple[str, Index], list[dict[str, Any]]] = {}
        wanted = plan.wanted()
        self.steps = frozenset(plan.graph.steps if wanted is None else wanted)
        self._folding = folding
        self._results = results
        self._heard = heard
        self._taken_in = 0
        self._drain = Soon(chores, self._take_in)
        context = contextvars.copy_context()
        context.run(HEARD_BY.set, logs)
        self.execution = context.run(Execution, plan, listen=self._drain.ask)

    @property
    def over(self) -> bool:
        """Whether it has ended, and its last event was taken in."""
        return self.status != "running"

    def start(self) -> None:
        """Begin."""
        self.execution.start()

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

    def _take_in(self) -> None:
        said = self.execution.events
        reused: list[tuple[str, Index, StoredResult]] = []
        while self._taken_in < len(said):
            event = said[self._taken_in]
            self._taken_in += 1
            self._take(event, reused)
        if reused:
            self._stored(lambda: self._results.store.add_reuse(self._results.sheet, self.id, reused))
        self._heard(self)

    def _take(self, event: events.Event, reused: list[tuple[str, Index, StoredResult]]) -> None:
        if isinstance(event, events.StepSkipped) and event.step not in self.steps:
            return
        if isinstance(event, events.StepEvent):
            self._note(event, reused)
        self._folding.fold(event)
        if isinstance(event, events.RunEnded):
            self._folding.end()
            self.status, self.seconds = event.status, event.seconds
            self._stored(self._end)

    def _end(self) -> None:
        self._results.store.end_run(self._results.sheet, self.id, self.status, self.seconds or 0.0)  # type: ignore[arg-type]  # the words are the same

    def _note(self, event: events.StepEvent, reused: list[tuple[str, Index, StoredResult]]) -> None:
        """Keep what an event tells that no worker has kept."""
        place = (event.step, event.index)
        if isinstance(event, events.StepPartial):
            self.partials[place] = event.value
            return
        self.partials.pop(place, None)
        if isinstance(event, events.StepErrored) and event.error is not None:
            self.tracebacks[place] = told_traceback(event.error)
            self._stored(lambda: self._failed(event))
        elif isinstance(event, events.StepReused):
            found = self._results.look(event.key)
            if isinstance(found, StoredResult):
                self._results.show(event.step, event.index, found)
                reused.append((*place, found))
            elif found is not None:
                self._results.show(event.step, event.index, found)
            elif event.key:
                self._stored(lambda: self._taken_over(event))

    def _failed(self, event: events.StepErrored) -> None:
        assert event.error is not None
        told = told_failure(event.error, self.plan.graph.steps[event.step])
        self._results.store.add_result(
            self._results.sheet, self.id, event.step,
            index=event.index, seconds=event.seconds, status="failed", error=told,
        )  # fmt: skip

    def _taken_over(self, event: events.StepReused) -> None:
        """A result that others made is one of this sheet's now."""
        spec = self.plan.graph.steps[event.step].spec
        ports = tuple(spec.outputs) if spec.record else ()
        about = About("", event.step, spec.name, event.index, {}, event.saved, ports, spec.record)
        self._results.keep(self.id, event.key, event.value, about, spec.returns, reason=event.reason)

    def _stored(self, write: Callable[[], object]) -> None:
        """Write to the store; a sheet that was deleted meanwhile has nothing to keep."""
        try:
            write()
        except SheetNotFound:
            self.execution.cancel()
        except LookupError:
            return
