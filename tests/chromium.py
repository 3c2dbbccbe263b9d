"""A real browser for tests: one Chromium for a module, a fresh profile and page for each test, without any errors."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

SECONDS = 30
"""What a page has time for: on a machine with much else to do, pages are slow."""

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
]


def executable() -> str | None:
    """The machine's Chromium; `None` for the one that Playwright has installed."""
    return os.environ.get("DAGGR_FN_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for the tests of a module. Playwright's event loop, on which others would stumble, ends with it."""
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=SECONDS * 1000)
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=executable(), args=FLAGS)
        yield found
        found.close()


class Faults:
    """What a page complained about: errors in its console, exceptions nobody caught."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self.expected: list[str] = []

    def expect(self, part: str) -> None:
        """A complaint with this in it is part of the test."""
        self.expected.append(part)

    def hear(self, text: str) -> None:
        self.found.append(text)

    @property
    def unexpected(self) -> list[str]:
        return [text for text in self.found if not any(part in text for part in self.expected)]


@pytest.fixture
def faults() -> Faults:
    return Faults()


@pytest.fixture
def context(browser: Browser, faults: Faults) -> Iterator[BrowserContext]:
    """A fresh profile, as of a person who comes for the first time. Complaints of its pages fail the test."""
    made = browser.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    made.set_default_timeout(SECONDS * 1000)
    made.on("page", lambda page: _listen(page, faults))
    yield made
    made.close()
    assert not faults.unexpected, "\n".join(faults.unexpected)


def _listen(page: Page, faults: Faults) -> None:
    def heard(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            faults.hear(f"{message.type}: {message.text} ({message.location.get('url', '')})")

    def thrown(error: Any) -> None:
        faults.hear(f"exception: {error}")

    page.on("console", heard)
    page.on("pageerror", thrown)


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """A page of that profile."""
    return context.new_page()
