"""The title bar: sheets, runs, theme, views, code, exports."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import expect

from tests.canvas.people import Canvas
from tests.canvas.widget_pages import SlowLine

ROOT = Path(__file__).parents[2]

LETTERS = """
    from typing import Annotated

    import gradio as gr
    from daggr_fn import node, pipeline

    @node
    def write(topic: str) -> str:
        return f"about {topic}"

    @node
    def count(text: str) -> int:
        return len(text)

    @pipeline(name="Letters")
    def shown(topic: Annotated[str, gr.Textbox(label="Topic")] = "AI"):
        return count(write(topic))
"""


def sheets(c):
    c.page.get_by_role("button", name="Sheet ").first.click()
    return c.page.get_by_role("menu", name="Sheets")


def names(menu):
    return menu.get_by_role("menuitemradio")


def test_sheets_are_made_named_copied_switched_and_deleted_and_other_pages_follow(canvas, context):
    c = canvas(LETTERS)
    c.type("Topic", "cats")
    c.run_all()
    c.shows("write", "about cats")
    other = Canvas(context.new_page(), c.url).open()

    sheets(c)
    c.item("Rename").click()
    c.page.get_by_label("Name of the sheet").fill("Cats")
    c.page.keyboard.press("Enter")
    expect(c.button("Sheet Cats")).to_be_visible()
    expect(other.button("Sheet Cats")).to_be_visible()

    sheets(c)
    c.item("New sheet").click()
    expect(c.button("Sheet 2")).to_be_visible()
    expect(c.field("Topic")).to_have_value("AI")
    c.says("write", "Not run yet")
    assert "?sheet=" in c.page.url
    expect(names(sheets(other))).to_have_text(["Cats", "Sheet 2"])
    names(other.page).nth(1).click()
    expect(other.button("Sheet 2")).to_be_visible()

    sheets(c)
    names(c.page).nth(0).click()
    expect(c.button("Sheet Cats")).to_be_visible()
    c.shows("write", "about cats")
    sheets(c)
    c.item("Duplicate").click()
    expect(c.button("Sheet Cats (copy)")).to_be_visible()
    c.shows("write", "about cats")
    expect(c.field("Topic")).to_have_value("cats")

    sheets(other)
    other.item("Delete").click()
    other.item("Delete with all its results").click()
    expect(other.button("Sheet 2")).to_have_count(0)
    expect(names(sheets(c))).to_have_text(["Cats", "Cats (copy)"])
    names(c.page).nth(1).click()
    expect(c.button("Sheet Cats (copy)")).to_be_visible()


def test_the_button_of_an_open_menu_closes_it(canvas):
    c = canvas(LETTERS)
    card = c.card("write")
    for button, menu in (
        (c.button("Runs"), c.page.get_by_role("dialog", name="Runs")),
        (c.button("Sheet 1"), c.page.get_by_role("menu", name="Sheets")),
        (c.button("Choose what to run from write", card), c.page.get_by_role("dialog", name="What to run")),
    ):
        button.click()
        expect(menu).to_be_visible()
        button.click()
        expect(menu).to_have_count(0)
    c.button("Runs").click()
    c.button("Sheet 1").click()
    expect(c.page.get_by_role("menu", name="Sheets")).to_be_visible()
    card.locator(".card-title").click()
    expect(c.page.locator(".pop.menu")).to_have_count(0)


def test_a_page_whose_sheet_is_deleted_shows_another_one(canvas, context):
    c = canvas(LETTERS)
    sheets(c)
    c.item("New sheet").click()
    expect(c.button("Sheet 2")).to_be_visible()
    other = Canvas(context.new_page(), c.page.url).open()
    expect(other.button("Sheet 2")).to_be_visible()
    sheets(c)
    c.item("Delete").click()
    c.item("Delete with all its results").click()
    expect(c.button("Sheet 1")).to_be_visible()
    expect(other.button("Sheet 1")).to_be_visible()


def code_of(c):
    """The code for this run, in Python and for the shell."""
    c.press("Code for this run")
    dialog = c.page.get_by_role("dialog", name="Code for this run")
    expect(dialog.locator("pre")).to_contain_text("result =")
    python = dialog.locator("pre").inner_text()
    dialog.get_by_role("tab", name="curl").click()
    expect(dialog.locator("pre")).to_contain_text("curl -s")
    shell = dialog.locator("pre").inner_text()
    c.page.keyboard.press("Escape")
    return python, shell


def test_the_code_of_a_run_runs(canvas, tmp_path):
    c = canvas(LETTERS)
    c.type("Topic", 'it\'s "cats" & dogs')
    c.run_all()
    c.says("count", "Done")
    python, shell = code_of(c)
    assert "shown(" in python
    assert made_by(c, tmp_path, python) == str(len('about it\'s "cats" & dogs'))
    assert str(len('about it\'s "cats" & dogs')) in json.dumps(outputs_of(shell))


def outputs_of(shell):
    """What the code for the shell says that the pipeline returned."""
    done = subprocess.run(["sh", "-ec", shell], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)["outputs"]


def made_by(c, tmp_path, code):
    """What the code of a page prints as its result, in a process of its own."""
    program = tmp_path / "program.py"
    program.write_text(code + "\nprint(result)\n")
    folder = Path(c.module.__file__).parent
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(folder)])}
    done = subprocess.run([sys.executable, program], env=environment, capture_output=True, text=True, check=True)
    return done.stdout.strip()


ASKED = """
    from typing import Annotated

    import gradio as gr
    from daggr_fn import approve, ask, choose_one, each, gather, node, pipeline

    @node
    def offer(topic: str) -> list[str]:
        return [topic, "tea"]

    @node
    def sell(text: str, more: str, all: list[str]) -> str:
        return " ".join([text, more, *all])

    @pipeline
    def shown(topic: Annotated[str, gr.Textbox(label="Topic")] = "AI"):
        one = choose_one(offer(topic))
        more = ask(gr.Textbox(label="More"), value=one, name="more")
        return sell(one, more, gather(approve(each(offer(topic)), name="good"), errors="skip"))
