"""Runs are noted; those of a server that was killed are interrupted, and what they finished is there."""

from __future__ import annotations

import subprocess
import sys
import textwrap
import time

import pytest


def facts(run):
    return (run.run, run.how, run.steps, run.done, run.status, run.seconds)


def test_a_run_is_noted_from_begin_to_end(store, sheet):
    store.begin_run(sheet, "one", ["write", "speak", "join"], how="to join")
    store.add_result(sheet, "one", "write", value=1)
    store.add_result(sheet, "one", "speak", index=(0,), value=1)
    steps = ("write", "speak", "join")
    assert facts(store.runs(sheet)[0]) == ("one", "to join", steps, ("write",), "running", None)
    store.add_result(sheet, "one", "join", status="failed", error={"message": "no"})
    store.end_run(sheet, "one", "failed", 2.5)
    assert facts(store.runs(sheet)[0]) == ("one", "to join", steps, ("write", "speak"), "failed", 2.5)


def test_runs_are_listed_newest_first(store, sheet):
    for number in range(5):
        store.begin_run(sheet, f"run {number}", [])
    assert [run.run for run in store.runs(sheet, limit=2)] == ["run 4", "run 3"]


def test_a_run_that_goes_on_keeps_the_inputs_it_began_with(store, sheet):
    store.set_input(sheet, "topic", "AI")
    store.begin_run(sheet, "one", ["write"])
    store.end_run(sheet, "one", "failed", 1.0)
    store.set_input(sheet, "topic", "Bees")
    store.begin_run(sheet, "one", ["write"])
    store.add_result(sheet, "one", "write", value=1)
    (run,) = store.runs(sheet)
    assert (run.status, run.seconds) == ("running", None)
    assert store.content(store.versions(sheet, "write")[0].inputs["topic"]) == "AI"


def test_whether_the_inputs_are_those_of_a_run_is_known(store, sheet):
    store.set_input(sheet, "topic", "AI")
    store.begin_run(sheet, "one", ["write"])
    assert store.has_inputs_of(sheet, "one")
    store.set_input(sheet, "topic", "Bees")
    assert not store.has_inputs_of(sheet, "one")
    store.set_input(sheet, "topic", "AI")
    store.set_input(sheet, "length", 3)
    assert not store.has_inputs_of(sheet, "one")
    store.clear_input(sheet, "length")
    assert store.has_inputs_of(sheet, "one")


def test_a_result_of_a_run_that_never_began_is_refused(store, sheet):
    with pytest.raises(LookupError, match="begin_run comes first"):
        store.add_result(sheet, "none", "write", value=1)
    assert store.shown(sheet) == {}


def test_the_runs_of_servers_that_live_go_on(store, sheet, open_store):
    store.begin_run(sheet, "one", ["write"])
    other = open_store()
    other.begin_run(sheet, "two", ["write"])
    assert other.interrupt_dead_runs() == 0
    assert store.interrupt_dead_runs() == 0
    assert [run.status for run in store.runs(sheet)] == ["running", "running"]


def test_a_server_that_was_closed_leaves_its_runs_interrupted(store, sheet, open_store):
    store.begin_run(sheet, "one", ["write"])
    store.begin_run(sheet, "two", ["write"])
    store.end_run(sheet, "two", "done", 1.0)
    store.close()
    other = open_store()
    assert other.interrupt_dead_runs() == 1
    assert [run.status for run in other.runs(sheet)] == ["done", "interrupted"]
    assert other.interrupt_dead_runs() == 0


SERVER = """
import pathlib, sys
from daggr_fn.store import Store

url, root, sheet = sys.argv[1:]
store = Store(url, root=pathlib.Path(root))
store.set_input(sheet, "topic", "AI")
store.begin_run(sheet, "one", ["write", "speak"])
store.add_result(sheet, "one", "write", key="key", value={"text": "on AI"})
print("ready", flush=True)
sys.stdin.read()
"""


def interrupted(store):
    """How many runs were found to be interrupted: PostgreSQL itself hears of the end of a server some time later."""
    end = time.monotonic() + 30
    while not (found := store.interrupt_dead_runs()):
        assert time.monotonic() < end, "they count as alive"
        time.sleep(0.01)
    return found


def test_after_kill_9_what_finished_is_there_and_the_run_is_interrupted(store, sheet, url, tmp_path, open_store):
    arguments = [sys.executable, "-c", textwrap.dedent(SERVER), url, str(tmp_path), sheet]
    with subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout.readline() == "ready\n"
        assert store.interrupt_dead_runs() == 0
        server.kill()
    other = open_store()
    assert interrupted(other) == 1
    (run,) = other.runs(sheet)
    assert (run.status, run.steps, run.done) == ("interrupted", ("write", "speak"), ("write",))
    assert other.load(other.look(sheet, "key")) == {"text": "on AI"}
    assert other.inputs(sheet) == {"topic": "AI"}
    other.begin_run(sheet, "one", ["write", "speak"])  # one click resumes
    assert other.runs(sheet)[0].status == "running"
