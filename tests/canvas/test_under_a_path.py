"""The canvas in an app of one's own, behind a proxy that shows it under a prefix; several pipelines in one process."""

from __future__ import annotations

import pytest
from fastapi import FastAPI
from playwright.sync_api import expect

from tests.canvas.acting import card, field, in_state, opened, press, shows
from tests.server.test_mounting import Proxy, running

FILES = """
    from pathlib import Path
    from typing import Annotated
    import gradio as gr
    from daggr_fn import new_file, node, pipeline

    @node
    def double(file: Path) -> Annotated[Path, gr.File(label="Copy")]:
        made = new_file(".txt")
        Path(made).write_text(Path(file).read_text() * 2)
        return made

    @node
    def red() -> Annotated[str, gr.Image(label="Red")]:
        from PIL import Image
        made = new_file(".png")
        Image.new("RGB", (8, 8), "red").save(made)
        return made

    @pipeline(name="Files")
    def files(file: Annotated[Path, gr.File(label="File")]):
        return double(file), red()

    @node
    def upper(word: str) -> str:
        return word.upper()

    @pipeline(name="Words")
    def words(word: str = "hello"):
        return upper(word)
"""


@pytest.fixture
def places(app, show):
    """Two pipelines in an app, behind a proxy under `/demo`, and one of them on a port of its own: their addresses."""
    made = app(FILES)
    outer = FastAPI()
    made.files.mount(outer, "/tools/files")
    made.words.mount(outer, "/tools/words")
    with running(outer) as inner, running(Proxy(inner, "/demo", tells=True)) as url:
        yield f"{url}/demo/tools/files/", f"{url}/demo/tools/words/", show(made.words, users="browser").url


def test_pages_of_several_pipelines_run_beside_each_other(places, context):
    _, words, own = places
    pages = [opened(context.new_page(), url) for url in (own, words)]  # the proxy has little patience with a first page
    for page, word in zip(pages, ("two", "one"), strict=True):
        field(page, "word").fill(word)
        press(page, "Run all")
        shows(page, "upper", word.upper())
    page = pages[1]
    page.reload()
    shows(page, "upper", "ONE")
    page.get_by_role("tab", name="App").click()
    expect(page.locator("[data-output]").first).to_contain_text("ONE")


def test_uploads_and_files_work_under_a_prefix(places, page, tmp_path):
    source = tmp_path / "some.txt"
    source.write_text("abc", encoding="utf-8")
    opened(page, places[2])
    opened(page, places[0])
    page.locator('[data-input="file"] input[type=file]').first.set_input_files(source)
    expect(page.locator('[data-input="file"]')).to_contain_text("some.txt")
    press(page, "Run all")
    in_state(page, "double", "done")
    with page.expect_download() as download:
        card(page, "double").locator("a[href]").first.click()
    assert download.value.path().read_text(encoding="utf-8") == "abcabc"
    page.wait_for_function("""() => document.querySelector('article[data-card="red"] img')?.naturalWidth === 8""")
