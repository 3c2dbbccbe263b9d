"""A visit: whose request it is and which pipeline it is for, and what the page that answers it may use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from daggr_fn.server.jsonable import from_json

if TYPE_CHECKING:
    from pathlib import Path

    from daggr_fn.pipelines import Pipeline
    from daggr_fn.server.site import Site


@dataclass(frozen=True)
class Visit:
    """One request, or one socket; it travels in the ASGI scope as `daggr_fn`.

    Attributes:
        site: The address that was asked.
        user: Whose it is.
        known: Whether the user was known before this request, by a cookie or otherwise.
        prefix: What stands before the site's own paths, where it is mounted or behind a proxy: `/tools/podcast`.
    """

    site: Site
    user: str
    prefix: str = ""
    known: bool = True


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
        desk: What opens sheets, which all pages of the process share.
    """

    pipeline: Pipeline[Any, Any]
    key: str
    user: str
    sheet: str | None
    view: str
    theme: str
    desk: Any
    visit: Visit

    def file(self, path: object, name: str | None = None) -> str:
        """The address of a file for this user, relative to the page's.

        Args:
            path: A `Path`, or the text of the path of a kept file.
            name: What it is called when it is downloaded.

        Raises:
            LookupError: It is no file, or not one that may be shown.
        """
        return "files/" + self.visit.site.shelf.add(path, name, self.user)

    def received(self, name: str, value: Any, sheet: str) -> Any:
        """The value of an input, of what the page sent for it: a file is `{"upload": id}`, and never a path.

        Raises:
            InvalidInputError: It should be a file, and is none; or it names a file of the server's.
        """
        return from_json(self.pipeline.inputs[name], value, self.visit, sheet)

    def uploaded(self, number: str, sheet: str) -> Path:
        """The file that the page has sent to `uploads/<sheet>`, by the id that it got; once.

        Raises:
            LookupError: The id is made up, was used, or is another user's or sheet's.
        """
        return self.visit.site.uploads.hand_over(number, self.user, sheet)

    def has_sheet(self, sheet: str) -> bool:
        """Whether a sheet is this user's."""
        return self.visit.site.sheets.has(self.user, self.key, sheet)
