"""The floors: what the same work costs with nothing but the library that everybody would take for it."""

from __future__ import annotations

import tempfile
from collections.abc import Awaitable, Callable
from typing import Any

import anyio
import anyio.to_thread
import joblib
import work

run_sync = anyio.to_thread.run_sync


async def chain() -> int:
    """A bare hand-over to a thread per step. One after the other is the cheapest way for steps that do nothing."""
    x = await run_sync(work.start)
    for _ in range(work.CHAIN):
        x = await run_sync(work.increment, x)
    return x


async def fan() -> int:
    x = await run_sync(work.start)
    return await run_sync(work.total, [await run_sync(work.increment, x) for _ in range(work.FAN)])


async def mapped() -> int:
    numbers = [await run_sync(work.increment, x) for x in await run_sync(work.zeros)]
    return await run_sync(work.total, numbers)


async def grid() -> int:
    row = [0] * work.GRID
    for _ in range(work.GRID):
        left = 0
        for column in range(work.GRID):
            left = row[column] = await run_sync(work.combine, left, row[column])
    return row[-1]


async def branches() -> int:
    return await _side_by_side(work.branch, range(work.BRANCHES))


async def items() -> int:
    return await _side_by_side(work.item, await run_sync(work.items))


async def _side_by_side(function: Callable[[int], int], arguments: Any) -> int:
    limiter = anyio.CapacityLimiter(32)
    found: dict[int, int] = {}

    async def one(i: int) -> None:
        found[i] = await run_sync(function, i, limiter=limiter)

    async with anyio.create_task_group() as group:
        for i in arguments:
            group.start_soon(one, i)
    return await run_sync(work.total, list(found.values()))


def in_loop(function: Callable[[], Awaitable[int]]) -> Callable[[], Callable[[], int]]:
    """An async shape as a function that needs no loop."""
    return lambda: lambda: anyio.run(function)


def remembered() -> Callable[[], int]:
    """A chain of hits in a `joblib.Memory`."""
    recall = joblib.Memory(tempfile.mkdtemp(prefix="bench-joblib-"), verbose=0).cache(work.increment)

    def run() -> int:
        x = work.start()
        for _ in range(work.REMEMBERED):
            x = recall(x)
        return x

    run()
    return run
