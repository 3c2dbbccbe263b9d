"""Large graphs, many items, many runs."""

from __future__ import annotations

import gc
import json
import tracemalloc

from daggr_fn import each, gather, node, pipeline

STEPS = 300
ITEMS = 2_000


@node
def more(x: int) -> int:
    return x + 1


@node
def numbers(n: int) -> list[int]:
    return list(range(n))


@node
def total(xs: list[int]) -> int:
    return sum(xs)


@pipeline
def chain(x: int = 0):
    for _ in range(STEPS):
        x = more(x)
    return x


@pipeline
def wide(n: int = ITEMS):
    return total(gather(more(each(numbers(n)))))


@pipeline
def small(x: int = 0):
    return more(more(x))


def test_a_finished_step_is_told_in_less_than_a_kilobyte(watch):
    page = watch(chain)
    page.run()
    assert set(page.states().values()) == {"done"}
    told = [patch for patch in page.patches if "cards" in patch]
    per_card = [len(json.dumps({name: facts})) for patch in told for name, facts in patch["cards"].items()]
    assert max(per_card) < 300
    alone = [len(json.dumps(patch)) for patch in told if len(patch["cards"]) <= 2]
    assert alone
    assert max(alone) < 1000


def test_many_items_are_told_by_what_changed(watch):
    page = watch(wide)
    page.run()
    assert page.sheet.value("total", "output") == ITEMS * (ITEMS + 1) // 2
    items = page.shown["cards"]["more"]["items"]
    assert items["states"] == "d" * ITEMS
    sizes = [len(json.dumps(patch)) for patch in page.patches if "items" in patch.get("cards", {}).get("more", {})]
    assert sum(sizes) < 200 * ITEMS  # a snapshot for each would be twenty times as much


def test_memory_stays_flat_over_many_runs(watch):
    page = watch(small)
    page.stop()
    waits = watch(small)

    def runs(number):
        for _ in range(number):
            waits.run("from", "more")
            waits.patches.clear()
        gc.collect()

    runs(20)
    tracemalloc.start()
    try:
        runs(5)
        before, _ = tracemalloc.get_traced_memory()
        runs(40)
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert after - before < 200_000
