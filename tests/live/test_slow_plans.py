"""A plan may have to wait for a Space: sheets open all the same, and say what is stale when that is known."""

from __future__ import annotations

import threading

import pytest

from daggr_fn.live import Desk, current
from tests.live.conftest import SECONDS, Watcher
from tests.sleeper import Sleeper


@pytest.fixture
def sleeper():
    made = Sleeper()
    yield made
    made.awake.set()


@pytest.fixture
def other_desk(store):
    made = Desk(store)
    yield made
    made.close()


def test_a_sheet_is_open_before_its_plan_is_made_and_says_then_what_is_stale(
    watch, other_desk, store, sleeper, monkeypatch
):
    slow = sleeper.piped()
    first = watch(slow)
    first.run()
    store.set_input(first.sheet.info.id, "text", "b")
    sleeper.sleep()
    monkeypatch.setattr(current, "FIRST_SECONDS", 0.05, raising=False)
    later = Watcher(other_desk.open(slow))
    assert later.states() == {"sleeper": "done"}
    sleeper.awake.set()
    later.until_states(sleeper="stale")


def test_a_sheet_is_opened_while_another_one_waits_for_its_plan(desk, sleeper, monkeypatch):
    monkeypatch.setattr(current, "FIRST_SECONDS", SECONDS, raising=False)
    sleeper.sleep()
    opening = threading.Thread(target=desk.open, args=(sleeper.piped(), "ada"))
    opening.start()
    assert sleeper.asked.wait(SECONDS)
    assert desk.open(Sleeper().piped(), "bob").info.user == "bob"
    assert desk.is_idle
    assert opening.is_alive()
    sleeper.awake.set()
    opening.join()


def test_a_sheet_that_two_open_at_once_is_one(desk, sleeper, monkeypatch):
    monkeypatch.setattr(current, "FIRST_SECONDS", SECONDS, raising=False)
    slow, opened = sleeper.piped(), []
    sleeper.sleep()
    both = [threading.Thread(target=lambda: opened.append(desk.open(slow))) for _ in range(2)]
    for one in both:
        one.start()
    assert sleeper.asked.wait(SECONDS)
    sleeper.awake.set()
    for one in both:
        one.join()
    assert opened[0] is opened[1]
    assert len(desk.sheets(slow)) == 1
