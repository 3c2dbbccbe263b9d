"""A site: one pipeline at one address, on a port of its own or in another app. Every request comes through here."""

from __future__ import annotations

import asyncio
import logging
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from anyio import to_thread
from starlette.datastructures import Headers, QueryParams
from starlette.requests import HTTPConnection
from starlette.responses import Response

from daggr_fn.server.answers import not_found, refusal, refuse_socket, with_headers
from daggr_fn.server.engine import engine
from daggr_fn.server.routes import routes
from daggr_fn.server.shelf import Shelf
from daggr_fn.server.socket_messages import MOST_BYTES
from daggr_fn.server.uploads import Uploads
from daggr_fn.server.visits import Build, Prepare, Visit

if TYPE_CHECKING:
    from collections.abc import Iterable

    from starlette.types import Receive, Scope, Send

    from daggr_fn.live import OpenSheet
    from daggr_fn.pipelines import Pipeline
    from daggr_fn.server.origins import Origins
    from daggr_fn.server.pages import Page
    from daggr_fn.server.sheet_books import SheetBook
    from daggr_fn.server.visitors import Visitors

logger = logging.getLogger("daggr_fn")

SOCKET = "/_nicegui_ws/"
_PREFIX = re.compile(r"(?:/[\w.~%@:+-]+)+")


