"""A remote app and what is known of it: asked for once in a while, remembered on disk for tracing without a network."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from threading import Event, Lock
from typing import TYPE_CHECKING, Any

from daggr_fn.files.notes import Note
from daggr_fn.gradio_http.connection import expect_success, get_again, json_of, sorted_errors, sync_client
from daggr_fn.gradio_http.description import AppDescription, describe
from daggr_fn.gradio_http.errors import (
    SpaceAsleepError,
    SpaceBuildingError,
    SpaceConnectionLostError,
    SpaceError,
    SpaceProtocolError,
    SpaceServerError,
    SpaceTimeoutError,
    SpaceUnreachableError,
)
from daggr_fn.gradio_http.hosts import Address, is_hugging_face
from daggr_fn.gradio_http.hub import awake, page_of
from daggr_fn.gradio_http.json_types import is_mapping
from daggr_fn.gradio_http.tokens import hub_endpoint

if TYPE_CHECKING:
    from collections.abc import Callable

logger = logging.getLogger("daggr_fn")

FRESH_SECONDS = 300.0
"""How long a description is used without asking again."""
OFFLINE_SECONDS = 20.0
"""How long nobody is asked after a question that nobody answered."""

_SCHEMA = 1
_PASSING = (
    SpaceUnreachableError,
    SpaceConnectionLostError,
    SpaceTimeoutError,
    SpaceServerError,
    SpaceAsleepError,
    SpaceBuildingError,
)


@dataclass(frozen=True)
class Known:
    """What is known of an app.

    Attributes:
        sha: The commit that a Space on the Hub runs; "" elsewhere.
        asked: When the app itself said so, on `time.monotonic`'s clock; 0 for what was read from disk.
    """

    description: AppDescription
    address: Address
    sha: str
    asked: float


class RemoteApp:
    """A Space on the Hub, or an app at an address.

    Args:
        text: `owner/name`, or `https://…`, perhaps with a user name and password for an app with `launch(auth=...)`.
    """

    def __init__(self, text: str) -> None:
        self._on_hub = not text.startswith(("http://", "https://"))
        self._address = None if self._on_hub else Address.parse(text)
        self.space = text if self._address is None else self._address.space
        self._lock = Lock()
        self._known: Known | None = None
        self._quiet_until = 0.0

    @property
    def link(self) -> str:
        """Where a person can read about it."""
        return page_of(self.space) if self._on_hub else self.space

    def known(self, say: Callable[[str], None] | None = None) -> Known:
        """What is known of the app, for tracing: asked now and then, and from disk when it can't be asked. Blocks.

        Args:
            say: Told what is waited for; by default the log is.

        Raises:
            SpaceError: It can't be asked, and was never asked before.
        """
        with self._lock:
            if self._known is not None and self._is_usable(self._known):
                return self._known
            try:
                return self._ask(say or logger.info, None)
            except _PASSING as error:
                return self._offline(error)

    def live(self, say: Callable[[str], None], stop: Event, older_than: float | None = None) -> Known:
        """What is known of the app, for a call of it; wakes a Space up and waits for it. Blocks.

        Args:
            say: Told what is waited for.
            stop: Set when nobody waits any more.
            older_than: Ask again when the answer at hand is older, in seconds; by default `FRESH_SECONDS`.

        Raises:
            SpaceError: It can't be used now.
        """
        with self._lock:
            known, limit = self._known, FRESH_SECONDS if older_than is None else older_than
            if known is not None and known.asked and time.monotonic() - known.asked < limit:
                return known
            return self._ask(say, stop)

    def peek(self) -> Known | None:
        """What is known and fresh, without asking and without waiting."""
        known = self._known
        if known is not None and known.asked and time.monotonic() - known.asked < FRESH_SECONDS:
            return known
        return None

    def _is_usable(self, known: Known) -> bool:
        now = time.monotonic()
        return now < self._quiet_until or (known.asked > 0 and now - known.asked < FRESH_SECONDS)

    def _ask(self, say: Callable[[str], None], stop: Event | None) -> Known:
        address, sha = self._address, ""
        if address is None:
            found = awake(self.space, say, stop)
            address, sha = found.address, found.sha
        description, address = fetch(address)
        known = Known(description, address, sha, time.monotonic())
        if self._known is None or (self._known.description, self._known.sha) != (description, sha):
            self._store(known)
        self._known = known
        return known

    def _offline(self, error: SpaceError) -> Known:
        known = self._known or self._stored()
        if known is None:
            raise error
        logger.warning("%s can't be asked now (%s): what it said before is used", self.space, error)
        self._known, self._quiet_until = known, time.monotonic() + OFFLINE_SECONDS
        return known

    @property
    def _note(self) -> Note:
        return Note("spaces", self.space, _SCHEMA)

    def _store(self, known: Known) -> None:
        address = known.address
        told = {"url": address.url, "vouched": address.vouched, "sha": known.sha}
        self._note.write({**told, "description": known.description.to_json()})

    def _stored(self) -> Known | None:
        return self._note.read(self._known_from)

    def _known_from(self, data: Any) -> Known:
        login = self._address.login if self._address is not None else None
        moved = self._on_hub and not is_hugging_face(hub_endpoint())
        address = Address(self.space, data["url"], login, vouched=moved and bool(data["vouched"]))
        return Known(AppDescription.from_json(data["description"]), address, data["sha"], 0.0)


_apps: dict[str, RemoteApp] = {}
_apps_lock = Lock()


def remote_app(text: str) -> RemoteApp:
    """The app of a name or address; all nodes of it share what is known."""
    with _apps_lock:
        return _apps.setdefault(text, RemoteApp(text))


def fetch(address: Address) -> tuple[AppDescription, Address]:
    """Ask an app for its description. Also says where it really is, when it redirects. Blocks.

    Raises:
        SpaceError: It can't be reached, wants a login, or is no Gradio app that we can talk to.
    """
    space = address.space
    with sync_client(address) as client, sorted_errors(space):
        answer = get_again(client, address.url + "config")
        expect_success(answer, space)
        config = json_of(answer, space)
        if not is_mapping(config) or "dependencies" not in config:
            raise SpaceProtocolError(f"{space} answers, but not as a Gradio app", space=space)
        protocol = str(config.get("protocol", "ws"))
        if not protocol.startswith("sse_v"):
            raise SpaceProtocolError(
                f"{space} runs Gradio {config.get('version', '3')}, whose queue speaks {protocol!r}; "
                "Gradio 4.29 or newer is needed",
                space=space,
            )
        base = str(answer.url.copy_with(query=None, fragment=None)).removesuffix("config")
        prefix = str(config.get("api_prefix") or "").strip("/")
        address = address if base == address.url else address.at(base)
        info_url = address.url + (f"{prefix}/info" if prefix else "info")
        answer = get_again(client, info_url, params={"serialize": "False"})
        expect_success(answer, space)
        return describe(config, json_of(answer, space)), address
