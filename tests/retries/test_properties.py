"""Whatever fails how often: the attempts are as many as the policy says, and the value is what plain Python gives."""

from __future__ import annotations

import collections
import threading

import anyio
from hypothesis import given, settings
from hypothesis import strategies as st

from daggr_fn import Retry, each, events, gather, node, pipeline


class Passing(Exception):
    """Another try may mend it."""


class Lasting(Exception):
    """No other try mends it."""

    retryable = False


FATES = st.lists(st.sampled_from([Passing, Lasting]), max_size=5)
"""What the first attempts of an item end with; those after them succeed."""


def expected(fates, times):
    """How many attempts an item has, and whether the last one succeeds."""
    for number, fate in enumerate(fates, 1):
        if fate is Lasting or number > times:
            return number, False
    return len(fates) + 1, True


@settings(max_examples=60)
@given(
    st.lists(FATES, max_size=8),
    st.integers(0, 4),
    st.booleans(),
    st.sampled_from(["run", "eager", "one worker"]),
    st.sampled_from([None, 1, 2]),
)
def test_attempts_and_values(fates, times, is_async, way, limit):
    calls, lock = collections.Counter(), threading.Lock()

    def attempt(number):
        with lock:
            calls[number] += 1
            tried = calls[number]
        if tried <= len(fates[number]):
            raise fates[number][tried - 1]
        return number * 10

    async def attempt_async(number):
        return attempt(number)

    call = node(
        attempt_async if is_async else attempt, retries=Retry(times, wait=0, jitter=0), limit=limit, name="call"
    )

    @pipeline
    def p(numbers: list):
        return gather(call(each(numbers)), errors="skip")

    numbers = list(range(len(fates)))
    outcomes = {number: expected(fates[number], times) for number in numbers}
    wanted = [number * 10 for number in numbers if outcomes[number][1]]
    if way == "eager":
        assert p.eager(numbers) == wanted
    else:
        run = p.options(workers=1 if way == "one worker" else None).run(numbers)
        assert run.value == wanted
        for number in numbers:
            said = [e.kind for e in run.events if isinstance(e, events.StepEvent) and e.index == (number,)]
            said = [kind for kind in said if kind != "waiting"]  # for a place, which hangs on chance
            attempts, well = outcomes[number]
            assert said == ["started", "retrying"] * (attempts - 1) + ["started", "finished" if well else "failed"]
            assert run.steps["call"].items[number,].attempts == attempts
    assert calls == {number: outcomes[number][0] for number in numbers}


@settings(max_examples=12)
@given(st.lists(st.integers(0, 3), max_size=5), st.integers(0, 2), st.booleans())
def test_attempts_that_hang_have_their_time_and_no_more(hangs, times, is_async):
    """The first `hangs[i]` attempts of item i never end by themselves."""
    calls, lock, over = collections.Counter(), threading.Lock(), threading.Event()

    def is_to_hang(number):
        with lock:
            calls[number] += 1
            return calls[number] <= hangs[number]

    def attempt(number):
        if is_to_hang(number):
            over.wait()
        return number

    async def attempt_async(number):
        if is_to_hang(number):
            await anyio.sleep_forever()
        return number

    retries = Retry(times, wait=0, jitter=0)
    call = node(attempt_async if is_async else attempt, retries=retries, timeout=0.5, name="call")

    @pipeline
    def p(numbers: list):
        return gather(call(each(numbers)), errors="skip")

    numbers = list(range(len(hangs)))
    run = p.run(numbers)
    over.set()
    assert run.value == [number for number in numbers if hangs[number] <= times]
    attempts = {number: min(hangs[number], times) + 1 for number in numbers}
    assert {number: run.steps["call"].items[number,].attempts for number in numbers} == attempts
    assert calls == attempts
