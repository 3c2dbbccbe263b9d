"""What is inside a frame, or the canvas: its parts below each other, moved cards in their places, wires drawn."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from daggr_fn.canvas.layout.moved import making_room
from daggr_fn.canvas.layout.placing import Box, Placed, place, points_of
from daggr_fn.canvas.layout.shapes import COLUMN_GAP, FRAME_HEAD, FRAME_PADDING, LANE, PART_GAP, Rect

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from daggr_fn.canvas.layout.levels import Level

_SHELF = 4


@dataclass
class Inside:
    """What is inside a frame, placed from the frame's corner.

    Attributes:
        rects: The cards and frames in it.
        points: The points of wires that are no plain curves.
        ports: How far down the group's own ports are: those of `"in title"` and `"out image"`.
    """

    width: float = 0
    height: float = 0
    rects: dict[str, Rect] = field(default_factory=dict[str, Rect])
    points: dict[str, list[tuple[float, float]]] = field(default_factory=dict[str, "list[tuple[float, float]]"])
    ports: dict[str, float] = field(default_factory=dict[str, float])


def place_inside(level: Level, boxes: Mapping[str, Box], moved: Mapping[str, tuple[float, float]]) -> Inside:
    """Place all of a level.

    Args:
        level: The level.
        boxes: The sizes of its cards and frames.
        moved: Where people put some.
    """
    result = Inside()
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
        _close_frame(result, has_outs=any(port.startswith("out ") for port in result.ports))
    return result


def _stacked(parts: Sequence[Placed], level: Level) -> list[tuple[float, float]]:
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


def _within(level: Level, moved: Mapping[str, tuple[float, float]]) -> dict[str, tuple[float, float]]:
    """The moved cards of a level; in a frame they stay below its head and inside of its left edge."""
    found = {name: moved[name] for name in level.members if name in moved}
    if level.group:
        return {name: (max(x, FRAME_PADDING), max(y, FRAME_HEAD)) for name, (x, y) in found.items()}
    return found


def _add_points(
    result: Inside,
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


def _close_frame(result: Inside, *, has_outs: bool) -> None:
    """Give a frame the size that holds what is in it."""
    right = max((rect.right for rect in result.rects.values()), default=0.0)
    bottom = max(
        [rect.bottom for rect in result.rects.values()] + [y + LANE / 2 for y in result.ports.values()], default=0
    )
    beside = COLUMN_GAP if has_outs else FRAME_PADDING
    result.width = max(result.width, right + beside)
    result.height = max(result.height, bottom) + FRAME_PADDING
