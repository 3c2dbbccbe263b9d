"""The map for phones: a tile for each card, in the same columns and order."""

from __future__ import annotations

from dataclasses import dataclass, field

from daggr_fn.canvas.layout.shapes import TILE_PITCH, TILE_ROW, Tile


@dataclass
class Tiles:
    """Tiles in a block of columns and rows; rows may be halves, as columns are centred on each other."""

    columns: int = 1
    rows: float = 1
    at: dict[str, tuple[float, float]] = field(default_factory=dict[str, tuple[float, float]])

    def placed(self) -> dict[str, Tile]:
        """Where the tiles are."""
        return {name: Tile(column * TILE_PITCH, row * TILE_ROW) for name, (column, row) in self.at.items()}


def one_tile(name: str) -> Tiles:
    """The tile of a card."""
    return Tiles(at={name: (0, 0)})


def side_by_side(columns: list[list[Tiles]]) -> Tiles:
    """Columns of blocks, centred on each other."""
    rows = max((sum(block.rows for block in column) for column in columns), default=0)
    joined, left = Tiles(0, rows), 0
    for column in columns:
        if not column:
            continue
        width = max(block.columns for block in column)
        top = (rows - sum(block.rows for block in column)) / 2
        for block in column:
            for name, (x, y) in block.at.items():
                joined.at[name] = (left + (width - block.columns) / 2 + x, top + y)
            top += block.rows
        left += width
    joined.columns = left
    return joined


def below_each_other(blocks: list[Tiles]) -> Tiles:
    """Blocks below each other, from the left."""
    joined, top = Tiles(max((block.columns for block in blocks), default=0), 0), 0.0
    for block in blocks:
        joined.at |= {name: (x, top + y) for name, (x, y) in block.at.items()}
        top += block.rows
    joined.rows = top
    return joined
