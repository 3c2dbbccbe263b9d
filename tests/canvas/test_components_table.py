"""The table of Gradio's components: complete for the Gradio that is installed, right, and in the docs."""

from __future__ import annotations

import re
from pathlib import Path

import gradio as gr
import numpy as np
import pytest
from gradio.components.base import Component
from PIL import Image

from daggr_fn.canvas.cards.expected import expected_view
from daggr_fn.canvas.views import COMPONENTS, view
from tests.canvas.local_links import LocalLinks

DOCS = Path(__file__).parents[2] / "docs" / "components.md"
BASES = {"FormComponent"}  # holds no value: others are made of it
NOT_GRADIO = {"ItemList"}


def every_component():
    """All component classes of the installed Gradio, by name."""
    import gradio.templates

    assert gradio.templates  # the classes made of others are found when they are defined
    found = {}
    waiting = [Component]
    while waiting:
        for cls in waiting.pop().__subclasses__():
            waiting.append(cls)
            if cls.__module__.startswith("gradio."):
                found[cls.__name__] = cls
    return {name: cls for name, cls in found.items() if name not in BASES}


def test_every_component_of_gradio_is_in_the_table():
    assert set(every_component()) == set(COMPONENTS) - NOT_GRADIO


PICTURE = Image.fromarray(np.zeros((20, 30, 3), "uint8"))
VALUES = {
    "Textbox": "a",
    "TextArea": "a",
    "SimpleTextbox": "a",
    "Markdown": "# a",
    "HTML": "<b>a</b>",
    "Code": "a = 1",
    "Dialogue": [{"speaker": "A", "text": "b"}],
    "Label": {"a": 0.5},
    "HighlightedText": [("a", "B")],
    "Number": 1,
    "Slider": 1,
    "Timer": 1.0,
    "Checkbox": True,
    "CheckboxGroup": ["a"],
    "Radio": ["a"],
    "Dropdown": ["a"],
    "SimpleDropdown": ["a"],
    "ColorPicker": "#ff0000",
    "DateTime": 1.0,
    "Image": PICTURE,
    "SimpleImage": PICTURE,
    "ImageEditor": {"composite": PICTURE},
    "ImageMask": {"composite": PICTURE},
    "Paint": {"composite": PICTURE},
    "Sketchpad": {"composite": PICTURE},
    "ImageSlider": (PICTURE, PICTURE),
    "AnnotatedImage": (PICTURE, [((0, 0, 5, 5), "a")]),
    "Gallery": [(PICTURE, "a")],
    "Audio": (8000, np.zeros(80, "int16")),
    "Microphone": (8000, np.zeros(80, "int16")),
    "File": b"\x00",
    "Files": [b"\x00"],
    "UploadButton": b"\x00",
    "DownloadButton": b"\x00",
    "Chatbot": [{"role": "user", "content": "a"}],
    "MultimodalTextbox": {"text": "a", "files": []},
    "Dataframe": [["a"]],
    "List": [["a"]],
    "Matrix": [[1]],
    "Numpy": [[1]],
    "Dataset": ["a"],
    "JSON": {"a": 1},
    "ParamViewer": {"a": {"type": "str"}},
    "FileExplorer": ["a.txt"],
    "Plot": {"type": "plotly", "plot": "{}"},
    "BarPlot": {"x": ["a"], "y": [1]},
    "LinePlot": {"x": ["a"], "y": [1]},
    "ScatterPlot": {"x": ["a"], "y": [1]},
    "NativePlot": {"x": ["a"], "y": [1]},
    "ItemList": [{"a": 1}],
    "Button": "Press",
    "ClearButton": "Press",
    "DeepLinkButton": "Press",
    "DuplicateButton": "Press",
    "LoginButton": "Press",
}
IN_FILES = {"Video": "film.mp4", "PlayableVideo": "film.mp4", "Model3D": "cube.stl"}


def named(name):
    """A component without its own set-up, which may need an app: what views read of it are attributes."""
    cls = COMPONENTS_OF_GRADIO.get(name)
    made = object.__new__(cls) if cls else object.__new__(type(name, (), {}))
    made.x, made.y = "x", "y"
    return made


COMPONENTS_OF_GRADIO = every_component()


@pytest.mark.parametrize("name", [name for name, shown in COMPONENTS.items() if shown.view != "any"])
def test_a_component_shows_what_the_table_says(name, tmp_path):
    value = VALUES.get(name)
    if name in IN_FILES:
        value = tmp_path / IN_FILES[name]
        value.write_bytes(b"something")
    assert view(value, named(name), links=LocalLinks(tmp_path))["view"] == COMPONENTS[name].view


@pytest.mark.parametrize("name", [name for name, shown in COMPONENTS.items() if shown.view == "any"])
def test_a_component_that_shows_nothing_leaves_it_to_the_value(name, tmp_path):
    assert view(PICTURE, named(name), links=LocalLinks(tmp_path))["view"] == "image"


@pytest.mark.parametrize("name", ["Plot", "BarPlot", "LinePlot", "ScatterPlot", "Model3D"])
def test_a_slot_is_kept_for_what_an_element_draws(name):
    assert expected_view(named(name), None) == COMPONENTS[name].view


def test_a_users_own_component_is_shown_like_what_it_is_made_of(tmp_path):
    class Portrait(gr.Image):
        pass

    assert view(PICTURE, Portrait(), links=LocalLinks(tmp_path))["view"] == "image"


def test_the_docs_have_the_same_table():
    outputs = DOCS.read_text(encoding="utf-8").partition("## Outputs")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (`[^|]+`) \| ([^|]+) \|", outputs, re.MULTILINE)
    told = {name.strip("` "): words.strip() for names, words in rows for name in names.split("`, `")}
    assert told == {name: shown.words for name, shown in COMPONENTS.items()}
