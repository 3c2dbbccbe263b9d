"""Files over HTTP: of the right type, in parts, again only when they changed, and harmless in a browser."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from anyio import to_thread
from starlette.responses import FileResponse, Response

if TYPE_CHECKING:
    from starlette.requests import Request

    from daggr_fn.server.shelf import Shelved

_PLAYED = ("image/", "audio/", "video/", "font/", "model/")
_SHOWN = frozenset({"text/plain", "text/csv", "text/markdown", "application/json", "text/html", "image/svg+xml"})
_DOCUMENTS = ("html", "xml", "pdf")

SANDBOX = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; media-src data:; font-src data:"
"""For what a browser could take for a page of ours: it runs no script and has no origin."""

PAGE_SANDBOX = (
    "sandbox allow-scripts allow-popups; default-src 'none'; "
    "script-src 'unsafe-inline' 'unsafe-eval' data: blob: https:; "
    "style-src 'unsafe-inline' https:; img-src data: blob: https:; media-src data: blob: https:; font-src data: https:"
)
"""For pages that steps make, such as plots with their scripts: these run as strangers, who can send nothing."""


async def shelf_answer(request: Request, shelved: Shelved) -> Response:
    """The answer to a request for what is on the shelf; `?download` has the browser save it."""
    inline = _is_shown(shelved.media_type) and "download" not in request.query_params
    headers = {
        "Cache-Control": "private, max-age=3600",
        "Content-Disposition": _disposition(shelved.name, inline=inline),
    }
    if not _is_played(shelved.media_type):
        headers["Content-Security-Policy"] = PAGE_SANDBOX if shelved.media_type == "text/html" else SANDBOX
    if shelved.make is not None:
        text = await to_thread.run_sync(shelved.make)
        return Response(text.encode("utf-8", "replace"), media_type=shelved.media_type, headers=headers)
    assert shelved.path is not None  # it is either of the two
    headers["ETag"] = shelved.etag
    if shelved.etag in _tags(request.headers.get("if-none-match", "")):
        return Response(status_code=304, headers=headers)
    return FileResponse(shelved.path, media_type=shelved.media_type, headers=headers)


def _is_played(media_type: str) -> bool:
    """Whether a browser shows it without ever taking it for a page."""
    return media_type.startswith(_PLAYED) and not any(word in media_type for word in _DOCUMENTS)


def _is_shown(media_type: str) -> bool:
    return _is_played(media_type) or media_type in _SHOWN


def _disposition(name: str, *, inline: bool) -> str:
    """RFC 6266: the name in UTF-8, percent-encoded."""
    return f"{'inline' if inline else 'attachment'}; filename*=utf-8''{quote(name, safe='')}"


def _tags(header: str) -> set[str]:
    return {tag.strip().removeprefix("W/") for tag in header.split(",")}
