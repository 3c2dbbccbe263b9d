"""A pipeline of ports wired at module level."""

import gradio as gr

from daggr_fn import Pipeline, inputs, node, space

parameters = inputs("Parameters", prompt=gr.Textbox(label="Prompt"), steps=gr.Slider(1, 50))
draw = space("owner/draw", "/draw", outputs={"image": gr.Image()})


@node
def describe(picture: str, steps: int) -> str:
    return f"{picture} {steps}"


drawing = draw(prompt=parameters.prompt, steps=parameters.steps)
told = describe(drawing.image, parameters.steps)
app = Pipeline("Drawing", told)
both = Pipeline("Both", {"picture": drawing.image, "text": told})

app.check()
app.run()
