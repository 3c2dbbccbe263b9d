"""An ASGI app that is called in one event loop and lives in another."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

T = TypeVar("T")


async def call_across(
    app: ASGIApp, loop: asyncio.AbstractEventLoop, scope: Scope, receive: Receive, send: Send
) -> None:
    """Call an app that lives in another loop, whose messages go to and fro between the two.

    Args:
        app: The app.
        loop: The loop that it lives in.
        scope: As ASGI has it, of the caller's loop.
        receive: The same.
        send: The same.
    """
    here = asyncio.get_running_loop()
    if here is loop:
        await app(scope, receive, send)
        return

    async def receive_there() -> Message:
        return await _in(here, receive)

    async def send_there(message: Message) -> None:
        await _in(here, lambda: send(message))

    async def call() -> None:
        await app(scope, receive_there, send_there)

    working = asyncio.run_coroutine_threadsafe(call(), loop)
    try:
        await asyncio.wrap_future(working)
    finally:
        working.cancel()


async def _in(loop: asyncio.AbstractEventLoop, make: Callable[[], Awaitable[T]]) -> T:
    async def work() -> Any:
        return await make()

    coroutine = work()
    try:
        future = asyncio.run_coroutine_threadsafe(coroutine, loop)
    except RuntimeError as error:  # the caller's loop has ended, and with it the connection
        coroutine.close()
        raise OSError("the connection is gone") from error
    return await asyncio.wrap_future(future)
