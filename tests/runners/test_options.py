"""`runner=`: who may say it, who wins, what is refused, and where it shows."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import threading
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor

import pytest

from daggr_fn import StepFailed, StepTimeout, WiringError, WorkerLost, apply, each, gather, node, pipeline, space


def where():
    """The name of the thread: in a worker process the main one, in this process never."""
    return threading.current_thread().name


@pytest.fixture
def threads():
    with ThreadPoolExecutor(1, thread_name_prefix="own") as executor:
        yield executor


def test_a_run_wins_over_a_node_and_a_node_over_its_pipeline(threads):
    free, bound, pinned = node(where), node(where, runner=threads), node(where, runner="thread")

    @pipeline(runner="process")
    def p():
        return free(), bound(), pinned()

    first, second, third = p()
    assert (first, second[:3], third) == ("MainThread", "own", "daggr_fn worker")
    first, second, third = p.options(runner=threads)()
    assert (first[:3], second[:3], third) == ("own", "own", "daggr_fn worker")
    assert p.options(runner="thread")() == ("daggr_fn worker",) * 3


def test_a_group_takes_its_own_runner_and_that_of_its_options(threads):
    @pipeline(runner="process")
    def inner():
        return apply(where), node(where, runner="thread")()

    @pipeline
    def outer():
        return inner(), inner.options(runner=threads)(), apply(where)

    plain, moved, alone = outer()
    assert plain == ("MainThread", "daggr_fn worker")
    assert (moved[0][:3], moved[1]) == ("own", "daggr_fn worker")
    assert alone == "daggr_fn worker"


def test_an_executor_of_threads_gets_values_as_they_are(threads):
    lock = threading.Lock()

    @pipeline(runner=threads)
    def p(lock):
        return apply(lambda one: one, lock)

    assert p(lock) is lock


def test_an_async_function_is_awaited_in_a_thread_of_an_executor(threads):
    @node(runner=threads)
    async def name() -> str:
        return where()

    assert name()[:3] == "own"


def test_any_executor_will_do():
    class Counting(Executor):
        def __init__(self):
            self.calls = 0

        def submit(self, fn, /, *args, **kwargs):
            self.calls += 1
            future = Future()
            try:
                future.set_result(fn(*args, **kwargs))
            except BaseException as error:  # noqa: BLE001
                future.set_exception(error)
            return future

    executor = Counting()

    @pipeline(runner=executor)
    def p(xs: list[int]):
        return gather(apply(lambda x: x + 1, each(xs)))

    assert p([1, 2]) == [2, 3]
    assert executor.calls == 2


def test_a_timeout_on_an_executor_leaves_the_call_behind(threads):
    go = threading.Event()

    @node(timeout=0.2, runner=threads)
    def long():
        go.wait()

    with pytest.raises(StepTimeout):
        long()
    go.set()


def test_an_executor_that_was_shut_down_is_told():
    executor = ThreadPoolExecutor(1)
    executor.shutdown()

    @pipeline(runner=executor)
    def p():
        return apply(where)

    with pytest.raises(StepFailed, match="'ThreadPoolExecutor' takes no more calls: cannot schedule"):
        p()


def test_an_executor_that_breaks_is_told():
    import multiprocessing

    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as executor:

        @node(runner=executor)
        def crash():
            os._exit(1)

        with pytest.raises(WorkerLost, match="'ProcessPoolExecutor' broke while step 'crash' was in it"):
            crash()


def test_an_unknown_runner_is_refused_at_its_line():
    with pytest.raises(WiringError, match=r"no runner 'proces'; did you mean 'process'\?\n.*valid .*tcp://") as refused:
        node(where, runner="proces")
    assert "test_options.py" in str(refused.value)
    with pytest.raises(WiringError, match="runner=4 is no runner"):
        pipeline(lambda: None, runner=4)
    with pytest.raises(WiringError, match="there is no runner 'threads'; did you mean 'thread'"):
        pipeline(_one).options(runner="threads")


def _one():
    return apply(where)


def test_a_cluster_without_dask_is_told_how_to_install_it(monkeypatch):
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "distributed" else find(name))
    with pytest.raises(WiringError, match=r'pip install "daggr_fn\[dask\]"'):
        node(where, runner="tcp://localhost:8786")


def test_spaces_stay_here_and_the_plan_says_where_all_goes(local_space):
    def shout(text: str) -> str:
        return text.upper()

    loud = space(local_space(shout))

    @pipeline(runner="process")
    def p(text: str):
        said = loud(text)
        return apply(lambda text: (text, os.getpid()), said)

    value, pid = p("hi")
    assert value == "HI"
    assert pid != os.getpid()
    plan = p.plan("hi")
    assert [step.runner for step in plan.steps.values()] == ["thread", "process"]
    assert "on process" in str(plan)
    run = p.run("hi")
    assert [record.runner for record in run.steps.values()] == ["", "process"]
    assert "on process" in str(run)


def test_a_nodes_runner_shows_in_the_graph():
    one = node(where, runner="process")

    @pipeline
    def p():
        return one()

    assert "where on process" in p.to_mermaid()
    assert p.dag.describe()["steps"][0]["runner"] == "process"


PROGRAM = '''
import os
from helper import triple
from daggr_fn import node, pipeline

@node
def work(x: int) -> tuple[int, bool]:
    """Work."""
    return triple(x), os.getppid() == CALLER

CALLER = os.getpid()

@pipeline
def p(x: int):
    return work(x)
'''


def test_the_command_line_says_where(tmp_path):
    (tmp_path / "app.py").write_text(PROGRAM)
    (tmp_path / "helper.py").write_text("def triple(x):\n    return 3 * x\n")
    command = [
        sys.executable,
        "-W",
        "error",
        "-c",
        "from daggr_fn.cli import main; main()",
        "run",
        "--json",
        "--runner",
    ]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}

    def run(runner):
        words = [*command, runner, str(tmp_path / "app.py"), "--x", "2"]
        return subprocess.run(words, capture_output=True, text=True, check=False, env=environment)

    done = run("process")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["steps"][0]["runner"] == "process"
    assert json.loads(done.stdout)["outputs"]["work"] == [6, True]
    wrong = run("proces")
    assert wrong.returncode == 2
    assert "did you mean 'process'?" in wrong.stderr
