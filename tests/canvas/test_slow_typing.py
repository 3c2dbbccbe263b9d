"""What is typed with pauses: it comes back from the server as a value, and the text stays as it is typed."""

from __future__ import annotations

import datetime  # the pipeline reads its annotations
from typing import Annotated, Any

import gradio as gr
import pytest
from playwright.sync_api import expect

from daggr_fn import node, pipeline
from tests.canvas.widget_pages import Got, open_app, run, shown


def page_of_fields(got):
    @node
    def take(width: int, data: Any, day: Any) -> str:
        return got(width=width, data=data, day=day)

    @pipeline(name="Fields")
    def fields(
        width: Annotated[int, gr.Slider(256, 1024, step=8, label="Width")] = 512,
        data: Annotated[dict, gr.JSON(label="Data")] = {"a": 1},  # noqa: B006  # a fixed default
        day: datetime.date | None = None,
        ticks: int = 0,
    ):
        return take(width=width, data=data, day=day)

    return fields


class Fields:
    """The page on which somebody types, and another one of the same sheet."""

    def __init__(self, page, other):
        self.page, self.other = page, other
        self._ticks = 0

    def field(self, label):
        return self.page.get_by_label(label, exact=True)

    def pause(self, label, value):
        """Wait until the server knows what was typed so far, and its answer has come back."""
        expect(self.other.get_by_label(label, exact=True)).to_have_value(value)
        self._ticks += 1
        self.other.get_by_label("Ticks", exact=True).fill(str(self._ticks))
        expect(self.field("Ticks")).to_have_value(str(self._ticks))  # which was told after that


@pytest.fixture
def got():
    return Got()


@pytest.fixture
def fields(page, context, got):
    with shown(page, page_of_fields(got)) as url:
        other = context.new_page()
        open_app(page, url)
        open_app(other, url)
        yield Fields(page, other)


def test_the_number_of_a_slider_is_typed_digit_by_digit(fields, got):
    width = fields.field("Width, as a number")
    width.fill("5")
    fields.pause("Width, as a number", "256")
    expect(width).to_have_value("5")
    width.press_sequentially("12")
    fields.pause("Width, as a number", "512")
    expect(width).to_have_value("512")
    width.fill("2000")
    width.blur()
    expect(width).to_have_value("1024")
    run(fields.page)
    assert got.wait()["width"] == 1024


def test_a_new_line_in_json_stays_below_the_cursor(fields, got):
    data = fields.field("Data")
    data.fill('{"b": 1}')
    fields.pause("Data", '{\n  "b": 1\n}')
    expect(data).to_have_value('{"b": 1}')
    data.press("ArrowLeft")
    data.press("Enter")
    fields.pause("Data", '{\n  "b": 1\n}')
    data.press_sequentially(', "c": 2')
    fields.pause("Data", '{\n  "b": 1,\n  "c": 2\n}')
    expect(data).to_have_value('{"b": 1\n, "c": 2}')
    run(fields.page)
    assert got.wait()["data"] == {"b": 1, "c": 2}


def test_a_year_is_typed_digit_by_digit(fields, got):
    day = fields.field("Day")
    day.press_sequentially("05012")
    fields.pause("Day", "0002-05-01")
    expect(day).to_have_value("0002-05-01")
    fields.page.keyboard.type("024")
    fields.pause("Day", "2024-05-01")
    expect(day).to_have_value("2024-05-01")
    run(fields.page)
    assert got.wait()["day"].isoformat() == "2024-05-01"
