"""What cards of steps are made of: kinds, ports, links, slots."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from daggr_fn.canvas.cards.expected import HEAVY, expected_view, field_height, field_width, is_list
from daggr_fn.canvas.cards.sizes import PADDING, placed
from daggr_fn.expressions import Gathered
from daggr_fn.values import ItemList

if TYPE_CHECKING:
    from collections.abc import Sequence
    from collections.abc import Set as AbstractSet

    from daggr_fn.canvas.cards.inputs import InputCards
    from daggr_fn.canvas.cards.shapes import End, InPort, Kind, Link, OutPort
    from daggr_fn.graph import Step

_KINDS: dict[str, Kind] = {"function": "fn", "space": "space", "model": "model", "repeat": "repeat", "person": "person"}


def kind_of(step: Step) -> Kind:
    """The kind of a step's card, by what its node says of itself; an unknown kind of node looks like a function."""
    if step.spec.asks == "ask":
        return "pen"
    kind = _KINDS.get(step.kind.label, "fn")
    if kind == "fn" and any(isinstance(port.component, ItemList) for port in step.spec.outputs.values()):
        return "list"
    if kind == "fn" and any(isinstance(part, Gathered) for edge in step.edges.values() for part in edge.walk()):
        return "gather"
    return kind


def in_ports(steps: Sequence[Step], inputs: InputCards) -> list[InPort]:
    """The ports that some steps on one card take values by."""
    found: dict[str, InPort] = {}
    for step in steps:
        own = inputs.own_fields(step)
        for name, edge in step.edges.items():
            if name not in own:
                parameter = step.spec.parameters.get(name)
                known = parameter.annotation if parameter is not None else Any
                listed = is_list(edge.annotation if known is Any else known)
                found.setdefault(name, {"name": name, "list": listed, "y": 0})
    return placed(found.values())


def out_ports(step: Step, card: str, used: AbstractSet[End]) -> list[OutPort]:
    """The ports that a step gives values by; one that is neither shown nor used by anybody is left out."""
    return placed(
        {
            "name": name,
            "label": port_label(name, port.component),
            "list": bool(step.axes) or isinstance(port.component, ItemList) or is_list(port.annotation),
            "shown": port.shown,
            "view": expected_view(port.component, port.annotation),
        }
        for name, port in step.spec.outputs.items()
        if port.shown or (card, name) in used
    )


def link_of(url: str) -> Link | None:
    """A link with the words that people know: `owner/name` on the Hub, the host elsewhere."""
    if not url:
        return None
    parts = urlsplit(url)
    path = parts.path.strip("/").removeprefix("spaces/")
    return {"text": path if parts.netloc.endswith("huggingface.co") and path else parts.netloc, "url": url}


def output_slots(step: Step) -> list[str]:
    """The slots of a step's outputs: list editors, and what is drawn by an element of its own."""
    slots: list[str] = []
    for name, port in step.spec.outputs.items():
        if isinstance(port.component, ItemList):
            slots.append(f"edit-{step.name}.{name}")
        elif port.shown and expected_view(port.component, port.annotation) in HEAVY:
            slots.append(f"out-{step.name}.{name}")
    return slots


def port_label(name: str, component: Any) -> str:
    """The label of an output: its component's, else its name as words."""
    label = getattr(component, "label", None)
    return str(label) if label else (name[:1].upper() + name[1:]).replace("_", " ")


def fields_width(step: Step, inputs: InputCards) -> int:
    """The width of a card with the inputs on it that belong to a step alone."""
    return max((field_width(port.component) for port in inputs.own_fields(step).values()), default=240)


def fields_height(step: Step, inputs: InputCards) -> int:
    """The room that the inputs take which belong to a step alone."""
    own = inputs.own_fields(step).values()
    return sum(field_height(port.component, port.annotation) + PADDING for port in own)
