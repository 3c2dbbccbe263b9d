"""Every component that Gradio has takes natural values and gives natural values back."""

from __future__ import annotations

import datetime
import wave
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from daggr_fn.errors import InvalidInputError
from daggr_fn.kinds import MISSING
from tests.spaces.apps.components import all_components

NOTHING = object()
"""The component has no value of its own: its endpoint has no parameter and no return."""


@pytest.fixture(scope="session")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("files")
    Image.new("RGB", (8, 6), "red").save(folder / "picture.png")
    (folder / "text.txt").write_text("some text")
    (folder / "model.obj").write_text("v 0 0 0\n")
    (folder / "clip.mp4").write_bytes(b"\0\0\0\x18ftypmp42" + bytes(64))
    with wave.open(str(folder / "sound.wav"), "wb") as sound:
        sound.setparams((1, 2, 8000, 0, "NONE", ""))
        sound.writeframes(bytes(1600))
    return folder


def size_of(path: Path) -> tuple[int, int]:
    with Image.open(path) as picture:
        return picture.size


def colour_of(path: Path) -> object:
    with Image.open(path) as picture:
        return picture.getpixel((3, 3))


def rate_of(path: Path) -> int:
    with wave.open(str(path)) as sound:
        return sound.getframerate()


def samples(files: Path) -> dict[str, tuple[object, object]]:
    """For each component a value to send and the value to expect; a path stands for a file of that content."""
    return {**plain_samples(), **file_samples(files)}


def plain_samples() -> dict[str, tuple[object, object]]:
    return {
        "BarPlot": (None, None),
        "BrowserState": ({"a": 1}, {"a": 1}),
        "Button": (NOTHING, None),
        "Checkbox": (True, True),
        "CheckboxGroup": (["a", "c"], ["a", "c"]),
        "ClearButton": (NOTHING, None),
        "Code": ("x = 1", "x = 1"),
        "ColorPicker": ("#ff0000", "#ff0000"),
        "Dataframe": ([["1", "2", "3"]], {"headers": ["1", "2", "3"], "data": [["1", "2", "3"]]}),
        "Dataset": (1, 1),
        "DateTime": (datetime.datetime(2026, 1, 2, 3, 4, 5), "2026-01-02 03:04:05"),  # noqa: DTZ001  # as people write it
        "DeepLinkButton": (NOTHING, None),
        "Dialogue": ([{"speaker": "Ann", "text": "hi"}], "[Ann] hi"),
        "Dropdown": (["a", 3], ["a", 3]),
        "DuplicateButton": (NOTHING, None),
        "Fallback": ({"a": 1}, {"a": 1}),
        "FileExplorer": ([], []),
        "HTML": ("<b>x</b>", "<b>x</b>"),
        "HighlightedText": ([("a", "x"), ("b", None)], [("a", "x"), ("b", None)]),
        "JSON": ({"a": [1, {"b": None}]}, {"a": [1, {"b": None}]}),
        "Label": (
            {"label": "a", "confidences": [{"label": "a", "confidence": 1.0}]},
            {"label": "a", "confidences": [{"label": "a", "confidence": 1.0}]},
        ),
        "LinePlot": (None, None),
        "Markdown": ("# x", "# x"),
        "NativePlot": (None, None),
        "Navbar": (None, None),
        "Number": (2.5, 2.5),
        "ParamViewer": ({}, {}),
        "Plot": (None, None),
        "Radio": ("b", "b"),
        "ScatterPlot": (None, None),
        "Slider": (3, 3),
        "State": (NOTHING, None),
        "Textbox": ("hello", "hello"),
        "Timer": (2, 2),
        "WorkflowCanvas": (NOTHING, None),
    }


def file_samples(files: Path) -> dict[str, tuple[object, object]]:
    picture, text = files / "picture.png", files / "text.txt"
    chat = [{"role": "user", "content": "hi"}, {"role": "assistant", "content": ["see", text]}]
    return {
        "AnnotatedImage": (
            (picture, [(picture, "all")]),
            lambda got: (
                got["image"].read_bytes() == picture.read_bytes()
                and got["annotations"][0]["label"] == "all"
                and isinstance(got["annotations"][0]["image"], Path)
            ),
        ),
        "Audio": (files / "sound.wav", lambda got: rate_of(got) == 8000),
        "Chatbot": (
            chat,
            lambda got: (
                got[0]["content"][0]["text"] == "hi" and got[1]["content"][1]["file"].read_text() == "some text"
            ),
        ),
        "DownloadButton": (text, text),
        "File": ([text, str(picture)], [text, picture]),
        "Gallery": ([picture, (picture, "caption")], [picture, (picture, "caption")]),
        "Image": (picture, lambda got: colour_of(got) == (255, 0, 0) and got.suffix == ".png"),
        "ImageEditor": (
            picture,
            lambda got: set(got) == {"background", "layers", "composite"} and size_of(got["composite"]) == (8, 6),
        ),
        "ImageSlider": ((picture, picture), [picture, picture]),
        "Model3D": (files / "model.obj", files / "model.obj"),
        "MultimodalTextbox": ({"text": "x", "files": [text]}, {"text": "x", "files": [text]}),
        "UploadButton": (text, text),
        "Video": (files / "clip.mp4", files / "clip.mp4"),
    }


