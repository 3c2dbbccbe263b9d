"""The levels of a canvas: the canvas itself and the inside of each unfolded group, each with its parts in columns."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from daggr_fn.canvas.layout.columns import parts_of
from daggr_fn.canvas.layout.part import Link, Node, Part

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from daggr_fn.canvas.cards import Card, Wire


@dataclass
class Level:
    """The cards and groups of one level: of the canvas (`""`) or inside a group."""

    group: str
    members: list[str] = field(default_factory=list[str])
    wires: list[Wire] = field(default_factory=list["Wire"])
    parts: list[Part] = field(default_factory=list[Part])


def levels_of(cards: Mapping[str, Card], wires: Sequence[Wire], unfolded: Collection[str]) -> dict[str, Level]:
    """The levels by their groups, each after the one around it, with everything in columns and in order.

    Args:
        cards: The cards by id.
        wires: The wires between them.
        unfolded: The groups that are frames; what is in others is in no level.
    """
    levels = _sorted_out(cards, wires, unfolded)
    for level in reversed(levels.values()):
        _arrange(level, levels, cards)
    return levels


def _sorted_out(cards: Mapping[str, Card], wires: Sequence[Wire], unfolded: Collection[str]) -> dict[str, Level]:
    members: dict[str, list[str]] = {}
    for card in cards.values():
        members.setdefault(card["parent"] or "", []).append(card["id"])
    levels = {"": Level("", members.get("", []))}
    todo = [""]
    while todo:
        for name in levels[todo.pop(0)].members:
            if name in unfolded:
                levels[name] = Level(name, members.get(name, []))
                todo.append(name)
    level_of = {name: level.group for level in levels.values() for name in level.members}
    for wire in wires:
        (start, _), (end, _) = wire["from"], wire["to"]
        if start in level_of and end in level_of:
            inside = start if level_of[end] == start else end if level_of[start] == end else level_of[start]
            levels[inside].wires.append(wire)
    return levels


def _arrange(level: Level, levels: Mapping[str, Level], cards: Mapping[str, Card]) -> None:
    nodes = [_node(cards[name], levels.get(name)) for name in level.members]
    numbers = {name: number for number, name in enumerate(level.members)}
    ins: dict[str, int] = {}
    outs: dict[str, int] = {}
    if level.group:
        for port in cards[level.group]["ins"]:
            ins[port["name"]] = len(nodes)
            nodes.append(Node(port["name"], "in"))
        for port in cards[level.group]["outs"]:
            outs[port["name"]] = len(nodes)
            nodes.append(Node(port["name"], "out"))
    links: list[Link] = []
    for wire in level.wires:
        (start, out), (end, into) = wire["from"], wire["to"]
        first, out = (ins[out], "") if start == level.group else (numbers[start], out)
        last, into = (outs[into], "") if end == level.group else (numbers[end], into)
        links.append(Link(wire["id"], first, out, last, into))
    level.parts = _split(nodes, links, whole=bool(ins or outs))


def _node(card: Card, inside: Level | None) -> Node:
    """A card for the level that it is in; a frame's ports are in the order that its inside gave them."""
    if inside is None:
        ins, outs = [port["name"] for port in card["ins"]], [port["name"] for port in card["outs"]]
    else:
        ordered = [part.nodes[number] for part in inside.parts for column in part.columns for number in column]
        ins, outs = ([node.name for node in ordered if node.sort == sort] for sort in ("in", "out"))
    return Node(card["id"], "card", ins=_ranks(ins), outs=_ranks(outs))


def _ranks(ports: Sequence[str]) -> dict[str, float]:
    return {name: (number + 0.5) / len(ports) for number, name in enumerate(ports)}


def _split(nodes: Sequence[Node], links: Sequence[Link], *, whole: bool) -> list[Part]:
    """The connected parts of a level; the inside of a group with ports is one, as all of it is between these."""
    if not nodes:
        return []
    pairs = [(link.start, link.end) for link in links]
    groups = [list(range(len(nodes)))] if whole else parts_of(len(nodes), pairs)
    part_of = {node: number for number, group in enumerate(groups) for node in group}
    links_of: list[list[Link]] = [[] for _ in groups]
    for link in links:
        links_of[part_of[link.start]].append(link)
    parts: list[Part] = []
    for group, own in zip(groups, links_of, strict=True):
        at = {node: number for number, node in enumerate(group)}
        moved = [link._replace(start=at[link.start], end=at[link.end]) for link in own]
        parts.append(Part([nodes[node] for node in group], moved))
    return parts