@dataclass(eq=False)
class Site:
    """One pipeline at one address. It is an ASGI app, which lives in the engine's loop.

    Attributes:
        pipeline: What it shows; `None` while the file that it is in could not be loaded yet.
        key: What the sheets are kept under.
        build: Builds a page.
        sheets: The sheets of its users.
        visitors: Tells who a request is from.
        origins: Tells which requests may come at all.
        root: The path under which the site is, where neither the app around nor the proxy in front says so.
        theme: `"light"`, `"dark"` or `"system"`.
        ancestors: Who may show its pages in a frame, as CSP writes it.
        keyed: Whether the user chose the key.
        trouble: What is wrong with the pipeline's file, in words.
        prepare: Does beforehand what takes long of building a page, if anything does.
        pages: The open pages.
    """

    pipeline: Pipeline[Any, Any] | None
    key: str
    build: Build
    sheets: SheetBook
    visitors: Visitors
    origins: Origins
    root: str = ""
    theme: str = "system"
    ancestors: str = "'self'"
    trouble: str = ""
    keyed: bool = False
    prepare: Prepare | None = None
    pages: set[Page] = field(default_factory=set["Page"])
    shelf: Shelf = field(default_factory=Shelf)
    uploads: Uploads = field(default_factory=Uploads)

    def __post_init__(self) -> None:
        self._routes = routes()
        self._rebuilding: set[asyncio.Task[None]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or serve one socket."""
        if scope["type"] not in ("http", "websocket"):
            return
        connection = HTTPConnection(scope)
        headers = connection.headers
        prefix, path = self._split(scope, headers)
        reason = self.origins.refusal(headers, scope.get("method", "GET"), socket=path.startswith(SOCKET))
        if reason:
            logger.warning("a request for %s was refused: %s", path[:100], reason)
            await _answer(refusal(403, reason), scope, receive, send)
            return
        visitor = self.visitors.visitor(connection)
        if scope["type"] == "http":
            send = with_headers(send, self.ancestors, visitor.cookie if visitor.is_new or path == "/" else "")
        if visitor.user is None:
            await _answer(refusal(401, "sign in first"), scope, receive, send)
            return
        visit = Visit(self, visitor.user, prefix, known=not visitor.is_new)
        await self._route(_inner(scope, visit, path), path, receive, send)

    async def _route(self, scope: Scope, path: str, receive: Receive, send: Send) -> None:
        from nicegui import __version__

        if path == "":
            name = scope["root_path"].rpartition("/")[2]
            await _answer(Response(status_code=307, headers={"location": f"{name}/"}), scope, receive, send)
        elif path == "/" and not self._may_open(scope):
            await _answer(not_found("sheet"), scope, receive, send)
        elif path.startswith(SOCKET) and _is_too_large(scope):
            await _answer(refusal(413, f"more than {MOST_BYTES:,} bytes"), scope, receive, send)
        elif path == "/" or path.startswith((SOCKET, f"/_nicegui/{__version__}/")):
            pages = engine().pages
            assert pages is not None  # the engine runs: it is where this runs
            if path == "/" and scope.get("method") == "GET":
                visit: Visit = scope["daggr_fn"]
                scope["daggr_fn"] = replace(visit, opened=await self._opened(visit, _sheet(scope)))
            await pages(scope, receive, send)
        elif scope["type"] == "http":
            await self._routes(scope, receive, send)
        else:
            await refuse_socket(receive, send)

    def _may_open(self, scope: Scope) -> bool:
        sheet = _sheet(scope)
        return sheet is None or self.sheets.has(scope["daggr_fn"].user, self.key, sheet)

    async def _opened(self, visit: Visit, sheet: str | None) -> OpenSheet | None:
        if self.prepare is None:
            return None
        try:
            return await to_thread.run_sync(self.prepare, visit, sheet)
        except Exception:  # building the page meets the same, and tells who looks at it
            logger.debug("a page could not be prepared", exc_info=True)
            return None

    def _split(self, scope: Scope, headers: Headers) -> tuple[str, str]:
        """What stands before the site's own paths in the browser, and the site's own path."""
        around = scope.get("root_path", "").rstrip("/")
        path = scope["path"]
        if around and (path == around or path.startswith(around + "/")):
            path = path[len(around) :]
        if self.root and (path == self.root or path.startswith(self.root + "/")):
            path = path[len(self.root) :]
        forwarded = headers.get("x-forwarded-prefix", "").rstrip("/")
        if not _PREFIX.fullmatch(forwarded):
            forwarded = ""
        return forwarded + around + self.root, path

    # ---- when the pipeline's code changes; in the engine's loop

    def renew(self, pipeline: Pipeline[Any, Any]) -> None:
        """Show another pipeline, or the same with other code, on all open pages, without reloading them."""
        if self.pipeline is None and not self.keyed:
            self.key = pipeline.name
        self.pipeline = pipeline
        self.trouble = ""
        self.rebuild(list(self.pages))

    def rebuild(self, pages: Iterable[Page]) -> None:
        """Build open pages again, soon, in place of what they show."""
        task = asyncio.get_running_loop().create_task(self._rebuild(pages))
        self._rebuilding.add(task)
        task.add_done_callback(self._rebuilding.discard)

    async def _rebuild(self, pages: Iterable[Page]) -> None:
        pipeline = self.pipeline
        for page in pages:
            opened = await self._opened(page.visit, page.sheet)
            if self.pipeline is not pipeline:  # it has changed again, and all pages are built of that
                return
            if page not in self.pages:
                continue
            try:
                page.build(opened)
            except Exception as error:  # one page that can't be built is told there, and the others go on
                logger.exception("a page could not be built")
                page.say(f"{type(error).__name__}: {error}")

    def complain(self, trouble: str) -> None:
        """Say on all open pages what is wrong with the file."""
        self.trouble = trouble
        for page in list(self.pages):
            page.say(trouble)

    def close(self) -> None:
        """Let go of the open pages."""
        for page in list(self.pages):
            page.close()


def _sheet(scope: Scope) -> str | None:
    """The sheet that the address of a page names."""
    return QueryParams(scope.get("query_string", b"")).get("sheet") or None


def _inner(scope: Scope, visit: Visit, path: str) -> Scope:
    """The scope for the apps inside, as if they were mounted at the whole prefix."""
    whole = visit.prefix + path
    kept = [(name, value) for name, value in scope["headers"] if name.lower() != b"x-forwarded-prefix"]
    return {
        **{name: value for name, value in scope.items() if name not in ("app", "router", "endpoint", "route")},
        "headers": kept,
        "path": whole,
        "raw_path": whole.encode("utf-8", "surrogateescape"),
        "root_path": visit.prefix,
        "path_params": {},
        "daggr_fn": visit,
    }


def _is_too_large(scope: Scope) -> bool:
    """Whether a page without a websocket sends more than a websocket may; Engine.IO would wait for an end of it."""
    if scope.get("method") != "POST":
        return False
    announced = Headers(scope=scope).get("content-length", "")
    return not announced.isascii() or not announced.isdigit() or int(announced) > MOST_BYTES


async def _answer(response: Response, scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await refuse_socket(receive, send)
    else:
        await response(scope, receive, send)
