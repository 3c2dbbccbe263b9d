"""Where the nodes and wires of one part are, from its columns and the sizes of its cards."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from daggr_fn.canvas.layout.rows import Rows
from daggr_fn.canvas.layout.shapes import (
    COLUMN_GAP,
    HEAD_PORT,
    LANE,
    LANE_GAP,
    ROW_GAP,
    WIDEST_GAP,
    WIRE_GAP,
    WIRES_IN_GAP,
    Rect,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from daggr_fn.canvas.layout.part import Link, Part

Point = tuple[float, float]


@dataclass
class Box:
    """A card or frame as its level sees it: a size, and how far below its top its ports are."""

    width: float
    height: float
    ins: Mapping[str, float] = field(default_factory=dict[str, float])
    outs: Mapping[str, float] = field(default_factory=dict[str, float])


@dataclass
class Placed:
    """A part with everything in its place.

    Attributes:
        rects: The nodes, lanes among them, by number.
        lefts: Where each column begins.
        rights: Where each column ends.
        outside: How far down the wires outside of all rows run.
    """

    part: Part
    rects: list[Rect]
    lefts: list[float]
    rights: list[float]
    outside: dict[str, float]

    @property
    def width(self) -> float:
        return self.rights[-1]

    @property
    def height(self) -> float:
        lowest = max(rect.bottom for rect in self.rects)
        return max([lowest, *(y + LANE / 2 for y in self.outside.values())])


def place(part: Part, boxes: Mapping[str, Box]) -> Placed:
    """Place a part, its upper left corner at the origin.

    Args:
        part: The part; it keeps the gaps that are found the first time, so that later only heights change.
        boxes: The sizes of its cards.
    """
    heights = [math.ceil(boxes[node.name].height) if node.sort == "card" else LANE for node in part.nodes]
    widths = [boxes[node.name].width if node.sort == "card" else 0.0 for node in part.nodes]
    leaves = [_out(part, boxes, segment.start, segment.out) for segment in part.segments]
    reaches = [_in(part, boxes, segment.end, segment.into) for segment in part.segments]
    rows = Rows(part.columns, heights, lambda a, b: _gap(part, a, b), lambda node: part.nodes[node].sort != "card")
    rows.bind(part.segments, leaves, reaches)
    tops = rows.find()
    if not part.gaps:
        part.gaps = _gaps(part, tops, leaves, reaches)
    lefts: list[float] = []
    rights: list[float] = []
    x = 0.0
    for number, column in enumerate(part.columns):
        lefts.append(x)
        rights.append(x + max((widths[node] for node in column), default=0.0))
        x = rights[-1] + (part.gaps[number] if number < len(part.gaps) else 0)
    rects: list[Rect] = []
    for number, node in enumerate(part.nodes):
        left, right = lefts[node.column], rights[node.column]
        width = widths[number] if node.sort == "card" else right - left
        rects.append(Rect(left, tops[number], width, heights[number]))
    lowest = max(rect.bottom for rect in rects)
    return Placed(part, rects, lefts, rights, _outside(part, lowest))


def _gap(part: Part, above: int, below: int) -> float:
    lanes = (part.nodes[above].sort != "card") + (part.nodes[below].sort != "card")
    return (ROW_GAP, LANE_GAP, 0)[lanes]


def _out(part: Part, boxes: Mapping[str, Box], number: int, port: str) -> float:
    node = part.nodes[number]
    return boxes[node.name].outs.get(port, HEAD_PORT) if node.sort == "card" else LANE / 2


def _in(part: Part, boxes: Mapping[str, Box], number: int, port: str) -> float:
    node = part.nodes[number]
    return boxes[node.name].ins.get(port, HEAD_PORT) if node.sort == "card" else LANE / 2


def _gaps(part: Part, tops: Sequence[float], leaves: Sequence[float], reaches: Sequence[float]) -> list[float]:
    """The gaps between columns: wider where more than a few wires go up or down; those of one port count once."""
    bent: list[set[tuple[int, str]]] = [set() for _ in part.columns[1:]]
    for segment, leave, reach in zip(part.segments, leaves, reaches, strict=True):
        if tops[segment.start] + leave != tops[segment.end] + reach:
            bent[part.nodes[segment.start].column].add((segment.start, segment.out))
    for link in part.outside:
        bent[part.nodes[link.start].column].add((link.start, link.out))
        bent[part.nodes[link.end].column - 1].add((link.start, link.out))
    wide = (COLUMN_GAP + WIRE_GAP * max(0, len(wires) - WIRES_IN_GAP) for wires in bent)
    return [float(min(WIDEST_GAP, gap)) for gap in wide]


def _outside(part: Part, lowest: float) -> dict[str, float]:
    """How far down each wire runs that has no lane between the rows: in the first track that is free there."""
    tracks: list[int] = []
    found: dict[str, float] = {}
    columns = part.nodes
    for link in sorted(part.outside, key=lambda one: (columns[one.start].column, one.wire)):
        start, end = columns[link.start].column, columns[link.end].column
        track = next((number for number, taken in enumerate(tracks) if taken <= start), len(tracks))
        tracks[track : track + 1] = [end]
        found[link.wire] = lowest + ROW_GAP + LANE * (track + 0.5)
    return found


def points_of(placed: Placed, link: Link, start_y: float) -> list[Point]:
    """The points that a wire goes through between its ports, from the part's corner; none where it is a plain curve.

    It leaves the column of a wide card straight, and runs straight where it passes columns.
    """
    part = placed.part
    first, last = part.nodes[link.start].column, part.nodes[link.end].column
    if last <= first:
        return []
    points: list[Point] = []
    start = placed.rects[link.start]
    if start.right < placed.rights[first]:
        points += [(start.right, start_y), (placed.rights[first], start_y)]
    if link.wire in placed.outside:
        y = placed.outside[link.wire]
        points += [(placed.lefts[first + 1], y), (placed.rights[last - 1], y)]
    for lane in part.lanes.get(link.wire, ()):
        rect = placed.rects[lane]
        points += [(rect.x, rect.y + LANE / 2), (rect.right, rect.y + LANE / 2)]
    return _without_middles(points)


def _without_middles(points: Sequence[Point]) -> list[Point]:
    """Points without those between two of the same height."""
    kept: list[Point] = []
    for point in points:
        if len(kept) > 1 and kept[-1][1] == kept[-2][1] == point[1]:
            kept.pop()
        kept.append(point)
    return kept
