"""Tables: of pandas, polars and Gradio, lists of rows, lists of records. The first rows are sent, others by pages."""

from __future__ import annotations

import csv
import io
import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from daggr_fn.canvas.views.context import ROW_LIMIT, Context, Unfit, ViewModel, is_a
from daggr_fn.canvas.views.safe import TIMES, clean, count_words, scalar, words
from daggr_fn.values import class_of, is_mapping, is_sequence

if TYPE_CHECKING:
    from collections.abc import Callable

PAGE_ROWS = 1_000
_MOST_PAGES = 100
_MOST_COLUMNS = 200
_MOST_IN_CELL = 500


@dataclass(frozen=True)
class Table:
    """Any table: its columns, how many rows it has, and the rows of a stretch of it."""

    columns: list[str]
    count: int
    rows: Callable[[int, int], list[list[Any]]]
    index: str | None = None  # the name of the first column where that only numbers or names the rows


def table(value: Any, ctx: Context) -> ViewModel:
    """A table, whatever made it."""
    found = table_of(value, ctx.option("headers"))
    rows = found.rows(0, ROW_LIMIT)
    vm: ViewModel = {
        "view": "table",
        "columns": _columns(found, rows, ctx),
        "rows": [[cell(one) for one in row[:_MOST_COLUMNS]] for row in rows],
        "count": found.count,
        "note": f"{count_words(found.count)} {TIMES} {len(found.columns) - (found.index is not None)}",
        "csv": ctx.links.text(lambda: csv_text(found), ctx.file_name(".csv"), "text/csv"),
    }
    if found.index is not None:
        vm["index"] = True
    if found.count > ROW_LIMIT:
        vm["pages"] = [
            ctx.links.text(_page(found, number), f"rows-{number}.json", "application/json")
            for number in range(_pages(found))
        ]
        vm["page_rows"] = PAGE_ROWS
    return vm


def _pages(found: Table) -> int:
    return min(_MOST_PAGES, math.ceil(found.count / PAGE_ROWS))


def _page(found: Table, number: int) -> Callable[[], str]:
    def make() -> str:
        rows = found.rows(number * PAGE_ROWS, (number + 1) * PAGE_ROWS)
        return json.dumps([[cell(one) for one in row[:_MOST_COLUMNS]] for row in rows])

    return make


