"""What is sent, recorded or drawn in a field while its card is not on the page: nothing of it is lost."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Annotated, Any

import gradio as gr
import PIL.Image
import pytest
from playwright.sync_api import expect

from daggr_fn import node, pipeline
from tests.canvas.test_widgets_media import file, png
from tests.canvas.widget_pages import Got, shown

IS_DRAWN_ON = """(part) => {
  const canvas = document.querySelector("[data-input=drawing] canvas");
  const at = [canvas?.width / 2, canvas?.height * part];
  return canvas?.getContext("2d").getImageData(...at, 1, 1).data[3] === 255;
}"""


def page_of_media(got):
    @node
    def take(picture: PIL.Image.Image | None, sound: Path | None, drawing: Any) -> str:
        return got(picture=picture, sound=sound, drawing=drawing)

    @pipeline(name="Media")
    def media(
        picture: PIL.Image.Image | None = None,
        sound: Annotated[Path | None, gr.Audio(label="Sound")] = None,
        drawing: Annotated[Any, gr.ImageEditor(label="Drawing", canvas_size=(200, 100))] = None,
    ):
        return take(picture=picture, sound=sound, drawing=drawing)

    return media


@pytest.fixture
def got(page):
    """What the function got; the page shows the canvas."""
    calls = Got()
    with shown(page, page_of_media(calls)) as url:
        page.goto(url)
        expect(page.locator("[data-input=drawing] canvas")).to_be_visible()
        yield calls


def pan(page, down):
    page.mouse.move(720, 840)
    page.mouse.wheel(0, down)


def leave(page):
    """Move the canvas until the card of the inputs is out of view, and so not on the page."""
    pan(page, 5000)
    expect(page.locator("[data-input]")).to_have_count(0)


def come_back(page):
    pan(page, -5000)


def run_all(page):
    page.get_by_role("button", name="Run all", exact=True).click()


def stroke(page, height):
    """Draw a line over the page, at a part of its height."""
    box = page.locator("[data-input=drawing] canvas").bounding_box()
    y = box["y"] + box["height"] * height
    page.mouse.move(box["x"] + box["width"] * 0.2, y)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.8, y, steps=5)
    page.mouse.up()


def drawn_on(layer):
    """Where there is something on a layer: at a quarter of its height, in the middle, at three quarters."""
    picture = PIL.Image.open(io.BytesIO(layer.content))
    return [picture.getpixel((picture.width // 2, picture.height * part // 4))[3] == 255 for part in (1, 2, 3)]


def send_red(picture):
    """Choose a red picture; the request with it, which waits to be let through."""
    held, way = [], re.compile("name=red")
    picture.page.route(way, lambda route: held.append(route))  # noqa: PLW0108  # Playwright marks it
    with picture.page.expect_request(way):
        picture.locator("input[type=file]").set_input_files([file("red.png", png("red"), "image/png")])
    while not held:
        picture.page.wait_for_timeout(20)
    return held[0]


def test_a_file_that_is_on_its_way_arrives_and_a_run_waits_for_it(page, got):
    picture = page.locator("[data-input=picture]")
    request = send_red(picture)
    leave(page)
    run_all(page)
    come_back(page)
    expect(picture.get_by_text("Sending red.png")).to_be_visible()
    leave(page)
    request.continue_()
    assert got.wait()["picture"].getpixel((0, 0)) == (255, 0, 0)
    come_back(page)
    expect(picture.locator(".file").get_by_text("red.png")).to_be_visible()


def test_why_a_file_did_not_arrive_is_said_when_its_field_is_seen_again(page, got, faults):
    faults.expect("Failed to load resource")
    picture = page.locator("[data-input=picture]")
    request = send_red(picture)
    leave(page)
    with page.expect_event("requestfailed"):
        request.abort()
    come_back(page)
    expect(picture.get_by_role("alert")).to_contain_text("red.png: The server can't be reached.")


def test_a_recording_ends_and_is_kept(page, context, got):
    context.grant_permissions(["microphone"])
    page.get_by_role("button", name="Use the microphone for Sound").click()
    page.wait_for_function("document.querySelector('[data-input=sound] [data-bytes]')?.dataset.bytes > 500")
    leave(page)
    run_all(page)
    assert got.wait()["sound"].content[:4] == b"\x1aE\xdf\xa3"
    come_back(page)
    expect(page.locator("[data-input=sound]").get_by_text("recording.webm")).to_be_visible()


def test_a_drawing_goes_on_where_it_was(page, got):
    stroke(page, 0.25)
    leave(page)  # before it is sent
    run_all(page)
    assert drawn_on(got.wait()["drawing"]["layers"][0]) == [True, False, False]
    come_back(page)
    stroke(page, 0.75)
    run_all(page)
    assert drawn_on(got.wait(2)["drawing"]["layers"][0]) == [True, False, True]
    leave(page)
    come_back(page)
    stroke(page, 0.5)
    page.get_by_role("button", name="Take the last stroke back").click()
    page.get_by_role("button", name="Take the last stroke back").click()
    run_all(page)
    assert drawn_on(got.wait(3)["drawing"]["composite"]) == [True, False, False]


def test_what_somebody_else_draws_is_there_to_go_on_with(page, context, got, faults):
    faults.expect("willReadFrequently")  # of the test, which looks at the drawing until it is there
    stroke(page, 0.25)
    other = context.new_page()
    other.goto(page.url)
    other.wait_for_function(IS_DRAWN_ON, arg=0.25)
    stroke(other, 0.75)
    page.wait_for_function(IS_DRAWN_ON, arg=0.75)
    stroke(page, 0.5)
    run_all(page)
    assert drawn_on(got.wait()["drawing"]["layers"][0]) == [True, True, True]


def test_what_is_typed_in_a_cell_that_is_not_left_yet_is_kept(page):
    got = Got()

    @node
    def take(words: list) -> str:
        return got(words=words)

    @pipeline(name="Words")
    def words(words: Annotated[list, gr.Dataframe(headers=["Word"], type="array", label="Words")] = [["tea"]]):  # noqa: B006
        return take(words)

    with shown(page, words) as url:
        page.goto(url)
        cell = page.get_by_label("Word 1")
        cell.press("End")
        cell.press_sequentially("pot")
        leave(page)
        run_all(page)
        assert got.wait()["words"] == [["teapot"]]
        come_back(page)
        expect(cell).to_have_value("teapot")
