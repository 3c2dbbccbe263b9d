"""Steps and items that wait for a place in a limit, for a turn in a rate, or for the same call, say so."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
import threading

import pytest

from daggr_fn import Pool, each, gather, node, pipeline, repeat

gate = threading.Event()
pool = Pool("gpu", limit=1)


@pytest.fixture(autouse=True)
def _shut():
    gate.clear()
    yield
    gate.set()


@node(limit=1)
def draw(text: str) -> str:
    gate.wait(30)
    return text


@node(pool=pool)
def hear(text: str) -> str:
    gate.wait(30)
    return text


@node(rate="1/second")
def ask(text: str) -> str:
    return text


@node
def count(n: int) -> list[str]:
    return [str(i) for i in range(n)]


def twice(work):
    @pipeline
    def two(text: str = "a", more: str = "b"):
        return work.named("one")(text), work.named("other")(more)

    return two


def waits(page, number):
    return page.until(
        lambda shown: (
            sum(card["state"] == "queue" for card in shown["cards"].values()) == number
            and any(card["state"] == "running" for card in shown["cards"].values())
        )
    )["cards"]


def test_a_step_says_that_it_waits_for_a_place_in_its_limit_until_it_has_one(watch):
    page = watch(twice(draw))
    page.sheet.run()
    waiting = next(card for card in waits(page, 1).values() if card["state"] == "queue")
    assert waiting["text"] == "Waits for a place: limit of 1"
    assert waiting["since"]
    gate.set()
    page.until_states(one="done", other="done")
    assert all("text" not in card for card in page.shown["cards"].values())


def test_a_pool_is_named_and_a_stopped_step_waits_no_more(watch):
    page = watch(twice(hear))
    page.sheet.run()
    name = next(name for name, card in waits(page, 1).items() if card["state"] == "queue")
    assert page.shown["cards"][name]["text"] == "Waits for a place in gpu: limit of 1"
    page.sheet.stop(name)
    page.until_states(**{name: "cancelled"})
    assert "text" not in page.shown["cards"][name]


def test_a_step_says_for_which_rate_it_waits(watch):
    page = watch(twice(ask))
    page.sheet.run()
    page.until(
        lambda shown: any(card.get("text") == "Waits for its turn: 1/second" for card in shown["cards"].values())
    )
    page.until_states(one="done", other="done")


def test_items_that_wait_are_told_apart_from_those_that_go_on(watch):
    @pipeline
    def many(n: int = 4):
        return gather(draw(each(count(n))))

    page = watch(many)
    page.sheet.run()
    page.until(lambda shown: sorted((shown["cards"]["draw"].get("items") or {}).get("states", "")) == list("qqqr"))
    assert page.shown["cards"]["draw"]["waits"] == "Waits for a place: limit of 1"
    gate.set()
    page.until_states(draw="done")
    assert "waits" not in page.shown["cards"]["draw"]


def test_an_item_whose_turn_waits_is_one_item_still(watch):
    @pipeline
    def many(n: int = 2):
        return gather(repeat(draw, until=bool, max_turns=1)(each(count(n))))

    page = watch(many)
    page.sheet.run()
    page.until(lambda shown: shown["cards"]["draw"].get("text") == "Waits for a place: limit of 1")
    gate.set()
    page.until_states(draw="done")
    assert page.shown["cards"]["draw"]["items"]["states"] == "dd"


def test_of_a_large_map_only_the_first_items_are_told_one_by_one():
    @pipeline
    def many(n: int):
        return gather(draw(each(count(n))))

    told, ended = [], 0
    for event in many.stream(n=2_000):
        told += [event] if event.kind == "waiting" else []
        ended += event.kind == "finished" and event.step == "draw"
        if told:
            gate.set()
    assert len(told) <= 200
    assert {(event.step, event.reason) for event in told} == {("draw", "Waits for a place: limit of 1")}
    assert ended == 2_000


@node
def slow(text: str) -> str:
    gate.wait(30)
    return text


def test_a_step_says_that_it_waits_for_the_same_call_of_another_run(watch):
    @pipeline
    def one(text: str = "a"):
        return slow(text)

    page = watch(one)
    page.sheet.run()
    page.until_states(slow="running")
    page.sheet.run()
    page.until(lambda shown: shown["cards"]["slow"].get("text") == "Waits for the same call of another run")
    gate.set()
    page.until_states(slow="reused")
    assert "text" not in page.shown["cards"]["slow"]


def test_a_step_that_waits_for_the_same_call_of_another_step_can_be_stopped_at_once(watch):
    @pipeline
    def two(text: str = "a"):
        return slow.named("one")(text), slow.named("other")(text)

    page = watch(two)
    page.sheet.run()
    name = next(name for name, card in waits(page, 1).items() if card["state"] == "queue")
    other = "one" if name == "other" else "other"
    assert page.shown["cards"][name]["text"] == f"Waits for the same call of {other}"
    page.sheet.stop(name)
    page.until_states(**{name: "cancelled", other: "running"})
    gate.set()
    page.until_states(**{name: "cancelled", other: "done"})


SHARED = """
import sys
from daggr_fn import node, pipeline


@node(cache=True)
def remembered(text: str) -> str:
    print("began", flush=True)
    sys.stdin.readline()
    return text.upper()


@pipeline
def one(text: str):
    return remembered(text)
"""


def test_it_is_said_once_that_a_call_waits_for_the_same_one_of_another_program(tmp_path, monkeypatch):
    (tmp_path / "shared_with_others.py").write_text(SHARED)
    monkeypatch.syspath_prepend(tmp_path)
    shared = importlib.import_module("shared_with_others")
    command = [sys.executable, "-c", "import shared_with_others; shared_with_others.one(text='a')"]
    with subprocess.Popen(
        command, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    ) as other:  # fmt: skip
        assert other.stdout.readline() == "began\n"
        told = []
        for event in shared.one.stream(text="a"):
            told.append(event)
            if event.kind == "waiting":
                other.communicate("go on\n")
    assert [event.reason for event in told if event.kind == "waiting"] == ["Waits for the same call of another program"]
    assert [event.value for event in told if event.kind == "reused"] == ["A"]
