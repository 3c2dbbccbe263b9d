"""One page: a projection of an open sheet. All that it shows can be made anew from the sheet at any time."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any, Protocol

from nicegui import ui

from daggr_fn.canvas.acts import ACTS
from daggr_fn.canvas.drawing import Drawing
from daggr_fn.canvas.element import CanvasElement
from daggr_fn.canvas.filling import Filling
from daggr_fn.canvas.neighbours import join, leave
from daggr_fn.canvas.pump import Patch, Pump
from daggr_fn.canvas.results import Results
from daggr_fn.errors import DaggrError
from daggr_fn.foreign_paths import Gate
from daggr_fn.values import is_mapping

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from nicegui import Client

    from daggr_fn.canvas.layout import Size
    from daggr_fn.canvas.links import Links
    from daggr_fn.canvas.said import Call
    from daggr_fn.live import Desk, OpenSheet
    from daggr_fn.pipelines import Pipeline

logger = logging.getLogger("daggr_fn")

_NOWHERE: dict[str, Any] = {}


class Context(Protocol):
    """What a page needs of the server that it is on.

    Attributes:
        pipeline: What it shows.
        key: What its sheets are kept under.
        user: Whose page it is.
        sheet: The sheet that its address names, which is the user's; `None` for the one they used last.
        view: The view that is shown first, `"canvas"` or `"app"`.
        theme: `"light"`, `"dark"` or `"system"`.
        desk: What opens sheets.
        links: Addresses for files, relative to the page's.
        most_bytes: How large a file that is sent may be.
    """

    @property
    def pipeline(self) -> Pipeline[Any, Any]: ...
    @property
    def key(self) -> str: ...
    @property
    def user(self) -> str: ...
    @property
    def sheet(self) -> str | None: ...
    @property
    def view(self) -> str: ...
    @property
    def theme(self) -> str: ...
    @property
    def desk(self) -> Desk: ...
    @property
    def links(self) -> Links: ...
    @property
    def most_bytes(self) -> int: ...

    def open_sheet(self) -> OpenSheet:
        """The sheet that the page shows, opened."""
        ...

    def uploaded(self, number: str, sheet: str) -> Path:
        """The file that was sent to `uploads/<sheet>`, by its id; once."""
        ...

    def build_again(self) -> None:
        """Have the page built again, soon, in place of what it shows."""
        ...

    def code(self, call: Call) -> Mapping[str, str]:
        """The code that makes a call of the pipeline, by language."""
        ...


class Page:
    """What a page shows, and the ways it hears of changes and tells of them.

    Attributes:
        seen: The cards whose results the page has: those that were in view at some time.
        going_back: Held while an earlier result is gone back to: of two clicks the second is not to be overtaken.
    """

    def __init__(self, context: Context, sheet: OpenSheet, client: Client) -> None:
        self.context = context
        self.sheet = sheet
        self.client = client
        self.gate = Gate(sheet.graph, context.user)
        self.drawing = Drawing(sheet)
        self.results = Results(sheet, self.drawing, context.links)
        self.filling = Filling(self)
        self.going_back = asyncio.Lock()
        self._turn = asyncio.Lock()  # what is told builds on what was told before
        self._pump = Pump(asyncio.get_running_loop(), self._send)
        found, self._unwatch = self.sheet.look(self._pump)
        snapshot = {**self.results.add_to(self.drawing.snapshot(found), ()), "sheets": self.sheets()}
        self.element = CanvasElement(
            self.drawing.blueprint.told, snapshot, self._options(), self.drawing.blueprint.slots, self._heard
        )
        join(self)
        client.on_delete(self.close)  # pyright: ignore[reportUnknownMemberType]  # of any handler
        self._leave_old_code()  # its last run may have ended meanwhile

    def _options(self) -> dict[str, Any]:
        context = self.context
        return {
            "theme": context.theme,
            "start": context.view,
            "view": self.sheet.setting("view", _NOWHERE).get("at"),
            "sheet": self.sheet.info.id,
        }

    @property
    def uploads(self) -> str:
        """The address that takes files for this sheet, relative to the page's."""
        return f"uploads/{self.sheet.info.id}"

    def take_upload(self, number: str) -> Path:
        """The file that an upload's id stands for."""
        return self.context.uploaded(number, self.sheet.info.id)

    # ---- sheets

    def sheets(self) -> list[dict[str, str]]:
        """The sheets of this user and pipeline."""
        found = self.context.desk.store.sheets(self.context.user, self.context.key)
        return [{"id": one.id, "name": one.name} for one in sorted(found, key=lambda one: one.created)]

    def new_sheet(self) -> str:
        """Make a sheet; its id."""
        return self.context.desk.make(self.sheet.pipeline, self.context.user, key=self.context.key).info.id

    def duplicate_sheet(self) -> str:
        """Make a copy of the sheet; its id."""
        return self.context.desk.duplicate(self.sheet, f"{self.sheet.info.name} (copy)").id

    def delete_sheet(self) -> str:
        """Delete the sheet; the id of the one that is shown instead."""
        self.context.desk.delete(self.context.user, self.sheet.info.id)
        return self.context.desk.open(self.sheet.pipeline, self.context.user, key=self.context.key).info.id

    def close(self) -> None:
        """The page is gone; the sheet and its runs are not."""
        leave(self)
        self._unwatch()
        self._pump.close()

    # ---- what the sheet says

    async def _send(self, patch: Patch) -> None:
        if patch.get("gone"):
            with self.client:
                self.element.tell("open", url="?")
            return
        if self._leave_old_code():
            return
        async with self._turn:
            change = await asyncio.to_thread(self._change, patch)
            if self.client.has_socket_connection or not self.client._deleted:
                with self.client:
                    self.element.patch(change)
                    self.filling.follow(patch)

    def _leave_old_code(self) -> bool:
        """Have the page built again once the last run of the code before has ended; whether that is so."""
        is_over = self.sheet.graph is not self.context.pipeline.dag and not self.sheet.going
        if is_over:
            self._pump.close()  # the new page tells all, and one is enough
            self.context.build_again()
        return is_over

    async def show(self, look: Callable[[], Patch]) -> None:
        """Tell what the results look like now, as somebody asks for it: never what was so before the last change told.

        Args:
            look: Finds it out, in another thread.
        """
        async with self._turn:
            change = await asyncio.to_thread(look)
            if change:
                self.element.patch(change)

    async def make_room(self, sizes: Mapping[str, Size], displaced: Iterable[str], number: int) -> None:
        """Tell where everything lies, now that cards turned out to be of other sizes.

        Args:
            sizes: The sizes by card.
            displaced: The cards that the page has put elsewhere, to have room for these.
            number: Which of the page's messages told of that. The page is told it, too: each layout that comes from now
                on knows of it.
        """
        async with self._turn:
            for card, size in sizes.items():
                self.drawing.measured(card, size)
            self.drawing.displaced(displaced)
            moved = await asyncio.to_thread(self.drawing.places)
            self.element.patch({**moved, "sized": number})

    def _change(self, patch: Patch) -> Patch:
        change = self.drawing.patch(patch)
        touched = [card for card in change.get("cards", {}) if card in self.results.seen]
        change = self.results.add_to(change, touched)
        if self.results.shows_outputs and patch.get("cards"):
            change |= self.results.outputs(patch["cards"])
        if "sheets" in patch:
            change["sheets"] = self.sheets()
        return change

    # ---- what a person does

    async def _heard(self, message: Any) -> None:
        name: Any = message.get("do") if is_mapping(message) else None
        act = ACTS.get(name) if isinstance(name, str) else None
        if act is None:
            logger.warning("a page asked for %r, which nobody knows", name)
            return
        try:
            await act(self, message)
        except (DaggrError, LookupError, ValueError, TypeError, OSError) as error:
            logger.info("a page could not %s: %s", name, error)
            self.element.toast(_said(error), "failed")


def _said(error: Exception) -> str:
    return str(error.args[0]) if isinstance(error, LookupError) and error.args else str(error)


def build_page(context: Context) -> Page:
    """Build a page that shows a sheet, where NiceGUI's elements go now."""
    return Page(context, context.open_sheet(), ui.context.client)