def csv_text(found: Table) -> str:
    """The whole table as CSV."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(found.columns)
    for start in range(0, found.count, PAGE_ROWS):
        writer.writerows(found.rows(start, start + PAGE_ROWS))
    return out.getvalue()


def cell(value: Any) -> Any:
    """A cell: text, a number, true or false, or nothing."""
    node = scalar(value) if not is_a(value, (list, tuple, dict)) else {"t": words(value, _MOST_IN_CELL)}
    if is_a(node, dict):
        node = None if node["t"] == "NaN" else node["t"]
    return node if not isinstance(node, str) or len(node) <= _MOST_IN_CELL else node[: _MOST_IN_CELL - 1] + "…"


def _columns(found: Table, rows: list[list[Any]], ctx: Context) -> list[ViewModel]:
    kinds = ctx.option("datatype", "auto")
    columns: list[ViewModel] = []
    for number, name in enumerate(found.columns[:_MOST_COLUMNS]):
        kind = kinds[number] if is_sequence(kinds) and number < len(kinds) else "auto"
        numbers = kind == "number" or _all_numbers([row[number] for row in rows if number < len(row)])
        columns.append({"name": clean(words(name, 120)), **({"right": True} if numbers else {})})
    return columns


def _all_numbers(cells: list[Any]) -> bool:
    shown = [one for one in map(cell, cells) if one is not None]
    return bool(shown) and all(isinstance(one, (int, float)) and not isinstance(one, bool) for one in shown)


def table_of(value: Any, headers: Any = None) -> Table:
    """A value as a table.

    Raises:
        Unfit: It is none.
    """
    library, name = class_of(value).__module__.partition(".")[0], class_of(value).__name__
    if library == "pandas" and name == "Styler":
        return table_of(value.data, headers)
    if library == "pandas":
        return _of_pandas(value.to_frame() if name == "Series" else value)
    if library == "polars":
        frame = value.to_frame() if name == "Series" else value
        return Table(
            [str(one) for one in frame.columns],
            len(frame),
            lambda a, b: [list(row) for row in frame.slice(a, b - a).rows()],
        )
    if library == "numpy" and getattr(value, "ndim", 0) in (1, 2):
        return _of_rows(value if value.ndim == 2 else value.reshape(-1, 1), headers)
    if is_mapping(value):
        return _of_mapping(value)
    if is_sequence(value):
        return _of_list(value, headers)
    raise Unfit


def _of_pandas(frame: Any) -> Table:
    plain = class_of(frame.index).__name__ == "RangeIndex"
    columns = [str(one) if not is_a(one, tuple) else " / ".join(map(str, one)) for one in frame.columns]
    named = columns if plain else [str(frame.index.name or ""), *columns]

    def rows(start: int, stop: int) -> list[list[Any]]:
        return [list(row) for row in frame.iloc[start:stop].itertuples(index=not plain, name=None)]

    return Table(named, len(frame), rows, None if plain else named[0])


def _of_mapping(value: Any) -> Table:
    """Gradio's `{"headers", "data"}`, pandas' split form, or columns by name."""
    data = value.get("data")
    if is_sequence(data) and all(map(is_sequence, data)):
        return _of_rows(data, value.get("headers") or value.get("columns"))
    columns = list(value)
    if not columns or not all(is_sequence(value[one]) for one in columns):
        raise Unfit
    lengths = [len(value[one]) for one in columns]
    if len(set(lengths)) != 1:
        raise Unfit
    return Table(
        [str(one) for one in columns],
        lengths[0],
        lambda a, b: [list(row) for row in zip(*(value[one][a:b] for one in columns), strict=True)],
    )


def _of_list(value: Any, headers: Any) -> Table:
    if value and all(map(is_mapping, value)):
        columns = list(dict.fromkeys(str(key) for row in value[:PAGE_ROWS] for key in row))
        return Table(columns, len(value), lambda a, b: [[row.get(one) for one in columns] for row in value[a:b]])
    if value and all(hasattr(row, "_fields") for row in value):
        return _of_rows(value, value[0]._fields)
    if all(map(is_sequence, value)):
        return _of_rows(value, headers)
    return _of_rows([[one] for one in value], headers)


def _of_rows(rows: Any, headers: Any) -> Table:
    count = len(rows)
    names: list[Any] = list(headers or [])
    width = max((len(row) for row in rows[:PAGE_ROWS]), default=len(names))
    given = [str(one) for one in names][:width]
    columns = given + [str(number + 1) for number in range(len(given), width)]
    return Table(columns, count, lambda a, b: [[*row, *[None] * (width - len(row))] for row in rows[a:b]])


def same_records(value: Any) -> bool:
    """Whether a list holds dicts with the same few keys and no lists or dicts in them: it reads best as a table."""
    if not is_sequence(value) or len(value) < 2 or not all(is_mapping(row) for row in value):
        return False
    first = list(value[0])
    plain = (str, int, float, bool, type(None))
    return 0 < len(first) <= 12 and all(
        list(row) == first and all(isinstance(one, plain) for one in row.values()) for row in value[:ROW_LIMIT]
    )


def item_list(value: Any, ctx: Context) -> ViewModel:
    """A list that people can edit: a column for each field, with the label of the field's component."""
    fields: dict[str, Any] = ctx.option("fields", {})
    found = table_of(value)
    vm = table(value, ctx)
    for column, name in zip(vm["columns"], found.columns, strict=False):
        label = getattr(fields.get(name), "label", None)
        if label:
            column["name"] = clean(words(str(label), 120))
    return vm
