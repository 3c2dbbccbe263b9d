"""One value or more for each view, as steps return them, with the component that shows them."""

from __future__ import annotations

import dataclasses
import datetime
import math
import wave
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import gradio as gr
import numpy as np
import pandas as pd
from PIL import Image, ImageDraw

PROSE = "Good morning, and welcome back to the show. Today we talk about the small tools that change large habits.\n\n"
CODE = 'def shorten(text):\n    # keep whole sentences\n    parts = text.split(". ")\n    return ". ".join(parts[:3])\n'
MARKDOWN = """# Minutes
Three *ideas* stand out, **first** that `minutes` write themselves.

- one [link](https://example.com)
- two ~~three~~

| city | people |
|---|---|
| Lagos | 15388 |

> quoted

```python
print("hi")
```
![a remote picture](https://example.com/tracker.png)
"""


def picture(kind, size=(320, 200)):
    """A small landscape."""
    width, height = size
    sky = {
        "dusk": ((243, 197, 138), (184, 111, 106)),
        "day": ((185, 211, 230), (233, 234, 217)),
        "night": ((44, 61, 99), (125, 127, 168)),
    }[kind]
    rows = np.linspace(0, 1, height)[:, None, None]
    array = np.array(sky[0]) * (1 - rows) + np.array(sky[1]) * rows
    image = Image.fromarray(np.broadcast_to(array, (height, width, 3)).astype("uint8"))
    draw = ImageDraw.Draw(image)
    draw.ellipse([width * 0.62, height * 0.3, width * 0.74, height * 0.3 + width * 0.12], fill=(251, 230, 189))
    draw.polygon(
        [
            (0, height),
            (0, height * 0.7),
            (width * 0.3, height * 0.45),
            (width * 0.6, height * 0.75),
            (width, height * 0.6),
            (width, height),
        ],
        fill=(91, 55, 64),
    )
    return image


def sound(path, seconds=2.4, rate=16000):
    """A tone that swells, as a WAV file."""
    at = np.arange(int(seconds * rate)) / rate
    samples = np.sin(2 * math.pi * 220 * at) * (0.15 + 0.8 * np.abs(np.sin(at * 2.2)) * np.abs(np.sin(at * 9)))
    with wave.open(str(path), "wb") as opened:
        opened.setparams((1, 2, rate, 0, "NONE", ""))
        opened.writeframes((samples * 30000).astype("<i2").tobytes())
    return path


class Script(NamedTuple):
    lines: Annotated[list, gr.JSON(label="Lines")]
    cover: Annotated[Any, gr.Image(label="Cover")]


@dataclasses.dataclass
class Settings:
    steps: int
    when: datetime.datetime
    ratio: float


class KMeans:
    """Stands for an object of some library."""


class Grumpy:
    def __repr__(self):
        raise RuntimeError("no words")


def samples(folder: Path) -> list[tuple[str, Any, Any]]:
    """`(title, value, component)` for the whole gallery."""
    return [*_texts(), *_values(), *_media(folder), *_data(), *_odd()]


def _texts():
    return [
        ("text", PROSE, gr.Textbox(label="Script")),
        ("long text", PROSE * 12, gr.Textbox(label="Long script")),
        ("long word", "x" * 400, gr.Textbox(label="A" * 90)),
        ("markdown", MARKDOWN, gr.Markdown(label="Minutes")),
        (
            "html",
            "<h3>Script</h3><p><b>Host:</b> Good morning.</p><p style='color:#3b57d6'>Blue words</p>",
            gr.HTML(label="Script"),
        ),
        (
            "page",
            "<!doctype html><style>h1{color:teal}</style><h1>A page</h1><script>document.body.append('ran')</script>",
            gr.HTML(label="Page"),
        ),
        ("code", CODE, gr.Code(language="python", label="Code")),
        (
            "dialogue",
            [
                {"speaker": "Host", "text": "Everyone says AI will change work."},
                {"speaker": "Guest", "text": "I stopped writing minutes."},
            ],
            gr.Dialogue(type="list", speakers=["Host", "Guest"], label="Dialogue"),
        ),
        ("label", {"cheetah": 0.913, "leopard": 0.06, "jaguar": 0.02, "house cat": 0.004}, gr.Label(label="Animal")),
        (
            "highlight",
            [
                ("The ", None),
                ("savanna", "PLACE"),
                (" at ", None),
                ("dusk", "TIME"),
                (" drew ", None),
                ("Mara", "PERSON"),
            ],
            gr.HighlightedText(label="Names"),
        ),
        ("scores", [("good ", 0.9), ("and ", 0.0), ("bad", -0.7)], gr.HighlightedText(label="Mood")),
        (
            "chat",
            [
                {"role": "user", "content": "What do you do with the hour?"},
                {"role": "assistant", "content": "I **walk** to the sea and back."},
                {"role": "assistant", "content": picture("day", (120, 60))},
            ],
            gr.Chatbot(label="Talk"),
        ),
    ]


