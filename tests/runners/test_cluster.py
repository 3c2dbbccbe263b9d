"""Dask: what stays on the cluster, what comes here, and workers that are lost."""

from __future__ import annotations

import os
import socket
import time
from pathlib import Path

import pytest

from daggr_fn import Held, StepFailed, apply, each, events, gather, node, pipeline, progress, when
from daggr_fn.execution import runners
from daggr_fn.runners import read_runner


class Big:
    """A value of a megabyte that knows in which processes it was unpacked."""

    def __init__(self, text: str) -> None:
        self.data = text * 1_000_000
        self.pids = [os.getpid()]

    def __getstate__(self):
        return self.data, self.pids

    def __setstate__(self, state):
        self.data, pids = state
        self.pids = [*pids, os.getpid()]


@node
def make(text: str) -> Big:
    return Big(text)


@node
def change(big: Big) -> Big:
    return big


@node
def look(big: Big) -> list[int]:
    return [*big.pids, os.getpid()]


def test_a_large_value_goes_from_step_to_step_without_coming_here(client):
    @pipeline(runner=client)
    def p(text: str):
        return look(change(make(text)))

    run = p.run("a")
    assert os.getpid() not in run.value
    value = run.steps["make"].value
    assert isinstance(value, Held)
    assert value.kind == "Big"
    assert "Big of" in repr(value)
    assert run.steps["look"].value == run.value
    assert isinstance(next(e.value for e in run.events if isinstance(e, events.StepFinished)), Held)


def test_parts_lists_and_items_of_large_values_stay_there(client):
    @node
    def some(n: int) -> dict[str, list[Big]]:
        return {"all": [Big(str(i)) for i in range(n)]}

    @node
    def looks(bigs: list[Big]) -> list[list[int]]:
        return [big.pids for big in bigs]

    @node
    def name(big: Big, others: dict) -> str:
        assert isinstance(others["first"], Big)
        assert os.getpid() in big.pids
        return big.data[0]

    @pipeline(runner=client)
    def p(n: int):
        found = some(n)
        bigs = apply(lambda found: found["all"], found)
        names = name(each(bigs), {"first": found["all"][0]})
        return gather(names), looks(gather(change(each(bigs)))), look(found["all"][1])

    names, pids, looked = p(3)
    assert names == ["0", "1", "2"]
    assert os.getpid() not in [pid for one in pids for pid in one] + looked


def test_an_output_a_condition_a_template_and_a_local_step_get_the_value_itself(client):
    here = os.getpid()

    @node
    def text(n: int) -> str:
        return "x" * n

    @node(runner="thread")
    def measure(big: Big) -> bool:
        return big.pids[-1] == here

    @pipeline(runner=client)
    def p(n: int):
        long = text(n)
        shown = apply(len, f"<{long}>")
        return make("a"), measure(make("b")), shown, when(long, "long", "short")

    big, here_too, length, side = p(200_000)
    assert big.pids[-1] == here
    assert here_too is True
    assert length == 200_002
    assert side == "long"


def test_small_values_come_with_their_receipt(client):
    @pipeline(runner=client)
    def p():
        return apply(lambda: [1, 2])

    run = p.run()
    assert next(iter(run.steps.values())).value == [1, 2]


def test_what_is_remembered_comes_here_to_be_stored(client):
    @node(cache=True)
    def text(n: int) -> str:
        return "x" * n

    @pipeline
    def p(n: int):
        return apply(len, text(n))

    assert p.options(runner=client)(100_000) == 100_000
    run = p.run(100_000)
    assert run.steps["text"].status == "reused"


def test_a_run_that_failed_goes_on_with_what_lies_there(client, tmp_path):
    @node
    def picky(big: Big, flag: Path) -> int:
        if not flag.exists():
            raise ValueError("not yet")
        return len(big.data)

    @pipeline(runner=client)
    def p(flag: Path):
        return picky(make("a"), flag)

    with pytest.raises(StepFailed, match="not yet") as failed:
        p(tmp_path / "flag")
    (tmp_path / "flag").touch()
    assert failed.value.resume() == 1_000_000
    assert failed.value.reproduce() == 1_000_000


def test_progress_and_partial_values_are_heard(client):
    @node
    def count(n: int):
        for i in range(n):
            progress(i / n, f"at {i}")
            yield i
            time.sleep(0.2)  # events of a cluster take their way through its scheduler

    @pipeline(runner=client)
    def p(n: int):
        return count(n)

    run = p.run(3)
    assert [event.text for event in run.events if event.kind == "progress"] == ["at 0", "at 1", "at 2"]
    assert [event.value for event in run.events if event.kind == "partial"] == [0, 1, 2]


def test_a_cancelled_run_stops_a_generator_there_and_drops_what_waits(client, tmp_path):
    @node
    def endless(folder: Path, name: int):
        (folder / str(name)).touch()
        try:
            while True:
                time.sleep(0.02)
                yield name
        finally:
            (folder / f"{name} stopped").touch()

    @pipeline(runner=client)
    def p(folder: Path, names: list[int]):
        return gather(endless(folder, each(names)))

    stream = p.stream(tmp_path, [1, 2, 3, 4])
    next(stream)
    wait(lambda: len(list(tmp_path.iterdir())) == 2)
    stream.close()
    wait(lambda: len(list(tmp_path.glob("* stopped"))) == 2)
    assert len(list(tmp_path.iterdir())) == 4  # the two that waited never began


def wait(until) -> None:
    end = time.monotonic() + 30
    while not until():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_a_cluster_is_reached_by_its_address(client):
    address = client.scheduler.address

    @pipeline(runner=address)
    def p():
        return apply(os.getpid)

    assert p() != os.getpid()
    assert runners.backend_of(read_runner(address)) is runners.backend_of(read_runner(address))
    plan = p.plan()
    assert [step.runner for step in plan.steps.values()] == [address]
    assert f"on {address}" in str(plan).replace("\n", " ") or address in plan.to_json()
    runners.backend_of(read_runner(address)).close()


def test_an_address_where_nobody_answers_is_told(monkeypatch):
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        port = nobody.getsockname()[1]
    monkeypatch.setattr("daggr_fn.execution.runners.cluster._CONNECT_SECONDS", 1)

    @pipeline(runner=f"tcp://127.0.0.1:{port}")
    def p():
        return apply(os.getpid)

    with pytest.raises(StepFailed, match=f"no Dask scheduler answers at tcp://127.0.0.1:{port}"):
        p()


def test_a_large_argument_of_the_caller_goes_there_once_per_call_and_arrives_whole(client):
    @pipeline(runner=client)
    def p(data: bytes):
        return apply(len, data)

    assert p(b"x" * 3_000_000) == 3_000_000
