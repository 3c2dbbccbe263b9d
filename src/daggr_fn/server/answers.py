"""Small answers: refusals and redirections, as JSON for programs and as plain words for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import JSONResponse, PlainTextResponse, Response

if TYPE_CHECKING:
    from starlette.types import Message, Receive, Send

CONTENT_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob: https:; media-src 'self' data: blob: https:; font-src 'self' data:; "
    "connect-src 'self' data: blob:; worker-src 'self' blob:; frame-src 'self'; object-src 'none'; base-uri 'self'; "
    "form-action 'self'; frame-ancestors "
)
"""NiceGUI's page needs inline scripts and Vue's compiler; everything else comes from this server, but for pictures and
sounds that a step's HTML may point to."""

_HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(self), microphone=(self), geolocation=(), payment=(), usb=()",
}


def refusal(status: int, message: str) -> Response:
    """An answer that says why there is no other, in a form that programs and people can read."""
    return JSONResponse({"error": {"type": _NAMES.get(status, "Refused"), "message": message}}, status_code=status)


_NAMES = {
    400: "BadRequest",
    401: "NotSignedIn",
    403: "Refused",
    404: "NotFound",
    413: "TooLarge",
    415: "WrongType",
    422: "InvalidInput",
    429: "TooMuch",
    507: "DiskFull",
}


def not_found(what: str) -> Response:
    """There is no such thing, or it is another user's: nobody can tell which."""
    return PlainTextResponse(f"There is no such {what}.\n", status_code=404)


async def refuse_socket(receive: Receive, send: Send) -> None:
    """Refuse a websocket before it is accepted: the browser sees a 403."""
    await receive()
    await send({"type": "websocket.close", "code": 1008, "reason": "refused"})


def with_headers(send: Send, ancestors: str, cookie: str) -> Send:
    """Add the headers that each answer has, where it has none of its own.

    Args:
        send: What sends the answer.
        ancestors: Who may show the page in a frame, as CSP writes it.
        cookie: A `Set-Cookie` header; empty for none.
    """
    wanted = {**_HEADERS, "content-security-policy": CONTENT_POLICY + ancestors}

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = list(message.get("headers", ()))
            there = {bytes(name).lower() for name, _ in headers}
            headers += [(k.encode(), v.encode()) for k, v in wanted.items() if k.encode() not in there]
            if cookie:
                headers.append((b"set-cookie", cookie.encode("latin-1")))
            message = {**message, "headers": headers}
        await send(message)

    return sending
