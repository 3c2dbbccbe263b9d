"""What a card leafs through: versions of a step, the inputs that made them, items, and what is shown or reused."""

from __future__ import annotations

from datetime import timedelta

import pytest


@pytest.fixture
def ran(store, sheet):
    """Runs a sheet: `ran("one", write="text")` is a run in which the step `write` gave the text."""

    def run(name, **values):
        store.begin_run(sheet, name, list(values))
        for step, value in values.items():
            store.add_result(sheet, name, step, key=f"{step} {value}", value=value, seconds=1.0)
        store.end_run(sheet, name, "done", 1.0)

    return run


@pytest.fixture
def text(store, sheet):
    """What the card of a step shows."""
    return lambda step: store.load(store.shown(sheet)[step].results[()])


def test_versions_are_numbered_per_step_in_the_order_they_came(store, sheet, ran):
    ran("one", write="a", speak="b")
    ran("two", speak="c")
    assert [(v.number, v.run) for v in store.versions(sheet, "write")] == [(1, "one")]
    assert [(v.number, v.run) for v in store.versions(sheet, "speak")] == [(1, "one"), (2, "two")]
    assert store.versions(sheet, "unknown") == []


def test_a_version_has_the_inputs_that_its_run_began_with(store, sheet, ran):
    store.set_input(sheet, "topic", "AI")
    store.begin_run(sheet, "one", ["write"])
    store.set_input(sheet, "topic", "Bees")  # somebody types while it runs
    store.set_input(sheet, "length", 3)
    store.add_result(sheet, "one", "write", value="on AI")
    (version,) = store.versions(sheet, "write")
    assert {name: store.content(content) for name, content in version.inputs.items()} == {"topic": "AI"}


def test_going_back_brings_the_version_and_its_inputs(store, sheet, ran, text):
    store.set_input(sheet, "topic", "AI")
    ran("one", write="on AI")
    store.set_input(sheet, "topic", "Bees")
    store.set_input(sheet, "length", 3)
    ran("two", write="on bees")
    store.select(sheet, "write", 1)
    assert store.inputs(sheet) == {"topic": "AI"}
    assert text("write") == "on AI"
    assert [version.selected for version in store.versions(sheet, "write")] == [True, False]
    store.select(sheet, "write", 2)
    assert store.inputs(sheet) == {"topic": "Bees", "length": 3}
    assert text("write") == "on bees"


def test_going_back_may_leave_the_inputs(store, sheet, ran, text):
    store.set_input(sheet, "topic", "AI")
    ran("one", write="on AI")
    store.set_input(sheet, "topic", "Bees")
    ran("two", write="on bees")
    store.select(sheet, "write", 1, restore_inputs=False)
    assert (store.inputs(sheet), text("write")) == ({"topic": "Bees"}, "on AI")
    store.select(sheet, "write", None)
    assert text("write") == "on bees"


def test_a_version_that_is_not_there_is_said(store, sheet, ran):
    ran("one", write="a")
    with pytest.raises(LookupError, match="the step 'write' has no version 2"):
        store.select(sheet, "write", 2)


def test_a_new_result_is_shown_whatever_was_selected(store, sheet, ran, text):
    ran("one", write="a", speak="x")
    ran("two", write="b", speak="y")
    store.select(sheet, "write", 1)
    store.select(sheet, "speak", 1)
    ran("three", write="c")
    assert (text("write"), text("speak")) == ("c", "x")


def test_what_a_run_reused_is_shown_and_makes_no_version(store, sheet, ran, text):
    ran("one", write="a")
    ran("two", write="b")
    store.begin_run(sheet, "three", ["write"])
    store.add_reuse(sheet, "three", [("write", (), store.look(sheet, "write a"))])
    shown = store.shown(sheet)["write"]
    assert (text("write"), shown.number, shown.run) == ("a", 1, "one")
    assert len(store.versions(sheet, "write")) == 2


def test_a_reuse_of_the_selected_version_leaves_it_selected(store, sheet, ran, text):
    ran("one", write="a")
    ran("two", write="b")
    store.select(sheet, "write", 1)
    store.begin_run(sheet, "three", ["write"])
    store.add_reuse(sheet, "three", [("write", (), store.look(sheet, "write a"))])
    assert store.shown(sheet)["write"].selected
    store.add_reuse(sheet, "three", [("write", (), store.look(sheet, "write b"))])
    assert not store.shown(sheet)["write"].selected
    assert text("write") == "b"


