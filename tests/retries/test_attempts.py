"""A failed call is made again when `retries=` says so, and only then."""

from __future__ import annotations

import random
import threading
from datetime import timedelta

import pytest
import tenacity

from daggr_fn import (
    Retry,
    StepFailed,
    StepTimeout,
    WiringError,
    apply,
    each,
    events,
    gather,
    node,
    pipeline,
    product,
)
from daggr_fn.retries import retry_after

AT_ONCE = Retry(3, wait=0)


class Flaky:
    """Fails until it has been called so many times; what it was called with is kept."""

    def __init__(self, failures: int, error: BaseException | None = None) -> None:
        self.failures = failures
        self.error = error or ConnectionError("gone")
        self.calls = []
        self.lock = threading.Lock()

    def __call__(self, value):
        with self.lock:
            self.calls.append(value)
            if len(self.calls) <= self.failures:
                raise self.error
        return value


def pipeline_of(flaky, **options):
    @node(**options)
    def call(value: int) -> int:
        return flaky(value)

    @pipeline
    def p(value: int = 7):
        return call(value)

    return p


def test_without_retries_nothing_is_called_twice():
    flaky = Flaky(1)
    with pytest.raises(StepFailed, match="step 'call' failed: ConnectionError"):
        pipeline_of(flaky)()
    assert flaky.calls == [7]


@pytest.mark.parametrize("retries", [2, Retry(2), Retry(2, wait=0.01, jitter=timedelta(milliseconds=1))])
def test_a_call_that_fails_twice_is_made_three_times(retries):
    flaky = Flaky(2)
    assert pipeline_of(flaky, retries=retries)() == 7
    assert flaky.calls == [7, 7, 7]


def test_when_no_attempt_is_left_the_step_has_failed_and_says_how_often_it_was_tried():
    flaky = Flaky(9)
    with pytest.raises(StepFailed, match="step 'call' failed after 4 attempts: ConnectionError: gone") as caught:
        pipeline_of(flaky, retries=AT_ONCE)()
    assert caught.value.attempts == len(flaky.calls) == 4


def test_each_attempt_is_an_event_with_its_error_and_delay(run_pipeline):
    run = run_pipeline(pipeline_of(Flaky(2), retries=Retry(3, wait=0.01, jitter=0)))
    told = events.StepStarted, events.StepRetrying
    said = [(event.kind, event.attempt) for event in run.events if isinstance(event, told)]
    assert said == [("started", 1), ("retrying", 1), ("started", 2), ("retrying", 2), ("started", 3)]
    waits = [event for event in run.events if isinstance(event, events.StepRetrying)]
    assert [(str(event.error), event.delay) for event in waits] == [("gone", 0.01)] * 2
    assert waits[0].to_dict()["error"] == "ConnectionError: gone"


def test_the_run_counts_attempts(run_pipeline):
    run = run_pipeline(pipeline_of(Flaky(2), retries=AT_ONCE))
    record = run.steps["call"]
    assert (record.status, record.attempts, record.retries, record.error) == ("done", 3, 2, None)
    assert "2 more attempts" in str(run)
    assert run.to_dict()["steps"][0]["attempts"] == 3


def test_a_mapped_step_counts_those_of_its_items(run_pipeline):
    flaky = Flaky(2)

    @node(retries=AT_ONCE)
    def call(value: int) -> int:
        return flaky(value)

    @pipeline
    def p(values: list):
        return gather(call(each(values)))

    run = run_pipeline(p, [1, 2, 3])
    assert run.value == [1, 2, 3]
    assert (run.steps["call"].attempts, run.steps["call"].retries) == (5, 2)


@pytest.mark.parametrize(
    ("on", "calls"),
    [
        (ConnectionError, 2),
        ((KeyError, OSError), 2),
        (lambda error: "gone" in str(error), 2),
        (KeyError, 1),
        ((KeyError, ValueError), 1),
        (lambda error: "here" in str(error), 1),
    ],
)
def test_on_says_after_which_errors(on, calls, run_pipeline):
    flaky = Flaky(1)
    run_pipeline(pipeline_of(flaky, retries=Retry(3, wait=0, on=on)))
    assert len(flaky.calls) == calls


def test_a_predicate_that_fails_fails_the_step_with_both_errors(run_pipeline):
    run = run_pipeline(pipeline_of(Flaky(1), retries=Retry(3, on=lambda error: error.code == 5)))
    cause = run.failures[0].__cause__
    assert isinstance(cause, AttributeError)
    assert str(cause.__cause__) == "gone"


