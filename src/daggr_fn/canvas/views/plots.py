"""Plots: matplotlib's as pictures; plotly's and Gradio's own for an element in a slot; altair and bokeh as pages."""

from __future__ import annotations

import base64
import importlib
import io
import json
from typing import Any

from daggr_fn.canvas.views.charts import chart
from daggr_fn.canvas.views.context import Context, Unfit, ViewModel
from daggr_fn.canvas.views.media import image
from daggr_fn.files import keep_bytes
from daggr_fn.values import class_of, is_mapping

_LIBRARIES = ("matplotlib", "plotly", "altair", "bokeh")


_VEGA = """<!doctype html><p>This plot is drawn by scripts from cdn.jsdelivr.net.</p><div id="plot"></div>
<script src="https://cdn.jsdelivr.net/npm/vega@6"></script><script src="https://cdn.jsdelivr.net/npm/vega-lite@6"></script>
<script src="https://cdn.jsdelivr.net/npm/vega-embed@7"></script>
<script>vegaEmbed("#plot", SPEC).then(() => document.querySelector("p").remove())</script>"""


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
    if library == "altair":
        return _altair(value, ctx)
    if library == "bokeh":
        return _bokeh(value, ctx)
    if not library:
        raise Unfit
    return {"view": "plot", "slot": True, "maker": library}


def native(value: Any, ctx: Context) -> ViewModel:
    """Gradio's own plots of a table: drawn by an element in a slot."""
    if is_mapping(value) and value.get("type") in _LIBRARIES:
        return plot(value, ctx)
    chart(value, ctx)
    return {"view": "plot", "slot": True, "maker": "chart"}


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


def _altair(value: Any, ctx: Context) -> ViewModel:
    """A picture where vl-convert is there to draw one, else a page whose scripts come from the net when asked."""
    spec = plot_spec(value)
    try:
        converter: Any = importlib.import_module("vl_convert")
    except ImportError:
        page = _VEGA.replace("SPEC", json.dumps(spec).replace("</", "<\\/"))
        return {
            "view": "html",
            "frame": True,
            "html": None,
            "more": ctx.links.text(lambda: page, ctx.file_name(".html"), "text/html"),
        }
    return image(keep_bytes(str(converter.vegalite_to_svg(spec)).encode(), "image.svg"), ctx)


def _bokeh(value: Any, ctx: Context) -> ViewModel:
    """A page with bokeh's own script in it, for a frame without an origin; made when it is asked for."""

    def page() -> str:
        embed: Any = importlib.import_module("bokeh.embed")
        resources: Any = importlib.import_module("bokeh.resources").INLINE
        if not is_mapping(value):
            return str(embed.file_html(value, resources))
        item = json.dumps(plot_spec(value)).replace("</", "<\\/")
        return f'{resources.render()}<div id="plot"></div><script>Bokeh.embed.embed_item({item}, "plot")</script>'

    more = ctx.links.text(page, ctx.file_name(".html"), "text/html")
    return {"view": "html", "frame": True, "scripts": True, "html": None, "more": more, "height": 420}
