"""Files, pictures, sounds, films and drawings as inputs, in a real Chromium with its fake camera and microphone."""

from __future__ import annotations

import io
import json
import re
import wave
from pathlib import Path
from typing import Annotated, Any

import gradio as gr
import numpy as np  # noqa: TC002  # the pipeline reads its annotations
import PIL.Image
from playwright.sync_api import expect

from daggr_fn import node, pipeline
from tests.canvas.widget_pages import File, Got, SlowLine, open_app, run, shown


def png(color, size=(40, 30)):
    held = io.BytesIO()
    PIL.Image.new("RGB", size, color).save(held, "PNG")
    return held.getvalue()


def sound():
    held = io.BytesIO()
    with wave.open(held, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(1600))
    return held.getvalue()


def file(name, content, kind):
    return {"name": name, "mimeType": kind, "buffer": content}


def media_page(got, folder):
    @node
    def take(  # noqa: PLR0917  # one for each sort
        picture: PIL.Image.Image | None, array: np.ndarray | None, note: bytes | None, sound: Path | None,
        film: Path | None, model: Path | None, notes: list[Path] | None, pictures: list[Path] | None,
        message: dict | None, there: Path | None,
    ) -> str:  # fmt: skip
        return got(
            picture=picture, array=array, sound=sound, film=film, model=model, note=note, notes=notes,
            pictures=pictures, message=message, there=there,
        )  # fmt: skip

    @pipeline(name="Media")
    def media(  # noqa: PLR0917
        picture: PIL.Image.Image | None = None,
        array: Annotated[np.ndarray | None, gr.Image(label="Array", sources=["upload"])] = None,
        sound: Annotated[Path | None, gr.Audio(label="Sound")] = None,
        film: Annotated[Path | None, gr.Video(label="Film")] = None,
        model: Annotated[Path | None, gr.Model3D(label="Model")] = None,
        note: Annotated[bytes | None, gr.File(label="Note", file_types=[".txt"])] = None,
        notes: list[Path] | None = None,
        pictures: Annotated[list | None, gr.Gallery(label="Pictures")] = None,
        message: Annotated[dict | None, gr.MultimodalTextbox(label="Message")] = None,
        there: Annotated[Path | None, gr.FileExplorer(label="There", root_dir=folder, file_count="single")] = None,
    ):
        return take(
            picture=picture, array=array, sound=sound, film=film, model=model, note=note, notes=notes,
            pictures=pictures, message=message, there=there,
        )  # fmt: skip

    return media


def choose(page, field, *files):
    area = page.locator(f"[data-input={field}]")
    area.locator("input[type=file]").set_input_files(list(files))
    for one in files:
        expect(area.get_by_text(one["name"]).first).to_be_visible()


def drop(page, field, name, content, kind):
    page.locator(f"[data-input={field}] .drop").evaluate(
        """(area, [name, bytes, type]) => {
            const data = new DataTransfer();
            data.items.add(new File([new Uint8Array(bytes)], name, { type }));
            area.dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
        }""",
        [name, list(content), kind],
    )


def paste(page, field, name, content, kind):
    page.locator(f"[data-input={field}] .df-media").evaluate(
        """(area, [name, bytes, type]) => {
            const data = new DataTransfer();
            data.items.add(new File([new Uint8Array(bytes)], name, { type }));
            area.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
        }""",
        [name, list(content), kind],
    )


def test_files_that_are_chosen_dropped_and_pasted_reach_the_function(page, tmp_path):
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "a.txt").write_text("a")
    got = Got()
    with shown(page, media_page(got, tmp_path / "there")) as url:
        open_app(page, url)
        choose(page, "picture", file("red.png", png("red"), "image/png"))
        drop(page, "array", "blue.png", png("blue"), "image/png")
        choose(page, "sound", file("beep.wav", sound(), "audio/wav"))
        choose(page, "model", file("cube.stl", b"solid\nendsolid", "model/stl"))
        choose(page, "note", file("note.txt", b"hello", "text/plain"))
        choose(page, "notes", file("a.bin", b"a", "application/octet-stream"), file("b.bin", b"", "application/x"))
        paste(page, "pictures", "green.png", png("green"), "image/png")
        choose(page, "pictures", file("white.png", png("white"), "image/png"))
        page.get_by_label("Message", exact=True).fill("look")
        choose(page, "message", file("m.txt", b"m", "text/plain"))
        page.get_by_role("combobox", name="There").fill("a.t")
        page.get_by_role("option", name="a.txt").click()
        run(page)
        values = got.wait()
        assert values["picture"].getpixel((0, 0)) == (255, 0, 0)
        assert values["array"].shape == (30, 40, 3)
        assert values["sound"] == File("beep.wav", sound())
        assert (values["model"].name, values["note"], values["film"]) == ("cube.stl", b"hello", None)
        assert [one.name for one in values["notes"]] == ["a.bin", "b.bin"]
        assert [one.name for one in values["pictures"]] == ["green.png", "white.png"]
        assert values["message"]["text"] == "look"
        assert values["message"]["files"] == [File("m.txt", b"m")]
        assert values["there"] == File("a.txt", b"a")
        open_app(page, url)
        shown_picture = page.locator("[data-input=picture] img")
        expect(shown_picture).to_be_visible()
        assert shown_picture.evaluate("image => image.decode().then(() => image.naturalWidth)") == 40
        with page.expect_download() as download:
            page.get_by_role("link", name="Download red.png").click()
        assert Path(download.value.path()).read_bytes() == png("red")
        page.get_by_role("button", name="Remove green.png").click()
        expect(page.get_by_text("green.png")).to_have_count(0)
        page.get_by_role("button", name="Remove red.png").click()
        expect(page.locator("[data-input=picture] .drop")).to_be_visible()
        run(page)
        values = got.wait(2)
        assert values["picture"] is None
        assert [one.name for one in values["pictures"]] == ["white.png"]


