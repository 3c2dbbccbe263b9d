"""Spaces with the signature of a function: checked against the app, with values of the annotated types."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, NamedTuple

import gradio as gr
import pytest
from PIL import Image

from daggr_fn import Node, pipeline, space
from daggr_fn.errors import (
    MissingParameterError,
    TypeMismatchError,
    UnknownOutputError,
    UnknownParameterError,
    WiringError,
)

# Of Gradio's queue, with pandas 3.
pytestmark = pytest.mark.filterwarnings("ignore:The copy keyword is deprecated")


def two_pictures(color: str, size: int = 8) -> tuple[Any, Any, str]:
    return Image.new("RGB", (size, size), color), Image.new("RGB", (2 * size, size), color), f"{color} {size}"


with gr.Blocks() as app:
    inputs = [gr.Textbox(), gr.Number(value=8, precision=0)]
    outputs = [gr.Image(label="Small", format="png"), gr.Image(label="Large", format="png"), gr.Textbox(label="Said")]
    gr.Button().click(two_pictures, inputs, outputs, api_name="paint")

paint = space(app, "/paint")


class Painted(NamedTuple):
    large: Image.Image
    said: str


def test_a_value_has_the_annotated_type():
    @paint.typed(take="large")
    def draw(color: str, size: int = 4) -> Image.Image: ...

    picture = draw("red")
    assert picture.size == (8, 4)
    assert draw.name == "draw"


def test_several_returns_are_taken_by_their_names():
    @paint.typed
    def draw(color: str) -> Painted:
        """Draw it twice."""

    painted = draw("blue")
    assert isinstance(painted, Painted)
    assert painted.large.size == (16, 8)
    assert painted.said == "blue 8"
    assert draw.spec.doc == "Draw it twice."


def test_a_typed_space_in_a_pipeline_is_remembered_like_any_other():
    @paint.typed(take="small")
    def draw(color: str) -> Path:
        raise NotImplementedError

    @pipeline
    def two(color: str = "red") -> Path:
        return draw(color)

    first = two.run()
    assert first.value.suffix == ".png"
    assert two.run().value == first.value
    assert two.plan().to_json()  # it can be planned without being called


def with_signature(function: Any, **options: Any) -> Node[..., Any]:
    return paint.typed(**options)(function) if options else paint.typed(function)


def test_a_parameter_that_the_app_does_not_have_is_named():
    def draw(colour: str) -> Painted: ...

    with pytest.raises(UnknownParameterError, match=r"no parameter 'colour'; did you mean 'color'\?"):
        with_signature(draw).spec  # noqa: B018


def test_a_parameter_that_the_app_needs_is_named():
    def draw(size: int) -> Painted: ...

    with pytest.raises(MissingParameterError, match="needs 'color', which draw lacks"):
        with_signature(draw).spec  # noqa: B018


def test_types_that_can_not_match_are_refused():
    def draw(color: int) -> Painted: ...

    with pytest.raises(TypeMismatchError, match=r"draw\(color\) can't be both int and str"):
        with_signature(draw).spec  # noqa: B018

    def say(color: str) -> int: ...

    with pytest.raises(TypeMismatchError, match="say: said can't be both str and int"):
        with_signature(say, take="said").spec  # noqa: B018


def test_an_output_that_the_app_does_not_have_is_named():
    def draw(color: str) -> Path: ...

    with pytest.raises(UnknownOutputError, match=r"no output 'smal'; did you mean 'small'\?"):
        with_signature(draw, take="smal").spec  # noqa: B018


def test_which_of_many_returns_is_meant_has_to_be_said():
    def draw(color: str) -> Path: ...

    with pytest.raises(WiringError, match="returns 3 values, and draw is one") as caught:
        with_signature(draw).spec  # noqa: B018
    assert ".typed(take='small')" in str(caught.value)


def test_a_function_with_a_body_is_refused_at_once():
    def draw(color: str) -> str:
        return color.upper()

    with pytest.raises(WiringError, match="the body of draw would never run"):
        with_signature(draw)


def test_wrong_values_are_refused_before_anything_is_sent():
    @paint.typed(take="small")
    def draw(color: str, size: Annotated[int, gr.Slider(1, 9)] = 3) -> Path: ...

    with pytest.raises(WiringError, match="draw"):
        draw(3)  # type: ignore[arg-type]
    with pytest.raises(UnknownParameterError, match="did you mean 'color'"):
        draw(colr="red")  # type: ignore[call-arg]
