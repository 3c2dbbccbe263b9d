"""Plans and runs as tables: in a terminal, as text, in a notebook."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.table import Table

    from daggr_fn.plan import Plan
    from daggr_fn.runs import Run, StepRecord

_STYLES = {
    "run": "bold",
    "reuse": "cyan",
    "depends": "yellow",
    "skip": "dim",
    "done": "green",
    "reused": "cyan",
    "failed": "bold red",
    "skipped": "dim",
    "cancelled": "dim",
    "running": "blue",
    "waiting": "dim",
}


def plan_table(plan: Plan) -> Table:
    """A row per step: what would happen, and why."""
    seconds = plan.settings.timeout
    title = f"plan of {plan.graph.name}" + (f", at most {duration(seconds)}" if seconds is not None else "")
    table = _table(title, "step", "node", "would", "why")
    for planned in plan.steps.values():
        node = f"{planned.node} ({planned.kind})" if planned.kind != "function" else planned.node
        if planned.runner != "thread":
            node += f" on {planned.runner}"
        if planned.terms and planned.mark != "skip":
            node += f", {planned.terms}"
        table.add_row(planned.step, node, _styled(planned.mark), planned.reason)
    return table


def run_table(run: Run[Any]) -> Table:
    """A row per step: what became of it, and how long it took."""
    table = _table(f"{run.pipeline}: {run.status} in {duration(run.seconds)}", "step", "status", "time", "note")
    for record in run.steps.values():
        time = duration(record.seconds) if record.seconds else ""
        table.add_row(record.name, _status(record), time, _note(record))
    if run.error is not None:
        table.add_row("(result)", _styled("failed"), "", _told(run.error))
    return table


def _table(title: str, *columns: str) -> Table:
    from rich import box
    from rich.table import Table

    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        table.add_column(column, justify="right" if column == "time" else "left", overflow="fold")
    return table


def _styled(word: str) -> str:
    style = _STYLES.get(word)
    return f"[{style}]{word}[/]" if style else word


def _status(record: StepRecord) -> str:
    if not record.items:
        return _styled(record.status)
    counts: dict[str, int] = {}
    for item in record.items.values():
        counts[item.status] = counts.get(item.status, 0) + 1
    return ", ".join(f"{count} {_styled(status)}" for status, count in counts.items())


def _note(record: StepRecord) -> str:
    from rich.markup import escape

    if record.error is not None:
        return escape(record.why.splitlines()[0])
    saved = f"saved {duration(record.saved)}" if record.saved >= 0.05 else ""
    again = f"{record.retries} more {'attempts' if record.retries > 1 else 'attempt'}" if record.retries else ""
    away = f"on {record.runner}" if record.runner else ""
    return escape("; ".join(part for part in (away, saved, again, record.reason) if part))


def _told(error: BaseException) -> str:
    from rich.markup import escape

    return escape(f"{type(error).__name__}: {error}".splitlines()[0])


def duration(seconds: float) -> str:
    """A time span for people: `14 ms`, `1.4 s`, `3 min 20 s`."""
    if seconds < 0.9995:
        return f"{seconds * 1000:.0f} ms" if seconds >= 0.001 else f"{seconds * 1e6:.0f} us"
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if rest else f"{minutes} min"


def as_text(shown: Any) -> str:
    """A table as plain text."""
    from rich.console import Console

    console = Console(file=io.StringIO(), width=110)
    with console.capture() as captured:
        console.print(shown)
    return captured.get()


def as_html(shown: Any) -> str:
    """A table as HTML, for notebooks."""
    from rich.console import Console

    console = Console(file=io.StringIO(), record=True, width=110)
    console.print(shown)
    return console.export_html(inline_styles=True, code_format="<pre>{code}</pre>")
