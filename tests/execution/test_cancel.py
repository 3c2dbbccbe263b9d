"""Cancelling: the caller is back at once, what can't be stopped goes on unheard, in its place of its limit."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import textwrap
import threading

import anyio
import pytest

from daggr_fn import RunCancelled, each, gather, node, pipeline
from daggr_fn.execution import entries


class Gate:
    """Something a step waits at, and what is known of it."""

    def __init__(self) -> None:
        self.reached, self.opened, self.passed = threading.Event(), threading.Event(), threading.Event()

    def wait(self) -> None:
        self.reached.set()
        self.opened.wait(20)
        self.passed.set()


@node
def plus(x: int) -> int:
    return x + 1


def make_gated(limit=None):
    gate = Gate()

    @node(limit=limit)
    def wait_at_gate(x: int) -> int:
        if x == 0:
            gate.wait()
        return x

    @pipeline
    def p(x: int):
        return plus(wait_at_gate(x))

    return gate, p


def test_who_stops_listening_to_a_stream_cancels_the_run_and_is_back_at_once():
    gate, p = make_gated()
    stream = p.stream(0)
    assert [next(stream).kind, next(stream).kind] == ["run-started", "started"]
    assert gate.reached.wait(10)
    stream.close()
    assert not gate.passed.is_set()
    gate.opened.set()


def test_an_async_stream_that_is_left_cancels_the_run():
    gate, p = make_gated()

    async def main():
        async for event in p.astream(0):
            if event.kind == "started":
                break

    asyncio.run(main())
    assert not gate.passed.is_set()
    gate.opened.set()
    assert p(1) == 2  # what goes on has nobody to tell, and that disturbs nobody


def test_a_cancelled_caller_is_back_at_once():
    gate, p = make_gated()

    async def main():
        task = asyncio.ensure_future(p.acall(0))
        await anyio.to_thread.run_sync(gate.reached.wait)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(main())
    assert not gate.passed.is_set()
    gate.opened.set()


def test_a_move_on_of_anyio_cancels_an_async_step():
    ended = []

    @node
    async def forever() -> int:
        try:
            await anyio.sleep_forever()
        finally:
            ended.append("ended")
        return 1

    @pipeline
    def p():
        return forever()

    async def main():
        with anyio.move_on_after(0.05) as scope:
            await p.acall()
        return scope.cancelled_caught

    assert anyio.run(main) is True
    assert ended == ["ended"]


def test_a_cancelled_run_says_so_and_drops_late_results():
    gate, p = make_gated()
    execution = entries.Execution(p.plan(0))
    execution.start()
    assert gate.reached.wait(10)
    execution.cancel()
    run = entries.run_of(execution)
    assert run.status == "cancelled"
    assert run.steps["wait_at_gate"].status == "cancelled"
    said = len(run.events)
    with pytest.raises(RunCancelled, match="the run of p was cancelled"):
        _ = run.value
    gate.opened.set()
    assert gate.passed.wait(10)
    assert p(1) == 2  # a worker has been through after the late result
    assert len(run.events) == said
    assert "plus" not in [getattr(event, "step", None) for event in run.events]


def test_what_goes_on_after_a_cancel_keeps_its_place_in_its_limit():
    gate, p = make_gated(limit=1)
    execution = entries.Execution(p.plan(0))
    execution.start()
    assert gate.reached.wait(10)
    execution.cancel()

    second = entries.Execution(p.plan(5))
    second.start()
    assert not second.done.wait(0.1), "the place was given away while the cancelled call still goes on"
    gate.opened.set()
    assert second.done.wait(10)
    assert entries.run_of(second).value == 6


def test_what_waits_for_a_limit_when_its_run_is_cancelled_never_runs():
    gate, p = make_gated(limit=1)
    blocker = entries.Execution(p.plan(0))
    blocker.start()
    assert gate.reached.wait(10)
    waiting = entries.Execution(p.plan(7))
    waiting.start()
    waiting.cancel()
    third = entries.Execution(p.plan(8))
    third.start()
    gate.opened.set()
    assert third.done.wait(10)
    assert blocker.done.wait(10)
    assert [e.kind for e in waiting.log.said if e.kind == "started"] == []


def test_a_long_function_may_look_whether_it_is_cancelled():
    from daggr_fn.kinds import CURRENT_CALL

    began, seen = threading.Event(), threading.Event()

    @node
    def long() -> int:
        began.set()
        while not CURRENT_CALL.get().cancelled:
            pass
        seen.set()
        return 1

    @pipeline
    def p():
        return long()

    execution = entries.Execution(p.plan())
    execution.start()
    assert began.wait(10)
    execution.cancel()
    assert seen.wait(10)


def test_a_generator_of_a_cancelled_run_is_closed():
    began, closed, go_on = threading.Event(), threading.Event(), threading.Event()

    @node
    def count():
        try:
            for i in range(1000):
                began.set()
                go_on.wait(10)
                yield i
        finally:
            closed.set()

    @pipeline
    def p():
        return count()

    execution = entries.Execution(p.plan())
    execution.start()
    assert began.wait(10)
    execution.cancel()
    go_on.set()
    assert closed.wait(10)


@pytest.mark.parametrize("how", ["call", "inside a loop", "acall", "eager"])
def test_ctrl_c_ends_a_script_at_once_while_a_step_sleeps(how, tmp_path):
    call = {
        "call": "p(1)",
        "inside a loop": "asyncio.run(inside())",
        "acall": "asyncio.run(p.acall(1))",
        "eager": "p.eager(1)",
    }[how]
    script = tmp_path / "script.py"
    script.write_text(
        textwrap.dedent(f"""
            import asyncio, time
            from daggr_fn import node, pipeline

            @node
            def sleep(x: int) -> int:
                print("asleep", flush=True)
                time.sleep(60)
                return x

            @pipeline
            def p(x: int):
                return sleep(x)

            async def inside():
                return p(1)

            try:
                {call}
            except KeyboardInterrupt:
                print("interrupted", flush=True)
        """)
    )
    with subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, text=True, env=os.environ) as process:
        try:
            assert process.stdout.readline() == "asleep\n"
            process.send_signal(signal.SIGINT)
            told, _ = process.communicate(timeout=30)  # against 60 s of sleep
        finally:
            process.kill()
    assert told == "interrupted\n"
    assert process.returncode == 0


def test_after_a_cancel_other_runs_go_on():
    gate, p = make_gated()

    @pipeline
    def many(xs: list[int]):
        return gather(plus(each(xs)))

    stream = p.stream(0)
    next(stream)
    stream.close()
    assert many(list(range(100))) == list(range(1, 101))
    gate.opened.set()
