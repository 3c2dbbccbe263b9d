"""What a step returned becomes a small view model, whatever it is."""

from __future__ import annotations

import dataclasses
import datetime
import decimal
import enum
import json
import math
import uuid
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import gradio as gr
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from daggr_fn import Failed, ItemList
from daggr_fn.canvas.views import compact, view
from daggr_fn.concealing import Hidden
from daggr_fn.files import is_kept
from tests.canvas.local_links import LocalLinks


@pytest.fixture
def links(tmp_path):
    return LocalLinks(tmp_path / "site")


@pytest.fixture
def show(links):
    """The view model of a value, checked to be JSON without NaN."""

    def show(value, component=None, annotation=Any, label=None):
        vm = view(value, component, annotation, links=links, label=label)
        assert json.loads(json.dumps(vm, allow_nan=False)) == vm
        return vm

    return show


class Mood(enum.Enum):
    CALM = 1


class Line(NamedTuple):
    text: str
    cover: Annotated[Any, gr.Image(label="The cover")]


@dataclasses.dataclass
class Settings:
    steps: int
    names: list[str]


class Broken:
    def __repr__(self):
        raise RuntimeError("no words")

    def __len__(self):
        raise RuntimeError("no length")


class Unequal(dict):
    def items(self):
        raise RuntimeError("no items")


def circle():
    made = [1]
    made.append(made)
    return made


VALUES = [
    (None, "none"),
    (True, "bool"),
    (3, "number"),
    (10**6000, "number"),
    (math.nan, "number"),
    (-math.inf, "number"),
    ("words", "text"),
    ("\ud800 half of a pair", "text"),
    (b"\x00\x01", "files"),
    ({1, 2}, "json"),
    (frozenset("ab"), "json"),
    ([], "json"),
    ({}, "json"),
    (Settings(3, ["a"]), "json"),
    ({"a": math.nan}, "json"),
    (circle(), "json"),
    (range(5), "json"),
    (datetime.datetime(2026, 1, 2, tzinfo=datetime.timezone.utc), "date"),
    (datetime.date(2026, 1, 2), "date"),
    (datetime.timedelta(days=1), "text"),
    (Mood.CALM, "text"),
    (decimal.Decimal("1.50"), "text"),
    (uuid.UUID(int=1), "text"),
    (1 + 2j, "text"),
    (ValueError("no"), "error"),
    (Failed(ValueError("no"), "speak", (2,)), "error"),
    (object(), "object"),
    (Broken(), "object"),
    (Unequal(a=1), "error"),
    (len, "object"),
    (Path("/nowhere/lost.png"), "error"),
    (Image.new("RGB", (20, 10)), "image"),
    (Image.new("CMYK", (20, 10)), "image"),
    (np.zeros((20, 30, 3), "uint8"), "image"),
    (np.zeros((20, 30), "uint8"), "image"),
    (np.random.default_rng(0).random((3, 4)), "table"),
    (np.zeros((2, 3, 4)), "json"),
    (np.float32(1.5), "number"),
    (np.array(["a", None], dtype=object), "json"),
    ((16000, np.zeros(160, "float32")), "audio"),
    (pd.DataFrame({"a": [1, None], "when": [pd.Timestamp("2026-01-02"), pd.NaT]}), "table"),
    (pd.Series([1, 2]), "table"),
    (pd.NaT, "none"),
    (pd.NA, "none"),
    ([{"text": "a", "voice": "b"}, {"text": "c", "voice": None}], "table"),
    ([Image.new("RGB", (20, 10))] * 2, "gallery"),
    ({"cover": Image.new("RGB", (20, 10)), "title": "x"}, "several"),
    (Hidden("password"), "text"),
]


@pytest.mark.parametrize(
    ("value", "kind"), VALUES, ids=[f"{number}-{type(value).__name__}" for number, (value, _) in enumerate(VALUES)]
)
def test_any_value_is_shown_somehow(show, links, value, kind):
    assert show(value)["view"] == kind
    short = compact(value, links=links)
    assert len(json.dumps(short, allow_nan=False)) < 1000


@pytest.mark.parametrize(
    "component",
    [gr.Image, gr.Audio, gr.Label, gr.Dataframe, gr.Gallery, gr.Chatbot, gr.HighlightedText, gr.Plot, gr.DateTime],
)
@pytest.mark.parametrize(
    "value",
    [7, "words", [1, "a"], {"a": object()}, Broken(), circle(), (None, None), b"", [{}], {"label": None}],
    ids=lambda one: type(one).__name__,
)
def test_a_value_that_is_not_the_components_is_shown_by_its_own_type(show, component, value):
    assert show(value, component())["view"]


