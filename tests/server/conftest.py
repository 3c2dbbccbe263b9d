"""Servers that end with the test, and a real browser."""

from __future__ import annotations

import functools

import httpx
import pytest
from playwright.sync_api import sync_playwright

from daggr_fn.server.showing import mount, show
from tests.server.pages import contexts, simple_page

CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch):
    for name in ("GRADIO_SERVER_NAME", "GRADIO_SERVER_PORT", "GRADIO_ROOT_PATH", "DAGGR_FN_MAX_UPLOAD", "SPACE_ID"):
        monkeypatch.delenv(name, raising=False)
    contexts.clear()


@pytest.fixture
def serve():
    """Shows pipelines on ports of their own, with a simple page, until the test ends."""
    handles = []

    def start(pipeline, *places, **options):
        options.setdefault("build", simple_page)
        options.setdefault("port", 0)
        handles.append(show(pipeline, *places, block=False, **options))
        return handles[-1]

    yield start
    for handle in handles:
        handle.close()


@pytest.fixture
def mounted():
    """`mount`, with a simple page."""
    return functools.partial(mount, build=simple_page)


@pytest.fixture
def client():
    with httpx.Client(timeout=30) as one:
        yield one


@pytest.fixture(scope="session")
def chromium():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def tab(chromium):
    """A tab in a browser that nobody used before; its console stays clean."""
    context = chromium.new_context()
    page = context.new_page()
    said = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.console_errors = said
    yield page
    context.close()
