"""The calls of a run: begun with a word, and given what they can say to the run and ask of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from daggr_fn import events
from daggr_fn.execution.answers import answer
from daggr_fn.execution.calling import new_call
from daggr_fn.execution.results import CallFolder
from daggr_fn.execution.turns import take_turn

if TYPE_CHECKING:
    from collections.abc import Callable

    from daggr_fn.execution.state import Task
    from daggr_fn.kinds import Call, Question
    from daggr_fn.plan import Plan


class Telling:
    """What the calls of a run say, and what they ask for.

    Args:
        plan: The run's plan.
        say: Where events go.
        depth: How many event loop threads below the run's are blocked by calls that wait for it.
    """

    def __init__(self, plan: Plan, say: Callable[[events.Event], None], depth: Callable[[], int]) -> None:
        self._plan = plan
        self._say = say
        self._depth = depth

    def begin(self, task: Task) -> Call:
        """The call of a task that begins now."""
        call = task.call = new_call(task, task.limits, self._depth())
        call.on_progress, call.on_partial, call.scratch = self._say_progress, self._say_partial, CallFolder()
        call.on_ask, call.on_turn = self._answer, self._take_turn
        runner = self._plan.runner(task.step).name if task.away else ""
        self._say(events.StepStarted(task.step.name, task.index, task.attempt, runner))
        return call

    def _answer(self, question: Question) -> Any:
        return answer(self._plan.settings, question)

    def _take_turn(self, call: Call, number: int, plan: Plan) -> Any:
        return take_turn(call, number, plan.where(self._plan.settings), self._say)

    def _say_progress(self, call: Call, fraction: float | None, text: str) -> None:
        if not call.cancelled:
            self._say(events.StepProgress(call.step, call.index, fraction, text))

    def _say_partial(self, call: Call, value: Any) -> None:
        if not call.cancelled:
            self._say(events.StepPartial(call.step, call.index, value))
