"""Plots: matplotlib's as pictures; plotly's, altair's and Gradio's own for an element in a slot; bokeh's as a page."""

from __future__ import annotations

import base64
import io
import json
from typing import Any

from daggr_fn.canvas.views.charts import chart
from daggr_fn.canvas.views.context import Context, Unfit, ViewModel
from daggr_fn.canvas.views.media import image
from daggr_fn.files import keep_bytes
from daggr_fn.values import class_of, is_mapping

_LIBRARIES = ("matplotlib", "plotly", "altair", "bokeh")


def library_of(value: Any) -> str:
    """The library that made a plot, told by the class of the plot; empty for no plot."""
    if is_mapping(value) and value.get("type") in _LIBRARIES and "plot" in value:
        return str(value["type"])
    for cls in class_of(value).__mro__:
        library = str(cls.__module__).partition(".")[0]
        if library in _LIBRARIES and (library != "matplotlib" or cls.__name__ == "Figure"):
            return library
    return ""


def plot(value: Any, ctx: Context) -> ViewModel:
    """A plot, of whichever library."""
    library = library_of(value)
    if library == "matplotlib":
        return _matplotlib(value, ctx)
    if library == "bokeh":
        return _bokeh(value, ctx)
    if not library:
        raise Unfit
    return {"view": "plot", "slot": True, "library": library}


def native(value: Any, ctx: Context) -> ViewModel:
    """Gradio's own plots of a table: drawn by an element in a slot."""
    if is_mapping(value) and value.get("type") in _LIBRARIES:
        return plot(value, ctx)
    chart(value, ctx)
    return {"view": "plot", "slot": True, "library": "chart"}


def plot_spec(value: Any) -> Any:
    """A plot as the JSON that its library draws in the browser.

    Raises:
        Unfit: It is no plot of plotly or altair.
    """
    if is_mapping(value) and "plot" in value:
        return json.loads(value["plot"]) if isinstance(value["plot"], str) else value["plot"]
    if library_of(value) == "plotly":
        return json.loads(value.to_json())
    if library_of(value) == "altair":
        return json.loads(value.to_json())
    raise Unfit


def _matplotlib(value: Any, ctx: Context) -> ViewModel:
    if is_mapping(value):
        head, _, data = str(value["plot"]).partition(",")
        suffix = {"data:image/png;base64": ".png", "data:image/webp;base64": ".webp"}.get(head)
        if suffix is None:
            raise Unfit
        return image(keep_bytes(base64.b64decode(data), f"image{suffix}"), ctx)
    buffer = io.BytesIO()
    value.savefig(buffer, format="png", bbox_inches="tight", dpi=160)
    return image(keep_bytes(buffer.getvalue(), "image.png"), ctx)


def _bokeh(value: Any, ctx: Context) -> ViewModel:
    """A page with bokeh's own script in it, for a frame without an origin; made when it is asked for."""

    def page() -> str:
        from bokeh.embed import file_html
        from bokeh.resources import INLINE

        if not is_mapping(value):
            return str(file_html(value, INLINE))
        item = json.dumps(plot_spec(value)).replace("</", "<\\/")
        return f'{INLINE.render()}<div id="plot"></div><script>Bokeh.embed.embed_item({item}, "plot")</script>'

    more = ctx.links.text(page, ctx.file_name(".html"), "text/html")
    return {"view": "html", "frame": True, "scripts": True, "html": None, "more": more, "height": 420}
