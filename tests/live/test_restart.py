"""A server that is killed, and the next one that opens its sheets."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from daggr_fn import apply, node, pipeline, when
from daggr_fn.errors import InvalidInputError
from daggr_fn.live import Desk
from daggr_fn.store import Store
from tests.live.conftest import SECONDS, Watcher

PROGRAM = """
import os, sys, time
from pathlib import Path
from daggr_fn import each, gather, node, pipeline

folder = Path(os.environ["TEST_FOLDER"])


def called(name):
    with open(folder / "calls", "a") as file:
        file.write(name + "\\n")


@node
def first(x: int) -> list[int]:
    called("first")
    return list(range(x))


@node
def middle(x: int) -> int:
    called(f"middle {x}")
    if x == 2 and not (folder / "go").exists():
        (folder / "reached").touch()
        time.sleep(600)
    return x * 10


@node
def last(xs: list[int]) -> int:
    called("last")
    return sum(xs)


@pipeline(workers=1)
def chain(x: int = 4):
    return last(gather(middle(each(first(x)))))


if __name__ == "__main__":
    from daggr_fn.live import Desk
    from daggr_fn.store import Store

    sheet = Desk(Store()).open(chain)
    sheet.run(*sys.argv[1:])
    time.sleep(600)
"""


@pytest.fixture
def program(tmp_path, monkeypatch):
    monkeypatch.setenv("TEST_FOLDER", str(tmp_path))
    path = tmp_path / "users_chain.py"
    path.write_text(PROGRAM)
    return path


def killed_while_it_runs(program, folder, *how):
    server = subprocess.Popen([sys.executable, str(program), *how], env=os.environ)
    try:
        for _ in range(SECONDS * 50):
            if (folder / "reached").exists() or server.poll() is not None:
                break
            try:
                server.wait(0.02)
            except subprocess.TimeoutExpired:
                continue
        assert server.poll() is None
        assert (folder / "reached").exists()
    finally:
        server.send_signal(signal.SIGKILL)
        server.wait()
    (folder / "go").touch()


def calls(folder):
    made = (folder / "calls").read_text().split("\n")[:-1]
    (folder / "calls").unlink()
    return made


@pytest.fixture
def opened():
    """Opens the program's sheet as a server that starts now does."""
    with contextlib.ExitStack() as stack:

        def opened(program):
            spec = importlib.util.spec_from_file_location("users_chain", program)
            module = importlib.util.module_from_spec(spec)
            sys.modules["users_chain"] = module
            spec.loader.exec_module(module)
            desk = Desk(stack.enter_context(contextlib.closing(Store())))
            return Watcher(stack.enter_context(contextlib.closing(desk)).open(module.chain))

        yield opened


def test_what_a_killed_server_finished_is_there_and_one_click_goes_on(program, tmp_path, opened):
    killed_while_it_runs(program, tmp_path)
    before = calls(tmp_path)
    assert (before[0], before[-1]) == ("first", "middle 2")
    page = opened(program)
    assert page.shown["run"]["state"] == "interrupted"
    assert page.states() == {"first": "done", "middle": "interrupted", "last": "interrupted"}
    assert page.sheet.value("first", "output") == [0, 1, 2, 3]
    assert [page.sheet.value("middle", "output", (int(name[-1]),)) for name in before[1:-1]] == [
        10 * int(name[-1]) for name in before[1:-1]
    ]
    places = [int(name[-1]) for name in before[1:-1]]
    letters = page.shown["cards"]["middle"]["items"]["states"]
    assert letters == "".join("d" if i in places else "." for i in range(max(places) + 1))
    run = page.sheet.resume()
    page.until(lambda shown: shown["run"]["id"] == run and shown["run"]["state"] == "done")
    assert sorted([*before[1:-1], *calls(tmp_path)]) == ["last", *(f"middle {i}" for i in range(4))]
    assert page.sheet.value("last", "output") == 60
    assert page.sheet.resume() is None
    assert [one.status for one in page.sheet.store.runs(page.sheet.info.id)] == ["done"]


def test_a_resumed_run_does_not_run_anew_what_it_had_run_anew(program, tmp_path, opened):
    killed_while_it_runs(program, tmp_path, "from", "first")
    calls(tmp_path)
    page = opened(program)
    page.sheet.resume()
    page.until(lambda shown: shown["run"]["state"] == "done")
    assert "first" not in calls(tmp_path)
    assert page.sheet.value("last", "output") == 60


