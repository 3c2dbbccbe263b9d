"""What a command says when something fails, and the exit code that follows."""

from __future__ import annotations

import contextlib
import os
import traceback
from typing import TYPE_CHECKING

import typer

from daggr_fn.cli.consoles import say
from daggr_fn.errors import DaggrError

if TYPE_CHECKING:
    from collections.abc import Generator
    from types import TracebackType

FAILED = 1
WRONG_USAGE = 2
INTERRUPTED = 130
"""128 + SIGINT, as shells have it."""

_PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep


class FileFailed(Exception):
    """The user's file can't be imported, because it raised the cause."""

    def __init__(self, cause: BaseException) -> None:
        super().__init__(str(cause))
        self.cause = cause


@contextlib.contextmanager
def readable(*, full: bool = False) -> Generator[None, None, None]:
    """Turn what goes wrong inside into a message and an exit code.

    Args:
        full: Whether to show whole tracebacks.
    """
    try:
        yield
    except (KeyboardInterrupt, typer.Abort):
        say("Interrupted.")
        raise typer.Exit(INTERRUPTED) from None
    except FileFailed as error:
        say(full_text(error.cause) if full else file_failure_text(error.cause))
        raise typer.Exit(FAILED) from None
    except DaggrError as error:
        say(full_text(error) if full else str(error))
        raise typer.Exit(FAILED) from None


def full_text(error: BaseException) -> str:
    """An error with its whole traceback and its causes."""
    return "".join(traceback.format_exception(type(error), error, error.__traceback__)).rstrip()


def file_failure_text(error: BaseException) -> str:
    """What the import of a user's file raised, from their own line on."""
    if isinstance(error, DaggrError):
        return str(error)
    if isinstance(error, SyntaxError):
        return "".join(traceback.format_exception_only(type(error), error)).rstrip()
    shown = traceback.format_exception(type(error), error, _from_the_users_on(error.__traceback__))
    return "".join(shown).rstrip()


def _from_the_users_on(trace: TracebackType | None) -> TracebackType | None:
    """A traceback without the frames above the user's file: ours and the import system's."""
    while trace is not None:
        file = trace.tb_frame.f_code.co_filename
        if not file.startswith((_PACKAGE, "<frozen", os.path.dirname(contextlib.__file__))):
            return trace
        trace = trace.tb_next
    return None
