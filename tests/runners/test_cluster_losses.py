"""Dask: workers that are killed, and the values that are lost with them."""

from __future__ import annotations

import gc
import os
import signal
import threading
import time
from pathlib import Path

import pytest

from daggr_fn import Held, StepFailed, WorkerLost, each, gather, node, pipeline
from tests.runners.conftest import cluster

LARGE = b"x" * 3_000_000  # so large that it is put on a worker, and not sent through the scheduler


class Big:
    """A value of a megabyte."""

    def __init__(self, text: str) -> None:
        self.data = text * 1_000_000


@node
def make(text: str) -> Big:
    return Big(text)


def wait(until) -> None:
    end = time.monotonic() + 60
    while not until():
        assert time.monotonic() < end
        time.sleep(0.01)


@pytest.fixture
def losing():
    """A cluster that may lose its workers."""
    with cluster() as client:
        yield client


def test_a_worker_killed_in_the_middle_costs_calls_of_its_own_and_not_the_run(losing, tmp_path):
    @node
    def slow(big: Big, x: int, folder: Path) -> int:
        (folder / f"{x}-{os.getpid()}").touch()
        while not (folder / "go").exists():
            time.sleep(0.01)
        return x + len(big.data)

    @pipeline(runner=losing)
    def p(folder: Path, xs: list[int]):
        return gather(slow(make("a"), each(xs), folder))

    found = []
    running = threading.Thread(target=lambda: found.append(p.run(tmp_path, [0, 1])))
    running.start()
    wait(lambda: len(list(tmp_path.iterdir())) == 2)
    victim, survivor = [path.name for path in tmp_path.iterdir()]
    os.kill(int(victim.partition("-")[2]), signal.SIGKILL)
    wait(lambda: len(list(tmp_path.iterdir())) >= 2)
    (tmp_path / "go").touch()
    running.join()
    (run,) = found
    assert run.value == [1_000_000, 1_000_001]
    calls = [path.name.partition("-")[0] for path in tmp_path.iterdir() if path.name != "go"]
    assert calls.count(survivor.partition("-")[0]) == 1
    assert run.steps["slow"].retries == 0


def test_a_step_that_kills_its_workers_fails_and_says_so(losing):
    @node(runner=losing)
    def crash():
        os.kill(os.getpid(), signal.SIGKILL)

    @pipeline
    def p():
        return crash()

    with pytest.raises(StepFailed, match=r"'crash' on the runner 'tcp://.*' was lost: KilledWorker") as failed:
        p()
    assert isinstance(failed.value.__cause__, WorkerLost)


def calls(folder: Path, step: str) -> int:
    return len(list(folder.glob(f"{step} *")))


def called(folder: Path, step: str) -> None:
    (folder / f"{step} {time.monotonic_ns()} {os.getpid()}").touch()


@node
def load(data: bytes, folder: Path) -> bytes:
    called(folder, "load")
    return data[:200_000]


@node
def double(data: bytes, folder: Path) -> bytes:
    called(folder, "double")
    return data * 2


@node
def small(folder: Path) -> int:
    called(folder, "small")
    return 1


@node
def measure(data: bytes, number: int, folder: Path) -> int:
    called(folder, "measure")
    while not (folder / "go").exists():
        time.sleep(0.01)
    return len(data) + number


@node
def once(data: bytes, folder: Path) -> bytes:
    called(folder, "once")
    if calls(folder, "once") > 1:
        raise ValueError("only once")
    return data


def kill_workers(client) -> None:
    for pid in client.run(os.getpid).values():
        os.kill(pid, signal.SIGKILL)


def kill_worker_of(step: str, folder: Path) -> None:
    os.kill(int(next(folder.glob(f"{step} *")).name.split()[-1]), signal.SIGKILL)


@pytest.mark.parametrize("how", ["one", "all"])
def test_values_made_of_large_arguments_are_made_again_when_their_worker_was_killed(losing, tmp_path, how):
    @pipeline(runner=losing)
    def p(folder: Path, data: bytes):
        return measure(double(load(data, folder), folder), small(folder), folder)

    found = []
    running = threading.Thread(target=lambda: found.append(p.run(tmp_path, LARGE)))
    running.start()
    wait(lambda: calls(tmp_path, "measure"))
    if how == "all":
        kill_workers(losing)
    else:
        kill_worker_of("measure", tmp_path)
    wait(lambda: calls(tmp_path, "measure") == 2)
    (tmp_path / "go").touch()
    running.join()
    (run,) = found
    assert run.value == 400_001
    assert [run.steps[step].attempts for step in ("load", "double", "measure")] == [1, 1, 1]
    assert calls(tmp_path, "small") == 1
    assert calls(tmp_path, "load") == calls(tmp_path, "double") == 2


def test_a_held_value_is_made_again_when_it_is_wanted_here(losing, tmp_path):
    @pipeline(runner=losing)
    def p(folder: Path, data: bytes):
        double(load(data, folder), folder)
        return small(folder)

    run = p.run(tmp_path, LARGE)
    held = run.steps["double"].value
    assert isinstance(held, Held)
    kill_workers(losing)
    assert held.get() == LARGE[:400_000]
    assert calls(tmp_path, "small") == 1


def test_a_value_that_can_not_be_made_again_says_whose_it_was(losing, tmp_path):
    @pipeline(runner=losing)
    def p(folder: Path, data: bytes):
        once(data, folder)
        return small(folder)

    run = p.run(tmp_path, LARGE)
    kill_workers(losing)
    with pytest.raises(WorkerLost, match=r"'once' can't be brought .* making it again failed: ValueError: only once"):
        run.steps["once"].value.get()


def test_a_step_whose_input_can_not_be_made_again_fails_and_says_so(losing, tmp_path):
    @pipeline(runner=losing)
    def p(folder: Path, data: bytes):
        return measure(once(data, folder), 1, folder)

    found = []
    running = threading.Thread(target=lambda: found.append(p.run(tmp_path, LARGE)))
    running.start()
    wait(lambda: calls(tmp_path, "measure"))
    kill_workers(losing)
    running.join()
    with pytest.raises(StepFailed, match=r"an input of step 'measure' was lost .* failed: ValueError: only once"):
        found[0].raise_for_status()


def test_the_cluster_forgets_what_no_run_holds(losing, tmp_path):
    (tmp_path / "go").touch()

    @pipeline(runner=losing)
    def p(folder: Path, data: bytes):
        return measure(double(load(data, folder), folder), small(folder), folder)

    run = p.run(tmp_path, LARGE)
    wait(lambda: len(losing.who_has()) == 2)  # of `load` and `double`
    kept = run.steps["double"].value
    del run
    gc.collect()
    wait(lambda: len(losing.who_has()) == 1)
    assert len(kept.get()) == 400_000
    del kept
    wait(lambda: not losing.who_has())
