"""A Gradio app that removes the background of a picture.

It floods the picture from its border: from pixel to pixel wherever the colour changes but little. What the flood does
not reach is the subject; its edge is softened. It stands in for a Space such as background-removal, with the same
endpoint.
Run it alone: `python -m examples.apps.cut_out`.
"""

from __future__ import annotations

from typing import Any

import gradio as gr
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageFilter

Mask = NDArray[np.bool_]
WORKING_SIZE = 720
TOLERANCE = 15.0
EDGE = 1.2


def colour_steps(picture: Image.Image) -> NDArray[np.float64]:
    """How much the colour changes around each pixel."""
    colours = np.asarray(picture.convert("RGB").filter(ImageFilter.GaussianBlur(0.6)), float)
    down, right = np.abs(np.diff(colours, axis=0)).max(axis=2), np.abs(np.diff(colours, axis=1)).max(axis=2)
    steps = np.zeros(colours.shape[:2])
    for part, change in (
        (np.s_[:-1, :], down), (np.s_[1:, :], down), (np.s_[:, :-1], right), (np.s_[:, 1:], right),
    ):  # fmt: skip
        steps[part] = np.maximum(steps[part], change)
    return steps


def flood(passable: Mask, progress: gr.Progress | None = None) -> Mask:
    """Everything that can be reached from the border through passable pixels, by sweeps in the four directions."""
    reached = np.zeros_like(passable)
    reached[[0, -1], :] = passable[[0, -1], :]
    reached[:, [0, -1]] = passable[:, [0, -1]]
    turned: tuple[Any, Any] = passable, reached  # some numpy's stubs don't know what turning gives
    for turn in range(64):
        before = int(reached.sum())
        pairs: list[tuple[Mask, Mask]] = [(passable, reached), (turned[0].T, turned[1].T)]
        for open_, wet in pairs:
            for order in (range(1, len(open_)), range(len(open_) - 2, -1, -1)):
                back = -1 if order.step > 0 else 1
                for row in order:
                    wet[row] |= wet[row + back] & open_[row]
        if progress is not None:
            progress(min(0.9, 0.15 * (turn + 1)), desc="Flooding the background")
        if int(reached.sum()) == before:
            break
    return reached


def subject_of(picture: Image.Image, progress: gr.Progress | None = None) -> Image.Image:
    """The subject's mask, soft at its edge."""
    small = picture.copy()
    small.thumbnail((WORKING_SIZE, WORKING_SIZE))
    background = flood(colour_steps(small) < TOLERANCE, progress)
    mask = Image.fromarray(np.where(background, 0, 255).astype("uint8"))
    # Specks and thin lines that the flood went around are background too: they don't survive being worn down.
    core = mask.filter(ImageFilter.MinFilter(5)).filter(ImageFilter.MaxFilter(9))
    mask = ImageChops.darker(mask, core).filter(ImageFilter.MinFilter(3))
    return mask.resize(picture.size, Image.Resampling.BICUBIC).filter(ImageFilter.GaussianBlur(EDGE))


def remove_background(
    image: Image.Image | None, progress: gr.Progress = gr.Progress()  # noqa: B008
) -> tuple[Image.Image, Image.Image]:  # fmt: skip
    """Cut the subject of a picture out of its background.

    Args:
        image: Any picture.
        progress: Where to tell how far it is.
    """
    if image is None:
        raise gr.Error("Give a picture.", print_exception=False)
    progress(0.0, desc="Looking for edges")
    original = image.convert("RGB")
    cut = original.copy()
    cut.putalpha(subject_of(original, progress))
    progress(1.0, desc="Softening the edge")
    return original, cut


with gr.Blocks(title="Cut out") as app:
    gr.Markdown("# Cut out\nRemoves the background of a picture.")
    with gr.Row():
        picture_box = gr.Image(label="Image", type="pil")
        original_box = gr.Image(label="Original image", format="png", type="pil")
        final_box = gr.Image(label="Final image", format="png", type="pil", image_mode="RGBA")
    button = gr.Button("Remove the background", variant="primary")
    button.click(remove_background, picture_box, [original_box, final_box], api_name="image", concurrency_limit=4)

if __name__ == "__main__":
    app.launch()
