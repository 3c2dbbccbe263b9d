"""`--answer step=words`: what the words are, which depends on what the step asks."""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn

from daggr_fn import texts
from daggr_fn.components import component_type
from daggr_fn.errors import InvalidInputError
from daggr_fn.execution.answers import item_of, unanswered
from daggr_fn.expressions import InputPort
from daggr_fn.kinds import MISSING
from daggr_fn.values import class_of

if TYPE_CHECKING:
    from daggr_fn.kinds import Question

_YES = ("true", "yes", "y", "1")
_NO = ("false", "no", "n", "0")


@dataclass(frozen=True)
class Words:
    """An answer as it was written on the command line. For a step of several items also a JSON list of answers."""

    text: str

    def read_for(self, question: Question, index: tuple[int, ...]) -> Any:
        """The answer to a question.

        Args:
            question: The question.
            index: Where the answer is, if this is a list of answers.

        Raises:
            InvalidInputError: The words are no answer to it.
        """
        given: Any = self.text
        listed = _json(self.text) if index else MISSING
        if isinstance(listed, (list, dict)):
            given = item_of(listed, index)
            if not isinstance(given, str) and given is not MISSING:
                given = json.dumps(given)
        return MISSING if given is MISSING else _read(given, question)


def nobody_here(question: Question) -> NoReturn:
    """Say how to answer, where no terminal is there to ask at.

    Raises:
        Unanswered: Always.
    """
    raise unanswered(
        question, "nobody is at a terminal to answer", f"--answer {shlex.quote(f'{question.name}=...')}, with --resume"
    )


def _read(text: str, question: Question) -> Any:
    if question.sort == "approve":
        return _yes_or_no(text, question)
    if question.sort == "choose":
        return _option(text, question.options)
    annotation, choices = form_of(question)
    if annotation is bool:
        return _yes_or_no(text, question)
    if choices is None and annotation in (Any, type(None)):
        return _json_or_text(text, question.component)
    try:
        return texts.parser_of(annotation, choices)[0](text)
    except ValueError as error:
        raise InvalidInputError(f"{question.name} was answered {text!r}: {error}") from error


def _yes_or_no(text: str, question: Question) -> bool:
    if text.lower() in _YES:
        return True
    if text.lower() in _NO:
        return False
    raise InvalidInputError(f"{question.name} was answered {text!r}\n  valid    true, false")


def _option(text: str, options: tuple[Any, ...]) -> Any:
    """The option that is written so; the step itself refuses what is none."""
    for option in options:
        if str(option) == text:
            return option
    return _json_or_text(text)


def _json_or_text(text: str, component: Any = None) -> Any:
    given = MISSING if component is not None and component.api_info().get("type") == "string" else _json(text)
    return text if given is MISSING else given


def form_of(question: Question) -> tuple[Any, dict[str, Any] | None]:
    """The type of the answer that a question asks for, and its choices, where one of a few is taken."""
    port = InputPort("answer", component_type(question.component), None, component=question.component)
    if port.component is None:
        return class_of(begun_with(question)), None
    annotation, choices = texts.known_annotation(port), texts.component_choices(port)
    several = texts.is_list(annotation) or (choices is not None and port.component.api_info().get("type") == "array")
    return (list, None) if several else (annotation, choices)


def begun_with(question: Question) -> Any:
    """What the answer begins with, for a person to change."""
    return getattr(question.component, "value", None) if question.value is None else question.value


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return MISSING
