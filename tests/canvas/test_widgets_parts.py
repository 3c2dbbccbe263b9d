"""What widgets are made of, without a page: dates, files of a value, items of a list, parts of a record."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, NamedTuple, TypedDict
from zoneinfo import ZoneInfo

import gradio as gr
import PIL.Image
import pytest

from daggr_fn import ItemList, node, pipeline
from daggr_fn.canvas.fields import drawn_default, input_fields, lacking, part_of, with_part
from daggr_fn.canvas.widgets.dates import moment
from daggr_fn.canvas.widgets.editing import typed
from daggr_fn.canvas.widgets.held import held_files
from daggr_fn.components import component_for
from daggr_fn.kinds import MISSING


def test_a_moment_is_read_of_all_its_forms():
    zone = ZoneInfo("Europe/Berlin")
    assert moment("2024-05-06T07:08:09") == datetime.datetime(2024, 5, 6, 7, 8, 9)  # noqa: DTZ001
    assert moment("2024-05-06 07:08:09", zone) == datetime.datetime(2024, 5, 6, 7, 8, 9, tzinfo=zone)
    assert moment(datetime.date(2024, 5, 6)) == datetime.datetime(2024, 5, 6)  # noqa: DTZ001
    assert moment(0.0, zone).isoformat() == "1970-01-01T01:00:00+01:00"
    now = datetime.datetime.now(zone)
    assert abs(now - datetime.timedelta(hours=2) - moment("now - 2h", zone)) < datetime.timedelta(hours=1)
    assert [moment(odd) for odd in (None, "", "soon", "now - x", True)] == [None] * 5


def test_the_files_of_a_value_are_found_in_all_its_forms(tmp_path):
    path = tmp_path / "a.png"
    PIL.Image.new("RGB", (9, 9)).save(path)
    assert held_files(path) == held_files(str(path)) == held_files({"path": str(path)}) == [path]
    assert held_files([(path, "caption"), path, {"image": {"path": str(path)}}]) == [path] * 3
    assert held_files((path, path)) == [path, path]
    assert held_files(None) == held_files("") == held_files([]) == []
    assert held_files(PIL.Image.new("RGB", (9, 9)))[0].suffix == ".png"


@pytest.mark.parametrize(
    ("annotation", "name"),
    [
        (Path | None, "File"), (list[Path], "File"), (list[PIL.Image.Image], "Gallery"), (Path | int, "File"),
        (datetime.datetime | None, "DateTime"), (datetime.date, "DateTime"), (bool | None, "Checkbox"),
        (int | float, "Textbox"), (list[int], "JSON"), (Any, "Textbox"),
    ],
)  # fmt: skip
def test_what_may_name_a_file_is_never_typed(annotation, name):
    assert type(component_for(annotation)).__name__ == name


@dataclass
class Size:
    width: int
    height: int = 3


class Pair(NamedTuple):
    first: str
    second: str = "b"


class Keys(TypedDict):
    one: int


@node
def take(**values: Any) -> str:
    return str(values)


@pipeline
def records(size: Size, pair: Pair, keys: Keys, plain: str):
    return take(size=size, pair=pair, keys=keys, plain=plain)


def test_a_record_is_whole_once_each_part_without_a_default_has_a_value():
    fields = input_fields(records.dag)
    assert list(fields) == ["size.width", "size.height", "pair.first", "pair.second", "keys.one", "plain"]
    width, height = fields["size.width"], fields["size.height"]
    assert (part_of(width, MISSING), part_of(height, MISSING)) == (MISSING, 3)
    assert lacking([width, height], MISSING) == ["size.width"]
    partly = with_part(height, MISSING, 4)
    assert partly == {"height": 4}
    assert lacking([width, height], partly) == ["size.width"]
    assert with_part(width, partly, 5) == Size(5, 4)
    assert with_part(height, Size(5, 4), 6) == Size(5, 6)
    assert with_part(fields["pair.first"], MISSING, "a") == Pair("a", "b")
    assert with_part(fields["keys.one"], MISSING, 1) == {"one": 1}
    assert with_part(fields["plain"], MISSING, "x") == "x"


def test_what_a_component_draws_is_drawn_for_each_sheet():
    @pipeline
    def drawn(luck: Annotated[float, gr.Slider(0, 1, randomize=True)], plain: Annotated[float, gr.Slider(0, 1)] = 0.5):
        return take(luck=luck, plain=plain)

    fields = input_fields(drawn.dag)
    assert 0 <= drawn_default(fields["luck"]) <= 1
    assert drawn_default(fields["plain"]) is MISSING


def test_a_cell_has_the_type_of_its_column():
    assert [typed("number", value) for value in (1, 2.5, "x", None, True)] == [1, 2.5, None, None, None]
    assert typed("bool", 1) is True
    assert typed("text", "a") == "a"


class Line(NamedTuple):
    text: str
    hidden: int = 7


def edited(items, annotation, value, *told):
    """A list after what a page told of it."""
    from nicegui import ui

    from daggr_fn.canvas.widgets.items import ItemsEditor

    found = []
    with ui.element():
        tell = {"change": found.append, "refused": found.append, "undo": list}
        editor = ItemsEditor(items, annotation, value, label="x", edited=False, **tell)
    for name, args in told:
        hear = {"cell": editor._table._cell, "add": editor._table._add, "remove": editor._table._remove}[name]
        editor._table._hear(hear, args)
    return found[-1] if found else value


@pytest.fixture
def elements():
    """A place for elements that no page shows."""
    from nicegui import Client, ui

    with Client(ui.page("/elements"), request=None):
        yield


@pytest.mark.usefixtures("elements")
def test_fields_of_an_item_without_a_column_stay():
    items = ItemList(text=gr.Textbox())
    cell = ("cell", {"row": 1, "column": 0, "value": "new"})
    lines = [Line("a", 1), Line("b", 2)]
    assert edited(items, Line, lines, cell) == [Line("a", 1), Line("new", 2)]
    assert edited(items, Line, lines, ("remove", {"row": 0}), ("add", {})) == [Line("b", 2), Line("", 7)]
    rows = [{"text": "a", "more": 1}, {"text": "b", "more": [2]}]
    assert edited(items, dict, rows, cell) == [rows[0], {"text": "new", "more": [2]}]
    assert edited(items, dict, rows, ("add", {}))[2] == {"text": ""}
    assert edited(items, str, ["a", "b"], cell, ("add", {})) == ["a", "new", ""]
    assert edited(items, Size, [Size(1, 2)]) == [Size(1, 2)]


@pytest.mark.usefixtures("elements")
@pytest.mark.parametrize(
    "odd",
    [
        ("cell", {"row": 9, "column": 0, "value": ""}),
        ("cell", {"row": "0", "column": 0}),
        ("remove", {"row": -1}),
        ("cell", 3),
    ],
)
def test_an_odd_message_of_a_page_changes_nothing(odd):
    assert edited(ItemList(text=gr.Textbox()), str, ["a"], odd) == ["a"]
