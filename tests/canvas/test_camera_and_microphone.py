"""The camera and the microphone are on while somebody uses them, and no longer."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import gradio as gr
import PIL.Image  # noqa: TC002  # the pipeline reads its annotations
import pytest
from playwright.sync_api import expect

from daggr_fn import node, pipeline
from tests.canvas.widget_pages import Got, open_app, run, shown

SLOW_PERMISSION = """
  window.streams = [];
  const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  const allowed = new Promise((allow) => (window.allow = allow));
  navigator.mediaDevices.getUserMedia = async (wanted) => {
    window.asked = (window.asked ?? 0) + 1;
    await allowed;
    const stream = await open(wanted);
    window.streams.push(stream);
    return stream;
  };
"""
LATE_PICTURE = """
  const paper = Object.assign(document.createElement("canvas"), { width: 60, height: 40 });
  navigator.mediaDevices.getUserMedia = async () => paper.captureStream(0);
  window.send = () => paper.getContext("2d").fillRect(0, 0, 60, 40);
"""
LIVE = "() => window.streams.flatMap((one) => one.getTracks()).filter((one) => one.readyState === 'live').length"


@pytest.fixture
def got():
    return Got()


@pytest.fixture
def url(page, got):
    @node
    def take(picture: PIL.Image.Image | None, sound: Path | None) -> str:
        return got(picture=picture, sound=sound)

    @pipeline(name="Media")
    def media(
        picture: PIL.Image.Image | None = None,
        sound: Annotated[Path | None, gr.Audio(label="Sound")] = None,
    ):
        return take(picture=picture, sound=sound)

    with shown(page, media) as address:
        yield address


def allow(page, streams):
    """Allow it, and wait until the page has what it asked for."""
    page.evaluate("window.allow()")
    page.wait_for_function("(number) => window.streams.length === number", arg=streams)


@pytest.mark.parametrize("device", ["camera for Picture", "microphone for Sound"])
def test_two_clicks_open_one_stream_which_ends(page, context, url, device):
    context.grant_permissions(["camera", "microphone"])
    page.add_init_script(SLOW_PERMISSION)
    open_app(page, url)
    page.get_by_role("button", name=f"Use the {device}").dblclick()
    allow(page, page.evaluate("window.asked"))
    page.get_by_role("button", name="Cancel").click()
    assert page.evaluate(LIVE) == 0


@pytest.mark.parametrize("device", ["camera for Picture", "microphone for Sound"])
def test_a_stream_that_comes_when_its_field_is_gone_is_closed(page, context, url, device):
    context.grant_permissions(["camera", "microphone"])
    page.add_init_script(SLOW_PERMISSION)
    open_app(page, url)
    page.get_by_role("button", name=f"Use the {device}").click()
    page.get_by_role("tab", name="Canvas").click()
    expect(page.get_by_role("main", name="App")).to_have_count(0)
    allow(page, 1)
    page.wait_for_function(f"({LIVE})() === 0")
    expect(page.get_by_role("button", name=f"Use the {device}")).to_be_visible()


def test_a_picture_is_taken_when_there_is_one(page, url, got):
    page.add_init_script(LATE_PICTURE)
    open_app(page, url)
    page.get_by_role("button", name="Use the camera for Picture").click()
    take = page.get_by_role("button", name="Take the picture")
    expect(take).to_be_disabled()
    page.evaluate("window.send()")
    take.click()
    expect(page.get_by_text("camera.png")).to_be_visible()
    run(page)
    assert got.wait()["picture"].size == (60, 40)
