"""Makes the pictures of the canvas in docs/pictures: a real browser looks at real pipelines that ran.

    python scripts/pictures.py [name ...]      all of them, or `canvas`, `running`, `failed`, ...

They are committed, since README and docs show them; make them anew when the page changes, and look at them. What a run
says of its time differs from machine to machine; nothing else does.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "examples")]
os.environ |= {"GRADIO_ANALYTICS_ENABLED": "False", "HF_HUB_DISABLE_TELEMETRY": "1"}

import gradio as gr  # noqa: E402  # which asks its makers nothing, now
from apps.easel import Easel  # noqa: E402
from PIL import Image  # noqa: E402
from playwright.sync_api import Error as PlaywrightError  # noqa: E402
from playwright.sync_api import sync_playwright  # noqa: E402
from podcast import podcast  # noqa: E402
from savanna import ANIMALS, savanna  # noqa: E402

from daggr_fn import each, gather, node, pipeline  # noqa: E402

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

FOLDER = ROOT / "docs" / "pictures"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
WIDE, PHONE = {"width": 1280, "height": 640}, {"width": 390, "height": 760}
SHARP = 1.5
MOST_BYTES = 150_000
PATIENCE = 120_000  # ms: drawing takes its time on a busy machine
DECODED = "() => Promise.all([...document.images].filter((one) => one.checkVisibility()).map((one) => one.decode()))"


@node
def age_of(text: str) -> Annotated[int, gr.Number(label="Age")]:
    """The number in an answer."""
    return int(text)


@node
def mean(ages: list[int]) -> Annotated[float, gr.Number(label="Mean")]:
    """The mean of all."""
    return sum(ages) / len(ages)


@pipeline(name="Ages")
def survey(answers: list[str] = ["34", "27", "fifty", "61"]) -> float:  # noqa: B006  # an input's default is copied
    """The mean age of those who answered."""
    return mean(gather(age_of(each(answers))))


PIPELINES = {"savanna": savanna, "podcast": podcast, "survey": survey}


UNHELD = threading.Event()
UNHELD.set()
draw_face = Easel.face


def draw_face_when_unheld(easel: Easel) -> None:
    """Drawing stops before the face of an animal while it is held: so that a running step can be looked at."""
    UNHELD.wait()
    draw_face(easel)


Easel.face = draw_face_when_unheld  # type: ignore[method-assign]


@contextlib.contextmanager
def drawing_held() -> Iterator[None]:
    """Within this, no drawing ends."""
    UNHELD.clear()
    try:
        yield
    finally:
        UNHELD.set()


def run_all(page: Page) -> None:
    """Run everything."""
    page.get_by_role("button", name="Run all", exact=True).click()


def ended(page: Page) -> None:
    """Wait for the end of the run that goes on."""
    page.locator('.df-page:not([data-run="running"])').wait_for(timeout=PATIENCE)


def write(page: Page, label: str, text: str) -> None:
    """Write into a field of the canvas."""
    field = page.get_by_label(label, exact=True).first
    field.fill(text)
    field.blur()


def card(page: Page, step: str, state: str) -> Locator:
    """The card of a step, once it is in that state."""
    found = page.locator(f'.card[data-card="{step}"][data-state="{state}"]')
    found.wait_for(timeout=PATIENCE)
    return found


def canvas(page: Page) -> Iterator[None]:
    """What comes out of a run."""
    page.get_by_role("img", name="Poster").first.wait_for()
    yield


def podcast_done(page: Page) -> Iterator[None]:
    """Sounds, HTML, and a list."""
    card(page, "join", "done")
    yield


def running(page: Page) -> Iterator[None]:
    """Two animals more: what was drawn is reused, and the new ones are on their way."""
    write(page, "Animals", json.dumps([*ANIMALS, "lion", "flamingo"]))
    with drawing_held():
        page.get_by_text("Stale, animals changed").first.wait_for()
        run_all(page)
        for words in ("4 of 6", "2 running"):
            page.get_by_text(words, exact=True).first.wait_for(timeout=PATIENCE)
        yield
    ended(page)


def failed(page: Page) -> Iterator[None]:
    """One item failed, and the others did not."""
    run_all(page)
    card(page, "age_of", "failed").get_by_role("button", name="Retry what failed").wait_for()
    card(page, "mean", "skipped")
    ended(page)
    yield


def run_menu(page: Page) -> Iterator[None]:
    """What would run, now that an input has changed."""
    write(page, "Guest voice", "Cheerful Irish voice")
    stale = card(page, "speak", "stale")
    stale.get_by_role("button", name="Choose what to run from speak").click()
    page.get_by_role("menuitem", name="Run to here").focus()
    page.get_by_role("heading", name="If you run to here").wait_for()
    page.locator(".menu .plan .status").first.wait_for()
    yield


def find(page: Page) -> Iterator[None]:
    """Find a step."""
    page.keyboard.press("Control+k")
    page.get_by_role("combobox", name="Find a step").fill("s")
    yield


def app(page: Page) -> Iterator[None]:
    """The form."""
    page.get_by_role("tab", name="App").click()
    page.locator('[data-output="join"] .wave, [data-output="join"] audio').first.wait_for(state="attached")
    yield


def phone(page: Page) -> Iterator[None]:
    """The map of steps, and one step."""
    page.get_by_role("button", name="draw, ").first.click()
    page.locator('.card[data-card$="draw"] img').nth(3).wait_for()
    yield


PICTURES = {  # those that change a sheet come after the others of their pipeline
    "canvas": ("savanna", WIDE, canvas),
    "phone": ("savanna", PHONE, phone),
    "running": ("savanna", WIDE, running),
    "podcast": ("podcast", WIDE, podcast_done),
    "find": ("podcast", WIDE, find),
    "app": ("podcast", WIDE, app),
    "run-menu": ("podcast", WIDE, run_menu),
    "failed": ("survey", WIDE, failed),
}


def take(browser: Browser, urls: dict[str, str], name: str) -> None:
    """One picture, light and dark, as a person sees it who comes for the first time."""
    pipeline_name, size, scene = PICTURES[name]
    narrow = size is PHONE
    context = browser.new_context(
        viewport=size, device_scale_factor=SHARP, color_scheme="light", reduced_motion="reduce",
        has_touch=narrow, is_mobile=narrow,
    )  # fmt: skip
    page = context.new_page()
    page.goto(urls[pipeline_name])
    page.locator(".card .field textarea, .card .field input").first.wait_for(timeout=PATIENCE)
    try:
        for _ in scene(page):
            page.mouse.move(size["width"] / 2, 2)  # no card has the look of one that is pointed at
            for theme in themes(page):
                page.evaluate(DECODED)
                page.wait_for_timeout(600)  # sounds are drawn
                keep(page.screenshot(), FOLDER / f"{name}-{theme}.png")
    except PlaywrightError:
        seen = Path(tempfile.gettempdir()) / f"daggr_fn-{name}.png"
        page.screenshot(path=seen)
        sys.stderr.write(f"{name} did not come to be; the page as it is: {seen}\n")
        raise
    context.close()


def themes(page: Page) -> Iterator[str]:
    """The page in one theme after the other."""
    yield "light"
    button = page.locator('[aria-label="Use dark theme"]')
    if button.count():
        button.evaluate("button => button.click()")  # not by the mouse, which would close what is open
    else:
        page.get_by_role("button", name="Menu").click()
        page.get_by_role("menuitem", name="Change the theme").click()
    yield "dark"


def keep(picture: bytes, path: Path) -> None:
    """Write a picture in 256 colours, or in as few as it takes to be small."""
    whole = Image.open(io.BytesIO(picture)).convert("RGB")
    for colors in (256, 192, 128, 96):
        # Without going over the palette again (kmeans) the few pixels of a small green word become blue.
        whole.quantize(colors, dither=Image.Dither.NONE, kmeans=2).save(path, optimize=True)
        if path.stat().st_size < MOST_BYTES:
            break
    sys.stdout.write(f"{path.relative_to(ROOT)}: {path.stat().st_size // 1000} kB\n")
    sys.stdout.flush()


def first_runs(browser: Browser, urls: dict[str, str], wanted: list[str]) -> None:
    """Run what the pictures show the results of."""
    for name in {PICTURES[one][0] for one in wanted} - {"survey"}:  # whose picture is of its first run
        page = browser.new_page()
        page.goto(urls[name])
        run_all(page)
        page.locator('.df-page:is([data-run="done"], [data-run="failed"])').wait_for(timeout=PATIENCE)
        page.close()


@contextlib.contextmanager
def served() -> Iterator[dict[str, str]]:
    """The canvases' addresses, with sheets and results that are thrown away afterwards."""
    with tempfile.TemporaryDirectory() as home, contextlib.ExitStack() as opened:
        os.environ["DAGGR_FN_HOME"] = home
        yield {name: opened.enter_context(one.show(port=0, block=False)).url for name, one in PIPELINES.items()}


def main() -> None:
    """Make the pictures that are named, or all."""
    wanted = sys.argv[1:] or list(PICTURES)
    unknown = set(wanted) - set(PICTURES)
    if unknown:
        raise SystemExit(f"no picture is named {', '.join(unknown)}; there are {', '.join(PICTURES)}")
    program = os.environ.get("DAGGR_FN_CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
    FOLDER.mkdir(exist_ok=True)
    with served() as urls, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        first_runs(browser, urls, wanted)
        for name in filter(wanted.__contains__, PICTURES):
            take(browser, urls, name)
        browser.close()


if __name__ == "__main__":
    main()
