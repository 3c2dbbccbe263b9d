"""One endpoint for each component that Gradio has: `/textbox` takes a Textbox's value and gives it back in another."""

from __future__ import annotations

import inspect
from typing import Any

import gradio as gr
import numpy as np
from gradio.components.base import Component, FormComponent
from PIL import Image

UNUSABLE = {
    "LoginButton": "needs Hugging Face's login, which a test has not",
    "Component": "is abstract",
    "FormComponent": "is abstract",
}


def all_components() -> dict[str, type[Component]]:
    """Gradio's own list, so that a component of a new version shows up here."""
    found = {
        cls.__name__: cls
        for cls in vars(gr.components).values()
        if inspect.isclass(cls) and issubclass(cls, Component) and cls not in {Component, FormComponent}
    }
    return {name: cls for name, cls in sorted(found.items()) if name not in UNUSABLE}


SETTINGS: dict[str, dict[str, Any]] = {
    "Image": {"format": "png", "type": "pil"},
    "CheckboxGroup": {"choices": ["a", "b", "c"]},
    "Radio": {"choices": [("Label A", "a"), ("Label B", "b")]},
    "Dropdown": {"choices": ["a", "b", 3], "multiselect": True, "max_choices": 2},
    "Slider": {"minimum": 1, "maximum": 10, "step": 1},
    "Number": {"minimum": -5, "maximum": 5},
    "Textbox": {"max_length": 20},
    "File": {"file_count": "multiple"},
    "Dataset": {"components": ["textbox"], "samples": [["one"], ["two"]]},
    "ImageSlider": {"format": "png", "type": "filepath"},
    "Gallery": {"format": "png", "type": "filepath"},
    "FileExplorer": {"root_dir": "."},
    "Dialogue": {"speakers": ["Ann", "Bo"]},
}


def echo(value: Any) -> Any:
    return value


def echo_marks(value: Any) -> Any:
    """An AnnotatedImage gives paths of masks, and wants arrays."""
    picture, marks = value
    return picture, [(np.asarray(Image.open(mask).convert("L")) > 0, label) for mask, label in marks]


def echo_tokens(value: Any) -> Any:
    """A HighlightedText gives dicts, and wants tuples."""
    return [(one["token"], one["class_or_confidence"]) for one in value]


FUNCTIONS = {"AnnotatedImage": echo_marks, "HighlightedText": echo_tokens}


def build() -> gr.Blocks:
    with gr.Blocks(title="Components") as blocks:
        for name, cls in all_components().items():
            settings = SETTINGS.get(name, {})
            with gr.Row():
                before = cls(**settings)
                after = before if name == "Navbar" else cls(**settings)
            gr.Button().click(FUNCTIONS.get(name, echo), before, after, api_name=name.lower(), concurrency_limit=None)
    return blocks


app = build()
