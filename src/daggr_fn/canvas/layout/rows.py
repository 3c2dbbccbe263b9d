"""How far down each node of a part is: rows of neighbours joined by straight wires, nothing over anything else.

Each node may continue the row of one neighbour, and then wants to stand so that the wire between them is straight. A
column is placed by the method of pooled neighbours: nodes that want to be in each other's room form a block, which
stands where the middle one of its wishes is (isotonic regression by medians).
"""

from __future__ import annotations

import itertools
import math
from bisect import insort
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from daggr_fn.canvas.layout.part import Segment

Bond = tuple[int, float]
"""A neighbour, and how far below its top a node's top is when the wire between them is straight."""

_LANE_WEIGHT = 2
_MANY = 600


class Rows:
    """Finds the tops of the nodes of a part.

    Args:
        columns: The nodes of each column, from top to bottom.
        heights: The height of each node.
        gap: The room that must be between two nodes, the first above the second.
        is_lane: Whether a node is a lane, which is to stay straight.
    """

    def __init__(
        self,
        columns: Sequence[Sequence[int]],
        heights: Sequence[float],
        gap: Callable[[int, int], float],
        is_lane: Callable[[int], bool],
    ) -> None:
        self._columns = columns
        self._offsets = [_offsets(column, heights, gap) for column in columns]
        self._is_lane = is_lane
        self._row = {node: row for column in columns for row, node in enumerate(column)}
        self._left: dict[int, Bond] = {}
        self._right: dict[int, Bond] = {}
        self._near: dict[int, Bond] = {}
        self._near_right: dict[int, Bond] = {}
        self.tops = [0.0] * len(heights)

    def bind(self, segments: Sequence[Segment], leaves: Sequence[float], reaches: Sequence[float]) -> None:
        """Say which wires there are: how far below the tops of their nodes each leaves and reaches these.

        A node continues the row of what its first port hangs on, where it is the first to do so.
        """
        best: dict[int, tuple[float, int, int]] = {}
        for number, segment in enumerate(segments):
            rank = (reaches[number], self._row[segment.start], number)
            if segment.end not in best or rank < best[segment.end]:
                best[segment.end] = rank
        taken: dict[int, tuple[float, int, int]] = {}
        for end, (_, _, number) in best.items():
            start = segments[number].start
            self._near[end] = (start, leaves[number] - reaches[number])
            rank = (leaves[number], self._row[end], number)
            if start not in taken or rank < taken[start]:
                taken[start] = rank
        for start, (_, _, number) in taken.items():
            end, shift = segments[number].end, leaves[number] - reaches[number]
            self._left[end], self._right[start] = (start, shift), (end, -shift)
        self._bind_sources(segments, leaves, reaches)

    def _bind_sources(self, segments: Sequence[Segment], leaves: Sequence[float], reaches: Sequence[float]) -> None:
        """What continues no row stands near what it gives to."""
        first: dict[int, tuple[float, int, int]] = {}
        for number, segment in enumerate(segments):
            rank = (leaves[number], self._row[segment.end], number)
            if segment.start not in self._right and (segment.start not in first or rank < first[segment.start]):
                first[segment.start] = rank
        for start, (_, _, number) in first.items():
            self._near_right[start] = (segments[number].end, reaches[number] - leaves[number])

    def find(self) -> list[float]:
        """The tops, the highest at 0."""
        numbers = range(len(self._columns))
        for number in numbers:
            self._place(number, self._left, self._near)
        for _ in range(2 if len(self.tops) <= _MANY else 1):
            for number in reversed(numbers):
                self._place(number, self._right, self._near_right, stay=self._near)
            for number in numbers:
                self._place(number, self._left, self._near, stay=self._near_right)
        highest = min(self.tops, default=0.0)
        self.tops = [float(math.floor(top - highest + 0.5)) for top in self.tops]
        return self.tops

    def _place(
        self, number: int, bonds: dict[int, Bond], near: dict[int, Bond], stay: dict[int, Bond] | None = None
    ) -> None:
        """Place the nodes of a column.

        Args:
            number: Which column.
            bonds: The rows that they continue.
            near: What those that continue none want to be near to, where there is room.
            stay: Those that are in neither, and are best left where they are, where there is room.
        """
        blocks: list[_Block] = []
        for node, below in zip(self._columns[number], self._offsets[number], strict=True):
            block = _Block([node], [below])
            if node in bonds:
                other, shift = bonds[node]
                wish = self.tops[other] + shift - below
                block.wish(wish, _LANE_WEIGHT if self._is_lane(node) else 1)
            elif node in near:
                other, shift = near[node]
                block.soft = self.tops[other] + shift - below
            elif stay is not None and node in stay:
                block.soft = self.tops[node] - below
            while blocks and block.starts_above(blocks[-1]):
                block = blocks.pop().joined(block)
            block.settle(blocks[-1].at if blocks else None)
            blocks.append(block)
        for block in blocks:
            for node, offset in zip(block.nodes, block.offsets, strict=True):
                self.tops[node] = block.at + offset


def _offsets(column: Sequence[int], heights: Sequence[float], gap: Callable[[int, int], float]) -> list[float]:
    """How far below the first node of a column each begins when all stand as near as they may."""
    offsets, below = [0.0], 0.0
    for above, node in itertools.pairwise(column):
        below += heights[above] + gap(above, node)
        offsets.append(below)
    return offsets if column else []


class _Block:
    """Nodes below each other without room between them; all of the block's heights are told for its first offset."""

    __slots__ = ("at", "nodes", "offsets", "soft", "wishes")

    def __init__(self, nodes: list[int], offsets: list[float]) -> None:
        self.nodes = nodes
        self.offsets = offsets
        self.wishes: list[float] = []
        self.soft: float | None = None
        self.at = 0.0

    def wish(self, top: float, weight: int) -> None:
        for _ in range(weight):
            insort(self.wishes, top)

    def starts_above(self, other: _Block) -> bool:
        """Whether it wants to begin where the block above still is; a mere inclination gives way."""
        return bool(self.wishes) and self.wishes[len(self.wishes) // 2] < other.at

    def joined(self, below: _Block) -> _Block:
        self.nodes += below.nodes
        self.offsets += below.offsets
        self.wishes = sorted(self.wishes + below.wishes)
        return self

    def settle(self, above: float | None) -> None:
        """Take the place that it wants, below the block above."""
        if self.wishes:
            self.at = self.wishes[len(self.wishes) // 2]
        elif self.soft is not None:
            self.at = self.soft
        elif above is not None:
            self.at = above
        if above is not None:
            self.at = max(self.at, above)
