"""When steps run: once their inputs are there, side by side, within limits, in the order that was asked for."""

from __future__ import annotations

import itertools
import threading
from typing import Any

import anyio
import anyio.lowlevel

from daggr_fn import each, events, gather, node, pipeline


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


def test_after_a_failed_step_means_not_at_all(run_pipeline):
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

    run = run_pipeline(p)
    assert run.steps["follow"].status == "skipped"
    assert run.steps["follow"].reason == "boom failed"


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
