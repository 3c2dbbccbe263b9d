"""From the states of steps to the states of cards: a card may stand for several steps, of which one is taken."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from daggr_fn.canvas.cards import Card

State = dict[str, Any]


def stands_for_itself(card: Card) -> bool:
    """Whether a card has a state of its own: that of a group, or of a condition that is no step's value."""
    return card["kind"] == "group" or (card["kind"] == "when" and not card["steps"])


class Projection:
    """Which cards show which steps.

    Args:
        cards: The cards of the page.
    """

    def __init__(self, cards: Iterable[Card]) -> None:
        self.cards = {card["id"]: card for card in cards}
        self._showing: dict[str, list[str]] = {}
        for card in self.cards.values():
            for step in [card["id"]] if stands_for_itself(card) else card["steps"]:
                self._showing.setdefault(step, []).append(card["id"])

    def cards_of(self, step: str) -> list[str]:
        """The cards that show something of a step, or of a group."""
        return self._showing.get(step, [])

    def step_of(self, card: str, choices: Mapping[str, str]) -> str:
        """The step whose results a card shows: of a choice the variant that is picked; groups stand for themselves."""
        about = self.cards[card]
        if stands_for_itself(about):
            return card
        if about["choice"]:
            picked = choices.get(about["choice"]) or about["picked"]
            for tab in about["choices"]:
                if tab["name"] == picked and tab["step"]:
                    return tab["step"]
        return card if card in about["steps"] or not about["steps"] else about["steps"][0]

    def touched(self, steps: Iterable[str]) -> list[str]:
        """The cards that show something of any of these steps."""
        return list(dict.fromkeys(card for step in steps for card in self.cards_of(step)))
