"""What is gathered for a page says the same as its parts, one after the other."""

from __future__ import annotations

import asyncio

from daggr_fn.canvas.pump import Pump, merge
from daggr_fn.live.items import Items


def gathered(*patches):
    whole = {}
    for patch in patches:
        merge(whole, {"cards": {"speak": {"items": patch}}})
    return whole["cards"]["speak"]["items"]


def test_items_that_are_told_whole_and_then_one_by_one_are_told_whole():
    items, told = Items(1), []
    items.expect((), 4)
    items.set((0,), "done")
    items.took((0,), 0.5)
    items.fail((3,), {"message": "no"})
    told.append(items.patch())
    items.set((3,), "running")
    items.fail((2,), {"message": "not this"})
    told.append(items.patch())
    items.set((1,), "reused")
    items.set((3,), "done")
    told.append(items.patch())
    assert [set(patch) & {"states", "at"} for patch in told] == [{"states"}, {"at"}, {"at"}]
    assert gathered(*told) == items.snapshot()
    assert gathered(*told)["states"] == "dufd"


def test_items_that_are_told_one_by_one_are_told_together():
    items = Items(1)
    items.expect((), 3)
    items.patch()
    items.set((0,), "running")
    first = items.patch()
    items.set((0,), "done")
    items.fail((2,), {"message": "no"})
    assert gathered(first, items.patch()) == {
        "count": 3, "done": 1, "failed": 1, "at": {"0": "d", "2": "f"}, "errors": {"2": {"message": "no"}},
    }  # fmt: skip


def test_items_of_a_map_in_a_map_keep_their_paths():
    items = Items(2)
    items.expect((0,), 2)
    items.expect((1,), 1)
    first = items.patch()
    items.set((1, 0), "done")
    assert gathered(first, items.patch()) == items.snapshot()


def test_what_comes_after_a_change_that_could_not_be_sent_is_sent():
    async def page():
        got = asyncio.Queue()

        async def send(patch):
            got.put_nowait(patch)
            if "bad" in patch:
                raise ValueError("nobody can show that")

        pump = Pump(asyncio.get_running_loop(), send)
        told = []
        for patch in ({"bad": 1}, {"good": 1}):
            pump(patch)
            told.append(await asyncio.wait_for(got.get(), 10))
        pump.close()
        return told

    assert asyncio.run(page()) == [{"bad": 1}, {"good": 1}]
