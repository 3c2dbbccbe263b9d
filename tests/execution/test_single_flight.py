"""One computation per request at a time, in this process."""

from __future__ import annotations

import threading

import pytest

from daggr_fn import each, gather, node, pipeline

RAN: list[object] = []


@pytest.fixture(autouse=True)
def nothing_ran():
    RAN.clear()


@node(cache=True)
def double(x):
    RAN.append(x)
    return 2 * x


def test_the_same_request_of_many_runs_at_once_is_computed_once():
    began = threading.Barrier(8)
    go_on = SLOW_GATE
    go_on.clear()

    @pipeline
    def p(x: int):
        return slow_double(x)

    results = []

    def run():
        began.wait(10)
        results.append(p(21))

    threads = [threading.Thread(target=run) for _ in range(8)]
    for thread in threads:
        thread.start()
    assert SLOW_BEGAN.wait(10)
    go_on.set()
    for thread in threads:
        thread.join(20)
    assert results == [42] * 8
    assert RAN == [21]


SLOW_GATE, SLOW_BEGAN = threading.Event(), threading.Event()


@node(cache=True, version="1")
def slow_double(x: int) -> int:
    RAN.append(x)
    SLOW_BEGAN.set()
    SLOW_GATE.wait(10)
    return 2 * x


def test_who_waits_for_a_computation_that_fails_makes_its_own():
    @pipeline
    def p(xs: list[int]):
        return gather(once_broken(each(xs)), errors="skip")

    RAN.clear()
    assert p([5, 5, 5]) in ([10, 10], [10, 10, 10])
    assert len(RAN) == 2


@node(cache=True, version="1")
def once_broken(x: int) -> int:
    RAN.append(x)
    if len(RAN) == 1:
        raise ConnectionError("down")
    return 2 * x


def test_a_remembered_result_takes_no_place_in_a_limit():
    @pipeline
    def p(x: int):
        return double.options(limit=1)(x)

    p(1)

    @node
    def blocker() -> int:
        return p(1)

    @pipeline
    def outer():
        return blocker()

    assert outer() == 2
    assert RAN == [1]
