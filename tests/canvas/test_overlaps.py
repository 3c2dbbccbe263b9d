"""Nothing overlaps before, during and after a run, whatever the shape of the graph: measured in the browser."""

from __future__ import annotations

import textwrap

import pytest
from playwright.sync_api import expect

from tests.canvas.people import OVERLAPS
from tests.canvas.widget_pages import SlowLine

HEAD = """
    import threading
    from typing import Annotated

    import gradio as gr
    from daggr_fn import choice, each, gather, node, pipeline, when

    gate = threading.Event()

    @node
    def long(text: str) -> str:
        return "\\n".join([text] * 30)

    @node
    def short(text: str) -> str:
        return text

    @node
    def slow(text: str) -> str:
        gate.wait(30)
        return text * 40

    @node
    def both(one: str, two: str) -> str:
        return one + two

    @node
    def fails(text: str) -> str:
        raise ValueError(text * 20)

    @node
    def table(text: str) -> Annotated[list[list[int]], gr.Dataframe(label="Table")]:
        return [[i, i * i] for i in range(8)]

    @node
    def items(text: str) -> list[str]:
        return [text] * 9

    @node
    def all_of(texts: list[str]) -> str:
        return " ".join(texts)

    @pipeline
    def inner(text: str):
        return short(slow(long(text)))
"""

SHAPES = {
    "chain": "return short(slow(long(short(text))))",
    "fan_out": "a = long(text)\nreturn short(a), slow(a), table(a), fails(a)",
    "fan_in": "return both(both(long(text), slow(text)), both(short(text), long.named('other')(text)))",
    "diamond": "a = long(text)\nreturn both(slow(a), both(short(a), a))",
    "alone": "return long(text), slow(text), table(text), fails(text), short(text)",
    "group": "a = inner(text)\nreturn both(a, long(text))",
    "two_groups": "return both(inner(text), inner(long(text)))",
    "items": "return all_of(gather(slow(each(items(text)))))",
    "sides": "return when(short(text), slow(text), long(text)), choice(long, short, name='pick')(text)",
    "ladder": "a = slow(text)\nb = both(a, text)\nc = both(b, a)\nd = both(c, text)\nreturn both(d, a), table(b)",
}


WATCH = """(overlaps) => {
  const look = eval(overlaps), seen = {}, lasting = (globalThis.lasting = new Set());
  const frame = () => {
    const now = look();
    for (const pair of Object.keys(seen)) if (!now.includes(pair)) delete seen[pair];
    for (const pair of now) if ((seen[pair] = (seen[pair] ?? 0) + 1) > 2) lasting.add(pair);
    requestAnimationFrame(() => setTimeout(frame));
  };
  frame();
}"""
"""Notes what overlaps in more than two frames one after the other: what has come and is not drawn yet is no matter."""


def source(body: str) -> str:
    lines = textwrap.indent(body, "    ")
    return textwrap.dedent(HEAD) + f"\n@pipeline\ndef shown(text: str = 'text'):\n{lines}\n"


@pytest.mark.parametrize("shape", SHAPES)
def test_nothing_overlaps(canvas, page, shape):
    page.set_viewport_size({"width": 2600, "height": 1900})
    c = canvas(source(SHAPES[shape]))
    expect(page.locator(".card").first).to_be_visible()
    c.until_still()
    c.until(lambda: not c.overlaps())
    page.evaluate(WATCH, OVERLAPS)
    c.run_all()
    expect(page.locator(".card.is-running").first).to_be_visible()
    c.until_still()
    c.until(lambda: not c.overlaps())
    c.module.gate.set()
    c.wait_until_over()
    c.until_still()
    c.until(lambda: not c.overlaps())
    assert page.evaluate("[...lasting]") == []
    assert page.locator(".card.is-done").count()
    if shape == "group":
        c.press("Fold inner")
        expect(c.card("inner")).to_be_visible()
        c.until_still()
        c.until(lambda: not c.overlaps())


def grow(page, card):
    page.locator(f'article[data-card="{card}"]').evaluate(
        "card => (card.style.minHeight = `${card.offsetHeight + 300}px`)"
    )


def test_a_layout_that_comes_late_covers_nothing(canvas, page):
    page.set_viewport_size({"width": 2600, "height": 1900})
    line = SlowLine(page)
    c = canvas(source("return [short.named(name)(text) for name in ('first', 'second', 'third')]"))
    line.until_arrived("sized")
    c.until_still()
    line.stop()
    grow(page, "first")
    line.until_kept("sized")
    grow(page, "second")
    c.until_still()
    page.wait_for_timeout(2000)  # how late a layout is does not matter
    assert c.overlaps() == []
    line.let_through("sized")  # of the layout that knows of the first card only
    c.until_still()
    assert c.overlaps() == []
    line.go_on()
    c.until_still()
    assert c.overlaps() == []
