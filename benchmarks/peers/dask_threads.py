"""`dask.delayed` on threads, as many as daggr_fn has."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import work
from dask import delayed

increment, combine, total = delayed(work.increment), delayed(work.combine), delayed(work.total)


def chain() -> Any:
    x = delayed(work.start)()
    for _ in range(work.CHAIN):
        x = increment(x)
    return x


def fan() -> Any:
    x = delayed(work.start)()
    return total([increment(x) for _ in range(work.FAN)])


def grid() -> Any:
    row: list[Any] = [0] * work.GRID
    for _ in range(work.GRID):
        left: Any = 0
        for column in range(work.GRID):
            left = row[column] = combine(left, row[column])
    return row[-1]


def branches() -> Any:
    return total([delayed(work.branch)(i) for i in range(work.BRANCHES)])


def items() -> Any:
    return total([delayed(work.item)(i) for i in work.items()])


def _prepared(make: Callable[[], Any]) -> Callable[[], Callable[[], Any]]:
    def prepare() -> Callable[[], Any]:
        graph = make()
        return lambda: graph.compute(scheduler="threads", num_workers=32)

    return prepare


_MADE = {"chain": chain, "fan": fan, "grid": grid, "branches": branches, "items": items}
SHAPES = {name: _prepared(make) for name, make in _MADE.items()}
