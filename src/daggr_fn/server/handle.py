"""What `show()` returns: the canvas that is being served."""

from __future__ import annotations

import asyncio
import logging
import threading
from typing import TYPE_CHECKING

from daggr_fn.server.engine import engine

if TYPE_CHECKING:
    import socket
    from types import TracebackType

    import uvicorn
    from typing_extensions import Self

    from daggr_fn.server.site import Site

logger = logging.getLogger("daggr_fn")

_CLOSE_SECONDS = 1
_LARGEST_HEADERS = 64 << 10


class Handle:
    """A canvas that is being served. As a context manager it closes at the end.

    Attributes:
        url: Its address on this machine.
    """

    def __init__(self, site: Site, sock: socket.socket, url: str) -> None:
        self.url = url
        self._site = site
        self._socket = sock
        self._closed = threading.Event()
        self._server, self._serving = engine().run(_serve(site, sock))
        engine().ends[self] = self._end

    def close(self) -> None:
        """Stop serving: open pages lose their connection, and the port is free again. Runs go on."""
        if self._closed.is_set():
            return
        if engine().run(self._end()):
            self._site.sheets.give_back()

    async def _end(self) -> bool:
        """End it; false where another thread was quicker, and has done that."""
        if self._closed.is_set():
            await asyncio.wait([self._serving])
            return False
        self._closed.set()
        engine().ends.pop(self, None)
        self._site.close()
        self._server.should_exit = True
        await asyncio.wait([self._serving])
        self._socket.close()
        return True

    @property
    def closed(self) -> bool:
        """Whether it was closed."""
        return self._closed.is_set()

    def block(self) -> None:
        """Wait until it is closed, or until Ctrl-C, which closes it."""
        try:
            while not self._closed.wait(3600):  # a wait without an end can't be interrupted everywhere
                pass
        except KeyboardInterrupt:
            self.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<canvas of {self._site.key}: {'closed' if self.closed else self.url}>"

    def _repr_html_(self) -> str:
        """In a notebook: the canvas itself."""
        from html import escape

        if self.closed:
            return f"<p>{escape(repr(self))}</p>"
        return (
            f'<iframe src="{escape(self.url)}" width="100%" height="720" style="border:1px solid #8884;'
            'border-radius:12px" allow="camera; microphone; clipboard-write; fullscreen"></iframe>'
        )


async def _serve(site: Site, sock: socket.socket) -> tuple[uvicorn.Server, asyncio.Task[None]]:
    import uvicorn

    from daggr_fn.server.socket_messages import MOST_BYTES

    config = uvicorn.Config(
        site,
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        ws="websockets-sansio",
        ws_max_size=MOST_BYTES,
        h11_max_incomplete_event_size=_LARGEST_HEADERS,
        timeout_graceful_shutdown=_CLOSE_SECONDS,
    )
    server = uvicorn.Server(config)
    serving = asyncio.get_running_loop().create_task(server.serve(sockets=[sock]))
    while not server.started and not serving.done():  # noqa: ASYNC110  # uvicorn has no event for it
        await asyncio.sleep(0.002)
    if serving.done():
        serving.result()
    return server, serving
