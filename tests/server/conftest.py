"""Servers that end with the test."""

from __future__ import annotations

import contextlib
import functools

import httpx
import pytest

from daggr_fn.server.showing import mount, show
from daggr_fn.store import Store
from tests.chromium import browser, context, faults, page  # noqa: F401  # fixtures
from tests.server.pages import contexts, presses, simple_page


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch):
    for name in ("GRADIO_SERVER_NAME", "GRADIO_SERVER_PORT", "GRADIO_ROOT_PATH", "DAGGR_FN_MAX_UPLOAD", "SPACE_ID"):
        monkeypatch.delenv(name, raising=False)
    contexts.clear()
    presses.clear()


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
def store():
    """The sheets of all users."""
    with contextlib.closing(Store()) as made:
        yield made


@pytest.fixture
def mounted():
    """`mount`, with a simple page."""
    return functools.partial(mount, build=simple_page)


@pytest.fixture
def client():
    with httpx.Client(timeout=30) as one:
        yield one
