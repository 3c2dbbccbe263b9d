"""Programs that hold Gradio apps as objects.

Gradio leaves event loops unclosed, so they run in a process of their own.
"""

from __future__ import annotations

import json
import sys

import anyio
import gradio as gr

from daggr_fn.kinds import Call
from daggr_fn.nodes.space import SpaceKind


def shout(text: str) -> str:
    return text.upper()


def described() -> object:
    """Describing an app serves nothing."""
    app = gr.Interface(shout, gr.Textbox(label="Text"), gr.Textbox(label="Loud"), api_name="shout", title="Shouter")
    kind = SpaceKind(app, "/shout")
    identity = kind.identity()
    return {
        "parameters": list(kind.spec().parameters),
        "running": bool(getattr(app, "is_running", False)),
        "what": identity.what[:3],
        "code": [function.__name__ for function in identity.code],
        "name": kind.name,
    }


def called() -> object:
    """Two nodes of one object share one server, which is not where the canvas wants to be."""
    with gr.Blocks() as app:
        box, out = gr.Textbox(), gr.Textbox()
        box.submit(shout, box, out, api_name="shout")
        box.submit(lambda text: text[::-1], box, out, api_name="turn")
    one, other = SpaceKind(app, "/shout"), SpaceKind(app, "/turn")

    async def both() -> list[object]:
        return [await one.call({"text": "ab"}, Call("a")), await other.call({"text": "ab"}, Call("b"))]

    first = anyio.run(both)
    url = app.local_url
    second = anyio.run(both)
    return {"values": [first, second], "same": url == app.local_url, "canvas": ":7860" in url}


def already_served() -> object:
    """An app that the program serves itself is used where it is."""
    app = gr.Interface(shout, "text", "text", api_name="shout")
    _, url, _ = app.launch(prevent_thread_lock=True, quiet=True, server_name="127.0.0.1")
    value = anyio.run(SpaceKind(app).call, {"text": "x"}, Call("a"))
    return {"value": value, "same": url == app.local_url}


def same_identity() -> object:
    """Components made before do not change what an app is."""
    identities = []
    for extra in range(2):
        for _ in range(extra):
            gr.Textbox(render=False)
        app = gr.Interface(shout, "text", "text", api_name="shout")
        identities.append(SpaceKind(app).identity().what)
    return identities[0] == identities[1]


PROGRAMS = (described, called, already_served, same_identity)

if __name__ == "__main__":
    sys.stdout.write(json.dumps({program.__name__: program() for program in PROGRAMS}) + "\n")
