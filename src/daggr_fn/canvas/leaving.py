"""What leaves a group: of each of its ports, the card and port inside of it whose value it gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from daggr_fn.canvas.cards import Card, Wire
    from daggr_fn.canvas.cards.shapes import End


class Leaving:
    """What leaves the groups of a page.

    Args:
        cards: The cards by id.
        wires: The wires, which groups cut in two.
    """

    def __init__(self, cards: Mapping[str, Card], wires: Iterable[Wire]) -> None:
        self._ports: dict[str, dict[str, End]] = {}
        self._groups: dict[str, dict[str, None]] = {}
        outs = {
            card["id"]: {port["name"] for port in card["outs"]} for card in cards.values() if card["kind"] == "group"
        }
        for wire in wires:
            group, port = wire["to"]
            start = wire["of"][0]
            if port in outs.get(group, ()) and _within(cards, start, group) and cards[start]["kind"] != "input":
                self._ports.setdefault(group, {})[port] = wire["of"]
                self._groups.setdefault(start, {})[group] = None

    def ports(self, card: str) -> Mapping[str, End]:
        """By the ports of a group, where their values come from; of any other card nothing."""
        return self._ports.get(card, {})

    def touched(self, cards: Iterable[str]) -> list[str]:
        """The groups that give something of any of these cards."""
        return list(dict.fromkeys(group for card in cards for group in self._groups.get(card, ())))


def _within(cards: Mapping[str, Card], card: str, group: str) -> bool:
    parent = cards[card]["parent"]
    while parent is not None and parent != group:
        parent = cards[parent]["parent"]
    return parent == group
