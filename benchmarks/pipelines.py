"""The shapes as daggr_fn pipelines."""

from __future__ import annotations

from typing import Any

import anyio
import work

from daggr_fn import Pipeline, each, gather, node, pipeline

start = node(work.start)
increment = node(work.increment)
combine = node(work.combine)
zeros = node(work.zeros)
items = node(work.items)
branch = node(work.branch)
item = node(work.item)


@node
def total(numbers: list[int]) -> int:
    return sum(numbers)


@node
async def wait(i: int) -> int:
    await anyio.sleep(0.2)
    return i


def chain(length: int, *, cache: bool = False) -> Pipeline[[], int]:
    """One step after the other."""
    step = increment.options(cache=cache)

    @pipeline(name=f"chain of {length}")
    def chained() -> int:
        x = start()
        for _ in range(length):
            x = step(x)
        return x

    return chained


def fan(width: int) -> Pipeline[[], int]:
    """One step, many that take its result, one that takes them all."""

    @pipeline(name=f"fan of {width}")
    def fanned() -> int:
        x = start()
        return total([increment(x) for _ in range(width)])

    return fanned


@pipeline
def mapped() -> int:
    return total(gather(increment(each(zeros()))))


@pipeline
def grid() -> int:
    row: list[Any] = [0] * work.GRID
    for _ in range(work.GRID):
        left: Any = 0
        for column in range(work.GRID):
            left = row[column] = combine(left, row[column])
    return left


@pipeline
def branches() -> int:
    return total([branch(i) for i in range(work.BRANCHES)])


@pipeline
def mapped_items() -> int:
    return total(gather(item(each(items()))))


@pipeline
def waits(numbers: list[int]) -> int:
    return total(gather(wait(each(numbers))))
