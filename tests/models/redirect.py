"""Sends what huggingface_hub asks of the world to a server on localhost, through its own client factories."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import huggingface_hub
from huggingface_hub.utils import _http

httpx: Any = getattr(_http, "httpx2", None) or _http.httpx  # its HTTP library, by its version


class Redirected(httpx.HTTPTransport):
    def __init__(self, url: str) -> None:
        super().__init__(verify=False)  # nothing is encrypted, and certificates take long to load
        self.url = url

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return super().handle_request(moved(request, self.url))


class RedirectedAsync(httpx.AsyncHTTPTransport):
    def __init__(self, url: str) -> None:
        super().__init__(verify=False)  # nothing is encrypted, and certificates take long to load
        self.url = url

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return await super().handle_async_request(moved(request, self.url))


def moved(request: httpx.Request, url: str) -> httpx.Request:
    """The request to the local server, with the host that it was meant for in a header."""
    if request.url.host in {"127.0.0.1", "localhost"} and not request.url.path.startswith("/api/models"):
        return request
    here = httpx.URL(url)
    target = request.url.copy_with(scheme=here.scheme, host=here.host, port=here.port)
    headers = httpx.Headers(request.headers)
    headers["x-orig-host"] = request.url.host
    return httpx.Request(request.method, target, headers=headers, stream=request.stream, extensions=request.extensions)


@contextlib.contextmanager
def redirected(url: str) -> Iterator[None]:
    """Within this, huggingface_hub's clients talk to the server at `url` only; they have the hooks of its own ones."""
    hooks = {"request": [_http.hf_request_event_hook]}
    async_hooks = {"request": [_http.async_hf_request_event_hook], "response": [_http.async_hf_response_event_hook]}
    huggingface_hub.set_client_factory(
        lambda: httpx.Client(transport=Redirected(url), event_hooks=hooks, follow_redirects=True, timeout=None)
    )
    huggingface_hub.set_async_client_factory(
        lambda: httpx.AsyncClient(
            transport=RedirectedAsync(url), event_hooks=async_hooks, follow_redirects=True, timeout=None
        )
    )
    try:
        yield
    finally:
        huggingface_hub.set_client_factory(_http.default_client_factory)
        huggingface_hub.set_async_client_factory(_http.default_async_client_factory)