json_like = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary() | st.dates(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.integers(), inner) | st.tuples(inner, inner),
    max_leaves=15,
)


@given(
    value=json_like,
    component=st.sampled_from(
        [
            None,
            gr.JSON(),
            gr.Dataframe(),
            gr.Label(),
            gr.HighlightedText(),
            gr.AnnotatedImage(),
            gr.Chatbot(),
            gr.Number(),
        ]
    ),
)
def test_no_value_raises(value, component):
    class Nowhere:
        def file(self, path, name=None):
            return f"files/{name or path.name}"

        def text(self, make, name, media_type):
            make()
            return f"texts/{name}"

    json.dumps(view(value, component, links=Nowhere()), allow_nan=False)
    json.dumps(compact(value, component, links=Nowhere()), allow_nan=False)


def test_a_secret_is_not_shown(show):
    assert "password" not in json.dumps(show({"key": Hidden("password")}))
    assert "hunter2" not in json.dumps(show("hunter2", gr.Textbox(type="password")))


def test_a_long_text_is_cut_and_the_whole_is_had_on_demand(show, links):
    text = "line\n" * 1000
    vm = show(text)
    assert vm["text"] == text[:2000]
    assert vm["lines"] == 1001
    assert links.texts[vm["more"]]() == text


def test_a_long_list_is_cut_and_the_whole_is_had_on_demand(show, links):
    vm = show(list(range(5000)))
    assert vm["value"]["a"] == list(range(100))
    assert vm["value"]["more"] == 4900
    assert json.loads(links.texts[vm["more"]]()) == list(range(5000))
    assert len(json.dumps(vm)) < 2000


def test_a_deep_and_wide_value_stays_small(show):
    value = [[[[{"key": "word" * 20} for _ in range(50)] for _ in range(50)] for _ in range(50)] for _ in range(5)]
    vm = show(value)
    assert vm["cut"]
    assert len(json.dumps(vm)) < 250_000


def test_a_big_table_comes_in_pages(show, links):
    vm = show(pd.DataFrame({"n": range(2500), "word": [f"w{n}" for n in range(2500)]}))
    assert len(vm["rows"]) == 100
    assert vm["count"] == 2500
    assert len(vm["pages"]) == 3
    assert json.loads(links.texts[vm["pages"][2]]())[-1] == [2499, "w2499"]
    assert links.texts[vm["csv"]]().splitlines()[:2] == ["n,word", "0,w0"]
    assert [column.get("right", False) for column in vm["columns"]] == [True, False]


def test_the_index_of_a_data_frame_is_shown_when_it_has_names(show):
    frame = pd.DataFrame({"people": [1]}, index=pd.Index(["Lagos"], name="city"))
    vm = show(frame)
    assert vm["index"]
    assert [column["name"] for column in vm["columns"]] == ["city", "people"]
    assert vm["rows"] == [["Lagos", 1]]


def test_a_picture_in_memory_is_written_once(show, home):
    first, second = show(Image.new("RGB", (20, 10), "red")), show(Image.new("RGB", (20, 10), "red"))
    assert first == second
    assert len(list((home / "files").rglob("*.png"))) == 1
    assert (first["width"], first["height"]) == (20, 10)


def test_a_picture_that_browsers_do_not_know_is_made_one_that_they_do(show, tmp_path):
    path = tmp_path / "scan.tiff"
    Image.new("RGB", (20, 10)).save(path)
    assert show(path)["src"].endswith(".png")


def test_a_picture_turned_by_its_camera_has_the_size_that_is_seen(show, tmp_path):
    path, exif = tmp_path / "phone.jpg", Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (40, 20)).save(path, exif=exif)
    assert show(path)["note"] == "20 \N{MULTIPLICATION SIGN} 40"


def test_text_that_names_a_file_of_the_machine_is_not_read(show, tmp_path):
    secret = tmp_path / "secret.png"
    Image.new("RGB", (4, 4)).save(secret)
    for component in (gr.Image(), gr.File(), gr.Audio(), gr.Gallery(), gr.Video(), gr.Model3D()):
        assert "src" not in json.dumps(show(str(secret), component))
        assert "src" not in json.dumps(show([str(secret)], component))
        assert "src" not in json.dumps(show({"path": str(secret)}, component))


def test_text_that_names_a_kept_file_is_that_file(show, tmp_path):
    from daggr_fn.files import keep

    path = tmp_path / "drawing.png"
    Image.new("RGB", (4, 4)).save(path)
    kept = keep(path)
    assert is_kept(kept)
    assert show(str(kept), gr.Image())["view"] == "image"


