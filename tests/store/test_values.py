"""Any value that a step returns is kept, or says why not; the sheet opens in any case."""

from __future__ import annotations

import enum
import math
import threading
from dataclasses import dataclass
from datetime import datetime, timezone
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from daggr_fn.concealing import Hidden
from daggr_fn.errors import NotReusable
from daggr_fn.values import make_record


@dataclass(frozen=True)
class Line:
    text: str
    voice: str


class Script(NamedTuple):
    lines: list[Line]
    html: str


class Mood(enum.Enum):
    GLAD = "glad"


VALUES = [
    None,
    True,
    2**100,
    math.inf,
    "text with \0 and \ud800",
    b"\0\xff" * 1000,
    "large " * 100_000,
    {"a": [1, 2.5, {"b": (None,)}], 3: {"x"}},
    frozenset({1, 2}),
    Line("Hi", "deep"),
    Script([Line("Hi", "deep")], "<b>Hi</b>"),
    make_record(("image", "seed"), ("x", 1)),
    Mood.GLAD,
    Decimal("1.10"),
    datetime(2026, 1, 2, tzinfo=timezone.utc),
    ValueError("said"),
]


def keep(store, sheet, value):
    """The result of a step that returned the value."""
    store.begin_run(sheet, "run", ["make"])
    return store.add_result(sheet, "run", "make", key="key", value=value)


@pytest.fixture
def again(store, sheet, open_store):
    """Keeps a value, and reads it as the next server does."""

    def kept(value):
        keep(store, sheet, value)
        other = open_store()
        return other.load(other.look(sheet, "key"))

    return kept


@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_a_value_is_the_same_tomorrow(again, value):
    kept = again(value)
    assert type(kept) is type(value)
    assert repr(kept) == repr(value)


def test_not_a_number_is_kept(again):
    assert math.isnan(again({"score": math.nan})["score"])


def test_arrays_and_tables_are_kept(again):
    array, table = again((np.arange(6.0).reshape(2, 3), pd.DataFrame({"a": [1, None], "b": ["x", "y"]})))
    assert array.tolist() == [[0, 1, 2], [3, 4, 5]]
    assert table["b"].tolist() == ["x", "y"]


def test_pictures_are_kept(again):
    picture = again([Image.new("RGBA", (3, 2), (1, 2, 3, 4))])[0]
    assert (picture.mode, picture.size, picture.getpixel((2, 1))) == ("RGBA", (3, 2), (1, 2, 3, 4))


def test_files_are_kept_as_they_were(again, tmp_path):
    file = tmp_path / "speech.wav"
    file.write_bytes(b"sound")
    kept = again({"audio": file})["audio"]
    file.write_bytes(b"other")
    assert (kept.name, kept.read_bytes()) == ("speech.wav", b"sound")


def test_the_parts_of_a_result_are_there_without_its_value(store, sheet):
    store.begin_run(sheet, "run", ["make"])
    store.add_result(
        sheet, "run", "make", key="key", digest="d", parts={"image": "p"}, value=1, seconds=2.5, reason="topic changed"
    )
    found = store.look(sheet, "key")
    assert (found.key, found.digest, found.parts, found.seconds) == ("key", "d", {"image": "p"}, 2.5)
    assert (found.reason, found.status, found.index, found.note) == ("topic changed", "done", (), "")


def generator():
    yield 1


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (threading.Lock(), "lock"),
        ([generator()], "generator"),
        (lambda: 1, "top level of the module"),
        ({"token": Hidden("hf_secret")}, "a secret is never stored"),
    ],
    ids=["lock", "generator", "lambda", "secret"],
)
def test_what_cannot_be_kept_says_why_and_the_sheet_opens(store, sheet, open_store, value, said):
    keep(store, sheet, value)
    other = open_store()
    found = other.shown(sheet)["make"].results[()]
    assert found.status == "done"
    assert said in found.note
    with pytest.raises(LookupError, match=said):
        other.load(found)
    assert other.look(sheet, "key") is None  # it is not reused: there is nothing to be read


def test_a_value_whose_class_is_gone_breaks_itself_alone(store, sheet, app):
    module = app("class Voice:\n    def __init__(self, name): self.name = name")
    store.set_input(sheet, "voice", module.Voice("deep"))
    store.set_input(sheet, "topic", "AI")
    found = keep(store, sheet, module.Voice("deep"))
    assert store.load(found).name == "deep"
    del module.Voice
    assert store.inputs(sheet) == {"topic": "AI"}
    assert "Voice is not there any more" in store.input_notes(sheet)["voice"]
    assert store.shown(sheet)["make"].status == "done"
    with pytest.raises(LookupError, match="Voice is not there any more"):
        store.load(found)


def test_a_class_that_only_an_annotation_names_is_found_by_it(store, sheet):
    def local():
        @dataclass
        class Inner:
            x: int

        return Inner

    inner = local()
    store.begin_run(sheet, "run", ["make"])
    found = store.add_result(sheet, "run", "make", key="key", value=inner(3), returns=inner)
    assert store.load(found, inner) == inner(3)
    store.set_input(sheet, "inner", inner(4), inner)
    assert store.inputs(sheet, {"inner": inner}) == {"inner": inner(4)}


def test_an_input_that_cannot_be_kept_is_refused(store, sheet):
    store.set_input(sheet, "lock", 1)
    with pytest.raises(NotReusable, match="lock"):
        store.set_input(sheet, "lock", threading.Lock())
    assert store.inputs(sheet) == {"lock": 1}


def test_a_file_that_was_removed_by_hand_breaks_its_value_alone(store, sheet, tmp_path):
    file = tmp_path / "speech.wav"
    file.write_bytes(b"sound")
    found = keep(store, sheet, file)
    kept = Path(store.load(found))
    kept.unlink()
    with pytest.raises(LookupError, match=r"its file speech\.wav is gone"):
        store.load(found)
    assert store.look(sheet, "key") is None
    assert store.shown(sheet)["make"].status == "done"


def test_failures_are_kept_in_words(store, sheet, open_store):
    store.begin_run(sheet, "run", ["make"])
    told = {"type": "ValueError", "message": "no \0 voice \ud800", "line": "podcast.py:17"}
    store.add_result(sheet, "run", "make", status="failed", error=told, value="left over", seconds=0.5)
    other = open_store()
    version = other.shown(sheet)["make"]
    assert version.status == "failed"
    assert version.results[()].error == told
    with pytest.raises(LookupError, match="the step 'make' has no value: it failed"):
        other.load(version.results[()])
