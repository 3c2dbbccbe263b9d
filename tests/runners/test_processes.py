"""`runner="process"`: what is stopped, lost, heard and left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import pytest

from daggr_fn import StepFailed, StepTimeout, WorkerLost, apply, each, gather, node, pipeline, progress
from daggr_fn.execution.runners.processes import worker_pids


def wait_for(folder: Path, count: int) -> list[int]:
    """The ids in the names of the files in a folder, once there are so many."""
    end = time.monotonic() + 30
    while len(found := [int(path.name) for path in folder.iterdir()]) < count:
        assert time.monotonic() < end
        time.sleep(0.01)
    return found


def is_gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


@node
def sleeper(folder: Path, seconds: float) -> int:
    (folder / str(os.getpid())).touch()
    time.sleep(seconds)
    return os.getpid()


@pipeline(runner="process")
def sleep(folder: Path, seconds: float = 600):
    return sleeper(folder, seconds)


def test_cancelling_a_run_kills_the_process_of_its_step(tmp_path):
    stream = sleep.stream(tmp_path)
    next(stream)
    (pid,) = wait_for(tmp_path, 1)
    began = time.monotonic()
    stream.close()
    while not is_gone(pid):
        assert time.monotonic() - began < 20
        time.sleep(0.01)


def test_a_timeout_kills_the_process_and_what_it_started(tmp_path):
    @node(timeout=5, runner="process")
    def start(folder: Path):
        child = subprocess.Popen(["sleep", "600"])
        (folder / str(child.pid)).touch()
        child.wait()

    with pytest.raises(StepTimeout):
        start(tmp_path)
    (pid,) = wait_for(tmp_path, 1)
    end = time.monotonic() + 20
    while not is_gone(pid):
        state = Path(f"/proc/{pid}/stat")
        if state.exists() and state.read_text().rpartition(")")[2].split()[0] == "Z":
            break  # nobody reaps orphans here
        assert time.monotonic() < end
        time.sleep(0.01)


def test_the_wait_for_a_process_is_no_part_of_the_timeout(tmp_path, monkeypatch):
    @node(timeout=8)
    def nap(x: int) -> int:
        time.sleep(0.5)
        return x

    @pipeline(runner="process")
    def p(xs: list[int]):
        return gather(nap(each(xs)))

    run = p.run(list(range(4 * os.cpu_count())))
    assert run.ok


def test_a_killed_worker_costs_one_more_call_of_its_own_item(tmp_path):
    once = tmp_path / "once"
    calls = tmp_path / "calls"
    calls.mkdir()

    @node
    def work(x: int) -> int:
        (calls / f"{x}-{len(list(calls.glob(f'{x}-*')))}").touch()
        if x == 3 and not once.exists():
            once.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        time.sleep(0.05)
        return x * 2

    @pipeline(runner="process")
    def p(xs: list[int]):
        return gather(work(each(xs)))

    run = p.run(list(range(8)))
    assert run.value == [x * 2 for x in range(8)]
    assert sorted(path.name for path in calls.iterdir()) == sorted([*(f"{x}-0" for x in range(8)), "3-1"])
    assert run.steps["work"].items[(3,)].attempts == 1
    assert any(event.kind == "progress" and "lost" in event.text and event.index == (3,) for event in run.events)


def test_a_worker_killed_from_outside_is_replaced(tmp_path):
    found = []
    waiting = threading.Thread(target=lambda: found.append(sleep(tmp_path, 2)))
    waiting.start()
    (pid,) = wait_for(tmp_path, 1)
    os.kill(pid, signal.SIGKILL)
    waiting.join()
    assert found
    assert found != [pid]


def test_a_step_that_always_kills_its_worker_fails_and_says_so():
    @node(runner="process")
    def crash():
        os.kill(os.getpid(), signal.SIGSEGV)

    @pipeline
    def p():
        return crash()

    with pytest.raises(StepFailed, match=r"'crash' on the runner 'process' was lost: .*SIGSEGV.*, 3 times") as failed:
        p()
    assert isinstance(failed.value.__cause__, WorkerLost)


def test_an_exit_code_is_told():
    @node(runner="process")
    def leave():
        os._exit(7)

    with pytest.raises(WorkerLost, match="exited with code 7"):
        leave()


def test_sys_exit_is_the_failure_of_the_step():
    @node(runner="process")
    def leave():
        sys.exit(3)

    with pytest.raises(SystemExit):
        leave()


def test_progress_and_partial_values_are_heard():
    @node
    def count(n: int):
        for i in range(n):
            progress(i / n, f"at {i}")
            yield i

    @pipeline(runner="process")
    def p(n: int):
        return count(n)

    run = p.run(3)
    assert run.value == 2
    assert [event.text for event in run.events if event.kind == "progress"] == ["at 0", "at 1", "at 2"]
    assert [event.value for event in run.events if event.kind == "partial"] == [0, 1, 2]


def test_what_a_function_keeps_in_its_globals_lasts_in_a_worker(app, monkeypatch):
    monkeypatch.setenv("DAGGR_FN_PROCESSES", "1")
    module = app(
        """
        from daggr_fn import each, gather, node, pipeline
        loaded = []

        def count(x):
            loaded.append(x)
            return len(loaded)

        @node
        def use(x: int) -> int:
            return count(x)

        @pipeline(runner="process")
        def p(xs: list[int]):
            return gather(use(each(xs)))
        """,
    )
    counts = module.p([1, 2, 3, 4, 5, 6, 7, 8, 9])
    assert max(counts) > 1
    assert module.loaded == []


def test_processes_in_processes_are_threads_there():
    @node(runner="process")
    def outer() -> bool:
        from daggr_fn import apply, pipeline

        @pipeline(runner="process")
        def inner():
            return apply(os.getpid)

        return inner() == os.getpid()

    assert outer() is True


def test_a_process_holds_the_place_of_its_limit_only_while_it_works(tmp_path):
    @node(limit=1, timeout=3, runner="process")
    def slow(x: int) -> int:
        time.sleep(600 if x == 0 else 0)
        return x

    @pipeline
    def p(xs: list[int]):
        return gather(slow(each(xs)), errors="skip")

    assert p([0, 1, 2]) == [1, 2]


SCRIPT = """
    import os, sys, time
    from daggr_fn import apply, each, gather, node, pipeline

    factor = 2

    class Point:
        def __init__(self, x):
            self.x = x

    @node
    def point(x: int) -> Point:
        return Point(x * factor)

    @pipeline(runner="process")
    def points(xs: list[int]):
        return gather(point(each(xs))), apply(lambda: os.getpid())

    found, pid = points([1, 2, 3])
    assert [type(p) for p in found] == [Point] * 3 and [p.x for p in found] == [2, 4, 6]
    assert pid != os.getpid()
    from daggr_fn.execution.runners.processes import worker_pids
    print(*worker_pids())
