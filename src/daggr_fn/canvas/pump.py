"""What changes on a sheet, on its way to one page: gathered from any thread, sent from the page's loop.

The first change goes at once; what follows within a moment goes together, so that a thousand steps a second cost the
page twenty messages.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
from typing import TYPE_CHECKING, Any

from daggr_fn.values import is_mapping

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

logger = logging.getLogger("daggr_fn")

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
        with contextlib.suppress(RuntimeError):  # the loop is closed, and the page gone with it
            self._loop.call_soon_threadsafe(self._begin)

    def _begin(self) -> None:
        if not self._closed:
            self._task = self._loop.create_task(self._run())

    async def _run(self) -> None:
        while True:
            with self._lock:
                patch, self._gathered = self._gathered, {}
                if not patch or self._closed:
                    self._asked = False
                    return
            try:
                await self._send(patch)
            except Exception:  # a bug of ours: or no change would reach the page any more
                logger.exception("a change of the sheet could not be shown")
            await asyncio.sleep(PAUSE_SECONDS)

    def close(self) -> None:
        """Send nothing any more."""
        self._closed = True
        if self._task is not None:
            self._task.cancel()


def merge(into: Patch, patch: Mapping[str, Any]) -> None:
    """Add a patch of a sheet to another one; what comes later wins, part by part."""
    for name, change in patch.items():
        there: Any = into.get(name)
        if is_mapping(change) and is_mapping(there) and name != "run":
            for key, value in change.items():
                there[key] = _merged(there.get(key), value)
        else:
            into[name] = {**change} if is_mapping(change) else change


def _merged(old: Any, new: Any) -> Any:
    if not is_mapping(old) or not is_mapping(new):
        return new
    both: Patch = {**old, **new}
    items = old.get("items"), new.get("items")
    if is_mapping(items[0]) and is_mapping(items[1]):
        both["items"] = merge_items({**items[0]}, {**items[1]})
    return both


def merge_items(old: Patch, new: Patch) -> Patch:
    """Two patches of a step's items as one: counts are told anew each time, letters (`at`) one by one."""
    if "states" in new:
        return new
    parts = {name: {**old.get(name, {}), **new.get(name, {})} for name in ("at", "errors", "seconds")}
    if "states" in old:  # a whole with some letters changed is a whole
        letters = list(old["states"])
        for place, letter in parts.pop("at").items():
            letters[int(place)] = letter
        parts["errors"] = {place: error for place, error in parts["errors"].items() if letters[int(place)] == "f"}
        new = {name: told for name, told in new.items() if name != "at"} | {"states": "".join(letters)}
        new |= {"paths": old["paths"]} if "paths" in old else {}
    return {**{name: told for name, told in new.items() if name not in parts}, **_told(parts)}


def _told(parts: Patch) -> Patch:
    return {name: part for name, part in parts.items() if part}
