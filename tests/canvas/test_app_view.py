"""The app view: a form and its results, for people who only want to use the pipeline."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.canvas.acting import PHONE, field, opened, press

SHOP = """
    import threading
    from typing import Annotated
    import gradio as gr
    from daggr_fn import approve, node, pipeline

    gate = threading.Event()
    calls = []

    @node
    def write(topic: str) -> str:
        calls.append("write")
        if topic == "bad":
            raise ValueError("no such topic")
        return f"About {topic}"

    @node
    def check(text: str) -> str:
        gate.wait(60)
        return text + ", checked"

    @node
    def print_it(text: str) -> Annotated[str, gr.Markdown(label="Paper")]:
        return f"**{text}**"

    @pipeline(name="Newspaper")
    def paper(topic: Annotated[str, gr.Textbox(label="Topic", info="A few words.")] = "tea"):
        '''Writes a paper.'''
        return {"draft": write(topic), "paper": print_it(approve(check(write.named("again")(topic))))}
"""


@pytest.fixture
def shop(app):
    made = app(SHOP)
    yield made
    made.gate.set()


def output(page, name):
    return page.locator(f'[data-output="{name}"]')


def test_the_form_runs_the_pipeline_and_shows_progress_questions_and_outputs(shop, show, page):
    opened(page, show(shop.paper).url + "?view=app")
    expect(page.get_by_role("heading", name="Newspaper", level=2)).to_be_visible()
    expect(page.get_by_text("Writes a paper.")).to_be_visible()
    expect(page.get_by_text("A few words.")).to_be_visible()
    expect(output(page, "paper")).to_contain_text("The result will be here.")
    field(page, "topic").fill("coffee")
    press(page, "Run")
    expect(output(page, "draft")).to_contain_text("About coffee")
    expect(page.get_by_role("progressbar")).to_be_visible()
    expect(page.get_by_role("region", name="Progress")).to_contain_text("check")
    shop.gate.set()
    page.get_by_role("region", name="approve waits for you").get_by_role("button", name="Approve").click()
    expect(output(page, "paper").locator("strong")).to_have_text("About coffee, checked")
    expect(page.get_by_role("progressbar")).to_have_count(0)


def test_a_run_is_stopped_and_its_error_is_shown(shop, show, page):
    opened(page, show(shop.paper).url + "?view=app")
    press(page, "Run")
    expect(output(page, "draft")).to_contain_text("About tea")
    press(page, "Stop")
    shop.gate.set()
    expect(page.locator(".df-page")).to_have_attribute("data-run", "cancelled")
    field(page, "topic").fill("bad")
    press(page, "Run")
    error = page.get_by_role("region", name="Error")
    expect(error).to_contain_text("no such topic")
    expect(error).to_contain_text(re.compile(r"app\.py:\d+"))


FRAGILE = """
    from daggr_fn import each, gather, node, pipeline

    bad = {"two", "inner"}

    @node
    def check(text: str) -> str:
        if text in bad:
            raise ValueError(f"{text} is no good")
        return text

    @node
    def join(texts: list[str]) -> str:
        return " ".join(texts)

    @pipeline
    def within(text: str):
        return check.named("look")(text)

    @pipeline
    def fragile():
        return {"words": join(gather(check(each(["one", "two", "three"])))), "inner": within("inner")}
