"""No serious finding of axe-core on any view, menu or dialog, light and dark."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.canvas.people import Canvas

AXE = Path(__file__).parents[2] / "js" / "node_modules" / "axe-core" / "axe.min.js"
FINDINGS = """async () => {
  const { violations } = await axe.run(document, { resultTypes: ["violations"] });
  const said = (node) => `${node.html.slice(0, 200)} (${node.failureSummary.slice(0, 300)})`;
  return violations.filter((one) => ["serious", "critical"].includes(one.impact))
    .flatMap((one) => one.nodes.map((node) => `${one.id}: ${said(node)}`));
}"""

ALL = """
    import logging
    from typing import Annotated, TypedDict

    import gradio as gr
    from daggr_fn import ItemList, approve, choice, each, gather, node, pipeline, when

    class Line(TypedDict):
        text: str

    @node
    def script(topic: str) -> Annotated[list[Line], ItemList(text=gr.Textbox(label="Text"))]:
        logging.getLogger("all").warning("writing")
        return [{"text": f"{topic} {i}"} for i in range(3)]

    @node
    def speak(text: str) -> str:
        if "1" in text:
            raise ValueError("no voice")
        return text.upper()

    @node
    def many(topic: str) -> list[str]:
        return [topic] * 20

    @node
    def small(text: str) -> str:
        return text

    @node
    def table(topic: str) -> Annotated[list[list[int]], gr.Dataframe(label="Table")]:
        return [[1, 2], [3, 4]]

    @node
    def first(text: str) -> str:
        raise RuntimeError("Quota exceeded")

    @node
    def second(text: str) -> str:
        return text

    @pipeline
    def inner(text: str):
        return second(text)

    @pipeline(name="All of it")
    def shown(
        topic: Annotated[str, gr.Textbox(label="Topic", info="A few words.")] = "AI",
        size: Annotated[int, gr.Slider(1, 9, step=1, label="Size")] = 3,
        loud: bool = False,
        style: Annotated[str, gr.Radio(["plain", "fancy"], label="Style")] = "plain",
        picture: Annotated[str | None, gr.Image(label="Picture", type="filepath")] = None,
    ):
        said = gather(speak(each(script(topic))["text"]), errors="skip")
        answered = first.or_else(second)(topic)
        cut = when(topic, small(topic), second(topic))
        broken = first.named("broken")(topic)
        return {
            "said": said, "many": gather(small.named("each")(each(many(topic)))), "answered": answered, "cut": cut,
            "voice": choice(small, second, name="voice")(topic), "inner": inner(topic), "table": table(topic),
            "fine": small.named("fine")(approve(topic)), "broken": broken,
        }
"""


def findings(page) -> list[str]:
    page.evaluate(AXE.read_text() + "; 0") if not page.evaluate("'axe' in window") else None
    return list(page.evaluate(FINDINGS))


def themes(c):
    for theme in ("light", "dark"):
        if c.page.locator("body.body--dark").count() != (theme == "dark"):
            c.page.evaluate("document.querySelector('[aria-label^=\"Use \"]')?.click()")
        yield theme


def run_until_asked(c):
    c.run_all()
    c.says("approve", "Waiting for you")
    c.says("broken", "Failed")
    c.says("table", "Done")
    expect(c.card("each").get_by_role("button", name="Item 20, ")).to_be_visible()


@pytest.fixture
def all_of_it(canvas, page):
    page.set_viewport_size({"width": 2600, "height": 2200})
    return canvas(ALL)


def test_the_canvas_before_and_after_a_run(all_of_it):
    c = all_of_it
    for theme in themes(c):
        assert findings(c.page) == [], theme
    run_until_asked(c)
    c.press("Traceback", c.page.get_by_role("group", name="Error of broken"))
    for theme in themes(c):
        assert findings(c.page) == [], theme
    c.press("Approve")
    c.wait_until_over()
    c.type("Topic", "cats")
    c.says("table", "Stale")
    for theme in themes(c):
        assert findings(c.page) == [], theme


MENUS = {
    "Sheets": lambda c: c.page.get_by_role("button", name="Sheet ").first.click(),
    "Runs": lambda c: c.press("Runs"),
    "Code for this run": lambda c: c.press("Code for this run"),
    "Share and export": lambda c: c.press("Share and export"),
    "Hugging Face account": lambda c: c.press("Sign in to Hugging Face"),
    "What to run": lambda c: c.press("Choose what to run from table"),
    "Logs": lambda c: c.press("Logs of script"),
}


def test_every_menu_and_dialog(all_of_it):
    c = all_of_it
    run_until_asked(c)
    for name, press in MENUS.items():
        for theme in themes(c):
            press(c)
            expect(c.page.locator(f'.pop[aria-label="{name}"]')).to_be_visible()
            assert findings(c.page) == [], (name, theme)
            c.page.keyboard.press("Escape")
            expect(c.page.locator(".pop")).to_have_count(0)
    for theme in themes(c):
        c.page.keyboard.press("Control+k")
        expect(c.page.get_by_role("combobox", name="Find a step")).to_be_visible()
        assert findings(c.page) == [], theme
        c.page.keyboard.press("Escape")
    c.press("Show Table at full size")
    expect(c.page.get_by_role("dialog", name="Table")).to_be_visible()
    for theme in ("light", "dark"):
        assert findings(c.page) == [], theme


def test_the_app(all_of_it):
    c = all_of_it
    run_until_asked(c)
    c.page.get_by_role("tab", name="App").click()
    expect(c.page.get_by_text("AI").first).to_be_visible()
    for theme in themes(c):
        assert findings(c.page) == [], theme


def test_the_phone(all_of_it, browser):
    run_until_asked(all_of_it)
    size = {"width": 390, "height": 844}
    made = browser.new_context(viewport=size, has_touch=True, is_mobile=True, reduced_motion="reduce")
    c = Canvas(made.new_page(), all_of_it.url).open()
    for theme in ("light", "dark"):
        assert findings(c.page) == [], theme
        c.press("Menu")
        expect(c.page.get_by_role("menu", name="Menu")).to_be_visible()
        assert findings(c.page) == [], theme
        c.item("Change the theme").click()
        expect(c.page.locator("body.body--dark")).to_have_count(int(theme == "light"))
    c.press("Menu")
    c.item("Show as app").click()
    assert findings(c.page) == []
    made.close()
