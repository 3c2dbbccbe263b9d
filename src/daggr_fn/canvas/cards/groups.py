"""Groups: a card with ports of its own, on which the wires that cross its edge are cut in two.

An unfolded group is a frame around its cards, and a folded one a card: in both a wire from outside ends at the group's
port, and another goes on inside. So folding hides cards and the wires between hidden cards, and changes nothing else.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, NamedTuple

from daggr_fn.canvas.cards.parts import port_label
from daggr_fn.canvas.cards.shapes import blank
from daggr_fn.canvas.cards.sizes import height_of, placed, width_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from daggr_fn.canvas.cards.shapes import Card, End, OutPort, Wire
    from daggr_fn.canvas.cards.sources import Sources
    from daggr_fn.expressions import Expression
    from daggr_fn.graph import Graph, StepGroup


class Path(NamedTuple):
    """A wire before it is cut: from port to port, whatever lies between."""

    start: End
    end: End
    each: bool
    thin: bool = False


class Groups:
    """The groups' own ports, found as wires are cut at their edges.

    Args:
        graph: The graph.
        sources: Where values come from.
    """

    def __init__(self, graph: Graph, sources: Sources) -> None:
        self.parents: dict[str, str | None] = {}
        self._arguments = {name: _ends(group.arguments, sources) for name, group in graph.groups.items()}
        self._results = {name: _ends(group.outputs, sources) for name, group in graph.groups.items()}
        self.ins: dict[str, dict[End, str]] = {name: {} for name in graph.groups}
        self.outs: dict[str, dict[End, str]] = {name: {} for name in graph.groups}

    def argument_paths(self) -> Iterator[Path]:
        """The ways from what a group was given to its ports, used inside or not."""
        with_cards = {group for card in self.parents for group in self.around(card)}
        for group, arguments in self._arguments.items():
            for end, (_, each) in arguments.items():
                # A component that the group was given is on a card inside of it.
                if group in with_cards and group not in self.around(end[0]):
                    yield Path(end, (group, self.in_port(group, end)), each)

    def cut(self, paths: Iterable[Path]) -> list[Wire]:
        """The wires of which ways consist, each once."""
        found: dict[str, Wire] = {}
        for path in paths:
            ends = [path.start, *self._crossed(path), path.end]
            for start, end in itertools.pairwise(ends):
                name = f"{_words(start)} > {_words(end)}"
                found.setdefault(name, _wire(name, start, end, path))
        return list(found.values())

    def _crossed(self, path: Path) -> list[End]:
        """The ports of groups that a way crosses, in order; where nothing names one, it is called as the one before."""
        out_of, into = self.around(path.start[0]), self.around(path.end[0])
        common = {*out_of} & {*into, path.end[0]}
        inside = {*out_of, path.start[0]}
        crossed: list[End] = []
        for group in out_of:
            if group not in common:
                crossed.append((group, self.out_port(group, path.start, crossed)))
        for group in reversed(into):
            if group not in inside:
                crossed.append((group, self.in_port(group, path.start, crossed)))
        return crossed

    def path_out(self, start: End, *, each: bool) -> Path | None:
        """The way of what is returned to the edge of the outermost group that it is in; `None` when it is in none."""
        crossed: list[End] = []
        for group in self.around(start[0]):
            crossed.append((group, self.out_port(group, start, crossed)))
        return Path(start, crossed[-1], each) if crossed else None

    def around(self, card: str) -> list[str]:
        """The groups around a card, the innermost first."""
        found: list[str] = []
        parent = self.parents.get(card)
        while parent is not None:
            found.append(parent)
            parent = self.parents.get(parent)
        return found

    def in_port(self, group: str, start: End, crossed: Sequence[End] = ()) -> str:
        """The port by which a value gets into a group, after it has crossed others."""
        return _port(self.ins[group], start, self._arguments[group], crossed)

    def out_port(self, group: str, start: End, crossed: Sequence[End] = ()) -> str:
        """The port by which a value gets out of a group, after it has crossed others."""
        return _port(self.outs[group], start, self._results[group], crossed)


def _ends(named: Mapping[str, Expression], sources: Sources) -> dict[End, tuple[str, bool]]:
    """The ports that arguments or results are made of, with their names, and whether they come once per item."""
    found: dict[End, tuple[str, bool]] = {}
    for name, expression in named.items():
        for one in sources.of(expression):
            found.setdefault((one.card, one.port), (name, one.each))
    return found


def _port(ports: dict[End, str], start: End, names: Mapping[End, tuple[str, bool]], crossed: Sequence[End]) -> str:
    """The port that a value passes: called as the pipeline calls it, else as the port that it comes from."""
    if start not in ports:
        card, port = crossed[-1] if crossed else start
        plain = port if port not in {"", "output"} else card.rpartition("/")[2]
        wanted = names[start][0] if start in names else plain
        number, name = 1, wanted
        while name in ports.values():
            number += 1
            name = f"{wanted}_{number}"
        ports[start] = name
    return ports[start]


def _wire(name: str, start: End, end: End, path: Path) -> Wire:
    return {"id": name, "from": start, "to": end, "each": path.each, "thin": path.thin, "of": path.start}


def _words(end: End) -> str:
    return f"{end[0]}.{end[1]}" if end[1] else end[0]


def group_card(name: str, group: StepGroup, groups: Groups, inside: Sequence[Card], *, mapped: bool) -> Card:
    """The card of a group.

    Args:
        name: Its name, with those of the groups around it.
        group: What is known of it.
        groups: Its ports.
        inside: The cards in it, those in groups in it too.
        mapped: Whether it is, and not just a group around it.
    """
    by_id = {card["id"]: card for card in inside}
    card = blank(name, "group", name.rpartition("/")[2], groups.parents[name])
    card["doc"] = group.doc
    card["place"] = str(group.place) if group.place is not None else ""
    card["mapped"] = mapped
    card["runnable"] = True
    card["ins"] = placed({"name": port, "list": False} for port in groups.ins[name].values())
    card["outs"] = placed(
        _like(port, by_id.get(start[0]), start[1], mapped=mapped) for start, port in groups.outs[name].items()
    )
    card["steps"] = [step for one in inside for step in one["steps"]]
    card["fields"] = [field for one in inside if one["kind"] == "input" for field in one["fields"]]
    card["width"] = max(280, width_of(card["outs"], mapped=mapped))
    card["height"] = height_of(card, 0)
    return card


def _like(name: str, card: Card | None, inner: str, *, mapped: bool) -> OutPort:
    """A port of a group that gives what a port inside of it gives."""
    for port in card["outs"] if card is not None else ():
        if port["name"] == inner:
            label = port_label(name, None) if port["label"] == port_label(inner, None) else port["label"]
            return {**port, "name": name, "label": label, "list": port["list"] or mapped}
    return {"name": name, "label": name, "list": mapped, "shown": False, "view": "none", "y": 0}
