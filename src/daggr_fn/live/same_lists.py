"""The lists that mapped steps went through, as the cards show them: so that one item can be the same item again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from daggr_fn.live.states import ENDED_WELL
from daggr_fn.live.values import shown_value

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from daggr_fn.graph import Graph, Step
    from daggr_fn.live.memory import Results
    from daggr_fn.live.states import Card
    from daggr_fn.live.touched import Touched
    from daggr_fn.plan import Plan


class SameLists:
    """What steps that are never reused made for a mapped step, as long as nothing that it was made of is another now.

    A run would call such a step (`cache=False`) anew and get another list, in which an item is no more what it was.

    Args:
        graph: The pipeline's graph.
        cards: The cards by step.
        results: The results of the sheet.
        touched: What was changed since steps ran.
    """

    def __init__(self, graph: Graph, cards: Mapping[str, Card], results: Results, touched: Touched) -> None:
        self._graph = graph
        self._cards = cards
        self._results = results
        self._touched = touched

    def given(self, name: str, plan: Plan) -> dict[str, Any]:
        """By step the values that a run of one item of a mapped step is given."""
        given: dict[str, Any] = {}
        for step in self._makers(self._graph.steps[name]):
            if not step.axes and not plan.remembers(step) and self._is_as_it_was(step.name):
                try:
                    given[step.name] = shown_value(self._results, step, None)
                except LookupError:  # it isn't kept, or can't be read any more: the step is run
                    continue
        return given

    def _makers(self, step: Step) -> Iterator[Step]:
        """The steps of whose values the lists of a mapped step are."""
        for axis in step.axes:
            for item in axis:
                for key in item.of.steps():
                    yield self._graph.steps[key.name]

    def _is_as_it_was(self, name: str) -> bool:
        """Whether a step would get the same inputs again: none was changed, and nothing before it was made later."""
        shown = self._results.shown(name)
        if shown is None or self._cards[name].state not in ENDED_WELL or self._touched.why(name) is not None:
            return False
        return all(self._results.newest(one) <= shown.created for one in self._graph.before([name]) - {name})
