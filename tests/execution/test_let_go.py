"""Values that nobody needs any more are let go while a run goes on; those that somebody may ask for stay."""

from __future__ import annotations

import gc
import threading
import time
import tracemalloc
import weakref
from typing import ClassVar

import anyio
import pytest

from daggr_fn import StepFailed, each, every_run, gather, node, pipeline, product, when
from daggr_fn.files import home
from daggr_fn.kinds import new_file

ITEMS = 200
HANDFUL = 40  # a worker has one in hand, and there are 32
MEGABYTE = 1_000_000


class Big:
    """A value that says how many of its like are there."""

    alive: ClassVar[weakref.WeakSet[Big]] = weakref.WeakSet()
    lock = threading.Lock()
    most = 0

    def __init__(self, number):
        self.number = number
        self.content = bytearray(MEGABYTE // 100)
        with Big.lock:
            Big.alive.add(self)
            Big.most = max(Big.most, len(Big.alive))


@pytest.fixture(autouse=True)
def no_big_ones():
    """Counts anew; without the garbage collector, so that what is let go is gone at once."""
    Big.alive.clear()
    Big.most = 0
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@node
def make(i):
    return Big(i)


@node
def change(big):
    return Big(big.number)


@node
def number(big):
    return big.number


@node
def numbers(bigs):
    return [big.number for big in bigs]


@node
def add(a, b):
    return a + b


@pipeline
def flat(xs):
    return gather(number(make(each(xs))))


@pipeline
def chained(xs):
    big = make(each(xs))
    for _ in range(5):
        big = change(big)
    return gather(number(big))


@pipeline
def inner(x):
    big = change(make(x))
    return add(number(big), number(change(big)))


@pipeline
def grouped(xs):
    return gather(inner(each(xs)))


@node
def many(i):
    return [Big(i * 10 + j) for j in range(3)]


@pipeline
def nested(xs):
    return gather(numbers(gather(change(each(many(each(xs)))))))


@node
def is_even(big):
    return big.number % 2 == 0


@pipeline
def sided(xs):
    big = make(each(xs))
    return gather(when(is_even(big), number(change(big)), number(big)))


MAPS = {
    "flat": (flat, lambda xs: xs),
    "chained": (chained, lambda xs: xs),
    "grouped": (grouped, lambda xs: [2 * x for x in xs]),
    "nested": (nested, lambda xs: [[x * 10 + j for j in range(3)] for x in xs]),
    "sided": (sided, lambda xs: xs),
}


@pytest.mark.parametrize("name", MAPS)
@pytest.mark.parametrize("way", ["called", "awaited", "streamed", "mapped", "in the body's order"])
def test_a_map_over_many_items_holds_a_handful_of_them(name, way):
    p, expected = MAPS[name]
    xs = list(range(ITEMS))
    if way == "called":
        assert p(xs) == expected(xs)
    elif way == "awaited":
        assert anyio.run(p.acall, xs) == expected(xs)
    elif way == "streamed":
        assert sum(event.kind == "finished" for event in p.stream(xs)) >= 2 * ITEMS
    elif way == "mapped":
        assert [run.value for run in p.map([{"xs": xs[:100]}, {"xs": xs[100:]}])] == [
            expected(xs[:100]),
            expected(xs[100:]),
        ]
    else:
        assert p.eager(xs) == expected(xs)
        assert len(Big.alive) == 0
        return
    per_item = 6 if name == "nested" else 2
    if way == "streamed":  # what was said and not heard yet waits in a queue
        assert len(Big.alive) <= per_item
        return
    assert Big.most <= HANDFUL * per_item
    assert len(Big.alive) <= per_item  # an idle worker may have one in hand


def test_a_map_of_slow_items_holds_a_handful_of_them_too():
    @node
    def make_slowly(i):
        time.sleep(0.006)  # longer than a worker follows one chain while others wait
        return Big(i)

    @pipeline
    def p(xs):
        return gather(number(make_slowly(each(xs))))

    assert p(list(range(ITEMS))) == list(range(ITEMS))
    assert Big.most <= 2 * HANDFUL


def test_measured_memory_does_not_grow_with_the_items():
    def peak(items):
        tracemalloc.start()
        try:
            assert p(list(range(items))) == [MEGABYTE] * items
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    @node
    def megabyte(i):
        return bytes(MEGABYTE)

    @pipeline
    def p(xs):
        return gather(size(each(xs)))

    @pipeline
    def size(x):
        return length(megabyte(x))

    @node
    def length(content):
        return len(content)

    p = p.options(workers=2)
    assert peak(ITEMS) < 10 * MEGABYTE


def test_a_chain_holds_the_last_link_only():
    @pipeline
    def p():
        big = make(0)
        for _ in range(100):
            big = change(big)
        return number(big)

    assert p() == 0
    assert Big.most <= 3


def test_what_the_pipeline_returns_and_what_a_later_step_needs_stays():
    @pipeline
    def p(xs):
        first = make(0)
        mapped = number(make(each(xs)))
        return first, numbers([first, change(first)]), add(gather(mapped), [number(first)])

    big, read, added = p([1, 2, 3])
    assert (big.number, read, added) == (0, [0, 0], [1, 2, 3, 0])


def test_a_step_that_nobody_takes_is_let_go_at_once():
    @pipeline
    def p(xs):
        make(each(xs))
        return number(make(7))

    assert p(list(range(ITEMS))) == 7
    assert Big.most <= HANDFUL


def test_a_run_that_was_asked_for_keeps_the_values_of_all_steps():
    run = flat.run([1, 2, 3])
    assert [big.number for big in run.steps["make"].value] == [1, 2, 3]
    assert [event.value.number for event in run.events if event.kind == "finished" and event.step == "make"]


def test_a_run_of_a_row_tells_how_its_steps_went_and_has_its_outputs():
    (run,) = flat.map([{"xs": [1, 2]}])
    assert run.value == [1, 2]
    assert run.outputs == {"number": [1, 2]}
    made = run.steps["make"]
    assert (made.status, made.attempts, repr(made.value)) == ("done", 2, "[<let go>, <let go>]")
    assert run.steps["number"].value == [1, 2]
    assert [event.kind for event in run.events].count("started") == 4


# ---- failures


class Broken:
    """A node that fails for some items until it is repaired."""

    def __init__(self, *bad):
        self.bad = set(bad)
        self.calls = []

    def node(self):
        @node
        def fragile(big):
            self.calls.append(big.number)
            if big.number in self.bad:
                raise ValueError(big.number)
            return big.number

        return fragile


def test_a_failed_run_holds_what_its_failures_took_and_no_more():
    broken = Broken(3)
    fragile = broken.node()

    @pipeline
    def p(xs):
        return gather(fragile(change(make(each(xs)))))

    with pytest.raises(StepFailed) as failed:
        p(list(range(ITEMS)))
    assert 3 in {big.number for big in Big.alive}
    assert len(Big.alive) <= 3
    steps = failed.value.run.steps
    assert steps["change"].items[3,].value.number == 3
    assert repr(steps["change"].items[4,].value) == "<let go>"
    assert steps["fragile"].items[3,].status == "failed"
    assert steps["fragile"].items[4,].value == 4


def test_a_failed_step_can_be_called_again_alone_and_the_run_goes_on_from_there():
    broken = Broken(3)
    fragile, made = broken.node(), []

    @node
    def noted(i):
        made.append(i)
        return Big(i)

    @pipeline
    def p(xs):
        big = noted(each(xs))
        return add(gather(fragile(change(big))), [number(noted(1000))])

    with pytest.raises(StepFailed) as failed:
        p(list(range(ITEMS)))
    with pytest.raises(ValueError, match="3"):
        failed.value.reproduce()
    broken.bad.clear()
    assert failed.value.reproduce() == 3
    made.clear()
    broken.calls.clear()
    Big.most = 0
    assert failed.value.resume() == [*range(ITEMS), 1000]
    assert (made, broken.calls) == ([], [3])
    assert Big.most <= HANDFUL


@pytest.mark.parametrize("bad", [[0], [5], [0, 1, 2, 3, 4, 5], [11], [20, 21]])
def test_a_run_of_maps_in_maps_conditions_and_groups_goes_on_where_it_failed(bad):
    broken = Broken(*bad)
    fragile, made = broken.node(), []

    @node
    def noted(i, _seed):
        made.append(i)
        return [Big(10 * i), Big(10 * i + 1)]

    @node
    def is_small(bigs):
        return bigs[0].number < 20

    @pipeline
    def one(x, y):
        bigs = noted(x, every_run(time.perf_counter))
        inner = number(change(each(bigs)))
        taken = when(is_small(bigs), fragile(each(bigs)), inner)
        return add(gather(taken), [y])

    @pipeline
    def p(xs, ys):
        x, y = product(xs, ys)
        return add(gather(one(x, y), flatten=True), gather(number(make(each(xs)))))

    xs, ys = [0, 1, 2], [7, 8]
    expected = [[10 * x, 10 * x + 1, y] for x in xs for y in ys]
    if not {0, 1, 10, 11} & set(bad):
        assert p(xs, ys) == [*expected, *xs]
        return
    with pytest.raises(StepFailed) as failed:
        p(xs, ys)
    broken.bad.clear()
    made.clear()
    before = len(broken.calls)
    assert failed.value.resume() == [*expected, *xs]
    assert made == []
    assert 0 < len(broken.calls) - before <= 2 * len(set(bad) & {0, 1, 10, 11})


def test_a_step_that_was_refused_is_asked_about_again_when_the_run_goes_on():
    from daggr_fn import approve

    broken = Broken(1)
    fragile = broken.node()

    @pipeline
    def p():
        big = make(1)
        return [fragile(big), number(change(approve(big)))]

    with pytest.raises(StepFailed) as failed:
        p.options(answers={"approve": False})()
    broken.bad.clear()
    assert failed.value.resume(answers={"approve": True}) == [1, 1]


def test_who_refused_may_say_otherwise_when_the_run_goes_on_and_else_is_not_asked_again():
    from daggr_fn import approve, each, gather

    broken, heard = Broken(1), []
    fragile = broken.node()

    @node
    def hear(text):
        heard.append(text)
        return text

    @pipeline
    def p():
        return [gather(hear(approve(each(["a", "b"]), name="ok")), errors="skip"), fragile(make(1))]

    with pytest.raises(StepFailed) as failed:
        p.options(answers={"ok": [True, False]})()
    broken.bad.clear()
    assert heard == ["a"]
    assert failed.value.resume() == [["a"], 1]
    assert heard == ["a"]
    assert failed.value.resume(answers={"ok[1]": True}) == [["a", "b"], 1]
    assert heard == ["a", "b"]


def test_the_folders_of_calls_are_gone_when_they_have_ended():
    most = []

    @node
    def write(i):
        path = new_file(".txt")
        path.write_text(str(i), encoding="utf-8")
        most.append(sum(one.is_dir() for one in (home() / "scratch").iterdir()))
        return path

    @node
    def read(path):
        return int(path.read_text())

    @pipeline
    def p(xs):
        return gather(read(write(each(xs))))

    assert p(list(range(ITEMS))) == list(range(ITEMS))
    assert max(most) <= HANDFUL
    assert not list((home() / "scratch").iterdir())
