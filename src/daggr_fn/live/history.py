"""Going back to an earlier version of a step, with the inputs that made it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from daggr_fn.live.undoing import UNSET, Change

if TYPE_CHECKING:
    from collections.abc import Mapping

    from daggr_fn.graph import Graph
    from daggr_fn.live.entered import Entered
    from daggr_fn.live.memory import Results
    from daggr_fn.live.undoing import Undoing


class History:
    """The versions of the steps of a sheet, to go back to.

    Args:
        results: The results of the sheet.
        graph: The pipeline's graph.
        entered: The values of its inputs.
        undoing: Takes note of the inputs that change by it.
    """

    def __init__(self, results: Results, graph: Graph, entered: Entered, undoing: Undoing) -> None:
        self._results = results
        self._graph = graph
        self._entered = entered
        self._undoing = undoing

    def go_back(self, step: str, number: int) -> None:
        """Select a version, what was made for it, and the inputs that made it.

        Raises:
            LookupError: There is no such version.
        """
        store, sheet = self._results.store, self._results.sheet
        version = next((one for one in store.versions(sheet, step) if one.number == number), None)
        if version is None:
            raise LookupError(f"the step {step!r} has no version {number} on this sheet")
        before = dict(self._entered.values)
        made_with = store.versions_in(sheet, version.run)
        for earlier in self._graph.before([step]) - {step}:
            if earlier in made_with:
                store.select(sheet, earlier, made_with[earlier], restore_inputs=False)
        store.select(sheet, step, number)
        self._results.forget()
        self._entered.reload()
        self._note_restored(before)

    def _note_restored(self, before: Mapping[str, Any]) -> None:
        now = self._entered.values
        changed = [name for name in {**before, **now} if before.get(name, UNSET) is not now.get(name, UNSET)]
        if changed:
            then = {name: before.get(name, UNSET) for name in changed}
            self._undoing.note(Change("inputs", then, {name: now.get(name, UNSET) for name in changed}))
