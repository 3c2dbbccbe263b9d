"""Draw an animal with one Gradio app, and remove its background with another.

python examples/transparent_background.py
daggr-fn run examples/transparent_background.py --animal "red panda"

The apps are local stand-ins for two Spaces, so that it runs here; `space("owner/name", ...)` names a real one.
"""

from __future__ import annotations

from typing import Annotated, Any

import gradio as gr
from apps.cut_out import app as cut_out_app  # for hf-applications/background-removal
from apps.draw import app as draw_app  # for hf-applications/Z-Image-Turbo

from daggr_fn import pipeline, space

draw = space(draw_app, "/generate_image", outputs={"image": gr.Image(label="Image")}, name="draw")
cut_out = space(
    cut_out_app,
    "/image",
    outputs={"original_image": None, "final_image": gr.Image(label="Final image")},  # None: returned, not shown
    name="cut_out",
)


@pipeline
def transparent_background(animal: Annotated[str, gr.Textbox(label="Animal")] = "cheetah") -> Any:
    """Draw an animal and remove its background."""
    drawing = draw(prompt=f"A {animal} in the savanna", height=1024, width=1024, seed=42)
    return cut_out(image=drawing.image).final_image


if __name__ == "__main__":
    print(transparent_background(animal="cheetah"))
