"""What a sheet knows of how its results were made."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.canvas.acting import card, field, in_state, opened, press, shows

DRAWN = """
    import itertools
    from daggr_fn import every_run, node, pipeline

    numbers = itertools.count(1)
    calls = []

    def draw() -> int:
        return next(numbers)

    @node
    def paint(topic: str, seed: int) -> str:
        calls.append("paint")
        return f"{topic} {seed}"

    @node
    def frame(picture: str) -> str:
        calls.append("frame")
        return f"[{picture}]"

    @node
    def sign(picture: str, name: str) -> str:
        calls.append("sign")
        return f"{picture} by {name}"

    @pipeline
    def art(topic: str = "cat", name: str = "Ann"):
        return sign(frame(paint(topic, seed=every_run(draw))), name)
"""


def choose_run(page, name, way):
    """Run in one of the ways that the menu of a card has."""
    press(page, f"Choose what to run from {name}")
    page.get_by_role("menuitemradio", name=way).or_(page.get_by_role("menuitem", name=way)).or_(
        page.get_by_role("tab", name=way)
    ).first.click()


def test_a_drawn_value_stays_until_its_step_is_run_itself(app, show, page):
    art = app(DRAWN)
    opened(page, show(art.art).url)
    press(page, "Run all")
    shows(page, "sign", "[cat 1] by Ann")
    press(page, "Run all")
    in_state(page, "sign", "reused")
    field(page, "name").fill("Bob")
    field(page, "name").press("Tab")
    in_state(page, "sign", "stale")
    press(page, "Run sign")
    shows(page, "sign", "[cat 1] by Bob")
    assert art.calls == ["paint", "frame", "sign", "sign"]


def test_to_here_runs_exactly_what_is_stale(app, show, page):
    art = app(DRAWN)
    opened(page, show(art.art).url)
    press(page, "Run frame")
    shows(page, "frame", "[cat 1]")
    assert art.calls == ["paint", "frame"]
    press(page, "Run sign")
    shows(page, "sign", "[cat 1] by Ann")
    assert art.calls == ["paint", "frame", "sign"]
    field(page, "topic").fill("dog")
    field(page, "topic").press("Tab")
    in_state(page, "paint", "stale")
    in_state(page, "sign", "stale")
    press(page, "Run paint")
    in_state(page, "paint", "done")
    shows(page, "paint", "dog")
    assert art.calls == ["paint", "frame", "sign", "paint"]


def test_back_to_an_earlier_version_restores_its_inputs_and_what_follows(app, show, page):
    art = app(DRAWN)
    opened(page, show(art.art).url)
    press(page, "Run all")
    shows(page, "sign", "[cat 1] by Ann")
    field(page, "topic").fill("dog")
    field(page, "topic").press("Tab")
    in_state(page, "sign", "stale")
    press(page, "Run all")
    shows(page, "sign", "[dog 2] by Ann")
    card(page, "paint").get_by_text("2/2").wait_for()
    press(page, "Earlier result of paint")
    shows(page, "paint", "cat 1")
    expect(field(page, "topic")).to_have_value("cat")
    shows(page, "sign", "[cat 1] by Ann")
    in_state(page, "sign", "done")
    press(page, "Run all")
    in_state(page, "sign", "reused")
    press(page, "Later result of paint")
    shows(page, "sign", "[dog 2] by Ann")
    assert len(art.calls) == 6


GOING = """
    import threading
    from daggr_fn import node, pipeline

    gate = threading.Event()

    @node
    def paint(topic: str) -> str:
        return f"a {topic}"

    @node
    def frame(picture: str) -> str:
        gate.wait(30)
        return f"[{picture}]"

    @pipeline
    def art(topic: str = "cat"):
        return frame(paint(topic))
"""


def test_a_change_while_it_runs_makes_stale_what_is_done_and_what_will_be(app, show, page):
    art = app(GOING)
    opened(page, show(art.art).url)
    press(page, "Run all")
    in_state(page, "paint", "done")
    field(page, "topic").fill("dog")
    field(page, "topic").press("Tab")
    expect(in_state(page, "paint", "stale")).to_contain_text("Stale, topic changed")
    in_state(page, "frame", "running")
    art.gate.set()
    expect(in_state(page, "frame", "stale")).to_contain_text("[a cat]")
