"""What the results of cards look like, for the cards that a page has seen."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from daggr_fn.canvas.views import view

if TYPE_CHECKING:
    from collections.abc import Iterable

    from daggr_fn.canvas.drawing import Drawing
    from daggr_fn.canvas.links import Links
    from daggr_fn.live import OpenSheet

logger = logging.getLogger("daggr_fn")

Patch = dict[str, Any]

ITEMS_SHOWN = 12
"""Items of a mapped step whose results a card shows by itself; those of the others are sent when they are asked for."""


class Results:
    """The results that one page shows.

    Attributes:
        seen: The cards that were in view at some time.
    """

    def __init__(self, sheet: OpenSheet, drawing: Drawing, links: Links) -> None:
        self.seen: set[str] = set()
        self._sheet = sheet
        self._drawing = drawing
        self._links = links
        self._shown: dict[str, tuple[str, Any]] = {}
        self._asked: dict[str, set[tuple[int, ...]]] = {}

    def add_to(self, change: Patch, cards: Iterable[str], *, anew: bool = False) -> Patch:
        """Add to a patch what the results of some cards look like now, as far as that changed."""
        for card in cards:
            step = self._drawing.projection.step_of(card, self._sheet.choices)
            state = self._sheet.state_of(step)
            shown = (step, state.get("rev"))
            if not anew and self._shown.get(card) == shown:
                continue
            self._shown[card] = shown
            if state.get("items"):
                change.setdefault("items", {})[card] = self._items(card, step, state)
            else:
                change.setdefault("results", {})[card] = self._of_step(card, step, ())
            question = state.get("question")
            if question:
                change.setdefault("cards", {}).setdefault(card, {})["question"] = self._question(step, question)
        return change

    def item(self, card: str, index: tuple[int, ...]) -> Patch:
        """What the results of one item look like."""
        step = self._drawing.projection.step_of(card, self._sheet.choices)
        self._asked.setdefault(card, set()).add(index)
        return {"items": {card: {_key(index): self._of_step(card, step, index, compact=False)}}}

    def _items(self, card: str, step: str, state: Patch) -> Patch:
        indices = self._sheet.item_indices(step)
        wanted = indices if len(indices) <= ITEMS_SHOWN else [one for one in indices if one in self._asked.get(card, ())]
        return {_key(index): self._of_step(card, step, index) for index in wanted}

    def _of_step(self, card: str, step: str, index: tuple[int, ...], *, compact: bool = True) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        spec = self._sheet.graph.steps[step].spec if step in self._sheet.graph.steps else None
        for port in self._drawing.projection.cards[card]["outs"]:
            if not port["shown"] or (spec is not None and port["name"] not in spec.outputs):
                continue
            try:
                value = self._sheet.value(step, port["name"], index)
            except LookupError:
                continue
            output = spec.outputs[port["name"]] if spec is not None else None
            component = output.component if output is not None else None
            annotation = output.annotation if output is not None else Any
            shown = view(value, component, annotation, links=self._links, label=port["label"])
            found.append({**shown, "port": port["name"]})
        return found

    def _question(self, step: str, question: Patch) -> Patch:
        asked = self._sheet.question(step)
        if asked is None:
            return question
        shown = view(asked.value, links=self._links) if asked.sort == "approve" else None
        options = [view(one, links=self._links) for one in asked.options]
        return {
            "sort": asked.sort,
            "note": asked.note,
            "index": list(asked.index),
            "shown": shown,
            "options": options,
            "has_value": asked.value is not None,
        }


def _key(index: tuple[int, ...]) -> str:
    return ".".join(map(str, index))
