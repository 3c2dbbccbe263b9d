"""When steps run: once their inputs are there, side by side, within limits, in the order that was asked for."""

from __future__ import annotations

import itertools
import threading
from typing import Any, NamedTuple

import anyio
import anyio.lowlevel
import pytest

from daggr_fn import Pool, StepFailed, WiringError, each, events, gather, node, pipeline


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


def test_independent_steps_run_side_by_side():
    together = threading.Barrier(8)

    @node
    def meet(i: int) -> int:
        together.wait(10)
        return i

    @pipeline
    def p():
        return [meet(i) for i in range(8)]

    assert p() == list(range(8))


def test_a_step_starts_the_moment_its_own_inputs_are_there():
    """A fast branch goes on to its end while a slow one has not ended its first step."""
    fast_branch_is_done = threading.Event()

    @node
    def slow() -> int:
        assert fast_branch_is_done.wait(10)
        return 1

    @node
    def fast() -> int:
        return 2

    @node
    def after_fast(x: int) -> int:
        fast_branch_is_done.set()
        return x

    @pipeline
    def p():
        return slow(), after_fast(fast())

    assert p() == (1, 2)


def test_async_steps_run_side_by_side_on_the_loop():
    @node
    async def meet(i: int, arrived: list, all_there: list) -> int:
        arrived[0] += 1
        if arrived[0] == 50:
            all_there[0].set()
        await all_there[0].wait()
        return i

    class Box(list):
        """A list that is no plain list: handed over as it is."""

    @pipeline
    def p(arrived: Any, there: Any, xs: list[int]):
        return gather(meet(each(xs), arrived, there))

    assert p(Box([0]), Box([anyio.Event()]), list(range(50))) == list(range(50))


def test_sync_and_async_steps_take_turns():
    @node
    async def plus(x: int) -> int:
        await anyio.lowlevel.checkpoint()
        return x + 1

    @node
    def times(x: int) -> int:
        return x * 2

    @pipeline
    def p(x: int):
        for _ in range(5):
            x = times(plus(x))
        return x

    assert p(0) == p.eager(0) == 62


def test_every_call_in_the_body_runs_used_or_not():
    ran = []

    @node
    def note(what: str) -> str:
        ran.append(what)
        return what

    @pipeline
    def p():
        note("unused")
        return note("used")

    assert p() == "used"
    assert sorted(ran) == ["unused", "used"]


def test_after_gives_an_order_to_steps_without_an_edge():
    uploaded = threading.Event()

    @node
    def upload() -> None:
        uploaded.set()

    @node
    def notify() -> bool:
        return uploaded.is_set()

    @pipeline
    def p():
        done = upload()
        return notify.options(after=done)()

    for _ in range(20):
        uploaded.clear()
        assert p() is True


def test_after_a_mapped_step_means_after_all_of_its_items():
    ran: list[int] = []

    @node
    def work(i: int) -> None:
        ran.append(i)

    @node
    def last(x: int) -> int:
        return len(ran)

    @pipeline
    def p(xs: list[int]):
        done = work(each(xs))
        return last.options(after=done)(1), gather(last.named("mapped").options(after=[done])(each(xs)))

    assert p([1, 2, 3]) == (3, [3, 3, 3])


def test_after_a_failed_step_means_not_at_all():
    @node
    def boom() -> None:
        raise ValueError("boom")

    @node
    def follow(x: int) -> int:
        return x

    @pipeline
    def p():
        done = boom()
        return follow.options(after=done)(1)

    run = p.run()
    assert run.steps["follow"].status == "skipped"
    assert run.steps["follow"].reason == "boom failed"


# ---- limits


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

    with pytest.raises(ValueError, match="whole number of at least 1"):
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


# ---- given, only


def make_chain():
    ran: list[str] = []

    @node
    def a() -> int:
        ran.append("a")
        return 1

    @node
    def b(x: int) -> int:
        ran.append("b")
        return x + 1

    @node
    def c(x: int) -> int:
        ran.append("c")
        return x * 10

    @pipeline
    def p():
        return c(b(a()))

    return p, ran


def test_a_given_value_stands_for_its_step_and_what_only_feeds_it_does_not_run():
    p, ran = make_chain()
    run = p.options(given={"b": 7}).run()
    assert (run.value, ran) == (70, ["c"])
    assert run.steps["a"].status == "skipped"
    assert run.steps["a"].reason == "what it feeds is given (b)"
    assert (run.steps["b"].status, run.steps["b"].reason) == ("reused", "given")


