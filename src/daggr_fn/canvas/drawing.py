"""What a page is drawn of: cards and wires with their places, and the state of the sheet in the page's terms."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from daggr_fn.canvas.backups import answering, items_together
from daggr_fn.canvas.blueprint import blueprint_of
from daggr_fn.canvas.layout import Layout, Size
from daggr_fn.canvas.projecting import stands_for_itself

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from daggr_fn.live import OpenSheet
    from daggr_fn.live.items import Items

Patch = dict[str, Any]

_AS_IT_IS = ("inputs", "run", "sheet", "folded", "face")
_TAKEN = ("running", "queue", "wait", "done", "reused", "stale")
_FACTS = ("since", "seconds", "saved", "fraction", "text", "why", "tries", "version", "items", "error", "ports")
_MORE_FACTS = ("question", "note", "edited", "turns", "waits", "logs", "answered_by", "tried")
_NOBODY: Patch = {}
_NOTHING: Patch = dict.fromkeys((*_FACTS, *_MORE_FACTS))
"""What a card that stands for another step now no longer tells."""


class Drawing:
    """The drawing of a sheet's pipeline on one page.

    Attributes:
        blueprint: What it shares with all other pages of the pipeline.
        fields: The fields of the inputs.
        projection: Which cards show which steps.
        leaving: What leaves the groups.
        sizes: How large cards turned out to be.
    """

    def __init__(self, sheet: OpenSheet) -> None:
        self.sheet = sheet
        self.blueprint = blueprint_of(sheet.pipeline)
        self.fields = self.blueprint.fields
        self.projection = self.blueprint.projection
        self.leaving = self.blueprint.leaving
        self.sizes: dict[str, Size] = {}
        self._layout = Layout()
        self._told: dict[str, Patch] = {}

    # ---- what changes

    def snapshot(self, found: Patch) -> Patch:
        """All that the page shows at first, of a sheet's snapshot."""
        return {**self.patch(found), **self.places(), "now": time.time()}

    def patch(self, patch: Patch) -> Patch:
        """A change of the sheet in the page's terms: cards in place of steps."""
        change = {name: patch[name] for name in _AS_IT_IS if name in patch}
        steps: dict[str, Patch] = patch.get("cards") or {}
        if steps:
            change["cards"] = self._cards(steps)
        if "choices" in patch:
            change["choices"] = self._chosen()
            change["cards"] = {**change.get("cards", {}), **self._choice_cards()}
        if "positions" in patch or "folded" in patch:
            change |= self.places()
        return change

    def _cards(self, steps: Mapping[str, Patch]) -> dict[str, Patch]:
        choices = self.sheet.choices
        found: dict[str, Patch] = {}
        for card in self.projection.touched(steps):
            about = self.projection.cards[card]
            if about["kind"] == "backup":
                found[card] = self._backup_state(card)
            elif stands_for_itself(about):
                found[card] = steps[card]
            elif len(about["steps"]) > 1:
                step = self.projection.step_of(card, choices)
                if step in steps:
                    found[card] = {**_NOTHING, **self.sheet.state_of(step)}
            else:
                found[card] = steps[about["steps"][0]]
        for group in self.leaving.touched(self.projection.touched(steps)):
            found[group] = {**found.get(group, _NOBODY), "ports": self._ports_of_group(group)}
        return found

    def _ports_of_group(self, group: str) -> dict[str, bool] | None:
        """The ports of a group that have a value."""
        states = {
            name: self.sheet.state_of(self.shown_step(start)) for name, (start, _) in self.leaving.ports(group).items()
        }
        return {name: True for name, state in states.items() if state.get("ports")} or None

    def _choice_cards(self) -> dict[str, Patch]:
        choices = self.sheet.choices
        cards = [card for card in self.projection.cards.values() if card["choice"]]
        return {
            card["id"]: {**_NOTHING, **self.sheet.state_of(self.projection.step_of(card["id"], choices))}
            for card in cards
        }

    def _backup_state(self, card: str) -> Patch:
        """The state of a step with backups: that of the one which answered, or that goes on, else of the last."""
        steps = self.projection.cards[card]["steps"]
        states = {step: self.sheet.state_of(step) for step in steps}
        taken = next((step for step in steps if states[step]["state"] in _TAKEN), None)
        shown = taken or next(
            (step for step in reversed(steps) if states[step]["state"] not in ("idle", "skipped")), steps[0]
        )
        tried = [{"name": step, **{k: states[step].get(k) for k in ("state", "seconds", "error")}} for step in steps]
        answered = shown if shown != steps[0] and states[shown]["state"] in ("done", "reused") else None
        about = {**_NOTHING, **states[shown], "tried": tried, "answered_by": answered, "shows": shown}
        items = items_together(self.sheet.cards, steps)
        return about if items is None else {**about, "items": items, "answered_by": None}

    def _chosen(self) -> dict[str, str]:
        """The picked variant by card."""
        chosen = self.sheet.choices
        cards = [card for card in self.projection.cards.values() if card["choice"]]
        return {card["id"]: chosen.get(str(card["choice"])) or str(card["picked"]) for card in cards}

    def shown_step(self, card: str) -> str:
        """The step whose results a card shows now."""
        if self.projection.cards[card]["kind"] == "backup":
            return str(self._backup_state(card)["shows"])
        return self.projection.step_of(card, self.sheet.choices)

    def items_of(self, card: str) -> Items | None:
        """The items that a card shows: of a step with backups its own, which are all there are."""
        about = self.projection.cards[card]
        step = about["steps"][0] if about["kind"] == "backup" else self.shown_step(card)
        return self.sheet.cards[step].items

    def shown_item(self, card: str, place: int) -> tuple[str, tuple[int, ...]]:
        """The step and the item whose results a card shows at a place of its items.

        Raises:
            LookupError: There is none.
        """
        items, about = self.items_of(card), self.projection.cards[card]
        if items is None:
            raise LookupError(f"{card} has no items")
        index = items.index(place)
        step = answering(self.sheet.cards, about["steps"], index) if about["kind"] == "backup" else None
        return step or self.shown_step(card), index

    # ---- where everything lies

    def places(self) -> Patch:
        """Where everything lies now, as far as the page was not told so before; `None` for what is not there now."""
        arrangement, expected = self.blueprint.arranged(frozenset(self.sheet.setting("folded", [])))
        moved = {card: (place[0], place[1]) for card, place in self.sheet.setting("positions", {}).items()}
        self._layout = found = arrangement.place(self.sizes, moved) if self.sizes or moved else expected
        now: dict[str, Patch] = {
            "places": {card: [rect.x, rect.y] for card, rect in found.cards.items()},
            "lanes": {wire: [list(point) for point in points] for wire, points in found.wires.items()},
            "frames": {
                group: {"rect": list(frame.rect), "ins": frame.ins, "outs": frame.outs}
                for group, frame in found.frames.items()
            },
            "tiles": {card: list(tile) for card, tile in found.tiles.items()},
            "kept": dict.fromkeys(moved, True),
        }
        before, self._told = self._told, now
        changes = {name: _changed(before.get(name, {}), part) for name, part in now.items()}
        return {name: change for name, change in changes.items() if change}

    def measured(self, card: str, size: Size) -> None:
        """A card turned out to be of this size."""
        known = {port["name"] for port in self.projection.cards[card]["outs"]}
        found = {name: y for name, y in (size.ports or {}).items() if name in known}
        self.sizes[card] = Size(size.width, size.height, found or None)

    def displaced(self, cards: Iterable[str]) -> None:
        """The page has put cards elsewhere, as others grew: it is to be told where they stay."""
        places = self._told.get("places", {})
        for card in cards:
            places.pop(card, None)

    def within(self, card: str, x: float, y: float) -> list[int]:
        """A place on the canvas, as seen from the corner of the group that a card is in."""
        around = self._layout.frames.get(self.projection.cards[card]["parent"] or "")
        left, top = (around.rect.x, around.rect.y) if around is not None else (0, 0)
        return [round(x - left), round(y - top)]


def _changed(before: Patch, now: Patch) -> Patch:
    """What is another thing now; `None` for what is gone."""
    changed = {name: value for name, value in now.items() if name not in before or before[name] != value}
    return changed | dict.fromkeys(before.keys() - now.keys())
