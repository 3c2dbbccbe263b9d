"""Dask: a call that nobody waits for any more is stopped on its worker, which is free for the next one."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from daggr_fn import apply, node, pipeline
from daggr_fn.execution.runners.stops import Stopped, Stops
from daggr_fn.kinds import Call
from tests.runners.conftest import cluster


@pytest.fixture(scope="module")
def worker():
    """A cluster with one worker that makes one call at a time: what still runs there keeps all others waiting."""
    with cluster(workers=1) as client:
        yield client


@node
def endless(folder: Path) -> int:
    with (folder / "beats").open("a") as beats:
        try:
            while True:
                print("beat", file=beats, flush=True)
                time.sleep(0.01)
        finally:
            (folder / "stopped").touch()


@node
async def waits(folder: Path) -> int:
    (folder / "beats").touch()
    try:
        await asyncio.sleep(3600)
    finally:
        (folder / "stopped").touch()
    return 1


def wait(until) -> None:
    end = time.monotonic() + 30
    while not until():
        assert time.monotonic() < end
        time.sleep(0.01)


def cancel_once_it_runs(function, client, folder: Path) -> None:
    @pipeline(runner=client)
    def p(folder: Path):
        return function(folder)

    stream = p.stream(folder)
    next(stream)
    wait((folder / "beats").exists)
    stream.close()


def look(client, folder: Path) -> list[str]:
    """The names of the files of a folder, as the next call on the cluster sees them."""

    @pipeline(runner=client)
    def p(folder: Path):
        return apply(lambda folder: sorted(path.name for path in folder.iterdir()), folder)

    return p(folder)


def test_an_endless_function_ends_with_its_run_and_its_worker_takes_the_next_call(worker, tmp_path):
    cancel_once_it_runs(endless, worker, tmp_path)
    assert look(worker, tmp_path) == ["beats", "stopped"]
    size = (tmp_path / "beats").stat().st_size
    assert look(worker, tmp_path) == ["beats", "stopped"]
    assert (tmp_path / "beats").stat().st_size == size


def test_a_function_that_forgives_every_exception_ends_too(worker, tmp_path):
    @node
    def stubborn(folder: Path) -> int:
        (folder / "beats").touch()
        while True:
            try:
                while True:
                    time.sleep(0.01)
            except Exception:  # noqa: BLE001  # that is what is tried here
                pass

    cancel_once_it_runs(stubborn, worker, tmp_path)
    assert look(worker, tmp_path) == ["beats"]


def test_an_async_function_ends_where_it_awaits(worker, tmp_path):
    cancel_once_it_runs(waits, worker, tmp_path)
    assert look(worker, tmp_path) == ["beats", "stopped"]


def test_a_generator_ends_between_its_values(worker, tmp_path):
    @node
    def values(folder: Path):
        yield 1
        yield endless(folder)

    cancel_once_it_runs(values, worker, tmp_path)
    assert look(worker, tmp_path) == ["beats", "stopped"]


def test_a_function_that_waits_for_a_pipeline_of_its_own_ends_with_it(worker, tmp_path):
    @node
    def outer(folder: Path) -> int:
        @pipeline
        def within(folder: Path):
            return waits(folder)

        return within(folder)

    cancel_once_it_runs(outer, worker, tmp_path)
    assert look(worker, tmp_path) == ["beats", "stopped"]


def test_an_attempt_that_took_too_long_makes_place_for_the_next_one(worker, tmp_path):
    @node(timeout=3, retries=1)
    def slow_at_first(folder: Path) -> str:
        if not (folder / "beats").exists():
            endless(folder)
        return "second"

    @pipeline(runner=worker)
    def p(folder: Path):
        return slow_at_first(folder)

    run = p.run(tmp_path)
    assert run.value == "second"
    assert run.steps["slow_at_first"].attempts == 2
    assert (tmp_path / "stopped").exists()


def test_a_function_ends_when_the_program_that_waits_for_it_is_killed(worker, tmp_path):
    program = (
        "import sys, time; from pathlib import Path; from daggr_fn import node, pipeline\n"
        "@node\n"
        "def endless(folder: Path) -> int:\n"
        "    try:\n"
        "        while True:\n"
        "            (folder / 'beats').touch()\n"
        "            time.sleep(0.01)\n"
        "    finally:\n"
        "        (folder / 'stopped').touch()\n"
        "@pipeline(runner=sys.argv[1])\n"
        "def p(folder: Path):\n"
        "    return endless(folder)\n"
        "p(Path(sys.argv[2]))\n"
    )
    caller = subprocess.Popen([sys.executable, "-c", program, worker.scheduler.address, tmp_path])
    try:
        wait((tmp_path / "beats").exists)
    finally:
        caller.kill()
        caller.wait()
    wait((tmp_path / "stopped").exists)
    assert look(worker, tmp_path) == ["beats", "stopped"]


@pytest.fixture
def switching():
    """Threads take turns as often as they can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("switching")
def test_the_exception_never_hits_what_its_thread_does_after_the_call():
    stops, ended = Stops(), threading.Event()
    stopped, strays, left = [], [], []

    def work():
        for number in range(5000):
            try:
                stops.carry_out("call", lambda: True, Call("step"), False, lambda: sum(range(100)))
            except Stopped:
                stopped.append(number)
            try:
                left.extend(stops.names())
                sum(range(100))
            except Stopped:
                strays.append(number)
        ended.set()

    thread = threading.Thread(target=work)
    thread.start()
    while not ended.is_set():
        stops.stop("call")
    thread.join()
    assert stopped
    assert (strays, left) == ([], [])


def test_a_stop_that_comes_while_the_call_is_being_ended_leaves_nothing_behind():
    class Late(Stops):
        def _end(self, name, going):
            self.stop(name)
            super()._end(name, going)

    stops = Late()
    with pytest.raises(Stopped):
        stops.carry_out("call", lambda: True, Call("step"), False, lambda: 1)
    assert stops.names() == []
    assert sum(range(200)) == 19900


def test_a_call_that_nobody_waits_for_when_it_begins_is_not_made():
    made = []
    with pytest.raises(Stopped):
        Stops().carry_out("call", lambda: False, Call("step"), False, lambda: made.append(1))
    assert not made
