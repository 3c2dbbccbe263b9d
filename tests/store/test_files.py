"""The files of what is on sheets stay while a sheet has them, whoever tidies up, and go when none has."""

from __future__ import annotations

import os
import time

import pytest

from daggr_fn.execution.memo import Memo, clear, shrink, usage
from daggr_fn.files import pinned
from daggr_fn.remembered import About
from daggr_fn.store import Store

TWO_HOURS = 7200


@pytest.fixture
def root(tmp_path):
    """The root of all; `open_store` opens its stores there."""
    return tmp_path


@pytest.fixture
def years_pass(root, store):
    """Makes all that was stored two hours old."""

    def pass_by():
        then = time.time() - TWO_HOURS
        for folder in (root / "files").glob("??/*"):
            os.utime(folder, (then, then))
        for pin in (root / "pins").glob("*/*"):
            os.utime(pin, (then, then))
        store._database.write(
            lambda connection: connection.exec_driver_sql(f"UPDATE contents SET used = used - {TWO_HOURS}")
        )

    return pass_by


@pytest.fixture
def speech(root):
    file = root / "speech.wav"
    file.write_bytes(b"sound")
    return file


def kept_files(root):
    return sorted(path.name for path in (root / "files").glob("??/*/*"))


@pytest.mark.parametrize("tidy", [clear, lambda root: shrink(0, root)], ids=["clear", "shrink"])
def test_what_tidies_the_memory_of_results_leaves_the_files_of_sheets(store, sheet, root, speech, years_pass, tidy):
    memo = Memo(root)
    unused = root / "unused.wav"
    unused.write_bytes(b"noise")
    for number, file in enumerate((speech, unused)):
        memo.save(f"{number:064}", file, About("podcast", "speak", "", (), {}, 1.0))
    store.begin_run(sheet, "one", ["speak", "write"])
    audio = store.add_result(sheet, "one", "speak", value={"audio": speech})
    large = store.add_result(sheet, "one", "write", value="large " * 100_000)
    store.set_input(sheet, "voice", speech)
    years_pass()
    tidy(root=root)
    assert usage(root).entries == 0
    assert kept_files(root) == ["speech.wav", "value.pkl"]
    assert store.load(audio)["audio"].read_bytes() == b"sound"
    assert store.load(large) == "large " * 100_000
    assert store.inputs(sheet)["voice"].read_bytes() == b"sound"


def test_a_deleted_sheet_frees_its_values_and_files_when_they_are_old(store, sheet, root, speech, years_pass):
    twin = store.duplicate_sheet(sheet, "Twin").id
    store.begin_run(sheet, "one", ["speak"])
    store.add_result(sheet, "one", "speak", value=[speech])
    store.set_input(twin, "voice", [speech])
    store.delete_sheet(sheet)
    years_pass()
    store.tidy()
    clear(root=root)
    assert store.inputs(twin)["voice"][0].read_bytes() == b"sound"  # the twin has the same value
    store.delete_sheet(twin)
    clear(root=root)
    assert pinned(root) == set()
    assert kept_files(root) == []
    assert store._database.read(lambda c: c.exec_driver_sql("SELECT count(*) FROM contents").scalar()) == 0


def test_young_values_are_not_freed_they_may_be_on_their_way(store, sheet, root, speech):
    store.set_input(sheet, "voice", speech)
    store.clear_input(sheet, "voice")
    store.tidy()
    assert len(pinned(root)) == 1


def test_an_input_that_was_overwritten_is_kept_as_long_as_a_version_was_made_with_it(
    store, sheet, root, speech, years_pass
):
    store.set_input(sheet, "voice", speech)
    store.begin_run(sheet, "one", ["write"])
    store.add_result(sheet, "one", "write", value=1)
    store.set_input(sheet, "voice", None)
    years_pass()
    store.tidy()
    clear(root=root)
    store.select(sheet, "write", 1)
    assert store.inputs(sheet)["voice"].read_bytes() == b"sound"


def test_a_pin_that_a_crash_left_without_a_value_is_removed(store, root, years_pass):
    store._pins.add("0" * 64, ["files/00/00/left.wav"])
    store.tidy()
    assert pinned(root) == {"files/00/00/left.wav"}
    years_pass()
    store.tidy()
    assert pinned(root) == set()


def test_who_removes_the_database_file_frees_its_files(root, speech):
    store = Store(f"sqlite:///{root / 'mine.db'}", root=root)
    sheet = store.make_sheet("", "podcast", "Untitled").id
    store.set_input(sheet, "voice", speech)
    store.close()
    assert len(pinned(root)) == 1
    (root / "mine.db").unlink()
    assert pinned(root) == set()
    assert list((root / "pins").iterdir()) == []
