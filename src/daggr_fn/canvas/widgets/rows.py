"""Widgets for tables: data frames as inputs, and lists of items that people edit."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any, TYPE_CHECKING

from nicegui.element import Element

from daggr_fn.annotations import record_fields
from daggr_fn.canvas.element import STATIC
from daggr_fn.canvas.widgets.field import Field, Widget

if TYPE_CHECKING:
    from daggr_fn.values import ItemList

Rows = list[list[Any]]


class RowsElement(Element, component=STATIC / "daggr_fn_rows.js"):
    """A table that people edit."""


def data_frame(what: Field) -> Widget:
    """A data frame: as pandas, as an array, or as lists, as the component says."""
    frame = _Frame(what)
    element = RowsElement()
    fixed = isinstance(what.of("row_count"), (list, tuple)) and tuple(what.of("row_count"))[1:] == ("fixed",)
    element._props.update(label=what.label, columns=frame.columns(), rows=frame.rows, fixedRows=fixed, word="row")

    def changed(event: Any) -> None:
        frame.rows = [list(row) for row in event.args]
        what.change(frame.value())

    def show(value: Any) -> None:
        frame.take(value)
        element._props.update(columns=frame.columns(), rows=frame.rows)
        element.update()

    element.on("change", changed)
    return Widget(element, show, frame.value)


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
        self.headers = headers or [str(one) for one in self._what.of("headers", ())] or _letters(rows)
        self.rows = rows

    def columns(self) -> list[dict[str, Any]]:
        """The columns as the page is told of them."""
        types = self._what.of("datatype", "str")
        static = self._what.of("static_columns") or ()
        found: list[dict[str, Any]] = []
        for place, name in enumerate(self.headers):
            one = types if isinstance(types, str) else types[place] if place < len(types) else "str"
            kind = {"number": "number", "bool": "bool"}.get(one, "text")
            found.append({"name": f"{place}", "label": name, "type": kind, "fixed": place in static or name in static})
        return found

    def value(self) -> Any:
        """The table as the input takes it."""
        kind = str(self._what.of("type", "pandas"))
        if kind == "array":
            return [list(row) for row in self.rows]
        if kind == "numpy":
            import numpy

            return numpy.array(self.rows)
        import pandas as pd  # type: ignore[import-untyped]

        return pd.DataFrame(self.rows, columns=self.headers)


def _taken_apart(value: Any) -> tuple[list[str], Rows]:
    if value is None:
        return [], []
    if hasattr(value, "columns") and hasattr(value, "to_numpy"):
        return [str(name) for name in value.columns], [
            [_plain(cell) for cell in row] for row in value.to_numpy().tolist()
        ]
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, Mapping):
        return [str(one) for one in value.get("headers") or ()], [list(row) for row in value.get("data") or ()]
    rows = [list(row) if isinstance(row, (list, tuple)) else [row] for row in value]
    return [], [[_plain(cell) for cell in row] for row in rows]


def _plain(cell: Any) -> Any:
    return None if isinstance(cell, float) and cell != cell else cell  # noqa: PLR0124  # NaN


def _letters(rows: Rows) -> list[str]:
    return [str(place + 1) for place in range(max((len(row) for row in rows), default=1))]


def item_list(
    items: ItemList,
    annotation: Any,
    value: Any,
    *,
    label: str,
    edited: bool,
    change: Callable[[Any], None],
    undo: Callable[[], None],
) -> Callable[[Any, bool], None]:
    """The editor of a list of items, each a record, or a single value.

    Args:
        items: What the output says of its items: a component for each field.
        annotation: The type of an item.
        value: The list.
        label: What it is, for people who cannot see it.
        edited: Whether it was edited, so that this can be taken back.
        change: Called with the new list.
        undo: Called when the edits are taken back.

    Returns:
        What shows another list in it, and whether that was edited; whoever types in it goes on.
    """
    names = list(items.fields)
    originals: list[Any] = []
    element = RowsElement()
    element._props.update(
        label=label, columns=[_column(name, items.fields[name]) for name in names], word="line", pageSize=12
    )

    def show(value: Any, edited: bool) -> None:
        originals[:] = value or []
        # Each row ends with the place of the item that it was, whose other fields stay as they are.
        rows = [[*(_cell(_part(item, name)) for name in names), place] for place, item in enumerate(originals)]
        element._props.update(rows=rows, edited=edited)
        element.update()

    show(value, edited)
    element.on("change", lambda event: change([_item(names, row, originals, annotation) for row in event.args]))
    element.on("undo", undo)
    return show


def _column(name: str, component: Any) -> dict[str, Any]:
    label = getattr(component, "label", None) or name.capitalize()
    kind = type(component).__name__
    choices = getattr(component, "choices", None)
    if choices and kind in ("Dropdown", "Radio"):
        return {"name": name, "label": label, "type": "pick", "choices": [[str(n), v] for n, v in choices]}
    types = {"Number": "number", "Slider": "number", "Checkbox": "bool"}
    fixed = getattr(component, "interactive", None) is False
    return {"name": name, "label": label, "type": types.get(kind, "text"), "fixed": fixed}


def _part(item: Any, name: str) -> Any:
    return item.get(name) if isinstance(item, Mapping) else getattr(item, name, item)


def _cell(value: Any) -> Any:
    return value if value is None or isinstance(value, (str, int, float, bool)) else str(value)


def _item(names: list[str], row: list[Any], originals: list[Any], annotation: Any) -> Any:
    place = row[len(names)] if len(row) > len(names) else None
    original = originals[place] if isinstance(place, int) and place < len(originals) else None
    cells = dict(zip(names, row, strict=False))
    values = {name: value for name, value in cells.items() if original is None or value != _cell(_part(original, name))}
    record = record_fields(annotation)
    if isinstance(original, Mapping):
        return {**original, **values}
    if record is not None and record[0] == "attribute":
        if original is None:
            return annotation(**{name: values.get(name) for name in record[1]})
        return original._replace(**values) if hasattr(original, "_replace") else dataclasses.replace(original, **values)
    if original is not None and record is None and len(names) == 1:
        return values.get(names[0], original)
    return values