def test_files_are_in_the_order_in_which_they_were_added_and_the_one_that_is_named_is_removed(page, tmp_path):
    (tmp_path / "there").mkdir()
    got, held = Got(), []
    line = SlowLine(page)
    page.route(re.compile("name=first"), lambda route: held.append(route))  # noqa: PLW0108  # Playwright marks it
    with shown(page, media_page(got, tmp_path / "there")) as url:
        open_app(page, url)
        paste(page, "pictures", "first.png", png("green"), "image/png")
        paste(page, "pictures", "second.png", png("white"), "image/png")
        while not held:
            page.wait_for_timeout(20)
        page.wait_for_timeout(500)  # time for the second one, which is not to overtake the first
        held[0].continue_()
        expect(page.locator("[data-input=pictures] .file .name b")).to_have_text(["first.png", "second.png"])
        choose(page, "pictures", file("third.png", png("red"), "image/png"))
        line.stop()
        page.get_by_role("button", name="Remove first.png").click()
        page.get_by_role("button", name="Remove second.png").click()
        line.go_on()
        run(page)
        assert [one.name for one in got.wait()["pictures"]] == ["third.png"]


def test_what_is_no_picture_too_large_or_not_of_the_kind_is_refused_in_words(page, tmp_path, monkeypatch):
    monkeypatch.setenv("DAGGR_FN_MAX_UPLOAD", "1KB")
    got = Got()
    with shown(page, media_page(got, tmp_path)) as url:
        open_app(page, url)
        drop(page, "picture", "words.txt", b"words", "text/plain")
        expect(page.locator("[data-input=picture]").get_by_role("alert")).to_contain_text("words.txt is not")
        drop(page, "note", "note.pdf", b"%PDF", "application/pdf")
        expect(page.locator("[data-input=note]").get_by_role("alert")).to_contain_text(".txt")
        drop(page, "notes", "big.bin", bytes(2000), "application/x")
        expect(page.locator("[data-input=notes]").get_by_role("alert")).to_contain_text("big.bin is too large: 2 kB")
        drop(page, "notes", "small.bin", bytes(20), "application/x")
        expect(page.locator("[data-input=notes]").get_by_text("small.bin")).to_be_visible()
        expect(page.locator("[data-input=notes]").get_by_role("alert")).to_have_count(0)


def test_pictures_films_and_sounds_are_recorded(page, context, tmp_path):
    context.grant_permissions(["camera", "microphone"])
    got = Got()
    with shown(page, media_page(got, tmp_path)) as url:
        open_app(page, url)
        page.get_by_role("button", name="Use the camera for Picture", exact=True).click()
        page.wait_for_function("document.querySelector('[data-input=picture] video')?.videoWidth > 0")
        page.get_by_role("button", name="Take the picture").click()
        expect(page.locator("[data-input=picture]").get_by_text("camera.png")).to_be_visible()
        page.get_by_role("button", name="Use the microphone for Sound").click()
        page.wait_for_function("document.querySelector('[data-input=sound] [data-bytes]')?.dataset.bytes > 500")
        page.get_by_role("button", name="Stop recording").click()
        expect(page.locator("[data-input=sound]").get_by_text("recording.webm")).to_be_visible()
        page.get_by_role("button", name="Use the camera for Film").click()
        page.get_by_role("button", name="Record", exact=True).click()
        page.wait_for_function("document.querySelector('[data-input=film] [data-bytes]')?.dataset.bytes > 500")
        page.get_by_role("button", name="Stop recording").click()
        expect(page.locator("[data-input=film]").get_by_text("recording.webm")).to_be_visible()
        page.get_by_role("button", name="Remove recording.webm").first.click()
        page.get_by_role("button", name="Use the microphone for Sound").click()
        page.get_by_role("button", name="Cancel").click()
        expect(page.get_by_role("button", name="Use the microphone for Sound")).to_be_visible()
        run(page)
        values = got.wait()
        assert values["picture"].size[0] > 100
        assert values["film"].content[:4] == b"\x1aE\xdf\xa3"
        assert values["sound"] is None


