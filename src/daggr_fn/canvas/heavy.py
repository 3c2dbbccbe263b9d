"""Results that need an element of NiceGUI's: interactive plots and 3D models."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from daggr_fn.canvas.views.charts import chart
from daggr_fn.canvas.views.context import Context, Unfit
from daggr_fn.canvas.views.files import file_of
from daggr_fn.canvas.views.models import bounds
from daggr_fn.canvas.views.plots import library_of, plot_spec

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from daggr_fn.canvas.links import Links
    from daggr_fn.canvas.page import Page

logger = logging.getLogger("daggr_fn")

_MODELS = frozenset({".glb", ".gltf", ".stl"})
_GREY = "#838c9a"  # read in light and in dark


def fill_heavy(page: Page, step: str, port: str) -> None:
    """Fill the slot of a result.

    Args:
        page: The page whose slot is open now (`with root:`).
        step: The step.
        port: Its output.
    """
    output = page.sheet.graph.steps[step].spec.outputs[port]
    try:
        value = page.sheet.value(step, port)
    except LookupError:  # not run yet
        return
    fill_output(value, output.component, page.context.links)


def fill_output(value: Any, component: Any, links: Links) -> None:
    """Draw a plot or a 3D model where elements are put now; nothing for any other value, whose view says what it is.

    Args:
        value: What the step returned.
        component: The Gradio component of the output, or `None`.
        links: Gives addresses for files.
    """
    ctx = Context(links, component)
    for draw in (_plotly, _model, _chart):
        try:
            draw(value, ctx)
        except Unfit:
            continue
        except Exception:  # one broken value must break one card, never the page
            logger.exception("a %s can't be drawn", type(value).__qualname__)
        return


def _plotly(value: Any, _ctx: Context) -> None:
    from nicegui import ui

    if library_of(value) != "plotly":
        raise Unfit
    figure = plot_spec(value)
    layout = {
        "margin": {"l": 40, "r": 12, "t": 28, "b": 32},
        **figure.get("layout", {}),
        "autosize": True,
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"color": _GREY, "size": 11},
    }
    layout.pop("template", None)  # its colours are for paper
    layout.pop("width", None)
    made = {**figure, "layout": layout, "config": {"displaylogo": False, "responsive": True}}
    ui.plotly(made).style("width: 100%; height: 280px")


def _chart(value: Any, ctx: Context) -> None:
    from nicegui import ui

    options = {"textStyle": {"color": _GREY, "fontSize": 11}, **chart(value, ctx)}
    height = ctx.option("height")
    ui.echart(options).style(f"width: 100%; height: {height if isinstance(height, int) else 240}px")


def _model(value: Any, ctx: Context) -> None:
    from nicegui import ui

    path = file_of(value)
    if path.suffix.lower() not in _MODELS:
        raise Unfit
    around = bounds(path)
    with ui.scene(width=256, height=256, grid=False, background_color="#8a8f98").style("max-width: 100%") as scene:
        _load(scene, path, ctx.links)
    center, radius = (around.center, around.radius) if around else ((0.0, 0.0, 0.0), 2.0)
    x, y, z = center
    if path.suffix.lower() != ".stl":
        y, z = -z, y  # glTF's y is up; the scene's z is
    far = radius * 2.2
    scene.move_camera(x=x + far * 0.6, y=y - far, z=z + far * 0.5, look_at_x=x, look_at_y=y, look_at_z=z, duration=0)


def _load(scene: Any, path: Path, links: Links) -> None:
    load: Callable[[str], Any] = scene.stl if path.suffix.lower() == ".stl" else scene.gltf
    loaded = load(links.file(path))
    if path.suffix.lower() != ".stl":
        loaded.rotate(1.5707963, 0, 0)
