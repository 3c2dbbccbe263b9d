"""The order within columns: by barycentre, ports counted, so that wires cross little."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

Ranked = tuple[int, float, int, float]
"""A piece of a wire: the node it leaves and where on it, from 0 to 1; the node it reaches and where."""

_SWEEPS = 8
_SWEEPS_OF_MANY = 2
_MANY = 500
_SWAPPED = 300


def ordered(columns: Sequence[Sequence[int]], segments: Sequence[Ranked]) -> list[list[int]]:
    """The columns with their nodes in an order in which wires cross little: the best of several sweeps.

    Args:
        columns: The nodes of each column, in an order that holds where nothing else counts.
        segments: The pieces of wires, each from a column to the next.
    """
    sweep = _Sweep(columns, segments)
    best, crossings = sweep.columns, sweep.crossings()
    for _ in range(_SWEEPS if len(segments) <= _MANY else _SWEEPS_OF_MANY):
        if not crossings:
            break
        sweep.to_the_right()
        sweep.to_the_left()
        if len(segments) <= _SWAPPED:
            sweep.swap_neighbours()
        found = sweep.crossings()
        if found < crossings:
            best, crossings = [list(column) for column in sweep.columns], found
    return best


def count_crossings(columns: Sequence[Sequence[int]], segments: Sequence[Ranked]) -> int:
    """How often pieces of wires cross, with nodes in a given order."""
    return _Sweep(columns, segments, sort=False).crossings()


class _Sweep:
    def __init__(self, columns: Sequence[Sequence[int]], segments: Sequence[Ranked], *, sort: bool = True) -> None:
        self.columns = [list(column) for column in columns]
        count = sum(map(len, columns))
        self._row = [0] * count
        self._column = [0] * count
        for number, column in enumerate(self.columns):
            for row, node in enumerate(column):
                self._row[node], self._column[node] = row, number
        self._before: list[list[tuple[int, float, float]]] = [[] for _ in range(count)]
        self._after: list[list[tuple[int, float, float]]] = [[] for _ in range(count)]
        self._between: list[list[Ranked]] = [[] for _ in self.columns]
        for segment in segments:
            start, out, end, into = segment
            self._before[end].append((start, out, into))
            self._after[start].append((end, into, out))
            self._between[self._column[start]].append(segment)
        if sort:
            self.to_the_right()

    def to_the_right(self) -> None:
        """Order each column by what stands left of it."""
        for column in self.columns[1:]:
            self._sort(column, self._before)

    def to_the_left(self) -> None:
        """Order each column by what stands right of it."""
        for column in reversed(self.columns[:-1]):
            self._sort(column, self._after)

    def _sort(self, column: list[int], neighbours: Sequence[Sequence[tuple[int, float, float]]]) -> None:
        """Sort the nodes of a column that have neighbours; others keep their places."""
        row = self._row
        centres: dict[int, tuple[float, int]] = {}
        for node in column:
            beside = neighbours[node]
            if beside:
                # What a node has at its own ports decides between those of one and the same centre only.
                centres[node] = (sum(row[other] + at for other, at, _ in beside) / len(beside), row[node])
        moved = iter(sorted(centres, key=centres.__getitem__))
        column[:] = [next(moved) if node in centres else node for node in column]
        for number, node in enumerate(column):
            row[node] = number

    def crossings(self) -> int:
        """How often wires cross, all columns together."""
        return sum(map(self._crossings_between, self._between))

    def _crossings_between(self, segments: Sequence[Ranked]) -> int:
        row = self._row
        ends = [
            end
            for _, end in sorted((row[start] + out * 0.9, row[end] + into * 0.9) for start, out, end, into in segments)
        ]
        seen: list[float] = []
        total = 0
        for end in ends:
            total += len(seen) - bisect_right(seen, end)
            insort(seen, end)
        return total

    def swap_neighbours(self) -> None:
        """Swap nodes that stand below each other as long as that takes crossings away."""
        for column in self.columns:
            changed = True
            while changed:
                changed = False
                for upper in range(len(column) - 1):
                    a, b = column[upper], column[upper + 1]
                    if self._crossing(b, a) < self._crossing(a, b):
                        column[upper], column[upper + 1] = b, a
                        self._row[a], self._row[b] = upper + 1, upper
                        changed = True

    def _crossing(self, above: int, below: int) -> int:
        """How often the wires of two nodes cross, one being above the other."""
        row = self._row
        total = 0
        for sides in (self._before, self._after):
            ends = sorted(row[other] + at for other, at, _ in sides[below])
            total += sum(bisect_left(ends, row[other] + at) for other, at, _ in sides[above])
        return total
