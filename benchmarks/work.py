"""What the steps do, in plain Python, and what each shape comes to. Every library is given these very functions."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence

CHAIN = FAN = 1000
GRID = 30
BRANCHES, BRANCH_SECONDS = 8, 0.5
ITEMS, ITEM_SECONDS = 200, 0.05
REMEMBERED = 100
MODULUS = 1_000_003


def start() -> int:
    return 0


def increment(x: int) -> int:
    return x + 1


def combine(left: int, above: int) -> int:
    return (left + above + 1) % MODULUS


def zeros() -> list[int]:
    return [0] * FAN


def items() -> list[int]:
    return list(range(ITEMS))


def branch(i: int) -> int:
    time.sleep(BRANCH_SECONDS)
    return i


def item(i: int) -> int:
    time.sleep(ITEM_SECONDS)
    return 2 * i


def total(numbers: Iterable[int]) -> int:
    return sum(numbers)


def grid_total() -> int:
    """What the last cell of the grid holds."""
    row = [0] * GRID
    for _ in range(GRID):
        row = _next_row(row)
    return row[-1]


def _next_row(above: Sequence[int]) -> list[int]:
    row: list[int] = []
    for value in above:
        row.append(combine(row[-1] if row else 0, value))
    return row


EXPECTED: dict[str, int] = {
    "chain": CHAIN,
    "fan": FAN,
    "map": FAN,
    "grid": grid_total(),
    "branches": sum(range(BRANCHES)),
    "items": 2 * sum(range(ITEMS)),
    "remembered": REMEMBERED,
}
"""The result of each shape that several libraries run, by name."""
