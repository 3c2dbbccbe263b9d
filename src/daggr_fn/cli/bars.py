"""What a run does as progress bars: one for each step that has begun, with a mark when it has ended."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from typing_extensions import Self

from daggr_fn import events
from daggr_fn.cli.consoles import console
from daggr_fn.tables import duration

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from rich.progress import TaskID

    from daggr_fn.graph import Graph

_MOST_ENDED = 15
_MARKS = {
    "running": "[blue]•[/]",
    "done": "[green]✓[/]",
    "reused": "[cyan]↺[/]",
    "skipped": "[dim]-[/]",
    "failed": "[red]✗[/]",
    "cancelled": "[dim]✗[/]",
}


class _Row:
    """A step's bar, and what its items add up to."""

    def __init__(self, task: TaskID) -> None:
        self.task = task
        self.total = 0
        self.ended = 0
        self.statuses: set[str] = set()
        self.shares: dict[tuple[int, ...], float] = {}


class Bars:
    """Draws the bars on standard error, which is a terminal."""

    def __init__(self, graph: Graph) -> None:
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

        self._depths = {step.name: len(step.axes) for step in graph.steps.values()}
        self._mapped = {name for name, depth in self._depths.items() if depth}
        self._rows: dict[str, _Row] = {}
        self._ended: list[_Row] = []
        self._progress = Progress(
            TextColumn("{task.fields[mark]}"),
            TextColumn("{task.description}", markup=False),
            BarColumn(24),
            TextColumn("{task.fields[count]}", justify="right", markup=False),
            TimeElapsedColumn(),
            TextColumn("{task.fields[note]}", markup=False, style="dim"),
            console=console(),
            redirect_stdout=sys.stdout.isatty(),
        )

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for row in self._rows.values():
            if not self._progress.tasks[self._progress.task_ids.index(row.task)].finished_time:
                self._progress.stop_task(row.task)
        self._progress.stop()

    def hear(self, event: events.Event) -> None:
        """Draw what changed."""
        if not isinstance(event, events.StepEvent):
            return
        is_turn = len(event.index) > self._depths[event.step]
        draw = (_DRAWERS_OF_TURNS if is_turn else _DRAWERS).get(type(event))
        if draw is not None:
            draw(self, self._row(event.step), event)

    def _row(self, step: str) -> _Row:
        row = self._rows.get(step)
        if row is None:
            task = self._progress.add_task(step, total=None, mark=_MARKS["running"], count="", note="")
            row = self._rows[step] = _Row(task)
        return row

    def waiting(self, row: _Row, event: Any) -> None:
        if event.step not in self._mapped:
            self._progress.update(row.task, note=event.reason[:1].lower() + event.reason[1:])

    def started(self, row: _Row, event: Any) -> None:
        if event.attempt > 1:
            self._progress.update(row.task, note=f"attempt {event.attempt}")
        elif event.step not in self._mapped:
            self._progress.update(row.task, note="")

    def turn_started(self, row: _Row, event: Any) -> None:
        if event.step not in self._mapped:
            self._progress.update(row.task, note=f"turn {event.index[-1] + 1}")

    def progress(self, row: _Row, event: Any) -> None:
        if event.fraction is not None:
            row.shares[event.index] = min(1.0, max(0.0, event.fraction))
        if event.step in self._mapped:
            self._count(row)
        elif event.fraction is not None:
            self._progress.update(row.task, total=1.0, completed=row.shares[event.index], count=f"{event.fraction:.0%}")
        self._progress.update(row.task, note=event.text)

    def map_started(self, row: _Row, event: Any) -> None:
        row.total += event.items
        self._count(row)

    def map_finished(self, row: _Row, event: Any) -> None:
        if not event.index:
            marks = [mark for mark in ("failed", "cancelled", "done", "reused", "skipped") if mark in row.statuses]
            note = "all reused" if row.statuses == {"reused"} else ""
            self._end(row, marks[0] if marks else "done", note)

    def finished(self, row: _Row, event: Any) -> None:
        if not self._is_item(row, event, "done"):
            self._end(row, "done", "")

    def reused(self, row: _Row, event: Any) -> None:
        if not self._is_item(row, event, "reused"):
            self._end(row, "reused", f"reused, saved {duration(event.saved)}" if event.saved >= 0.05 else "reused")

    def skipped(self, row: _Row, event: Any) -> None:
        if not self._is_item(row, event, "skipped"):
            self._end(row, "skipped", f"skipped: {event.reason}")

    def failed(self, row: _Row, event: Any) -> None:
        if not self._is_item(row, event, "failed"):
            self._end(row, "failed", event.why.splitlines()[0])

    def retrying(self, row: _Row, event: Any) -> None:
        why = event.why.splitlines()[0]
        self._progress.update(row.task, note=f"attempt {event.attempt} failed, again in {duration(event.delay)}: {why}")

    def cancelled(self, row: _Row, event: Any) -> None:
        self._progress.update(row.task, mark=_MARKS["cancelled"], note="cancelled")
        self._progress.stop_task(row.task)

    def _is_item(self, row: _Row, event: Any, status: str) -> bool:
        if event.step not in self._mapped or not event.index:
            return False
        row.ended += 1
        row.statuses.add(status)
        row.shares.pop(event.index, None)
        self._count(row)
        return True

    def _count(self, row: _Row) -> None:
        done = row.ended + sum(row.shares.values())
        self._progress.update(row.task, total=row.total or 1, completed=done, count=f"{row.ended}/{row.total}")

    def _end(self, row: _Row, status: str, note: str) -> None:
        if status in ("done", "reused"):
            self._progress.update(row.task, total=row.total or 1, completed=row.total or 1)
        self._progress.update(row.task, mark=_MARKS[status], note=note)
        self._progress.stop_task(row.task)
        self._ended.append(row)
        if len(self._ended) > _MOST_ENDED:  # the table at the end has them all
            self._progress.update(self._ended.pop(0).task, visible=False)


_DRAWERS: dict[type[events.Event], Callable[[Bars, _Row, Any], None]] = {
    events.StepWaiting: Bars.waiting,
    events.StepStarted: Bars.started,
    events.StepProgress: Bars.progress,
    events.StepFinished: Bars.finished,
    events.StepReused: Bars.reused,
    events.StepSkipped: Bars.skipped,
    events.StepErrored: Bars.failed,
    events.StepRetrying: Bars.retrying,
    events.StepCancelled: Bars.cancelled,
    events.MapStarted: Bars.map_started,
    events.MapFinished: Bars.map_finished,
}

_DRAWERS_OF_TURNS: dict[type[events.Event], Callable[[Bars, _Row, Any], None]] = {
    events.StepWaiting: Bars.waiting,
    events.StepStarted: Bars.turn_started,
    events.StepRetrying: Bars.retrying,
}
