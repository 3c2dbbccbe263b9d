"""The cards and wires as plain data, ready for JSON: what the page is drawn of."""

from __future__ import annotations

from typing import Literal, TypedDict

# fmt: off
Kind = Literal[
    "input", "space", "fn", "model", "choice", "backup", "when", "repeat", "group", "person", "pen", "list", "gather"
]
# fmt: on


End = tuple[str, str]
"""A card and the name of a port."""


class InPort(TypedDict):
    """A port that a card takes a value by.

    Attributes:
        list: Whether it takes a list.
        y: How far below the top of the card it is, in pixels; a guess where it depends on widgets.
    """

    name: str
    list: bool
    y: int


class OutPort(TypedDict):
    """A port that a card gives a value by.

    Attributes:
        list: Whether it gives a list; that of a mapped step does.
        shown: Whether the value is shown on the card.
        view: How it is expected to be shown: a name of `views/`.
        y: How far below the top of the card it is, in pixels; a guess where it depends on widgets.
    """

    name: str
    label: str
    list: bool
    shown: bool
    view: str
    y: int


class Link(TypedDict):
    """Where a person can read about a node."""

    text: str
    url: str


class Tab(TypedDict):
    """One of the steps that share a card: a variant of a choice, or a step and its backups.

    Attributes:
        name: The variant; of a backup the step's name.
        step: The step, when it is on this card; `None` when it has a card of its own, with a wire to this one.
        fields: The inputs that belong to it alone.
        ins: The names of the card's ports that it takes.
    """

    name: str
    step: str | None
    kind: Kind
    doc: str
    place: str
    link: Link | None
    fields: list[str]
    ins: list[str]


class Side(TypedDict):
    """A side of a condition: its port on the card, in words what its value is, and the steps that only it needs."""

    name: str
    label: str
    steps: list[str]


class Card(TypedDict):
    """One card.

    Attributes:
        id: The step's name; of a choice or a group its own.
        parent: The group that it is in.
        width: In pixels.
        height: In pixels, as far as it can be told before anything is drawn.
        steps: The steps whose state it shows: its own; all variants of a choice; all steps of a group.
        fields: The inputs whose widgets are on it.
        drawn: The arguments that a source draws anew.
        choice: The name under which a variant is picked, on the card of a choice.
        picked: The variant that is taken when nobody picks.
    """

    id: str
    kind: Kind
    name: str
    doc: str
    parent: str | None
    width: int
    height: int
    ins: list[InPort]
    outs: list[OutPort]
    steps: list[str]
    fields: list[str]
    drawn: list[str]
    mapped: bool
    link: Link | None
    place: str
    runnable: bool
    slots: list[str]
    choice: str | None
    picked: str | None
    choices: list[Tab]
    sides: list[Side]


# `from` is no name in Python, so this one is made by a call.
Wire = TypedDict("Wire", {"id": str, "from": "End", "to": "End", "each": bool, "thin": bool, "of": "End"})
"""A wire between two ports, each a card and a port's name.

`each`: a value travels once per item. `thin`: an order or a condition, no value; it goes from head to head where a
port is named `""`. `of`: the card and port that its value comes from, which is another one than `from` where a group's
own port lies between.
"""


class Result(TypedDict):
    """An output of the pipeline, for the app: its name, the card and port that it is the value of, how it is shown."""

    name: str
    label: str
    card: str | None
    port: str
    view: str
    list: bool


class Description(TypedDict):
    """All that the page draws before anything has run."""

    cards: list[Card]
    wires: list[Wire]
    outputs: list[Result]


def blank(card_id: str, kind: Kind, name: str, parent: str | None) -> Card:
    """A card with nothing on it."""
    return {
        "id": card_id,
        "kind": kind,
        "name": name,
        "doc": "",
        "parent": parent,
        "width": 240,
        "height": 0,
        "ins": [],
        "outs": [],
        "steps": [],
        "fields": [],
        "drawn": [],
        "mapped": False,
        "link": None,
        "place": "",
        "runnable": False,
        "slots": [],
        "choice": None,
        "picked": None,
        "choices": [],
        "sides": [],
    }
