"""The cards of a sheet, and who hears of their changes."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

from daggr_fn.live.groups import Groups
from daggr_fn.live.opening import new_cards
from daggr_fn.live.sides import Sides

if TYPE_CHECKING:
    from collections.abc import Callable

    from daggr_fn.expressions import Index
    from daggr_fn.graph import Graph
    from daggr_fn.live.memory import Results
    from daggr_fn.live.states import Card, Patch

logger = logging.getLogger("daggr_fn")


class Board:
    """The cards of a sheet, and who hears of their changes.

    Attributes:
        lock: Held by who changes cards, and while listeners are told: so all hear the same, in the same order.
        cards: The cards of the steps.
        groups: Those of the groups.
        sides: Those of conditions, and which side was taken.

    Args:
        graph: The pipeline's graph.
    """

    def __init__(self, graph: Graph) -> None:
        self.lock = threading.RLock()
        self.cards = new_cards(graph)
        self.groups = Groups(self.cards)
        self.sides = Sides(graph)
        self._listeners: list[Callable[[Patch], None]] = []
        self._run_sent: Patch | None = None

    @property
    def all(self) -> list[Card]:
        """All cards."""
        return [*self.cards.values(), *self.groups.cards.values(), *self.sides.cards.values()]

    def card(self, name: str) -> Card:
        """The card of a step, a group or a condition."""
        return self.cards.get(name) or self.groups.cards.get(name) or self.sides.cards[name]

    def about_item(self, step: str, index: Index, results: Results) -> str | None:
        """The side that an item decided for, or the condition that it was skipped for."""
        with self.lock:
            items = self.cards[step].items
            skipped = items is not None and items.word(index) == "skipped"
        return (self.sides.why_skipped if skipped else self.sides.side_of_item)(step, index, results)

    def settle(self) -> None:
        """What has changed so far is known to who asks for a snapshot: nobody need be told."""
        self.groups.update(self.cards.values())
        for card in self.all:
            card.patch()

    def listen(self, listener: Callable[[Patch], None]) -> Callable[[], None]:
        """Have a listener hear each patch from now on; gives what ends that."""
        with self.lock:
            self._listeners.append(listener)

        def unlisten() -> None:
            with self.lock:
                if listener in self._listeners:
                    self._listeners.remove(listener)

        return unlisten

    @property
    def heard(self) -> bool:
        """Whether anybody listens."""
        return bool(self._listeners)

    def send(self, patch: Patch) -> None:
        """Tell everybody."""
        with self.lock:
            for listener in list(self._listeners):
                try:
                    listener(patch)
                except Exception:  # a page that can't hear must not keep the others from hearing
                    logger.exception("a page could not be told of a change")

    def send_changes(self, run: Patch | None = None) -> None:
        """Tell everybody which cards have changed, and how the run stands if that has."""
        with self.lock:
            changed = [card for card in self.cards.values() if card.changed]
            changed += self.groups.update(changed)
            changed += [card for card in self.sides.cards.values() if card.changed]
            patch: Patch = {"cards": {card.step: card.patch() for card in changed}} if changed else {}
            if run is not None and run != self._run_sent:
                patch["run"] = self._run_sent = run
            if patch:
                self.send(patch)
