"""Moving about on the canvas: by mouse, by keys, by touch."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.canvas.people import Canvas

CHAIN = """
    from typing import Annotated

    import gradio as gr
    from daggr_fn import node, pipeline

    calls = []

    @node
    def first(topic: str) -> str:
        calls.append("first")
        return f"about {topic}"

    @node
    def second(text: str) -> str:
        calls.append("second")
        return text.upper()

    @node
    def third(text: str) -> str:
        calls.append("third")
        return text[::-1]

    @pipeline
    def shown(topic: Annotated[str, gr.Textbox(label="Topic")] = "AI"):
        return third(second(first(topic)))
"""


def middle(locator):
    box = locator.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def drag(c, locator, dx, dy):
    x, y = middle(locator)
    c.page.mouse.move(x, y)
    c.page.mouse.down()
    c.page.mouse.move(x + dx / 2, y + dy / 2, steps=4)
    c.page.mouse.move(x + dx, y + dy, steps=4)
    c.page.mouse.up()


def near(place, other, within=3):
    return abs(place[0] - other[0]) <= within and abs(place[1] - other[1]) <= within


def moved(place, dx, dy):
    return place[0] + dx, place[1] + dy


def beside(c, name, other="first"):
    """Where a card is, seen from another one."""
    places = c.places()
    if name not in places or other not in places:
        return (-9999, -9999)
    return places[name][0] - places[other][0], places[name][1] - places[other][1]


def test_a_dragged_card_stays_until_it_is_undone_or_tidied_up(canvas):
    c = canvas(CHAIN)
    c.until_still()
    before, third = beside(c, "second"), beside(c, "third")
    drag(c, c.card("second").locator(".card-title"), 40, 220)
    c.until(lambda: beside(c, "second")[1] > before[1] + 150)
    dragged = beside(c, "second")
    assert dragged[0] > before[0]
    c.until(lambda: "second" in c.sheet().setting("positions", {}))
    c.page.reload()
    c.until(lambda: near(beside(c, "second"), dragged))
    c.until(lambda: near(beside(c, "third"), third))
    c.press("Undo")
    c.until(lambda: near(beside(c, "second"), before))
    c.page.keyboard.press("Control+Shift+z")
    c.until(lambda: near(beside(c, "second"), dragged))
    c.press("Tidy up")
    c.until(lambda: near(beside(c, "second"), before))

    c.type("Topic", "cats")
    expect(c.field("Topic")).to_have_value("cats")
    c.until(lambda: c.sheet().inputs.get("topic") == "cats")
    c.page.keyboard.press("Control+z")
    expect(c.field("Topic")).to_have_value("AI")
    c.page.keyboard.press("Control+y")
    expect(c.field("Topic")).to_have_value("cats")


def test_a_card_that_was_out_of_view_is_there_when_it_comes_back(canvas):
    c = canvas(CHAIN)
    expect(c.card("third")).to_be_visible()
    c.sheet().move({"third": [0, 9000]})
    expect(c.card("third")).to_have_count(0)
    c.press("Tidy up")
    expect(c.card("third")).to_be_visible()


def test_pan_zoom_fit_and_minimap(canvas):
    c = canvas(CHAIN)
    c.until_still()
    c.press("Fit all")
    c.until(lambda: c.zoom() == 100)
    c.until_still()
    start = c.places()
    c.page.mouse.move(700, 700)
    c.page.mouse.down()
    c.page.mouse.move(600, 640, steps=5)
    c.page.mouse.up()
    c.until(lambda: near(c.places()["first"], moved(start["first"], -100, -60)))
    c.page.mouse.wheel(0, 80)
    c.until(lambda: c.places()["first"][1] < start["first"][1] - 80)
    zoom = c.zoom()
    c.press("Zoom in")
    c.until(lambda: c.zoom() > zoom)
    c.press("Zoom out")
    c.until(lambda: c.zoom() == zoom)
    c.page.mouse.move(700, 500)
    c.page.keyboard.down("Control")
    c.page.mouse.wheel(0, -300)
    c.page.keyboard.up("Control")
    c.until(lambda: c.zoom() > zoom)
    c.press("Fit all")
    c.until(lambda: near(c.places().get("first", (0, 0)), start["first"]))
    box = c.page.locator(".mini").bounding_box()
    c.page.mouse.click(box["x"] + 10, box["y"] + box["height"] / 2)
    c.until(lambda: c.places().get("first", (0, 0))[0] > start["first"][0] + 100)
    for _ in range(6):
        c.press("Zoom out")
    tile = c.page.locator(".far .tile", has_text="second")
    expect(tile).to_be_visible()
    expect(c.card("second")).to_have_count(0)
    tile.click()
    expect(c.card("second")).to_be_visible()


def test_a_step_is_found_by_its_name(canvas):
    c = canvas(CHAIN)
    c.page.keyboard.press("Control+k")
    box = c.page.get_by_role("combobox", name="Find a step")
    expect(box).to_be_focused()
    options = c.page.get_by_role("option")
    expect(options).to_have_count(4)
    box.fill("r")
    c.page.keyboard.press("ArrowDown")
    c.page.keyboard.press("ArrowUp")
    box.fill("thi")
    expect(options).to_have_count(1)
    c.page.keyboard.press("Enter")
    expect(box).to_have_count(0)
    expect(c.card("third")).to_have_class(re.compile("selected"))
    c.until(lambda: abs(middle(c.card("third"))[0] - 720) < 40)
    c.page.keyboard.press("Control+k")
    expect(box).to_be_focused()
    c.page.keyboard.press("Escape")
    expect(box).to_have_count(0)
    c.press("Find a step (Ctrl K)")
    expect(box).to_be_focused()
    c.page.keyboard.press("Tab")  # nothing behind it is within reach
    expect(box).to_be_focused()
    c.page.get_by_text("go there").click()
    expect(box).not_to_be_focused()
    c.page.keyboard.press("Escape")
    expect(box).to_have_count(0)


def test_everything_goes_by_keyboard(canvas):
    c = canvas(CHAIN)
    c.until_still()
    press = c.page.keyboard.press
    press("f")
    c.until_still()
    start = c.places()
    press("+")
    press("+")
    c.until(lambda: c.places().get("first") != start["first"])
    press("-")
    press("f")
    c.until(lambda: near(c.places().get("first", (0, 0)), start["first"]))
    press("ArrowRight")
    c.until(lambda: near(c.places()["first"], moved(start["first"], -80, 0)))
    press("ArrowLeft")
    c.until(lambda: near(c.places()["first"], start["first"]))

    node = c.page.locator('.vue-flow__node[data-id="second"]')
    node.focus()
    press("Enter")
    expect(c.card("second")).to_have_class(re.compile("selected"))
    press("Shift+Enter")
    c.shows("second", "ABOUT AI")
    assert c.module.calls == ["first", "second"]
    c.wait_until_over()
    press("Control+Enter")
    c.until(lambda: c.module.calls == ["first", "second", "second"])
    c.wait_until_over()
    at = beside(c, "second")
    for _ in range(4):
        press("ArrowDown")
    c.until(lambda: beside(c, "second")[1] >= at[1] + 15)
    lower = beside(c, "second")
    press("Escape")
    expect(c.page.locator(".card.selected")).to_have_count(0)
    c.until(lambda: "second" in c.sheet().setting("positions", {}))
    c.page.reload()
    c.until(lambda: near(beside(c, "second"), lower))
    press("t")
    c.until(lambda: near(beside(c, "second"), at))


INSIDE = """
    import pandas as pd
    from daggr_fn import choose_one, node, pipeline

    @node
    def offer() -> list[str]:
        return ["one", "two", "three"]

    @node
    def table() -> pd.DataFrame:
        return pd.DataFrame({"n": range(90)})

    @pipeline
    def shown():
        return choose_one(offer(), name="pick"), table()
