"""The plans of a sheet, made of what is on it at that moment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from daggr_fn.live.asked import Asked
from daggr_fn.live.memory import SheetMemory
from daggr_fn.live.plans import sheet_plan, valid_choices
from daggr_fn.plan.marks import item_count

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Collection, Mapping

    from daggr_fn.expressions import Index
    from daggr_fn.live.editing import Edits
    from daggr_fn.live.entered import Entered
    from daggr_fn.live.memory import Results
    from daggr_fn.live.same_lists import SameLists
    from daggr_fn.live.states import Card
    from daggr_fn.pipelines import Pipeline
    from daggr_fn.plan import Plan


class Planner:
    """Makes the plans of a sheet.

    Args:
        pipeline: Its pipeline.
        results: Its results.
        entered: The values of its inputs.
        edits: Its edited lists.
        lists: The lists that an item is taken from when it is run alone.
        picked: The choices that people made.
        lock: Held while inputs and choices change.
    """

    def __init__(
        self,
        pipeline: Pipeline[..., Any],
        results: Results,
        entered: Entered,
        edits: Edits,
        lists: SameLists,
        picked: Callable[[], Mapping[str, str]],
        lock: threading.RLock,
    ) -> None:
        self._graph = pipeline.dag
        self._settings = pipeline.settings
        self._results = results
        self._entered = entered
        self._edits = edits
        self._lists = lists
        self._picked = picked
        self._lock = lock

    @property
    def choices(self) -> dict[str, str]:
        """The picked variant of each choice."""
        picked = valid_choices(self._graph, {**self._settings.choose, **self._picked()})
        return {name: picked.get(name, str(port.default)) for name, port in self._graph.choices.items()}

    def plan(
        self,
        asked: Asked,
        *,
        on_ask: Callable[[Any], Any] | None = None,
        finished: Collection[str] = (),
        run: str = "",
        keep_edits: bool = False,
    ) -> Plan:
        """What a run would do.

        Args:
            asked: What it is asked for.
            on_ask: Who answers its questions.
            finished: Steps that it did anew already, before it was interrupted.
            run: Its id, if it is to begin.
            keep_edits: Whether steps with edited items that would run keep the edits, and don't.

        Raises:
            InvalidInputError: Which steps take part hangs on an input without a value.
        """
        settings = self._settings.changed(sheet=self._results.sheet, on_ask=on_ask)
        settings = asked.settings(settings, self._graph, finished=finished)
        with self._lock:
            inputs, choices = dict(self._entered.given), self.choices
        memory = SheetMemory(self._results, run)
        plan = sheet_plan(self._graph, inputs, choices, settings, memory)
        given: dict[str, Any] = {}
        if asked.how == "item" and asked.step is not None:
            given = self._lists.given(asked.step, plan)
        if keep_edits:
            given |= self._edits.given(self._edits.replaced(plan), self._graph)
        if not given:
            return plan
        return sheet_plan(self._graph, inputs, choices, settings.changed(given={**settings.given, **given}), memory)

    def retrying(self, card: Card, index: Index) -> tuple[Asked, str]:
        """What a retry runs, and where that is more than the one item that was asked for, why."""
        whole = Asked("to", card.step)
        if not index or card.items is None:
            return whole, ""
        alone = Asked("item", card.step, index)
        known = item_count(self.plan(alone), self._graph.steps[card.step])
        if known == len(card.items):
            return alone, ""
        if known is not None:
            return whole, f"its list has {known} items now, and had {len(card.items)}"
        return whole, "its list has to be made anew first, and may be another one then"
