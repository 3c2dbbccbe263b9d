"""Which Gradio app is meant: an id on the Hub, the page of a Space, an address, an app object."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Protocol

from daggr_fn.errors import WiringError
from daggr_fn.gradio_http.records import slug
from daggr_fn.gradio_http.remote import remote_app
from daggr_fn.nodes.local_app import is_app, local_app

if TYPE_CHECKING:
    from collections.abc import Callable
    from threading import Event

    from daggr_fn.gradio_http.remote import Known

_HUB_ID = re.compile(r"[\w.-]+/[\w.-]+")
_HUB_PAGE = re.compile(r"(?:https://(?:www\.)?huggingface\.co/)?spaces/([\w.-]+/[\w.-]+)/?(?:tree/main/?)?")
_GENERIC_ENDPOINTS = frozenset(
    {"predict", "run", "infer", "inference", "generate", "process", "submit", "call", "main"}
)


class App(Protocol):
    """What a node asks of an app, remote or local."""

    space: str

    @property
    def link(self) -> str: ...

    def known(self, say: Callable[[str], None] | None = None) -> Known: ...

    def live(self, say: Callable[[str], None], stop: Event, older_than: float | None = None) -> Known: ...

    def peek(self) -> Known | None: ...


def app_of(app: Any) -> tuple[App, str]:
    """The app, and words to name a node after it.

    Raises:
        WiringError: It names none.
    """
    if is_app(app):
        found = local_app(app)
        return found, slug(str(getattr(app, "title", "") or "")) or "app"
    if isinstance(app, str):
        page = _HUB_PAGE.fullmatch(app)
        text = page.group(1) if page else app.strip()
        if text.startswith(("http://", "https://")):
            return _app_at(text), "app"
        if _HUB_ID.fullmatch(text):
            return remote_app(text), text.partition("/")[2]
    raise WiringError(
        f"{app!r} names no Gradio app: give 'owner/name', an address, or an app object (gr.Blocks, gr.Interface)",
        instead='space("hf-applications/Z-Image-Turbo", "/generate_image")',
    )


def _app_at(address: str) -> App:
    import httpx

    try:
        if httpx.URL(address).host:
            return remote_app(address)
    except httpx.InvalidURL:
        # httpx repeats parts of the address, and they may be a password: neither the message nor the cause may tell.
        raise WiringError("the address of a Gradio app is not valid") from None
    raise WiringError("the address of a Gradio app names no host")


def default_name(app_words: str, endpoint: str | None) -> str:
    """The name of an endpoint's steps: the endpoint's, or the app's where that says nothing."""
    name = slug((endpoint or "").replace("/", " "))
    return name if name and name not in _GENERIC_ENDPOINTS else slug(app_words) or "space"
