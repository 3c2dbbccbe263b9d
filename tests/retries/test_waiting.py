"""Waiting for another attempt holds nothing up, and ends with the run."""

from __future__ import annotations

import threading

import pytest

from daggr_fn import Pool, Retry, RunCancelled, StepFailed, events, node, pipeline

LONG = Retry(1, wait=3600)


def failing(**options):
    @node(retries=LONG, **options)
    def fail(value: int) -> int:
        raise ConnectionError("gone")

    return fail


@node
def plus(value: int) -> int:
    return value + 1


def test_cancelling_a_run_ends_the_wait():
    fail = failing()

    @pipeline
    def p(value: int):
        return fail(value)

    stream, said = p.stream(1), []
    for event in stream:
        said.append(event)
        if isinstance(event, events.StepRetrying):
            stream.close()
    assert [event.kind for event in said] == ["run-started", "started", "retrying"]
    assert said[-1].delay >= 3600


def test_a_run_that_waits_when_its_time_is_over_is_cancelled(run_pipeline):
    fail = failing()

    @pipeline
    def p(value: int):
        return fail(value)

    run = run_pipeline(p.options(timeout=1), 1)
    assert run.steps["fail"].status == "cancelled"
    with pytest.raises(RunCancelled, match="longer than its timeout"):
        _ = run.value


def test_step_by_step_too():
    fail = failing()

    @pipeline
    def p(value: int):
        return fail(value)

    with pytest.raises(RunCancelled):
        p.options(timeout=0.2).eager(1)


def test_the_only_worker_does_other_work_meanwhile():
    @pipeline
    def p(value: int):
        return failing()(value), plus(value)

    done = []
    for event in (stream := p.options(workers=1).stream(1)):
        done.append((event.kind, getattr(event, "step", "")))
        if {("retrying", "fail"), ("finished", "plus")} <= set(done):
            stream.close()
    assert ("finished", "plus") in done


def test_the_place_in_a_limit_is_free_meanwhile():
    one = Pool("one", limit=1)
    waits, inside = failing(pool=one), threading.Event()

    @node(pool=one)
    def enter(value: int) -> int:
        inside.set()
        return value

    @pipeline
    def p(value: int):
        return waits(value), enter(value)

    for event in (stream := p.stream(1)):
        if isinstance(event, events.StepFinished):
            stream.close()
    assert inside.is_set()
    assert one.limit.used == 0


def test_who_wants_what_a_cancelled_run_was_waiting_to_try_again_gets_its_turn():
    calls = []

    @node(cache=True, version="1", retries=LONG)
    def call(value: int) -> int:
        calls.append(value)
        if len(calls) == 1:
            raise ConnectionError("gone")
        return value

    @pipeline
    def p(value: int):
        return call(value)

    for event in (stream := p.stream(5)):
        if isinstance(event, events.StepRetrying):
            stream.close()
    assert p(5) == 5


def test_who_is_parked_at_a_limit_when_cancelled_keeps_no_key(run_pipeline):
    pool, gate, reached = Pool("one", limit=1), threading.Event(), threading.Event()

    @node(pool=pool)
    def hold(value: int) -> int:
        reached.set()
        gate.wait(60)
        return value

    @node(pool=pool, cache=True, version="1")
    def call(value: int) -> int:
        return value

    @pipeline
    def holding(value: int):
        return hold(value)

    @pipeline
    def p(value: int):
        return call(value)

    stream = holding.stream(1)
    next(stream)
    assert reached.wait(60)
    assert run_pipeline(p.options(timeout=0.2), 2).status == "cancelled"
    gate.set()
    list(stream)
    assert p(2) == 2


def test_nested_runs_are_cancelled_with_the_attempt_that_waits_for_them(run_pipeline):
    fail = failing()

    @pipeline
    def inner(value: int):
        return fail(value)

    waiting = threading.Event()

    @node(timeout=0.3, retries=Retry(1, wait=0))
    def outer(value: int) -> int:
        waiting.set()
        return inner(value)

    @pipeline
    def p(value: int):
        return outer(value)

    run = run_pipeline(p, 1)
    assert waiting.is_set()
    assert run.steps["outer"].attempts == 2
    with pytest.raises(StepFailed, match=r"took longer than 0\.3 s"):
        _ = run.value


def test_a_failed_run_goes_on_where_it_failed_with_all_its_attempts_anew(run_pipeline):
    calls = []

    @node(retries=Retry(1, wait=0))
    def call(value: int) -> int:
        calls.append(value)
        if len(calls) < 4:
            raise ConnectionError("gone")
        return value

    @pipeline
    def p(value: int):
        return plus(call(plus(value)))

    run = run_pipeline(p, 1)
    assert len(calls) == 2
    assert run.failures[0].resume() == 3
    assert len(calls) == 4


def test_in_an_event_loop_too():
    import anyio

    fails = iter([True, True, False])

    @node(retries=Retry(3, wait=0.01))
    async def call(value: int) -> int:
        if next(fails):
            raise ConnectionError("gone")
        return value

    @pipeline
    def p(value: int):
        return plus(call(value))

    assert anyio.run(p.acall, 1) == 2