class Hopeless(Exception):
    retryable = False


@pytest.mark.parametrize("error", [Hopeless(), SystemExit(1), KeyboardInterrupt(), WiringError("never right")])
def test_what_no_further_try_can_mend_is_not_tried_again(error, run_pipeline):
    flaky = Flaky(1, error)
    run_pipeline(pipeline_of(flaky, retries=AT_ONCE))
    assert len(flaky.calls) == 1


def test_on_may_ask_for_another_try_of_what_says_there_is_no_hope():
    flaky = Flaky(1, Hopeless())
    assert pipeline_of(flaky, retries=Retry(1, wait=0, on=Hopeless))() == 7


def test_a_source_keeps_its_value_for_another_attempt_and_draws_anew_for_another_item():
    drawn = []

    @node(retries=AT_ONCE)
    def call(value: int, seed: float) -> float:
        drawn.append((value, seed))
        if [one for one, _ in drawn].count(value) < 3:
            raise ConnectionError
        return seed

    @pipeline
    def p(values: list):
        from daggr_fn import every_run

        return gather(call(each(values), every_run(random.random)))

    results = p([1, 2])
    assert len(drawn) == 6
    assert {seed for value, seed in drawn if value == 1} == {results[0]}
    assert {seed for value, seed in drawn if value == 2} == {results[1]}
    assert results[0] != results[1]


def test_what_an_attempt_did_to_its_list_is_not_seen_by_the_next():
    seen = []

    @node(retries=AT_ONCE)
    def call(values: list) -> list:
        values.append(len(values))
        seen.append(list(values))
        if len(seen) < 3:
            raise ConnectionError
        return values

    @pipeline
    def p(values: list):
        return call(values)

    assert p([]) == [0]
    assert seen == [[0]] * 3


def test_a_backup_runs_after_the_last_attempt():
    order = []

    @node(retries=Retry(2, wait=0))
    def first(value: int) -> int:
        order.append("first")
        raise ConnectionError

    @node
    def second(value: int) -> int:
        order.append("second")
        return value

    @pipeline
    def p(value: int):
        return first.or_else(second)(value)

    assert p(5) == 5
    assert order == ["first", "first", "first", "second"]


def test_an_async_node_is_called_again():
    flaky = Flaky(2)

    @node(retries=AT_ONCE)
    async def call(value: int) -> int:
        return flaky(value)

    @pipeline
    def p(value: int):
        return apply(lambda x: x + 1, call(value))

    assert p(1) == 2
    assert len(flaky.calls) == 3


def test_step_by_step_in_the_callers_thread_too():
    threads = []
    flaky = Flaky(2)

    @node(retries=Retry(2, wait=0.01))
    def call(value: int) -> int:
        threads.append(threading.current_thread())
        return flaky(value)

    @pipeline
    def p(value: int):
        return call(value)

    assert p.eager(3) == 3
    assert threads == [threading.current_thread()] * 3


def test_a_plain_call_is_made_again_and_raises_what_the_node_raised():
    flaky = Flaky(2)

    @node(retries=AT_ONCE)
    def call(value: int) -> int:
        return flaky(value)

    assert call(4) == 4
    flaky.failures = 99
    with pytest.raises(ConnectionError, match="gone"):
        call(4)


def test_options_set_and_unset_retries():
    flaky = Flaky(1)

    @node
    def call(value: int) -> int:
        return flaky(value)

    assert call.options(retries=AT_ONCE)(1) == 1
    flaky.failures = 9
    with pytest.raises(ConnectionError):
        call.options(retries=5).options(retries=None)(1)
    assert len(flaky.calls) == 3


def test_each_attempt_has_the_whole_timeout_and_one_that_hangs_is_followed_by_another(run_pipeline):
    opened, calls = threading.Event(), []

    @node(timeout=0.2, retries=AT_ONCE)
    def call(value: int) -> int:
        calls.append(value)
        if len(calls) == 1:
            opened.wait(60)
        return value

    @pipeline
    def p(value: int):
        return call(value)

    run = run_pipeline(p, 3)
    opened.set()
    assert run.value == 3
    waits = [event for event in run.events if isinstance(event, events.StepRetrying)]
    assert [type(event.error) for event in waits] == [StepTimeout] * (len(calls) - 1)
    assert run.steps["call"].attempts == len(calls) >= 2


def test_an_async_attempt_that_hangs_is_followed_by_another():
    import anyio

    calls = []

    @node(timeout=0.2, retries=AT_ONCE)
    async def call(value: int) -> int:
        calls.append(value)
        if len(calls) == 1:
            await anyio.sleep_forever()
        return value

    @pipeline
    def p(value: int):
        return call(value)

    assert p(3) == 3