def test_the_items_of_a_mapped_step_are_given_as_the_list_they_gather_to():
    @node
    def work(x: int) -> int:
        raise AssertionError("it is given")

    @pipeline
    def p(xs: list[int]):
        return gather(work(each(xs)))

    assert p.options(given={"work": [5, 6]})([1, 2]) == [5, 6]


def test_a_given_list_of_the_wrong_length_is_an_error():
    @node
    def work(x: int) -> int:
        return x

    @pipeline
    def p(xs: list[int]):
        return gather(work(each(xs)))

    for wrong in ([5], [5, 6, 7], 5):
        with pytest.raises(StepFailed, match="work is mapped over 2 items, and was given"):
            p.options(given={"work": wrong})([1, 2])


def test_several_outputs_are_given_as_a_dict_in_order_or_one_by_one():
    class Sizes(NamedTuple):
        width: int
        height: int

    @node
    def measure() -> Sizes:
        raise AssertionError("it is given")

    @pipeline
    def p():
        sizes = measure()
        return sizes.width, sizes

    for given in (
        {"measure": Sizes(1, 2)},
        {"measure": (1, 2)},
        {"measure": {"width": 1, "height": 2}},
        {"measure.width": 1, "measure.height": 2},
    ):
        assert p.options(given=given)() == (1, Sizes(1, 2))
    with pytest.raises(WiringError, match="measure has no output 'depth'"):
        p.options(given={"measure.depth": 1})()


def test_what_the_items_of_a_given_step_are_counted_by_still_runs():
    @node
    def words(text: str) -> list[str]:
        return text.split()

    @node
    def loud(word: str) -> str:
        return word.upper()

    @pipeline
    def p(text: str):
        return gather(loud(loud.named("given")(each(words(text)))))

    assert p.options(given={"given": ["x", "y"]})("a b") == ["X", "Y"]


def test_what_comes_before_a_given_step_without_feeding_it_still_runs():
    ran = []

    @node
    def upload() -> None:
        ran.append("upload")

    @node
    def notify() -> int:
        return 1

    @pipeline
    def p():
        return notify.options(after=upload())()

    assert p.options(given={"notify": 2})() == 2
    assert ran == ["upload"]


def test_a_step_that_is_not_there_cannot_be_given_or_asked_for():
    p, _ = make_chain()
    for options in ({"given": {"bb": 1}}, {"only": "+bb"}, {"fresh": ["bb"]}):
        with pytest.raises(WiringError, match="p has no step 'bb'"):
            p.options(**options)()


def test_only_runs_to_from_or_around_a_step():
    p, ran = make_chain()
    assert p.options(only="+b")() == 2
    assert ran == ["a", "b"]
    ran.clear()
    assert p.options(only="b+", given={"a": 5})() == 60
    assert ran == ["b", "c"]
    ran.clear()
    run = p.options(only="+b").run()
    assert run.steps["c"].status == "skipped"
    assert run.steps["c"].reason == "only +b was asked for"


# ---- events


def test_events_tell_a_run_from_its_start_to_its_end():
    @node
    def a() -> int:
        return 1

    @node
    def b(x: int) -> int:
        return x + 1

    @pipeline
    def p():
        return b(a())

    said = list(p.stream())
    assert [(e.kind, getattr(e, "step", None)) for e in said] == [
        ("run-started", None),
        ("started", "a"),
        ("finished", "a"),
        ("started", "b"),
        ("finished", "b"),
        ("run-ended", None),
    ]
    assert said[-1].status == "done"
    assert [e.value for e in said if isinstance(e, events.StepFinished)] == [1, 2]
    assert all(earlier.at <= later.at for earlier, later in itertools.pairwise(said))
    assert all(isinstance(e.to_dict(), dict) for e in said)


def test_nothing_is_said_after_the_end():
    """Whatever order branches end in, also in async steps, the last event is the run's end."""

    @node
    async def a(i: int) -> int:
        return i

    @node
    def b(i: int) -> int:
        return i

    @pipeline
    def p(xs: list[int]):
        x = each(xs)
        return gather(b(a(x))), gather(a.named("other")(x))

    for _ in range(30):
        run = p.run(list(range(5)))
        assert run.events[-1].kind == "run-ended"
        assert run.status == "done"