"""


def test_the_code_of_a_run_says_what_people_have_answered(canvas, tmp_path):
    c = canvas(ASKED)
    c.run_all()
    c.card("choose_one").get_by_role("radio").nth(1).click()
    c.press("Use the second", c.card("choose_one"))
    c.card("more").locator("input, textarea").first.fill("and it's cake")
    c.press("Continue", c.card("more"))
    for number, says in ((1, "Refuse"), (2, "Approve")):
        expect(c.card("good")).to_contain_text(f"Item {number}")
        c.press(says, c.card("good"))
    c.shows("sell", "tea and it's cake tea")
    python, shell = code_of(c)
    assert "'good': [False, True]" in python
    assert made_by(c, tmp_path, python) == "tea and it's cake tea"
    assert outputs_of(shell) == {"sell": "tea and it's cake tea"}


def test_the_code_of_an_earlier_run_is_not_shown_while_that_of_this_one_is_on_its_way(canvas, page):
    line = SlowLine(page)
    c = canvas(LETTERS)
    python, _ = code_of(c)
    assert "shown(" in python
    c.type("Topic", "cats")
    line.stop()
    c.press("Code for this run")
    code = page.get_by_role("dialog", name="Code for this run").locator("pre")
    line.until_kept("cats")
    expect(code).to_have_text("")
    line.go_on()
    expect(code).to_contain_text("cats")


EDITED = """
    from typing import Annotated, NamedTuple

    import gradio as gr
    from daggr_fn import ItemList, each, gather, node, pipeline

    class Script(NamedTuple):
        title: str
        lines: Annotated[list[dict], ItemList(text=gr.Textbox(label="Text"))]

    @node
    def write(topic: str) -> Script:
        return Script(f"On {topic}", [{"text": f"{topic} {i}"} for i in (1, 2)])

    @node
    def speak(text: str) -> str:
        return text.upper()

    @node
    def join(title: str, lines: list[str]) -> str:
        return f"{title}: {' / '.join(lines)}"

    @pipeline
    def shown(topic: Annotated[str, gr.Textbox(label="Topic")] = "AI"):
        script = write(topic)
        return join(script.title, gather(speak(each(script.lines)["text"])))
