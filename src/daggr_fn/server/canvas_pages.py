"""The canvas as what sites show; the page itself is `canvas.page`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from daggr_fn.server.visits import PageContext


def build_canvas(context: PageContext) -> Callable[[], None]:
    """Build a page, where NiceGUI's elements go now; gives what ends it."""
    from daggr_fn.canvas.page import build_page  # heavy: only when a page is asked for

    return build_page(context).close
