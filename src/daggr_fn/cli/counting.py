"""How many rows have ended: one bar on a terminal, now and then a line where there is none."""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from daggr_fn.cli.consoles import console, say

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

_SECONDS_BETWEEN_LINES = 1.0


class _Count:
    def __init__(self, total: int, before: int) -> None:
        self.total = total
        self.ended = before
        self.failed = 0
        self.note = f"{before} done before" if before else ""

    def add(self, *, ok: bool) -> None:
        self.ended += 1
        self.failed += not ok

    @property
    def text(self) -> str:
        failed = f"{self.failed} failed" if self.failed else ""
        return ", ".join(word for word in (f"{self.ended}/{self.total}", failed, self.note) if word)


@contextmanager
def counting(total: int, before: int) -> Generator[Callable[[bool], None], None, None]:
    """Show how many rows have ended.

    Args:
        total: How many rows there are.
        before: How many of them were done before.

    Yields:
        What is told of each row that ends whether it went well.
    """
    count = _Count(total, before)
    show = _bar if sys.stderr.isatty() else _lines
    with show(count) as shown:

        def ended(ok: bool) -> None:  # one flag, of one meaning
            count.add(ok=ok)
            shown()

        yield ended


@contextmanager
def _lines(count: _Count) -> Generator[Callable[[], Any], None, None]:
    said = time.monotonic()

    def shown() -> None:
        nonlocal said
        if time.monotonic() - said >= _SECONDS_BETWEEN_LINES:
            said = time.monotonic()
            say(f"  running  rows  {count.text}")

    try:
        yield shown
    finally:
        say(f"  {'failed' if count.failed else 'done':<8} rows  {count.text}")


@contextmanager
def _bar(count: _Count) -> Generator[Callable[[], Any], None, None]:
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    columns = (TextColumn("rows"), BarColumn(40), TextColumn("{task.fields[text]}", markup=False))
    with Progress(*columns, TimeElapsedColumn(), TimeRemainingColumn(), console=console()) as progress:
        task = progress.add_task("rows", total=count.total, completed=count.ended, text=count.text)
        yield lambda: progress.update(task, completed=count.ended, text=count.text)
