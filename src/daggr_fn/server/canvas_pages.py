"""The canvas as what sites show; the page itself is `canvas.page`."""

from __future__ import annotations

import importlib
import logging
import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from daggr_fn.live import OpenSheet
    from daggr_fn.pipelines import Pipeline
    from daggr_fn.server.visits import PageContext, Visit

logger = logging.getLogger("daggr_fn")


def prepare_canvas(visit: Visit, sheet: str | None) -> OpenSheet | None:
    """Load what pages need, and open the sheet of one: what it plans may ask Spaces, and all other pages would wait."""
    importlib.import_module("daggr_fn.canvas.page")
    site = visit.site
    if site.pipeline is None:
        return None
    return site.sheets.desk.open(site.pipeline, visit.user, sheet, key=site.key)


def build_canvas(context: PageContext) -> Callable[[], None]:
    """Build a page, where NiceGUI's elements go now; gives what ends it."""
    from daggr_fn.canvas.page import build_page  # heavy: only when a page is asked for

    return build_page(context).close


def warm_up(pipeline: Pipeline[Any, Any]) -> threading.Thread:
    """Load and work out what the first page needs, while a browser is still on its way to it; the thread that does."""
    thread = threading.Thread(target=_load, args=(pipeline,), name="daggr_fn first page", daemon=True)
    thread.start()
    return thread


def _load(pipeline: Pipeline[Any, Any]) -> None:
    try:
        importlib.import_module("daggr_fn.canvas.page")
        from daggr_fn.canvas.blueprint import blueprint_of

        blueprint_of(pipeline)
        _ = pipeline.dag.network
    except Exception:  # the first page that is asked for meets the same, and tells who looks at it
        logger.debug("the first page of %s could not be prepared", pipeline.name, exc_info=True)
