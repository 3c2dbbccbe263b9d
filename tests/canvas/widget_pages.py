"""Pages of pipelines with inputs of all kinds, in a real browser, and what their functions got."""

from __future__ import annotations

import contextlib
import threading
from pathlib import Path
from typing import NamedTuple

WAIT_SECONDS = 30


class File(NamedTuple):
    """A file that a function got."""

    name: str
    content: bytes


def _read(value):
    if isinstance(value, Path):
        return File(value.name, value.read_bytes())
    if isinstance(value, list):
        return [_read(one) for one in value]
    return {name: _read(one) for name, one in value.items()} if isinstance(value, dict) else value


class Got:
    """What a function was called with, which a test waits for."""

    def __init__(self):
        self._calls = []
        self._there = threading.Condition()

    def __call__(self, **values):
        read = {name: _read(value) for name, value in values.items()}  # the files are the call's own, and go with it
        with self._there:
            self._calls.append(read)
            self._there.notify_all()
        return "done"

    def wait(self, number=1):
        """The values of the call with a number."""
        with self._there:
            assert self._there.wait_for(lambda: len(self._calls) >= number, WAIT_SECONDS), "nobody called it"
            return self._calls[number - 1]

    def forget(self):
        with self._there:
            self._calls.clear()

    @property
    def count(self):
        return len(self._calls)


class SlowLine:
    """The line of a page, on which nothing that the server says arrives until it is let through."""

    def __init__(self, page):
        self._page = page
        self._kept = None
        self._arrived = []
        page.route_web_socket("**/*", self._connect)

    def _connect(self, socket):
        server = socket.connect_to_server()
        server.on_message(lambda message: self._send(message) if self._kept is None else self._kept.append(message))
        self._socket = socket

    def _send(self, message):
        self._socket.send(message)
        self._arrived.append(message)

    def stop(self):
        self._kept = []

    def until_arrived(self, word):
        """Wait until something with a word in it has arrived: a page that is slow may not be on the line yet."""
        self._until(word, self._arrived)

    def until_kept(self, word):
        """Wait until the server has said something with a word in it, which is on its way."""
        self._until(word, self._kept)

    def _until(self, word, messages):
        while not any(word in message for message in messages):
            self._page.wait_for_timeout(20)

    def let_through(self, word):
        """Let through what came first, up to the first message with a word in it."""
        while self._kept:
            self._send(message := self._kept.pop(0))
            if word in message:
                return

    def go_on(self):
        kept, self._kept = self._kept, None
        for message in kept:
            self._send(message)


@contextlib.contextmanager
def shown(page, pipeline, **options):
    """The address of a pipeline that is shown, until the end of the block, for a page and those of the same profile."""
    handle = pipeline.show(block=False, open_browser=False, port=0, **options)
    try:
        yield handle.url
    finally:
        for one in page.context.pages:  # before their server: a lost connection would be a complaint
            one.close()
        handle.close()


def open_app(page, url):
    """Open the app view, with all of its fields."""
    page.goto(f"{url}?view=app")
    page.get_by_role("main", name="App").wait_for()
    page.wait_for_function("!document.querySelector('.field .slot > div:empty')")


def run(page):
    page.get_by_role("button", name="Run", exact=True).first.click()


def settle(page):
    """Wait until what was typed last has gone to the server."""
    page.locator("body").evaluate("() => document.activeElement?.blur()")
