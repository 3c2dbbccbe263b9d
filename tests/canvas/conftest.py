"""Canvases that are served until the test ends, and shown in a real browser."""

from __future__ import annotations

import pytest

from daggr_fn.server.showing import show as show_pipeline
from tests.canvas.acting import Server
from tests.canvas.people import Canvas


@pytest.fixture
def canvas(app, page, monkeypatch):
    """Shows the one pipeline of a source text: `canvas(source).run_all()`. Its module is `canvas.module`."""
    for name in ("GRADIO_SERVER_NAME", "GRADIO_SERVER_PORT", "GRADIO_ROOT_PATH", "SPACE_ID"):
        monkeypatch.delenv(name, raising=False)
    handles = []

    def start(source, name="shown", more="", **options):
        module = app(source)
        handles.append(show_pipeline(getattr(module, name), port=0, block=False, open_browser=False, **options))
        found = Canvas(page, handles[-1].url)
        found.module = module
        site = handles[-1]._site
        found.sheet = lambda: site.sheets.desk.open(site.pipeline, "local", key=site.key)
        return found.open(more)

    yield start
    for one in page.context.pages:  # before their server: a lost connection would be a complaint
        one.close()
    for handle in handles:
        _close(handle)


def _close(handle):
    """Close a canvas, and stop what runs on its sheets."""
    handle._site.sheets.desk.close()
    handle.close()


@pytest.fixture
def show():
    """Shows pipelines in this process, on ports of their own."""
    handles = []

    def start(pipeline, **options):
        options.setdefault("port", 0)
        handles.append(pipeline.show(block=False, open_browser=False, **options))
        return handles[-1]

    yield start
    for handle in handles:
        _close(handle)


@pytest.fixture
def served(tmp_path):
    """Makes `daggr-fn show` of a source text, in a process of its own."""
    servers = []

    def make(source, pipeline=""):
        servers.append(Server(tmp_path, source, pipeline))
        return servers[-1].start()

    yield make
    for server in servers:
        server.kill()
