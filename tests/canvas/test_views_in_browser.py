"""Results as a person sees them, in a real Chromium: each view, what is done with it, and what must not happen."""

from __future__ import annotations

import contextlib
import functools
import http.server
import io
import json
import threading

import gradio as gr
import pandas as pd
import pytest
from PIL import Image
from playwright.sync_api import expect

from daggr_fn.canvas.views import view
from tests.canvas.gallery.build import build
from tests.canvas.gallery.samples import picture, sound
from tests.canvas.local_links import LocalLinks
from tests.chromium import SECONDS

ATTACKS = [
    "<script>window.hacked = 1</script>",
    "<img src=x onerror='window.hacked = 1'>",
    "<svg onload='window.hacked = 1'><script>window.hacked = 1</script></svg>",
    "<iframe srcdoc='<script>parent.hacked = 1</script>'></iframe>",
    "<a href='javascript:window.hacked = 1' id='trap'>click</a>",
    "<details open ontoggle='window.hacked = 1'>x</details>",
    "<style>@import url(https://evil.invalid/x.css); .card { display: none }</style>",
    "<form action='https://evil.invalid'><button>Go</button></form>",
    "<div style='position: fixed; inset: 0; z-index: 9999; background: url(https://evil.invalid/x)'>over</div>",
    "<p style='background: \\75rl(https://evil.invalid/escaped)'>x",
    "<p style='background: u\\72 l(&quot;https://evil.invalid/spaced&quot;)'>x",
    "<p style='background: image-\\73 et(&quot;https://evil.invalid/set&quot; 1x)'>x",
    "<p style='--x: \\75rl(https://evil.invalid/variable); background: var(--x)'>x",
    "<p style='background: src(&quot;https://evil.invalid/src&quot;), image(&quot;https://evil.invalid/image&quot;)'>x",
    "<svg><rect width=9 height=9 mask='\\75rl(https://evil.invalid/m.svg#m)' fill='u\\72l(https://evil.invalid/f.svg#f)'/></svg>",
    "<svg><rect width=9 height=9><set attributeName=fill to='url(https://evil.invalid/to.svg#f)'/></rect></svg>",
    "<img srcset='https://evil.invalid/a 1x' src='https://evil.invalid/b'>",
    "<video src='https://evil.invalid/v' poster='https://evil.invalid/p'></video><audio src='https://evil.invalid/a'>",
    "<svg><image href='https://evil.invalid/i'/><use href='https://evil.invalid/u#x'/></svg>",
    "<table background='//evil.invalid/t'><tr><td>x",
    "<math><mtext><table><mglyph><style><img src=x onerror='window.hacked = 1'>",
    "<base href='https://evil.invalid/'><link rel=stylesheet href=/x.css>",
    "<button popovertarget=x autofocus onfocus='window.hacked = 1'>x</button>",
]


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args):
        """Tests say nothing of each file."""

    def end_headers(self):
        # Files that are written twice in a second have one date: the browser would show the first again.
        self.send_header("Cache-Control", "no-store")
        super().end_headers()


class Elsewhere(Quiet):
    """A site that no result may load anything from: what is asked of it, it notes."""

    def do_GET(self):
        self.server.asked.append(self.path)
        self.send_error(404)


class Site:
    """A gallery page in a browser; every address that it asked for, and every error that it told."""

    def __init__(self, browser, folder, address):
        self.links = LocalLinks(folder)
        self.folder = folder
        self.asked, self.errors = [], []
        self._address = address
        self.page = browser.new_page(viewport={"width": 1280, "height": 900})
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.set_default_timeout(SECONDS * 1000)

    def card(self, value, component=None, title="card", width=280):
        return {"title": title, "width": width, "results": [view(value, component, links=self.links, label="Output")]}

    def open(self, *cards, query=""):
        self.links.write_texts()
        build(self.folder, list(cards))
        self.page.goto(f"{self._address}/index.html?{query}")
        self.page.wait_for_selector("[data-ready]")
        return self.page

    def show(self, value, component=None, query=""):
        return self.open(self.card(value, component), query=query)


