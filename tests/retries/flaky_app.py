"""A Gradio app whose endpoint fails one call in five and hangs one in twenty, and that drops one request in fifteen.

python -m tests.retries.flaky_app      serves it until its input ends, and says its URL
"""

from __future__ import annotations

import asyncio
import collections
import itertools
import sys
import threading
from typing import Any

import gradio as gr
import uvicorn
from fastapi import FastAPI

_calls, _requests = itertools.count(1), itertools.count(1)
_done: collections.Counter[int] = collections.Counter()


async def double(value: float) -> float:
    number = next(_calls)
    if number % 5 == 0:
        raise gr.Error("The GPU was taken away.", print_exception=False)
    if number % 20 == 7:
        await asyncio.sleep(60)
        raise gr.Error("Nobody should have waited for this.", print_exception=False)
    _done[int(value)] += 1
    return value * 2


def done() -> dict[str, int]:
    """How many times each value was doubled."""
    return {str(value): count for value, count in _done.items()}


class Dropping:
    """Drops the connection of one new call in fifteen, before the app hears of it."""

    def __init__(self, app: Any) -> None:
        self._app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http" and scope["path"].endswith("/call/double") and next(_requests) % 15 == 0:
            receive.__self__.transport.abort()
            return
        await self._app(scope, receive, send)


def main() -> None:
    with gr.Blocks() as app:
        gr.api(double, concurrency_limit=None)
        gr.api(done)
    served = Dropping(gr.mount_gradio_app(FastAPI(), app, path="/"))
    server = uvicorn.Server(uvicorn.Config(served, port=0, log_level="critical", ws="none"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        thread.join(0.01)
    sys.stdout.write(f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}/\n")
    sys.stdout.flush()
    sys.stdin.read()
    server.should_exit = server.force_exit = True
    thread.join()


if __name__ == "__main__":
    main()
