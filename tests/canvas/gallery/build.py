"""The gallery: a page with every view, light or dark, made of the page's own bundle, that needs no server of ours.

By hand: `python -m tests.canvas.gallery.build FOLDER`, then serve the folder and open `index.html`.
"""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import nicegui

from daggr_fn.canvas.views import compact, view
from tests.canvas.gallery.samples import picture, samples, sound
from tests.canvas.local_links import LocalLinks

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
BUNDLE = ROOT / "src" / "daggr_fn" / "canvas" / "static" / "daggr_fn_canvas.js"
VUE = Path(nicegui.__file__).parent / "static" / "vue.esm-browser.prod.js"


def build(folder: Path, shown: list[dict] | None = None) -> Path:
    """Write the page, and give its path.

    Args:
        folder: Where it goes.
        shown: The cards on it, `{"title", "width", "results"}` or with `"status"`, `"items"`; by default all samples.
    """
    folder.mkdir(parents=True, exist_ok=True)
    links = LocalLinks(folder)
    cards = everything(folder, links) if shown is None else shown
    links.write_texts()
    for source in (BUNDLE, VUE, HERE / "index.html", HERE / "gallery.js"):
        shutil.copyfile(source, folder / source.name)
    (folder / "cards.json").write_text(json.dumps(cards, allow_nan=False), encoding="utf-8")
    return folder / "index.html"


def everything(folder: Path, links: LocalLinks) -> list[dict]:
    """The cards of all samples, and of mapped steps with few and many items."""
    made = folder / "made"
    made.mkdir(exist_ok=True)
    widths = {"dataframe": 480, "many rows": 480, "records": 480, "long text": 304, "color": 240}
    cards = [
        {
            "title": title,
            "width": widths.get(title, 280),
            "results": [view(value, component, links=links, label="Output")],
        }
        for title, value, component in samples(made)
    ]
    return [*cards, *_mapped(made, links)]


def _mapped(made: Path, links: LocalLinks) -> list[dict]:
    clip = compact(sound(made / "clip.wav"), links=links)
    audio = {str(place): [clip] for place in (0, 1, 2, 3, 6, 7)}
    pictures = {
        str(place): [compact(picture(kind), links=links)] for place, kind in enumerate(["dusk", "day", "night"] * 2)
    }
    lines = {str(place): [compact(f"Line {place + 1}, with words enough to be cut", links=links)] for place in range(4)}
    failed = {"type": "ValueError", "message": "empty text", "line": "embed.py:9"}
    many = "u" * 9 + "d" * 7 + "f" + "d" * 20 + "f" + "d" * 7 + "rrr" + "." * 12
    huge = "d" * 900 + "f" * 7 + "u" * 100 + "." * 200
    return [
        _card(
            "speak",
            "ddudrfdd",
            audio,
            errors={"5": {**failed, "message": "Timed out"}},
            seconds={"0": 3.1, "1": 2.8, "3": 4.0},
        ),
        _card("draw", "dudddu", pictures),
        _card("write", "dddd", lines),
        _card("embed", many, {}, errors={"16": failed, "37": failed}),
        _card("huge", huge, {}, errors={str(place): failed for place in range(900, 907)}),
        _card("nothing", "", {}),
    ]


def _card(title: str, states: str, items: dict, **more: dict) -> dict:
    words = {"d": "done", "u": "reused", "f": "failed", "r": "running"}
    counts = {word: states.count(letter) for letter, word in words.items() if letter in states}
    told = {"count": len(states), **counts, "states": states, **more}
    return {
        "title": title,
        "width": 304,
        "status": {"state": "running" if "r" in states else "done", "items": told},
        "items": items,
    }


if __name__ == "__main__":
    sys.stdout.write(f"{build(Path(sys.argv[1]))}\n")
