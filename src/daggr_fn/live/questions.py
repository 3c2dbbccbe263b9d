"""Questions that wait for a person: no thread waits with them, however many there are."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from daggr_fn.errors import InvalidInputError, listed
from daggr_fn.kinds import NotYetAnswered

if TYPE_CHECKING:
    from collections.abc import Callable

    from daggr_fn.expressions import Index
    from daggr_fn.kinds import Question

Place = tuple[str, "Index"]


class Questions:
    """What the runs of a sheet ask of people now.

    Args:
        changed: Told of a question that is asked or answered, from any thread.
    """

    def __init__(self, changed: Callable[[Place], None]) -> None:
        self._changed = changed
        self._lock = threading.Lock()
        self._open: dict[Place, Question] = {}
        self._answers: dict[Place, Any] = {}
        self._callbacks: dict[Place, list[Callable[[], None]]] = {}

    def ask(self, question: Question) -> Any:
        """The `on_ask` of a run on the sheet.

        Raises:
            NotYetAnswered: Nobody has answered yet; the step is called again when somebody has.
        """
        place = (question.step, question.index)
        with self._lock:
            if place in self._answers:
                return self._answers.pop(place)
            self._open[place] = question
        self._changed(place)

        def when(call_back: Callable[[], None]) -> None:
            with self._lock:
                waits = place not in self._answers
                if waits:
                    self._callbacks.setdefault(place, []).append(call_back)
            if not waits:
                call_back()

        raise NotYetAnswered(when)

    def answer(self, step: str, index: Index, value: Any) -> None:
        """Give the answer to a question.

        Raises:
            LookupError: Nothing is asked there: it was answered already, or the run is over.
            InvalidInputError: It is none of the options.
        """
        place = (step, index)
        with self._lock:
            question = self._open.get(place)
            if question is None:
                raise LookupError(f"{step} asks nothing now: it was answered already, or its run is over")
            if question.sort == "choose" and value not in question.options:
                raise InvalidInputError(f"{value!r} is none of the options: {listed(question.options)}")
            del self._open[place]
            self._answers[place] = value
            callbacks = self._callbacks.pop(place, [])
        self._changed(place)
        for call_back in callbacks:
            call_back()

    def open(self, step: str, index: Index = ()) -> Question | None:
        """The question that a step or an item asks now."""
        return self._open.get((step, index))

    def of(self, step: str) -> list[Question]:
        """All that a step asks now, in the order of its items."""
        with self._lock:
            return [question for place, question in sorted(self._open.items(), key=lambda at: at[0]) if place[0] == step]

    def drop(self, step: str) -> None:
        """Nobody waits for what a step asks any more."""
        with self._lock:
            for place in [place for place in (*self._open, *self._answers, *self._callbacks) if place[0] == step]:
                self._open.pop(place, None)
                self._answers.pop(place, None)
                self._callbacks.pop(place, None)


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
