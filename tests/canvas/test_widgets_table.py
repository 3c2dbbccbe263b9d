"""The table of widgets: complete for the Gradio that is installed, and in the docs."""

from __future__ import annotations

import re
from pathlib import Path

from daggr_fn.canvas.widgets import WIDGETS
from tests.canvas.test_components_table import every_component

DOCS = Path(__file__).parents[2] / "docs" / "components.md"


def test_every_component_of_gradio_is_in_the_table():
    assert set(every_component()) == set(WIDGETS)


def test_the_docs_have_the_same_table():
    inputs = DOCS.read_text(encoding="utf-8").partition("## Inputs")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (`[^|]+`) \| ([^|]+) \| ([^|]+) \|$", inputs, re.MULTILINE)
    told = {name.strip("` "): (words, gives) for names, words, gives in rows for name in names.split("`, `")}
    assert told == {name: (taken.words, taken.gives) for name, taken in WIDGETS.items()}
