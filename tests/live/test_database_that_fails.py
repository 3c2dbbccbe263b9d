"""A database that refuses a write for a while: what runs ends all the same, and its end is kept once that goes."""

from __future__ import annotations

import sqlite3
import time

import pytest

from daggr_fn import node, pipeline
from daggr_fn.live import going
from daggr_fn.store import StoreError
from tests.live.conftest import SECONDS


@node
def loud(word: str) -> str:
    if word == "bad":
        raise ValueError("a bad word")
    return word.upper()


@pipeline
def shout(word: str = "good"):
    return loud(word)


@pytest.fixture
def refuses(home):
    """Has the database refuse some writes (`refuses("UPDATE ON runs")`); gives what ends that."""

    def refuse(what, when="1"):
        _do(home, f"CREATE TRIGGER refused BEFORE {what} WHEN {when} BEGIN SELECT RAISE(ABORT, 'disk full'); END")
        return lambda: _do(home, "DROP TRIGGER refused")

    return refuse


def _do(home, statement):
    connection = sqlite3.connect(home / "sheets.db", timeout=SECONDS)
    with connection:
        connection.execute(statement)
    connection.close()


def until(holds):
    """Wait for what no page is told of."""
    end = time.monotonic() + SECONDS
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_a_run_whose_end_cannot_be_written_ends_and_is_written_later(watch, store, refuses, monkeypatch):
    monkeypatch.setattr(going, "END_AGAIN_SECONDS", 0.05, raising=False)
    page = watch(shout)
    mend = refuses("UPDATE ON runs", "NEW.status = 'done'")
    run = page.run()
    assert run["state"] == "done"
    assert page.sheet.going == []
    page.until_states(loud="done")
    assert [one.status for one in store.runs(page.sheet.info.id)] == ["running"]
    mend()
    until(lambda: store.runs(page.sheet.info.id)[0].status == "done")
    page.sheet.set_input("word", "more")
    page.run()
    assert page.shown["run"]["state"] == "done"
    assert page.sheet.value("loud", "output") == "MORE"


def test_a_failure_that_cannot_be_written_is_shown(watch, refuses):
    page = watch(shout)
    page.sheet.set_input("word", "bad")
    refuses("INSERT ON results")
    run = page.run()
    assert run["state"] == "failed"
    assert page.shown["cards"]["loud"]["error"]["message"] == "a bad word"


def test_a_run_that_cannot_begin_says_why_without_the_values_of_people(watch, refuses):
    page = watch(shout)
    mend = refuses("INSERT ON runs")
    with pytest.raises(StoreError, match="disk full") as refused:
        page.sheet.run()
    assert "INSERT" not in str(refused.value)
    mend()
    assert page.run()["state"] == "done"


def test_what_was_reused_is_shown_though_that_cannot_be_written(watch, refuses):
    page = watch(shout)
    page.run()
    refuses("INSERT ON reuses")
    page.run()
    assert page.shown["run"]["state"] == "done"
    assert page.states() == {"loud": "reused"}
    assert page.sheet.value("loud", "output") == "GOOD"
