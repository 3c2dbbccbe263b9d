"""Two servers on one database: what is done on a page of the one is seen on a page of the other, live."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys

import pytest

from daggr_fn.errors import DaggrError
from daggr_fn.live import Desk
from daggr_fn.store import Store
from tests.live.conftest import Watcher
from tests.store.postgres import postgres

PIPELINE = """
import os, time
from pathlib import Path
from daggr_fn import choice, each, gather, node, pipeline, when

folder = Path(os.environ["TEST_FOLDER"])


def called(name):
    with open(folder / "calls", "a") as file:
        file.write(name + "\\n")


def wait_for(name):
    while not (folder / name).exists():
        time.sleep(0.01)


@node
def split(text: str) -> list[str]:
    called("split")
    return text.split()


@node
def say(word: str) -> str:
    called(f"say {word}")
    if word == "slow":
        wait_for("go")
    if word == "bad" and not (folder / "mended").exists():
        raise OSError("no bad now")
    return word.upper()


@node
def join(words: list[str]) -> str:
    called("join")
    if "STOP" in words:
        wait_for("go")
    return " ".join(words)


@node
def loud(text: str) -> str:
    return text + "!"


@node
def soft(text: str) -> str:
    return text + "..."


@pipeline
def talk(text: str = "a b"):
    said = join(gather(say(each(split(text)))))
    return choice(loud, soft, name="voice")(said)
"""

SERVER = """
import sys
import users_talk
from daggr_fn.live import Desk
from daggr_fn.store import Store
from tests.live.conftest import Watcher

page = Watcher(Desk(Store()).open(users_talk.talk))
sheet = page.sheet
print("there", flush=True)
for line in sys.stdin:
    print(repr(eval(line)), flush=True)
