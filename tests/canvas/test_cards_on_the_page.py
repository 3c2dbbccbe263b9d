"""A card: what it is, how it stands, what it made, and the ways to run it."""

from __future__ import annotations

import re
import threading

from playwright.sync_api import expect

from daggr_fn.canvas.neighbours import _PAGES
from daggr_fn.live import OpenSheet
from tests.canvas.widget_pages import SlowLine

LETTERS = '''
    import logging
    import threading
    from typing import Annotated

    import gradio as gr
    from daggr_fn import node, pipeline, progress

    gate = threading.Event()
    calls = []

    @node
    def write(topic: str) -> str:
        """Writes about a topic."""
        calls.append(topic)
        logging.getLogger("letters").warning("writing about %s", topic)
        progress(0.4, "Thinking")
        gate.wait(30)
        return f"about {topic}"

    @node
    def count(text: str) -> int:
        return len(text)

    @node
    def shout(text: str) -> str:
        return text.upper()

    @pipeline(name="Letters")
    def shown(topic: Annotated[str, gr.Textbox(label="Topic", info="A few words.")] = "AI"):
        """What it is for."""
        text = write(topic)
        return {"count": count(text), "shout": shout(text)}
'''


def test_a_card_tells_what_it_is_how_it_stands_and_what_it_made(canvas):
    c = canvas(LETTERS)
    write = c.card("write")
    expect(write.locator(".kind")).to_have_attribute("title", "Function")
    expect(write.locator("h3")).to_have_text("write")
    expect(write.locator(".ins")).to_have_text("topic")
    expect(write.locator(".outs")).to_have_text("Output")
    expect(c.page.get_by_role("article", name="Function write, Not run yet")).to_be_visible()
    expect(c.page.get_by_text("A few words.")).to_be_visible()
    c.wire_is("write", "count", "idle")
    c.wire_is("inputs", "write", "fresh")

    c.run_all()
    c.says("write", "40 %")
    assert re.search(r"Running 0:\d\d, 40 %", write.locator(".status").first.inner_text())
    expect(write.get_by_role("progressbar")).to_have_attribute("aria-valuenow", "40")
    c.wire_is("inputs", "write", "run")
    expect(c.button("Stop write")).to_be_visible()
    c.module.gate.set()

    c.says("write", "Done in")
    c.shows("write", "about AI")
    c.shows("count", "8")
    c.shows("shout", "ABOUT AI")
    c.wire_is("write", "count", "fresh")
    c.wait_until_over()
    c.press("Logs of write")
    expect(c.page.get_by_role("log")).to_contain_text("writing about AI")
    c.page.keyboard.press("Escape")
    expect(c.page.get_by_role("log")).to_have_count(0)

    c.run_all()
    c.says("write", "Reused")
    c.says("shout", "Reused")
    assert c.module.calls == ["AI"]


def test_after_an_input_changed_cards_say_so_and_a_run_of_one_does_only_what_is_stale(canvas):
    c = canvas(LETTERS)
    c.module.gate.set()
    c.run_all()
    c.says("shout", "Done in")
    c.wait_until_over()
    c.type("Topic", "cats")
    c.says("write", "Stale, topic changed")
    c.says("shout", "Stale, topic changed")
    c.wire_is("write", "shout", "stale")
    c.shows("write", "about AI")

    menu = c.run_menu("shout")
    expect(menu.get_by_role("heading")).to_have_text("If you run to here")
    expect(menu.locator(".plan .nm")).to_have_text(["write", "shout"])
    expect(menu.locator(".plan .status")).to_have_text(["Run", "Run"])
    expect(menu.locator(".plan .why").first).to_contain_text("topic changed")
    expect(menu.locator(".plan .t").first).to_contain_text("about")
    expect(menu.locator(".tally")).to_contain_text("2 run")
    c.item("Run this step").hover()
    expect(menu.get_by_role("heading")).to_have_text("If you run this step")
    c.item("Run from here").hover()
    expect(menu.get_by_role("heading")).to_have_text("If you run from here")
    c.item("Run all").hover()
    expect(menu.locator(".tally")).to_contain_text("3 run")
    c.item("Run to here").click()

    c.shows("shout", "ABOUT CATS")
    c.says("count", "Stale")
    c.shows("count", "8")
    assert c.module.calls == ["AI", "cats"]

    c.press("Run count")
    c.shows("count", "10")
    c.run_menu("write")
    c.item("Run this step").click()
    c.until(lambda: c.module.calls == ["AI", "cats", "cats"])
    c.wait_until_over()
    c.says("shout", "Done")  # the same text came again
    c.press("More ways to run")
    c.item("Run everything anew").click()
    c.until(lambda: c.module.calls == ["AI", "cats", "cats", "cats"])
    c.wait_until_over()
    c.says("count", "Done")


