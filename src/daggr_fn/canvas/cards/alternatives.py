"""The card of a choice, and that of a step with backups: several steps of which one gives the value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from daggr_fn.canvas.cards.parts import (
    fields_height,
    fields_width,
    in_ports,
    kind_of,
    link_of,
    out_ports,
    output_slots,
)
from daggr_fn.canvas.cards.shapes import OutPort, blank
from daggr_fn.canvas.cards.sizes import PADDING, TABS, TRIED, height_of, placed, width_of
from daggr_fn.canvas.cards.steps import describe_node

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from daggr_fn.canvas.cards.inputs import InputCards
    from daggr_fn.canvas.cards.shapes import Card, End, InPort, Tab
    from daggr_fn.canvas.cards.shared import Alternative, Shared


def shared_card(shared: Shared, inputs: InputCards, used: AbstractSet[End]) -> Card:
    """The card of the variants of a choice, or of a step and its backups."""
    port, steps = shared.choice, shared.steps
    name = (port.name if port is not None else shared.id).rpartition("/")[2]
    card = blank(shared.id, "choice" if port is not None else "backup", name, shared.parent)
    if steps:
        describe_node(card, steps[0])
    if port is not None:
        card["choice"], card["picked"] = port.name, str(port.default)
    tabs = card["choices"] = [_tab(one, shared, inputs) for one in shared.alternatives]
    card["mapped"] = any(value.axes for one in shared.alternatives for value in one.values)
    card["runnable"] = bool(steps)
    elsewhere: list[InPort] = [{"name": one.name, "list": False, "y": 0} for one in shared.alternatives if not one.step]
    card["ins"] = placed([*in_ports(steps, inputs), *elsewhere])
    card["outs"] = _outs(shared, used)
    card["steps"] = [step.name for step in steps]
    card["fields"] = list(dict.fromkeys(name for tab in tabs for name in tab["fields"]))
    card["drawn"] = list(dict.fromkeys(name for step in steps for name in step.sources))
    card["slots"] = [f"field-{name}" for name in card["fields"]] + [
        slot for step in steps for slot in output_slots(step)
    ]
    widest = max((fields_width(step, inputs) for step in steps), default=240)
    card["width"] = max(widest, width_of(card["outs"], mapped=card["mapped"]))
    rows = TABS if port is not None else TRIED * len(tabs)
    card["height"] = height_of(card, rows + PADDING + max((fields_height(step, inputs) for step in steps), default=0))
    return card


def _outs(shared: Shared, used: AbstractSet[End]) -> list[OutPort]:
    """The ports of all steps on a card; where each has but one, the first one's name is the port's."""
    if not shared.steps:
        return placed([OutPort(name="output", label="Output", list=False, shown=True, view="text", y=0)])
    steps = shared.steps if any(step.spec.record for step in shared.steps) else shared.steps[:1]
    found: dict[str, OutPort] = {}
    for step in steps:
        for port in out_ports(step, shared.id, used):
            found.setdefault(port["name"], port)
    return placed(found.values())


def _tab(one: Alternative, shared: Shared, inputs: InputCards) -> Tab:
    name, step = one.name if shared.choice is not None else one.name.rpartition("/")[2], one.step
    if step is None:
        return {
            "name": name,
            "step": None,
            "kind": "group",
            "doc": "",
            "place": "",
            "link": None,
            "fields": [],
            "ins": [one.name],
        }
    return {
        "name": name,
        "step": step.name,
        "kind": kind_of(step),
        "doc": step.spec.doc,
        "place": str(step.place),
        "link": link_of(step.spec.link),
        "fields": [port.name for port in inputs.own_fields(step).values()],
        "ins": [port["name"] for port in in_ports([step], inputs)],
    }
