"""`daggr-fn show app.py`: the open page follows the file, and loses nothing of what is on it."""

from __future__ import annotations

import asyncio

from playwright.sync_api import expect

from daggr_fn.server.engine import engine
from tests.canvas.acting import card, field, in_state, opened, press, shows

APP = """
    from daggr_fn import node, pipeline

    def note(word):
        with open("calls.txt", "a") as file:
            file.write(word + "\\n")

    @node
    def first(word: str) -> str:
        note("first")
        return word.upper()

    @node
    def second(word: str) -> str:
        note("second")
        return word + "!"

    @node
    def third(word: str) -> str:
        note("third")
        return word * 2

    @pipeline(name="Shouting")
    def shout(word: str = "hello", name: str = "Ann"):
        return third(second(first(word)))
"""


def marked(page):
    """Mark the page, so that a reload of it would be seen."""
    page.evaluate("window.marked = true")


def test_a_changed_function_makes_its_step_stale_and_the_page_keeps_everything(served, page):
    server = served(APP)
    opened(page, server.url)
    field(page, "word").fill("good morning")
    field(page, "word").press("Tab")
    press(page, "Run all")
    shows(page, "third", "GOOD MORNING!GOOD MORNING!")
    page.mouse.move(700, 760)
    page.mouse.wheel(0, -100)
    page.wait_for_timeout(700)
    marked(page)
    view = page.locator(".vue-flow__transformationpane").get_attribute("style")
    field(page, "name").click()
    field(page, "name").fill("Bob, who is being typ")
    server.edit('word + "!"', 'word + "?"')
    in_state(page, "second", "stale")
    expect(card(page, "second")).to_contain_text("its inputs or its code changed")
    in_state(page, "third", "stale")
    in_state(page, "first", "done")
    expect(field(page, "word")).to_have_value("good morning")
    expect(field(page, "name")).to_have_value("Bob, who is being typ")
    expect(field(page, "name")).to_be_focused()
    page.keyboard.type("ed")
    expect(field(page, "name")).to_have_value("Bob, who is being typed")
    assert page.locator(".vue-flow__transformationpane").get_attribute("style") == view
    shows(page, "third", "GOOD MORNING!GOOD MORNING!")
    press(page, "Run third")
    shows(page, "third", "GOOD MORNING?GOOD MORNING?")
    assert page.evaluate("window.marked")
    assert server.lines("calls.txt") == ["first", "second", "third", "second", "third"]


def test_steps_that_are_added_renamed_and_removed_are_followed_by_the_cards(served, page):
    server = served(APP)
    opened(page, server.url)
    press(page, "Run all")
    shows(page, "third", "HELLO!HELLO!")
    marked(page)
    server.edit("return third(second(first(word)))", 'return third.named("fourth")(third(second(first(word))))')
    in_state(page, "fourth", "idle")
    in_state(page, "third", "done")
    server.edit("second(first(word))", 'second.named("louder")(first(word))')
    shows(page, "louder", "HELLO!")
    in_state(page, "louder", "done")
    in_state(page, "third", "done")
    expect(card(page, "second")).to_have_count(0)
    server.edit('third.named("fourth")(', "(")
    expect(card(page, "fourth")).to_have_count(0)
    assert page.evaluate("window.marked")
    calls = server.lines("calls.txt")
    press(page, "Run third")
    in_state(page, "third", "reused")
    assert server.lines("calls.txt") == calls


def test_a_syntax_error_is_shown_until_it_is_mended(served, page):
    server = served(APP)
    opened(page, server.url)
    press(page, "Run all")
    shows(page, "third", "HELLO!HELLO!")
    marked(page)
    server.edit("return word * 2", "return word * * 2")
    page.get_by_role("alert").get_by_text("invalid syntax").wait_for()
    assert "invalid syntax" in server.said
    press(page, "Run third")
    in_state(page, "third", "reused")
    server.edit("return word * * 2", "return word * 3")
    expect(page.get_by_role("alert")).to_have_count(0)
    in_state(page, "third", "stale")
    press(page, "Run third")
    shows(page, "third", "HELLO!HELLO!HELLO!")
    assert page.evaluate("window.marked")


WAITING = """
    import threading
    from daggr_fn import node, pipeline

    began, go = threading.Event(), threading.Event()

    @node
    def write(topic: str) -> str:
        began.set()
        go.wait(60)
        return f"old {topic}"

    @pipeline(name="Hot")
    def hot(topic: str = "cat"):
        return write(topic)
"""


def test_a_file_that_changed_while_a_run_went_on_is_what_runs_next(app, show, context):
    old, new = app(WAITING), app(WAITING.replace("old", "new"))
    new.go.set()
    handle = show(old.hot)
    one, two = opened(context.new_page(), handle.url), opened(context.new_page(), handle.url)
    marked(one)
    press(one, "Run all")
    in_state(two, "write", "running")
    engine().run(_renewed(handle._site, new.hot))
    in_state(one, "write", "running")
    old.go.set()
    for page in (one, two):
        shows(page, "write", "old cat")
        in_state(page, "write", "stale")
    press(one, "Run all")
    for page in (one, two):
        shows(page, "write", "new cat")
    assert one.evaluate("window.marked")


async def _renewed(site, pipeline):
    site.renew(pipeline)
    await asyncio.gather(*site._rebuilding)
