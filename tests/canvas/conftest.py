"""Pipelines of a few lines, shown in a real browser."""

from __future__ import annotations

import pytest

from daggr_fn.server.showing import show
from tests.canvas.people import Canvas


@pytest.fixture
def canvas(app, page, monkeypatch):
    """Shows the one pipeline of a source text: `canvas(source).run_all()`. Its module is `canvas.module`."""
    for name in ("GRADIO_SERVER_NAME", "GRADIO_SERVER_PORT", "GRADIO_ROOT_PATH", "SPACE_ID"):
        monkeypatch.delenv(name, raising=False)
    handles = []

    def start(source, name="shown", more="", **options):
        module = app(source)
        handles.append(show(getattr(module, name), port=0, block=False, open_browser=False, **options))
        found = Canvas(page, handles[-1].url)
        found.module = module
        site = handles[-1]._site
        found.sheet = lambda: site.sheets.desk.open(site.pipeline, "local", key=site.key)
        return found.open(more)

    yield start
    for handle in handles:
        handle.close()
