"""Inputs as Gradio components, made from annotations where none is given."""

from __future__ import annotations

import enum
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any, Literal

import gradio as gr
import numpy
import PIL.Image
import pytest

from daggr_fn import inputs, node, pipeline
from daggr_fn.components import component_for, component_type


class Style(enum.Enum):
    OIL = "oil"
    INK = "ink"


@pytest.mark.parametrize(
    ("annotation", "default", "expected"),
    [
        (str, "a cat", gr.Textbox),
        (int, 3, gr.Number),
        (float, 0.5, gr.Number),
        (bool, True, gr.Checkbox),
        (Literal["a", "b"], "a", gr.Dropdown),
        (Style, Style.INK, gr.Dropdown),
        (Path, None, gr.File),
        (bytes, None, gr.File),
        (PIL.Image.Image, None, gr.Image),
        (numpy.ndarray, None, gr.Image),
        (list[str], ["x"], gr.JSON),
        (dict[str, int], {"x": 1}, gr.JSON),
        (list[Literal["a", "b"]], ["a"], gr.CheckboxGroup),
        (Any, None, gr.Textbox),
        (Any, {"x": 1}, gr.JSON),
    ],
)
def test_each_type_has_its_component(annotation: Any, default: Any, expected: type) -> None:
    component = component_for(annotation, default, "label")
    assert type(component) is expected
    assert component.label == "label"


def test_an_enum_offers_its_values_and_begins_with_the_default() -> None:
    component = component_for(Style, Style.INK)
    assert component.choices == [("oil", "oil"), ("ink", "ink")]
    assert component.value == "ink"


def test_a_component_tells_the_type_of_its_values() -> None:
    assert component_type(gr.Slider(1, 9)) == int | float
    assert component_type(gr.Number(precision=0)) is int
    assert component_type(gr.File(file_count="multiple")) == list[Path]
    assert component_type(gr.Dropdown(["a"])) is Any
    assert component_type(None) is Any


def test_pipeline_inputs_show_as_components() -> None:
    @node
    def speak(text: str, loud: bool) -> str:
        return text.upper() if loud else text

    @pipeline
    def podcast(host_voice: str = "deep", loud: bool = False):
        return speak(host_voice, loud)

    shown = podcast.components()
    assert type(shown["host_voice"]) is gr.Textbox
    assert shown["host_voice"].label == "Host voice"
    assert shown["host_voice"].value == "deep"
    assert type(shown["loud"]) is gr.Checkbox


def test_inputs_of_one_card_take_their_types_from_their_components() -> None:
    given = inputs("Parameters", prompt=gr.Textbox("cat"), steps=gr.Slider(1, 50, value=20))
    assert given.prompt._expression.annotation is str
    assert given.steps._expression.annotation == int | float
    assert given.steps._expression.port.card == "Parameters"


def test_a_pipeline_is_wired_and_run_while_another_thread_imports_gradio(tmp_path):
    program = """
        import importlib, threading
        from daggr_fn import node, pipeline

        @node
        def shout(text: str, times: int = 1) -> str:
            return text.upper() * times

        importing = threading.Thread(target=importlib.import_module, args=("gradio",))
        importing.start()
        runs = 0
        while importing.is_alive() or not runs:
            @pipeline
            def party(text: str = "ho"):
                return shout(text, [1, 2][0])

            assert party() == "HO"
            runs += 1
        importing.join()
    """
    file = tmp_path / "program.py"
    file.write_text(textwrap.dedent(program))
    done = subprocess.run([sys.executable, file], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
