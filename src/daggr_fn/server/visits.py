"""A visit: whose request it is and which pipeline it is for, and what the page that answers it may use."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from daggr_fn.server.links import ServedLinks
from daggr_fn.server.uploads import most_bytes

if TYPE_CHECKING:
    from pathlib import Path

    from daggr_fn.canvas.said import Call
    from daggr_fn.live import Desk, OpenSheet
    from daggr_fn.pipelines import Pipeline
    from daggr_fn.server.site import Site


@dataclass(frozen=True)
class Visit:
    """One request, or one socket; it travels in the ASGI scope as `daggr_fn`.

    Attributes:
        site: The address that was asked.
        user: Whose it is.
        known: Whether the user was known before this request, by a cookie or otherwise.
        opened: The sheet that the page will show, where it was opened beforehand.
        prefix: What stands before the site's own paths, where it is mounted or behind a proxy: `/tools/podcast`.
    """

    site: Site
    user: str
    prefix: str = ""
    known: bool = True
    opened: OpenSheet | None = None


Build = Callable[["PageContext"], Callable[[], None] | None]
"""Builds a page, where NiceGUI's elements go now, and gives what ends it, if that needs doing."""

Prepare = Callable[[Visit, "str | None"], "OpenSheet | None"]
"""Does what takes long before a page is built, in another thread than all pages live in, and opens its sheet."""


@dataclass(frozen=True)
class PageContext:
    """What a page is made of: given to the function that builds it.

    Attributes:
        pipeline: The pipeline that it shows.
        key: What its sheets are kept under.
        user: Whose page it is.
        sheet: The id of the sheet that its address names, which is the user's; `None` for the one they used last.
        view: `"canvas"` or `"app"`, by its address.
        theme: `"light"`, `"dark"` or `"system"`.
        address: The whole address of the canvas, as the browser knows it; ends with a slash.
        visit: The request for it.
        build_again: Has the page built again, in place of what it shows; it must be called in the engine's loop.
        opened: The sheet that it shows, where it was opened beforehand.
    """

    pipeline: Pipeline[Any, Any]
    key: str
    user: str
    sheet: str | None
    view: str
    theme: str
    address: str
    visit: Visit
    build_again: Callable[[], None]
    opened: OpenSheet | None = None

    @property
    def desk(self) -> Desk:
        """What opens sheets, which all pages of the process share."""
        return self.visit.site.sheets.desk

    @property
    def links(self) -> ServedLinks:
        """The addresses of files for this user."""
        return ServedLinks(self.visit)

    @property
    def most_bytes(self) -> int:
        """How large a file that the page sends may be."""
        return most_bytes()

    def code(self, call: Call) -> dict[str, str]:
        """The code that makes a call of the pipeline, by language."""
        from daggr_fn.server.snippets import curl_code, python_code

        return {
            "python": python_code(self.pipeline, call),
            "curl": curl_code(self.pipeline, call, self.address),
        }

    def open_sheet(self) -> OpenSheet:
        """The sheet that the page shows, opened.

        Raises:
            SheetNotFound: It is gone, or not this user's.
        """
        return self.opened or self.desk.open(self.pipeline, self.user, self.sheet, key=self.key)

    def uploaded(self, number: str, sheet: str) -> Path:
        """The file that the page has sent to `uploads/<sheet>`, by the id that it got; once.

        Raises:
            LookupError: The id is made up, was used, or is another user's or sheet's.
        """
        return self.visit.site.uploads.hand_over(number, self.user, sheet)
