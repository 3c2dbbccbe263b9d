"""The wire by hand: what a page's socket sends, and what a stranger's could."""

from __future__ import annotations

import json
import re
import uuid
from contextlib import contextmanager
from urllib.parse import urlencode, urlsplit

import httpx
from websockets.sync.client import connect


def page_of(url: str, **options) -> tuple[str, httpx.Response]:
    """Ask for a page; the id of NiceGUI's client for it, and the answer."""
    answer = httpx.get(url, **{"timeout": 60, **options})
    assert answer.status_code == 200, answer.text
    found = re.search(r"client_id['\"]: ['\"]([0-9a-f-]{36})", answer.text)
    assert found, answer.text
    return found[1], answer


class Socket:
    """A page's socket: Engine.IO and Socket.IO, as text."""

    def __init__(self, ws) -> None:
        self.ws = ws

    def say(self, name: str, *arguments) -> None:
        self.ws.send("42" + json.dumps([name, *arguments]))

    def raw(self, text) -> None:
        self.ws.send(text)

    def floods(self, text: str) -> None:
        """Send a message, and listen until the connection ends."""
        self.ws.send("42" + text)
        self.until("nothing begins so")

    def asks(self, name: str, *arguments):
        """Send a message, and wait for what the server says of it once it was handled."""
        self.ws.send("427" + json.dumps([name, *arguments]))
        return json.loads(self.until("437")[3:])

    def until(self, *starts: str, timeout: float = 20) -> str:
        """Wait for a message that begins so; the pings on the way are answered."""
        while True:
            text = self.ws.recv(timeout=timeout)
            if text == "2":
                self.ws.send("3")
            if text.startswith(starts):
                return text

    def hears(self, what: str, timeout: float = 20) -> str:
        """Wait for a message with something in it."""
        while True:
            text = self.until("42", timeout=timeout)
            if what in text:
                return text


@contextmanager
def socket(url: str, client_id: str | None = None, headers: dict | None = None, **more):
    """Open the socket of a page; with its id it is the page's from the start."""
    parts = urlsplit(url)
    query = {"EIO": 4, "transport": "websocket", **more}
    if client_id:
        names = {"tab_id": str(uuid.uuid4()), "document_id": str(uuid.uuid4())}
        query |= {"client_id": client_id, "next_message_id": 0, "implicit_handshake": "true", **names}
    address = f"ws://{parts.netloc}{parts.path}_nicegui_ws/socket.io/?{urlencode(query)}"
    with connect(address, additional_headers=headers or {}, open_timeout=20, proxy=None) as ws:
        one = Socket(ws)
        one.until("0")
        one.raw("40")
        yield one


def event_of(html: str, kind: str) -> dict:
    """Whom a message about an event of some kind is for, from what a page says of its elements."""
    text = re.search(r"String\.raw`(.*?)`", html, re.DOTALL)[1]
    for old, new in (("&amp;", "&"), ("&lt;", "<"), ("&gt;", ">"), ("&#96;", "`"), ("&#36;", "$")):
        text = text.replace(old, new)
    for number, element in json.loads(text).items():
        for event in element.get("events", []):
            if event["type"] == kind:
                return {"id": int(number), "listener_id": event["listener_id"]}
    raise AssertionError(text)


def press_of(html: str) -> dict:
    """The event of the page's button."""
    return {**event_of(html, "click"), "args": ["{}"]}
