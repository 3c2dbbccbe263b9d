"""The layout of a whole canvas: level by level, a group being one box of the level that it is in.

What is inside a group is laid out first and framed; then the frame takes part in the layout around it like a card. So
the cards of a group are always together, and nothing else is between them.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from daggr_fn.canvas.layout.columns import parts_of
from daggr_fn.canvas.layout.moved import making_room
from daggr_fn.canvas.layout.part import Link, Node, Part
from daggr_fn.canvas.layout.placing import Box, Placed, place, points_of
from daggr_fn.canvas.layout.shapes import (
    COLUMN_GAP,
    FRAME_HEAD,
    FRAME_PADDING,
    LANE,
    PART_GAP,
    Frame,
    Layout,
    Rect,
)
from daggr_fn.canvas.layout.tiles import Tiles, below_each_other, one_tile, side_by_side

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from daggr_fn.canvas.cards import Card, Wire
    from daggr_fn.canvas.layout.shapes import Size

_SHELF = 4


@dataclass
class _Level:
    """The cards and groups of one level: of the canvas (`""`) or inside a group."""

    group: str
    members: list[str] = field(default_factory=list[str])
    wires: list[Wire] = field(default_factory=list["Wire"])
    parts: list[Part] = field(default_factory=list[Part])


@dataclass
class _Inside:
    """What is inside a frame, placed from the frame's corner."""

    width: float = 0
    height: float = 0
    rects: dict[str, Rect] = field(default_factory=dict[str, Rect])
    points: dict[str, list[tuple[float, float]]] = field(default_factory=dict[str, "list[tuple[float, float]]"])
    ports: dict[str, float] = field(default_factory=dict[str, float])


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
        self._levels = self._sorted_out(cards, wires)
        for level in reversed(self._levels.values()):
            self._arrange(level)

    # ---- which cards and wires are in which level, and in which order

    def _sorted_out(self, cards: Sequence[Card], wires: Sequence[Wire]) -> dict[str, _Level]:
        """The levels, each after the one around it; what is in a folded group is in none."""
        members: dict[str, list[str]] = {}
        for card in cards:
            members.setdefault(card["parent"] or "", []).append(card["id"])
        levels = {"": _Level("", members.get("", []))}
        todo = [""]
        while todo:
            for name in levels[todo.pop(0)].members:
                if name in self._open:
                    levels[name] = _Level(name, members.get(name, []))
                    todo.append(name)
        level_of = {name: level.group for level in levels.values() for name in level.members}
        for wire in wires:
            (start, _), (end, _) = wire["from"], wire["to"]
            if start in level_of and end in level_of:
                inside = start if level_of[end] == start else end if level_of[start] == end else level_of[start]
                levels[inside].wires.append(wire)
        return levels

    def _arrange(self, level: _Level) -> None:
        nodes = [self._node(name) for name in level.members]
        numbers = {name: number for number, name in enumerate(level.members)}
        ports: dict[tuple[str, str], int] = {}
        if level.group:
            card = self._cards[level.group]
            ends = [("in", port["name"]) for port in card["ins"]] + [("out", port["name"]) for port in card["outs"]]
            for sort, name in ends:
                ports[sort, name] = len(nodes)
                nodes.append(Node(name, "in" if sort == "in" else "out"))
        links: list[Link] = []
        for wire in level.wires:
            (start, out), (end, into) = wire["from"], wire["to"]
            first = ports["in", out] if start == level.group else numbers[start]
            last = ports["out", into] if end == level.group else numbers[end]
            links.append(
                Link(wire["id"], first, "" if start == level.group else out, last, "" if end == level.group else into)
            )
        level.parts = _split(nodes, links, whole=bool(ports))

    def _node(self, name: str) -> Node:
        if name in self._open:
            part = next((part for part in self._levels[name].parts if part.nodes), None)
            ins, outs = (self._ports_in_order(part, sort) for sort in ("in", "out"))
            return Node(name, "card", ins=_ranks(ins), outs=_ranks(outs))
        card = self._cards[name]
        ins, outs = [port["name"] for port in card["ins"]], [port["name"] for port in card["outs"]]
        return Node(name, "card", ins=_ranks(ins), outs=_ranks(outs))

    @staticmethod
    def _ports_in_order(part: Part | None, sort: str) -> list[str]:
        found = (node for column in part.columns for node in column) if part is not None else ()
        return [part.nodes[node].name for node in found if part is not None and part.nodes[node].sort == sort]

    # ---- places

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
        placed: dict[str, _Inside] = {}
        for level in reversed(self._levels.values()):
            placed[level.group] = self._place_level(level, placed, sizes or {}, moved or {})
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

    def _frame(self, name: str, rect: Rect, inside: _Inside) -> Frame:
        card = self._cards[name]
        return Frame(
            rect,
            {port["name"]: inside.ports[f"in {port['name']}"] for port in card["ins"]},
            {port["name"]: inside.ports[f"out {port['name']}"] for port in card["outs"]},
        )

    def _place_level(
        self,
        level: _Level,
        placed: Mapping[str, _Inside],
        sizes: Mapping[str, Size],
        moved: Mapping[str, tuple[float, float]],
    ) -> _Inside:
        boxes = {name: self._box(name, placed, sizes) for name in level.members}
        result = _Inside()
        parts = [place(part, boxes) for part in level.parts]
        corners = _stacked(parts, level)
        for part, (x, y) in zip(parts, corners, strict=True):
            for node, rect in zip(part.part.nodes, part.rects, strict=True):
                if node.sort == "card":
                    result.rects[node.name] = rect._replace(x=x + rect.x, y=y + rect.y)
                elif node.sort != "lane":
                    result.ports[f"{node.sort} {node.name}"] = y + rect.y + LANE / 2
            result.width = max(result.width, x + part.width)
            result.height = max(result.height, y + part.height)
        auto = result.rects
        result.rects = making_room(auto, _within(level, moved))
        _add_points(result, auto, zip(parts, corners, strict=True), boxes)
        if level.group:
            _close_frame(result, has_outs=bool(self._cards[level.group]["outs"]))
        return result

    def _box(self, name: str, placed: Mapping[str, _Inside], sizes: Mapping[str, Size]) -> Box:
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


