"""What the results of cards look like, for the cards that a page has seen."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from daggr_fn.canvas.views import shortened, view
from daggr_fn.expressions import Expression, Output, Part

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
        self._asked: dict[str, set[int]] = {}
        self.shows_outputs = False

    def outputs(self, steps: Iterable[str] | None = None) -> Patch:
        """What the outputs of the pipeline look like that are made of some steps, or all of them."""
        touched, found = None if steps is None else set(steps), {}
        for name, expression in self._sheet.graph.outputs.items():
            made_of = {step.name for step in expression.steps()} if isinstance(expression, Expression) else set()
            if touched is None or made_of & touched:
                found[name] = self._output(name, expression)
        return {"outputs": found} if found else {}

    def _output(self, name: str, expression: Any) -> dict[str, Any] | None:
        try:
            value = self._sheet.output(name)
        except LookupError:
            return None
        component = _component(expression)
        annotation = getattr(expression, "annotation", Any)
        return {**view(value, component, annotation, links=self._links, label=name), "port": name}

    def add_to(self, change: Patch, cards: Iterable[str], *, anew: bool = False) -> Patch:
        """Add to a patch what the results of some cards look like now, as far as that changed."""
        for card in cards:
            step = self._drawing.shown_step(card)
            state = self._sheet.state_of(step)
            shown = (step, state.get("rev"))
            if not anew and self._shown.get(card) == shown:
                continue
            self._shown[card] = shown
            if state.get("items"):
                change.setdefault("items", {})[card] = self._items(card, step)
            else:
                change.setdefault("results", {})[card] = self._of_step(card, step, ())
            question = state.get("question")
            if question:
                change.setdefault("cards", {}).setdefault(card, {})["question"] = self._question(step, question)
        return change

    def item(self, card: str, place: int) -> Patch:
        """What the results of the item at a place look like."""
        step = self._drawing.shown_step(card)
        items = self._sheet.cards[step].items
        if items is None:
            return {}
        self._asked.setdefault(card, set()).add(place)
        return {"items": {card: {str(place): self._of_step(card, step, items.index(place))}}}

    def _items(self, card: str, step: str) -> Patch:
        items = self._sheet.cards[step].items
        if items is None:
            return {}
        wanted = range(len(items)) if len(items) <= ITEMS_SHOWN else sorted(self._asked.get(card, ()))
        asked = self._asked.get(card, set())
        return {
            str(place): self._of_step(card, step, items.index(place), short=place not in asked)
            for place in wanted
            if place < len(items)
        }

    def _of_step(self, card: str, step: str, index: tuple[int, ...], *, short: bool = False) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        if step not in self._sheet.graph.steps:  # a group shows what leaves it
            return self._of_group(card)
        outputs = self._sheet.graph.steps[step].spec.outputs
        for port in self._drawing.projection.cards[card]["outs"]:
            if port["shown"] and port["name"] in outputs:
                output = outputs[port["name"]]
                found += self._one(step, port["name"], index, output.component, output.annotation, port["label"])
        return [{**shortened(vm), "port": vm["port"]} for vm in found] if short else found

    def _of_group(self, card: str) -> list[dict[str, Any]]:
        return []

    def _one(
        self, step: str, port: str, index: tuple[int, ...], component: Any, annotation: Any, label: str
    ) -> list[dict[str, Any]]:
        try:
            value = self._sheet.value(step, port, index)
        except LookupError:
            return []
        return [{**view(value, component, annotation, links=self._links, label=label), "port": port}]

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


def _component(expression: Any) -> Any:
    """The component of the output that an expression is, if it is one."""
    if isinstance(expression, Output):
        outputs = expression.step.spec.outputs
        return next(iter(outputs.values())).component if len(outputs) == 1 else None
    if isinstance(expression, Part) and expression.port and isinstance(expression.of, Output):
        output = expression.of.step.spec.outputs.get(str(expression.key))
        return output.component if output is not None else None
    return None
