"""An app that asks for a user name and a password."""

from __future__ import annotations

import gradio as gr

LAUNCH = {"auth": ("ann", "p:ss/wörd")}
app = gr.Interface(
    lambda text: f"hello {text}", gr.Textbox(label="Name"), gr.Textbox(label="Greeting"), api_name="greet"
)