def _values():
    return [
        ("number", 15388.5, gr.Number(label="Score")),
        ("slider", 72, gr.Slider(0, 100, label="Volume")),
        ("yes", True, gr.Checkbox(label="Draft")),
        ("color", "#e08a3c", gr.ColorPicker(label="Colour")),
        ("date", 1_780_000_000, gr.DateTime(label="When")),
        ("choices", ["a", "b"], gr.CheckboxGroup([("Apples", "a"), ("Bananas", "b")], label="Fruit")),
        ("radio", "b", gr.Radio([("Apples", "a"), ("Bananas", "b")], label="One fruit")),
        ("none", None, gr.Image(label="Nothing")),
    ]


def _media(folder):
    pictures = [picture("dusk"), picture("day"), picture("night")]
    broken = folder / "broken.png"
    broken.write_bytes(b"\x89PNG\r\n\x1a\n nothing of a picture")
    report = folder / "episode notes with a very long name that goes on.pdf"
    report.write_bytes(b"%PDF-1.4" + b" " * 6000)
    mask = np.zeros((200, 320))
    mask[120:180, 20:150] = 1
    return [
        ("image", pictures[0], gr.Image(label="Image")),
        ("tall image", picture("night", (120, 600)), gr.Image(label="Tall")),
        ("broken image", broken, gr.Image(label="Broken")),
        ("lost file", folder / "gone.png", gr.Image(label="Lost")),
        ("gallery", [(pictures[0], "Dusk"), *pictures[1:], *pictures], gr.Gallery(label="Gallery", columns=3)),
        ("compare", (pictures[0], pictures[2]), gr.ImageSlider(label="Before and after")),
        (
            "annotated",
            (pictures[1], [((200, 40, 260, 110), "sun"), (mask, "hill")]),
            gr.AnnotatedImage(label="Regions"),
        ),
        (
            "editor",
            {"background": pictures[0], "layers": [pictures[0], pictures[1]], "composite": pictures[0]},
            gr.ImageEditor(label="Edited"),
        ),
        ("audio", sound(folder / "sample.wav"), gr.Audio(label="Sample")),
        ("files", [sound(folder / "episode-12.wav", 0.5), report], gr.Files(label="Files")),
        ("model", _triangle(folder), gr.Model3D(label="Model")),
        (
            "multimodal",
            {"text": "See this", "files": [sound(folder / "note.wav", 0.5)]},
            gr.MultimodalTextbox(label="Message"),
        ),
    ]


def _triangle(folder):
    path = folder / "triangle.obj"
    path.write_text("v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n")
    return path


def _data():
    frame = pd.DataFrame(
        {"city": ["Lagos", "Cairo", "Accra"], "people": [15388, 10100, 2660], "share": [0.061, math.nan, 0.011]}
    )
    many = pd.DataFrame(
        {"n": range(1204), "square": [n * n for n in range(1204)], "word": [f"word {n}" for n in range(1204)]}
    )
    tree = {
        "topic": "AI, over coffee",
        "lines": [{"text": "Hi", "voice": "host"}] * 8,
        "seconds": 72.4,
        "draft": False,
        "none": None,
        "odd": math.inf,
        "when": datetime.date(2026, 1, 2),
    }
    return [
        ("json", tree, gr.JSON(label="JSON")),
        ("big list", list(range(5000)), None),
        ("dataframe", frame, gr.Dataframe(label="Dataframe")),
        ("many rows", many, gr.Dataframe(label="Squares")),
        (
            "records",
            [
                {"text": "Everyone says AI will change the way we work.", "voice": "Host"},
                {"text": "Every day?", "voice": "Guest"},
            ],
            None,
        ),
        ("array", np.arange(12.0).reshape(3, 4) / 7, None),
        ("record", Script([{"text": "Hi"}], picture("day")), None),
        ("settings", Settings(20, datetime.datetime(2026, 1, 2, 3, 4, 5), math.nan), None),  # noqa: DTZ001  # as users write
    ]


def _odd():
    circle = [1]
    circle.append(circle)
    return [
        ("object", KMeans(), None),
        ("grumpy", Grumpy(), None),
        ("circle", circle, None),
        ("exception", ValueError("empty text"), None),
        ("bytes", b"\x00\x01\x02", None),
        ("set", {"a", "b"}, None),
    ]
