"""Which side of a condition was taken, and which backup answered, as far as the results on a sheet tell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from daggr_fn.branching import OTHERWISE, Branch, Fallback
from daggr_fn.expressions import Expression, Input, Output, Part
from daggr_fn.live.shown import ShownCells
from daggr_fn.live.states import ENDED_WELL, Card

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from daggr_fn.branching import Guard
    from daggr_fn.expressions import Index, InputPort
    from daggr_fn.graph import Graph, Step
    from daggr_fn.live.memory import Results


class Sides:
    """The conditions and backups of a graph: told on cards, and inside of a map item by item.

    A condition that is the value of a step is told on that step's card; another has a card of its own.

    Attributes:
        cards: The cards of the conditions that are no step's.
        deciding: The steps that conditions and backups hang on.
    """

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._branches: dict[str, Branch] = {}
        self._mapped: dict[str, Branch] = {}
        self._backups: dict[str, list[str]] = {}
        self._inputs: Mapping[InputPort, Any] = {}
        self.cards: dict[str, Card] = {}
        self.deciding: set[str] = set()
        choices = set(graph.choices.values())
        for part in _parts(graph):
            if isinstance(part, Branch) and not _is_choice(part, choices):
                self._add_condition(part)
            elif isinstance(part, Fallback) and not part.first.axes:
                self._add_backup(part)

    def _add_condition(self, branch: Branch) -> None:
        step = _sole_step(branch.condition)
        if branch.condition.axes:
            if step is not None:
                self._mapped.setdefault(step.name, branch)
            return
        name = step.name if step is not None else branch.label
        self._branches.setdefault(name, branch)
        if step is None:
            self.cards.setdefault(name, Card(name))
        self.deciding |= {needed.name for needed in branch.condition.steps()}

    def _add_backup(self, fallback: Fallback) -> None:
        first = fallback.first
        while isinstance(first, Fallback):
            first = first.first
        step, backup = _sole_step(first), _sole_step(fallback.backup)
        if step is not None and backup is not None:
            others = self._backups.setdefault(step.name, [])
            if backup.name not in others:
                others.append(backup.name)
            self.deciding |= {step.name, backup.name}

    def update(self, cards: Mapping[str, Card], results: Results, inputs: Mapping[InputPort, Any]) -> list[Card]:
        """Tell it on the cards; those that changed of the conditions' own."""
        self._inputs = inputs
        cells = ShownCells(results, inputs)
        for name, branch in self._branches.items():
            side = _taken(branch, cells)
            own = self.cards.get(name)
            card = cards[name] if own is None else own
            card.tell(side=side)
            if own is not None:
                own.tell(state="idle" if side is None else "done")
        for name, backups in self._backups.items():
            failed = cards[name].state == "failed"
            answered = next((one for one in backups if cards[one].state in ENDED_WELL), None) if failed else None
            cards[name].tell(answered_by=answered)
        return [card for card in self.cards.values() if card.changed]

    def side_of_item(self, step: str, index: Index, results: Results) -> str | None:
        """The side that an item of a mapped step decided for, if it decides anything."""
        branch = self._mapped.get(step)
        return None if branch is None else _taken(branch, ShownCells(results, self._inputs), index)

    def why_skipped(self, step: str, index: Index, results: Results) -> str | None:
        """Which condition an item was skipped for, as far as the results tell."""
        cells = ShownCells(results, self._inputs)
        guards = self._graph.steps[step].guards
        return next((guard.reason for guard in guards if _decides_against(guard, cells, index)), None)


def _parts(graph: Graph) -> Iterator[Expression]:
    for root in (graph.result, *(edge for step in graph.steps.values() for edge in step.edges.values())):
        if isinstance(root, Expression):
            yield from root.walk()


def _is_choice(branch: Branch, choices: set[InputPort]) -> bool:
    return isinstance(branch.condition, Input) and branch.condition.port in choices


def _sole_step(expression: Expression) -> Step | None:
    """The step of which an expression is the value, or an output."""
    if isinstance(expression, Part) and expression.port:
        expression = expression.of
    return expression.step if isinstance(expression, Output) else None


def _decides_against(guard: Guard, cells: ShownCells, index: Index) -> bool:
    try:
        return not guard.wants_failure and not guard.holds(cells, index)
    except Exception:  # noqa: BLE001  # see `_taken`
        return False


def _taken(branch: Branch, cells: ShownCells, index: Index = ()) -> str | None:
    try:
        side = branch.taken(cells, index)
    except Exception:  # noqa: BLE001  # there is no value yet, or the user's __bool__ and __eq__ fail
        return None
    if side is OTHERWISE:
        return "otherwise"
    return "then" if side is True and branch.words == "when" else str(side)
