"""The card of a condition: that of the step whose value it is, or one of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from daggr_fn.canvas.cards.shapes import InPort, blank
from daggr_fn.canvas.cards.sizes import SIDE, height_of, placed

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from daggr_fn.canvas.cards.shapes import Card, End, OutPort, Side
    from daggr_fn.canvas.cards.shared import Condition

_ICONS_THAT_SAY_LESS = frozenset({"fn", "gather", "list"})


def add_condition(card: Card, condition: Condition, used: AbstractSet[End]) -> None:
    """Make the card of a step that of a condition too: its sides, each with a port that what it needs hangs on.

    Its kind changes where the step is one of Python's, whose value is told in the card's status; the icon of a Space or
    a model says more.
    """
    if card["kind"] in _ICONS_THAT_SAY_LESS:
        card["kind"] = "when"
    if card["kind"] == "when":
        card["outs"] = [port for port in card["outs"] if port["view"] == "none" or (card["id"], port["name"]) in used]
        card["outs"] = [{**port, "shown": False} for port in card["outs"]]
    taken = {side["name"] for side in card["sides"]}
    sides = [_side(name, condition) for name in condition.sides if name not in taken]
    card["sides"] += sides
    card["outs"] = placed([*card["outs"], *(_port(side["name"]) for side in sides)])
    card["height"] = height_of(card, SIDE * len(card["sides"]))


def condition_card(condition: Condition, parent: str | None, used: AbstractSet[End]) -> Card:
    """The card of a condition that is no step's value: of an input, or of several values."""
    card = blank(condition.id, "when", condition.id.rpartition("/")[2], parent)
    card["mapped"] = bool(condition.expression.axes)
    card["ins"] = placed([InPort(name="value", list=False, y=0)])
    add_condition(card, condition, used)
    return card


def _side(name: str, condition: Condition) -> Side:
    words = dict.fromkeys(value.label for value in condition.sides[name])
    return {"name": name, "label": ", ".join(words), "steps": list(condition.guarded.get(name, {}))}


def _port(name: str) -> OutPort:
    return {"name": name, "label": name, "list": False, "shown": False, "view": "none", "y": 0}
