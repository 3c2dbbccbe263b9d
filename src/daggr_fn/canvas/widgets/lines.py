"""Widgets for values that are lines, each of two parts: a chat, a dialogue, a text with marked parts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

from daggr_fn.canvas.views.context import is_a
from daggr_fn.canvas.widgets.editing import EditedRows, Row, RowsElement
from daggr_fn.canvas.widgets.field import Field, Widget
from daggr_fn.values import is_mapping

_ROLES = ("user", "assistant", "system")


def chat(what: Field) -> Widget:
    """The messages of a chat, each with who says it."""
    columns = [_pick("role", "Who", _ROLES), _text("content", "Message")]
    return _lines(what, columns, _mapping_row("role", "content"), _as_mapping("role", "content"), word="message")


def dialogue(what: Field) -> Widget:
    """The lines of a dialogue, each with its speaker."""
    speakers = [str(one) for one in what.of("speakers") or ()]
    who = _pick("speaker", "Speaker", speakers) if speakers else _text("speaker", "Speaker")
    columns = [who, _text("text", "Text")]
    return _lines(what, columns, _mapping_row("speaker", "text"), _as_mapping("speaker", "text"), word="line")


def highlighted(what: Field) -> Widget:
    """The parts of a text, each with its label."""

    def row(line: Any) -> Row:
        text, label = (line.get("token"), line.get("class_or_confidence")) if is_mapping(line) else line
        return [text, label, None]

    def pair(cells: Row, _line: Any) -> Any:
        return cells[0], cells[1] if cells[1] != "" else None

    return _lines(what, [_text("text", "Text"), _text("label", "Label")], row, pair, word="part")


def _lines(
    what: Field,
    columns: list[dict[str, Any]],
    to_row: Callable[[Any], Row],
    to_line: Callable[[Row, Any], Any],
    *,
    word: str,
) -> Widget:
    """A table of lines. A line whose cells stay as they were stays as it was, with all that it has besides."""
    element = RowsElement()
    element._props.update(label=what.label, word=word)
    lines = _listed(what.value)

    def rows_of(found: list[Any]) -> list[Row]:
        return [[*to_row(line)[:2], place] for place, line in enumerate(found)]

    def value() -> list[Any]:
        found: list[Any] = []
        for row in table.rows:
            line = lines[row[2]] if len(row) > 2 else None
            found.append(line if line is not None and to_row(line)[:2] == row[:2] else to_line(row, line))
        return found

    table = EditedRows(element, columns, rows_of(lines), lambda: what.change(value()))

    def show(new: Any) -> None:
        nonlocal lines
        if _listed(new) != value():
            lines = _listed(new)
            table.show(columns, rows_of(lines))

    return Widget(element, show, value)


def _listed(value: Any) -> list[Any]:
    return list(value) if is_a(value, (list, tuple)) else []


def _mapping_row(first: str, second: str) -> Callable[[Any], Row]:
    def row(line: Any) -> Row:
        told = _parts(line)
        content: Any = told.get(second)
        return [told.get(first), content if isinstance(content, str) or content is None else str(content), None]

    return row


def _parts(line: Any) -> Any:
    return line if is_a(line, Mapping) else cast("Any", vars(line))


def _as_mapping(first: str, second: str) -> Callable[[Row, Any], Any]:
    def line(cells: Row, old: Any) -> Any:
        known: Any = old if is_mapping(old) else {}
        return {**known, first: cells[0], second: cells[1]}

    return line


def _text(name: str, label: str) -> dict[str, Any]:
    return {"name": name, "label": label, "type": "text", "fixed": False}


def _pick(name: str, label: str, values: Any) -> dict[str, Any]:
    return {"name": name, "label": label, "type": "pick", "choices": [[one, one] for one in values], "fixed": False}
