"""Many calls of one app at once: none fails for no reason, and each gets its own result."""

from __future__ import annotations

import anyio

from daggr_fn.kinds import Call
from daggr_fn.nodes.space import SpaceKind


def results_of(url, endpoint, calls, at_once):
    kind = SpaceKind(url, endpoint)
    kind.spec()
    results: dict[int, float] = {}

    async def worker(numbers):
        for number in numbers:
            results[number] = await kind.call({"first": number, "second": 1}, Call("step", (number,)))

    async def run():
        async with anyio.create_task_group() as group:
            for first in range(at_once):
                group.start_soon(worker, range(first, calls, at_once))

    anyio.run(run)
    return results


def test_a_thousand_calls_sixteen_at_once(behaviours_url):
    assert results_of(behaviours_url, "/add", 1000, 16) == {number: number + 1 for number in range(1000)}


def test_an_app_that_does_one_thing_at_a_time_has_its_queue(behaviours_url):
    assert results_of(behaviours_url, "/one_at_a_time", 60, 20) == {number: number + 1 for number in range(60)}
