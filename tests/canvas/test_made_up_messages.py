"""What a page of ours never sends does no harm: the sheet still opens, and its pipeline runs."""

from __future__ import annotations

import itertools
import json
import logging
import re
from typing import Annotated

import gradio as gr
from playwright.sync_api import expect

from daggr_fn import ItemList, approve, each, gather, node, pipeline
from daggr_fn.canvas.acts import ACTS
from tests.canvas.people import Canvas
from tests.server.wire import page_of, socket

GO_ELSEWHERE = {"delete_sheet", "new_sheet", "duplicate_sheet", "open_sheet"}
JUNK = [None, -1, 1e308, "\x00", [[]], {"a": {}}, [1e308, -1e308, 1e-308], ["a", "b", "c"], [1, 2], [-5, -5, {"x": []}]]
WORDS = (
    "by", "card", "cards", "choice", "displaced", "edits", "folded", "group", "how", "index", "name", "number", "place",
    "places", "sheet", "shown", "sizes", "slots", "step", "value", "variant", "view", "what",
)  # fmt: skip


@node
def write(topic: str) -> Annotated[list[dict], ItemList(text=gr.Textbox(label="Text"))]:
    return [{"text": topic}, {"text": "more"}]


@node
def upper(text: str) -> str:
    return text.upper()


@pipeline
def each_line(lines: list[dict]):
    return gather(upper(each(lines)["text"]))


@pipeline
def letters(topic: str = "hi"):
    lines = write(topic)
    return each_line(lines), approve(lines)


def _act_of(html):
    """The element of the canvas, and its listener."""
    text = re.search(r"String\.raw`(.*?)`", html, re.DOTALL)[1]
    for old, new in (("&amp;", "&"), ("&lt;", "<"), ("&gt;", ">"), ("&#96;", "`"), ("&#36;", "$")):
        text = text.replace(old, new)
    return next(
        (int(number), event["listener_id"])
        for number, element in json.loads(text).items()
        for event in element.get("events", [])
        if event["type"] == "act"
    )


def test_what_no_page_sends_does_no_harm(show, page, caplog):
    url = show(letters).url
    client, answer = page_of(url)
    number, listener = _act_of(answer.text)
    with socket(url, client) as own:
        own.until("40")
        for act, junk in itertools.product(sorted(ACTS.keys() - GO_ELSEWHERE), JUNK):
            for message in _messages(act, junk):
                event = {"client_id": client, "id": number, "listener_id": listener, "args": [json.dumps(message)]}
                own.asks("event", event)
    c = Canvas(page, url).open()
    expect(c.card("each_line/upper")).to_be_visible()
    c.run_all()
    c.says("each_line/upper", "Done")
    assert [record.message for record in caplog.records if record.levelno >= logging.ERROR] == []


def _messages(act, junk):
    """An act of nothing that there is, and one of a step that there is."""
    yield {"do": act, **dict.fromkeys(WORDS, junk)}
    of_cards = {name: {"write": junk} for name in ("places", "sizes")}
    known = {"step": "write", "group": "each_line", "folded": False, "how": "to", "choice": "write", "what": "plan"}
    yield {"do": act, **dict.fromkeys(WORDS, junk), **of_cards, **known}
