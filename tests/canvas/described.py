"""Nodes, and what tests ask of the description of a pipeline made of them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, NamedTuple, TypedDict

import gradio as gr

from daggr_fn import (
    node,
)
from daggr_fn.canvas.cards import describe
from daggr_fn.canvas.layout import Arrangement


class Line(TypedDict):
    text: str
    voice: str


class Script(NamedTuple):
    lines: Annotated[list[Line], None]
    html: Annotated[str, gr.HTML(label="Script")]


@dataclass
class Style:
    name: str
    seed: int = 0
    mood: Annotated[str, gr.Textbox(label="Mood", lines=4)] = ""


@node
def write(topic: str, style: str = "") -> Script:
    """A script."""


@node
def speak(text: str, voice: str = "") -> Annotated[Path, gr.Audio(label="Sample")]: ...


@node
def whisper(text: str, speed: float = 1.0) -> Path: ...


@node
def shout(text: str) -> str: ...


@node
def is_long(text: str) -> bool: ...


@node
def sort_of(text: str) -> str: ...


@node
def join(clips: list[Path]) -> Annotated[Path, gr.Audio(label="Full podcast")]: ...


@node
def several(texts: list[str]) -> str: ...


@node
def whatever(x: Any) -> Any: ...


def drawn(p: Any) -> Any:
    described = describe(p.dag)
    assert_whole(described)
    return described


def assert_whole(described) -> None:
    """Ids are unique, every wire is between two ports that there are, and all of it is JSON and can be laid out."""
    json.dumps(described)
    cards = {card["id"]: card for card in described["cards"]}
    assert len(cards) == len(described["cards"])
    assert len({wire["id"] for wire in described["wires"]}) == len(described["wires"])
    for wire in described["wires"]:
        for (name, port), usual, inside in ((wire["from"], "outs", "ins"), (wire["to"], "ins", "outs")):
            card = cards[name]
            names = {one["name"] for one in [*card[usual], *(card[inside] if card["kind"] == "group" else ())]}
            assert port in names or (port == "" and wire["thin"]), wire
        assert wire["of"][0] in cards
    for output in described["outputs"]:
        assert output["card"] is None or output["card"] in cards
    fields = [name for card in cards.values() if card["kind"] != "group" for name in card["fields"]]
    assert len(fields) == len(set(fields)), "an input has one place"
    layout = Arrangement(described["cards"], described["wires"]).place()
    assert {*layout.cards, *layout.frames} == set(cards)


def card(described, name) -> Any:
    return next(one for one in described["cards"] if one["id"] == name)


def names(described) -> list[str]:
    return [one["id"] for one in described["cards"]]


def ports(described, name, side="ins") -> list[str]:
    return [one["name"] for one in card(described, name)[side]]


def wires(described) -> list[str]:
    return [("~" if one["thin"] else "") + one["id"] + (" each" if one["each"] else "") for one in described["wires"]]
