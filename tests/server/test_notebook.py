"""`show()` in a notebook: a real kernel, and its cell's output in a real browser."""

from __future__ import annotations

import functools
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

SOURCE = Path(__file__).parents[2] / "src"
CELLS = [
    f"""
import sys; sys.path.insert(0, {str(SOURCE)!r})
from daggr_fn import node, pipeline

@node
def upper(text: str) -> str:
    return text.upper()

@pipeline
def shout(text: str = "hi") -> str:
    return upper(text)
""",
    "shout.show()",
    "shout(text='on')  # the kernel goes on",
]


@pytest.fixture
def kernel():
    """Runs cells in a kernel, which lives until the test ends."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in CELLS])
    client = NotebookClient(notebook, timeout=100, kernel_name="python3")
    with client.setup_kernel():
        yield lambda number: client.execute_cell(notebook.cells[number], number)["outputs"]


@pytest.fixture
def front_end(tmp_path):
    """Serves a page that shows a cell's output, as a notebook's does: at another port."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *args):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=tmp_path)) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()

        def shown(html):
            (tmp_path / "cell.html").write_text(f"<!doctype html><link rel=icon href=data:,>{html}")
            return f"http://127.0.0.1:{server.server_port}/cell.html"

        yield shown
        server.shutdown()
        thread.join()


def test_a_cell_that_shows_a_pipeline_returns_at_once_and_has_the_canvas_below_it(kernel, front_end, page):
    kernel(0)
    [shown] = kernel(1)
    assert kernel(2)[0]["data"]["text/plain"] == "'ON'"
    page.set_default_timeout(60_000)
    page.goto(front_end(shown["data"]["text/html"]))
    canvas = page.frame_locator("iframe")
    canvas.get_by_role("button", name="Run all", exact=True).click()
    canvas.get_by_text("HI", exact=True).wait_for()
    page.goto("about:blank")