def drawing_page(got):
    @node
    def take(edited: Any, mask: Any, pad: PIL.Image.Image | None, paint: PIL.Image.Image | None) -> str:
        return got(edited=edited, mask=mask, pad=pad, paint=paint)

    @pipeline(name="Drawings")
    def drawings(
        edited: Annotated[Any, gr.ImageEditor(label="Edited", canvas_size=(200, 100))] = None,
        mask: Annotated[Any, gr.ImageMask(label="Mask")] = None,
        pad: Annotated[PIL.Image.Image, gr.Sketchpad(label="Pad", canvas_size=(100, 100))] = None,
        paint: Annotated[PIL.Image.Image, gr.Paint(label="Paint", interactive=False)] = None,
    ):
        return take(edited=edited, mask=mask, pad=pad, paint=paint)

    return drawings


def draw(page, field):
    paper = page.locator(f"[data-input={field}] canvas")
    paper.scroll_into_view_if_needed()
    box = paper.bounding_box()
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] * 0.2, middle)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.8, middle, steps=5)
    page.mouse.up()


def test_a_drawing_is_its_background_layer_and_both(page, faults):
    faults.expect("willReadFrequently")  # of the test, which looks at the drawing until it is there
    got = Got()
    with shown(page, drawing_page(got)) as url:
        open_app(page, url)
        draw(page, "pad")
        choose_background(page, "edited", png("white", (200, 100)))
        draw(page, "edited")
        draw(page, "mask")
        run(page)
        values = got.wait()
        edited = values["edited"]
        assert set(edited) == {"background", "layers", "composite"}
        parts = (edited["background"], edited["layers"][0], edited["composite"])
        background, layer, both = (PIL.Image.open(io.BytesIO(part.content)) for part in parts)
        assert background.size == layer.size == both.size == (200, 100)
        assert layer.getpixel((100, 50))[3] == 255
        assert layer.getpixel((5, 5))[3] == 0
        assert both.getpixel((5, 5))[:3] == (255, 255, 255)
        assert both.getpixel((100, 50))[:3] != (255, 255, 255)
        assert values["mask"]["background"] is None
        assert values["pad"].getpixel((50, 50))[3] == 255
        assert values["paint"] is None
        open_app(page, url)
        page.wait_for_function(
            "document.querySelector('[data-input=edited] canvas')"
            "?.getContext('2d').getImageData(100, 50, 1, 1).data[3] == 255"
        )
        page.locator("[data-input=edited]").get_by_role("button", name="Clear").click()
        expect(page.locator("[data-input=edited] img")).to_have_count(0)
        run(page)
        assert got.wait(2)["edited"] is None


def test_what_is_on_its_way_when_a_drawing_is_cleared_does_not_come_back(page):
    got, held = Got(), []
    page.route(re.compile("name=(layer|under)"), lambda route: held.append(route))  # noqa: PLW0108  # Playwright marks it
    with shown(page, drawing_page(got)) as url:
        open_app(page, url)
        with page.expect_request(re.compile("name=layer")):
            draw(page, "edited")
        with page.expect_request(re.compile("name=under")):
            under = [file("under.png", png("white"), "image/png")]
            page.locator("[data-input=mask] input[type=file]").set_input_files(under)
        for field in ("edited", "mask"):
            page.locator(f"[data-input={field}]").get_by_role("button", name="Clear").click()
        for one in held:
            one.continue_()
        run(page)
        values = got.wait()
        assert (values["edited"], values["mask"]) == (None, None)


def choose_background(page, field, content):
    area = page.locator(f"[data-input={field}]")
    area.locator("input[type=file]").set_input_files([file("under.png", content, "image/png")])
    expect(area.locator("img")).to_be_visible()
    page.wait_for_function(f"document.querySelector('[data-input={field}] canvas').width == 200")


def test_json_that_a_person_enters_can_not_name_a_file_of_the_server(page, tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    got = Got()

    @node
    def take(files: Any) -> str:
        return got(files=files)

    @pipeline(name="Lists")
    def lists(files: list[Path] | None = None, one: Path | None = None):
        return take(files=files)

    with shown(page, lists) as url:
        open_app(page, url)
        assert page.locator(".field textarea, .field input[type=text]").count() == 0
        assert json.dumps(str(secret)) not in page.content()
