"""The engine: one thread with one event loop, in which everything that a browser talks to lives.

NiceGUI has one app, one socket server and one event loop in a process. All addresses (ports of their own, places in
other people's apps) therefore lead to this loop, which starts with the first of them and ends with the process.
"""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import functools
import logging
import threading
from typing import TYPE_CHECKING, Any, TypeVar

from daggr_fn.errors import DaggrError

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from starlette.types import ASGIApp

logger = logging.getLogger("daggr_fn")

T = TypeVar("T")

RECONNECT_SECONDS = 60.0
"""How long a page that lost its connection is kept for it to come back: a laptop's lid, a tunnel."""

_STOP_SECONDS = 3.0
_GZIP_LEVEL = 4
"""The loop that all pages share packs what they load: the last twentieth of the size is more than half of the work."""


class Engine:
    """The thread and its event loop. There is one: see `engine`.

    Attributes:
        pages: NiceGUI's app, once it runs.
        ends: What ends each server that runs in the loop; they are ended with the process.
    """

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._stop = asyncio.Event()
        self._trouble: BaseException | None = None
        self.pages: ASGIApp | None = None
        self.ends: dict[object, Callable[[], Coroutine[Any, Any, object]]] = {}
        self._thread = threading.Thread(target=self._work, name="daggr_fn server", daemon=True)

    def start(self) -> None:
        """Start the thread, and wait until pages can be served.

        Raises:
            DaggrError: NiceGUI is in use in this process already.
        """
        self._thread.start()
        self._ready.wait()
        if self._trouble is not None:
            raise self._trouble
        atexit.register(self.stop)

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """The loop of the engine's thread."""
        return self._loop

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine in the engine's loop from another thread, and wait for its result."""
        if threading.current_thread() is self._thread:
            coroutine.close()
            raise RuntimeError("the engine can't wait for itself")
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result()

    def soon(self, function: Callable[..., object], *args: Any) -> None:
        """Have a function called in the engine's loop; nothing happens when the process ends."""
        with contextlib.suppress(RuntimeError):  # the loop is closed
            self._loop.call_soon_threadsafe(function, *args)

    def stop(self) -> None:
        """End the thread; done once, when the process ends."""
        self.soon(self._stop.set)
        self._thread.join(_STOP_SECONDS)

    def _work(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._live())
        finally:
            left = asyncio.all_tasks(self._loop)
            for task in left:
                task.cancel()
            self._loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
            self._loop.run_until_complete(self._loop.shutdown_asyncgens())
            self._loop.close()

    async def _live(self) -> None:
        try:
            lifespan, self.pages = _nicegui()
            async with lifespan():
                self._ready.set()
                await self._stop.wait()
                for end in list(self.ends.values()):
                    await end()
        except BaseException as error:  # whoever waits for the start hears of it
            self._trouble = error
            if self._ready.is_set():
                logger.exception("the server of the canvas ended")
        finally:
            self._ready.set()


def _nicegui() -> tuple[Callable[[], Any], ASGIApp]:
    from fastapi import FastAPI
    from nicegui import core, ui
    from starlette.middleware.gzip import GZipMiddleware

    from daggr_fn.server.pages import add_pages
    from daggr_fn.server.socket_messages import check_messages

    if core.app.config.has_run_config or core.app.is_started:
        raise DaggrError(
            "this process runs NiceGUI pages of its own already, and NiceGUI has one app in a process: show the canvas "
            "from a process of its own"
        )
    outer = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    ui.run_with(  # pyright: ignore[reportUnknownMemberType]  # an argument that is not used here
        outer,
        title="daggr_fn",
        dark=None,
        tailwind=False,
        show_welcome_message=False,
        reconnect_timeout=RECONNECT_SECONDS,
        gzip_middleware_factory=functools.partial(GZipMiddleware, compresslevel=_GZIP_LEVEL),
    )
    add_pages()
    check_messages()
    return functools.partial(outer.router.lifespan_context, outer), core.app


_starting = threading.Lock()
_engines: list[Engine] = []


def engine() -> Engine:
    """The engine of this process, started when it is first asked for.

    Raises:
        DaggrError: NiceGUI isn't installed, or in use in this process already.
    """
    with _starting:
        if not _engines:
            made = Engine()
            try:
                made.start()
            except ModuleNotFoundError as error:
                raise DaggrError(f'the canvas needs {error.name}: pip install "daggr_fn[canvas]"') from error
            _engines.append(made)
        return _engines[0]
