"""Where the inputs of a pipeline are: on cards of their own, or on that of the step that was given their component."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from daggr_fn.annotations import is_component, record_fields
from daggr_fn.canvas.cards.expected import expected_view, field_height, field_width, is_list
from daggr_fn.canvas.cards.shapes import blank
from daggr_fn.canvas.cards.sizes import HEAD, LABEL, PADDING
from daggr_fn.expressions import Input, InputPort

if TYPE_CHECKING:
    from collections.abc import Iterator

    from daggr_fn.canvas.cards.shapes import Card, OutPort
    from daggr_fn.canvas.cards.shared import Shares
    from daggr_fn.graph import Graph, Step

_TOP = 8


@dataclass
class InputCard:
    """A card of inputs that belong together."""

    id: str
    name: str
    parent: str | None
    ports: list[InputPort] = field(default_factory=list[InputPort])
    whole: set[str] = field(default_factory=set[str])


class InputCards:
    """The cards of inputs, and the inputs that are on the cards of steps."""

    def __init__(self, graph: Graph, shares: Shares) -> None:
        self.cards: dict[tuple[str | None, str], InputCard] = {}
        self._shares = shares
        self._card_of: dict[InputPort, InputCard] = {}
        self._users = _users(graph)
        self._own: dict[Step, dict[str, InputPort]] = {}
        for port in graph.inputs.values():
            self._place(port, graph)

    def _place(self, port: InputPort, graph: Graph) -> None:
        users = self._users.get(port, [])
        homes = {self._shares.card_of(step) for step, _ in users}
        if port.asked_by and len(homes) == 1 and all(parameter is not None for _, parameter in users):
            for step, parameter in users:
                self._own.setdefault(step, {})[str(parameter)] = port
            return
        parent = port.asked_by if port.asked_by in graph.groups else None
        title = port.card if port.card and not port.asked_by else ""
        key = (parent, title)
        if key not in self.cards:
            wanted = title or (f"{parent}/inputs" if parent else "inputs")
            self.cards[key] = InputCard(self._shares.unique(wanted), _words(title or "inputs"), parent)
        self.cards[key].ports.append(port)
        self._card_of[port] = self.cards[key]

    def own_fields(self, step: Step) -> dict[str, InputPort]:
        """The inputs that are on a step's own card, by the argument that they are for."""
        return self._own.get(step, {})

    def port_of(self, port: InputPort, part: Any) -> tuple[str, str] | None:
        """The card and port of an input, or of a field of one that is a record; `None` for one on a step's own card."""
        card = self._card_of.get(port)
        if card is None:
            return None
        record = record_fields(port.annotation) if port.component is None else None
        if record is not None and part in record[1]:
            return card.id, f"{port.name}.{part}"
        if record is not None:
            card.whole.add(port.name)
        return card.id, port.name

    def drawn(self) -> list[Card]:
        """The cards; asked for when all wires are known."""
        return [_card(card) for card in self.cards.values()]


def _users(graph: Graph) -> dict[InputPort, list[tuple[Step, str | None]]]:
    """Who takes each input: the step, and the argument when the input is all of it."""
    found: dict[InputPort, list[tuple[Step, str | None]]] = {}
    for step in graph.steps.values():
        for parameter, edge in step.edges.items():
            for part in edge.walk():
                if isinstance(part, Input):
                    found.setdefault(part.port, []).append((step, parameter if part is edge else None))
    return found


def _words(name: str) -> str:
    return name[:1].upper() + name[1:].replace("_", " ")


def _card(card: InputCard) -> Card:
    made = blank(card.id, "input", card.name, card.parent)
    y = HEAD + _TOP
    for port in card.ports:
        if port.name in card.whole:
            made["outs"].append(_port(port.name, port.name, None, port.annotation, HEAD // 2))
        for name, component, annotation, label in _fields(port):
            made["fields"].append(name)
            made["outs"].append(_port(name, label, component, annotation, y + LABEL // 2))
            y += field_height(component, annotation) + PADDING
            made["width"] = max(made["width"], field_width(component))
    made["height"] = y
    made["slots"] = [f"field-{name}" for name in made["fields"]]
    return made


def _fields(port: InputPort) -> Iterator[tuple[str, Any, Any, str]]:
    """The fields that an input is given by: name, component, type and label. A record has one for each of its own."""
    record = record_fields(port.annotation)
    if record is None or port.component is not None:
        yield port.name, port.component, port.annotation, getattr(port.component, "label", None) or port.name
        return
    for name, field_ in record[1].items():
        component = next((one for one in field_.metadata if is_component(one)), None)
        yield f"{port.name}.{name}", component, field_.annotation, getattr(component, "label", None) or name


def _port(name: str, label: str, component: Any, annotation: Any, y: int) -> OutPort:
    view = expected_view(component, annotation)
    return {"name": name, "label": _words(label), "list": is_list(annotation), "shown": True, "view": view, "y": y}