def test_the_fields_of_a_record_are_shown_by_their_components(show):
    vm = show(Line("Hi", Image.new("RGB", (20, 10))))
    assert [(part["view"], part["label"]) for part in vm["parts"]] == [("text", "Text"), ("image", "The cover")]


def test_the_component_of_an_annotation_counts(show):
    assert show("# Hi", annotation=Annotated[str, gr.Markdown()])["view"] == "markdown"


def test_an_item_list_is_a_table_with_the_labels_of_its_fields(show):
    vm = show([{"text": "a", "voice": "b"}], ItemList(text=gr.Textbox(label="Line"), voice=gr.Textbox()))
    assert [column["name"] for column in vm["columns"]] == ["Line", "voice"]


def test_labels_follow_the_component(show):
    assert show("x", gr.Textbox(label="Script"), label="out")["label"] == "Script"
    assert show("x", label="out")["label"] == "out"
    hidden = show("x", gr.Textbox(label="Script", show_label=False))
    assert (hidden["label"], hidden["name"]) == (None, "Script")
    assert show("x", gr.HTML(label="Script"))["label"] == "Script"


def test_choices_are_shown_by_their_names(show):
    fruit = [("Apples", "a"), ("Bananas", 2)]
    assert show("a", gr.Dropdown(fruit))["text"] == "Apples"
    assert show([2, "other"], gr.CheckboxGroup(fruit))["names"] == ["Bananas", "other"]


def test_the_label_component_shows_the_best_classes(show):
    vm = show({f"class {n}": n / 100 for n in range(30)}, gr.Label(num_top_classes=3))
    assert [bar["name"] for bar in vm["bars"]] == ["class 29", "class 28", "class 27"]
    assert vm["more"] == 27
    from_a_space = {
        "label": "cat",
        "confidences": [{"label": "cat", "confidence": 0.9}, {"label": "dog", "confidence": 0.1}],
    }
    assert [bar["text"] for bar in show(from_a_space, gr.Label())["bars"]] == ["90 %", "10 %"]


def test_marked_text_of_a_pipeline_of_transformers_is_understood(show):
    value = {
        "text": "Mara in Lagos",
        "entities": [{"entity": "PER", "start": 0, "end": 4}, {"entity": "LOC", "start": 8, "end": 13}],
    }
    vm = show(value, gr.HighlightedText(color_map={"PER": "#ff0000"}))
    assert vm["parts"] == [["Mara", "PER"], [" in ", None], ["Lagos", "LOC"]]
    assert vm["legend"][0] == {"name": "PER", "color": "#ff0000", "tone": 0}


def test_numbers_read_well(show):
    assert show(1234567)["text"] == "1\N{NARROW NO-BREAK SPACE}234\N{NARROW NO-BREAK SPACE}567"
    assert show(0.1 + 0.2)["text"] == "0.3"
    assert show(math.nan)["text"] == "NaN"
    assert show(30, gr.Slider(20, 40))["share"] == 0.5


def test_a_failed_item_says_where(show):
    vm = show([Failed(ValueError("empty text"), "speak", (4,)), "fine"])
    assert vm["parts"][0]["reason"] == "ValueError: empty text"
    assert vm["parts"][0]["where"] == "speak, item 5"


def test_a_lost_file_of_a_gallery_breaks_only_its_own_place(show, tmp_path):
    vm = show([Image.new("RGB", (20, 10)), tmp_path / "lost.png"], gr.Gallery())
    assert [item["view"] for item in vm["items"]] == ["image", "error"]


def test_files_in_a_folder_are_listed(show, tmp_path):
    for name in ("b.txt", "a/c.txt"):
        (tmp_path / "made" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "made" / name).write_text("x")
    assert [one["file"] for one in show(tmp_path / "made")["files"]] == ["a/c.txt", "b.txt"]


def test_a_sound_in_memory_tells_its_length(show):
    assert show((8000, np.zeros((4000, 2), "int16")), gr.Audio())["seconds"] == 0.5


def test_an_item_of_a_map_is_one_line_or_a_small_picture(links):
    assert compact("word " * 100, links=links) == {"view": "text", "text": ("word " * 100)[:80]}
    assert compact("<b>Hi</b><script>no</script> you", gr.HTML(), links=links)["text"] == "Hi you"
    assert compact({"a": [1, {"b": True}]}, links=links)["text"] == "a: [1, b: true]"
    picture = compact(Image.new("RGB", (20, 10)), links=links)
    assert (picture["view"], picture["width"]) == ("image", 20)
