"""Sheets are made, found by their user, renamed, duplicated and deleted, and what is set on them is there tomorrow."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from daggr_fn.store import SheetNotFound, Store


def names(store, user="ada", pipeline="podcast"):
    return [info.name for info in store.sheets(user, pipeline)]


def test_a_sheet_is_found_by_its_user_tomorrow(store, open_store):
    made = store.make_sheet("ada", "podcast", "First")
    store.close()
    assert open_store().sheet("ada", made.id) == made


@pytest.mark.parametrize("user", ["bob", "", "ADA"])
def test_a_sheet_of_another_user_is_not_there(store, user):
    made = store.make_sheet("ada", "podcast", "First")
    with pytest.raises(SheetNotFound) as theirs:
        store.sheet(user, made.id)
    with pytest.raises(SheetNotFound) as none:
        store.sheet(user, "made-up")
    assert str(theirs.value) == str(none.value)


@pytest.mark.parametrize("forged", ["", "\0", "'; DROP TABLE sheets; --", "x" * 10_000, "\ud800"])
def test_a_forged_id_is_not_found(store, forged):
    with pytest.raises(SheetNotFound):
        store.sheet("ada", forged)


def test_ids_cannot_be_guessed(store):
    ids = {store.make_sheet("ada", "podcast", "Same").id for _ in range(20)}
    assert len(ids) == 20
    assert min(map(len, ids)) >= 21


def test_sheets_are_listed_per_user_and_pipeline_and_the_one_changed_last_comes_first(store):
    first = store.make_sheet("ada", "podcast", "First")
    store.make_sheet("ada", "podcast", "Second")
    store.make_sheet("ada", "other", "Other")
    store.make_sheet("bob", "podcast", "Bob's")
    assert names(store) == ["Second", "First"]
    store.set_input(first.id, "topic", "AI")
    assert names(store) == ["First", "Second"]
    assert names(store, "bob") == ["Bob's"]
    assert names(store, "ada", "other") == ["Other"]


def test_a_sheet_is_renamed(store, sheet):
    store.rename_sheet(sheet, "Talk \0 with \ud800 odd characters")
    assert names(store) == ["Talk \ufffd with ? odd characters"]


def test_inputs_and_settings_are_there_again(store, sheet, open_store):
    store.set_input(sheet, "topic", "AI")
    store.set_input(sheet, "count", 1)
    store.set_input(sheet, "count", 2)
    store.set_input(sheet, "gone", None)
    store.clear_input(sheet, "gone")
    store.set_setting(sheet, "positions", {"speak": [10, 20.5]})
    store.set_setting(sheet, "view", "canvas")
    store.set_setting(sheet, "view", "app")
    again = open_store()
    assert again.inputs(sheet) == {"topic": "AI", "count": 2}
    assert again.settings(sheet) == {"positions": {"speak": [10, 20.5]}, "view": "app"}
    assert again.setting(sheet, "theme", "dark") == "dark"


def test_a_duplicate_has_all_and_goes_its_own_way(store, sheet):
    store.set_input(sheet, "topic", "AI")
    store.set_setting(sheet, "view", "app")
    for run in ("one", "two"):
        store.begin_run(sheet, run, ["write", "speak"])
        store.add_result(sheet, run, "write", key=f"key {run}", value=run)
        store.add_result(sheet, run, "speak", index=(0,), key=f"item {run}", value=f"{run} item")
        store.end_run(sheet, run, "done", 1.0)
    store.begin_run(sheet, "three", ["write", "speak"])
    store.add_reuse(sheet, "three", [("speak", (0,), store.look(sheet, "item one"))])
    store.select(sheet, "write", 1)

    twin = store.duplicate_sheet(sheet, "Copy")
    assert names(store) == ["Copy", "Untitled"]
    assert store.inputs(twin.id) == {"topic": "AI"}
    assert store.settings(twin.id) == {"view": "app"}
    assert [run.status for run in store.runs(twin.id)] == ["interrupted", "done", "done"]
    assert [version.number for version in store.versions(twin.id, "write")] == [1, 2]
    assert store.load(store.shown(twin.id)["write"].results[()]) == "one"
    assert store.load(store.shown(twin.id)["speak"].results[(0,)]) == "one item"
    assert store.load(store.look(twin.id, "key two")) == "two"

    store.set_input(twin.id, "topic", "Bees")
    store.delete_sheet(sheet)
    assert store.inputs(twin.id) == {"topic": "Bees"}
    assert store.load(store.shown(twin.id)["write"].results[()]) == "one"


def test_a_large_sheet_is_duplicated(store, sheet):
    store.begin_run(sheet, "run", ["many"])
    for index in range(600):
        store.add_result(sheet, "run", "many", index=(index,), value=index % 3)
    twin = store.duplicate_sheet(sheet, "Copy")
    parts = store.shown(twin.id)["many"].results
    assert [store.load(parts[(index,)]) for index in (0, 1, 2, 599)] == [0, 1, 2, 2]


def test_a_deleted_sheet_is_gone_with_all_that_is_on_it(store, sheet):
    store.set_input(sheet, "topic", "AI")
    store.begin_run(sheet, "run", ["write"])
    store.add_result(sheet, "run", "write", key="key", value="text")
    store.delete_sheet(sheet)
    assert names(store) == []
    assert store.inputs(sheet) == {}
    assert store.shown(sheet) == {}
    assert store.runs(sheet) == []
    assert store.look(sheet, "key") is None
    with pytest.raises(SheetNotFound):
        store.sheet("ada", sheet)


@pytest.mark.parametrize(
    "change",
    [
        lambda store, sheet: store.rename_sheet(sheet, "x"),
        lambda store, sheet: store.duplicate_sheet(sheet, "x"),
        lambda store, sheet: store.delete_sheet(sheet),
        lambda store, sheet: store.set_input(sheet, "x", 1),
        lambda store, sheet: store.clear_input(sheet, "x"),
        lambda store, sheet: store.set_setting(sheet, "x", 1),
        lambda store, sheet: store.begin_run(sheet, "run", []),
        lambda store, sheet: store.add_result(sheet, "run", "write", value=1),
        lambda store, sheet: store.add_reuse(sheet, "run", []),
        lambda store, sheet: store.end_run(sheet, "run", "done", 1.0),
        lambda store, sheet: store.select(sheet, "write", 1),
        lambda store, sheet: store.select(sheet, "write", None),
    ],
)
def test_who_changes_a_sheet_that_another_page_deleted_is_told(store, sheet, change):
    store.begin_run(sheet, "run", ["write"])
    store.delete_sheet(sheet)
    with pytest.raises(SheetNotFound):
        change(store, sheet)


def test_sheets_that_are_not_to_persist_leave_nothing(tmp_path, monkeypatch):
    monkeypatch.setenv("DAGGR_FN_HOME", str(tmp_path))
    file = tmp_path / "mine.txt"
    file.write_text("text")
    store = Store.in_memory()
    sheet = store.make_sheet("", "podcast", "Untitled").id
    store.set_input(sheet, "file", file)
    assert store.inputs(sheet)["file"].read_text() == "text"
    store.close()
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [file]


def test_what_comes_after_a_store_is_closed_leaves_no_connection_open(tmp_path):
    store = Store(f"sqlite:///{tmp_path / 'sheets.db'}", root=tmp_path)
    store.close()
    sheet = store.make_sheet("ada", "podcast", "Late")
    assert store.sheet("ada", sheet.id) == sheet
    assert not [path for path in Path("/proc/self/fd").iterdir() if os.path.realpath(path).startswith(str(tmp_path))]


def test_the_database_is_where_the_environment_says(tmp_path, monkeypatch):
    monkeypatch.setenv("DAGGR_FN_HOME", str(tmp_path / "home"))
    Store().close()
    assert (tmp_path / "home" / "sheets.db").exists()
    monkeypatch.setenv("DAGGR_FN_DATABASE_URL", f"sqlite:///{tmp_path / 'other.db'}")
    Store().close()
    assert (tmp_path / "other.db").exists()
