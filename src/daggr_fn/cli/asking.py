"""Questions to the person at the terminal, for steps that ask one."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, Any

from daggr_fn.cli.consoles import console
from daggr_fn.errors import shorten

if TYPE_CHECKING:
    from daggr_fn.kinds import Question
    from daggr_fn.plan import Plan

_one_at_a_time = threading.Lock()


def asks_people(plan: Plan) -> bool:
    """Whether a step of the plan asks a person."""
    return any(getattr(step.kind, "asks_people", False) for step in plan.selected)


def ask_here(question: Question) -> Any:
    """Ask at the terminal: yes or no, one of the options by its number, or a value (JSON or text)."""
    from rich.markup import escape
    from rich.prompt import Confirm, IntPrompt, Prompt

    out = console(results=False)
    with _one_at_a_time:
        label = getattr(question.component, "label", None) or question.note or question.name
        if question.sort == "approve":
            return Confirm.ask(escape(f"{label}: {shorten(question.value)}"), console=out)
        if question.sort == "choose":
            for number, option in enumerate(question.options, start=1):
                out.print(f"  {number}  {escape(shorten(option))}")
            valid = [str(number) for number in range(1, len(question.options) + 1)]
            return question.options[IntPrompt.ask(escape(label), choices=valid, console=out) - 1]
        begun = "" if question.value is None else str(question.value)
        return _read(Prompt.ask(escape(label), default=begun, show_default=bool(begun), console=out), question.value)


def _read(text: str, begun: Any) -> Any:
    """The answer as a value: unchanged where nothing was typed, as text where it began as one, else JSON or text."""
    if begun is not None and text == str(begun):
        return begun
    if isinstance(begun, str):
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text
