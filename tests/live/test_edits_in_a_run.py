"""Inputs that are changed while a run goes on: what was made of the old ones is stale at once."""

from __future__ import annotations

import threading

import pytest

from daggr_fn import each, gather, node, pipeline

gates = {}
calls = []


@pytest.fixture(autouse=True)
def _shut():
    gates.clear()
    gates.update({name: threading.Event() for name in ("slow", "later")})
    calls.clear()
    yield
    for gate in gates.values():
        gate.set()


@node
def write(topic: str) -> str:
    calls.append(f"write {topic}")
    return f"about {topic}"


@node
def count(text: str) -> int:
    return len(text)


@node
def slow(text: str) -> str:
    gates["slow"].wait(30)
    return text


@node
def later(text: str) -> str:
    gates["later"].wait(30)
    return text


@node
def loud(word: str) -> str:
    return word.upper()


@pipeline
def story(topic: str = "AI", voice: str = "deep"):
    text = write(topic)
    return later(slow(text)), count(voice)


def watched_after_a_run(watch):
    """A sheet on which all is done, and the next call of `slow` goes on until its gate is set."""
    page = watch(story)
    for gate in gates.values():
        gate.set()
    page.run()
    gates["slow"].clear()
    return page


def test_what_a_run_has_done_is_stale_as_soon_as_an_input_of_it_changes(watch):
    page = watch(story)
    page.sheet.run()
    page.until_states(write="done", count="done", slow="running")
    page.sheet.set_input("topic", "cats")
    page.until_states(write="stale")
    assert page.shown["cards"]["write"]["why"] == "topic changed"
    assert page.states() == {"write": "stale", "slow": "running", "later": "idle", "count": "done"}


def test_what_ends_after_the_change_is_stale_too_and_the_run_goes_on_with_what_it_had(watch):
    page = watch(story)
    page.sheet.run()
    page.until_states(write="done", slow="running")
    page.sheet.set_input("topic", "cats")
    page.until_states(write="stale")
    gates["slow"].set()
    page.until_states(slow="stale", later="running")
    assert page.sheet.value("slow", "output") == "about AI"
    gates["later"].set()
    page.until(lambda shown: shown["run"]["state"] == "done")
    page.until_states(write="stale", slow="stale", later="stale", count="done")
    assert calls == ["write AI"]
    page.run()
    assert page.states() == dict.fromkeys(("write", "slow", "later"), "done") | {"count": "reused"}


def test_an_input_that_is_set_back_in_the_run_leaves_nothing_stale(watch):
    page = watch(story)
    page.sheet.run()
    page.until_states(write="done", slow="running")
    page.sheet.set_input("topic", "cats")
    page.until_states(write="stale")
    page.sheet.set_input("topic", "AI")
    page.until_states(write="done")
    gates["slow"].set()
    gates["later"].set()
    page.until(lambda shown: shown["run"]["state"] == "done")
    page.sheet.refresh()
    assert set(page.states().values()) == {"done"}


def test_a_change_before_the_run_makes_nothing_stale_in_it(watch):
    page = watched_after_a_run(watch)
    page.sheet.set_input("topic", "cats")
    page.sheet.set_input("voice", "high")
    page.sheet.run()
    page.until(
        lambda shown: shown["cards"]["write"]["state"] == "done" and shown["cards"]["slow"]["state"] == "running"
    )
    page.until_states(count="done")
    page.sheet.set_input("voice", "low")
    page.until_states(count="stale")
    assert page.states()["write"] == "done"


def test_items_that_are_done_are_stale_while_what_follows_goes_on(watch):
    @node
    def split(text: str) -> list[str]:
        return text.split()

    @node
    def join(words: list[str]) -> str:
        return " ".join(words)

    @pipeline
    def shout(text: str = "a b"):
        return slow(join(gather(loud(each(split(text))))))

    page = watch(shout)
    page.sheet.run()
    page.until_states(loud="done", slow="running")
    page.sheet.set_input("text", "a c")
    page.until_states(split="stale", loud="stale", join="stale")
    assert page.states()["slow"] == "running"
    page.sheet.set_input("text", "a b")
    page.until_states(split="done", loud="done", join="done")


def test_a_step_that_is_run_anew_beside_is_not_touched_before_it_has_ended(watch):
    page = watched_after_a_run(watch)
    page.sheet.run("this", "slow")
    page.until_states(slow="running")
    page.sheet.set_input("topic", "cats")
    page.until_states(write="stale", later="stale")
    assert page.states()["slow"] == "running"
