"""The canvas on a phone: a map of steps, and the selected step as a sheet below it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.canvas.acting import PHONE, opened
from tests.chromium import SECONDS

PAPER = """
    import threading
    from daggr_fn import approve, node, pipeline

    gate = threading.Event()

    @node
    def write(topic: str) -> str:
        return f"About {topic}"

    @node
    def check(text: str) -> str:
        gate.wait(60)
        return text + ", checked"

    @node
    def join(text: str) -> str:
        return text + ", joined"

    @pipeline(name="Newspaper")
    def paper(topic: str = "tea"):
        return join(approve(check(write(topic))))
"""


@pytest.fixture
def paper(app):
    made = app(PAPER)
    yield made
    made.gate.set()


@pytest.fixture
def phone(browser, paper, show, faults):
    from tests.chromium import _listen

    context = browser.new_context(**PHONE)
    context.set_default_timeout(SECONDS * 1000)
    page = context.new_page()
    _listen(page, faults)
    yield opened(page, show(paper.paper).url)
    context.close()
    assert not faults.unexpected, "\n".join(faults.unexpected)


def tile(page, name):
    return page.locator(f'.tile[data-card="{name}"]')


def sheet(page):
    return page.get_by_role("region", name="Selected step")


def height(page):
    return sheet(page).bounding_box()["height"]


def tap(page, name):
    page.get_by_role("button", name=name, exact=True).first.tap()


def test_steps_are_looked_at_one_by_one(phone):
    tile(phone, "write").tap()
    expect(sheet(phone).get_by_role("heading", name="write")).to_be_visible()
    expect(tile(phone, "write")).to_have_attribute("aria-pressed", "true")
    tap(phone, "check")
    expect(sheet(phone).get_by_role("heading", name="check")).to_be_visible()
    tap(phone, "write")
    tap(phone, "Inputs")
    field = sheet(phone).locator('[data-input="topic"] textarea')
    field.fill("coffee")
    tap(phone, "Run all")
    tile(phone, "write").tap()
    expect(sheet(phone)).to_contain_text("About coffee")


def test_a_run_is_followed_answered_and_stopped(phone, paper):
    tap(phone, "Run all")
    expect(tile(phone, "check")).to_have_accessible_name("check, Running")
    tap(phone, "Stop all")
    expect(tile(phone, "check")).to_have_accessible_name(re.compile(r"check, Cancelled at \d:\d\d"))
    paper.gate.set()
    tap(phone, "Run all")
    expect(tile(phone, "approve")).to_have_accessible_name("approve, Waiting for you")
    phone.reload()  # who comes now sees first what waits for them
    sheet(phone).get_by_role("button", name="Approve").tap()
    tile(phone, "join").tap()
    expect(sheet(phone)).to_contain_text("About tea, checked, joined")


def test_the_sheet_has_three_heights_by_its_grip(phone):
    grip = phone.get_by_role("button", name="Change the height of the sheet")
    seen = [height(phone)]
    for _ in range(2):
        grip.tap()
        seen.append(height(phone))
    low, half, full = sorted(seen)
    assert low < 844 * 0.3 < half < 844 * 0.6 < full
    box = grip.bounding_box()
    middle = box["x"] + box["width"] / 2
    phone.mouse.move(middle, box["y"] + 8)
    phone.mouse.down()
    phone.mouse.move(middle, box["y"] - 200, steps=4)
    phone.mouse.up()
    assert height(phone) > low


def test_plus_opens_the_cards_at_full_size_and_back(phone):
    tap(phone, "Open cards at full size")
    expect(phone.locator('article[data-card="Inputs"], article[data-card="inputs"]').first).to_be_visible()
    tap(phone, "Back to the map of steps")
    expect(tile(phone, "join")).to_be_visible()


def test_every_menu_is_reached_and_fits(phone):
    for name in ("Find a step", "Sheets", "Runs", "Code for this run", "Share and export", "Sign in"):
        tap(phone, "Menu")
        phone.get_by_role("menuitem", name=name).tap()
        shown = phone.locator(".palette, .menu.pop, .pop").last
        expect(shown).to_be_visible()
        box = shown.bounding_box()
        assert box["x"] >= 0, name
        assert box["x"] + box["width"] <= 390, name
        assert box["y"] + box["height"] <= 844, name
        phone.keyboard.press("Escape")
        expect(shown).to_have_count(0)
    tap(phone, "Menu")
    phone.get_by_role("menuitem", name="Change the theme").tap()
    expect(phone.locator("body.body--dark")).to_have_count(1)
    tap(phone, "Menu")
    phone.get_by_role("menuitem", name="Show as app").tap()
    expect(phone.get_by_role("button", name="Run", exact=True)).to_be_in_viewport()


def test_what_is_pressed_is_large_enough_for_a_finger(phone):
    tile(phone, "write").tap()
    small = phone.evaluate(
        """() => [...document.querySelectorAll("button")].filter((one) => one.offsetParent)
            .map((one) => [one.ariaLabel ?? one.innerText, one.getBoundingClientRect()])
            .filter(([, box]) => Math.min(box.width, box.height) < 20).map(([name]) => name)"""
    )
    assert small == []


GROUPED = """
    from daggr_fn import node, pipeline

    @node
    def write(topic: str) -> str:
        return f"About {topic}"

    @node
    def shout(text: str) -> str:
        return text.upper()

    @node
    def print_(text: str) -> str:
        return text

    @pipeline
    def loud(text: str):
        return shout(text)

    @pipeline
    def louder(text: str):
        return loud(text)

    @pipeline(name="Newspaper")
    def paper(topic: str = "tea"):
        return print_(louder(write(topic)))
"""


def test_wires_go_on_into_groups_and_out_of_them(phone, app, show):
    opened(phone, show(app(GROUPED).paper).url)
    wires = phone.locator(".map .vue-flow__edge")
    expect(wires).to_have_count(3)
    found = {wire.get_attribute("data-wire") for wire in wires.all()}
    assert found == {"inputs > write", "write > louder/loud/shout", "louder/loud/shout > print_"}
