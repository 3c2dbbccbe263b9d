"""Values that can't be stored, secrets, logs, and what others made."""

from __future__ import annotations

import logging
import sys
import threading
from pathlib import Path
from typing import Annotated

import pytest

from daggr_fn import Secret, apply, each, gather, node, pipeline
from daggr_fn.live import Desk
from tests.live.conftest import Watcher

calls = []


@pytest.fixture(autouse=True)
def _no_calls():
    calls.clear()


@node
def opened(name: str) -> threading.Event:
    calls.append("opened")
    return threading.Event()


@node
def is_set(event: threading.Event) -> bool:
    calls.append("is_set")
    return event.is_set()


@pipeline
def odd(name: str = "a"):
    return is_set(opened(name))


@node
def call_with(key: str) -> int:
    logging.getLogger("users").warning("called %s", "it")
    return len(key)


@pipeline
def hidden(key: Annotated[str, Secret]):
    return call_with(key)


@node(cache=True)
def shared(name: str) -> str:
    calls.append("shared")
    return name.upper()


@pipeline
def remembered(name: str = "a"):
    return shared(name)


def test_a_value_that_cannot_be_stored_shows_while_the_server_lives_and_says_why(watch, store):
    page = watch(odd)
    page.run()
    assert isinstance(page.sheet.value("opened", "output"), threading.Event)
    assert "can't be stored" in page.shown["cards"]["opened"]["note"]
    assert page.states() == {"opened": "done", "is_set": "done"}
    later = Watcher(Desk(store).open(odd))
    assert later.shown["cards"]["opened"]["note"] == page.shown["cards"]["opened"]["note"]
    with pytest.raises(LookupError):
        later.sheet.value("opened", "output")
    assert later.sheet.value("is_set", "output") is False


def test_a_value_that_cannot_be_stored_is_reused_while_the_server_lives(watch):
    page = watch(odd)
    page.run()
    calls.clear()
    page.run()
    assert calls == []
    assert page.states() == {"opened": "reused", "is_set": "reused"}


def test_a_held_value_that_another_one_replaced_is_made_again(watch):
    page = watch(odd)
    page.run()
    page.sheet.set_input("name", "b")
    page.run()
    page.sheet.set_input("name", "a")
    page.until_states(opened="stale")
    assert isinstance(page.sheet.value("opened", "output"), threading.Event)
    calls.clear()
    page.run()
    assert calls == ["opened", "is_set"]
    assert page.states() == {"opened": "done", "is_set": "done"}


def test_a_value_that_cannot_be_stored_shows_though_others_would_have_liked_to_reuse_it(watch):
    @node(cache=True)
    def maybe_odd(name: str) -> object:
        return threading.Lock() if name == "odd" else name

    @pipeline
    def perhaps(name: str = "plain"):
        return maybe_odd(name)

    page = watch(perhaps)
    page.run()
    page.sheet.set_input("name", "odd")
    page.run()
    assert isinstance(page.sheet.value("maybe_odd"), type(threading.Lock()))
    card = page.shown["cards"]["maybe_odd"]
    assert (card["state"], card["version"]) == ("done", [2, 2])
    assert "can't be stored" in card["note"]


def test_a_secret_is_used_and_never_stored_or_shown(watch, home, store):
    page = watch(hidden)
    page.sheet.set_input("key", "sesame-73")
    assert page.shown["inputs"]["key"] == {"set": True, "secret": True}
    page.run()
    assert page.sheet.value("call_with", "output") == 9
    with pytest.raises(LookupError):
        page.sheet.input_value("key")
    found = [path for path in home.rglob("*") if path.is_file() and b"sesame-73" in path.read_bytes()]
    assert found == []
    assert "sesame-73" not in repr(page.patches)
    later = Watcher(Desk(store).open(hidden))
    assert later.shown["inputs"]["key"] == {"secret": True}


@node
def fetch(key: str) -> str:
    raise ValueError(f"401 for https://api.example.com/?key={key}")


@pipeline
def refused(key: Annotated[str, Secret]):
    return fetch(key)


def test_a_secret_that_an_error_quotes_is_never_stored_or_shown(watch, home):
    page = watch(refused)
    page.sheet.set_input("key", "sesame-73")
    page.run()
    assert page.states() == {"fetch": "failed"}
    assert page.sheet.state_of("fetch")["error"]["message"] == "401 for https://api.example.com/?key=<secret>"
    assert page.sheet.traceback("fetch")[0]["message"] == "401 for https://api.example.com/?key=<secret>"
    assert "sesame-73" not in repr(page.patches)
    assert [path for path in home.rglob("*") if path.is_file() and b"sesame-73" in path.read_bytes()] == []


def test_what_a_step_logs_is_on_its_card(watch):
    page = watch(hidden)
    page.sheet.set_input("key", "x")
    page.run()
    page.until(lambda shown: shown["cards"]["call_with"].get("logs") == 1)
    [line] = page.sheet.logs("call_with")
    assert (line["level"], line["text"]) == ("warning", "called it")