"""


def run_script(tmp_path: Path, source: str, *, expected: int = 0) -> str:
    file = tmp_path / "program.py"
    file.write_text(textwrap.dedent(source))
    done = subprocess.run(
        [sys.executable, "-W", "error", "-X", "dev", str(file)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert done.returncode == expected, done.stderr
    assert done.stderr == ""
    return done.stdout


def test_a_script_needs_no_main_guard_and_leaves_no_process_behind(tmp_path):
    pids = [int(pid) for pid in run_script(tmp_path, SCRIPT).split()]
    assert pids
    assert all(map(is_gone, pids))


def test_a_script_that_ends_in_the_middle_of_a_step_leaves_no_process_behind(tmp_path):
    ending = """
        @node
        def long(folder: str) -> int:
            open(os.path.join(folder, str(os.getpid())), "w").close()
            time.sleep(600)

        @pipeline(runner="process")
        def p(folder: str):
            return long(folder)

        folder = sys.path[0] + "/pids"
        os.mkdir(folder)
        events = p.stream(folder)
        next(events)
        while not os.listdir(folder):
            time.sleep(0.01)
        print(*os.listdir(folder))
    """
    pids = run_script(tmp_path, textwrap.dedent(SCRIPT) + textwrap.dedent(ending)).split()[-1:]
    assert pids
    assert all(is_gone(int(pid)) for pid in pids)


def test_a_module_that_runs_a_pipeline_while_it_is_imported_is_not_run_again_in_the_process(tmp_path):
    (tmp_path / "careless.py").write_text(textwrap.dedent(SCRIPT) + "\nprint('imported', flush=True)\n")
    said = run_script(tmp_path, "import careless\n")
    assert said.count("imported") == 1


def test_a_killed_program_leaves_no_process_behind(tmp_path):
    file = tmp_path / "program.py"
    pids = tmp_path / "pids"
    pids.mkdir()
    file.write_text(
        textwrap.dedent(SCRIPT)
        + textwrap.dedent(
            f"""
            @node(runner="process")
            def long():
                open(os.path.join({str(pids)!r}, str(os.getpid())), "w").close()
                time.sleep(600)

            long()
            """
        )
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen([sys.executable, str(file)], env=environment, stdout=subprocess.DEVNULL) as program:
        (pid,) = wait_for(pids, 1)
        program.kill()
    end = time.monotonic() + 20
    while not is_gone(pid):
        state = Path(f"/proc/{pid}/stat")
        if state.exists() and state.read_text().rpartition(")")[2].split()[0] == "Z":
            break  # nobody reaps orphans here
        assert time.monotonic() < end
        time.sleep(0.01)


def test_a_forked_child_has_workers_of_its_own():
    @pipeline(runner="process")
    def p():
        return apply(os.getpid)

    p()
    mine = worker_pids()
    read, write = os.pipe()
    child = os.fork()
    if not child:
        try:
            os.write(write, str(p() not in mine).encode())
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    assert os.read(read, 100) == b"True"
    os.close(read)
    os.close(write)
    assert p() in mine
