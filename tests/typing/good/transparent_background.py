"""The flagship: two Spaces, with components for what they return."""

import random
from typing import Annotated, Any

import gradio as gr

from daggr_fn import pipeline, space

draw = space("hf-applications/Z-Image-Turbo", "/generate_image", outputs={"image": gr.Image(label="Image")})
cut_out = space(
    "hf-applications/background-removal",
    "/image",
    outputs={"original_image": None, "final_image": gr.Image(label="Final image")},
    timeout=60,
)


@pipeline
def transparent_background(animal: Annotated[str, gr.Textbox(label="Animal")] = "cheetah") -> Any:
    """Draw an animal and remove its background."""
    drawing = draw(prompt=f"A {animal} in the savanna", height=1024, width=1024, seed=random.random)
    return cut_out(image=drawing.image).final_image


transparent_background(animal="red panda")
