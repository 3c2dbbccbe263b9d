"""What a page of ours never sends does no harm: the sheet still opens, and its pipeline runs."""

from __future__ import annotations

import itertools
import json
import logging
from typing import Annotated

import gradio as gr
from playwright.sync_api import expect

from daggr_fn import ItemList, approve, each, gather, node, pipeline
from daggr_fn.canvas.acts import ACTS
from tests.canvas.people import Canvas
from tests.server.wire import event_of, page_of, socket

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


def test_what_no_page_sends_does_no_harm(show, page, caplog):
    url = show(letters).url
    client, answer = page_of(url)
    acts = {"client_id": client, **event_of(answer.text, "act")}
    with socket(url, client) as own:
        own.until("40")
        for act, junk in itertools.product(sorted(ACTS.keys() - GO_ELSEWHERE), JUNK):
            for message in _messages(act, junk):
                own.asks("event", {**acts, "args": [json.dumps(message)]})
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
