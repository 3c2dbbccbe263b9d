"""Calls begin at most at their node's rate, in order, and waiting for a turn holds nothing else up."""

from __future__ import annotations

import threading

import pytest

from daggr_fn import Pool, Retry, WiringError, each, events, gather, limits, node, pipeline
from daggr_fn.rates import Rate


@pytest.mark.parametrize(
    ("text", "calls", "seconds"),
    [
        ("30/minute", 30, 60),
        ("5/second", 5, 1),
        ("5 / s", 5, 1),
        ("100 per hour", 100, 3600),
        ("1000/days", 1000, 86400),
        ("10/30 seconds", 10, 30),
        ("10/1.5min", 10, 90),
    ],
)
def test_a_rate_is_read(text, calls, seconds):
    rate = Rate(text)
    assert (rate.calls, rate.seconds) == (calls, seconds)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("30/minuet", "there is no unit 'minuet'; did you mean 'minute'?"),
        ("30/fortnight", "(valid: 'second', 'minute', 'hour', 'day')"),
        ("30", "it is written as '30/minute'"),
        ("", "it is written as '30/minute'"),
        ("-3/minute", "it is written as '30/minute'"),
        ("1.5/minute", "it is written as '30/minute'"),
        (30, "30 is no rate"),
        ("0/minute", "at least one call"),
        ("3/0 minutes", "at least one call"),
    ],
)
def test_what_is_no_rate_is_told_where_it_is_written(text, says):
    with pytest.raises(WiringError) as caught:
        node(len, rate=text)
    assert says in str(caught.value)
    assert "here" in str(caught.value)
    with pytest.raises(ValueError, match="no rate"):
        Pool("api", rate=text)


def test_a_pool_has_a_limit_or_a_rate_or_both():
    assert repr(Pool("api", rate="3/s")) == "Pool('api', rate='3/s')"
    assert repr(Pool("gpu", limit=2)) == "Pool('gpu', limit=2)"
    assert repr(Pool("gpu", limit=2, rate="3/s")) == "Pool('gpu', limit=2, rate='3/s')"
    with pytest.raises(ValueError, match="neither a limit nor a rate"):
        Pool("nothing")


def started(run_or_stream, enough):
    """The steps that were started until enough of them were, and others had ended."""
    found = []
    for event in run_or_stream:
        found.append((event.kind, getattr(event, "step", ""), getattr(event, "index", ())))
        if enough(found):
            run_or_stream.close()
    return [(step, index) for kind, step, index in found if kind == "started"]


def finished(found):
    return sum(kind == "finished" for kind, _, _ in found)


def echo_node(**options):
    @node(**options)
    def echo(value: int) -> int:
        return value

    return echo


def test_no_more_than_its_calls_begin_in_the_time_and_the_others_wait_their_turn():
    echo, other = echo_node(rate="3/hour"), echo_node().named("other")

    @pipeline
    def p(values: list):
        return gather(echo(each(values))), gather(other(each(values)))

    begun = started(p.stream([1, 2, 3, 4, 5]), lambda found: finished(found) == 8)
    assert [index for step, index in begun if step == "echo"] == [(0,), (1,), (2,)]
    assert len([step for step, _ in begun if step == "other"]) == 5


def test_when_time_has_passed_the_next_have_their_turn(run_pipeline):
    echo = echo_node(rate="10/0.1 seconds")

    @pipeline
    def p(values: list):
        return gather(echo(each(values)))

    run = run_pipeline(p, list(range(35)))
    assert run.value == list(range(35))
    assert run.steps["echo"].attempts == 35


def test_an_async_node_has_its_rate():
    @node(rate="10/0.1 seconds")
    async def echo(value: int) -> int:
        return value

    @pipeline
    def p(values: list):
        return gather(echo(each(values)))

    assert p(list(range(25))) == list(range(25))


