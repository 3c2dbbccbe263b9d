"""The columns of a part of the graph: by longest path, so that every wire runs to the right."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

Pair = tuple[int, int]


def columns_of(count: int, pairs: Sequence[Pair]) -> list[int]:
    """A column for each node, such that what a node needs is further to the left.

    What gives more than it takes is moved to the right, next to what takes it. A pair that closes a circle counts for
    nothing: a graph of steps has none, but groups are nodes here.

    Args:
        count: The number of nodes.
        pairs: Which node gives to which.
    """
    forward = _without_circles(count, pairs)
    after: list[list[int]] = [[] for _ in range(count)]
    needs = [0] * count
    for start, end in forward:
        after[start].append(end)
        needs[end] += 1
    order = [node for node in range(count) if not needs[node]]
    left = list(needs)
    column = [0] * count
    for node in order:
        for end in after[node]:
            column[end] = max(column[end], column[node] + 1)
            left[end] -= 1
            if not left[end]:
                order.append(end)
    for node in reversed(order):
        if len(after[node]) > needs[node]:
            column[node] = min(column[end] for end in after[node]) - 1
    return column


def _without_circles(count: int, pairs: Sequence[Pair]) -> list[Pair]:
    after: list[list[int]] = [[] for _ in range(count)]
    for start, end in pairs:
        after[start].append(end)
    state = [0] * count  # 1: on the way to here, 2: done
    back: set[Pair] = set()
    for first in range(count):
        stack = [(first, iter(after[first]))] if not state[first] else []
        state[first] = state[first] or 1
        while stack:
            node, ends = stack[-1]
            end = next(ends, -1)
            if end < 0:
                state[node] = 2
                stack.pop()
            elif state[end] == 1:
                back.add((node, end))
            elif not state[end]:
                state[end] = 1
                stack.append((end, iter(after[end])))
    return [pair for pair in pairs if pair not in back] if back else list(pairs)


def parts_of(count: int, pairs: Sequence[Pair]) -> list[list[int]]:
    """The connected parts, each with its nodes in order, by their first nodes."""
    root = list(range(count))

    def find(node: int) -> int:
        while root[node] != node:
            root[node] = root[root[node]]
            node = root[node]
        return node

    for start, end in pairs:
        a, b = find(start), find(end)
        root[max(a, b)] = min(a, b)
    parts: dict[int, list[int]] = {}
    for node in range(count):
        parts.setdefault(find(node), []).append(node)
    return list(parts.values())
