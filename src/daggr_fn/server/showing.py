"""`Pipeline.show()` and `Pipeline.mount()`."""

from __future__ import annotations

import contextlib
import sys
import webbrowser
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from daggr_fn.errors import DaggrError
from daggr_fn.server.bridge import call_across
from daggr_fn.server.canvas_pages import build_canvas, warm_up
from daggr_fn.server.engine import engine
from daggr_fn.server.handle import Handle
from daggr_fn.server.making import SiteOptions, make_site
from daggr_fn.server.ports import listening, url_of, wanted_host
from daggr_fn.server.surroundings import in_notebook, in_prompt, may_block

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Generator

    from starlette.types import Receive, Scope, Send
    from typing_extensions import Unpack

    from daggr_fn.pipelines import Pipeline
    from daggr_fn.server.site import Site
    from daggr_fn.server.visits import Build

_loading: ContextVar[bool] = ContextVar("a command loads the file that calls show()", default=False)
_shown: dict[str, Handle] = {}


class NotShown(Handle):
    """What `show()` returns while `daggr-fn show` loads the file: the command shows it."""

    def __init__(self) -> None:
        self.url = ""

    @property
    def closed(self) -> bool:
        """Always: nothing is served."""
        return True

    def close(self) -> None:
        """Nothing to do."""

    def block(self) -> None:
        """Nothing to wait for."""

    def __repr__(self) -> str:
        return "<canvas that `daggr-fn show` will show>"


@contextlib.contextmanager
def shown_by_command() -> Generator[None, None, None]:
    """While a command loads a file, `show()` in it does nothing."""
    token = _loading.set(True)
    try:
        yield
    finally:
        _loading.reset(token)


def show(
    pipeline: Pipeline[Any, Any],
    host: str | None = None,
    port: int | None = None,
    *,
    open_browser: bool = False,
    block: bool | None = None,
    build: Build | None = None,
    **options: Unpack[SiteOptions],
) -> Handle:
    """Serve a pipeline's canvas; see `Pipeline.show`.

    Args:
        pipeline: The pipeline.
        host: What to bind to.
        port: The port.
        open_browser: Whether to open it in the browser.
        block: Whether to wait until Ctrl-C.
        build: What builds its pages; by default the canvas.
        **options: See `SiteOptions`.
    """
    if _loading.get():
        return NotShown()
    pipeline.check()
    handle = serve(pipeline, host, port, build=build, options=options)
    waits = may_block() if block is None else block
    if not in_notebook():
        tell(f"{pipeline.name} is at {handle.url}" + ("  (Ctrl-C ends it)" if waits else ""))
    if open_browser:
        webbrowser.open(handle.url)
    if waits:
        handle.block()
    return handle


def serve(
    pipeline: Pipeline[Any, Any],
    host: str | None,
    port: int | None,
    *,
    build: Build | None,
    options: SiteOptions,
) -> Handle:
    """Serve a pipeline's canvas on a port of its own. In a notebook, a cell that runs again shows it at the same port.

    Raises:
        DaggrError: The port is taken, an option is wrong, or what the canvas needs is not installed.
    """
    name = f"{pipeline._place.file}:{pipeline.name}"
    if in_prompt() and name in _shown and not _shown[name].closed:
        _shown[name].close()
    bound = wanted_host(host)
    engine()
    site = make_site(pipeline, bound, options, build=build)
    handle = listen(site, bound, port)
    _shown[name] = handle
    return handle


def listen(site: Site, bound: str, port: int | None) -> Handle:
    """Serve a site on a port of its own."""
    try:
        handle = _handle(site, listening(bound, port), bound)
    except BaseException:
        site.sheets.give_back()
        raise
    if site.pipeline is not None and site.build is build_canvas:
        warm_up(site.pipeline)
    return handle


def _handle(site: Site, sock: socket.socket, bound: str) -> Handle:
    try:
        return Handle(site, sock, url_of(bound, sock.getsockname()[1], site.root))
    except BaseException:
        sock.close()
        raise


def tell(text: str) -> None:
    """Say a line to whoever started the server."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def mount(
    pipeline: Pipeline[Any, Any],
    app: Any,
    path: str,
    *,
    build: Build | None = None,
    **options: Unpack[SiteOptions],
) -> None:
    """Serve a pipeline's canvas in an app of one's own; see `Pipeline.mount`.

    Args:
        pipeline: The pipeline.
        app: A FastAPI or Starlette app.
        path: Where in the app: `"/podcast"`.
        build: What builds its pages; by default the canvas.
        **options: See `SiteOptions`.
    """
    if not hasattr(app, "mount") or not hasattr(app, "add_route"):
        raise DaggrError(f"mount() takes a FastAPI or Starlette app, and got {type(app).__name__}")
    pipeline.check()
    place = f"/{path.strip('/')}" if path.strip("/") else ""
    site = make_site(pipeline, None, options, build=build)

    async def mounted(scope: Scope, receive: Receive, send: Send) -> None:
        # The app's loop is not the engine's. It starts with the first request: only then the app's own server is there.
        await call_across(site, engine().loop, scope, receive, send)

    if place:
        app.add_route(place, _with_slash(place))
    app.mount(place, mounted)


def _with_slash(place: str) -> Callable[..., Any]:
    """Send a browser to the folder: relative, since a proxy in front may show the app elsewhere."""
    from starlette.responses import Response

    def redirect(request: Any) -> Response:
        query = f"?{request.url.query}" if request.url.query else ""
        return Response(status_code=307, headers={"location": f"{place.rpartition('/')[2]}/{query}"})

    return redirect