def test_no_component_of_gradio_is_forgotten(files):
    assert set(samples(files)) == set(all_components())


@pytest.mark.parametrize("name", sorted(all_components()))
def test_a_value_goes_to_the_app_and_comes_back(name, components_url, ask, files):
    sent, expected = samples(files)[name]
    got = ask(components_url, f"/{name.lower()}", *([] if sent is NOTHING else [sent])).value
    if callable(expected):
        assert expected(got)
    else:
        assert_same(got, expected)


def assert_same(got, expected):
    if isinstance(expected, Path):
        assert isinstance(got, Path)
        assert got.name.startswith(expected.stem)
        assert got.suffix == expected.suffix
        assert got.read_bytes() == expected.read_bytes()
    elif isinstance(expected, (list, tuple)):
        assert type(got) is type(expected)
        assert len(got) == len(expected)
        for one, other in zip(got, expected, strict=True):
            assert_same(one, other)
    elif isinstance(expected, dict):
        assert set(got) == set(expected)
        for key, value in expected.items():
            assert_same(got[key], value)
    else:
        assert got == expected
        assert type(got) is type(expected)


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(lambda path: path, id="a path"),
        pytest.param(str, id="a text that names a file"),
        pytest.param(Image.open, id="a PIL image"),
        pytest.param(lambda path: np.asarray(Image.open(path)), id="an array"),
        pytest.param(Path.read_bytes, id="bytes"),
    ],
)
def test_a_picture_may_come_in_any_form(make, components_url, ask, files):
    got = ask(components_url, "/image", make(files / "picture.png")).value
    assert colour_of(got) == (255, 0, 0)


def test_a_picture_may_be_an_address(components_url, ask, files):
    first = ask(components_url, "/imageslider", (files / "picture.png", files / "picture.png"))
    assert len(first.value) == 2
    # The app fetches it itself; that it refuses addresses on localhost is its own protection, and an error of the app.
    with pytest.raises(Exception, match="app raised an error"):
        ask(components_url, "/image", f"{components_url}/static/img/logo.svg")


@pytest.mark.parametrize(
    ("samples_", "channels"),
    [
        (np.zeros(100, dtype=np.int16), 1),
        (np.zeros((100, 2), dtype=np.float32), 2),
        (np.zeros(100, dtype=np.int32), 1),
        (np.full(100, 128, dtype=np.uint8), 1),
    ],
)
def test_sound_may_be_samples(samples_, channels, components_url, ask):
    with wave.open(str(ask(components_url, "/audio", (16000, samples_)).value)) as sound:
        assert (sound.getframerate(), sound.getnchannels(), sound.getnframes()) == (16000, channels, 100)


def test_a_table_may_be_a_data_frame(components_url, ask):
    import pandas as pd

    frame = pd.DataFrame({"x": [1, 2], "y": [0.5, float("nan")], "z": ["a", None]})
    got = ask(components_url, "/dataframe", frame).value
    assert got["headers"] == ["x", "y", "z"]
    assert got["data"][0] == [1, 0.5, "a"]


def test_a_chat_message_may_hold_a_picture_in_memory(components_url, ask):
    got = ask(components_url, "/chatbot", [{"role": "user", "content": Image.new("RGB", (4, 4), "blue")}]).value
    assert size_of(got[0]["content"][0]["file"]) == (4, 4)


def test_a_message_box_takes_a_plain_text(components_url, ask):
    assert ask(components_url, "/multimodaltextbox", "just text").value == {"text": "just text", "files": []}


def test_what_json_has_no_word_for_is_refused_before_it_is_sent(components_url, ask):
    with pytest.raises(InvalidInputError, match=r"value=.*can't be sent"):
        ask(components_url, "/json", {"a": object()})
    with pytest.raises(InvalidInputError, match="Out of range float"):
        ask(components_url, "/json", {"a": float("nan")})


def test_what_the_app_has_a_default_for_may_be_left_out(components_url, ask):
    assert ask(components_url, "/slider").value == 1
    from daggr_fn.nodes.space import SpaceKind

    parameters = SpaceKind(components_url, "/image").spec().parameters
    assert parameters["value"].default is MISSING
    assert parameters["value"].is_file
