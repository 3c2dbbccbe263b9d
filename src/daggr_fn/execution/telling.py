"""The calls of a run: begun with a word, and given what they can say to the run and ask of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from daggr_fn import events
from daggr_fn.execution.answers import answer
from daggr_fn.execution.calling import new_call
from daggr_fn.execution.results import CallFolder

if TYPE_CHECKING:
    from daggr_fn.execution.execution import Execution
    from daggr_fn.execution.tasks import Task
    from daggr_fn.kinds import Call, Question


class Telling:
    """What the calls of a run say, and what they ask for."""

    def __init__(self, run: Execution) -> None:
        self._run = run
        self._settings = run.plan.settings

    def begin(self, task: Task) -> Call:
        """The call of a task that begins now."""
        call = task.call = new_call(task, task.limits, self._run.depth)
        call.on_progress, call.on_partial, call.scratch = self._say_progress, self._say_partial, CallFolder()
        call.on_ask, call.on_turn = self._answer, self._run.turns.take
        self._run.say_started(task)
        return call

    def _answer(self, question: Question) -> Any:
        return answer(self._settings, question)

    def _say_progress(self, call: Call, fraction: float | None, text: str) -> None:
        if not call.cancelled:
            self._run.say(events.StepProgress(call.step, call.index, fraction, text))

    def _say_partial(self, call: Call, value: Any) -> None:
        if not call.cancelled:
            self._run.say(events.StepPartial(call.step, call.index, value))
