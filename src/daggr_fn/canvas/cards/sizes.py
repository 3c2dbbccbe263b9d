"""The sizes of the parts of a card, in pixels, as its look demands them; from these its height is told beforehand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from daggr_fn.canvas.cards.expected import view_height, view_width

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from daggr_fn.canvas.cards.shapes import Card, OutPort

HEAD = 52
FIRST_PORT = 70
PORT_PITCH = 24
FOOT = 36
PADDING = 12
LABEL = 20
QUESTION = 72
TABS = 32
TRIED = 24
SIDE = 28
_ITEMS_WIDTH = 304
_ITEMS = 240


def placed(ports: Iterable[Any]) -> list[Any]:
    """Ports under each other, in their rows of a card."""
    return [{**port, "y": FIRST_PORT + PORT_PITCH * row} for row, port in enumerate(ports)]


def width_of(outs: Sequence[OutPort], *, mapped: bool) -> int:
    """The width of a card that shows some outputs."""
    widths = [view_width(port["view"]) for port in outs if port["shown"]]
    return max([*widths, _ITEMS_WIDTH if mapped else 0], default=0)


def height_of(card: Card, above: int) -> int:
    """The height of a card with its results.

    Args:
        card: All but its height.
        above: What stands in its body before the results.
    """
    rows = max(len(card["ins"]), len(card["outs"]))
    results = sum(view_height(port["view"]) + PADDING for port in card["outs"] if port["shown"])
    body = above + (_ITEMS if card["mapped"] else results)
    return HEAD + PADDING + PORT_PITCH * rows + (PADDING + body if body else 0) + (FOOT if card["runnable"] else 0)
