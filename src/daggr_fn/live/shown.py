"""What the cards of a sheet show, as the cells of a run: so that conditions and outputs can be worked out of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from daggr_fn.branching import Branch, Fallback
from daggr_fn.expressions import Expression, Missing, cell, copied, group
from daggr_fn.values import class_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from daggr_fn.expressions import Index, InputPort, Key
    from daggr_fn.graph import Graph, Step
    from daggr_fn.live.memory import Results
    from daggr_fn.live.states import Card


def _taken_apart(key: Any) -> tuple[Step, Index]:
    """The step and the item's index of a cell's key."""
    if class_of(key) is tuple:
        return key[0], key[1:]
    return key, ()


class _Values(dict["Key", Any]):
    def __init__(self, results: Results) -> None:
        super().__init__()
        self._results = results

    def __missing__(self, key: Any) -> Any:
        step, index = _taken_apart(key)
        known = self._results.shown(step.name, index)
        if known is None:
            raise LookupError(f"{step.name} has no result yet")
        value = self[key] = self._results.load(known, step.spec.returns)
        return value


class ShownCells:
    """What the cards of a sheet show (`expressions.Cells`). Values are loaded when they are asked for.

    Args:
        results: The results of the sheet.
        inputs: The values of the inputs.
    """

    def __init__(self, results: Results, inputs: Mapping[InputPort, Any]) -> None:
        self.inputs = inputs
        self.values: dict[Key, Any] = _Values(results)
        self.missing: dict[Key, Missing] = {}
        self.counts: dict[Key, int] = {}
        self._results = results

    def know(self, graph: Graph, cards: Mapping[str, Card]) -> None:
        """Find out which steps and items have nothing to show, and how many items there are."""
        for step in graph.steps.values():
            card = cards[step.name]
            if step.axes:
                self._know_items(step, card)
            elif self._results.shown(step.name) is None or card.state == "skipped":
                self.missing[step] = _missing(step, card.state)

    def _know_items(self, step: Step, card: Card) -> None:
        depth, items = len(step.axes), card.items
        if items is None:
            self.missing[group(step, ())] = _missing(step, card.state)
            return
        for index in items.all_indices():
            for level in range(depth):
                above = group(step, index[:level])
                self.counts[above] = max(self.counts.get(above, 0), index[level] + 1)
            if self._results.shown(step.name, index) is None:
                self.missing[cell(step, index)] = _missing(step, items.word(index))
        if depth == 1 or not len(items):
            self.counts.setdefault(group(step, ()), len(items))


def _missing(step: Step, word: str) -> Missing:
    failure = LookupError(f"{step.name} failed") if word == "failed" else None
    return Missing(step.name, failure, f"{step.name} has no result")


def taken_side(value: Any, cells: ShownCells) -> Any:
    """What an output is nothing but now: of a choice, a condition or backups the side that gives the value."""
    while isinstance(value, (Branch, Fallback)):
        if isinstance(value, Branch):
            value = value.side(value.taken(cells, ()))
        else:
            value = value.backup if value.failed(cells, ()) else value.first
    return value


def shown_output(graph: Graph, name: str, cells: ShownCells) -> Any:
    """The value of an output of the pipeline, as far as the cards show what it is made of.

    Raises:
        LookupError: There is no such output, or something of it has no result; in words for people.
    """
    result = graph.outputs[name]
    if not isinstance(result, Expression):
        return copied(result)
    index: Index = ()
    missing = result.absent(cells, index)
    if missing is not None:
        raise LookupError(missing.reason)
    return result.value(cells, index)
