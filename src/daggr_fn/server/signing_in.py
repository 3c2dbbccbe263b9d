"""Signing in to Hugging Face from the page, by a token: by HTTP, so that no message of the page ever has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from anyio import to_thread
from starlette.responses import Response

from daggr_fn.gradio_http.tokens import SignInRefused
from daggr_fn.server.answers import refusal
from daggr_fn.server.bodies import BodyRefused, json_object

if TYPE_CHECKING:
    from starlette.requests import Request

    from daggr_fn.server.visits import Visit

_MOST_BYTES = 10_000
_FORM = '{"token": "hf_..."}'


async def answer_sign_in(request: Request) -> Response:
    """`POST sign-in` with `{"token": "hf_..."}`: the user's sheets are on that account from now on."""
    visit: Visit = request.scope["daggr_fn"]
    try:
        await to_thread.run_sync(visit.site.sheets.desk.sign_in, visit.user, await _token(request))
    except BodyRefused as error:
        return refusal(error.status, str(error))
    except SignInRefused as error:
        return refusal(422, str(error))
    return Response(status_code=204)


async def answer_sign_out(request: Request) -> Response:
    """`POST sign-out`: the user's token is forgotten."""
    visit: Visit = request.scope["daggr_fn"]
    await to_thread.run_sync(visit.site.sheets.desk.sign_out, visit.user)
    return Response(status_code=204)


async def _token(request: Request) -> str:
    token = (await json_object(request, _MOST_BYTES, _FORM)).get("token")
    if not isinstance(token, str):
        raise BodyRefused(400, f"the body is {_FORM}")
    return token
