"""How a run ended, for people: its table, its outputs, and what failed, the user's own line first."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

from daggr_fn.cli.consoles import console, say
from daggr_fn.cli.failures import full_text
from daggr_fn.errors import StepFailed, user_line

if TYPE_CHECKING:
    from daggr_fn.runs import Run

_MOST_FAILURES = 5


def show(run: Run[Any]) -> None:
    """The table of the steps, on standard error, and the outputs, on standard output."""
    console().print(run)
    for name, value in run.to_dict()["outputs"].items():
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        sys.stdout.write(f"{name}: {text}\n" if "\n" not in text else f"{name}:\n{text}\n")
    sys.stdout.flush()


def show_failures(run: Run[Any], *, full: bool, resume: str) -> None:
    """What failed.

    Args:
        run: The run.
        full: Whether with whole tracebacks.
        resume: The command that goes on from here; empty when there is none.
    """
    for failure in run.failures[:_MOST_FAILURES]:
        say()
        say(full_text(failure) if full else failure_text(failure))
    if len(run.failures) > _MOST_FAILURES:
        say(f"\n... and {len(run.failures) - _MOST_FAILURES} more failures.")
    if run.error is not None:
        say()
        say(full_text(run.error) if full else run.why_no_result)
    if resume:
        say(f"\nWhat finished is kept. Go on from here:  {resume}")
    if not full:
        say("The whole traceback:  --traceback")


def failure_text(failure: StepFailed) -> str:
    """A failure with the user's own line first; what only Python code can do about it is left out."""
    lines = [line for line in str(failure).splitlines() if not line.startswith("  again ")]
    origin = user_line(failure.__cause__)
    return "\n".join([*([origin] if origin else []), *(line for line in lines if not line.startswith("  raised "))])
