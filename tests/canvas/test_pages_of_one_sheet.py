"""Runs belong to the server, and all pages of a sheet show the same truth, live."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.canvas.acting import card, field, in_state, opened, press, shows
from tests.canvas.people import Canvas

SLOW = """
    import threading
    from typing import TypedDict
    from daggr_fn import choice, node, pipeline, each, gather

    gate = threading.Event()
    calls = []

    @node
    def first(word: str) -> str:
        calls.append("first")
        return word.upper()

    @node
    def second(word: str) -> str:
        calls.append("second")
        gate.wait(60)
        return word + "!"

    @node
    def third(word: str) -> str:
        calls.append("third")
        return word * 2

    @pipeline
    def shout(word: str = "hello"):
        return third(second(first(word)))
"""


@pytest.fixture
def slow(app):
    made = app(SLOW)
    yield made
    made.gate.set()


def test_a_run_goes_on_when_its_tab_is_closed(slow, show, context):
    url = show(slow.shout).url
    page = opened(context.new_page(), url)
    press(page, "Run all")
    in_state(page, "second", "running")
    page.close()
    slow.gate.set()
    page = opened(context.new_page(), url)
    in_state(page, "third", "done")
    shows(page, "third", "HELLO!HELLO!")
    assert slow.calls == ["first", "second", "third"]


def test_a_page_that_is_reloaded_shows_the_run_and_how_it_goes_on(slow, show, page):
    opened(page, show(slow.shout).url)
    press(page, "Run all")
    in_state(page, "second", "running")
    page.reload()
    in_state(page, "first", "done")
    in_state(page, "second", "running")
    slow.gate.set()
    shows(page, "third", "HELLO!HELLO!")


def test_a_page_without_network_says_so_and_catches_up_when_it_is_back(slow, show, page, context, faults):
    faults.expect("ERR_INTERNET_DISCONNECTED")
    faults.expect("WebSocket connection")
    opened(page, show(slow.shout).url)
    press(page, "Run all")
    in_state(page, "second", "running")
    cut = _cut(page)
    page.get_by_text("The connection is lost").wait_for()
    slow.gate.set()
    cut()
    shows(page, "third", "HELLO!HELLO!")
    expect(page.get_by_text("The connection is lost")).to_have_count(0)


def _cut(page):
    """Take the network away from a page, with the connection that it has; gives what brings it back."""
    page.context.set_offline(True)
    page.evaluate("window.socket.io.engine.close()")
    return lambda: page.context.set_offline(False)


def test_a_second_tab_shows_the_run_live_and_either_stops_it(slow, show, context):
    url = show(slow.shout).url
    one, two = opened(context.new_page(), url), opened(context.new_page(), url)
    press(one, "Run all")
    in_state(two, "second", "running")
    press(two, "Stop all")
    in_state(one, "second", "cancelled")
    in_state(two, "second", "cancelled")
    slow.gate.set()
    press(one, "Run all")
    for page in (one, two):
        shows(page, "third", "HELLO!HELLO!")


def test_another_browser_shows_the_same_sheet_live(slow, show, page, browser):
    url = show(slow.shout).url
    opened(page, url)
    other = browser.new_context()
    theirs = opened(other.new_page(), url)
    press(page, "Run all")
    in_state(theirs, "second", "running")
    slow.gate.set()
    shows(theirs, "third", "HELLO!HELLO!")
    other.close()


def test_two_people_see_what_the_other_types(slow, show, context):
    url = show(slow.shout).url
    one, two = opened(context.new_page(), url), opened(context.new_page(), url)
    field(one, "word").fill("good morning")
    field(one, "word").press("Tab")
    expect(field(two, "word")).to_have_value("good morning")
    field(two, "word").fill("good night")
    field(two, "word").press("Tab")
    expect(field(one, "word")).to_have_value("good night")


SHARED = """
    from typing import Annotated
    import gradio as gr
    from daggr_fn import ItemList, choice, each, gather, node, pipeline

    @node
    def write(topic: str) -> Annotated[list[dict], ItemList(text=gr.Textbox(label="Text"))]:
        return [{"text": f"{topic} {number}"} for number in range(2)]

    @node
    def say(text: str) -> str:
        return text.upper()

    @node
    def loud(text: str) -> str:
        return text + "!"

    @node
    def soft(text: str) -> str:
        return text + "..."

    @pipeline
    def cover(title: str):
        return soft(loud(title))

    @pipeline
    def talk(topic: str = "tea"):
        line = each(write(topic))
        said = say(line["text"])
        voice = choice(loud, soft, name="voice")(topic)
        return gather(said), voice, cover(topic)
