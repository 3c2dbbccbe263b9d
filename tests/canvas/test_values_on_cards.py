"""Whatever a step returns is shown on its card, or the card says why not; the sheet opens again in any case."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.canvas.acting import card, opened, press

VALUES = """
    import dataclasses
    import io
    import math
    import socket
    import threading
    from typing import Any

    import numpy
    import pandas
    from PIL import Image

    from daggr_fn import node, pipeline

    class Robot:
        def __init__(self, name):
            self.name = name

        def __repr__(self):
            return f"<Robot {self.name}>"

    class Rude:
        def __repr__(self):
            raise RuntimeError("no words for it")

    @dataclasses.dataclass
    class Point:
        x: int
        y: float

    def _connection():
        with socket.socket() as made:
            return made

    MAKERS = {
        "picture": lambda: Image.new("RGB", (40, 30), "red"),
        "array": lambda: numpy.arange(6).reshape(2, 3),
        "frame": lambda: pandas.DataFrame({"city": ["Bern", "Rome"], "people": [1, 2]}),
        "raw": lambda: b"\\x00\\x01raw bytes",
        "not_a_number": lambda: math.nan,
        "endless": lambda: [math.inf, -math.inf],
        "some": lambda: {3, 1, 2},
        "point": lambda: Point(3, math.nan),
        "function": lambda: (lambda x: x + 1),
        "connection": _connection,
        "lock": threading.Lock,
        "huge": lambda: "long " * 2_000_000,
        "robot": lambda: Robot("Marvin"),
        "rude": Rude,
        "nothing": lambda: None,
        "truth": lambda: True,
        "complex_number": lambda: 1 + 2j,
        "keys": lambda: {(1, 2): "a", None: "b"},
        "generator": lambda: iter([1, 2]),
        "surrogate": lambda: "\\ud800 half",
        "stream": lambda: io.BytesIO(b"abc"),
    }

    def maker(name):
        def make() -> Any:
            return MAKERS[name]()
        make.__name__ = name
        return node(make, name=name)

    @pipeline
    def everything() -> None:
        for name in MAKERS:
            maker(name).named(name)()
"""

SHOWN = {
    "array": "5",
    "frame": "Bern",
    "raw": "11 bytes",
    "not_a_number": "nan",
    "some": "1",
    "point": "3",
    "robot": "Marvin",
    "truth": "Yes",
    "complex_number": "1+2j",
    "huge": "long long",
    "keys": "a",
    "surrogate": "half",
}


@pytest.fixture
def everything(app, show):
    return show(app(VALUES).everything).url


def test_every_value_is_shown_or_its_card_says_why_not(everything, page):
    page.set_viewport_size({"width": 3600, "height": 3200})  # a card is drawn when it is in view
    opened(page, everything)
    press(page, "Run all")
    page.wait_for_function("""() => document.querySelector(".df-page").dataset.run === "done" """, timeout=60_000)
    _look(page)
    page.reload()
    page.locator(".df-page").wait_for()
    _look(page)


def _look(page):
    press(page, "Fit all")
    while not card(page, "stream").is_visible():  # cards that are drawn first may grow, and push others out of view
        page.wait_for_timeout(200)
        press(page, "Fit all")
    for name in page.locator("article[data-card]").evaluate_all("all => all.map((one) => one.dataset.card)"):
        expect(card(page, name)).to_have_attribute("data-state", "done")
    for name, text in SHOWN.items():
        expect(card(page, name).locator(".card-body"), name).to_contain_text(text, ignore_case=True)
