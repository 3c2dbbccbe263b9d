"""What a node returns, changed on the way out; outputs named by hand."""

from typing import Any

import gradio as gr

from daggr_fn import node, pipeline, space

tall = space("owner/draw", "/draw", outputs={"image": gr.Image()}, postprocess=lambda image, seed: image)


@node
def measure(text: str) -> int:
    return len(text)


@node(outputs={"first": gr.Textbox(), "rest": None})
def split(text: str) -> tuple[str, str]:
    return text[:1], text[1:]


def lowered(inputs: dict[str, Any]) -> dict[str, Any]:
    return {"text": inputs["text"].lower()}


spelled = measure.options(postprocess=lambda size: f"{size} letters", preprocess=lowered)


@node
def shout(text: str) -> str:
    return text.upper()


@pipeline
def told(text: str) -> tuple[str, Any]:
    parts = split(text)
    return shout(spelled(text)), tall(prompt=parts.first)


first: str = told(text="x")[0]