def test_copies_with_other_options_share_the_rate():
    echo = echo_node(rate="2/hour")

    @pipeline
    def p(value: int):
        return echo.named("a")(value), echo.options(timeout=5, name="b")(value), echo.named("c")(value)

    begun = started(p.stream(1), lambda found: finished(found) == 2)
    assert len(begun) == 2


def test_a_copy_with_a_rate_of_its_own_has_that():
    echo = echo_node(rate="1/hour")

    @pipeline
    def p(value: int):
        return (
            echo.named("a")(value),
            echo.options(rate="1/hour", name="b")(value),
            echo.options(rate=None, name="c")(value),
        )

    assert p(1) == (1, 1, 1)


def test_the_nodes_of_a_pool_share_its_rate():
    api = Pool("api", rate="2/hour")
    one, two = echo_node(pool=api).named("one"), echo_node(pool=api).named("two")

    @pipeline
    def p(value: int):
        return one(value), two(value), one.named("three")(value)

    assert len(started(p.stream(1), lambda found: finished(found) == 2)) == 2


def test_who_waits_for_a_turn_holds_no_place():
    gpu = Pool("gpu", limit=1)
    slow, other = echo_node(pool=gpu, rate="1/hour").named("slow"), echo_node(pool=gpu).named("other")

    @pipeline
    def p(values: list):
        return gather(slow(each(values))), gather(other(each(values)))

    begun = started(p.options(workers=1).stream([1, 2, 3]), lambda found: finished(found) == 4)
    assert sorted(step for step, _ in begun) == ["other", "other", "other", "slow"]
    assert gpu.limit.used == 0


def test_every_attempt_takes_a_turn(run_pipeline):
    @node(rate="2/hour", retries=Retry(5, wait=0))
    def fail(value: int) -> int:
        raise ConnectionError

    @pipeline
    def p(value: int):
        return fail(value)

    run = run_pipeline(p.options(timeout=2), 1)
    assert run.status == "cancelled"
    assert sum(isinstance(event, events.StepStarted) for event in run.events) == 2


def test_a_reused_result_takes_no_turn():
    echo = echo_node(rate="1/hour", cache=True)
    assert [echo(1) for _ in range(5)] == [1] * 5


def test_those_who_wait_in_a_cancelled_run_take_no_turn_from_others():
    echo = echo_node(rate="1/0.3 seconds")

    @pipeline
    def many(values: list):
        return gather(echo(each(values)))

    started(many.stream(list(range(1000))), lambda found: finished(found) == 1)
    assert many([1]) == [1]


def test_step_by_step_too():
    echo = echo_node(rate="2/0.1 seconds")

    @pipeline
    def p(values: list):
        return gather(echo(each(values)))

    assert p.eager([1, 2, 3, 4, 5]) == [1, 2, 3, 4, 5]


def test_a_pipeline_that_a_node_calls_does_not_wait_for_those_who_wait_for_the_node():
    api = Pool("api", rate="4/0.1 seconds")
    inner_node = echo_node(pool=api).named("inner")

    @pipeline
    def inner(value: int):
        return inner_node(value)

    @node(pool=api, limit=1)
    def outer(value: int) -> int:
        return inner(value)

    @pipeline
    def p(values: list):
        return gather(outer(each(values)))

    assert p(list(range(12))) == list(range(12))


def test_from_many_threads_no_window_has_more_than_its_calls():
    rate, begun, all_in = Rate("20/0.05 seconds"), [], threading.Event()

    def admitted():
        begun.append(None)
        if len(begun) == 200:
            all_in.set()

    times, begin = [], rate.begin
    rate.begin = lambda: (begin(), times.append(rate._begun[-1]))

    def enter():
        for _ in range(25):
            if limits.enter(limits.Waiter((), False, admitted, lambda: False, (rate,))):
                admitted()

    threads = [threading.Thread(target=enter) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all_in.wait(60)
    assert all(later - earlier > 0.05 - 1e-6 for earlier, later in zip(times, times[20:], strict=False))
