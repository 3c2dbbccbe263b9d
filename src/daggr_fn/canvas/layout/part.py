"""A connected part of one level: its nodes in columns, lanes for wires over more than one column, and their order."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple

from daggr_fn.canvas.layout.columns import columns_of
from daggr_fn.canvas.layout.order import ordered

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Sort = Literal["card", "lane", "in", "out"]
_LANES_PER_NODE = 4
_LANES_ANYWAY = 200


@dataclass(slots=True)
class Node:
    """A card, a piece of a lane in one column, or a port of the group around (whose name is then the port's)."""

    name: str
    sort: Sort
    column: int = 0
    ins: Mapping[str, float] = field(default_factory=dict[str, float])
    outs: Mapping[str, float] = field(default_factory=dict[str, float])


class Link(NamedTuple):
    """A wire between two nodes of a level."""

    wire: str
    start: int
    out: str
    end: int
    into: str


class Segment(NamedTuple):
    """A piece of a wire, or of several that share a lane, from one column to the next."""

    start: int
    out: str
    end: int
    into: str


class Part:
    """A connected part.

    Args:
        nodes: Its nodes; each one's `ins` and `outs` say in which order its ports are.
        links: The wires between them.

    Attributes:
        columns: The nodes of each column, from top to bottom, lanes among them.
        lanes: The lanes of each wire that has some, from left to right.
        outside: Wires that run below everything, as lanes for them all would be too many; with their columns.
        gaps: The gaps between the columns, once they are known.
    """

    def __init__(self, nodes: list[Node], links: Sequence[Link]) -> None:
        self.nodes = nodes
        self.links = links
        self._set_columns()
        self.segments: list[Segment] = []
        self.lanes: dict[str, list[int]] = {}
        self.outside: list[Link] = []
        self._cut_wires()
        columns: list[list[int]] = [[] for _ in range(max(node.column for node in nodes) + 1)]
        for number, node in enumerate(self.nodes):
            columns[node.column].append(number)
        self.columns = ordered(columns, [self._ranked(segment) for segment in self.segments])
        self.gaps: list[float] = []

    def _set_columns(self) -> None:
        nodes = self.nodes
        last = [number for number, node in enumerate(nodes) if node.sort == "out"]
        first = [number for number, node in enumerate(nodes) if node.sort == "in"]
        pairs = [(link.start, link.end) for link in self.links]
        cards = [number for number, node in enumerate(nodes) if node.sort == "card"]
        pairs += [(start, end) for start in first[:1] for end in cards] + [
            (start, end) for start in cards for end in last[:1]
        ]
        found = columns_of(len(nodes), pairs)
        end = max(found)
        for number, node in enumerate(nodes):
            node.column = 0 if node.sort == "in" else end if node.sort == "out" else found[number]

    def _cut_wires(self) -> None:
        nodes = self.nodes
        forward = [link for link in self.links if nodes[link.start].column < nodes[link.end].column]
        by_port: dict[tuple[int, str], list[Link]] = {}
        for link in forward:
            by_port.setdefault((link.start, link.out), []).append(link)
        for (start, out), links in self._within_budget(by_port):
            lanes = self._lanes_for(start, links)
            before = [(start, out), *((lane, "") for lane in lanes)]
            self.segments += [Segment(*a, b, "") for a, (b, _) in itertools.pairwise(before)]
            for link in links:
                over = nodes[link.end].column - nodes[start].column - 1
                self.segments.append(Segment(*before[over], link.end, link.into))
                if over:
                    self.lanes[link.wire] = lanes[:over]

    def _within_budget(self, by_port: Mapping[tuple[int, str], list[Link]]) -> list[tuple[tuple[int, str], list[Link]]]:
        """The ports with their wires; the longest wires are put outside where there would be too many lanes."""
        budget = _LANES_PER_NODE * len(self.nodes) + _LANES_ANYWAY

        def length(link: Link) -> int:
            return self.nodes[link.end].column - self.nodes[link.start].column - 1

        needed = sum(max(map(length, links)) for links in by_port.values())
        kept = {port: sorted(links, key=length) for port, links in by_port.items()}
        longest = sorted(kept, key=lambda port: -length(kept[port][-1])) if needed > budget else []
        for port in longest:
            links = kept[port]
            while links and length(links[-1]) > 1 and needed > budget:
                link = links.pop()
                needed -= length(link) - (length(links[-1]) if links else 0)
                self.outside.append(link)
        return [(port, kept[port]) for port in by_port]

    def _lanes_for(self, start: int, links: Sequence[Link]) -> list[int]:
        column = self.nodes[start].column
        farthest = max((self.nodes[link.end].column for link in links), default=column)
        lanes: list[int] = []
        for at in range(column + 1, farthest):
            lanes.append(len(self.nodes))
            self.nodes.append(Node("", "lane", at))
        return lanes

    def _ranked(self, segment: Segment) -> tuple[int, float, int, float]:
        start, end = self.nodes[segment.start], self.nodes[segment.end]
        return segment.start, _rank(start.outs, segment.out), segment.end, _rank(end.ins, segment.into)


def _rank(ports: Mapping[str, float], port: str) -> float:
    """Where a port is on its card, from 0 to 1."""
    return ports.get(port, 0.5 if not ports else 0.0)
