"""What changes on a sheet, on its way to one page: gathered from any thread, sent from the page's loop.

The first change goes at once; what follows within a moment goes together, so that a thousand steps a second cost the
page twenty messages.
"""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

PAUSE_SECONDS = 0.05

Patch = dict[str, Any]


class Pump:
    """Gathers patches, and has them sent.

    Args:
        loop: The page's event loop.
        send: Sends what has gathered.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, send: Callable[[Patch], Awaitable[None]]) -> None:
        self._loop = loop
        self._send = send
        self._lock = threading.Lock()
        self._gathered: Patch = {}
        self._task: asyncio.Task[None] | None = None
        self._asked = False
        self._closed = False

    def __call__(self, patch: Mapping[str, Any]) -> None:
        """Take a patch, from any thread."""
        with self._lock:
            merge(self._gathered, patch)
            if self._asked or self._closed:
                return
            self._asked = True
        self._loop.call_soon_threadsafe(self._begin)

    def _begin(self) -> None:
        if not self._closed:
            self._task = asyncio.ensure_future(self._run())

    async def _run(self) -> None:
        while True:
            with self._lock:
                patch, self._gathered = self._gathered, {}
                if not patch or self._closed:
                    self._asked = False
                    return
            await self._send(patch)
            await asyncio.sleep(PAUSE_SECONDS)

    def close(self) -> None:
        """Send nothing any more."""
        self._closed = True
        if self._task is not None:
            self._task.cancel()


def merge(into: Patch, patch: Mapping[str, Any]) -> None:
    """Add a patch to another: dicts are merged, two levels deep, all else is replaced."""
    for name, change in patch.items():
        there = into.get(name)
        if not isinstance(change, dict) or not isinstance(there, dict):
            into[name] = {**change} if isinstance(change, dict) else change
            continue
        for key, value in change.items():
            old = there.get(key)
            there[key] = {**old, **value} if isinstance(old, dict) and isinstance(value, dict) else value
