"""The demo, run on the canvas: every button on the page is pressed at least once, and nothing complains."""

from __future__ import annotations

import gc
import importlib
import sys

import pytest
from playwright.sync_api import expect

from daggr_fn.cli.demo import PROGRAM, examples_folder
from daggr_fn.cli.loading import load
from daggr_fn.server.showing import show
from tests.canvas.people import Canvas

LATER = ("Run", "Stop", "Delete", "Undo", "Resume", "New sheet", "Duplicate")
"""What would start or take away something: pressed by itself, or at another place of this test."""


# Gradio's own queue calls pandas so, and leaves what was uploaded to it to the garbage collector.
pytestmark = [
    pytest.mark.filterwarnings("ignore:The copy keyword is deprecated"),
    pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning"),
]


def is_later(name: str) -> bool:
    return any(name == word or name.startswith(f"{word} ") for word in LATER)


@pytest.fixture
def demo(page, monkeypatch):
    monkeypatch.syspath_prepend(str(examples_folder()))
    before = set(sys.modules)
    handle = show(load(examples_folder() / PROGRAM).savanna, port=0, block=False)
    yield Canvas(page, handle.url).open()
    page.close()  # before its server: a lost connection would be a complaint
    handle.close()
    for name in set(sys.modules) - before:
        if name.startswith(("apps", "savanna", "transparent_background")):
            del sys.modules[name]
    importlib.invalidate_caches()
    gc.collect()


def names(scope):
    """The accessible names of the buttons that can be pressed now."""
    script = """(all) => all.filter((one) => !one.disabled && one.offsetParent !== null)
      .map((one) => one.getAttribute("aria-label") ?? one.textContent.trim()).filter(Boolean)"""
    return list(dict.fromkeys(scope.locator("button").evaluate_all(script)))


def press_all(c, scope, done: set[str]) -> None:
    """Press all buttons of a part of the page that were not pressed yet, closing what they open."""
    for name in names(scope):
        if name in done or is_later(name):
            continue
        done.add(name)
        button = (
            scope.get_by_role("button", name=name, exact=True)
            .or_(scope.get_by_role("tab", name=name, exact=True))
            .first
        )
        if not button.is_visible():
            continue
        button.click()
        for _ in range(2):
            c.page.keyboard.press("Escape")


@pytest.mark.timeout(300)
def test_the_demo_runs_and_every_button_works(demo, context):
    c = demo
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    c.page.on("filechooser", lambda chooser: None)
    c.run_all()
    expect(c.page.get_by_role("article", name="Gather poster").locator("img").first).to_be_visible(timeout=120_000)
    c.wait_until_over()
    expect(c.page.locator(".df-page")).to_have_attribute("data-run", "done")
    done: set[str] = set()
    press_all(c, c.page.locator("header.bar"), done)
    c.page.get_by_role("tab", name="Canvas").click()
    press_all(c, c.page.locator("main"), done)
    for opener in ("Share and export", "More ways to run", "Sheet 1"):
        for words in c.page.locator(".pop").all_inner_texts() or [""]:
            assert not words
        c.press(opener)
        for item in c.page.locator(".pop").get_by_role("menuitem").all_inner_texts():
            word = item.splitlines()[0]
            if is_later(word):
                continue
            if not c.page.locator(".pop").count():
                c.press(opener)
            c.item(word).click()
        c.page.keyboard.press("Escape")
        if c.page.locator(".pop").count():
            c.page.keyboard.press("Escape")
    c.page.get_by_role("tab", name="App").click()
    press_all(c, c.page.locator("main"), done)
    c.page.get_by_role("tab", name="Canvas").click()
    c.press("More ways to run")
    c.item("Run everything anew").click()
    expect(c.page.locator(".df-page")).to_have_attribute("data-run", "running")
    c.press("Stop all")
    c.wait_until_over()
    assert not c.page.locator(".toast.failed, .toast.t-failed").count()
    assert {"Fit all", "Tidy up", "Zoom in", "Zoom out", "Runs", "Code for this run", "Use dark theme"} <= done