def test_a_step_and_a_run_are_stopped(canvas):
    c = canvas(LETTERS)
    c.run_all()
    c.says("write", "Running")
    c.press("Stop write")
    c.says("write", "Cancelled at 0:")
    expect(c.card("write")).to_contain_text("Stopped by you")
    c.wait_until_over()
    c.run_all()
    c.says("write", "Running")
    c.press("Stop all")
    c.says("write", "Cancelled at")
    c.wait_until_over()
    c.module.gate.set()
    c.press("Runs")
    runs = c.page.get_by_role("dialog", name="Runs")
    expect(runs.locator("li")).to_have_count(2)
    expect(runs.locator("li").first).to_contain_text("Cancelled")
    runs.get_by_role("button", name="Resume").click()
    c.shows("shout", "ABOUT AI")


def test_the_list_of_runs_is_live(canvas):
    c = canvas(LETTERS)
    c.press("Runs")
    runs = c.page.get_by_role("dialog", name="Runs")
    expect(runs).to_contain_text("No run yet.")
    c.page.keyboard.press("Escape")
    c.run_all()
    c.says("write", "Running")
    c.press("Runs")
    expect(runs.locator("li")).to_contain_text("Running")
    c.module.gate.set()
    expect(runs.locator("li")).to_contain_text("Done")


def have_three_results(c):
    c.module.gate.set()
    for topic in ("cats", "dogs", "bees"):
        c.type("Topic", topic)
        c.run_all()
        c.shows("shout", f"ABOUT {topic.upper()}")
        c.wait_until_over()
    expect(c.card("write").locator(".hist")).to_contain_text("3/3")


def test_earlier_results_bring_their_inputs_and_what_was_made_of_them(canvas):
    c = canvas(LETTERS)
    have_three_results(c)
    c.press("Earlier result of write")
    expect(c.card("write").locator(".hist")).to_contain_text("2/3")
    c.shows("write", "about dogs")
    expect(c.field("Topic")).to_have_value("dogs")
    c.shows("shout", "ABOUT DOGS")
    c.says("shout", "Done")
    c.press("Earlier result of write")
    c.shows("shout", "ABOUT CATS")
    expect(c.button("Earlier result of write")).to_be_disabled()
    c.press("Later result of write")
    c.shows("shout", "ABOUT DOGS")
    expect(c.card("write").locator(".hist")).to_contain_text("2/3")
    c.press("Later result of write")
    c.shows("shout", "ABOUT BEES")
    expect(c.field("Topic")).to_have_value("bees")


def test_the_first_of_two_clicks_is_not_carried_out_last(canvas, monkeypatch):
    real, second = OpenSheet.select_version, threading.Event()

    def slowly_at_first(self, step, number):
        if number == 2:
            second.wait(1)
        real(self, step, number)
        if number == 1:
            second.set()

    monkeypatch.setattr(OpenSheet, "select_version", slowly_at_first)
    c = canvas(LETTERS)
    have_three_results(c)
    c.press("Earlier result of write")
    c.press("Earlier result of write")
    assert second.wait(60)
    c.shows("write", "about cats")
    assert [version.selected for version in c.sheet().versions("write")] == [True, False, False]


def test_two_clicks_on_a_slow_line_go_back_by_two_results(canvas, page):
    line = SlowLine(page)
    c = canvas(LETTERS)
    have_three_results(c)
    line.stop()
    c.press("Earlier result of write")
    c.press("Earlier result of write")
    expect(c.card("write").locator(".hist")).to_contain_text("1/3")
    line.go_on()
    c.shows("shout", "ABOUT CATS")
    expect(c.field("Topic")).to_have_value("cats")


FAILS = """
    import json

    from daggr_fn import node, pipeline

    @node
    def steady(text: str) -> str:
        return text

    def inside(text):
        return json.loads(text)["key"]

    @node
    def broken(text: str) -> str:
        return inside(text)

    @node
    def after(text: str) -> str:
        return text

    @pipeline
    def shown(text: str = "no json"):
        return after(broken(steady(text)))
"""