"""


class Other:
    """Another server, in a process of its own: it does on the sheet what it is told."""

    def __init__(self, folder):
        self.process = subprocess.Popen(
            [sys.executable, "-c", SERVER], cwd=folder, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": os.pathsep.join([str(folder), *sys.path])},
        )  # fmt: skip
        assert self.process.stdout.readline() == "there\n"

    def does(self, what):
        """Have it evaluate something; what comes of it, as text."""
        self.process.stdin.write(f"{what}\n")
        self.process.stdin.flush()
        return self.process.stdout.readline().strip()

    def runs(self, *how):
        """Have it run to the end."""
        self.does(f"page.run(*{how!r})")

    def end(self):
        self.process.kill()
        self.process.communicate()


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request, monkeypatch):
    """The database of both: once of each sort."""
    if request.param == "sqlite":
        yield
        return
    with postgres() as address:
        monkeypatch.setenv("DAGGR_FN_DATABASE_URL", address)
        yield


@pytest.fixture
def both(tmp_path, monkeypatch):
    """A page of this server, and another server."""
    monkeypatch.setenv("TEST_FOLDER", str(tmp_path))
    (tmp_path / "users_talk.py").write_text(PIPELINE)
    spec = importlib.util.spec_from_file_location("users_talk", tmp_path / "users_talk.py")
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "users_talk", module)
    spec.loader.exec_module(module)
    store = Store()
    desk = Desk(store)
    page = Watcher(desk.open(module.talk))
    other = Other(tmp_path)
    yield page, other
    other.end()
    page.stop()
    desk.close()
    store.close()


def calls(folder):
    made = (folder / "calls").read_text().split("\n")[:-1] if (folder / "calls").exists() else []
    (folder / "calls").unlink(missing_ok=True)
    return made


DONE = {"split": "done", "say": "done", "join": "done", "loud": "done"}


def test_inputs_choices_places_and_names_of_the_other_are_seen(both):
    page, other = both
    other.does('sheet.set_input("text", "c d e")')
    other.does('sheet.choose("voice", "soft")')
    other.does('sheet.move({"join": [10, 20]})')
    other.does('sheet.fold("a group", True)')
    other.does('sheet.rename("Theirs")')
    page.until(
        lambda shown: (
            shown["inputs"]["text"] == {"set": True, "value": "c d e"}
            and shown["choices"] == {"voice": "soft"}
            and shown["positions"] == {"join": [10, 20]}
            and shown["folded"] == ["a group"]
            and shown["sheet"]["name"] == "Theirs"
        )
    )
    assert page.sheet.inputs == {"text": "c d e"}
    other.does('sheet.clear_input("text")')
    page.until(lambda shown: "set" not in shown["inputs"]["text"])


def test_results_of_the_other_are_shown_and_not_made_again(database, both, tmp_path):
    page, other = both
    other.runs()
    page.until_states(**DONE)
    assert page.sheet.value("loud", "output") == "A B!"
    assert page.shown["cards"]["say"]["items"]["states"] == "dd"
    page.until(lambda shown: shown["run"]["state"] == "done")
    calls(tmp_path)
    page.run()
    assert calls(tmp_path) == []
    other.does('sheet.set_input("text", "c")')
    other.runs()
    page.until(lambda shown: shown["cards"]["loud"].get("version") == [2, 2])
    assert page.sheet.value("loud", "output") == "C!"
    assert page.shown["cards"]["say"]["items"]["states"] == "d"


def test_what_the_other_changes_is_stale_here(both):
    page, other = both
    other.runs()
    page.until_states(**DONE)
    other.does('sheet.set_input("text", "c")')
    page.until_states(split="stale", say="stale", join="stale", loud="stale")
    other.does('sheet.set_input("text", "a b")')
    page.until_states(**DONE)


def test_a_run_of_the_other_is_seen_as_it_goes_on(both, tmp_path):
    page, other = both
    other.does('sheet.set_input("text", "a slow stop")')
    other.does("sheet.run()")
    page.until_states(split="done", say="running")
    page.until(lambda shown: shown["cards"]["say"]["items"].get("done") == 2)
    assert page.shown["cards"]["say"]["items"]["states"] == "d.d"
    assert page.shown["cards"]["say"]["text"] == "Runs on another server"
    assert page.shown["run"]["state"] == "running"
    assert page.shown["run"]["elsewhere"]
    assert page.states()["join"] == "idle"
    with pytest.raises(DaggrError, match="another server's"):
        page.sheet.stop()
    (tmp_path / "go").touch()
    page.until_states(**DONE)
    page.until(lambda shown: shown["run"]["state"] == "done")
    assert "text" not in page.shown["cards"]["say"]
    assert page.sheet.value("loud", "output") == "A SLOW STOP!"


def test_what_fails_at_the_other_is_told_with_its_error_and_can_be_retried_here(both, tmp_path):
    page, other = both
    other.does('sheet.set_input("text", "a bad b")')
    other.runs()
    page.until(lambda shown: (shown["run"] or {}).get("state") == "failed")
    page.until_states(say="failed")
    items = page.shown["cards"]["say"]["items"]
    assert items["states"] == "dfd"
    assert items["errors"]["1"]["message"] == "no bad now"
    (tmp_path / "mended").touch()
    calls(tmp_path)
    run = page.sheet.retry("say", (1,))
    page.until(lambda shown: shown["run"]["id"] == run and shown["run"]["state"] == "done")
    assert calls(tmp_path) == ["say bad"]
    assert eval(other.does('sheet.run("to", "join") and sheet.inputs')) == {"text": "a bad b"}
    page.until_states(join="done")
    assert calls(tmp_path) == ["join"]


def test_a_run_of_a_server_that_is_killed_is_interrupted_here_and_one_click_goes_on(database, both, tmp_path):
    page, other = both
    other.does('sheet.set_input("text", "a slow")')
    other.does("sheet.run()")
    page.until_states(split="done", say="running")
    page.until(lambda shown: shown["cards"]["say"]["items"].get("done") == 1)
    other.end()
    page.until(lambda shown: shown["run"]["state"] == "interrupted")
    page.until_states(say="interrupted", join="interrupted")
    (tmp_path / "go").touch()
    calls(tmp_path)
    run = page.sheet.resume()
    page.until(lambda shown: shown["run"]["id"] == run and shown["run"]["state"] == "done")
    assert calls(tmp_path) == ["say slow", "join"]


def test_going_back_at_the_other_is_going_back_here(both):
    page, other = both
    other.runs()
    other.does('sheet.set_input("text", "c")')
    other.runs()
    page.until(lambda shown: shown["cards"]["loud"].get("version") == [2, 2])
    other.does('sheet.select_version("loud", 1)')
    page.until(lambda shown: shown["cards"]["loud"].get("version") == [1, 2] and "set" not in shown["inputs"]["text"])
    page.until_states(**DONE)
    assert page.sheet.value("loud", "output") == "A B!"


def test_who_moves_cards_at_the_same_time_loses_nothing(both):
    page, other = both
    page.stop()
    other.does('sheet.move({"join": [1, 1]})')
    page.sheet.move({"split": [2, 2]})
    other.does('sheet.choose("voice", "soft")')
    assert eval(other.does("sheet.snapshot()['positions']"))["join"] == [1, 1]
    assert page.sheet.store.settings(page.sheet.info.id)["positions"] == {"join": [1, 1], "split": [2, 2]}


def test_a_run_takes_what_the_other_has_made_though_no_page_is_open(both, tmp_path):
    page, other = both
    page.stop()
    other.does('sheet.set_input("text", "c")')
    other.runs()
    calls(tmp_path)
    run = page.sheet.run()
    Watcher(page.sheet).until(lambda shown: shown["run"]["id"] == run and shown["run"]["state"] == "done")
    assert calls(tmp_path) == []
    assert page.sheet.inputs == {"text": "c"}


def test_sheets_that_the_other_makes_and_removes_are_told(both):
    page, other = both
    other.does('page.sheet.store.make_sheet("", sheet.info.pipeline, "Another")')
    page.until(lambda shown: shown.get("sheets"))
    assert "gone" not in page.shown
    other.does("sheet.store.delete_sheet(sheet.info.id)")
    page.until(lambda shown: shown.get("gone"))
