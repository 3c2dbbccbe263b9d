"""One call of huggingface_hub's client: signed for Hugging Face alone, with timeouts, on connections that are shared.

A client of huggingface_hub closes its streams only when it is closed itself, so that each call has its own. Its HTTP
client is shared by the calls of a loop: making one costs some 50 ms of loading certificates.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import anyio
import anyio.to_thread

from daggr_fn.gradio_http.hosts import is_hugging_face
from daggr_fn.gradio_http.tokens import user_token
from daggr_fn.inference.errors import ModelAuthError, ModelError, ModelTaskError, ModelTimeoutError
from daggr_fn.inference.jobs import watched
from daggr_fn.inference.routes import HF_INFERENCE, Route
from daggr_fn.inference.sorting import Where, sorted_errors

if TYPE_CHECKING:
    import huggingface_hub

SILENCE_SECONDS = 300.0
"""How long a provider may say nothing."""
CALL_SECONDS = 3600.0
"""How long a call may take in all: some tasks wait in a provider's queue, where huggingface_hub asks without an end."""
LOOKUP_SECONDS = 30.0

_ENDPOINTS = ".endpoints.huggingface.cloud"

_Held = tuple[Any, AsyncGenerator[Any, None]]
_clients: WeakKeyDictionary[asyncio.AbstractEventLoop, _Held] = WeakKeyDictionary()


def token_for(model: str) -> str | None:
    """The token that calls of a model carry: for the Hub's models and Hugging Face's own hosts, and nobody else's."""
    if not model.startswith(("http://", "https://")):
        return user_token()
    host = model.partition("://")[2].partition("/")[0].partition(":")[0].lower()
    dedicated = model.startswith("https://") and host.endswith(_ENDPOINTS)
    return user_token() if dedicated or is_hugging_face(model) else None


@asynccontextmanager
async def opened(route: Route, where: Where) -> AsyncGenerator[huggingface_hub.AsyncInferenceClient, None]:
    """A client for one call; errors in our own words.

    Raises:
        ModelAuthError: A token is needed, and there is none that Hugging Face's router would take.
        ModelTaskError: The Hub says that the provider does not serve the model so.
        ModelTimeoutError: The call took longer than we wait.
        ModelError: The provider, or the way to it, failed.
    """
    import huggingface_hub

    token, is_url = token_for(route.model), route.model.startswith(("http://", "https://"))
    _check_token(token, route, where, is_url=is_url)
    client = huggingface_hub.AsyncInferenceClient(
        model=route.model,
        provider=route.provider,  # type: ignore[arg-type]
        # With no token of its own the client takes the user's, which is not for strangers to see.
        token=token or ("none" if is_url else None),
        headers={"authorization": None} if is_url and token is None else None,  # type: ignore[dict-item]
        timeout=SILENCE_SECONDS,
    )
    client._async_client = await _http_client()
    try:
        with anyio.fail_after(CALL_SECONDS):
            if route.provider is not None and not is_url:
                await _look_up(route, where)
            with sorted_errors(where), _job(route, where):
                async with client:
                    yield client
    except TimeoutError as error:
        if isinstance(error, ModelError):
            raise
        raise ModelTimeoutError(f"{where} took longer than {CALL_SECONDS:.0f} s", **where.names) from error


def _job(route: Route, where: Where) -> AbstractContextManager[None]:
    queues = route.provider not in {None, HF_INFERENCE}
    return watched(where, SILENCE_SECONDS) if queues else nullcontext()


def _check_token(token: str | None, route: Route, where: Where, *, is_url: bool) -> None:
    if token is None and not is_url and route.provider != HF_INFERENCE:
        raise ModelAuthError(
            f"{where} is called in a user's name: sign in with `hf auth login`, or set HF_TOKEN", **where.names
        )
    if token is not None and not token.startswith("hf_"):
        # huggingface_hub would take it for a provider's own key, and send it there.
        raise ModelAuthError(f"{where}: the token is none of Hugging Face's, which begin with hf_", **where.names)


async def _look_up(route: Route, where: Where) -> None:
    """Let huggingface_hub ask the Hub what it asks before a model's first call, which would block the loop."""

    def ask() -> None:
        try:
            from huggingface_hub.inference._providers import get_provider_helper
        except ImportError:  # a version that keeps it elsewhere asks by itself
            return
        provider: Any = route.provider
        try:
            get_provider_helper(provider, route.task.name, route.model)._prepare_mapping_info(route.model)
        except ValueError as error:
            raise ModelTaskError(f"{where}: {error}", **where.names) from error

    with sorted_errors(Where(where.model, "the Hub")):
        try:
            with anyio.fail_after(LOOKUP_SECONDS):
                await anyio.to_thread.run_sync(ask, abandon_on_cancel=True)
        except TimeoutError as error:
            raise ModelTimeoutError(f"the Hub did not answer about {where} in time", **where.names) from error


async def _http_client() -> Any:
    """The running loop's HTTP client, of huggingface_hub's own making."""
    loop = asyncio.get_running_loop()
    if loop not in _clients:
        holder = _held_client()
        client = await anext(holder)
        if loop in _clients:  # another call made one meanwhile
            await holder.aclose()
        else:
            _clients[loop] = (client, holder)
    return _clients[loop][0]


async def _held_client() -> AsyncGenerator[Any, None]:
    """Holds a client until the loop ends, which closes its asynchronous generators last of all."""
    import huggingface_hub

    client = await anyio.to_thread.run_sync(huggingface_hub.get_async_session)
    try:
        yield client
    finally:
        await client.aclose()
