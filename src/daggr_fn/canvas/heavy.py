"""Results that need an element of NiceGUI's: interactive plots and 3D models."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from daggr_fn.canvas.views.charts import chart
from daggr_fn.canvas.views.context import Context, Unfit
from daggr_fn.canvas.views.files import file_of
from daggr_fn.canvas.views.models import bounds
from daggr_fn.canvas.views.plots import library_of, plot_spec

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from nicegui.element import Element

    from daggr_fn.canvas.links import Links
    from daggr_fn.canvas.page import Page

logger = logging.getLogger("daggr_fn")

_MODELS = frozenset({".glb", ".gltf", ".stl"})
_GREY = "#838c9a"  # read in light and in dark
_LINE = "rgba(131, 140, 154, 0.25)"  # seen in both, and loud in neither
_AXIS = {"gridcolor": _LINE, "zerolinecolor": _LINE, "linecolor": _GREY}


@dataclass(frozen=True)
class Drawn:
    """An element that draws a result, and will draw the next one too: elements that go and come flicker, and leak.

    Attributes:
        element: The element.
        again: Has it draw another value; raises `Unfit` for one that needs another element.
    """

    element: Element
    again: Callable[[Any, Context], None]


def fill_heavy(
    page: Page, step: str, port: str, index: tuple[int, ...] = (), there: Drawn | None = None
) -> Drawn | None:
    """Fill the slot of a result.

    Args:
        page: The page whose slot is open now (`with root:`).
        step: The step.
        port: Its output.
        index: Which item of a mapped step is looked at.
        there: What draws its last result.

    Returns:
        What draws it: `there` if it could; `None` if nothing does, and the slot is to be empty.
    """
    output = page.sheet.graph.steps[step].spec.outputs[port]
    try:
        value = page.sheet.value(step, port, index)
    except LookupError:  # not run yet
        return None
    return fill_output(value, output.component, page.context.links, there)


def fill_output(value: Any, component: Any, links: Links, there: Drawn | None = None) -> Drawn | None:
    """Draw a plot or a 3D model where elements are put now; nothing for any other value, whose view says what it is.

    Args:
        value: What the step returned.
        component: The Gradio component of the output, or `None`.
        links: Gives addresses for files.
        there: What draws the last result, and is asked first.
    """
    ctx = Context(links, component)
    for draw in (_on(there), _plotly, _model, _chart):
        try:
            return draw(value, ctx)
        except Unfit:
            continue
        except Exception:  # one broken value must break one card, never the page
            logger.exception("a %s can't be drawn", type(value).__qualname__)
            return None
    return None


def _on(there: Drawn | None) -> Callable[[Any, Context], Drawn]:
    def draw(value: Any, ctx: Context) -> Drawn:
        if there is None:
            raise Unfit
        there.again(value, ctx)
        return there

    return draw


def _plotly(value: Any, ctx: Context) -> Drawn:
    from nicegui import ui

    made: Any = ui.plotly(_figure(value, ctx)).style("width: 100%; height: 280px")
    return Drawn(made, lambda value, ctx: made.update_figure(_figure(value, ctx)))


def _figure(value: Any, _ctx: Context) -> dict[str, Any]:
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
    layout["template"] = {"layout": {"xaxis": _AXIS, "yaxis": _AXIS}}  # the one that came has colours for paper
    layout.pop("width", None)
    return {**figure, "layout": layout, "config": {"displaylogo": False, "responsive": True}}


def _chart(value: Any, ctx: Context) -> Drawn:
    from nicegui import ui

    height = ctx.option("height")
    made = ui.echart(_options(value, ctx))
    made.style(f"width: 100%; height: {height if isinstance(height, int) else 240}px")

    def again(value: Any, ctx: Context) -> None:
        made._props["options"] = _options(value, ctx)
        made.update()

    return Drawn(made, again)


def _options(value: Any, ctx: Context) -> dict[str, Any]:
    options = chart(value, ctx)
    for axis in ("xAxis", "yAxis"):
        options[axis]["splitLine"] = {"lineStyle": {"color": _LINE}}
    return {"textStyle": {"color": _GREY, "fontSize": 11}, **options}


def _model(value: Any, ctx: Context) -> Drawn:
    from nicegui import ui

    path = _model_file(value)
    scene = ui.scene(width=256, height=256, grid=False, background_color="#8a8f98").style("max-width: 100%")
    _show_model(scene, path, ctx.links)

    def again(value: Any, ctx: Context) -> None:
        path = _model_file(value)
        scene.delete_objects()
        _show_model(scene, path, ctx.links)

    return Drawn(scene, again)


def _model_file(value: Any) -> Path:
    path = file_of(value)
    if path.suffix.lower() not in _MODELS:
        raise Unfit
    return path


def _show_model(scene: Any, path: Path, links: Links) -> None:
    around = bounds(path)
    with scene:
        _load(scene, path, links)
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
