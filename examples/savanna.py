"""A pipeline in a pipeline: several animals side by side, and one poster of them all. `daggr-fn demo` runs this.

python examples/savanna.py
daggr-fn run examples/savanna.py --animals lion --animals zebra
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import gradio as gr
from PIL import Image
from transparent_background import transparent_background

from daggr_fn import each, gather, new_file, node, pipeline

ANIMALS = ["cheetah", "elephant", "giraffe", "zebra"]
SAND, HEIGHT = (240, 214, 168), 420


@node
def poster(pictures: list[Path]) -> Annotated[Path, gr.Image(label="Poster")]:
    """All pictures in a row, on sand."""
    cut_outs = [Image.open(picture).convert("RGBA") for picture in pictures]
    cut_outs = [one.crop(one.getbbox()) for one in cut_outs]
    cut_outs = [one.resize((one.width * HEIGHT // one.height, HEIGHT)) for one in cut_outs]
    sheet = Image.new("RGB", (sum(one.width + 40 for one in cut_outs) + 40, HEIGHT + 80), SAND)
    left = 40
    for one in cut_outs:
        sheet.paste(one, (left, 40), one)
        left += one.width + 40
    path = new_file(".png")
    sheet.save(path)
    return path


@pipeline
def savanna(animals: list[str] = ANIMALS) -> dict[str, Any]:
    """Draw animals, cut them out, and put them on one poster."""
    picture = transparent_background(each(animals))  # once for each animal, side by side
    return {"poster": poster(gather(picture)), "pictures": gather(picture)}


if __name__ == "__main__":
    print(savanna()["poster"])
