"""The widget for data frames."""

from __future__ import annotations

from typing import Any

from daggr_fn.annotations import bare
from daggr_fn.canvas.views.context import is_a
from daggr_fn.canvas.widgets.editing import EditedRows, Row, RowsElement
from daggr_fn.canvas.widgets.field import Field, Widget
from daggr_fn.values import is_mapping

Rows = list[Row]
_KINDS = {"number": "number", "bool": "bool", "date": "date"}


def data_frame(what: Field) -> Widget:
    """A data frame: as pandas, polars or numpy, or as lists, as the type says, else the component."""
    frame = _Frame(what)
    element = RowsElement()
    element._props.update(label=what.label, fixedRows=_fixed(what), word="row")

    def changed() -> None:
        frame.rows = table.rows
        what.change(frame.value())

    table = EditedRows(element, frame.columns(), frame.rows, changed)

    def show(value: Any) -> None:
        frame.take(value)
        table.show(frame.columns(), frame.rows)

    return Widget(element, show, frame.value)


def _fixed(what: Field) -> bool:
    """Whether nobody may add rows or take them away."""
    count = what.of("row_count")
    limits = what.of("row_limits")
    told = is_a(count, (list, tuple)) and tuple(count)[1:] == ("fixed",)
    return told or (is_a(limits, (list, tuple)) and len(limits) == 2 and limits[0] == limits[1] is not None)


class _Frame:
    """A table of a component's type: what the page shows, and what the input gets."""

    def __init__(self, what: Field) -> None:
        self._what = what
        self.headers: list[str] = []
        self.rows: Rows = []
        self.take(what.value)

    def take(self, value: Any) -> None:
        """Take a value of any of the forms that a table may have."""
        headers, rows = _taken_apart(value)
        count = self._what.of("col_count") or self._what.of("column_count")
        wide = int(count[0] if is_a(count, (list, tuple)) else count or 1)
        self.headers = headers or [str(one) for one in self._what.of("headers", ())] or _numbers(rows, wide)
        self.rows = rows or self._empty() if value is None else rows

    def _empty(self) -> Rows:
        """As many empty rows as the component begins with."""
        count = self._what.of("row_count", 0)
        number = int(count[0] if is_a(count, (list, tuple)) else count or 0)
        return [[False if kind == "bool" else None for kind in self._types()] for _ in range(number)]

    def _types(self) -> list[str]:
        types = self._what.of("datatype", "str")
        given = [types] * len(self.headers) if isinstance(types, str) else list(types)[: len(self.headers)]
        return [_KINDS.get(one, "text") for one in [*given, *["str"] * (len(self.headers) - len(given))]]

    def columns(self) -> list[dict[str, Any]]:
        """The columns as the page is told of them."""
        static = self._what.of("static_columns") or ()
        return [
            {"name": f"{place}", "label": name, "type": kind, "fixed": place in static or name in static}
            for place, (name, kind) in enumerate(zip(self.headers, self._types(), strict=True))
        ]

    def value(self) -> Any:
        """The table as the input takes it."""
        kind = _form(self._what.annotation) or str(self._what.of("type", "pandas"))
        if kind == "array":
            return [list(row) for row in self.rows]
        if kind == "numpy":
            import numpy

            return numpy.array(self.rows)
        if kind == "polars":
            import polars  # pyright: ignore[reportMissingImports]

            polars_: Any = polars
            return polars_.DataFrame(self.rows, schema=self.headers, orient="row")
        import pandas as pd  # type: ignore[import-untyped]

        pandas: Any = pd
        return pandas.DataFrame(self.rows, columns=self.headers)


def _form(annotation: Any) -> str:
    """The form of table that a type names; empty when it names none."""
    annotation = bare(annotation)
    if annotation is list or getattr(annotation, "__origin__", None) is list:
        return "array"
    module, name = (getattr(annotation, "__module__", "") or "").partition(".")[0], getattr(annotation, "__name__", "")
    known = {("pandas", "DataFrame"): "pandas", ("polars", "DataFrame"): "polars", ("numpy", "ndarray"): "numpy"}
    return known.get((module, name), "")


def _taken_apart(value: Any) -> tuple[list[str], Rows]:
    if value is None:
        return [], []
    if hasattr(value, "columns") and hasattr(value, "to_numpy"):
        return [str(name) for name in value.columns], [
            [_plain(cell) for cell in row] for row in value.to_numpy().tolist()
        ]
    if hasattr(value, "tolist"):
        value = value.tolist()
    if is_mapping(value):
        return [str(one) for one in value.get("headers") or ()], [list(row) for row in value.get("data") or ()]
    rows = [list(row) if is_a(row, (list, tuple)) else [row] for row in value]
    return [], [[_plain(cell) for cell in row] for row in rows]


def _plain(cell: Any) -> Any:
    return None if isinstance(cell, float) and cell != cell else cell  # noqa: PLR0124  # NaN


def _numbers(rows: Rows, wide: int) -> list[str]:
    return [str(place + 1) for place in range(max((len(row) for row in rows), default=wide))]
