"""The canvas as what sites show; the page itself is `canvas.page`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from daggr_fn.server.visits import PageContext


def build_canvas(context: PageContext) -> None:
    """Build a page, where NiceGUI's elements go now."""
    from daggr_fn.canvas.page import build_page  # heavy: only when a page is asked for

    build_page(context)
