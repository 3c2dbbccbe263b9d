"""The layout of a whole canvas: level by level, a group being one box of the level that it is in.

What is inside a group is laid out first and framed; then the frame takes part in the layout around it like a card. So
the cards of a group are always together, and nothing else is between them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from daggr_fn.canvas.layout.inside import Inside, place_inside
from daggr_fn.canvas.layout.levels import levels_of
from daggr_fn.canvas.layout.placing import Box
from daggr_fn.canvas.layout.shapes import Frame, Layout, Rect
from daggr_fn.canvas.layout.tiles import Tiles, below_each_other, one_tile, side_by_side

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from daggr_fn.canvas.cards import Card, Wire
    from daggr_fn.canvas.layout.shapes import Size


class Arrangement:
    """Columns, lanes and the order in them for some cards and wires; made once, and placed for sizes as they come.

    Args:
        cards: The cards of a description.
        wires: Its wires.
        folded: The groups that are folded: cards, of which the inside is not there.
    """

    def __init__(self, cards: Sequence[Card], wires: Sequence[Wire], folded: Collection[str] = ()) -> None:
        self._cards = {card["id"]: card for card in cards}
        self._open = {card["id"] for card in cards if card["kind"] == "group"} - set(folded)
        self._levels = levels_of(self._cards, wires, self._open)

    def place(
        self,
        sizes: Mapping[str, Size] | None = None,
        moved: Mapping[str, tuple[float, float]] | None = None,
    ) -> Layout:
        """Where everything is. The same arrangement, sizes and moves give the same layout.

        Columns and order stay as they are whatever the sizes: cards move up and down only, as long as their widths are
        the expected ones.

        Args:
            sizes: The real sizes of cards, as far as they are known; expected ones stand for the others.
            moved: Where people put cards: from the corner of the canvas, or of the group that a card is in.
        """
        placed: dict[str, Inside] = {}
        for level in reversed(self._levels.values()):
            boxes = {name: self._box(name, placed, sizes or {}) for name in level.members}
            placed[level.group] = place_inside(level, boxes, moved or {})
        layout = Layout(tiles=self._tiles("").placed())
        corners = {"": (0.0, 0.0)}
        for group in self._levels:
            inside, (x, y) = placed[group], corners[group]
            for name, rect in inside.rects.items():
                found = rect._replace(x=x + rect.x, y=y + rect.y)
                if name in self._open:
                    corners[name] = (found.x, found.y)
                    layout.frames[name] = self._frame(name, found, placed[name])
                else:
                    layout.cards[name] = found
            layout.wires |= {name: [(x + a, y + b) for a, b in points] for name, points in inside.points.items()}
        return layout

    def _frame(self, name: str, rect: Rect, inside: Inside) -> Frame:
        card = self._cards[name]
        return Frame(
            rect,
            {port["name"]: inside.ports[f"in {port['name']}"] for port in card["ins"]},
            {port["name"]: inside.ports[f"out {port['name']}"] for port in card["outs"]},
        )

    def _box(self, name: str, placed: Mapping[str, Inside], sizes: Mapping[str, Size]) -> Box:
        card = self._cards[name]
        if name in self._open:
            inside = placed[name]
            ins = {port["name"]: inside.ports[f"in {port['name']}"] for port in card["ins"]}
            outs = {port["name"]: inside.ports[f"out {port['name']}"] for port in card["outs"]}
            return Box(inside.width, inside.height, ins, outs)
        size = sizes.get(name)
        real = size.ports or {} if size is not None else {}
        return Box(
            size.width if size is not None else card["width"],
            size.height if size is not None else card["height"],
            {port["name"]: real.get(port["name"], port["y"]) for port in card["ins"]},
            {port["name"]: real.get(port["name"], port["y"]) for port in card["outs"]},
        )

    # ---- the map

    def _tiles(self, group: str) -> Tiles:
        blocks: list[Tiles] = []
        for part in self._levels[group].parts:
            cards = [[node for node in column if part.nodes[node].sort == "card"] for column in part.columns]
            columns = [[self._tile(part.nodes[node].name) for node in column] for column in cards]
            blocks.append(side_by_side(columns))
        return below_each_other(blocks)

    def _tile(self, name: str) -> Tiles:
        return self._tiles(name) if name in self._open else one_tile(name)
