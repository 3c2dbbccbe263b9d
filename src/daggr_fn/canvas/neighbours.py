"""The pages of one user and pipeline: what one of them does to the list of sheets, the others follow."""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from daggr_fn.canvas.page import Page

_PAGES: weakref.WeakSet[Page] = weakref.WeakSet()


def join(page: Page) -> None:
    """A page is there."""
    _PAGES.add(page)


def leave(page: Page) -> None:
    """A page is gone."""
    _PAGES.discard(page)


def neighbours(page: Page) -> list[Page]:
    """The pages of the same user and pipeline, and the page itself."""
    return [one for one in list(_PAGES) if _whose(one) == _whose(page)]


def tell_sheets(page: Page) -> None:
    """Have all pages list the sheets that there are now; one whose sheet is gone shows another."""
    sheets = page.sheets()
    there = {one["id"] for one in sheets}
    for one in neighbours(page):
        with one.client:
            one.element.patch({"sheets": sheets})
            if one.sheet.info.id not in there and one is not page:
                one.element.tell("open", url="?")


def _whose(page: Page) -> tuple[int, str, str]:
    return (id(page.context.desk), page.context.user, page.context.key)