def _ranks(ports: Sequence[str]) -> dict[str, float]:
    return {name: (number + 0.5) / len(ports) for number, name in enumerate(ports)}


def _split(nodes: Sequence[Node], links: Sequence[Link], *, whole: bool) -> list[Part]:
    """The connected parts of a level; the inside of a group with ports is one, as all of it is between these."""
    if not nodes:
        return []
    pairs = [(link.start, link.end) for link in links]
    groups = [list(range(len(nodes)))] if whole else parts_of(len(nodes), pairs)
    part_of = {node: number for number, group in enumerate(groups) for node in group}
    links_of: list[list[Link]] = [[] for _ in groups]
    for link in links:
        links_of[part_of[link.start]].append(link)
    parts: list[Part] = []
    for group, own in zip(groups, links_of, strict=True):
        at = {node: number for number, node in enumerate(group)}
        moved = [link._replace(start=at[link.start], end=at[link.end]) for link in own]
        parts.append(Part([nodes[node] for node in group], moved))
    return parts


def _stacked(parts: Sequence[Placed], level: _Level) -> list[tuple[float, float]]:
    """The corners of the parts: below each other, but single cards side by side."""
    left, top = 0.0, 0.0
    if level.group:
        has_ins = any(node.sort == "in" for part in parts for node in part.part.nodes)
        left, top = (0.0 if has_ins else FRAME_PADDING), FRAME_HEAD
    corners: list[tuple[float, float]] = []
    x, y, lowest, on_shelf = left, top, top, 0
    for part in parts:
        single = len(part.rects) == 1
        if not single or on_shelf == _SHELF:
            x, y, on_shelf = left, lowest + PART_GAP if corners else top, 0
        corners.append((x, y))
        lowest = max(lowest, y + part.height)
        x += part.width + COLUMN_GAP
        on_shelf = on_shelf + 1 if single else _SHELF
    return corners


def _within(level: _Level, moved: Mapping[str, tuple[float, float]]) -> dict[str, tuple[float, float]]:
    """The moved cards of a level; in a frame they stay below its head and inside of its left edge."""
    found = {name: moved[name] for name in level.members if name in moved}
    if level.group:
        return {name: (max(x, FRAME_PADDING), max(y, FRAME_HEAD)) for name, (x, y) in found.items()}
    return found


def _add_points(
    result: _Inside,
    auto: Mapping[str, Rect],
    parts: Iterable[tuple[Placed, tuple[float, float]]],
    boxes: Mapping[str, Box],
) -> None:
    """The points of wires whose ends are where they were laid out, and that run behind no card that was moved."""
    displaced = [rect for name, rect in result.rects.items() if rect != auto[name]]
    for placed, (x, y) in parts:
        nodes = placed.part.nodes
        for link in placed.part.links:
            ends = [nodes[number].name for number in (link.start, link.end) if nodes[number].sort == "card"]
            start = placed.rects[link.start]
            out = (
                boxes[nodes[link.start].name].outs.get(link.out, LANE) if nodes[link.start].sort == "card" else LANE / 2
            )
            points = [(x + a, y + b) for a, b in points_of(placed, link, start.y + out)]
            if displaced and (any(result.rects[name] != auto[name] for name in ends) or _is_hidden(points, displaced)):
                continue
            if points:
                result.points[link.wire] = points


def _is_hidden(points: Sequence[tuple[float, float]], rects: Sequence[Rect]) -> bool:
    lanes = [Rect(a[0], a[1], b[0] - a[0], 0) for a, b in itertools.pairwise(points) if a[1] == b[1] and b[0] > a[0]]
    return any(lane.overlaps(rect) for lane in lanes for rect in rects)


def _close_frame(result: _Inside, *, has_outs: bool) -> None:
    """Give a frame the size that holds what is in it."""
    right = max((rect.right for rect in result.rects.values()), default=0.0)
    bottom = max(
        [rect.bottom for rect in result.rects.values()] + [y + LANE / 2 for y in result.ports.values()], default=0
    )
    beside = COLUMN_GAP if has_outs else FRAME_PADDING
    result.width = max(result.width, right + beside)
    result.height = max(result.height, bottom) + FRAME_PADDING
