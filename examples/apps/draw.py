"""A Gradio app that draws a picture from a prompt: an animal in the savanna, the same for the same words and seed.

It stands in for a model such as Z-Image-Turbo, with the same endpoint and the same parameters.
Run it alone: `python -m examples.apps.draw`.
"""

from __future__ import annotations

import random
import time
import zlib
from collections.abc import Callable

import gradio as gr
from PIL import Image, ImageDraw, ImageFilter

from .animals import animal_of
from .easel import Easel
from .scenery import backdrop, light_of

STEP_SECONDS = 0.09


def shadow(picture: Image.Image, easel: Easel) -> Image.Image:
    """The animal's soft shadow on the ground."""
    shade = Image.new("L", picture.size)
    left, right = easel.at((-0.05, 0))[0], easel.at((1.1, 0))[0]
    deep = easel.unit * 0.09
    ImageDraw.Draw(shade).ellipse((left, easel.ground - deep * 0.9, right, easel.ground + deep), fill=150)
    dark = Image.blend(picture, Image.new("RGB", picture.size, (24, 20, 32)), 0.75)
    return Image.composite(dark, picture, shade.filter(ImageFilter.GaussianBlur(easel.unit * 0.05)))


def generate_image(
    prompt: str, height: int, width: int, seed: float, progress: gr.Progress | None = None
) -> Image.Image:
    """Draw what the prompt says.

    Args:
        prompt: What to draw: an animal, and perhaps an hour or a weather.
        height: Height in pixels.
        width: Width in pixels.
        seed: Another seed gives another scenery.
        progress: Where to tell how far it is.
    """
    chance = random.Random(zlib.crc32(f"{prompt}|{seed!r}".encode()))
    light = light_of(prompt, chance)
    easel = Easel(int(width), int(height), animal_of(prompt), light, chance)
    parts: list[tuple[str, Callable[[], None]]] = [
        ("far legs", lambda: easel.legs(near=False)),
        ("tail", easel.tail),
        ("far ear", lambda: easel.ear(near=False)),
        ("body", easel.trunk_of_body),
        ("near legs", lambda: easel.legs(near=True)),
        ("mane and horns", easel.crown),
        ("face", easel.face),
        ("near ear", lambda: easel.ear(near=True)),
    ]
    if progress is not None:
        progress(0.0, desc="Scenery")
    scenery = backdrop(int(width), int(height), light, chance)
    for number, (what, paint) in enumerate(parts, start=1):
        if progress is not None:
            progress(number / (len(parts) + 1), desc=f"Drawing: {what}")
            time.sleep(STEP_SECONDS)
        paint()
    finished = shadow(scenery, easel)
    finished.paste(easel.picture, mask=easel.picture)
    return finished


def endpoint(
    prompt: str, height: int, width: int, seed: float, progress: gr.Progress = gr.Progress()  # noqa: B008
) -> Image.Image:  # fmt: skip
    """What the app's button and its API call."""
    if not prompt.strip():
        raise gr.Error("Say what to draw.", print_exception=False)
    return generate_image(prompt, height, width, seed, progress)


with gr.Blocks(title="Draw") as app:
    gr.Markdown("# Draw\nAn animal in the savanna, from your words.")
    with gr.Row():
        with gr.Column():
            prompt_box = gr.Textbox(label="Prompt", value="A cheetah in the savanna")
            height_slider = gr.Slider(256, 2048, value=1024, step=64, label="Height")
            width_slider = gr.Slider(256, 2048, value=1024, step=64, label="Width")
            seed_box = gr.Number(label="Seed", value=42)
            button = gr.Button("Draw", variant="primary")
        picture_box = gr.Image(label="Image", format="png", type="pil")
    button.click(endpoint, [prompt_box, height_slider, width_slider, seed_box], picture_box, api_name="generate_image",
                 concurrency_limit=4)  # fmt: skip

if __name__ == "__main__":
    app.launch()
