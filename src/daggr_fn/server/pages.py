"""The open pages: built when they are asked for, and again, in place, when their pipeline's code has changed."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from starlette.requests import Request  # noqa: TC002  # NiceGUI reads the annotations of the page's function

if TYPE_CHECKING:
    from collections.abc import Callable

    from nicegui import Client

    from daggr_fn.live import OpenSheet
    from daggr_fn.server.visits import PageContext, Visit

logger = logging.getLogger("daggr_fn")

ICON = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">
<rect width="32" height="32" rx="8" fill="#5b5bd6"/>
<path d="M10 10h4c5 0 3 12 8 12M10 22h4" stroke="#fff" stroke-width="2.5" fill="none" stroke-linecap="round"/>
<circle cx="9" cy="10" r="3" fill="#fff"/><circle cx="9" cy="22" r="3" fill="#fff"/>
<circle cx="23" cy="22" r="3" fill="#fff"/></svg>"""

_TROUBLE_STYLE = (
    "position:fixed;inset:auto 16px 16px 16px;z-index:9000;max-height:60vh;overflow:auto;padding:16px 20px;"
    "border-radius:12px;background:#2b1416;color:#ffd9d9;border:1px solid #8c2f39;box-shadow:0 8px 32px #0006"
)
_CODE_STYLE = "margin:8px 0 0;white-space:pre-wrap;font:13px/1.5 ui-monospace,monospace"


def add_pages() -> None:
    """Register the one page that all sites show, with NiceGUI; done once, when the engine starts."""
    from nicegui import ui

    @ui.page("/", favicon=ICON, response_timeout=30)
    def page(request: Request) -> None:
        visit: Visit = request.scope["daggr_fn"]
        sheet = request.query_params.get("sheet")
        view = "app" if request.query_params.get("view") == "app" else "canvas"
        address = str(request.url.replace(path=f"{visit.prefix}/", query=""))
        Page(visit, sheet or None, view, address).open()

    assert callable(page)  # registered by its decorator


def _nothing() -> None:
    """What ends a page that has nothing to end."""


@dataclass(eq=False)
class Page:
    """One page in one browser's tab.

    Attributes:
        visit: Whose it is, and of which site.
        sheet: The sheet that its address names.
        view: The view that its address names.
        address: The whole address of the canvas, as the browser knows it.
    """

    visit: Visit
    sheet: str | None
    view: str
    address: str

    def open(self) -> None:
        """Build it, as part of NiceGUI's answer to the request for it."""
        from nicegui import context, ui

        self.client: Client = context.client
        self.content = ui.element("div").style("display:contents")
        self._end: Callable[[], None] = _nothing
        self.trouble = ui.element("div").style("display:contents")
        self.visit.site.pages.add(self)
        self.client.on_delete(self._gone)  # pyright: ignore[reportUnknownMemberType]  # any handler
        self.build(self.visit.opened)

    def _gone(self) -> None:
        self.visit.site.pages.discard(self)

    def close(self) -> None:
        """Let go of it now, and not once it had time to come back."""
        client: Any = self.client
        for document in list(client._delete_tasks):
            client._cancel_delete_task(document)
        client.delete()

    def build(self, opened: OpenSheet | None) -> None:
        """Fill it, in place of what it showed.

        Args:
            opened: The sheet that it shows, where it was opened beforehand.
        """
        from nicegui import ui

        site = self.visit.site
        self._end()
        self.content.clear()
        self.say(site.trouble)
        if site.pipeline is None:
            return
        with self.client, self.content:
            ui.page_title(site.pipeline.name)
            self._end = site.build(self._context(site.pipeline, opened)) or _nothing

    def _context(self, pipeline: Any, opened: OpenSheet | None) -> PageContext:
        from daggr_fn.server.visits import PageContext

        site = self.visit.site
        return PageContext(
            pipeline, site.key, self.visit.user, self.sheet, self.view, site.theme, self.address, self.visit,
            lambda: site.rebuild([self]), opened,
        )  # fmt: skip

    def say(self, trouble: str) -> None:
        """Show what is wrong with the pipeline's file over the page; nothing when nothing is."""
        from nicegui import ui

        self.trouble.clear()
        if not trouble:
            return
        with self.client, self.trouble, ui.element("div").style(_TROUBLE_STYLE).props('role="alert"'):
            ui.label("The file can't be loaded. The page goes on with what it was before.").style("font-weight:600")
            with ui.element("pre").style(_CODE_STYLE):
                ui.label(trouble).style("white-space:pre-wrap")