"""


def test_two_people_see_the_others_choices_cards_and_groups(app, show, context):
    url = show(app(SHARED).talk).url
    one, two = opened(context.new_page(), url), opened(context.new_page(), url)
    card(one, "voice").get_by_role("tab", name="soft").click()
    expect(card(two, "voice").get_by_role("tab", name="soft")).to_have_attribute("aria-selected", "true")
    for page in (one, two):
        Canvas(page, url).until_still()
    head = card(one, "write").locator(".card-head").bounding_box()
    before = card(two, "write").bounding_box()
    one.mouse.move(head["x"] + 90, head["y"] + 20)
    one.mouse.down()
    one.mouse.move(head["x"] + 130, head["y"] + 120, steps=5)
    one.mouse.up()
    two.wait_for_function(
        """y => document.querySelector('article[data-card="write"]').getBoundingClientRect().y > y + 20""",
        arg=before["y"],
    )
    one.get_by_role("button", name="Fold cover").click()
    expect(card(two, "cover")).to_be_visible()
    two.reload()
    expect(card(two, "cover")).to_be_visible()
    expect(card(two, "voice").get_by_role("tab", name="soft")).to_have_attribute("aria-selected", "true")


def test_two_people_see_the_others_edits_of_items(app, show, context):
    url = show(app(SHARED).talk).url
    one, two = opened(context.new_page(), url), opened(context.new_page(), url)
    press(one, "Run all")
    for page in (one, two):
        in_state(page, "say", "done")
    cell = card(one, "write").locator("input, textarea").first
    expect(cell).to_have_value("tea 0")
    expect(card(two, "write").locator("input, textarea").first).to_have_value("tea 0")
    cell.fill("green tea")
    cell.press("Tab")
    expect(card(two, "write").locator("input, textarea").first).to_have_value("green tea")
    in_state(two, "say", "stale")
    press(two, "Run say")
    shows(one, "say", "GREEN TEA")


LONG_LOOK = """
    import threading
    from daggr_fn import node, pipeline

    looks, go, looked = threading.Event(), threading.Event(), threading.Event()
    looked.set()

    class Word:
        def __init__(self, text):
            self.text = text

        def __repr__(self):
            if self.text == "old":
                looks.set()
                looked.wait(60)
            return f"the {self.text} word"

    @node
    def make(text: str) -> Word:
        if text == "new":
            go.wait(60)
        return Word(text)

    @pipeline
    def words(text: str = "old"):
        return make(text)
"""


def test_a_look_that_takes_long_does_not_put_an_old_result_over_a_new_one(canvas):
    page = canvas(LONG_LOOK, "words")
    sheet, made = page.sheet(), page.module
    page.run_all()
    page.shows("make", "the old word")
    page.type("Text", "new")
    made.looked.clear()
    page.run_all()
    page.says("make", "Running")
    made.looks.clear()
    page.page.reload()
    page.until(made.looks.is_set)
    made.go.set()
    page.until(lambda: sheet.state_of("make")["state"] == "done")
    page.page.wait_for_timeout(500)  # time for the page to be told of it, if it is told too soon
    made.looked.set()
    page.shows("make", "the new word")
    page.says("make", "Done")
    page.page.get_by_role("tab", name="App").click()
    expect(page.page.get_by_role("main", name="App")).to_contain_text("the new word")
