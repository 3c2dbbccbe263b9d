"""What a user sees when a step fails: the other branches, the message, reproduce and resume."""

from __future__ import annotations

import asyncio
import gc
import threading
import weakref
from typing import NamedTuple

import pytest

from daggr_fn import OutputError, RunCancelled, StepFailed, StepTimeout, each, gather, node, pipeline


@node
def broken(x: int) -> int:
    return 1 // x


@node
def plus(x: int, y: int = 1) -> int:
    return x + y


def test_a_failure_stops_what_depends_on_it_and_never_the_rest(run_pipeline):
    @pipeline
    def p(x: int):
        return plus(broken(x)), plus.named("other")(x)

    run = run_pipeline(p, 0)
    assert {name: step.status for name, step in run.steps.items()} == {
        "broken": "failed",
        "plus": "skipped",
        "other": "done",
    }
    assert run.steps["plus"].reason == "broken failed"
    assert run.outputs == {"other": 1}
    assert run.status == "failed"
    assert not run.ok


def test_the_message_names_step_line_cause_and_inputs(app):
    module = app(
        """
        from daggr_fn import node, pipeline

        @node
        def divide(a: int, b: int) -> float:
            return a / b

        @pipeline
        def p(b: int):
            return divide(1, b)
        """
    )
    with pytest.raises(StepFailed) as error:
        module.p(0)
    assert str(error.value) == (
        "step 'divide' failed: ZeroDivisionError: division by zero\n"
        "  here     app.py:9:  return divide(1, b)\n"
        "  raised   app.py:5:  return a / b\n"
        "  inputs   a=1, b=0\n"
        "  again    error.reproduce() calls this step alone; error.resume() goes on from here"
    )
    assert isinstance(error.value.__cause__, ZeroDivisionError)
    assert error.value.run.status == "failed"


def test_long_inputs_are_shortened_and_a_broken_repr_hides_nothing():
    class Odd:
        def __repr__(self):
            raise RuntimeError("no repr")

    @node
    def boom(text, odd):
        raise ValueError("boom")

    @pipeline
    def p(text, odd):
        return boom(text, odd)

    with pytest.raises(StepFailed, match=r"boom") as error:
        p("x" * 10_000, Odd())
    assert "(10002 characters)" in str(error.value)
    assert "<Odd whose repr raised RuntimeError>" in str(error.value)
    assert len(str(error.value)) < 700


def test_an_error_can_be_reproduced_with_the_very_inputs(run_pipeline):
    @pipeline
    def p(xs: list[int]):
        return gather(broken(each(xs)))

    run = run_pipeline(p, [1, 0])
    (failure,) = run.failures
    assert (failure.step, failure.index, failure.name, failure.inputs) == ("broken", (1,), "broken[1]", {"x": 0})
    with pytest.raises(ZeroDivisionError):
        failure.reproduce()


def test_an_async_step_can_be_reproduced_too(run_pipeline):
    @node
    async def boom(x: int) -> int:
        return 1 // x

    @pipeline
    def p(x: int):
        return boom(x)

    with pytest.raises(ZeroDivisionError):
        run_pipeline(p, 0).failures[0].reproduce()


def test_a_resumed_run_goes_on_at_the_step_that_failed_and_keeps_what_finished():
    ran: list[str] = []
    healed = threading.Event()

    @node
    def first(i: int) -> int:
        ran.append(f"first{i}")
        return i

    @node
    def second(i: int) -> int:
        ran.append(f"second{i}")
        if i == 1 and not healed.is_set():
            raise ConnectionError("down")
        return i * 10

    @pipeline
    def p(xs: list[int]):
        return gather(second(first(each(xs))))

    with pytest.raises(StepFailed) as error:
        p([0, 1, 2])
    with pytest.raises(StepFailed):
        error.value.resume()
    ran.clear()
    healed.set()
    assert error.value.resume() == [0, 10, 20]
    assert ran == ["second1"]


def test_all_failures_are_told_and_the_call_raises_the_first(run_pipeline):
    released = threading.Event()

    @node
    def one() -> int:
        try:
            raise ValueError("first")
        finally:
            released.set()

    @node
    def two() -> int:
        assert released.wait(10)
        raise KeyError("second")

    @pipeline
    def p():
        return one(), two()

    run = run_pipeline(p)
    assert sorted(failure.step for failure in run.failures) == ["one", "two"]
    with pytest.raises(StepFailed):
        p()


def test_what_a_step_raises_besides_exceptions_is_a_failure_too(run_pipeline):
    @node
    def leave() -> int:
        raise SystemExit(3)

    @node
    def stop() -> int:
        raise StopIteration

    @node
    async def stop_async() -> int:
        raise StopAsyncIteration

    @node
    async def cancel_itself() -> int:
        raise asyncio.CancelledError

    @node
    async def leave_async() -> int:
        raise SystemExit(3)

    @pipeline
    def p():
        return leave(), stop(), stop_async(), cancel_itself(), leave_async()

    for run in (run_pipeline(p), asyncio.run(p.arun())):
        assert run.status == "failed"
        assert sorted(failure.step for failure in run.failures) == [
            "cancel_itself",
            "leave",
            "leave_async",
            "stop",
            "stop_async",
        ]


