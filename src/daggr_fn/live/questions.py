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
        self._asked: dict[str, dict[Index, _Asked]] = {}

    def ask(self, run: str, question: Question) -> Any:
        """The `on_ask` of a run on the sheet.

        Raises:
            NotYetAnswered: Nobody has answered yet; the step is called again when somebody has.
        """
        step, index = question.step, question.index
        with self._lock:
            asked = self._asked.setdefault(step, {}).get(index)
            if asked is not None and asked.answered and asked.run == run:
                del self._asked[step][index]
                return asked.answer
            asked = self._asked[step][index] = _Asked(run, question)
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
            asked = self._asked.get(step, {}).get(index)
            if asked is None or asked.answered:
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
        asked = self._asked.get(step, {}).get(index)
        return asked.question if asked is not None and not asked.answered else None

    def asks(self, step: str, index: Index) -> bool:
        """Whether an item asks something now."""
        return self.open(step, index) is not None

    def of(self, step: str) -> list[Question]:
        """All that a step asks now, in the order of its items."""
        with self._lock:
            asked = sorted(self._asked.get(step, {}).items(), key=lambda at: at[0])
        return [one.question for _, one in asked if not one.answered]

    def first(self, step: str) -> tuple[Question | None, int]:
        """What a step asked first of what is open, and how much it asks."""
        with self._lock:
            found = [one.question for one in self._asked.get(step, {}).values() if not one.answered]
        return (found[0], len(found)) if found else (None, 0)

    def drop(self, steps: Iterable[str], run: str) -> list[str]:
        """A run does not wait any more for what some steps ask; those that asked something."""
        dropped: list[str] = []
        with self._lock:
            for step in steps:
                mine = [index for index, one in self._asked.get(step, {}).items() if one.run == run]
                for index in mine:
                    del self._asked[step][index]
                if mine:
                    dropped.append(step)
        return dropped


def told_question(question: Question) -> dict[str, Any]:
    """A question in JSON; the value that it is about, its options and component are asked of the sheet."""
    told: dict[str, Any] = {"sort": question.sort, "note": question.note}
    if question.index:
        told["index"] = list(question.index)
    if question.sort == "choose":
        told["options"] = [_short(option) for option in question.options]
    return told


def _short(option: Any) -> str:
    text = str(option)
    return text if len(text) <= 200 else text[:200] + "…"