"""


def test_failures_of_items_and_in_groups_are_shown_with_a_retry(app, show, page):
    made = app(FRAGILE)
    opened(page, show(made.fragile).url + "?view=app")
    press(page, "Run")
    error = page.get_by_role("region", name="Error")
    expect(error).to_contain_text("look failed")
    expect(error).to_contain_text("inner is no good")
    expect(error).to_contain_text("check failed for 1 of 3")
    expect(error).to_contain_text("two is no good")
    made.bad.clear()
    press(page, "Retry item 2")
    expect(error).not_to_contain_text("two is no good")
    press(page, "Run again")
    expect(output(page, "inner").locator(".out")).to_contain_text("inner")
    expect(error).to_have_count(0)


def test_an_output_has_a_history(shop, show, page):
    opened(page, show(shop.paper).url + "?view=app")
    shop.gate.set()
    for topic in ("tea", "milk"):
        field(page, "topic").fill(topic)
        press(page, "Run")
        expect(output(page, "draft")).to_contain_text(f"About {topic}")
        page.get_by_role("button", name="Approve").click()
        expect(output(page, "paper")).to_contain_text(f"About {topic}, checked")
        expect(output(page, "paper")).not_to_contain_text("From an earlier run")
        field(page, "topic").fill("cocoa")
        expect(output(page, "paper")).to_contain_text("From an earlier run")
    output(page, "paper").get_by_role("button", name="Earlier paper").click()
    expect(output(page, "paper")).to_contain_text("About tea, checked")
    expect(field(page, "topic")).to_have_value("tea")


def test_the_two_views_are_one_page_and_the_address_says_which(shop, show, page):
    opened(page, show(shop.paper).url)
    page.get_by_role("tab", name="App").click()
    expect(page).to_have_url(re.compile(r"\?view=app$"))
    page.reload()
    expect(page.get_by_role("heading", name="Newspaper", level=2)).to_be_visible()
    page.get_by_role("tab", name="Canvas").click()
    expect(page).not_to_have_url(re.compile("view"))
    expect(page.locator('article[data-card="check"]')).to_be_visible()


def test_who_uses_the_app_stays_in_it_on_other_sheets(shop, show, page):
    opened(page, show(shop.paper).url + "?view=app")
    field(page, "topic").fill("milk")
    press(page, "Sheet 1")
    page.get_by_role("menuitem", name="New sheet").click()
    expect(page.get_by_role("button", name="Sheet 2", exact=True)).to_be_visible()
    expect(page.get_by_role("main", name="App")).to_be_visible()
    press(page, "Sheet 2")
    page.get_by_role("menuitemradio", name="Sheet 1").click()
    expect(page.get_by_role("button", name="Sheet 1", exact=True)).to_be_visible()
    expect(page.get_by_role("main", name="App")).to_be_visible()
    expect(field(page, "topic")).to_have_value("milk")


def test_control_k_finds_a_step_in_the_app_too(shop, show, page):
    opened(page, show(shop.paper).url + "?view=app")
    expect(page.get_by_role("main", name="App")).to_be_visible()
    page.keyboard.press("Control+k")
    box = page.get_by_role("combobox", name="Find a step")
    expect(box).to_be_focused()
    box.fill("print")
    page.keyboard.press("Enter")
    expect(page.locator('article[data-card="print_it"]')).to_have_class(re.compile("selected"))


@pytest.mark.parametrize("width", [390, 700, 900, 1440])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_fits_every_width(shop, show, browser, width, theme):
    context = browser.new_context(**{**PHONE, "viewport": {"width": width, "height": 844}, "color_scheme": theme})
    page = opened(context.new_page(), show(shop.paper).url + "?view=app")
    run = page.get_by_role("button", name="Run", exact=True)
    expect(run).to_be_in_viewport()
    expect(field(page, "topic")).to_be_visible()
    assert page.evaluate("document.querySelector('.app-scroll').scrollWidth") <= width
    assert page.evaluate("document.body.classList.contains('body--dark')") == (theme == "dark")
    run.tap()
    expect(output(page, "draft")).to_contain_text("About tea")
    page.get_by_role("button", name="Stop", exact=True).tap()
    context.close()


PARTS = """
    from typing import Annotated, NamedTuple
    import gradio as gr
    from daggr_fn import node, pipeline

    class Parts(NamedTuple):
        page: Annotated[str, gr.HTML(label="Page")]
        words: int

    @node
    def split(text: str) -> Parts:
        return Parts(f"<p>It <b>says</b> {text}</p>", len(text.split()))

    @pipeline
    def parts(text: str = "two words"):
        made = split(text)
        return made.page, made.words
"""


def test_an_output_that_is_one_of_several_of_a_step_is_shown_as_its_component_says(app, show, page):
    opened(page, show(app(PARTS).parts).url + "?view=app")
    page.get_by_role("button", name="Run", exact=True).click()
    expect(output(page, "split.page").locator("b")).to_have_text("says")
    expect(output(page, "split.words")).to_contain_text("2")
