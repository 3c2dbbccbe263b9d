"""What holds wherever the functions of a pipeline are called."""

from __future__ import annotations

import asyncio
import os
import re
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import pytest

from daggr_fn import (
    RunnerError,
    StepFailed,
    apply,
    each,
    every_run,
    gather,
    new_file,
    node,
    pipeline,
    repeat,
    when,
)


@dataclass
class Point:
    x: int


class Pair(NamedTuple):
    left: int
    right: Point


def test_a_closure_is_called_in_another_process(runner):
    factor = 3

    @node
    def times(x: int) -> tuple[int, int]:
        return x * factor, os.getpid()

    @pipeline(runner=runner)
    def p(x: int):
        return times(x)

    value, pid = p(4)
    assert value == 12
    assert pid != os.getpid()


def test_steps_maps_branches_and_records_give_what_they_give_here(runner):
    @node
    def split(x: int) -> Pair:
        return Pair(x, Point(x + 1))

    @node
    def total(points: list[int], extra: Point) -> int:
        return sum(points) + extra.x

    @pipeline
    def p(xs: list[int], loud: bool):
        pair = split(each(xs))
        shown = gather(apply(lambda left: left * 10, pair.left))
        last = split(7)
        return total(when(loud, shown, [0]), last.right), gather(pair)

    for loud in (True, False):
        assert p.options(runner=runner)([1, 2, 3], loud) == p([1, 2, 3], loud)


def test_a_class_of_the_program_comes_back_as_itself(runner):
    @dataclass
    class Local:
        x: int

    @pipeline(runner=runner)
    def p(x: int):
        return apply(Local, x)

    assert p(2) == Local(2)
    assert type(p(2)) is Local


def test_an_async_function_is_awaited_there(runner):
    @node
    async def there(x: int) -> tuple[int, int]:
        import asyncio

        await asyncio.sleep(0)
        return x + 1, os.getpid()

    @pipeline(runner=runner)
    def p(x: int):
        return there(x)

    value, pid = p(1)
    assert value == 2
    assert pid != os.getpid()


def test_files_made_there_are_kept_with_the_result(runner, home):
    @node(cache=True)
    def draw(text: str) -> Path:
        path = new_file(".txt")
        path.write_text(text)
        return path

    @node
    def read(path: Path) -> str:
        text = path.read_text()
        path.write_text("spoiled")
        return text

    @pipeline(runner=runner)
    def p(text: str):
        path = draw(text)
        return path, read(path), read.named("again")(path)

    path, text, again = p("hello")
    assert path.is_relative_to(home / "files")
    assert path.read_text() == text == again == "hello"
    assert not list((home / "scratch").iterdir())
    assert p.run("hello").steps["draw"].status == "reused"


def test_what_is_remembered_is_shared_and_no_key_holds_the_runner(runner):
    @node(cache=True)
    def slow(x: int) -> int:
        return x * 2

    @pipeline
    def p(x: int):
        return slow(x)

    assert p.options(runner=runner).run(5).steps["slow"].status == "done"
    assert p.run(5).steps["slow"].status == "reused"
    assert p.options(runner="process").plan(5).steps["slow"].mark == "reuse"


def test_an_error_tells_the_line_and_the_traceback_of_the_other_process(runner):
    @node
    def fail(x: int) -> float:
        return 1 / x

    @pipeline(runner=runner)
    def p(x: int):
        return fail(x)

    with pytest.raises(StepFailed, match="ZeroDivisionError") as failed:
        p(0)
    error = failed.value
    assert re.search(r"raised +\S*test_every_runner.py:\d+:  return 1 / x", str(error))
    assert isinstance(error.__cause__, ZeroDivisionError)
    assert "return 1 / x" in str(error.__cause__.__cause__)
    with pytest.raises(ZeroDivisionError):
        error.reproduce()


def test_a_step_is_tried_again_there(runner, tmp_path):
    @node(retries=2)
    def flaky(folder: Path) -> int:
        made = len(list(folder.iterdir()))
        (folder / str(made)).touch()
        if made < 2:
            raise ConnectionError("not yet")
        return os.getpid()

    @pipeline(runner=runner)
    def p(folder: Path):
        return flaky(folder)

    run = p.run(tmp_path)
    assert run.value != os.getpid()
    assert run.steps["flaky"].attempts == 3


