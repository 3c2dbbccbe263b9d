"""Inputs, outputs and the natural types of their values."""

from __future__ import annotations

import enum
from pathlib import Path
from typing import Annotated, Literal, NamedTuple

import gradio as gr
import numpy as np  # noqa: TC002  # nodes' annotations are read at run time
import pytest
from PIL import Image

from daggr_fn import (
    UnknownOutputError,
    WiringError,
    each,
    gather,
    new_file,
    node,
    pipeline,
)
from tests.dsl.parts import Line, Sizes, Style, keep, plus

# ---- rule 5: inputs


class Colour(enum.Enum):
    RED = "red"
    BLUE = "blue"


def test_inputs_are_the_parameters_with_their_defaults_and_components():
    @pipeline
    def p(
        prompt: Annotated[str, gr.Textbox(label="Prompt")] = "a cat",
        steps: int = gr.Slider(1, 50, value=20),
        colour: Colour = Colour.RED,
        mode: Literal["fast", "slow"] = "fast",
        style: Style | None = None,
    ):
        return keep([prompt, steps, colour, mode, style])

    assert p() == ["a cat", 20, Colour.RED, "fast", None]
    assert p("dog", colour="blue", style=Style("x")) == ["dog", 20, Colour.BLUE, "fast", Style("x")]
    assert list(p.inputs) == ["prompt", "steps", "colour", "mode", "style"]
    assert p.inputs["prompt"].component.label == "Prompt"
    with pytest.raises(ValueError, match=r"p\(mode\) can't be 'fats'; did you mean 'fast'\?"):
        p(mode="fats")


def test_an_input_that_is_a_dataclass_is_read_by_its_fields():
    @pipeline
    def p(style: Style):
        return keep(style.name), plus(style.seed)

    assert p(Style("oil", 3)) == ("oil", 4)
    assert p({"name": "oil", "seed": 3}) == ("oil", 4)


def test_a_component_in_the_body_is_an_input():
    @pipeline
    def p():
        return plus(x=gr.Number(value=3, label="X"), y=gr.Number(value=4))

    assert p() == 7
    assert p(x=10) == 14
    assert list(p.inputs) == ["x", "y"]


# ---- rule 6: outputs


def test_several_outputs_unpack_and_are_read_by_name_or_place():
    @node
    def measure() -> Sizes:
        return Sizes(2, 3)

    @node
    def line() -> Line:
        return {"text": "hi", "voice": "a"}

    @node
    def style() -> Style:
        return Style("oil", 7)

    @pipeline
    def p():
        sizes = measure()
        width, height = sizes
        return (
            [width, height, sizes.width, sizes["height"], sizes[0], sizes[-1]],
            line()["text"],
            line().voice,
            style().seed,
            sizes,
        )

    assert p() == ([2, 3, 2, 3, 2, 3], "hi", "a", 7, Sizes(2, 3))


def test_a_declared_output_wins_over_what_a_port_can_do():
    class Odd(NamedTuple):
        each: int
        all: int
        index: int

    @node
    def odd() -> Odd:
        return Odd(1, 2, 3)

    @pipeline
    def p():
        made = odd()
        return made.each, made.all, made.index

    assert p() == (1, 2, 3)


def test_outputs_of_a_pipeline_are_named_by_what_it_returns_or_by_their_steps():
    @node
    def measure() -> Sizes:
        return Sizes(2, 3)

    @pipeline
    def by_dict(x: int):
        return {"sum": plus(x), "fixed": 1}

    @pipeline
    def by_record(x: int):
        return Sizes(plus(x), x)

    @pipeline
    def by_steps(x: int):
        return plus(x), measure().width, x

    assert by_dict.run(1).outputs == {"sum": 2, "fixed": 1} == by_dict(1)
    assert by_record.run(1).outputs == {"width": 2, "height": 1}
    assert by_record(1) == Sizes(2, 1)
    assert list(by_steps.run(1).outputs.values()) == [2, 2, 1]
    assert next(iter(by_steps.run(1).outputs)) == "plus"


def test_an_unknown_output_is_an_attribute_error_and_a_value_error():
    @pipeline
    def p():
        return node(lambda: 1)().typo

    with pytest.raises(UnknownOutputError) as error:
        p.check()
    assert isinstance(error.value, AttributeError)
    assert isinstance(error.value, ValueError)


def test_none_is_a_value_like_any_other():
    @pipeline
    def p(x=None):
        return keep(x), keep.named("second")(keep.named("first")(None)), gather(keep.named("mapped")(each([None, 1])))

    assert p() == (None, None, [None, 1])


# ---- rule 7: natural types


def test_media_are_what_the_annotation_says_and_files_in_between():
    @node
    def draw(size: int) -> Image.Image:
        return Image.new("RGB", (size, size), "red")

    @node
    def as_array(picture: np.ndarray) -> tuple:
        return picture.shape

    @node
    def as_path(picture: Path) -> str:
        with Image.open(picture) as opened:
            return f"{picture.suffix} {opened.size}"

    @node
    def as_bytes(picture: bytes) -> bytes:
        return picture[:4]

    @node
    def as_picture(picture: Image.Image) -> tuple:
        return picture.size

    @node
    def saved() -> Path:
        path = new_file(".png")
        Image.new("RGB", (5, 5)).save(path)
        return path

    @pipeline
    def p(size: int):
        picture, file = draw(size), saved()
        return as_array(picture), as_path(picture), as_bytes(picture), as_picture(file), as_bytes.named("file")(file)

    assert p(3) == ((3, 3, 3), ".png (3, 3)", b"\x89PNG", (5, 5), b"\x89PNG")


def test_what_postprocess_makes_is_the_value_whatever_the_node_declared():
    class Pair(NamedTuple):
        left: int
        right: int

    @node
    def split(number: int) -> Pair:
        return Pair(number // 2, number - number // 2)

    added = split.options(postprocess=lambda left, right: left + right)

    @pipeline
    def both(number: int):
        return added(number)

    assert both(7) == 7
    assert added(7) == 7


@pytest.mark.parametrize("options", [{"cache": "yes"}, {"timeout": 0}, {"timeout": "1 s"}])
def test_an_option_of_the_wrong_sort_is_refused(options):
    with pytest.raises(WiringError, match=next(iter(options))):
        node(lambda number: number, **options)
