"""Gradio's BarPlot, LinePlot and ScatterPlot as options of an ECharts chart."""

from __future__ import annotations

import statistics
from typing import TYPE_CHECKING, Any

from daggr_fn.canvas.views.context import Context, Unfit, is_a
from daggr_fn.canvas.views.safe import scalar
from daggr_fn.canvas.views.tables import Table, cell, table_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_MOST_POINTS = 5_000
_KINDS = {
    "BarPlot": "bar",
    "LinePlot": "line",
    "ScatterPlot": "scatter",
    "bar": "bar",
    "line": "line",
    "point": "scatter",
}
_SUMS: dict[str, Callable[[list[float]], float]] = {
    "sum": sum,
    "mean": statistics.fmean,
    "median": statistics.median,
    "min": min,
    "max": max,
    "count": len,
}


def chart(value: Any, ctx: Context) -> dict[str, Any]:
    """A chart of two columns of a table, in a series for each value of the column that colours it.

    Raises:
        Unfit: It is no table, or has not the columns that the component names.
    """
    found = table_of(value)
    x, y, by = ctx.option("x"), ctx.option("y"), ctx.option("color")
    spec: dict[str, Any] = value if is_a(value, dict) else {}
    kind = _KINDS.get(type(ctx.component).__name__) or _KINDS.get(str(spec.get("mark")), "scatter")
    if x not in found.columns or y not in found.columns:
        raise Unfit
    series = _series(found, [str(x), str(y), str(by) if by in found.columns else None], ctx.option("y_aggregate"))
    numbers = all(_is_number(point[0]) for points in series.values() for point in points)
    colors = ctx.option("color_map", {})
    return {
        "animation": False,
        "grid": {"left": 8, "right": 12, "top": 32 if by else 12, "bottom": 8, "containLabel": True},
        "tooltip": {"trigger": "item" if kind == "scatter" else "axis"},
        **({"legend": {"top": 0}} if by else {}),
        "xAxis": {
            "type": "value" if numbers and kind != "bar" else "category",
            "name": ctx.option("x_title", ""),
            "scale": True,
        },
        "yAxis": {"type": "value", "name": ctx.option("y_title", ""), "scale": kind != "bar"},
        "series": [
            {"type": kind, "name": name, "data": points, "symbolSize": 6, **_color(colors.get(name))}
            for name, points in series.items()
        ],
    }


def _color(color: Any) -> dict[str, Any]:
    return {"itemStyle": {"color": color}} if isinstance(color, str) else {}


def _series(found: Table, names: list[str | None], aggregate: Any) -> dict[str, list[list[Any]]]:
    places = [None if name is None else found.columns.index(name) for name in names]
    made: dict[str, list[list[Any]]] = {}
    for row in found.rows(0, _MOST_POINTS):
        x, y, by = (None if place is None else _value(row[place]) for place in places)
        if x is not None and _is_number(y):
            made.setdefault("" if by is None else str(by), []).append([x, y])
    reduce = _SUMS.get(str(aggregate))
    return {name: _reduced(points, reduce) if reduce else points for name, points in made.items()}


def _reduced(points: Iterable[list[Any]], reduce: Callable[[list[float]], float]) -> list[list[Any]]:
    groups: dict[Any, list[float]] = {}
    for x, y in points:
        groups.setdefault(x, []).append(y)
    return [[x, reduce(ys)] for x, ys in groups.items()]


def _value(value: Any) -> Any:
    node = scalar(value)
    return cell(value) if is_a(node, dict) else node


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