def test_a_function_that_needs_a_lock_is_told_so_by_name(runner):
    lock = threading.Lock()

    @node
    def locked(x: int) -> int:
        with lock:
            return x

    @pipeline(runner=runner)
    def p(x: int):
        return locked(x)

    with pytest.raises(StepFailed, match=r"'locked' can't go to the runner .*\block is a lock"):
        p(1)


def test_an_argument_that_stays_is_told_by_its_name(runner):
    @node
    def take(things: dict) -> int:
        return len(things)

    @pipeline
    def p(things: dict):
        return take(things)

    with pytest.raises(StepFailed, match=r"'take' can't go .* its input 'things' .*\['a'\]\[1\] is a lock") as failed:
        p.options(runner=runner)({"a": [1, threading.Lock()]})
    assert isinstance(failed.value.__cause__, RunnerError)


def test_a_result_that_stays_is_told_by_its_step(runner):
    @node
    def make() -> object:
        return [threading.Lock()]

    @pipeline(runner=runner)
    def p():
        return make()

    with pytest.raises(StepFailed, match=r"the result of make can't leave its worker: \[0\] is a lock"):
        p()


def test_an_error_that_stays_is_told_in_words(runner):
    class Odd(Exception):
        def __init__(self, a, b):
            super().__init__(f"{a} and {b}")

    @node
    def fail(x: int) -> int:
        raise Odd(x, 2)

    @pipeline(runner=runner)
    def p(x: int):
        return fail(x)

    with pytest.raises(StepFailed, match="Odd: 1 and 2") as failed:
        p(1)
    assert "raise Odd(x, 2)" in str(failed.value.__cause__.__cause__)


def test_a_failure_of_a_pipeline_that_a_step_ran_comes_back_whole(runner):
    @node
    def outer(x: int) -> int:
        from daggr_fn import node, pipeline

        @node
        def divide(x: int) -> float:
            return 1 / x

        @pipeline
        def inner(x: int) -> object:
            return divide(x)

        return inner(x)

    @pipeline(runner=runner)
    def p(x: int):
        return outer(x)

    with pytest.raises(StepFailed) as failed:
        p(0)
    inner = failed.value.__cause__
    assert isinstance(inner, StepFailed)
    assert inner.step == "divide"
    assert "x=0" in str(inner)
    assert isinstance(inner.__cause__, ZeroDivisionError)
    with pytest.raises(RuntimeError, match="not in this process"):
        inner.reproduce()


def test_a_faked_step_runs_the_fake_here(runner, fake):
    @node(runner=runner)
    def costly(x: int) -> int:
        raise AssertionError

    @pipeline
    def p(x: int):
        return costly(x)

    faked = fake(costly, calls=lambda x: os.getpid())
    assert p(3) == os.getpid()
    assert faked.calls == [{"x": 3}]


def test_turns_of_a_repeat_go_there_too(runner):
    @node(outputs={"x": int, "pid": int})
    def step(x: int, pid: int):
        return x + 1, os.getpid()

    @pipeline(runner=runner)
    def p(x: int):
        return repeat(step, until=lambda value: value.x > 2, max_turns=5)(x, 0)

    assert p(0).x == 3
    assert p(0).pid != os.getpid()


def test_eager_calls_everything_here(runner):
    @pipeline(runner=runner)
    def p():
        return apply(os.getpid)

    assert p.eager() == os.getpid()


def test_a_node_called_plainly_goes_there(runner):
    pid = node(os.getpid, runner=runner)
    assert pid() != os.getpid()


def test_before_and_after_the_call_are_done_there(runner):
    def before(inputs):
        return {"x": (inputs["x"], os.getpid())}

    def after(*values):
        return (*values, os.getpid())

    @node(runner=runner, preprocess=before, postprocess=after)
    def same(x):
        return x

    @pipeline
    def p(x):
        return same(x)

    value, *pids = p(1)
    assert value == 1
    assert os.getpid() not in pids


def test_what_is_drawn_anew_is_drawn_here(runner):
    drawn = iter(range(10))

    @pipeline(runner=runner)
    def p(xs: list[int]):
        return gather(apply(lambda x, seed: seed, each(xs), every_run(lambda: next(drawn))))

    assert sorted(p([1, 2, 3])) == [0, 1, 2]


def test_awaited_pipelines_go_there(runner):
    @pipeline(runner=runner)
    def p(x: int):
        return apply(lambda x: x + 1, x)

    assert asyncio.run(p.acall(1)) == 2
