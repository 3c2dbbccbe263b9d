"""Turns: runs inside the call of a repeated step, told as items of that step, under the options of the run around."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from daggr_fn import events
from daggr_fn.errors import NoValue, StepSkipped
from daggr_fn.execution.answers import answer
from daggr_fn.execution.calling import hidden
from daggr_fn.plan import Plan

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from daggr_fn.kinds import Call, Question

TurnKey = tuple[str, tuple[int, ...]]
"""The name of the step, and the item's index with the number of the turn."""


class Turns:
    """The turns of one run.

    Args:
        plan: The plan of the run.
        before: The turns that an earlier run finished.
        say: Where events go.
    """

    def __init__(self, plan: Plan, before: Mapping[TurnKey, Any], say: Callable[[events.Event], None]) -> None:
        self.finished: dict[TurnKey, Any] = {}
        self._plan = plan
        self._before = before
        self._say = say

    def take(self, call: Call, number: int, plan: Plan) -> Any:
        """The value of a turn: run now, unless the run that is resumed, or the attempt before, has finished it.

        Raises:
            StepFailed: A step of it failed.
            StepSkipped: It has no value.
        """
        index = (*call.index, number)
        key = (call.step, index)
        before = self._before if key in self._before else self.finished if call.attempt > 1 else {}
        if key in before:
            why = "kept from the run that failed" if key in self._before else "kept from the attempt before"
            self._say(events.StepReused(call.step, index, before[key], why))
            value = before[key]
        else:
            value = self._run(call, index, plan)
        self.finished[key] = value
        return value

    def let_go(self, step: str, index: tuple[int, ...]) -> None:
        """A repeated step has ended well: nobody goes on from its turns."""
        for key in [key for key in self.finished if key[0] == step and key[1][:-1] == index]:
            del self.finished[key]

    def _run(self, call: Call, index: tuple[int, ...], plan: Plan) -> Any:
        from daggr_fn.execution.entries import run_of
        from daggr_fn.execution.execution import Execution

        last = list(plan.graph.steps)[-1]

        def tell(event: events.Event) -> None:
            if isinstance(event, events.StepEvent) and event.step == last and not event.index and not call.cancelled:
                told = dataclasses.replace(event, step=call.step, index=index)
                if isinstance(told, events.StepErrored):  # a turn does not know what is secret around it
                    told.inputs = hidden(told.inputs or {}, self._plan.graph.steps[call.step].secrets)
                self._say(told)

        execution = Execution(self._under_options(call, index, plan), keeps=False, listen=tell)
        execution.wait()
        run = run_of(execution)
        failure = run.failures[0] if run.failures else None
        if failure is not None and failure.__cause__ is not None:
            raise failure.__cause__ from failure
        try:
            return run.value
        except NoValue as error:
            raise StepSkipped(str(error)) from error

    def _under_options(self, call: Call, index: tuple[int, ...], plan: Plan) -> Plan:
        """The plan of a turn with what was said of the run around: about reuse, resuming, runners, and who answers."""
        own, around = plan.settings, self._plan.settings

        def ask(question: Question) -> Any:
            name, at = f"{call.step}/{question.step}", (*index, *question.index)
            within = dataclasses.replace(question, step=name, index=at, around=(call.step, call.index))
            return answer(around, within)

        settings = own.changed(
            cache=around.cache if own.cache is None else own.cache,
            run_cache=own.run_cache if around.run_cache is None else around.run_cache,
            fresh=own.fresh or call.step in self._plan.forced,
            on_ask=own.on_ask or ask,
            keep=around.keep,
            resume=around.resume,
            runner=own.runner or around.runner,
            run_runner=around.run_runner or own.run_runner,
            secrets=tuple(self._plan.secrets),
            turn=f"{around.turn}{call.step}{list(index)} ",
        )
        return Plan(plan.graph, plan.inputs, settings, plan.memory)