"""


def test_the_code_of_a_run_has_the_lists_that_people_have_edited(canvas, tmp_path):
    c = canvas(EDITED)
    c.run_all()
    c.shows("join", "On AI: AI 1 / AI 2")
    c.card("write").get_by_label("Text 1").fill("it's mine")
    c.card("write").get_by_label("Text 1").blur()
    c.says("join", "Stale")
    c.run_all()
    c.shows("join", "On AI: IT'S MINE / AI 2")
    python, shell = code_of(c)
    assert "given={'write': {'title': 'On AI', 'lines':" in python
    assert made_by(c, tmp_path, python) == "On AI: IT'S MINE / AI 2"
    assert "# write: its list was edited, and here it is made anew" in shell
    assert outputs_of(shell) == {"join": "On AI: AI 1 / AI 2"}
    c.type("Topic", "tea")  # the edit was of another list
    c.says("write", "Stale")
    python, _ = code_of(c)
    assert "topic='tea'" in python
    assert "given" not in python


def test_the_graph_and_the_results_are_taken_along(canvas, context, tmp_path):
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    c = canvas(LETTERS)
    c.run_all()
    c.shows("count", "8")
    c.wait_until_over()

    def download(words: str) -> Path:
        c.press("Share and export")
        with c.page.expect_download() as got:
            c.item(words).click()
        path = tmp_path / got.value.suggested_filename
        got.value.save_as(path)
        return path

    picture = download("Graph as SVG")
    assert picture.name == "Letters.svg"
    text = picture.read_text()
    assert all(f">{name}<" in text for name in ("Inputs", "write", "count"))
    png = download("Graph as PNG")
    with Image.open(png) as image:
        assert image.width > 600
        assert len(image.convert("L").getcolors() or ()) > 3
    with zipfile.ZipFile(io.BytesIO(download("Results as zip").read_bytes())) as archive:
        assert any("write" in name for name in archive.namelist()), archive.namelist()
    c.press("Share and export")
    c.item("Graph as mermaid").click()
    expect(c.page.get_by_text("Copied")).to_be_visible()
    assert "flowchart" in c.page.evaluate("navigator.clipboard.readText()")
    c.press("Share and export")
    c.item("Copy link to this sheet").click()
    c.until(lambda: "?sheet=" in c.page.evaluate("navigator.clipboard.readText()"))
    c.page.goto(c.page.evaluate("navigator.clipboard.readText()"))
    c.shows("count", "8")


def test_theme_and_view_are_switched_and_stay(canvas):
    c = canvas(LETTERS)
    body = c.page.locator("body.body--dark")
    expect(body).to_have_count(0)
    c.press("Use dark theme")
    expect(body).to_have_count(1)
    c.page.reload()
    expect(body).to_have_count(1)
    c.press("Use light theme")
    expect(body).to_have_count(0)
    c.page.emulate_media(color_scheme="dark")
    expect(body).to_have_count(0)
    c.page.emulate_media(color_scheme="light")
    c.press("Use the system's theme")
    c.page.emulate_media(color_scheme="dark")
    expect(body).to_have_count(1)
    c.page.reload()
    expect(body).to_have_count(1)
    c.page.emulate_media(color_scheme="light")
    expect(body).to_have_count(0)
    c.page.get_by_role("tab", name="App").click()
    expect(c.page).to_have_url(re.compile(r"\?view=app$"))
    c.page.reload()
    expect(c.page.get_by_role("tab", name="App")).to_have_attribute("aria-selected", "true")
    expect(c.card("write")).to_have_count(0)
    c.press("Share and export")
    with c.page.expect_download() as got:
        c.item("Graph as SVG").click()
    assert got.value.suggested_filename == "Letters.svg"
    c.page.get_by_role("tab", name="Canvas").click()
    expect(c.card("write")).to_be_visible()
    expect(c.page).not_to_have_url(re.compile("view"))
