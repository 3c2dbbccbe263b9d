"""A Gradio app object of the user's own program, served on this machine while the program runs."""

from __future__ import annotations

import atexit
import logging
import socket
import time
from threading import Event, Lock
from typing import TYPE_CHECKING, Any

from daggr_fn.gradio_http.description import describe
from daggr_fn.gradio_http.errors import SpaceBrokenError
from daggr_fn.gradio_http.hosts import Address
from daggr_fn.gradio_http.remote import Known

if TYPE_CHECKING:
    from collections.abc import Callable

logger = logging.getLogger("daggr_fn")

_HOST = "127.0.0.1"


def is_app(value: object) -> bool:
    """Whether a value is a Gradio app (Blocks, Interface, ChatInterface), told without importing Gradio."""
    return all(callable(getattr(value, name, None)) for name in ("launch", "get_api_info", "get_config_file"))


class LocalApp:
    """A local app: described from the object, served at the first call, closed when the program ends."""

    link = ""

    def __init__(self, app: Any) -> None:
        self._app = app
        title = str(getattr(app, "title", "") or "")
        self.space = f"the local app {title!r}" if title and title != "Gradio" else "the local app"
        self._lock = Lock()
        self._known: Known | None = None
        self._served: Known | None = None

    def known(self, say: Callable[[str], None] | None = None) -> Known:  # as RemoteApp has it
        """What the object says of itself; nothing is served for that."""
        with self._lock:
            return self._described()

    def live(self, say: Callable[[str], None], stop: Event, older_than: float | None = None) -> Known:
        """The app, served. Blocks while it starts.

        Raises:
            SpaceBrokenError: It can't be served.
        """
        with self._lock:
            if self._served is None:
                url = str(getattr(self._app, "local_url", "") or "") if getattr(self._app, "is_running", False) else ""
                if not url:
                    say("starting the local app")
                    url = self._serve()
                known = self._described()
                address = Address(self.space, url.rstrip("/") + "/")
                self._served = Known(known.description, address, "", time.monotonic())
            return self._served

    def peek(self) -> Known | None:
        """The app when it is served already."""
        return self._served

    def functions(self, endpoint: int) -> tuple[Callable[..., Any], ...]:
        """The user's function behind an endpoint, whose code belongs to the key of a result."""
        block_function = self._app.fns.get(endpoint)
        function = getattr(block_function, "fn", None)
        return (function,) if callable(function) else ()

    def _described(self) -> Known:
        if self._known is None:
            description = describe(self._app.get_config_file(), self._app.get_api_info())
            self._known = Known(description, Address(self.space, f"http://{_HOST}/"), "", 0.0)
        return self._known

    def _serve(self) -> str:
        try:
            self._app.launch(
                prevent_thread_lock=True, quiet=True, server_name=_HOST, server_port=_free_port(), share=False,
                inbrowser=False, show_error=True, ssr_mode=False,
            )  # fmt: skip
        except (OSError, RuntimeError, ValueError) as error:
            raise SpaceBrokenError(f"{self.space} can't be served on {_HOST}: {error}", space=self.space) from error
        atexit.register(self._app.close, verbose=False)
        logger.info("%s is served at %s", self.space, self._app.local_url)
        return str(self._app.local_url)


_apps: dict[int, LocalApp] = {}
_apps_lock = Lock()


def local_app(app: Any) -> LocalApp:
    """The local app of an object; all nodes of one object share it."""
    with _apps_lock:
        return _apps.setdefault(id(app), LocalApp(app))


def _free_port() -> int:
    """A port that is free now. Gradio's own choice starts at 7860, where the canvas wants to be."""
    with socket.socket() as probe:
        probe.bind((_HOST, 0))
        return int(probe.getsockname()[1])
