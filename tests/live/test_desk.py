"""Which sheets stay open: those that somebody needs, and of the others the last ones."""

from __future__ import annotations

import threading
from typing import Annotated

import pytest

from daggr_fn import Secret, node, pipeline
from daggr_fn.live import desk as desks
from tests.live.conftest import SECONDS, Watcher

began, go = threading.Event(), threading.Event()


@pytest.fixture(autouse=True)
def _three_idle(monkeypatch):
    monkeypatch.setattr(desks, "MOST_IDLE", 3, raising=False)
    began.clear()
    go.clear()
    yield
    go.set()


@node
def wait(text: str) -> str:
    began.set()
    assert go.wait(SECONDS)
    return text


@node
def made(text: str, key: str) -> object:
    lock = threading.Lock()  # which nobody can store
    return {"text": text, "lock": lock, "long": len(key)}


@pipeline
def waits(text: str = "a"):
    return wait(text)


@pipeline
def makes(key: Annotated[str, Secret] = "", text: str = "a"):
    return made(text, key)


def come_and_go(desk, times=5):
    for number in range(times):
        desk.open(waits, f"visitor {number}")


def test_of_sheets_that_nobody_looks_at_the_last_ones_stay_open(desk):
    first = desk.open(waits, "ada")
    come_and_go(desk, 2)
    assert desk.open(waits, "ada") is first
    come_and_go(desk)
    again = desk.open(waits, "ada")
    assert again is not first
    assert again.info.id == first.info.id


def test_a_sheet_that_is_looked_at_or_runs_stays_open(desk):
    looked, runs = Watcher(desk.open(waits, "ada")), desk.open(waits, "bob")
    run = runs.run()
    assert began.wait(SECONDS)
    come_and_go(desk)
    assert desk.open(waits, "ada") is looked.sheet
    assert desk.open(waits, "bob") is runs
    go.set()
    Watcher(runs).until(lambda shown: shown["run"]["id"] == run and shown["run"]["state"] == "done")


def test_a_sheet_stays_open_as_long_as_it_has_what_no_store_keeps(desk):
    secret, held = desk.open(makes, "ada"), Watcher(desk.open(makes, "bob"))
    secret.set_input("key", "s3cret")
    assert held.run()["state"] == "done"
    held.stop()
    come_and_go(desk)
    assert desk.open(makes, "ada") is secret
    assert desk.open(makes, "bob") is held.sheet
    assert held.sheet.value("made")["text"] == "a"
