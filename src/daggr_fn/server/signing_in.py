"""Signing in to Hugging Face from the page, by a token: by HTTP, so that no message of the page ever has it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from anyio import to_thread
from starlette.responses import Response

from daggr_fn.gradio_http.tokens import SignInRefused
from daggr_fn.server.answers import refusal
from daggr_fn.values import is_mapping

if TYPE_CHECKING:
    from starlette.requests import Request

    from daggr_fn.server.visits import Visit

_MOST_BYTES = 10_000


async def answer_sign_in(request: Request) -> Response:
    """`POST sign-in` with `{"token": "hf_..."}`: the user's sheets are on that account from now on."""
    visit: Visit = request.scope["daggr_fn"]
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        return refusal(415, "send JSON, with the header Content-Type: application/json")
    data = bytearray()
    async for chunk in request.stream():
        data += chunk
        if len(data) > _MOST_BYTES:
            return refusal(413, f"more than {_MOST_BYTES:,} bytes")
    token = _token(bytes(data))
    if token is None:
        return refusal(400, 'the body is {"token": "hf_..."}')
    try:
        await to_thread.run_sync(visit.site.sheets.desk.sign_in, visit.user, token)
    except SignInRefused as error:
        return refusal(422, str(error))
    return Response(status_code=204)


async def answer_sign_out(request: Request) -> Response:
    """`POST sign-out`: the user's token is forgotten."""
    visit: Visit = request.scope["daggr_fn"]
    await to_thread.run_sync(visit.site.sheets.desk.sign_out, visit.user)
    return Response(status_code=204)


def _token(data: bytes) -> str | None:
    try:
        body: Any = json.loads(data)
    except (ValueError, RecursionError):  # whose text would have what was sent
        return None
    token = body.get("token") if is_mapping(body) else None
    return token if isinstance(token, str) else None
