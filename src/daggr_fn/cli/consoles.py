"""Where the command line writes: results to standard output, everything else to standard error."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from collections.abc import Generator

    from rich.console import Console


one_at_a_time = threading.Lock()
"""Held while a person is asked: lines of a run that goes on wait for the answer."""


def console(*, results: bool = False) -> Console:
    """A console for results or for messages; without a terminal it writes no control characters and cuts no line."""
    from rich.console import Console

    file = sys.stdout if results else sys.stderr
    width = None if file.isatty() else 120
    return Console(file=file, width=width, soft_wrap=False, highlight=False, emoji=False)


def say(text: str = "") -> None:
    """A line for people, on standard error."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


@contextlib.contextmanager
def only_results(wanted: bool) -> Generator[TextIO, None, None]:
    """Standard output for what a program reads; what anybody else writes there goes to standard error.

    That holds for subprocesses too.

    Args:
        wanted: False to leave everything as it is.
    """
    if not wanted:
        yield sys.stdout
        return
    sys.stdout.flush()
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as results:
        os.dup2(2, 1)
        try:
            with contextlib.redirect_stdout(sys.stderr):
                yield results
        finally:
            results.flush()
            os.dup2(results.fileno(), 1)
