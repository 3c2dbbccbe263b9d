"""Questions that wait for a person: no thread waits with them, however many there are."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from daggr_fn.errors import InvalidInputError, listed
from daggr_fn.kinds import NotYetAnswered

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from daggr_fn.expressions import Index
    from daggr_fn.kinds import Question


@dataclass(slots=True, eq=False)
class _Asked:
    """A question, who asks it, and what is to be called when it has its answer."""

    run: str
    question: Question
    answer: Any = None
    answered: bool = False
    call_back: Callable[[], None] | None = None


class Questions:
    """What the runs of a sheet ask of people now.

    Args:
        changed: Told of the step and index of a question that is asked or answered, from any thread.
    """

    def __init__(self, changed: Callable[[str, Index], None]) -> None:
        self._changed = changed
        self._lock = threading.Lock()
        self._asked: dict[str, dict[Index, list[_Asked]]] = {}

    def ask(self, run: str, question: Question) -> Any:
        """The `on_ask` of a run on the sheet. What a step, or an item, asks in one turn is asked one by one.

        Raises:
            NotYetAnswered: Nobody has answered yet; the step is called again when somebody has.
        """
        step, index = question.asker
        with self._lock:
            line = self._asked.setdefault(step, {}).setdefault(index, [])
            known = next((one for one in line if one.run == run and one.question.name == question.name), None)
            if known is not None:
                line.remove(known)
                self._tidy(step, index)
                if known.answered:
                    return known.answer
            asked = _Asked(run, question)
            self._asked.setdefault(step, {}).setdefault(index, line).append(asked)
        self._changed(step, index)

        def when(call_back: Callable[[], None]) -> None:
            with self._lock:
                answered = asked.answered
                if not answered:
                    asked.call_back = call_back
            if answered:
                call_back()

        raise NotYetAnswered(when)

    def answer(self, step: str, index: Index, value: Any) -> None:
        """Give the answer to a question.

        Raises:
            LookupError: Nothing is asked there: it was answered already, or the run is over.
            InvalidInputError: It is none of the options.
        """
        with self._lock:
            asked = self._open(step, index)
            if asked is None:
                raise LookupError(f"{step} asks nothing now: it was answered already, or its run is over")
            if asked.question.sort == "choose" and value not in asked.question.options:
                raise InvalidInputError(f"{value!r} is none of the options: {listed(asked.question.options)}")
            asked.answer, asked.answered = value, True
            call_back = asked.call_back
        self._changed(step, index)
        if call_back is not None:
            call_back()

    def open(self, step: str, index: Index = ()) -> Question | None:
        """The question that a step or an item asks now."""
        with self._lock:
            asked = self._open(step, index)
        return asked.question if asked is not None else None

    def asks(self, step: str, index: Index) -> bool:
        """Whether an item asks something now."""
        return self.open(step, index) is not None

    def of(self, step: str) -> list[Question]:
        """What a step asks now, of each of its items one question, in the order of the items."""
        with self._lock:
            found = [self._open(step, index) for index in sorted(self._asked.get(step, {}))]
        return [one.question for one in found if one is not None]

    def first(self, step: str) -> tuple[Question | None, int]:
        """What a step asked first of what is open, and of how many items."""
        with self._lock:
            found = [one for index in self._asked.get(step, {}) if (one := self._open(step, index)) is not None]
        return (found[0].question, len(found)) if found else (None, 0)

    def drop(self, steps: Iterable[str], run: str) -> list[str]:
        """A run does not wait any more for what some steps ask; those that asked something."""
        dropped: list[str] = []
        with self._lock:
            for step in steps:
                lines = self._asked.get(step, {})
                mine = [index for index, line in lines.items() if any(one.run == run for one in line)]
                for index in mine:
                    lines[index] = [one for one in lines[index] if one.run != run]
                    self._tidy(step, index)
                if mine:
                    dropped.append(step)
        return dropped

    def _open(self, step: str, index: Index) -> _Asked | None:
        """The question that is asked now: the first that has no answer."""
        return next((one for one in self._asked.get(step, {}).get(index, ()) if not one.answered), None)

    def _tidy(self, step: str, index: Index) -> None:
        if not self._asked[step][index]:
            del self._asked[step][index]


def told_question(question: Question) -> dict[str, Any]:
    """A question in JSON; the value that it is about, its options and component are asked of the sheet."""
    told: dict[str, Any] = {"sort": question.sort, "note": question.note}
    _, index = question.asker
    if index:
        told["index"] = list(index)
    if question.sort == "choose":
        told["options"] = [_short(option) for option in question.options]
    return told


def _short(option: Any) -> str:
    text = str(option)
    return text if len(text) <= 200 else text[:200] + "…"
