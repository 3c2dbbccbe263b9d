"""Threads and servers use one store at once, and nothing is lost; opening a large sheet asks no more than a small."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import event

from daggr_fn.store import SheetNotFound


def test_a_thousand_results_of_eight_threads_are_all_there(store, sheet):
    def work(number):
        store.begin_run(sheet, f"run {number}", ["same", "own"])
        for item in range(125):
            store.add_result(
                sheet, f"run {number}", "same", index=(item,), key=f"{number} {item}", value=[number, item]
            )

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(work, range(8)))
    versions = store.versions(sheet, "same")
    assert [version.number for version in versions] == [1, 2, 3, 4, 5, 6, 7, 8]
    assert {len(version.results) for version in versions} == {125}
    assert all(store.load(store.look(sheet, f"{number} 124")) == [number, 124] for number in range(8))


def test_threads_write_the_same_new_values_to_sheets_of_their_own(store):
    sheets = [store.make_sheet("ada", "podcast", f"{number}").id for number in range(6)]
    start = threading.Barrier(len(sheets))

    def work(sheet):
        for turn in range(30):
            start.wait()
            store.set_input(sheet, "topic", f"new in turn {turn}")

    with ThreadPoolExecutor(len(sheets)) as threads:
        list(threads.map(work, sheets))
    assert [store.inputs(sheet) for sheet in sheets] == [{"topic": "new in turn 29"}] * len(sheets)


def test_two_servers_write_to_one_sheet(store, sheet, open_store):
    stores = [store, open_store()]
    start = threading.Barrier(2)

    def work(number):
        start.wait()
        for turn in range(40):
            stores[number].set_input(sheet, "topic", f"{number} {turn}")
            stores[number].set_setting(sheet, f"from {number}", turn)
            stores[number].begin_run(sheet, f"{number} {turn}", ["step"])
            stores[number].add_result(sheet, f"{number} {turn}", "step", value="the same value")

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(work, range(2)))
    assert [version.number for version in store.versions(sheet, "step")] == list(range(1, 81))
    assert store.settings(sheet) == {"from 0": 39, "from 1": 39}
    assert store.inputs(sheet)["topic"] in {"0 39", "1 39"}


@pytest.fixture
def asked(store):
    """The statements that the store sends."""
    statements = []
    event.listen(store._database.engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
    return statements


def test_opening_a_sheet_asks_the_same_few_questions_whatever_is_on_it_and_no_value(store, sheet, asked):
    def questions(steps):
        for version in range(3):
            run = f"{steps} {version}"
            store.begin_run(sheet, run, [])
            for step in range(steps):
                store.add_result(sheet, run, f"step {step}", value=version)
        asked.clear()
        assert len(store.shown(sheet)) == steps
        assert not any("contents" in statement for statement in asked)
        return len(asked)

    assert questions(2) == questions(30) <= 6


def test_a_finished_step_is_one_transaction(store, sheet):
    commits = []
    store.begin_run(sheet, "one", ["write"])
    event.listen(store._database.engine, "commit", commits.append)
    store.add_result(sheet, "one", "write", key="key", value="text")
    assert len(commits) == 1


def test_a_result_is_written_whole_or_not_at_all(store, sheet):
    store.begin_run(sheet, "one", ["write"])

    def fails(*args):
        if "INSERT INTO results" in args[2]:
            raise RuntimeError("the power went out")

    event.listen(store._database.engine, "before_cursor_execute", fails)
    with pytest.raises(RuntimeError, match="power"):
        store.add_result(sheet, "one", "write", key="key", value="text")
    event.remove(store._database.engine, "before_cursor_execute", fails)
    assert store.versions(sheet, "write") == []
    assert store._database.read(lambda c: c.exec_driver_sql("SELECT count(*) FROM contents").scalar()) == 0


def test_results_that_come_while_others_are_written_share_a_transaction(store, sheet):
    store.begin_run(sheet, "run", ["speak"])
    waits, goes_on, written = threading.Event(), threading.Event(), []

    def slow(_connection):
        written.append(1)
        waits.set()
        assert goes_on.wait(30)

    def add(item):
        return store.add_result(sheet, "run", "speak", index=(item,), key=f"key {item}", value=item)

    event.listen(store._database.engine, "commit", slow)
    with ThreadPoolExecutor(9) as threads:
        adding = [threads.submit(add, 0)]
        assert waits.wait(30)
        adding += [threads.submit(add, item) for item in range(1, 9)]
        gathered = store._gathering._waiting
        while sum(map(len, gathered.values())) < 8:
            threading.Event().wait(0.001)
        goes_on.set()
        stored = [one.result() for one in adding]
    event.remove(store._database.engine, "commit", slow)
    assert len(written) == 2
    assert [one.index for one in stored] == [(item,) for item in range(9)]
    assert [store.load(store.look(sheet, one.key)) for one in stored] == list(range(9))
    assert list(store.shown(sheet)["speak"].results.values()) == stored


def test_results_of_a_sheet_that_is_gone_say_so_to_each_thread(store, sheet):
    store.begin_run(sheet, "run", ["speak"])
    store.delete_sheet(sheet)

    def add(item):
        with pytest.raises(SheetNotFound):
            store.add_result(sheet, "run", "speak", index=(item,), value=item)
        return True

    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(add, range(40)))


def test_an_item_that_comes_twice_counts_once(store, sheet):
    store.begin_run(sheet, "run", ["speak"])
    for value in ("first", "second"):
        kept = store.add_result(sheet, "run", "speak", index=(0,), key=value, value=value)
    assert store.shown(sheet)["speak"].results == {(0,): kept}
    assert store.load(kept) == "second"


def test_each_change_of_a_sheet_is_later_than_the_one_before_also_where_a_clock_stands_still(
    store, sheet, open_store, monkeypatch
):
    other = open_store()
    monkeypatch.setattr(time, "time", lambda: 1_700_000_000.0)
    seen = [store.changed([sheet, "no sheet"])]
    for turn, server in enumerate([store, other, store, other]):
        server.set_setting(sheet, "view", turn)
        seen.append(store.changed([sheet]))
    times = [found[sheet] for found in seen]
    assert sorted(set(times)) == times
    assert seen[0].keys() == {sheet}


def test_two_servers_change_parts_of_one_setting_and_lose_none(store, sheet, open_store):
    stores = [store, open_store()]
    start = threading.Barrier(2)

    def work(number):
        start.wait()
        for turn in range(40):
            stores[number].change_setting(
                sheet, "positions", lambda now, turn=turn: {**(now or {}), f"{number}.{turn}": turn}
            )

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(work, range(2)))
    assert len(store.settings(sheet)["positions"]) == 80


def test_a_glance_tells_the_runs_of_others_from_ones_own_and_what_they_have(store, sheet, open_store):
    other = open_store()
    store.begin_run(sheet, "mine", ["write"])
    other.begin_run(sheet, "theirs", ["write", "speak"])
    other.add_result(sheet, "theirs", "write", value="text")
    heads = {head.run: head for head in store.glance(sheet).runs}
    assert {run: head.is_mine for run, head in heads.items()} == {"mine": True, "theirs": False}
    number = heads["theirs"].number
    assert store.steps_of(number) == ("write", "speak")
    assert [(step, count) for step, (count, _) in store.signs([number])[number].items()] == [("write", 1)]
    assert store.shown(sheet, ["write"]).keys() == {"write"}
    assert store.shown(sheet, []) == {}
