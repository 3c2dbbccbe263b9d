"""People's answers: those given in code, or what somebody who is asked says."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import anyio

from daggr_fn.errors import Unanswered, shorten
from daggr_fn.execution.loops import in_running_loop

if TYPE_CHECKING:
    from daggr_fn.kinds import Question
    from daggr_fn.plan import Settings


def answer(settings: Settings, question: Question) -> Any:
    """The answer to a question: from `answers`, else from `on_ask`.

    Raises:
        Unanswered: There is neither.
    """
    answers = settings.answers
    if question.name in answers:
        return answers[question.name]
    if question.step in answers:
        return _item(answers[question.step], question)
    if settings.on_ask is None:
        asked = f" about {shorten(question.value)}" if question.sort == "approve" else ""
        offered = f" of {shorten(list(question.options))}" if question.options else ""
        raise Unanswered(
            f"{question.name} asks a person{asked}{offered}, and nobody is there to answer\n"
            f"  instead  .options(answers={{{question.name!r}: ...}}), or .options(on_ask=function)"
        )
    said = settings.on_ask(question)
    if inspect.isawaitable(said):
        return _awaited(said)
    return said


def _item(given: Any, question: Question) -> Any:
    """The answer for one item, where a list or a dict by index is given for the step."""
    for i in question.index:
        if isinstance(given, (list, tuple, Mapping)):
            given = given[i]  # pyright: ignore[reportUnknownVariableType]  # of any items
    return given  # pyright: ignore[reportUnknownVariableType]


def _awaited(said: Any) -> Any:
    async def wait() -> Any:
        return await said

    if in_running_loop():
        raise Unanswered("on_ask is async, and was asked in a running loop: use acall() or a plain function")
    return anyio.run(wait)
