"""Pipelines called inside loops, nodes and each other, at any depth, with one worker too, and in forked children."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import subprocess
import sys
import textwrap
import threading

import anyio
import anyio.lowlevel
import pytest

from daggr_fn import Pool, StepFailed, each, gather, node, pipeline


@node
def plus(x: int) -> int:
    return x + 1


@node
async def plus_async(x: int) -> int:
    await anyio.lowlevel.checkpoint()
    return x + 1


@pipeline
def chain(x: int):
    return plus_async(plus(plus_async(x)))


def run_script(text, *args, **environment):
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(text), *args],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_call_inside_a_running_loop_works():
    async def main():
        return chain(1), chain.run(1).value, list(chain.stream(1))[-1].status, chain.eager(1)

    assert asyncio.run(main()) == (4, 4, "done", 4)


def test_many_awaited_runs_go_on_side_by_side_in_one_loop():
    async def main():
        return await asyncio.gather(*(chain.acall(i) for i in range(50)))

    assert asyncio.run(main()) == [i + 3 for i in range(50)]


def test_the_events_of_a_run_can_be_awaited():
    async def main():
        return [event.kind async for event in chain.astream(1)]

    kinds = asyncio.run(main())
    assert (kinds[0], kinds[-1], kinds.count("finished")) == ("run-started", "run-ended", 3)


def test_async_steps_of_an_awaited_run_are_in_the_callers_loop():
    @node
    async def which_loop() -> int:
        return id(asyncio.get_running_loop())

    @pipeline
    def p():
        return which_loop()

    async def main():
        return await p.acall() == id(asyncio.get_running_loop())

    assert asyncio.run(main())


def test_a_node_may_call_a_pipeline_which_is_then_a_plain_call():
    @node
    def outer(x: int) -> int:
        return chain(x) + chain.run(x).value

    @pipeline
    def p(x: int):
        return outer(x)

    assert p(1) == 8


def test_an_async_node_may_call_or_await_a_pipeline_at_any_depth():
    @node
    async def down(n: int) -> int:
        if n == 0:
            return 0
        return (p(n - 1) if n % 2 else await p.acall(n - 1)) + 1

    @pipeline
    def p(n: int):
        return down(n)

    assert p(12) == 12
    assert asyncio.run(p.acall(12)) == 12


def test_sixty_levels_deep_with_a_limit_of_one_on_every_level():
    @node(limit=1)
    def down(n: int) -> int:
        return p(n - 1) + 1 if n else 0

    @pipeline
    def p(n: int):
        return down(n)

    assert p(60) == 60


def test_two_nodes_with_a_limit_of_one_that_call_pipelines_which_need_each_other():
    """Each holds its own place and asks for the other's: they would wait for each other for ever."""
    both_inside = threading.Barrier(2)

    @node(limit=1)
    def left(n: int) -> int:
        if n:
            both_inside.wait(10)
            return call_right(n - 1)
        return 1

    @node(limit=1)
    def right(n: int) -> int:
        if n:
            both_inside.wait(10)
            return call_left(n - 1)
        return 2

    @pipeline
    def call_left(n: int):
        return left(n)

    @pipeline
    def call_right(n: int):
        return right(n)

    @pipeline
    def p():
        return left(1), right(1)

    assert p() == (2, 1)


def test_nested_runs_of_one_pool_at_both_levels():
    gpu = Pool("gpu", limit=1)

    @node(pool=gpu)
    def inner_step(x: int) -> int:
        return x * 2

    @pipeline
    def inner(xs: list[int]):
        return gather(inner_step(each(xs)))

    @node(pool=gpu)
    def outer_step(x: int) -> int:
        return sum(inner([x, x + 1]))

    @pipeline
    def p(xs: list[int]):
        return gather(outer_step(each(xs)))

    assert p(list(range(20))) == [2 * (x + x + 1) for x in range(20)]


