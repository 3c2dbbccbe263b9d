"""The canvas on a page of the server: the sheet that its address names, with this viewer's links and uploads."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from daggr_fn.server.snippets import curl_code, python_code

if TYPE_CHECKING:
    from collections.abc import Mapping

    from daggr_fn.server.visits import PageContext


def build_canvas(context: PageContext) -> None:
    """Build the canvas; called in a NiceGUI page function."""
    from nicegui import context as current

    from daggr_fn.canvas.page import Showing, build_page

    sheet = context.open_sheet()
    showing = Showing(
        sheet=sheet,
        links=context.links,
        base="./",
        theme=context.theme,
        start=context.view,
        snippets=functools.partial(_snippets, context, sheet),
        uploads=f"uploads/{sheet.info.id}",
        take_upload=lambda number: context.uploaded(number, sheet.info.id),
    )
    build_page(showing, current.client)


def _snippets(context: PageContext, sheet: Any, inputs: Mapping[str, Any]) -> dict[str, str]:
    choices = context.pipeline.dag.choices
    picked = {name: variant for name, variant in sheet.choices.items() if variant != choices[name].default}
    return {
        "python": python_code(context.pipeline, inputs, picked),
        "curl": curl_code(context.pipeline, inputs, context.address, picked),
    }