def test_who_wants_the_same_result_waits_for_all_attempts(run_pipeline):
    flaky = Flaky(2)

    @node(cache=True, version="1", retries=Retry(3, wait=0.05))
    def call(value: int) -> int:
        return flaky(value)

    @pipeline
    def p(a: list, b: list):
        x, _ = product(a, b)
        return gather(call(x))

    run = run_pipeline(p, [5], [1, 2, 3])
    assert run.value == [5, 5, 5]
    assert len(flaky.calls) == 3
    assert sorted(item.status for item in run.steps["call"].items.values()) == ["done", "reused", "reused"]


def test_a_result_of_a_later_attempt_is_remembered(run_pipeline):
    flaky = Flaky(1)
    p = pipeline_of(flaky, cache=True, version="1", retries=AT_ONCE)
    assert (p(), p()) == (7, 7)
    assert len(flaky.calls) == 2
    assert run_pipeline(p).steps["call"].attempts == 0


def test_the_call_knows_which_attempt_it_is():
    from daggr_fn.kinds import CURRENT_CALL

    seen = []

    @node(retries=AT_ONCE)
    def call(value: int) -> int:
        seen.append(CURRENT_CALL.get().attempt)
        if len(seen) < 3:
            raise ConnectionError
        return value

    @pipeline
    def p(value: int):
        return call(value)

    p(1)
    assert seen == [1, 2, 3]


def test_an_error_that_says_when_to_come_back_is_waited_for(run_pipeline):
    error = ConnectionError("busy")
    error.retry_after = 0.03
    run = run_pipeline(pipeline_of(Flaky(1, error), retries=Retry(1, wait=0.001, jitter=0)))
    assert [event.delay for event in run.events if isinstance(event, events.StepRetrying)] == [0.03]


@pytest.mark.parametrize("asked", [None, "soon", -3, float("inf"), float("nan")])
def test_what_is_no_time_to_come_back_is_not_waited_for(asked):
    error = ConnectionError("busy")
    error.retry_after = asked
    assert Retry(1, wait=2, jitter=0).delay(1, error) == 2


def test_the_wait_doubles_by_default_up_to_a_minute():
    delays = [Retry(20, jitter=0).delay(attempt, OSError()) for attempt in range(1, 10)]
    assert delays == [0.5, 1, 2, 4, 8, 16, 32, 60, 60]


def test_jitter_is_added_at_random_and_leaves_the_programs_own_chance_alone():
    random.seed(1)
    expected = random.random()
    random.seed(1)
    delays = {Retry(1, wait=1, jitter=0.5).delay(1, OSError()) for _ in range(50)}
    assert random.random() == expected
    assert len(delays) > 1
    assert all(1 <= delay <= 1.5 for delay in delays)


def test_a_wait_strategy_of_tenacity_says_how_long():
    retry = Retry(9, wait=tenacity.wait_chain(tenacity.wait_fixed(1), tenacity.wait_fixed(5)), jitter=0)
    assert [retry.delay(attempt, OSError()) for attempt in (1, 2, 3)] == [1, 5, 5]
    assert Retry(9, wait=lambda state: state.attempt_number * 10, jitter=0).delay(3, OSError()) == 30
    by_error = Retry(9, wait=lambda state: state.outcome.exception().args[0], jitter=0)
    assert by_error.delay(1, OSError(4)) == 4


@pytest.mark.parametrize("retries", [-1, 1.5, True, "3"])
def test_a_wrong_number_of_retries_is_told_where_it_is_written(retries):
    with pytest.raises(WiringError, match=r"whole number of at least 0[\s\S]*valid +3, Retry\(3, wait=2\)[\s\S]*here"):
        node(len, retries=retries)


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"wait": -1}, ValueError),
        ({"wait": "2"}, ValueError),
        ({"jitter": float("inf")}, ValueError),
        ({"on": "ConnectionError"}, TypeError),
        ({"on": (ConnectionError, 3)}, TypeError),
        ({"on": int}, TypeError),
        ({"on": ()}, TypeError),
    ],
)
def test_a_wrong_policy_is_refused(wrong, error):
    with pytest.raises(error):
        Retry(1, **wrong)


def test_retry_after_is_read_as_a_number_or_a_date():
    assert retry_after({"retry-after": "7"}) == 7
    assert retry_after({"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}) == 0
    assert retry_after({"retry-after": "soon"}) is None
    assert retry_after({}) is None
