"""What lies in the page: nothing but what a browser, or a screen reader, has a use for."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.canvas.test_groups_and_sides_on_the_page import GROUP

SHOWN = """
    from typing import Annotated

    import gradio as gr
    from daggr_fn import node, pipeline

    @node
    def write(text: str) -> Annotated[str, gr.Markdown(label="Written")]:
        return f"**{text}**"

    @node
    def measure(text: str) -> int:
        return len(text)

    @pipeline
    def shown(topic: str = "AI"):
        return measure(write(topic))
"""
LEAKED = """() => {
  const ours = ["card", "vm", "wide", "connectable"];
  const isLeaked = ({ name, value }) => name.startsWith("on") || ours.includes(name) || /object Object|=>/.test(value);
  return [...document.querySelectorAll(".df-page *")].flatMap((element) => [...element.attributes].filter(isLeaked)
    .map(({ name, value }) => `${element.tagName} ${name}=${value.slice(0, 60)}`));
}"""


def test_what_components_tell_each_other_does_not_lie_in_the_page(canvas):
    c = canvas(SHOWN)
    c.run_all()
    c.says("measure", "Done")
    expect(c.card("write").locator("strong")).to_have_text("AI")
    assert c.page.evaluate(LEAKED) == []


def test_nor_does_it_on_the_frame_of_a_group(canvas):
    c = canvas(GROUP)
    expect(c.page.locator('.group[data-card="cover"]')).to_be_visible()
    assert c.page.evaluate(LEAKED) == []


def test_things_are_named_once(canvas):
    c = canvas(SHOWN)
    expect(c.page.get_by_role("article", name="Inputs", exact=True)).to_be_visible()
    expect(c.page.get_by_role("article", name="Function write, Not run yet", exact=True)).to_be_visible()
    expect(c.button("Sheet 1")).to_be_visible()
