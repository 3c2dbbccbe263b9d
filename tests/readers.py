"""What reads the answers of servers, and must not be left to the garbage collector, which may end it in any thread."""

from __future__ import annotations

import gc
from collections.abc import Awaitable, Callable
from types import AsyncGeneratorType
from typing import Any

import anyio


def failing(call: Callable[..., Awaitable[Any]], *args: Any) -> tuple[BaseException | None, list[str]]:
    """How a call failed, and the readers that it left open: its error is kept, and the loop runs on."""

    async def main() -> tuple[BaseException | None, list[str]]:
        before = {id(one) for one in _open_readers()}
        error = None
        try:
            await call(*args)
        except Exception as caught:  # noqa: BLE001  # handed to the test
            error = caught
        for _ in range(100):  # a reader that is let go of ends in a task of the loop's
            left = [one.__qualname__ for one in _open_readers() if id(one) not in before]
            if not left:
                break
            await anyio.sleep(0.01)
        return error, left

    return anyio.run(main)


def _open_readers() -> list[AsyncGeneratorType[Any, Any]]:
    """Every asynchronous generator that could still be ended, but for those that hold a client for others."""
    return [
        one
        for one in gc.get_objects()
        if type(one) is AsyncGeneratorType and one.ag_frame is not None and one.__name__ != "_held_client"
    ]
