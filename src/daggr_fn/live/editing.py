"""Edited item lists: a version of its own, under the key of the result that it replaces.

So what follows is stale when the list differs, the history has both, and once the step's inputs change the key is
another, and the edits are not taken any more.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from daggr_fn.live.values import with_port
from daggr_fn.remembered import About
from daggr_fn.store import StoredResult

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from daggr_fn.expressions import Index
    from daggr_fn.graph import Graph, Step
    from daggr_fn.live.memory import Results
    from daggr_fn.live.states import Card
    from daggr_fn.plan import Plan

EDITED = "edited"


class Edits:
    """The edits of a sheet.

    Args:
        results: The results of the sheet.
        known: What was kept of the edits: by step the `number` of the edited version and its `ports`.
    """

    def __init__(self, results: Results, known: Mapping[str, Any]) -> None:
        self._results = results
        self._known: dict[str, dict[str, Any]] = {name: dict(one) for name, one in known.items()}

    def know(self, known: Mapping[str, Any]) -> None:
        """What others have kept of the edits."""
        self._known = {name: dict(one) for name, one in known.items()}

    @property
    def told(self) -> dict[str, Any]:
        """What is to be kept, as JSON."""
        return {name: dict(one) for name, one in self._known.items()}

    def ports(self, step: str) -> list[str]:
        """The edited outputs of what a step shows."""
        known, numbers = self._known.get(step), self._results.numbers(step)
        return list(known["ports"]) if known is not None and numbers and numbers[0] == known["number"] else []

    def tell(self, cards: Mapping[str, Card]) -> None:
        """Tell on the cards which outputs are edited."""
        for name in self._known.keys() & cards.keys():
            cards[name].tell(edited=self.ports(name) or None)

    def edit(self, step: Step, port: str, rows: list[Any] | None, index: Index) -> None:
        """Put an edited list in place of what a step returned, or with `None` what it was before.

        Raises:
            LookupError: There is nothing to be edited, or taken back.
        """
        shown = self._results.shown(step.name, index)
        if shown is None:
            raise LookupError(f"{step.name} has no result that could be edited: run it first")
        if rows is None:
            self._take_back(step, index)
            return
        value = with_port(step, self._results.load(shown, step.spec.returns), port, rows)
        ports = sorted({port, *self.ports(step.name)})
        original = self._known[step.name]["original"] if self.ports(step.name) else None  # before there is another one
        number = self._put(step, index, value, shown.key, shown.seconds)
        self._known[step.name] = {"number": number, "ports": ports, "original": original or shown.number}

    def _take_back(self, step: Step, index: Index) -> None:
        known = self._known.get(step.name) if self.ports(step.name) else None
        if known is None:
            raise LookupError(f"nothing of {step.name} was edited")
        versions = self._results.store.versions(self._results.sheet, step.name)
        original = next((one.results.get(index) for one in versions if one.number == known["original"]), None)
        if original is None:
            raise LookupError(f"what {step.name} returned before it was edited is gone")
        self._put(step, index, self._results.load(original, step.spec.returns), original.key, original.seconds)

    def _put(self, step: Step, index: Index, value: Any, key: str, seconds: float) -> int:
        results, run = self._results, f"edit-{uuid.uuid4().hex[:12]}"
        results.store.begin_run(results.sheet, run, [step.name], f"{EDITED} {step.name}")
        ports = tuple(step.spec.outputs) if step.spec.record else ()
        about = About("", step.name, step.spec.name, index, {}, seconds, ports, step.spec.record)
        others = [(step.name, (*index[:-1], i)) for i in results.items_of(step.name, index[:-1]) if index]
        reused = [(*at, known) for at in others if isinstance(known := results.shown(*at), StoredResult)]
        if reused:
            results.store.add_reuse(results.sheet, run, reused)
        kept = results.keep(run, key, value, about, step.spec.returns, reason=EDITED)
        results.store.end_run(results.sheet, run, "done", 0.0)
        results.show_kept(run, step.name, index)
        return kept.number

    def replaced(self, plan: Plan) -> set[str]:
        """The edited steps that a run would run."""
        edited = {name for name in self._known if name in plan.steps and self.ports(name)}
        wanted = plan.wanted()
        return {
            name
            for name in edited
            if plan.steps[name].mark in ("run", "depends") and (wanted is None or name in wanted)
        }

    def given(self, steps: Collection[str], graph: Graph) -> dict[str, Any]:
        """The edited values of steps, to be given to a run."""
        from daggr_fn.live.values import shown_value

        return {name: shown_value(self._results, graph.steps[name], None) for name in steps}
