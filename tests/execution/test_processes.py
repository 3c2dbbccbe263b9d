"""One store, several processes: killed ones, ones that want the same at once, scripts against modules."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap

import pytest

APP = r"""
import sys, time
from pathlib import Path
from daggr_fn import each, gather, node, pipeline

HERE = Path(__file__).parent

def say(what):
    sys.stdout.write(f"{what}\n")  # in one piece, from whatever thread
    sys.stdout.flush()

def note(what):
    with open(HERE / "ran.txt", "a") as file:
        file.write(f"{what}\n")

@node(cache=True)
def paid(x: int) -> int:
    note(f"paid {x}")
    wait_for(f"go{x}")
    return x * 10

def wait_for(name):
    say(f"at {name}")
    while (HERE / "gates").exists() and not (HERE / name).exists():
        time.sleep(0.005)

@pipeline
def p(xs: list[int]):
    return gather(paid(each(xs)))

if __name__ == "__main__":
    xs = [int(x) for x in sys.argv[1:]]
    for event in p.stream(xs):
        say(event.kind)
    say(f"result {p(xs)}")
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "app.py").write_text(APP)
    return tmp_path


def start(folder, *args, code=None):
    command = [sys.executable, "-c", textwrap.dedent(code)] if code else [sys.executable, "app.py"]
    return subprocess.Popen(
        [*command, *args], cwd=folder, env=dict(os.environ), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def result(process):
    told, _ = process.communicate(timeout=60)
    assert process.returncode == 0, told
    return told.rpartition("result ")[2].strip()


def ran(folder):
    return sorted((folder / "ran.txt").read_text().split("\n")[:-1])


def test_after_kill_9_no_finished_call_is_made_twice(folder):
    (folder / "gates").touch()
    for done in (1, 2):
        (folder / f"go{done}").touch()
    with start(folder, "1", "2", "3") as first:
        try:
            told = []
            while told.count("finished") < 2 or "at go3" not in told:
                told.append(first.stdout.readline().strip())
                assert told[-1], told
        finally:
            first.send_signal(signal.SIGKILL)
    (folder / "go3").touch()
    with start(folder, "1", "2", "3") as second:
        assert result(second) == "[10, 20, 30]"
    assert ran(folder) == ["paid 1", "paid 2", "paid 3", "paid 3"]


def test_two_processes_that_want_the_same_compute_it_once(folder):
    (folder / "gates").touch()
    with start(folder, "1") as first, start(folder, "1") as second:
        for process in (first, second):
            assert process.stdout.readline() == "run-started\n"
        (folder / "go1").touch()
        assert {result(first), result(second)} == {"[10]"}
    assert ran(folder) == ["paid 1"]


def test_a_script_and_a_module_share_their_results(folder):
    with start(folder, "1") as script:
        assert result(script) == "[10]"
    with start(folder, code="import app; print('result', app.p([1, 2]))") as module:
        assert result(module) == "[10, 20]"
    assert ran(folder) == ["paid 1", "paid 2"]


def test_a_file_edited_between_two_runs_is_never_stale(folder):
    for factor in (10, 100, 10):
        (folder / "app.py").write_text(APP.replace("x * 10", f"x * {factor}"))
        with start(folder, "1") as process:
            assert result(process) == f"[{factor}]"
    assert ran(folder) == ["paid 1", "paid 1"]
