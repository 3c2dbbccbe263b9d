"""The element of tables that people edit. Each edit is told alone, so that a long table is as quick as a short one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from nicegui.element import Element

from daggr_fn.canvas.element import STATIC
from daggr_fn.values import is_mapping

Row = list[Any]


class RowsElement(Element, component=STATIC / "daggr_fn_rows.js"):
    """A table that people edit."""


class EditedRows:
    """The rows of a table, which the page and the server keep alike.

    Args:
        element: The table.
        columns: `{"name", "label", "type", "choices", "fixed"}` of each column.
        rows: The rows. What a row has after its columns' cells stays with it.
        changed: Called when a person changed something.
    """

    def __init__(
        self, element: RowsElement, columns: list[dict[str, Any]], rows: list[Row], changed: Callable[[], None]
    ) -> None:
        self.columns = columns
        self.rows = rows
        self._element = element
        self._changed = changed
        self._heard = 0
        self._crossed = False
        element._props.update(columns=columns, rows=rows, heard=0)
        for name, hear in {"cell": self._cell, "add": self._add, "remove": self._remove}.items():
            element.on(name, lambda event, hear=hear: self._hear(hear, event.args))

    def show(self, columns: list[dict[str, Any]], rows: list[Row], **props: Any) -> None:
        """Show other rows; the page is told only where they are others."""
        known: dict[str, Any] = self._element.props
        if columns == self.columns and rows == self.rows and known | props == known:
            return
        self.columns, self.rows = columns, rows
        self._element._props.update(columns=columns, rows=rows, **props)
        self._crossed = True
        self._element.update()

    def _hear(self, hear: Callable[[Mapping[str, Any]], bool], told: Any) -> None:
        """Make an edit of the page's.

        Rows that were sent while an edit was on its way are passed over by the page, which knows by `heard`; they are
        sent again when it has arrived.
        """
        self._heard += 1
        changed = is_mapping(told) and hear(told)
        self._element._props.update(rows=self.rows, heard=self._heard)
        if self._crossed or not changed:
            self._crossed = False
            self._element.update()
        if changed:
            self._changed()

    def _cell(self, told: Mapping[str, Any]) -> bool:
        row, column = told.get("row"), told.get("column")
        if not isinstance(row, int) or not isinstance(column, int):
            return False
        if not (0 <= row < len(self.rows) and 0 <= column < len(self.columns)):
            return False
        about = self.columns[column]
        if about.get("fixed"):
            return False
        changed = [*self.rows[row]]
        changed[column] = typed(about["type"], told.get("value"))
        self.rows = [*self.rows[:row], changed, *self.rows[row + 1 :]]
        return True

    def _add(self, _told: Mapping[str, Any]) -> bool:
        self.rows = [*self.rows, [_first(column) for column in self.columns]]
        return True

    def _remove(self, told: Mapping[str, Any]) -> bool:
        row = told.get("row")
        if not isinstance(row, int) or not 0 <= row < len(self.rows):
            return False
        self.rows = [*self.rows[:row], *self.rows[row + 1 :]]
        return True


def typed(kind: str, value: Any) -> Any:
    """What a person typed into a cell, of the type of its column."""
    if kind == "number":
        return value if isinstance(value, (int, float)) and not isinstance(value, bool) else None
    return bool(value) if kind == "bool" else value


def _first(column: Mapping[str, Any]) -> Any:
    """What a new row begins with in a column."""
    if column["type"] == "pick":
        return column["choices"][0][1] if column["choices"] else None
    return {"bool": False, "number": None}.get(column["type"], "")
