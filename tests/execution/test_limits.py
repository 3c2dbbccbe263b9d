"""Limits, pools and workers: kept in the whole process, and no run starves another."""

from __future__ import annotations

import threading
from typing import Any

import anyio
import anyio.lowlevel
import pytest

from daggr_fn import Pool, WiringError, each, gather, node, pipeline


class Meter:
    """Counts how many calls go on at once; `meet` lets a number of calls wait for each other."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.now = self.most = self.calls = 0

    def __enter__(self):
        with self._lock:
            self.now += 1
            self.calls += 1
            self.most = max(self.most, self.now)
        return self

    def __exit__(self, *_):
        with self._lock:
            self.now -= 1


def test_a_limit_holds_in_the_whole_process_and_copies_of_the_node_share_it():
    meter = Meter()
    three = threading.Barrier(3)

    @node(limit=3)
    def work(i: int) -> int:
        with meter:
            three.wait(10)
        return i

    @pipeline
    def p(xs: list[int]):
        return gather(work(each(xs))), gather(work.options(cache=False)(each(xs)))

    threads = [threading.Thread(target=p, args=([1, 2, 3],)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert (meter.most, meter.calls) == (3, 18)


def test_a_limit_given_to_a_copy_is_the_copys_own():
    @node(limit=1)
    def work(together: Any) -> bool:
        together.wait(10)
        return True

    @pipeline
    def p(together: Any):
        return work(together), work.options(limit=2)(together)

    assert p(threading.Barrier(2)) == (True, True)


def test_a_pool_is_one_limit_for_several_nodes_async_ones_too():
    gpu = Pool("gpu", limit=1)
    meter = Meter()

    @node(pool=gpu)
    def draw(i: int) -> int:
        with meter:
            return i

    @node(pool=gpu)
    async def cut(i: int) -> int:
        with meter:
            await anyio.lowlevel.checkpoint()
            return i

    @pipeline
    def p(xs: list[int]):
        return gather(cut(draw(each(xs))))

    assert p(list(range(20))) == list(range(20))
    assert (meter.most, meter.calls) == (1, 40)
    assert repr(gpu) == "Pool('gpu', limit=1)"


def test_limits_and_pools_in_opposite_orders_do_not_wait_for_each_other_for_ever():
    a, b = Pool("a", limit=1), Pool("b", limit=1)

    @node(limit=1, pool=a)
    def one(i: int) -> int:
        return i

    @node(limit=1, pool=b)
    def two(i: int) -> int:
        return i

    first, second = one.options(pool=b), two.options(pool=a)

    @pipeline
    def p(xs: list[int]):
        x = each(xs)
        return gather(one(x)), gather(two(x)), gather(first(x)), gather(second(x))

    assert p(list(range(30))) == (list(range(30)),) * 4


def test_workers_narrow_a_run():
    meter = Meter()

    @node
    def work(i: int) -> int:
        with meter:
            return i

    @pipeline
    def p(xs: list[int]):
        return gather(work(each(xs)))

    assert p.options(workers=1)(list(range(50))) == list(range(50))
    assert meter.most == 1


@pytest.mark.parametrize("limit", [0, -1, 1.5, True])
def test_a_limit_that_is_no_number_of_places_is_refused(limit):
    with pytest.raises(ValueError, match=rf"a limit is a whole number of at least 1, not {limit}"):
        node(lambda: 1, limit=limit)


@pytest.mark.parametrize("workers", [0, -1, "2"])
def test_a_number_of_workers_that_is_none_is_refused(workers):
    @pipeline
    def p():
        return node(lambda: 1)()

    with pytest.raises(WiringError, match=rf"workers={workers!r}\n  valid    1, 2, ..."):
        p.options(workers=workers)()


def test_a_short_run_is_not_starved_by_long_ones():
    """Long chains fill all workers; a run of one step comes in between, and ends before they do."""
    stop = threading.Event()
    going_on = threading.Barrier(41, timeout=20)

    @node
    def link(x: int) -> int:
        if x == 0:
            stop.wait(0.01)
        return x + 1

    @node
    def spin(x: int) -> int:
        stop.wait(0.002)
        return x

    @pipeline
    def chain():
        x = link(0)
        for _ in range(400):
            x = spin(x)
        return x

    chain.check()

    def run_chain() -> None:
        going_on.wait()
        chain()

    threads = [threading.Thread(target=run_chain) for _ in range(40)]
    for thread in threads:
        thread.start()
    going_on.wait()

    @pipeline
    def short():
        return link(1)

    assert short() == 2
    still_going_on = sum(thread.is_alive() for thread in threads)
    stop.set()
    for thread in threads:
        thread.join(30)
    assert still_going_on == 40