_ONE_WORKER = """
    import threading
    from daggr_fn import each, gather, node, pipeline

    @node(limit=1)
    def down(n: int) -> int:
        return p(n - 1) + 1 if n else 0

    @pipeline
    def p(n: int):
        return down(n)

    @node(limit=1)
    def left(n: int) -> int:
        return call_right(n - 1) if n else 1

    @node(limit=1)
    def right(n: int) -> int:
        return call_left(n - 1) if n else 2

    @pipeline
    def call_left(n: int):
        return left(n)

    @pipeline
    def call_right(n: int):
        return right(n)

    @node
    async def a(n: int) -> int:
        return both(n - 1)[0] if n else 0

    @pipeline
    def both(n: int):
        return a(n), down(n), left(n), right(n)

    @node
    def fan(x: int) -> int:
        return sum(inner([x, x]))

    @node
    def same(x: int) -> int:
        return x

    @pipeline
    def inner(xs: list[int]):
        return gather(same(each(xs)))

    @pipeline
    def outer(xs: list[int]):
        return gather(fan(each(xs)))

    print(p(60), both(6), outer(list(range(10))))
"""


@pytest.mark.parametrize("workers", ["1", "2"])
def test_with_few_workers_nothing_waits_for_ever(workers):
    done = run_script(_ONE_WORKER, DAGGR_FN_WORKERS=workers)
    assert done.stderr == ""
    assert done.stdout == f"60 (0, 6, 1, 2) {[2 * x for x in range(10)]}\n"


def test_a_number_of_workers_that_is_none_is_told():
    done = run_script(_ONE_WORKER, DAGGR_FN_WORKERS="many")
    assert "DAGGR_FN_WORKERS is a whole number of at least 1, not 'many'" in done.stderr
    assert done.returncode == 1


def test_a_failure_of_a_nested_run_tells_both_levels():
    @node
    def boom(x: int) -> int:
        return 1 // x

    @pipeline
    def inner(x: int):
        return boom(x)

    @node
    def outer(x: int) -> int:
        return inner(x)

    @pipeline
    def p(x: int):
        return outer(x)

    with pytest.raises(StepFailed, match="step 'outer' failed: StepFailed: step 'boom' failed") as error:
        p(0)
    assert isinstance(error.value.__cause__.__cause__, ZeroDivisionError)


def test_what_a_caller_set_is_seen_in_the_steps_and_what_a_step_sets_does_not_leak():
    import contextvars

    user = contextvars.ContextVar("user", default="nobody")

    @node
    def who() -> str:
        name = user.get()
        user.set("somebody else")
        return name

    @node
    async def who_async() -> str:
        name = user.get()
        user.set("somebody else")
        return name

    @pipeline
    def p():
        return who(), who_async(), who.named("again")()

    user.set("ada")
    assert p() == ("ada", "ada", "ada")
    assert user.get() == "ada"


def _in_child(queue) -> None:
    queue.put(chain(1))


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded, use of fork:DeprecationWarning")
def test_a_forked_child_runs_pipelines_as_its_parent_does():
    assert chain(1) == 4  # the parent has workers and a loop
    context = multiprocessing.get_context("fork")
    queue = context.Queue()
    child = context.Process(target=_in_child, args=(queue,))
    child.start()
    assert queue.get(timeout=20) == 4
    child.join(20)
    assert child.exitcode == 0
    queue.close()
    queue.join_thread()


def test_a_chain_of_thousands_needs_no_stack():
    @pipeline
    def long(x: int):
        for _ in range(5000):
            x = plus(x)
        return x

    assert long(0) == 5000
    assert len(long.plan(0).steps) == 5000


def test_a_step_called_while_another_pipeline_is_traced_in_a_node_is_a_plain_call():
    """The trace of a body is not seen in the steps of a run that goes on at the same time."""

    @node
    def outer(x: int) -> int:
        return plus(x) * 10

    @pipeline
    def p(x: int):
        return outer(x)

    @pipeline
    def traced_late(x: int):
        return plus(x) if p.run(1).value == 20 else None

    assert traced_late(1) == 2


def test_eager_runs_every_step_in_the_callers_thread_in_the_order_of_the_body():
    ran = []

    @node
    def step(x: int, name: str) -> int:
        ran.append((name, threading.current_thread() is threading.main_thread()))
        return x

    @node
    async def step_async(x: int, name: str) -> int:
        ran.append((name, threading.current_thread() is threading.main_thread()))
        return x

    @pipeline
    def p(xs: list[int]):
        late = step(1, "a")
        step_async(2, "b")
        mapped = step(each(xs), "c")
        step(late, "d")
        return gather(mapped)

    assert p.eager([1, 2]) == [1, 2]
    assert ran == [("a", True), ("b", True), ("c", True), ("c", True), ("d", True)]