def test_a_sheet_that_is_opened_again_shows_what_it_showed(program, tmp_path, opened):
    (tmp_path / "go").touch()
    page = opened(program)
    page.run()
    page.sheet.set_input("x", 3)
    page.run()
    page.sheet.move({"last": [1, 2]})
    page.sheet.fold("a group", True)
    page.sheet.set_view(zoom=2)
    later = opened(program)
    assert later.states() == {"first": "done", "middle": "done", "last": "done"}
    for name in ("inputs", "positions", "folded", "view", "choices"):
        assert later.shown[name] == page.sheet.snapshot()[name]
    assert later.shown["cards"]["last"]["version"] == [2, 2]
    assert later.shown["cards"]["middle"]["items"]["states"] == "ddd"
    assert later.sheet.value("last", "output") == 30
    calls(tmp_path)
    later.run()
    assert not (tmp_path / "calls").exists()


def test_a_side_that_was_not_taken_makes_nothing_stale_when_the_sheet_is_opened_again(store):
    @node
    def ask_far_away(text: str) -> str:
        raise ConnectionError("gone")

    @node
    def near(text: str) -> str:
        return text

    @node
    def shorten(text: str) -> str:
        return text[:3]

    @node
    def keep(text: str) -> str:
        return f"all of {text}"

    @node
    def say(text: str) -> str:
        return f"say {text}"

    @pipeline
    def talk(text: str = "hi") -> str:
        answer = ask_far_away.or_else(near)(text)
        return say(when(apply(len, answer), keep(answer), shorten(answer)))

    first = Desk(store)
    page = Watcher(first.open(talk))
    page.run()
    before = page.states()
    assert before["shorten"] == "skipped"
    assert before["say"] == "done"
    sheet = page.sheet.info.id
    page.stop()
    first.close()
    second = Desk(store)
    again = Watcher(second.open(talk, sheet=sheet))
    again.sheet.refresh()
    assert again.states() == before
    second.close()


def test_a_run_that_could_not_go_on_does_so_once_it_can(program, tmp_path, opened):
    killed_while_it_runs(program, tmp_path)
    calls(tmp_path)
    page = opened(program)
    page.sheet.set_input("x", "many")
    with pytest.raises(InvalidInputError, match="many"):
        page.sheet.resume()
    assert page.shown["run"]["state"] == "interrupted"
    page.sheet.clear_input("x")
    run = page.sheet.resume()
    page.until(lambda shown: shown["run"]["id"] == run and shown["run"]["state"] == "done")
    assert "first" not in calls(tmp_path)


def test_a_run_that_goes_on_with_other_inputs_is_another_one_and_leaves_what_there_is(program, tmp_path, opened):
    killed_while_it_runs(program, tmp_path)
    calls(tmp_path)
    page = opened(program)
    interrupted = page.shown["run"]["id"]
    page.sheet.set_input("x", 2)
    run = page.sheet.resume()
    page.until(lambda shown: shown["run"]["id"] == run and shown["run"]["state"] == "done")
    assert run != interrupted
    assert "first" in calls(tmp_path)
    store = page.sheet.store
    versions = page.sheet.versions("first")
    assert [store.load(version.results[()]) for version in versions] == [[0, 1, 2, 3], [0, 1]]
    assert [{name: store.content(at) for name, at in version.inputs.items()} for version in versions] == [{}, {"x": 2}]
    page.sheet.select_version("first", 1)
    page.sheet.refresh()
    assert (page.sheet.inputs, page.sheet.value("first"), page.states()["first"]) == ({}, [0, 1, 2, 3], "done")


def test_a_run_that_goes_on_with_other_code_is_another_one_and_leaves_what_there_is(program, tmp_path, opened):
    killed_while_it_runs(program, tmp_path)
    program.write_text(PROGRAM.replace("return list(range(x))", "return list(range(x))[::-1]"))
    page = opened(program)
    run = page.sheet.resume()
    page.until(lambda shown: shown["run"]["id"] == run and shown["run"]["state"] == "done")
    load = page.sheet.store.load
    assert [load(version.results[()]) for version in page.sheet.versions("first")] == [[0, 1, 2, 3], [3, 2, 1, 0]]


def test_a_run_that_several_people_have_go_on_goes_on_once(program, tmp_path, opened):
    killed_while_it_runs(program, tmp_path, "from", "first")
    calls(tmp_path)
    page = opened(program)
    at_once = threading.Barrier(8)

    def click(_):
        at_once.wait()
        return page.sheet.resume()

    with ThreadPoolExecutor(8) as people:
        begun = {run for run in people.map(click, range(8)) if run is not None}
    assert len(begun) == 1
    page.until(lambda shown: shown["run"]["id"] in begun and shown["run"]["state"] == "done")
    assert sorted(calls(tmp_path)) == ["last", *(f"middle {i}" for i in range(4))]
