"""The card of a step."""

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
from daggr_fn.canvas.cards.shapes import blank
from daggr_fn.canvas.cards.sizes import QUESTION, height_of, width_of

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from daggr_fn.canvas.cards.inputs import InputCards
    from daggr_fn.canvas.cards.shapes import Card, End
    from daggr_fn.graph import Step


def step_card(step: Step, parent: str | None, inputs: InputCards, used: AbstractSet[End]) -> Card:
    """The card of one step.

    Args:
        step: The step.
        parent: The group that it is in.
        inputs: Which inputs are on it.
        used: The ports that a wire begins at.
    """
    own = [port.name for port in inputs.own_fields(step).values()]
    card = blank(step.name, kind_of(step), step.name.rpartition("/")[2], parent)
    describe_node(card, step)
    card["mapped"] = bool(step.axes)
    card["runnable"] = not step.spec.asks
    card["ins"] = in_ports([step], inputs)
    card["outs"] = out_ports(step, step.name, used)
    card["steps"] = [step.name]
    card["fields"] = own
    card["drawn"] = list(step.sources)
    asked = [f"ask-{step.name}"] if step.asks_people else []
    card["slots"] = [*(f"field-{name}" for name in own), *asked, *output_slots(step)]
    card["width"] = max(fields_width(step, inputs), width_of(card["outs"], mapped=card["mapped"]))
    card["height"] = height_of(card, fields_height(step, inputs) + (QUESTION if step.spec.asks else 0))
    return card


def describe_node(card: Card, step: Step) -> None:
    """What a step's node says of itself."""
    card["doc"] = step.spec.doc
    card["link"] = link_of(step.spec.link)
    card["place"] = str(step.place)
