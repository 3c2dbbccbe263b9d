"""Canvases that are served until the test ends."""

from __future__ import annotations

import pytest

from tests.canvas.acting import Server


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
        handle.close()


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
