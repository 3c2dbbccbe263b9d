"""What the results of cards look like, for the cards that a page has seen."""

from __future__ import annotations

import contextlib
import logging
from typing import TYPE_CHECKING, Any

from daggr_fn.canvas.asking import Asking
from daggr_fn.canvas.cards.shared import sole_output
from daggr_fn.canvas.components_of import component_of
from daggr_fn.canvas.views import shortened, view
from daggr_fn.expressions import Expression
from daggr_fn.live.states import ENDED_WELL, GOING

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
        asking: Which question of each step the page shows.
        opened: Which item of each mapped step was looked at last: the one that is drawn in the slots of its outputs.
    """

    def __init__(self, sheet: OpenSheet, drawing: Drawing, links: Links) -> None:
        self.seen: set[str] = set()
        self.asking = Asking(sheet, links)
        self.opened: dict[str, tuple[int, ...]] = {}
        self._looked_at: dict[str, int] = {}
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
            steps_of = expression.steps() if isinstance(expression, Expression) else ()
            made_of = {str(step.name) for step in steps_of}
            if touched is None or made_of & touched:
                found[name] = self._output(name)
        return {"outputs": found} if found else {}

    def _output(self, name: str) -> dict[str, Any] | None:
        try:
            value, expression = self._sheet.output(name)
        except LookupError:
            return None
        component = component_of(expression)
        annotation = getattr(expression, "annotation", Any)
        vm = {**view(value, component, annotation, links=self._links, label=name), "port": name}
        found = sole_output(expression) if isinstance(expression, Expression) else None
        if found is None:
            return vm
        step, port = found
        return self._in_slot(vm, step.name, port or next(iter(step.spec.outputs), ""))

    def _in_slot(self, vm: Patch, step: str, port: str) -> Patch:
        """The view of an output of a step, with the name of the slot in which it is drawn, if it needs one."""
        slot = f"out-{step}.{port}"
        return {**vm, "slot": slot} if vm.get("slot") and slot in self._drawing.blueprint.slots else vm

    def add_to(self, change: Patch, cards: Iterable[str], *, anew: bool = False) -> Patch:
        """Add to a patch what the results of some cards look like now, as far as that changed."""
        if "cards" in change:  # a copy: what is told of a sheet goes to all of its pages
            told = change["cards"].items()
            change = {**change, "cards": {card: self._with_question(card, state) for card, state in told}}
        for card in cards:
            step = self._drawing.shown_step(card)
            state = self._sheet.state_of(step)
            if anew and state.get("question"):
                change.setdefault("cards", {}).setdefault(card, {})["question"] = self.asking.told(step)
            shown = (step, self._revision(card, state))
            if not anew and self._shown.get(card) == shown:
                continue
            self._shown[card] = shown
            if state.get("items"):
                change.setdefault("items", {})[card] = self._items(card)
            else:
                change.setdefault("results", {})[card] = self._of_step(card, step, ())
        return change

    def _revision(self, card: str, state: Patch) -> str:
        """Changes whenever what a card shows may have changed."""
        leaving, about = self._drawing.leaving.ports(card), self._drawing.projection.cards[card]
        if about["kind"] == "backup":
            return " ".join(str(self._sheet.state_of(step).get("rev")) for step in about["steps"])
        if not leaving:
            return str(state.get("rev"))
        steps = [self._drawing.shown_step(start) for start, _ in leaving.values()]
        return " ".join(str(self._sheet.state_of(step).get("rev")) for step in steps)

    def _with_question(self, card: str, state: Patch) -> Patch:
        """The state of a card, with the question that it shows as the page is told of it."""
        if not state.get("question"):
            return state
        return {**state, "question": self.asking.told(self._drawing.shown_step(card))}

    def item(self, card: str, place: int) -> Patch:
        """What the results of the item at a place look like."""
        try:
            step, index = self._drawing.shown_item(card, place)
        except LookupError:  # there are other items by now
            return {}
        self._asked.setdefault(card, set()).add(place)
        before, self._looked_at[card] = self._looked_at.get(card, place), place
        self.opened[step] = index
        told = {str(place): self._of_item(card, place)}
        if before != place and any("slot" in vm for vm in told[str(place)]):  # where it is drawn now, that one was
            with contextlib.suppress(LookupError):
                told[str(before)] = self._of_item(card, before)
        return {"items": {card: told}}

    def _items(self, card: str) -> Patch:
        items = self._drawing.items_of(card)
        if items is None:
            return {}
        wanted = range(len(items)) if len(items) <= ITEMS_SHOWN else sorted(self._asked.get(card, ()))
        asked = self._asked.get(card, set())
        return {
            str(place): self._of_item(card, place, short=place not in asked) for place in wanted if place < len(items)
        }

    def _of_item(self, card: str, place: int, *, short: bool = False) -> list[dict[str, Any]]:
        """What an item has returned, and which side it took, or which backup answered for it."""
        step, index = self._drawing.shown_item(card, place)
        found = [*self._of_step(card, step, index), *self._notes_of_item(card, step, index)]
        return [{**shortened(vm), "port": vm["port"]} for vm in found] if short else found

    def _notes_of_item(self, card: str, step: str, index: tuple[int, ...]) -> list[dict[str, Any]]:
        notes: dict[str, str] = {}
        items, steps = self._sheet.cards[step].items, self._drawing.projection.cards[card]["steps"]
        word = items.word(index) if items is not None else "idle"
        about = self._sheet.about_item(step, index)
        if about is not None:
            notes["Skipped" if word == "skipped" else "Side taken"] = about
        if self._drawing.projection.cards[card]["kind"] == "backup" and step != steps[0] and word in ENDED_WELL:
            notes["Backup that answered"] = step
        return [{**view(text, links=self._links, label=label), "port": f"({label})"} for label, text in notes.items()]

    def _of_step(self, card: str, step: str, index: tuple[int, ...]) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        if step not in self._sheet.graph.steps:
            return self._of_group(card)
        outputs = self._sheet.graph.steps[step].spec.outputs
        for port in self._drawing.projection.cards[card]["outs"]:
            if port["shown"] and port["name"] in outputs:
                output = outputs[port["name"]]
                found += self._one(step, port["name"], index, output.component, output.annotation, port["label"])
        return found

    def _of_group(self, card: str) -> list[dict[str, Any]]:
        """What leaves a group, under the names that it has there."""
        found: list[dict[str, Any]] = []
        leaving = self._drawing.leaving.ports(card)
        for port in self._drawing.projection.cards[card]["outs"]:
            if not port["shown"] or port["name"] not in leaving:
                continue
            start, inner = leaving[port["name"]]
            step = self._drawing.shown_step(start)
            output = self._sheet.graph.steps[step].spec.outputs.get(inner)
            if output is not None:
                shown = self._one(step, inner, (), output.component, output.annotation, port["label"])
                found += [{**one, "port": port["name"]} for one in shown]
        return found

    def _one(
        self, step: str, port: str, index: tuple[int, ...], component: Any, annotation: Any, label: str
    ) -> list[dict[str, Any]]:
        try:
            value = self._value(step, port, index)
        except LookupError as error:
            if not self._has_value(step, index):
                return []
            return [{"view": "error", "reason": str(error.args[0]), "name": label, "label": label, "port": port}]
        vm = {**view(value, component, annotation, links=self._links, label=label), "port": port}
        return [self._in_slot(vm, step, port) if index == self.opened.get(step, ()) else vm]

    def _has_value(self, step: str, index: tuple[int, ...]) -> bool:
        """Whether a card tells that there is a result: one that can't be read any more says why."""
        items, state = self._sheet.cards[step].items, self._sheet.state_of(step)
        if index and items is not None:
            return items.word(index) in ENDED_WELL
        return bool(state.get("ports")) and state["state"] not in GOING

    def _value(self, step: str, port: str, index: tuple[int, ...]) -> Any:
        """What a step has returned; while it goes on, what it has so far, if it tells."""
        if self._sheet.state_of(step)["state"] in GOING:
            try:
                return self._sheet.partial(step, port, index)
            except LookupError:  # it tells nothing on the way
                pass
        return self._sheet.value(step, port, index)
