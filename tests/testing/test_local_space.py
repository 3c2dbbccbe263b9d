"""`local_space` serves a real app for the test."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import gradio as gr
import PIL.Image
import pytest

from daggr_fn import WiringError, space


class Parts(NamedTuple):
    first: str
    rest: list[str]


def take_apart(text: str, times: int = 1) -> Parts:
    first, *rest = text.split() * times
    return Parts(first, rest)


def turn(picture: PIL.Image.Image) -> PIL.Image.Image:
    return picture.rotate(90, expand=True)


def test_a_function_is_an_endpoint_with_its_name_parameters_and_outputs(local_space):
    parts = space(local_space(take_apart), "/take_apart", outputs={"first": str, "rest": list})
    assert tuple(parts(text="a b", times=2)) == ("a", ["b", "a", "b"])
    assert parts(text="a b").first == "a"


def test_media_come_and_go_as_the_function_is_annotated(local_space, tmp_path):
    PIL.Image.new("RGB", (4, 2)).save(tmp_path / "wide.png")
    turned = space(local_space(turn), "/turn")(picture=tmp_path / "wide.png")
    assert isinstance(turned, Path)
    with PIL.Image.open(turned) as picture:
        assert picture.size == (2, 4)


def test_an_app_is_served_as_it_is(local_space):
    with gr.Blocks() as app:
        name = gr.Textbox()
        name.submit(lambda text: f"Hello {text}", name, gr.Textbox(), api_name="greet")
    assert space(local_space(app), "/greet")("you") == "Hello you"


def test_a_function_without_definite_parameters_is_refused(local_space):
    with pytest.raises(WiringError, match="what would its components be"):
        local_space(lambda *texts: texts)