"""


def test_arrows_inside_of_a_selected_card_leave_it_where_it_is(canvas):
    c = canvas(INSIDE)
    c.run_all()
    c.says("table", "Done")
    options = c.page.get_by_role("radiogroup", name="Options of pick")
    expect(options).to_be_visible()
    c.until_still()
    at = c.places()
    options.get_by_role("radio", name="Option 1").click()
    expect(c.card("pick")).to_have_class(re.compile("selected"))
    for number in (2, 3):
        c.page.keyboard.press("ArrowDown")
        expect(options.get_by_role("radio", name=f"Option {number}")).to_be_checked()
    assert c.places() == at
    rows = c.card("table").locator(".tbl-box")
    rows.click()
    expect(c.card("table")).to_have_class(re.compile("selected"))
    c.page.keyboard.press("ArrowDown")
    c.until(lambda: rows.evaluate("(box) => box.scrollTop") > 0)
    assert c.places() == at


def test_menus_and_the_order_of_tab_by_keyboard(canvas):
    c = canvas(CHAIN)
    press = c.page.keyboard.press
    press("r")
    c.shows("third", "IA TUOBA")
    c.wait_until_over()

    c.button("Choose what to run from third").focus()
    press("Enter")
    menu = c.page.get_by_role("menu", name="What to run")
    expect(menu.get_by_role("menuitem", name="Run to here")).to_be_focused()
    press("ArrowUp")
    expect(menu.get_by_role("menuitem", name="Run this step")).to_be_focused()
    press("ArrowUp")
    expect(menu.get_by_role("menuitem", name="Run all")).to_be_focused()
    press("Escape")
    expect(menu).to_have_count(0)
    expect(c.button("Choose what to run from third")).to_be_focused()

    # Tab goes through the bar and the cards in the order in which they are read
    c.page.get_by_role("tab", name="App").focus()
    seen = []
    for _ in range(40):
        press("Tab")
        seen.append(
            c.page.evaluate(
                "(document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent.trim())"
            )
        )
    wanted = ["Find a step (Ctrl K)", "Run all", "first", "Run first", "second", "Run second", "third", "Run third"]
    assert [name for name in seen if name in wanted][: len(wanted)] == wanted


@pytest.fixture
def phone(browser, faults):
    from tests.chromium import _listen

    made = browser.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True, reduced_motion="reduce"
    )
    made.on("page", lambda page: _listen(page, faults))
    yield made.new_page()
    made.close()
    assert not faults.unexpected, "\n".join(faults.unexpected)


@pytest.fixture
def touch(phone):
    session = phone.context.new_cdp_session(phone)

    def send(kind, *points):
        fingers = [{"x": x, "y": y, "id": i} for i, (x, y) in enumerate(points)]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": fingers})

    return send


def test_fingers_pan_and_pinch(canvas, phone, touch):
    c = Canvas(phone, canvas(CHAIN).url).open()
    c.press("Open cards at full size")
    expect(c.card("first")).to_be_visible()
    start, scale = c.places()["first"], c.scale()
    touch("touchStart", (200, 700))
    for step in range(1, 6):
        touch("touchMove", (200 - 10 * step, 700))
    touch("touchEnd")
    c.until(lambda: c.places()["first"][0] < start[0] - 30)
    touch("touchStart", (150, 700), (250, 700))
    for step in range(1, 8):
        touch("touchMove", (150 - 8 * step, 700), (250 + 8 * step, 700))
    touch("touchEnd")
    c.until(lambda: c.scale() > scale * 1.2)


GROWING = """
    import threading

    from daggr_fn import node, pipeline

    gate = threading.Event()

    @node
    def grow(topic: str) -> str:
        gate.wait(30)
        return "\\n".join(f"{topic} {line}" for line in range(12))

    @node
    def other(topic: str) -> str:
        return topic

    @pipeline
    def shown(topic: str = "ants"):
        return grow(topic), other(topic)
