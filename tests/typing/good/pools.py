"""Limits that nodes share, files and progress."""

from pathlib import Path
from typing import Annotated

import gradio as gr

from daggr_fn import Pool, new_file, node, pipeline, progress, space

gpu = Pool("gpu", limit=1)
draw = space("owner/draw", "/draw", pool=gpu, outputs={"image": gr.Image()})


@node(pool=gpu)
def upscale(picture: Path) -> Annotated[Path, gr.Image()]:
    progress(0.5, "halfway")
    progress(None, "nearly")
    made = new_file(".png")
    made.write_bytes(picture.read_bytes())
    return made


@node(pool=gpu, limit=1)
def sign(picture: Path, name: str) -> Path:
    return new_file(".png", name=name)


@pipeline
def large(prompt: str) -> Path:
    return sign(upscale(draw(prompt=prompt)), name="signed")


path: Path = large(prompt="a cat")
