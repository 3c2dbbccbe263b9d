"""From the graph to the cards and wires that the page draws."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from daggr_fn.branching import Guarded
from daggr_fn.canvas.cards.alternatives import shared_card
from daggr_fn.canvas.cards.conditions import add_condition, condition_card
from daggr_fn.canvas.cards.expected import expected_view, is_list
from daggr_fn.canvas.cards.groups import Groups, Path, group_card
from daggr_fn.canvas.cards.inputs import InputCards
from daggr_fn.canvas.cards.parts import port_label
from daggr_fn.canvas.cards.shared import Shares, sole_output
from daggr_fn.canvas.cards.sources import Source, Sources
from daggr_fn.canvas.cards.steps import step_card
from daggr_fn.expressions import Expression, Gathered, Input
from daggr_fn.values import class_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from daggr_fn.canvas.cards.shapes import Card, Description, End, Result
    from daggr_fn.canvas.cards.shared import Condition
    from daggr_fn.graph import Graph, Step


def describe(graph: Graph) -> Description:
    """The cards, wires and outputs of a pipeline.

    The same graph gives the same description, and ids stay the same as long as names do.
    """
    return _Drawing(graph).description()


class _Drawing:
    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.shares = Shares(graph)
        self.inputs = InputCards(graph, self.shares)
        self.sources = Sources(self.shares, self.inputs)
        self.used: set[End] = set()

    def description(self) -> Description:
        groups = Groups(self.graph, self.sources)
        paths = [*self._value_paths(), *self._alternative_paths(), *self._condition_paths(), *self._order_paths()]
        outputs = [self._output(name, value) for name, value in self.graph.outputs.items()]
        self.used = {path.start for path in paths} | {(one["card"] or "", one["port"]) for one in outputs}
        cards = [*self.inputs.drawn(), *self._step_cards(), *self._own_conditions()]
        by_id = {card["id"]: card for card in cards}
        for condition in self.shares.conditions.values():
            if condition.step is not None:
                add_condition(by_id[condition.id], condition, self.used)
        groups.parents |= {card["id"]: card["parent"] for card in cards}
        groups.parents |= {name: self.shares.parent_of(name) for name in self.graph.groups}
        wires = groups.cut([*groups.argument_paths(), *paths, *self._paths_out(groups)])
        return {"cards": [*cards, *self._group_cards(groups, cards)], "wires": wires, "outputs": outputs}

    # ---- cards

    def _step_cards(self) -> Iterator[Card]:
        drawn: set[str] = set()
        for step in self.graph.steps.values():
            shared = self.shares.home.get(step)
            if shared is None:
                yield step_card(step, self.shares.parent_of(step.name), self.inputs, self.used)
            elif shared.id not in drawn:
                drawn.add(shared.id)
                yield shared_card(shared, self.inputs, self.used)
        yield from (
            shared_card(one, self.inputs, self.used) for one in self.shares.cards.values() if one.id not in drawn
        )

    def _own_conditions(self) -> Iterator[Card]:
        for condition in self.shares.conditions.values():
            if condition.step is None:
                yield condition_card(condition, self._parent_of(condition), self.used)

    def _parent_of(self, condition: Condition) -> str | None:
        """The group that holds all that a condition decides about."""
        guarded = [name for steps in condition.guarded.values() for name in steps]
        parents = {self.shares.parent_of(name) for name in guarded}
        return parents.pop() if len(parents) == 1 else None

    def _group_cards(self, groups: Groups, cards: Iterable[Card]) -> Iterator[Card]:
        cards = list(cards)
        for name, group in self.graph.groups.items():
            inside = [card for card in cards if (card["parent"] or "") == name or _is_in(card["parent"], name)]
            if inside:
                around = self.graph.groups.get(groups.parents[name] or "")
                mapped = len(group.axes) > (len(around.axes) if around is not None else 0)
                yield group_card(name, group, groups, inside, mapped=mapped)

    # ---- wires

    def _value_paths(self) -> Iterator[Path]:
        for step in self.graph.steps.values():
            card = self.shares.card_of(step)
            own = self.inputs.own_fields(step)
            for parameter, edge in step.edges.items():
                if parameter not in own:
                    yield from self._paths(self.sources.of(edge), card, parameter)

    def _alternative_paths(self) -> Iterator[Path]:
        """What the alternatives that have cards of their own give to the card that they are alternatives on."""
        for shared in self.shares.cards.values():
            for one in shared.alternatives:
                if one.step is None:
                    for value in one.values:
                        yield from self._paths(self.sources.of(value), shared.id, one.name)

    def _condition_paths(self) -> Iterator[Path]:
        for condition in self.shares.conditions.values():
            if condition.step is None:
                yield from self._paths(self.sources.of(condition.expression), condition.id, "value")
            for side, steps in condition.guarded.items():
                for step in self._first_of(steps.values()):
                    yield Path((condition.id, side), (self.shares.card_of(step), ""), each=False, thin=True)

    def _first_of(self, guarded: Iterable[Step]) -> Iterator[Step]:
        """The steps of a side that get nothing from another step of it."""
        guarded = list(guarded)
        within = set(guarded)
        for step in guarded:
            if not any(needed in within for edge in step.edges.values() for needed in edge.steps()):
                yield step

    def _order_paths(self) -> Iterator[Path]:
        for step in self.graph.steps.values():
            for earlier in step.after:
                start, end = (self.shares.card_of(earlier), ""), (self.shares.card_of(step), "")
                if start != end:
                    yield Path(start, end, each=False, thin=True)

    @staticmethod
    def _paths(sources: Iterable[Source], card: str, port: str) -> Iterator[Path]:
        for source in sources:
            if source.card != card:
                yield Path((source.card, source.port), (card, port), source.each)

    def _paths_out(self, groups: Groups) -> Iterator[Path]:
        """The ways from what is returned to the edge of the groups that it is in, which have a port for it."""
        for value in self.graph.outputs.values():
            for source in self.sources.of(value) if isinstance(value, Expression) else ():
                path = groups.path_out((source.card, source.port), each=source.each)
                if path is not None:
                    yield path

    # ---- outputs

    def _output(self, name: str, value: Any) -> Result:
        sources = self.sources.of(value) if isinstance(value, Expression) else []
        component, annotation = self._shown_as(value)
        return {
            "name": name,
            "label": port_label(name.rpartition("/")[2].replace(".", " "), component),
            "card": sources[0].card if sources else None,
            "port": sources[0].port if sources else "",
            "view": expected_view(component, annotation),
            "list": is_list(value.annotation) if isinstance(value, Expression) else False,
        }

    def _shown_as(self, value: Any) -> tuple[Any, Any]:
        """The component and type of an output, or of its items: those of the port that it is, else its own type."""
        if not isinstance(value, Expression):
            return None, class_of(value)
        if isinstance(value, Gathered):
            return self._shown_as(value.of)
        if isinstance(value, Input):
            return value.port.component, value.port.annotation
        if isinstance(value, Guarded) and self.shares.shared_by(value) is not None:
            value = self.sources.first_of(value)
        output = sole_output(value)
        if output is None:
            return None, value.annotation
        step, port = output
        found = step.spec.outputs.get(port) if port is not None else next(iter(step.spec.outputs.values()), None)
        if found is None or (port is None and step.spec.record):
            return None, value.annotation
        return found.component, found.annotation


def _is_in(group: str | None, outer: str) -> bool:
    return group is not None and group.startswith(f"{outer}/")