@node
def chat(word: str) -> str:
    print("it is", end=" ")  # noqa: T201
    print(word)  # noqa: T201
    print("and one\nand two")  # noqa: T201
    return word


@pipeline
def chatty(word: str = "late"):
    return chat(word)


def test_what_a_step_prints_is_in_its_logs_and_where_it_would_be_without(watch, capsys):
    page, out = watch(chatty), sys.stdout
    page.run()
    page.until(lambda shown: shown["cards"]["chat"].get("logs") == 3)
    lines = page.sheet.logs("chat")
    assert [(line["level"], line["text"]) for line in lines] == [
        ("print", "it is late"),
        ("print", "and one"),
        ("print", "and two"),
    ]
    assert capsys.readouterr().out == "it is late\nand one\nand two\n"
    page.until(lambda shown: shown["run"]["state"] == "done")
    assert sys.stdout is out
    print("nobody's")  # noqa: T201
    assert len(page.sheet.logs("chat")) == 3


def test_the_logs_of_a_step_are_those_of_the_last_run_that_called_it(watch):
    @node
    def echo(word: str) -> str:
        if word:
            print(word)  # noqa: T201
        return word

    @pipeline
    def echoes(one: str = "a", other: str = "b"):
        return echo.named("one")(one), gather(echo.named("each_letter")(each(apply(list, other))))

    page = watch(echoes)
    page.run()
    page.sheet.set_input("one", "c")
    page.run()
    page.until(lambda shown: shown["cards"]["one"].get("logs") == 1)
    assert [line["text"] for line in page.sheet.logs("one")] == ["c"]
    assert [line["text"] for line in page.sheet.logs("each_letter")] == ["b"]
    page.sheet.set_input("other", "xyz")
    page.run()
    assert sorted(line["text"] for line in page.sheet.logs("each_letter")) == ["x", "y", "z"]
    assert page.sheet.state_of("each_letter")["logs"] == 3
    page.sheet.set_input("one", "")
    page.run()
    assert "logs" not in page.shown["cards"]["one"]


def test_an_item_that_is_run_again_leaves_the_logs_of_the_others(watch):
    mended = threading.Event()

    @node
    def say(letter: str) -> str:
        print(letter)  # noqa: T201
        if letter == "b" and not mended.is_set():
            raise OSError("not yet")
        return letter

    @pipeline
    def letters(word: str = "abc"):
        return gather(say(each(apply(list, word))))

    page = watch(letters)
    page.run()
    mended.set()
    run = page.sheet.retry("say", (1,))
    page.until(lambda shown: shown["run"]["id"] == run and shown["run"]["state"] == "done")
    assert sorted(line["text"] for line in page.sheet.logs("say")) == ["a", "b", "b", "c"]


def test_results_of_others_are_reused_and_kept_on_the_sheet(watch, home):
    assert remembered("a") == "A"
    page = watch(remembered)
    assert page.states() == {"shared": "idle"}
    page.run()
    assert calls == ["shared"]
    assert page.states() == {"shared": "reused"}
    assert page.sheet.value("shared", "output") == "A"
    assert page.shown["cards"]["shared"]["version"] == [1, 1]


def test_what_a_sheet_made_is_remembered_for_others_where_the_node_says_so(watch):
    page = watch(remembered)
    page.run()
    assert remembered("a") == "A"
    assert calls == ["shared"]


def test_two_users_see_only_their_own(desk):
    ann, ben = Watcher(desk.open(remembered, "ann")), Watcher(desk.open(remembered, "ben"))
    assert ann.sheet is not ben.sheet
    ann.sheet.set_input("name", "mine")
    assert ben.shown["inputs"]["name"] == {"value": "a"}
    from daggr_fn.store import SheetNotFound

    with pytest.raises(SheetNotFound):
        desk.open(remembered, "ben", ann.sheet.info.id)


def test_a_file_as_input_is_shown_by_its_name(watch, tmp_path):
    @node
    def size(path: Path) -> int:
        return len(path.read_bytes())

    @pipeline
    def sizes(path: Path):
        return size(path)

    (tmp_path / "notes.txt").write_text("four")
    page = watch(sizes)
    page.sheet.set_input("path", tmp_path / "notes.txt")
    assert page.shown["inputs"]["path"] == {"set": True, "file": "notes.txt"}
    page.run()
    assert page.sheet.value("size", "output") == 4


def test_an_input_of_an_earlier_version_of_the_pipeline_does_no_harm(watch, store):
    page = watch(remembered)
    store.set_input(page.sheet.info.id, "gone", 3)
    store.set_setting(page.sheet.info.id, "choices", {"gone": "x"})
    later = Watcher(Desk(store).open(remembered))
    later.run()
    assert later.states() == {"shared": "done"}


def test_a_sheet_that_is_deleted_stops_its_runs(desk):
    page = Watcher(desk.open(odd))
    page.run()
    desk.delete("", page.sheet.info.id)
    assert desk.open(odd).info.id != page.sheet.info.id
