"""The editor of item lists: a table whose rows are the items of a list that a step returned."""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from daggr_fn.annotations import record_fields
from daggr_fn.canvas.widgets.editing import EditedRows, Row, RowsElement
from daggr_fn.values import is_mapping

if TYPE_CHECKING:
    from collections.abc import Callable

    from daggr_fn.values import ItemList

logger = logging.getLogger("daggr_fn")


class ItemsEditor:
    """The editor of a list of items, each a record, or a single value. Fields without a column stay as they are.

    Args:
        items: What the output says of its items: a component for each field.
        annotation: The type of an item.
        value: The list.
        label: What it is, for people who cannot see it.
        edited: Whether it was edited, so that this can be taken back.
        change: Called with the new list.
        refused: Called with what the class of the items says of a line that isn't whole yet.
        undo: Called when the edits are taken back.
    """

    def __init__(
        self,
        items: ItemList,
        annotation: Any,
        value: Any,
        *,
        label: str,
        edited: bool,
        change: Callable[[list[Any]], None],
        refused: Callable[[Exception], None],
        undo: Callable[[], None],
    ) -> None:
        self._annotation = annotation
        self._change = change
        self._refused = refused
        self._names = list(items.fields)
        self._columns = [_column(name, items.fields[name]) for name in self._names]
        self._originals = self._known = _listed(value)
        self.element = RowsElement()
        self.element._props.update(label=label, word="line", edited=edited, pageSize=12)
        self._table = EditedRows(self.element, self._columns, self._rows(), self._changed)
        self.element.on("undo", undo)

    def show(self, value: Any, *, edited: bool) -> None:
        """Show what the list is now, which may be what was edited here."""
        now = _listed(value)
        if _same(now, self._known):  # what is being typed stays
            self._table.show(self._columns, self._table.rows, edited=edited)
            return
        self._originals = self._known = now
        self._table.show(self._columns, self._rows(), edited=edited)

    def _rows(self) -> list[Row]:
        """A row for each item, which ends with the item's place in the list that it was in."""
        found = enumerate(self._originals)
        return [[*(_cell(_part(item, name)) for name in self._names), place] for place, item in found]

    def _items(self) -> list[Any]:
        return [_item(self._names, row, self._originals, self._annotation) for row in self._table.rows]

    def _changed(self) -> None:
        try:
            self._known = self._items()
        except Exception as error:  # the user's own class, which may ask anything of a line that was just begun
            logger.info("a line is not taken yet: %s", error, exc_info=True)
            self._refused(error)
            return
        self._change(self._known)


def _listed(value: Any) -> list[Any]:
    return [] if value is None else list(value)  # an array has no truth


def _same(some: list[Any], others: list[Any]) -> bool:
    try:
        return some == others
    except Exception:  # noqa: BLE001  # arrays, and the user's own __eq__: the list is shown anew
        return False


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
    """A field of an item; an item that is no record is its only field."""
    return item.get(name) if is_mapping(item) else getattr(item, name, item)


def _cell(value: Any) -> Any:
    return value if value is None or isinstance(value, (str, int, float, bool)) else str(value)


def _item(names: list[str], row: list[Any], originals: list[Any], annotation: Any) -> Any:
    place = row[len(names)] if len(row) > len(names) else None
    original = originals[place] if isinstance(place, int) and place < len(originals) else None
    cells = dict(zip(names, row, strict=False))
    values = {name: cell for name, cell in cells.items() if original is None or cell != _cell(_part(original, name))}
    if original is None:
        return _new_item(names, cells, originals, annotation)
    if is_mapping(original):
        return {**original, **values}
    if hasattr(original, "_replace"):
        return original._replace(**values)
    if dataclasses.is_dataclass(original) and not isinstance(original, type):
        return dataclasses.replace(original, **values)
    return values.get(names[0], original)


def _new_item(names: list[str], cells: Mapping[str, Any], originals: list[Any], annotation: Any) -> Any:
    record = record_fields(annotation)
    if record is not None and record[0] == "attribute":
        try:
            return annotation(**cells)
        except TypeError:  # fields without a column and without a default
            return annotation(**{name: cells.get(name) for name in record[1]})
    return cells[names[0]] if len(names) == 1 and _is_single(originals, annotation) else dict(cells)


def _is_single(originals: list[Any], annotation: Any) -> bool:
    """Whether items are single values and no records, as far as that can be told."""
    if originals:
        return not is_mapping(originals[0])
    return annotation in (str, int, float, bool)
