"""Cards that a person has moved: they stay, and what was to stand there stands below them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from daggr_fn.canvas.layout.shapes import ROW_GAP, Rect

if TYPE_CHECKING:
    from collections.abc import Mapping

_CELL = 512


def making_room(rects: Mapping[str, Rect], moved: Mapping[str, tuple[float, float]]) -> dict[str, Rect]:
    """The places of all cards, with those that were moved where they were moved to.

    The others stay where they are unless a moved card stands there, or one that had to make room. Two cards that both
    were moved may be over each other: that is what was wanted.

    Args:
        rects: Where the cards would be.
        moved: The corners of those that were moved.
    """
    placed = {name: rect._replace(x=moved[name][0], y=moved[name][1]) for name, rect in rects.items() if name in moved}
    if not placed:
        return dict(rects)
    grid = _Grid()
    for rect in placed.values():
        grid.add(rect)
    for name, rect in sorted(((n, r) for n, r in rects.items() if n not in placed), key=lambda one: one[1].y):
        free = grid.first_free(rect)
        placed[name] = free
        grid.add(free)
    return {name: placed[name] for name in rects}


class _Grid:
    """Rectangles by the squares of the plane that they touch."""

    def __init__(self) -> None:
        self._cells: dict[tuple[int, int], list[Rect]] = {}

    def add(self, rect: Rect) -> None:
        for column in _cells(rect.x, rect.right):
            for row in _cells(rect.y - ROW_GAP, rect.bottom + ROW_GAP):
                self._cells.setdefault((column, row), []).append(rect)

    def first_free(self, rect: Rect) -> Rect:
        """The rectangle, as far down as it takes to stand free."""
        while True:
            hit = self._hit(rect)
            if hit is None:
                return rect
            rect = rect._replace(y=hit.bottom + ROW_GAP)

    def _hit(self, rect: Rect) -> Rect | None:
        for column in _cells(rect.x, rect.right):
            for row in _cells(rect.y, rect.bottom):
                for other in self._cells.get((column, row), ()):
                    if rect.overlaps(other, ROW_GAP):
                        return other
        return None


def _cells(low: float, high: float) -> range:
    return range(int(low // _CELL), int(high // _CELL) + 1)
