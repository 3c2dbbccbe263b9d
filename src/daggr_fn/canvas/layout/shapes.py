"""What a layout says, and the measures that it keeps; in pixels, y downwards."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, NamedTuple

ROW_GAP = 32
COLUMN_GAP = 56
WIRE_GAP = 8
WIRES_IN_GAP = 4
WIDEST_GAP = 240
LANE = 24
LANE_GAP = 4
PART_GAP = 64
FRAME_HEAD = 52
FRAME_PADDING = 24
HEAD_PORT = 26
TILE_WIDTH = 44
TILE_HEIGHT = 56
TILE_PITCH = 76
TILE_ROW = 104


class Size(NamedTuple):
    """The real size of a card; `ports`: how far below its top those ports are that are not where they were expected."""

    width: float
    height: float
    ports: dict[str, float] | None = None


class Rect(NamedTuple):
    """Where a card is."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height

    def overlaps(self, other: Rect, gap: float = 0) -> bool:
        """Whether two are over each other, or nearer than a gap above or below each other."""
        beside = self.right <= other.x or other.right <= self.x
        return not beside and self.y < other.bottom + gap and other.y < self.bottom + gap


@dataclass
class Frame:
    """Where an unfolded group is, and how far below its top each of its own ports is."""

    rect: Rect
    ins: dict[str, float] = field(default_factory=dict[str, float])
    outs: dict[str, float] = field(default_factory=dict[str, float])


class Tile(NamedTuple):
    """Where a card is on the map that phones show."""

    x: float
    y: float


@dataclass
class Layout:
    """Where everything is.

    Attributes:
        cards: Each card, from the corner of the canvas; folded groups are cards, what is in them is left out.
        frames: Each unfolded group.
        wires: The points that a wire goes through between its two ports, where it is not a plain curve: two of the same
            height are the ends of a straight lane.
        tiles: The map for phones.
    """

    cards: dict[str, Rect] = field(default_factory=dict[str, Rect])
    frames: dict[str, Frame] = field(default_factory=dict[str, Frame])
    wires: dict[str, list[tuple[float, float]]] = field(default_factory=dict[str, "list[tuple[float, float]]"])
    tiles: dict[str, Tile] = field(default_factory=dict[str, Tile])

    def to_json(self) -> dict[str, Any]:
        """The same as plain data: cards and tiles as lists of numbers."""
        return {
            "cards": {name: list(rect) for name, rect in self.cards.items()},
            "frames": {name: {**asdict(frame), "rect": list(frame.rect)} for name, frame in self.frames.items()},
            "wires": {name: [list(point) for point in points] for name, points in self.wires.items()},
            "tiles": {name: list(tile) for name, tile in self.tiles.items()},
        }