"""


def test_nothing_moves_away_under_a_pressed_button(canvas):
    c = canvas(GROWING)
    c.until_still()
    c.run_all()
    c.says("other", "Done")
    c.until_still()
    upper, lower = sorted(("grow", "other"), key=lambda name: c.places()[name][1])
    assert (upper, lower) == ("grow", "other")
    menu = c.button("Choose what to run from other", c.card("other"))
    before = c.places()["other"]
    c.page.mouse.move(*middle(menu))
    c.page.mouse.down()
    c.module.gate.set()
    c.shows("grow", "ants 11")
    c.page.wait_for_timeout(500)  # in which the card would go down, to make room
    assert c.places()["other"] == before
    c.page.mouse.up()
    expect(c.page.get_by_role("dialog", name="What to run")).to_be_visible()
    c.until(lambda: c.places()["other"][1] > before[1])
    c.until_still()
    assert not c.overlaps()


NOTED_PLACES = """() => {
  globalThis.places = new Set();
  const note = () => {
    places.add(Math.round(document.querySelector(".card[data-card=other]").getBoundingClientRect().y));
    requestAnimationFrame(note);
  };
  note();
}"""


def test_a_card_that_a_person_has_put_somewhere_stays_when_the_one_above_grows(canvas):
    c = canvas(GROWING)
    c.until_still()
    c.sheet().move({"grow": [400, 0], "other": [400, 150]})
    c.until(lambda: beside(c, "other", "grow") == (0, 150))
    c.run_all()
    c.says("other", "Done")
    c.until_still()
    c.page.evaluate(NOTED_PLACES)
    c.module.gate.set()
    c.shows("grow", "ants 11")
    c.wait_until_over()
    c.until_still()
    assert len(c.page.evaluate("[...places]")) == 1