@contextlib.contextmanager
def serving(handler):
    """A server on this machine, as long as the block."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def site(browser, tmp_path):
    folder = tmp_path / "site"
    folder.mkdir()
    with serving(functools.partial(Quiet, directory=str(folder))) as server:
        made = Site(browser, folder, f"http://127.0.0.1:{server.server_port}")
        yield made
        made.page.close()
    assert made.errors == []


@pytest.fixture
def elsewhere():
    with serving(Elsewhere) as server:
        server.asked = []
        yield server


@pytest.mark.parametrize(
    "component",
    [gr.HTML(label="x"), gr.Markdown(label="x"), gr.Textbox(), gr.Code(), gr.JSON(), None],
    ids=lambda one: type(one).__name__,
)
def test_what_a_step_returned_runs_nothing_and_loads_nothing(site, elsewhere, component):
    place = f"//127.0.0.1:{elsewhere.server_port}"
    attacks = [attack.replace("https:", "http:").replace("//evil.invalid", place) for attack in ATTACKS]
    page = site.open(*[site.card(attack, component, title=str(number)) for number, attack in enumerate(attacks)])
    for link in page.locator("#trap").all():
        link.click()
    for frame in page.locator("iframe").all():
        frame.scroll_into_view_if_needed()
        frame.element_handle().content_frame().wait_for_load_state()
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 150)))")
    assert page.evaluate("window.hacked") is None
    assert elsewhere.asked == []
    assert page.locator(".card:visible").count() == len(ATTACKS)
    assert page.locator("form").count() == 0


@pytest.mark.parametrize(
    "text", ["<img src=x onerror='window.hacked = 1'>", "{{ constructor.constructor('window.hacked = 1')() }}"]
)
def test_labels_names_and_cells_are_text(site, text):
    page = site.open(
        site.card("x", gr.Textbox(label=text), title="label"),
        site.card({text: 1.0}, gr.Label(label=text), title="classes"),
        site.card([(text, text)], gr.HighlightedText(label=text), title="marks"),
        site.card(pd.DataFrame({text: [text]}), title="cells"),
        site.card({text: text}, title="tree"),
        site.card([text], gr.CheckboxGroup([text]), title="choices"),
        site.card((picture("day"), [((0, 0, 50, 50), text)]), gr.AnnotatedImage(), title="regions"),
        site.card([(picture("day"), text)], gr.Gallery(), title="captions"),
        site.card([{"role": "user", "content": text}], gr.Chatbot(), title="chat"),
        site.card(ValueError(text), title="error"),
    )
    assert page.locator("[data-title=classes]").get_by_text(text).first.is_visible()
    assert page.evaluate("window.hacked") is None


def test_a_drawing_with_a_script_in_it_stays_a_drawing(site):
    path = site.folder / "drawing.svg"
    path.write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" width="80" height="40"><script>window.hacked = 1</script></svg>'
    )
    page = site.show(path, gr.Image(label="Drawing"))
    page.locator("img").first.click()
    assert page.locator("dialog img").evaluate("(one) => one.decode().then(() => one.naturalWidth)") == 80
    assert page.evaluate("window.hacked") is None


def test_a_picture_from_elsewhere_is_loaded_on_a_click_only(site):
    page = site.show("![A map](https://pictures.invalid/map.png)", gr.Markdown(label="Map"))
    button = page.get_by_role("button", name="A map: a picture from pictures.invalid. Load it")
    button.wait_for()
    assert not any("pictures.invalid" in url for url in site.asked)
    with page.expect_request("https://pictures.invalid/map.png"):
        button.focus()
        page.keyboard.press("Enter")


def test_the_scripts_of_a_page_run_when_asked_and_alone(site):
    whole = "<!doctype html><p id=said>still</p><script>said.textContent = 'ran'; parent.hacked = 1</script>"
    page = site.show(whole, gr.HTML(label="Page"))
    page.frame_locator("iframe").get_by_text("still").wait_for()
    page.get_by_role("button", name="Run its scripts").click()
    page.frame_locator("iframe").get_by_text("ran").wait_for()
    assert page.evaluate("window.hacked") is None
    assert ["Blocked a frame" in error for error in site.errors] == [True]
    site.errors.clear()


@pytest.mark.parametrize("width", [240, 280, 304, 480])
def test_nothing_widens_its_card(site, width):
    word = "w" * 500
    page = site.open(
        *[
            site.card(word, component, title=str(n))
            for n, component in enumerate(
                [
                    gr.Textbox(label=word),
                    gr.Markdown(label=word),
                    gr.HTML(label=word),
                    gr.Code(),
                    gr.Label(),
                    gr.Radio([word]),
                ]
            )
        ],
        site.card({word: [word]}, gr.JSON(), title="tree"),
        site.card(pd.DataFrame({word: [word], "b": [1]}), title="table"),
        site.card({word: 0.5}, gr.Label(), title="label"),
        site.card([(word, word)], gr.HighlightedText(), title="marks"),
        site.card([{"role": "user", "content": word}], gr.Chatbot(), title="chat"),
        site.card(ValueError(word), title="error"),
        site.card(object.__new__(type(word, (), {})), title="object"),
        site.card([sound(site.folder / f"{'s' * 200}.wav")], gr.Files(), title="files"),
        site.card("<pre>" + word + "</pre><table><tr><td>" + word, gr.HTML(), title="pre"),
        query=f"width={width}",
    )
    wide = page.evaluate(
        """(width) => [...document.querySelectorAll(".card")]
            .filter((one) => one.scrollWidth > one.clientWidth || one.offsetWidth !== width)
            .map((one) => one.dataset.title)""",
        width,
    )
    assert wide == []


def test_a_broken_picture_says_so_and_can_still_be_had(site):
    path = site.folder / "broken.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n nothing")
    page = site.show(path, gr.Image(label="Drawing"))
    page.get_by_text("can't show this picture").wait_for()
    assert page.get_by_role("link", name="Download Drawing").get_attribute("download") == "broken.png"


def test_a_picture_keeps_its_place_before_it_is_loaded(site):
    card = site.card(picture("dusk"), gr.Image(label="Drawing"))
    page = site.page
    page.route("**/*.png*", lambda route: None)  # never answered
    site.open(card)
    box = page.locator(".picture img").bounding_box()
    assert box["height"] == pytest.approx(box["width"] * 200 / 320, abs=1)


def test_a_picture_opens_at_full_size_zooms_and_closes_with_escape(site):
    page = site.show(picture("day"), gr.Image(label="Drawing"))
    page.get_by_role("button", name="Show Drawing at full size").first.click()
    dialog = page.get_by_role("dialog", name="Drawing")
    image = dialog.get_by_role("img")
    image.evaluate("image => image.decode()")
    before = image.bounding_box()["width"]
    page.keyboard.press("+")
    page.keyboard.press("+")
    page.wait_for_function(
        "(before) => document.querySelector('dialog img').getBoundingClientRect().width > before * 1.4", arg=before
    )
    page.keyboard.press("0")
    page.wait_for_function(
        "(before) => Math.abs(document.querySelector('dialog img').getBoundingClientRect().width - before) < 2",
        arg=before,
    )
    page.keyboard.press("Escape")
    dialog.wait_for(state="detached")


def test_a_gallery_is_leafed_through_with_arrow_keys(site):
    page = site.show(
        [(picture("dusk"), "Dusk"), (picture("day"), "Day"), (picture("night"), "Night")], gr.Gallery(label="Places")
    )
    page.get_by_role("button", name="Show Day at full size").click()
    page.get_by_role("dialog", name="Day").get_by_text("2 of 3").wait_for()
    page.keyboard.press("ArrowRight")
    page.get_by_role("dialog", name="Night").wait_for()
    page.keyboard.press("ArrowRight")
    page.get_by_role("dialog", name="Dusk").wait_for()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Show Day at full size")).to_be_focused()


def test_a_sound_has_its_shape_its_length_and_plays(site):
    page = site.show(sound(site.folder / "sample.wav", 1.5), gr.Audio(label="Sample"))
    page.wait_for_function(
        "new Set([...document.querySelectorAll('.audio rect')].map((bar) => bar.getAttribute('height'))).size > 5"
    )
    assert page.locator(".audio time").inner_text() == "0:02"
    slider = page.get_by_role("slider", name="Position in Sample")
    slider.focus()
    page.keyboard.press("End")
    page.wait_for_function("document.querySelector('audio').currentTime > 1")
    page.get_by_role("button", name="Play Sample").click()
    page.wait_for_function("document.querySelector('audio').currentTime > 0")
    assert page.get_by_role("link", name="Download Sample").is_visible()


def test_a_sound_that_can_not_be_played_says_so(site):
    path = site.folder / "broken.mp3"
    path.write_bytes(b"nothing of a sound")
    page = site.show(path, gr.Audio(label="Sample"))
    page.get_by_role("button", name="Play Sample").click()
    page.get_by_text("can't be played").wait_for()


def test_a_long_text_is_cut_at_a_line_and_opens_whole(site):
    page = site.show("line\n" * 600 + "the end", gr.Textbox(label="Script"))
    assert page.locator(".cut-box").bounding_box()["height"] % 20 == 0
    page.get_by_role("button", name="Show all 601 lines").click()
    page.get_by_text("the end").wait_for()
    page.get_by_role("button", name="Show less").click()


def test_copy_gives_the_whole_text(site):
    text = "word " * 1000
    page = site.show(text, gr.Textbox(label="Script"))
    page.get_by_role("button", name="Copy Script").click()
    page.wait_for_function("window.copied !== undefined")
    assert page.evaluate("window.copied") == text


def test_a_table_is_paged_through(site):
    page = site.show(pd.DataFrame({"n": range(2500)}), gr.Dataframe(label="Squares"))
    later = page.get_by_role("button", name="Later rows of Squares")
    for first in (101, 201):
        later.click()
        page.get_by_text(f"{first} to {first + 99} of").wait_for()
    assert page.get_by_role("cell").first.inner_text() == "200"
    page.get_by_role("button", name="Earlier rows of Squares").click()
    page.get_by_text("101 to 200 of").wait_for()


def test_a_tree_folds(site):
    page = site.show({"lines": [{"text": "Hi"}], "draft": False}, gr.JSON(label="Data"))
    assert page.get_by_text('"Hi"').count() == 0
    page.get_by_role("button", name="Unfold lines").press("Enter")
    page.get_by_role("button", name="Unfold all").click()
    page.get_by_text('"Hi"').wait_for()


def test_before_and_after_are_compared_by_keyboard(site):
    page = site.show((picture("dusk"), picture("night")), gr.ImageSlider(label="Sky"))
    page.get_by_role("slider", name="Between before and after of Sky").press("Home")
    assert "100%" in page.get_by_alt_text("Sky, before").evaluate("(one) => one.style.clipPath")


def test_what_a_view_can_not_draw_breaks_only_itself(site):
    broken = {"title": "broken", "width": 280, "results": [{"view": "table", "label": "Broken"}]}
    page = site.open(broken, site.card("fine", gr.Textbox(label="Fine"), title="fine"))
    page.get_by_text("This result can't be shown.").wait_for()
    assert page.get_by_text("fine").last.is_visible()


def failed(message="empty text"):
    return {"type": "ValueError", "message": message, "line": "embed.py:9"}


def mapped(states, **told):
    words = {"d": "done", "u": "reused", "f": "failed", "r": "running"}
    counts = {word: states.count(letter) for letter, word in words.items() if letter in states}
    status = {"state": "done", "items": {"count": len(states), **counts, "states": states, **told}}
    return {"title": "speak", "width": 304, "status": status, "items": {}}


def told(page):
    return page.evaluate("window.told")


def test_a_few_items_are_boxes_and_a_failed_one_is_retried(site):
    page = site.open(mapped("ddrf", errors={"3": failed("Timed out")}, seconds={"0": 3.1}))
    page.get_by_label("Item 1, done").get_by_text("3.1 s").wait_for()
    page.get_by_label("Item 4, failed").get_by_text("Timed out").wait_for()
    page.get_by_role("button", name="Retry item 4").click()
    assert told(page) == [{"do": "retry", "step": "speak", "index": [3]}]


def test_an_item_opens_in_full(site):
    card = mapped("dd")
    card["items"] = {"0": [{"view": "text", "text": "short"}], "1": [site.card("line\n" * 9)["results"][0]]}
    page = site.open(card)
    page.get_by_role("button", name="Show item 2 in full").click()
    page.get_by_role("group", name="Output").get_by_text("line").wait_for()
    assert told(page) == [{"do": "see_item", "step": "speak", "place": 1}]


def test_many_items_are_squares_that_open(site):
    page = site.open(mapped("d" * 40 + "f" + "r" * 9, errors={"40": failed()}))
    page.get_by_role("button", name="Item 2, done").click()
    page.get_by_role("button", name="Item 2, done").press("ArrowRight")
    assert page.evaluate("document.activeElement.ariaLabel") == "Item 3, done"
    page.get_by_role("button", name="Retry item 41").click()
    assert told(page) == [
        {"do": "see_item", "step": "speak", "place": 1},
        {"do": "retry", "step": "speak", "index": [40]},
    ]


def test_of_very_many_items_only_counts_and_the_failed_ones_are_shown(site):
    page = site.open(mapped("d" * 9000 + "f" * 30, errors={str(n): failed() for n in range(9000, 9030)}))
    assert page.locator(".dots").count() == 0
    page.get_by_text("9\N{NARROW NO-BREAK SPACE}000 done").wait_for()
    page.get_by_role("button", name="28 more failed").click()
    assert page.get_by_role("button", name="Retry item").count() == 30


def test_no_items_say_so(site):
    site.open(mapped("")).get_by_text("The list is empty. What follows got an empty list.").wait_for()


def test_every_sample_is_drawn_in_light_and_dark(site):
    site.page.on("console", lambda message: site.errors.append(message.text) if message.type == "warning" else None)
    build(site.folder)
    for theme in ("light", "dark"):
        site.page.goto(f"{site._address}/index.html?theme={theme}")
        site.page.wait_for_selector("[data-ready]")
        for result in site.page.locator(".card-body").all():
            assert result.inner_text().strip() or result.locator("img, iframe, video, svg").count()


def test_a_picture_can_be_copied_as_png(site):
    data = io.BytesIO()
    Image.new("RGB", (8, 8), "teal").save(data, "JPEG")
    path = site.folder / "photo.jpg"
    path.write_bytes(data.getvalue())
    page = site.show(path, gr.Image(label="Photo"))
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Show Photo at full size").first.click()
    page.get_by_role("button", name="Copy Photo").click()
    page.wait_for_function("window.toasts.length > 0")
    assert page.evaluate("window.toasts") == ["Copied"]
    assert json.dumps(page.evaluate("navigator.clipboard.read().then((items) => items[0].types)")) == '["image/png"]'


RECORD = """async () => {
  const canvas = Object.assign(document.createElement("canvas"), { width: 64, height: 48 });
  const recorder = new MediaRecorder(canvas.captureStream(20)), parts = [];
  recorder.ondataavailable = ({ data }) => parts.push(data);
  const ended = new Promise((done) => (recorder.onstop = done));
  recorder.start();
  for (let i = 0; i < 12; i++) {
    canvas.getContext("2d").fillRect(i, i, 20, 20);
    await new Promise((done) => setTimeout(done, 40));
  }
  recorder.stop();
  await ended;
  return [...new Uint8Array(await new Blob(parts).arrayBuffer())];
}"""


def test_a_film_plays_in_its_own_shape(site):
    page = site.show("nothing yet")
    path = site.folder / "film.webm"
    path.write_bytes(bytes(page.evaluate(RECORD)))
    page = site.show(path, gr.Video(label="Film"))
    page.wait_for_function("document.querySelector('video')?.style.aspectRatio === '64 / 48'")
    page.get_by_role("button", name="Play Film").click()
    page.wait_for_function("document.querySelector('video').currentTime > 0.1")
    page.get_by_role("button", name="Sound off for Film").click()
    assert page.locator("video").evaluate("(one) => one.muted")


def test_a_film_that_can_not_be_played_says_so(site):
    path = site.folder / "film.mp4"
    path.write_bytes(b"nothing of a film")
    site.show(path, gr.Video(label="Film")).get_by_text("can't play this film").wait_for()
