"""The menu of what to run, and the plan in it."""

from __future__ import annotations

import threading

from playwright.sync_api import expect

from daggr_fn.canvas.answers import ANSWERS

SHOWN = """
    from daggr_fn import node, pipeline

    @node
    def write(topic_that_is_named_at_some_length: str, another_topic_that_is_too: str) -> str:
        return topic_that_is_named_at_some_length + another_topic_that_is_too

    @pipeline
    def shown(topic_that_is_named_at_some_length: str = "AI", another_topic_that_is_too: str = "tea"):
        return write(topic_that_is_named_at_some_length, another_topic_that_is_too)
"""
CUT = """element => {
  const { textOverflow, display } = getComputedStyle(element);
  return element.scrollWidth > element.clientWidth && textOverflow === "ellipsis" && display === "block";
}"""


def test_a_reason_that_does_not_fit_ends_in_dots_and_is_told_whole_on_a_hover(canvas):
    c = canvas(SHOWN)
    c.run_all()
    c.says("write", "Done")
    for label in ("Topic", "Another"):
        c.type(label, "a longer text")
    c.says("write", "Stale")
    c.press("Choose what to run from write")
    why = c.page.locator(".plan .why").first
    expect(why).to_contain_text("topic_that_is_named_at_some_length")
    assert why.evaluate(CUT)
    assert why.get_attribute("title") == why.text_content()


def test_an_older_plan_does_not_take_the_place_of_a_newer_one(canvas, monkeypatch):
    held, answers, real = threading.Event(), [], ANSWERS["plan"]

    def slowly_at_first(page, message):
        answers.append(found := real(page, message))
        if len(answers) == 1:
            held.wait(60)
            return {**found, "counts": {"run": 99}}
        return found

    monkeypatch.setitem(ANSWERS, "plan", slowly_at_first)
    c = canvas(SHOWN)
    c.press("Choose what to run from write")
    menu = c.page.get_by_role("dialog", name="What to run")
    for name, title in {"Run this step": "If you run this step", "Run to here": "If you run to here"}.items():
        c.item(name).hover()
        expect(menu).to_contain_text(title)
    expect(menu.locator(".tally")).to_contain_text("1 run")
    c.page.evaluate("""() => {
      const isPlan = (message) => JSON.stringify(message).includes("counts");
      const listen = (came) => globalThis.socket.onAny((_, message) => isPlan(message) && setTimeout(came, 50));
      globalThis.older = new Promise(listen);
    }""")
    held.set()
    c.page.evaluate("older")
    assert len(answers) == 3
    expect(menu.locator(".tally")).to_have_text("1 run")