def test_a_wrong_number_of_outputs_is_an_error_of_the_step():
    class Two(NamedTuple):
        a: int
        b: int

    @node
    def three() -> Two:
        return 1, 2, 3

    @pipeline
    def p():
        return three().a

    with pytest.raises(StepFailed, match=r"three returned 3 values; it declares 2: 'a', 'b'") as error:
        p()
    assert isinstance(error.value.__cause__, OutputError)


def test_a_source_that_fails_fails_its_step():
    from daggr_fn import every_run

    def seed():
        raise OSError("no entropy")

    @pipeline
    def p():
        return plus(every_run(seed))

    with pytest.raises(StepFailed, match="step 'plus' failed: OSError: no entropy"):
        p()


def test_a_part_that_a_value_does_not_have_is_told_by_name():
    @node
    def make() -> dict[str, int]:
        return {"a": 1}

    @pipeline
    def p():
        return plus(make()["b"])

    with pytest.raises(StepFailed, match=r"make has no part 'b': it is \{'a': 1\}"):
        p()


def test_a_result_that_has_no_such_part_is_told_and_not_a_key_error():
    @node
    def make() -> dict[str, int]:
        return {"a": 1}

    @pipeline
    def p():
        return make()["b"]

    with pytest.raises(ValueError, match=r"make has no part 'b': it is \{'a': 1\}"):
        p()


def test_a_stream_ends_with_the_error_after_its_last_event():
    @pipeline
    def p(x: int):
        return broken(x)

    kinds = []

    def listen():
        for event in p.stream(0):
            kinds.append(event.kind)  # noqa: PERF401  # those before the error count

    with pytest.raises(StepFailed):
        listen()
    assert kinds == ["run-started", "started", "failed", "run-ended"]


def test_a_timeout_fails_the_step_at_once_and_its_late_result_is_dropped(run_pipeline):
    go_on = threading.Event()
    ended = threading.Event()

    @node(timeout=0.05)
    def slow(x: int) -> int:
        go_on.wait(10)
        ended.set()
        return x

    @pipeline
    def p(x: int):
        return plus(slow(x))

    run = run_pipeline(p, 1)
    (failure,) = run.failures
    assert isinstance(failure.__cause__, StepTimeout)
    assert isinstance(failure.__cause__, TimeoutError)
    assert str(failure.__cause__) == "slow took longer than 0.05 s"
    said = len(run.events)
    go_on.set()
    assert ended.wait(10)
    assert len(run.events) == said


def test_a_timeout_of_an_async_step_cancels_it():
    import anyio

    ended: list[str] = []

    @node(timeout=0.05)
    async def slow() -> int:
        try:
            await anyio.sleep(30)
        except BaseException:
            ended.append("cancelled")
            raise
        return 1

    @pipeline
    def p():
        return slow()

    with pytest.raises(StepFailed, match=r"StepTimeout: slow took longer than 0.05 s"):
        p()
    assert ended == ["cancelled"]


def test_a_timeout_of_an_async_step_holds_in_eager_too():
    import anyio

    @node(timeout=0.05)
    async def slow() -> int:
        await anyio.sleep(3600)
        return 1

    @pipeline
    def p():
        return slow()

    async def within_a_loop() -> None:
        p.eager()

    for call in (p.eager, lambda: anyio.run(within_a_loop)):
        with pytest.raises(StepFailed, match=r"StepTimeout: slow took longer than 0.05 s"):
            call()


def test_a_nodes_own_timeout_error_is_its_own():
    @node(timeout=30)
    async def slow() -> int:
        raise TimeoutError("the database is slow")

    @pipeline
    def p():
        return slow()

    with pytest.raises(StepFailed, match=r"TimeoutError: the database is slow"):
        p()


def test_a_run_that_takes_too_long_is_cancelled():
    go_on = threading.Event()

    @node
    def slow() -> int:
        go_on.wait(10)
        return 1

    @pipeline
    def p():
        return slow()

    try:
        with pytest.raises(RunCancelled, match="it took longer than its timeout"):
            p.options(timeout=0.05)()
    finally:
        go_on.set()


def test_a_run_that_is_over_keeps_none_of_its_values():
    class Big:
        pass

    @node(timeout=3600)
    def same(x):
        return x

    @pipeline(timeout=3600)
    def p(x):
        return same(x)

    big = Big()
    gone = weakref.ref(big)
    ended = threading.Event()
    weakref.finalize(big, ended.set)
    assert p(big) is big
    del big
    for _ in range(100):  # 2 s in all, against the 5 s for which an idle worker stays, and the hour of the timeouts
        gc.collect()
        if ended.wait(0.02):
            break
    assert gone() is None


def test_reproduce_and_resume_start_from_what_the_step_was_given_and_not_from_what_it_made_of_it():
    @node
    def make() -> list[int]:
        return [1]

    @node
    def spoil(items: list[int], once: list[bool]) -> list[int]:
        items.append(2)
        if not once:
            once.append(True)
            raise ValueError("spoilt")
        return items

    flag: list[bool] = []

    @node
    def fragile(items: list[int]) -> list[int]:
        return spoil(items, flag)

    @pipeline
    def chain():
        return fragile(make())

    with pytest.raises(StepFailed) as caught:
        chain()
    assert caught.value.reproduce() == [1, 2]
    assert caught.value.resume() == [1, 2]
