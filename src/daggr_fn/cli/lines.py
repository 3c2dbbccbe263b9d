"""What a run does as plain lines, for logs and pipes."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from typing_extensions import Self

from daggr_fn import events
from daggr_fn.cli.consoles import one_at_a_time, say
from daggr_fn.tables import duration

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from daggr_fn.graph import Graph

_SECONDS_BETWEEN_TEXTS = 2.0
_SECONDS_BETWEEN_COUNTS = 1.0


class Lines:
    """Writes a line when a step starts and ends; for mapped steps now and then how many items are done."""

    def __init__(self, graph: Graph) -> None:
        self._mapped = {step.name for step in graph.steps.values() if step.axes}
        self._totals: dict[str, int] = {}
        self._ended: dict[str, int] = {}
        self._failed: dict[str, int] = {}
        self._said: dict[str, float] = {}
        self._texts: dict[str, str] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        pass

    def hear(self, event: events.Event) -> None:
        """Write what is worth a line."""
        write = _WRITERS.get(type(event))
        if write is not None:
            write(self, event)

    def started(self, event: Any) -> None:
        if event.step not in self._mapped:
            _line("running", event.step)

    def finished(self, event: Any) -> None:
        if not self._counted(event):
            _line("done", event.step, duration(event.seconds))

    def reused(self, event: Any) -> None:
        if not self._counted(event):
            _line("reused", event.step, f"saved {duration(event.saved)}" if event.saved >= 0.05 else event.reason)

    def skipped(self, event: Any) -> None:
        if not self._counted(event):
            _line("skipped", event.step, event.reason)

    def failed(self, event: Any) -> None:
        if self._counted(event):
            self._failed[event.step] = self._failed.get(event.step, 0) + 1
        name = event.step + "".join(f"[{i}]" for i in event.index)
        _line("failed", name, event.why.splitlines()[0])

    def retrying(self, event: Any) -> None:
        name = event.step + "".join(f"[{i}]" for i in event.index)
        why = event.why.splitlines()[0]
        _line("again", name, f"in {duration(event.delay)}: {why}")

    def map_started(self, event: Any) -> None:
        self._totals[event.step] = self._totals.get(event.step, 0) + event.items
        if not event.index:
            _line("running", event.step, f"{event.items} items")

    def map_finished(self, event: Any) -> None:
        if not event.index:
            failed = self._failed.get(event.step, 0)
            note = f"{failed} of {self._totals.get(event.step, 0)} items" if failed else self._count(event.step)
            _line("failed" if failed else "done", event.step, note)

    def progress(self, event: Any) -> None:
        if event.text and event.text != self._texts.get(event.step) and self._due(event.step, _SECONDS_BETWEEN_TEXTS):
            self._texts[event.step] = event.text
            share = f"{event.fraction:.0%}  " if event.fraction is not None else ""
            _line("running", event.step, share + event.text)

    def _counted(self, event: Any) -> bool:
        """Whether it was about an item, whose step says now and then how many there are."""
        if event.step not in self._mapped or not event.index:
            return False
        self._ended[event.step] = self._ended.get(event.step, 0) + 1
        if self._due(event.step, _SECONDS_BETWEEN_COUNTS):
            _line("running", event.step, self._count(event.step))
        return True

    def _count(self, step: str) -> str:
        return f"{self._ended.get(step, 0)}/{self._totals.get(step, 0)}"

    def _due(self, step: str, seconds: float) -> bool:
        now = time.monotonic()
        if now - self._said.setdefault(step, now) < seconds:
            return False
        self._said[step] = now
        return True


_WRITERS: dict[type[events.Event], Callable[[Lines, Any], None]] = {
    events.StepStarted: Lines.started,
    events.StepFinished: Lines.finished,
    events.StepReused: Lines.reused,
    events.StepSkipped: Lines.skipped,
    events.StepErrored: Lines.failed,
    events.StepRetrying: Lines.retrying,
    events.StepProgress: Lines.progress,
    events.MapStarted: Lines.map_started,
    events.MapFinished: Lines.map_finished,
}


def _line(word: str, step: str, note: str = "") -> None:
    with one_at_a_time:
        say(f"  {word:<8} {step}  {note}".rstrip())