def test_an_error_shows_the_users_line_first_and_the_traceback_behind_a_click(canvas, context):
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    c = canvas(FAILS)
    c.run_all()
    c.says("broken", "Failed after")
    c.says("after", "Skipped")
    c.wire_is("broken", "after", "skipped")
    error = c.page.get_by_role("group", name="Error of broken")
    expect(error.locator(".lab")).to_have_text("app.py:10")
    expect(error.locator(".code")).to_have_text('return json.loads(text)["key"]')
    expect(error).to_contain_text("JSONDecodeError")
    expect(error.locator(".trace")).to_have_count(0)
    c.press("Traceback", error)
    trace = error.locator(".trace")
    expect(trace).to_contain_text("return inside(text)")
    expect(trace).not_to_contain_text("raw_decode")
    trace.get_by_role("button", name=re.compile("lines? in libraries hidden")).click()
    expect(trace).to_contain_text("raw_decode")
    c.press("Copy", trace)
    expect(c.page.get_by_text("Copied")).to_be_visible()
    copied = c.page.evaluate("navigator.clipboard.readText()")
    assert "JSONDecodeError" in copied
    assert "return inside(text)" in copied
    c.type("Text", '{"key": "fine"}')
    c.press("Run again", error)
    c.says("broken", "Done in")
    c.press("Run after")
    c.shows("after", "fine")


def test_each_traceback_that_is_open_is_that_of_its_own_card(canvas):
    c = canvas("""
        from daggr_fn import node, pipeline

        @node
        def divide(count: int) -> int:
            return 1 // count

        @node
        def look_up(count: int) -> int:
            return {}[count]

        @pipeline
        def shown(count: int = 0):
            return divide(count), look_up(count)
    """)
    c.run_all()
    for step, line in {"divide": "return 1 // count", "look_up": "return {}[count]"}.items():
        c.press("Fit all")
        c.until_still()
        error = c.page.get_by_role("group", name=f"Error of {step}")
        c.press("Traceback", error)
        expect(error.locator(".trace")).to_contain_text(line)
    expect(c.page.get_by_role("group", name="Error of divide").locator(".trace")).to_contain_text("return 1 // count")


STREAM = """
    import threading

    from daggr_fn import each, gather, node, pipeline

    gates = [threading.Event() for _ in range(3)]

    @node
    def tell(topic: str):
        words = []
        for gate, word in zip(gates, ["Once", "upon", topic]):
            words.append(word)
            yield " ".join(words)
            gate.wait(30)

    @node
    def end(text: str) -> str:
        return f"{text}."

    @pipeline
    def shown(topic: str = "a time"):
        return end(tell(topic))
"""


def test_what_a_step_has_so_far_is_shown_while_it_runs(canvas):
    c = canvas(STREAM)
    c.run_all()
    c.shows("tell", "Once")
    expect(c.card("tell").locator(".out")).to_have_text(re.compile("Once$"))
    c.module.gates[0].set()
    c.shows("tell", "Once upon")
    c.says("tell", "Running")
    for gate in c.module.gates:
        gate.set()
    c.shows("end", "Once upon a time.")
    c.says("tell", "Done")


QUEUE = """
    import threading

    from daggr_fn import node, pipeline, progress

    gates = [threading.Event(), threading.Event()]

    @node
    def draw(text: str) -> str:
        progress(None, "Queue 3 of 12")
        gates[0].wait(30)
        progress(None, "Drawing")
        gates[1].wait(30)
        return text

    @pipeline
    def shown(text: str = "hi"):
        return draw(text)
"""


def test_minutes_are_full_at_sixty_seconds(canvas):
    c = canvas(QUEUE)
    for gate in c.module.gates:
        gate.set()
    c.run_all()
    c.says("draw", "Done")
    c.wait_until_over()
    shown = next(one for one in list(_PAGES) if set(one.sheet.graph.steps) == {"draw"})
    shown._pump({"cards": {"draw": {"seconds": 179.7}}})
    c.says("draw", "Done in 3 min 0 s")


def test_a_step_in_a_queue_says_its_place(canvas):
    c = canvas(QUEUE)
    c.run_all()
    c.says("draw", "Queue 3 of 12")
    expect(c.card("draw")).to_have_attribute("data-state", "queue")
    expect(c.button("Stop draw")).to_be_visible()
    c.module.gates[0].set()
    c.says("draw", "Drawing")
    expect(c.card("draw")).to_have_attribute("data-state", "running")
    c.module.gates[1].set()
    c.says("draw", "Done")