def test_a_key_finds_the_newest_result_unless_another_version_is_selected(store, sheet):
    for run in ("one", "two"):
        store.begin_run(sheet, run, ["draw"])
        store.add_result(sheet, run, "draw", key="same", value=run)
    assert store.load(store.look(sheet, "same")) == "two"
    store.select(sheet, "draw", 1)
    assert store.load(store.look(sheet, "same")) == "one"
    assert store.look(sheet, "other") is None


def test_a_key_finds_nothing_of_another_sheet_nor_what_is_too_old_nor_what_failed(store, sheet):
    store.begin_run(sheet, "one", ["draw"])
    store.add_result(sheet, "one", "draw", key="key", value=1)
    store.add_result(sheet, "one", "speak", key="broken", status="failed", error={"message": "no"})
    other = store.make_sheet("ada", "podcast", "Other").id
    assert store.look(other, "key") is None
    assert store.look(sheet, "broken") is None
    assert store.look(sheet, "key", timedelta(hours=1)) is not None
    assert store.look(sheet, "key", timedelta(seconds=-1)) is None


def test_the_items_of_a_mapped_step_are_one_version(store, sheet):
    store.begin_run(sheet, "one", ["speak"])
    for index in (2, 0, 10):
        store.add_result(sheet, "one", "speak", index=(index,), key=f"{index}", value=f"clip {index}", seconds=2.0)
    (version,) = store.versions(sheet, "speak")
    assert list(version.results) == [(0,), (2,), (10,)]
    assert (version.seconds, version.status) == (6.0, "done")
    store.add_result(sheet, "one", "speak", index=(1, 3), status="failed", error={"message": "no"})
    (version,) = store.versions(sheet, "speak")
    assert (version.status, version.results[(1, 3)].status) == ("failed", "failed")


def test_an_item_that_runs_again_makes_a_version_with_the_reused_others(store, sheet):
    store.begin_run(sheet, "one", ["speak"])
    store.add_result(sheet, "one", "speak", index=(0,), key="a", value="first")
    store.add_result(sheet, "one", "speak", index=(1,), key="b", status="failed", error={"message": "no"})
    store.begin_run(sheet, "two", ["speak"])
    store.add_reuse(sheet, "two", [("speak", (0,), store.look(sheet, "a"))])
    store.add_result(sheet, "two", "speak", index=(1,), key="b", value="second")
    version = store.shown(sheet)["speak"]
    assert (version.number, version.status) == (2, "done")
    assert [store.load(result) for result in version.results.values()] == ["first", "second"]


def test_an_item_that_is_tried_again_in_its_run_replaces_what_failed(store, sheet):
    store.begin_run(sheet, "one", ["speak"])
    store.add_result(sheet, "one", "speak", status="failed", error={"message": "no"})
    store.add_result(sheet, "one", "speak", value="clip")
    (version,) = store.versions(sheet, "speak")
    assert store.load(version.results[()]) == "clip"
    assert version.results[()].error is None


def test_a_renamed_step_keeps_its_history_on_every_sheet(store, sheet, ran, text):
    other = store.duplicate_sheet(sheet, "Other").id
    ran("one", speak="a", write="x")
    ran("two", speak="b")
    store.select(sheet, "speak", 1)
    store.begin_run(sheet, "three", ["speak", "write"])
    store.add_reuse(sheet, "three", [("speak", (), store.look(sheet, "speak a"))])
    store.set_setting(sheet, "positions", {"speak": [1, 2], "speaker": [3, 4]})
    store.set_setting(sheet, "edits", {"speak.lines": ["x"]})
    store.set_setting(sheet, "folded", ["speak", "write"])
    store.begin_run(other, "one", ["speak"])
    store.add_result(other, "one", "speak", value="other")

    assert store.rename_step("podcast", "speak", "say")
    assert [version.number for version in store.versions(sheet, "say")] == [1, 2]
    assert store.versions(sheet, "speak") == []
    assert text("say") == "a"
    assert store.load(store.shown(other)["say"].results[()]) == "other"
    assert store.runs(sheet)[0].steps == ("say", "write")
    assert store.settings(sheet) == {
        "positions": {"say": [1, 2], "speaker": [3, 4]},
        "edits": {"say.lines": ["x"]},
        "folded": ["say", "write"],
    }


def test_a_name_that_has_a_history_of_its_own_takes_no_other(store, sheet, ran, text):
    ran("one", speak="a", say="b")
    assert not store.rename_step("podcast", "speak", "say")
    assert not store.rename_step("podcast", "unknown", "new")
    assert not store.rename_step("another pipeline", "speak", "new")
    assert (text("speak"), text("say")) == ("a", "b")
