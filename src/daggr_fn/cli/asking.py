"""Questions to the person at the terminal, for steps that ask one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from daggr_fn import texts
from daggr_fn.cli.answering import begun_with, form_of
from daggr_fn.cli.consoles import console, one_at_a_time
from daggr_fn.errors import Unanswered, shorten
from daggr_fn.values import class_of

if TYPE_CHECKING:
    from rich.console import Console

    from daggr_fn.kinds import Question
    from daggr_fn.plan import Plan


def asks_people(plan: Plan) -> bool:
    """Whether a step of the plan asks a person."""
    return any(step.asks_people for step in plan.selected)


def ask_here(question: Question) -> Any:
    """Ask at the terminal: yes or no, one of the options by its number, or a value of the component's type.

    Raises:
        Unanswered: The person closed the terminal's input (Ctrl-D).
    """
    out = console(results=False)
    with one_at_a_time:
        try:
            return _asked(question, out)
        except EOFError as error:
            raise Unanswered(f"{question.name} was not answered") from error


def _asked(question: Question, out: Console) -> Any:
    label = getattr(question.component, "label", None) or question.note or question.name
    if question.sort == "approve":
        return _confirmed(f"{label}: {shorten(question.value)}", None, out)
    if question.sort == "choose":
        return _chosen(label, question.options, None, out)
    begun = begun_with(question)
    annotation, choices = form_of(question)
    if annotation is bool:
        return _confirmed(label, bool(begun), out)
    if choices:
        return _chosen(label, tuple(choices.values()), begun, out)
    return _typed(label, annotation, begun, out)


def _confirmed(label: str, begun: bool | None, out: Console) -> bool:
    from rich.markup import escape
    from rich.prompt import Confirm

    if begun is None:
        return bool(Confirm.ask(escape(label), console=out))
    return bool(Confirm.ask(escape(label), console=out, default=begun))


def _chosen(label: str, options: tuple[Any, ...], begun: Any, out: Console) -> Any:
    from rich.markup import escape
    from rich.prompt import IntPrompt

    for number, option in enumerate(options, start=1):
        out.print(f"  {number}  {escape(shorten(option))}")
    valid = [str(number) for number in range(1, len(options) + 1)]
    if begun not in options:
        return options[IntPrompt.ask(escape(label), choices=valid, console=out) - 1]
    return options[IntPrompt.ask(escape(label), choices=valid, console=out, default=options.index(begun) + 1) - 1]


def _typed(label: str, annotation: Any, begun: Any, out: Console) -> Any:
    """What was typed as a value; asked again until it is one, and what it began with where nothing was typed."""
    from rich.markup import escape
    from rich.prompt import Prompt

    parse = texts.parser_of(annotation)[0]
    shown = json.dumps(begun) if class_of(begun) is list and begun else str(begun or "")
    while True:
        text = Prompt.ask(escape(label), default=shown, show_default=bool(shown), console=out)
        if begun is not None and text == shown:
            return begun
        try:
            return parse(text)
        except ValueError as error:
            out.print(escape(str(error)))
