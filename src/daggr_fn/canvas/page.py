"""One page: a projection of an open sheet. All that it shows can be made anew from the sheet at any time."""

from __future__ import annotations

import asyncio
import functools
import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from nicegui import background_tasks

from daggr_fn.canvas.acts import ACTS
from daggr_fn.canvas.drawing import Drawing
from daggr_fn.canvas.element import CanvasElement
from daggr_fn.canvas.filling import Filling
from daggr_fn.canvas.pump import Patch, Pump
from daggr_fn.canvas.results import Results
from daggr_fn.errors import DaggrError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from nicegui import Client

    from daggr_fn.canvas.links import Links
    from daggr_fn.live import OpenSheet

logger = logging.getLogger("daggr_fn")


@dataclass(frozen=True, slots=True)
class Showing:
    """What a page needs to know of the server that it is on.

    Attributes:
        sheet: The sheet that it shows.
        links: Addresses for files, which this viewer alone can open.
        base: The address of the pipeline, which all others are relative to; ends with a slash.
        theme: `"light"`, `"dark"`, or `"system"`.
        start: The view that is shown first, `"canvas"` or `"app"`.
        face: The name and initials of who is signed in, if anybody.
        snippets: Code that calls the pipeline with inputs, by language.
        uploads: The address that takes files.
        take_upload: The kept file that an upload's id stands for.
    """

    sheet: OpenSheet
    links: Links
    base: str = "./"
    theme: str = "system"
    start: str = "canvas"
    face: Mapping[str, str] | None = None
    snippets: Callable[[Mapping[str, Any]], Mapping[str, str]] = field(default=lambda _inputs: {})
    uploads: str = ""
    take_upload: Callable[[str], Any] | None = None


class Page:
    """What a page shows, and the ways it hears of changes and tells of them.

    Attributes:
        seen: The cards whose results the page has: those that were in view at some time.
    """

    def __init__(self, showing: Showing, client: Client) -> None:
        self.showing = showing
        self.sheet = showing.sheet
        self.client = client
        self.drawing = Drawing(self.sheet)
        self.results = Results(self.sheet, self.drawing, showing.links)
        self.filling = Filling(self)
        snapshot = self.drawing.snapshot()
        self.element = CanvasElement(
            self.drawing.graph, snapshot, self._options(), self.drawing.slots, functools.partial(self._heard)
        )
        self._pump = Pump(asyncio.get_running_loop(), self._send)
        self._unwatch = self.sheet.watch(self._pump)
        client.on_delete(self.close)

    def _options(self) -> dict[str, Any]:
        showing = self.showing
        return {
            "base": showing.base,
            "theme": showing.theme,
            "start": showing.start,
            "face": showing.face,
            "view": self.sheet.setting("view"),
        }

    def close(self) -> None:
        """The page is gone; the sheet and its runs are not."""
        self._unwatch()
        self._pump.close()

    # ---- what the sheet says

    async def _send(self, patch: Patch) -> None:
        try:
            change = await asyncio.to_thread(self._change, patch)
        except Exception:  # a bug of ours: the next patch goes on, and a reload shows everything
            logger.exception("a change of the sheet could not be shown")
            return
        if self.client.has_socket_connection or not self.client._deleted:
            with self.client:
                self.element.patch(change)
                self.filling.follow(patch)

    def _change(self, patch: Patch) -> Patch:
        change = self.drawing.patch(patch)
        touched = [card for card in change.get("cards", {}) if card in self.results.seen]
        return self.results.add_to(change, touched)

    # ---- what a person does

    async def _heard(self, message: Any) -> None:
        name = message.get("do") if isinstance(message, dict) else None
        act = ACTS.get(name) if isinstance(name, str) else None
        if act is None:
            logger.warning("a page asked for %r, which nobody knows", name)
            return
        try:
            await act(self, message)
        except (DaggrError, LookupError, ValueError, TypeError, OSError) as error:
            logger.info("a page could not %s: %s", name, error)
            self.element.toast(_said(error), "failed")

    def in_background(self, work: Any) -> None:
        """Have a coroutine carried out; the page goes on."""
        background_tasks.create(work)


def _said(error: Exception) -> str:
    return str(error.args[0]) if isinstance(error, LookupError) and error.args else str(error)


def build_page(showing: Showing, client: Client) -> Page:
    """Build a page that shows a sheet; called in a NiceGUI page function."""
    return Page(showing, client)
