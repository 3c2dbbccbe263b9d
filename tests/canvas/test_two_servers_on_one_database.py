"""A page shows what another server does on its sheet, without being loaded again."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from daggr_fn.live import Desk
from daggr_fn.store import Store
from tests.canvas.acting import field, in_state, opened, press, shows

SLOW = """
    import threading
    from daggr_fn import node, pipeline

    gate = threading.Event()

    @node
    def first(word: str) -> str:
        return word.upper()

    @node
    def second(word: str) -> str:
        gate.wait(60)
        return word + "!"

    @pipeline
    def shout(word: str = "hello"):
        return second(first(word))
"""


@pytest.fixture
def slow(app):
    made = app(SLOW)
    yield made
    made.gate.set()


@pytest.fixture
def other():
    """Another desk, with a store of its own: to the database it is another server."""
    store = Store()
    desk = Desk(store)
    yield desk
    desk.close()
    store.close()


def test_a_page_follows_what_another_server_does(slow, show, page, other):
    opened(page, show(slow.shout).url)
    sheet = other.open(slow.shout, "local")
    sheet.set_input("word", "ship")
    expect(field(page, "word")).to_have_value("ship")
    sheet.run()
    in_state(page, "first", "done")
    in_state(page, "second", "running")
    shows(page, "second", "Runs on another server")
    press(page, "Stop all")
    expect(page.locator(".toast")).to_contain_text("this run is another server's")
    slow.gate.set()
    shows(page, "second", "SHIP!")
    in_state(page, "second", "done")
    expect(page.get_by_role("button", name="Stop all")).to_have_count(0)


def test_a_page_whose_sheet_another_server_removes_shows_the_one_that_is_left(slow, show, page, other):
    opened(page, show(slow.shout).url)
    mine = other.open(slow.shout, "local")
    other.make(slow.shout, "local", name="Left over")
    page.get_by_role("button", name="Sheet 1").click()
    expect(page.get_by_role("menuitemradio", name="Left over")).to_be_visible()
    other.delete("local", mine.info.id)
    expect(page.get_by_role("button", name="Sheet Left over")).to_be_visible()
