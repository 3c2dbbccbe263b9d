"""People's answers: those given in code, or what somebody who is asked says."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

import anyio

from daggr_fn.errors import Unanswered, shorten
from daggr_fn.execution.loops import in_running_loop
from daggr_fn.expressions import Key, step_of
from daggr_fn.kinds import MISSING
from daggr_fn.values import class_of, is_mapping, is_sequence

if TYPE_CHECKING:
    from collections.abc import Mapping

    from daggr_fn.execution.tasks import Ended
    from daggr_fn.kinds import Question
    from daggr_fn.plan import Settings


@runtime_checkable
class Said(Protocol):
    """An answer in words, as a command line has it: what it is depends on what is asked."""

    def read_for(self, question: Question, index: tuple[int, ...]) -> Any: ...


def answer(settings: Settings, question: Question) -> Any:
    """The answer to a question: from `answers`, else from `on_ask`.

    Raises:
        Unanswered: There is neither.
    """
    given = given_answer(settings.answers, question)
    if given is not MISSING:
        return given
    if settings.on_ask is None:
        instead = f".options(answers={{{question.name!r}: ...}}), or .options(on_ask=function)"
        raise unanswered(question, "nobody is there to answer", instead)
    said = settings.on_ask(question)
    if inspect.isawaitable(said):
        return _awaited(said)
    return said


def given_answer(answers: Mapping[str, Any], question: Question) -> Any:
    """What was said beforehand, by the question's name or by its step; `MISSING` where nothing was."""
    for name in (question.name, question.step):
        if name in answers:
            given, index = answers[name], () if name == question.name else question.index
            return given.read_for(question, index) if isinstance(given, Said) else item_of(given, index)
    return MISSING


def refused_before(ended: Ended, answers: Mapping[str, Any]) -> set[Key]:
    """The calls that a person had refused, and that these answers are for: what they were given was kept."""
    refused = (key for key, missing in ended.skipped.items() if missing.refused)
    asked = (key for key in refused if step_of(key).asks_people)
    return {key for key in asked if _named(key) in answers or step_of(key).name in answers}


def _named(key: Key) -> str:
    index = key[1:] if class_of(key) is tuple else ()
    return str(step_of(key).name) + "".join(f"[{i}]" for i in index)


def item_of(given: Any, index: tuple[int, ...]) -> Any:
    """The answer for one item, where a list or a dict by index is given for the step; `MISSING` where it has none."""
    for i in index:
        if is_sequence(given):
            given = given[i] if i < len(given) else MISSING
        elif is_mapping(given):
            given = given.get(i, given.get(str(i), MISSING))  # JSON has texts for keys
    return given


def unanswered(question: Question, why: str, instead: str) -> Unanswered:
    """The error of a question that nobody answers."""
    asked = f" about {shorten(question.value)}" if question.sort == "approve" else ""
    offered = f" of {shorten(list(question.options))}" if question.options else ""
    return Unanswered(f"{question.name} asks a person{asked}{offered}, and {why}\n  instead  {instead}")


def _awaited(said: Any) -> Any:
    async def wait() -> Any:
        return await said

    if in_running_loop():
        raise Unanswered("on_ask is async, and was asked in a running loop: use acall() or a plain function")
    return anyio.run(wait)
