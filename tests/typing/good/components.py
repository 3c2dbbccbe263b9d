"""Inputs of every form: annotated, made from the annotation, secret, of a record."""

from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Annotated, Literal

import gradio as gr

from daggr_fn import Secret, node, pipeline


class Style(Enum):
    OIL = "oil"
    INK = "ink"


@dataclass
class Size:
    width: int = 512
    height: int = 512


@node
def paint(
    prompt: str, style: Style, size: Size, steps: Annotated[int, gr.Slider(1, 50)], mode: Literal["fast", "fine"]
) -> Annotated[Path, gr.Image(label="Painting")]:
    return Path(f"{prompt}-{style.value}-{size.width}-{steps}-{mode}.png")


@node
def upload(picture: Path, token: str) -> str:
    return f"{picture}{len(token)}"


@pipeline
def painting(
    prompt: Annotated[str, gr.Textbox(label="Prompt", lines=3)] = "a cat",
    style: Style = Style.OIL,
    size: Size = Size(),
    steps: Annotated[int, gr.Slider(1, 50, value=20)] = 20,
    mode: Literal["fast", "fine"] = "fast",
    token: Annotated[str, Secret] = "",
) -> str:
    return upload(paint(prompt, style, size, steps, mode), token)


link: str = painting(prompt="a dog", style=Style.INK, mode="fine")
