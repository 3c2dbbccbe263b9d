"""What is stale: what was made of other inputs, other code, or of something that is stale itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from daggr_fn.expressions import cell
from daggr_fn.live.memory import Held
from daggr_fn.live.states import ENDED_WELL
from daggr_fn.store import StoredResult
from daggr_fn.values import class_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from daggr_fn.expressions import Index
    from daggr_fn.graph import Step
    from daggr_fn.live.memory import Known, Results
    from daggr_fn.live.states import Card
    from daggr_fn.live.touched import Touched
    from daggr_fn.plan import Plan, PlannedStep

_SHOWN = ENDED_WELL | {"stale", "idle", "skipped"}


class Staleness:
    """Brings the cards up to date with a plan.

    Args:
        plan: What a run of everything would do now.
        cards: The cards by step.
        results: The results of the sheet.
        going: The steps that a run has still to do, which says itself how they stand.
        touched: The steps that something which they were made of was changed of since they ran.
    """

    def __init__(
        self,
        plan: Plan,
        cards: Mapping[str, Card],
        results: Results,
        going: Collection[str],
        touched: Touched,
    ) -> None:
        self._plan = plan
        self._cards = cards
        self._results = results
        self._going = going
        self._touched = touched
        self._dirty: dict[str, str] = {}
        self._items: dict[Step, list[tuple[Index, Known]]] = {}
        for key, entry in plan.entries.items():
            if class_of(key) is tuple and isinstance(entry, (StoredResult, Held)):
                self._items.setdefault(key[0], []).append((key[1:], entry))
        self._skipped: dict[Step, list[Index]] = {}
        for key in plan.skipped:
            if class_of(key) is tuple and ... not in key:
                self._skipped.setdefault(key[0], []).append(key[1:])

    def update(self) -> None:
        """Bring all cards up to date."""
        for name, planned in self._plan.steps.items():
            step, card = self._plan.graph.steps[name], self._cards[name]
            if planned.mark == "reuse":
                fresh = self._fresh(card, step)
            elif planned.mark == "skip":
                fresh = True
                self._skip(card, planned)
            else:
                fresh = self._not_known(card, step, planned)
            if not fresh:
                continue
            card.fresh = True

    def _fresh(self, card: Card, step: Step) -> bool:
        """A step whose result is there: its card shows just that one."""
        if card.step in self._going or self._ended_badly(card):
            return True
        if step.axes:
            return self._fresh_items(card, step)
        entry = self._plan.entries.get(cell(step, ()))
        if not isinstance(entry, (StoredResult, Held)):  # someone else's result of a Space, or a given value
            if not card.has_value:
                self._dirty[card.step] = f"{card.step} has not run"
            elif entry is not None and self._keeps(card):
                return self._is_another(card, "another result")
            return True
        shows = self._results.shown(card.step)
        if shows is not entry and (shows is None or shows != entry):
            if self._keeps(card):
                return self._is_another(card, f"version {entry.number}")
            self._results.leave_chosen(card.step)
            self._results.show(card.step, (), entry)
            card.revise()
        elif card.state in ENDED_WELL:
            return True
        note = entry.note or None
        card.tell(state="done", why=None, error=None, note=note, seconds=round(entry.seconds, 3), saved=None)
        card.tell(ports=dict.fromkeys(step.spec.outputs, True), version=self._results.numbers(card.step))
        return True

    def _fresh_items(self, card: Card, step: Step) -> bool:
        found, skipped = self._items.get(step, []), self._skipped.get(step, ())
        changed = [(index, entry) for index, entry in found if self._results.shown(card.step, index) != entry]
        number = len(found) + len(skipped)
        there = card.items is not None and len(card.items) == number and not card.items.count("idle")
        if not changed and card.state in ENDED_WELL and there:
            return True
        if self._results.shown_items(card.step) != dict(found):
            if self._keeps(card):
                return self._is_another(card, "other items")
            self._results.leave_chosen(card.step)
        items = card.begin_items()
        for index in sorted([*skipped, *(index for index, _ in found)]):
            items.set(index, "skipped")
        for index, entry in found:
            items.set(index, "done")
            items.took(index, entry.seconds)
        self._results.show_items(card.step, dict(found))
        card.revise()
        card.tell(state="done", why=None, error=None, ports=dict.fromkeys(step.spec.outputs, True))
        card.tell(version=self._results.numbers(card.step), saved=None, seconds=None)  # of other runs, side by side
        return True

    def _keeps(self, card: Card) -> bool:
        """Whether people went back to what a card shows, and nothing that it is made of was changed since."""
        return self._results.is_chosen(card.step) and self._touched.why(card.step) is None

    def _is_another(self, card: Card, other: str) -> bool:
        """A card shows a version that people went back to, and a run of today's code would show another one."""
        card.fresh = False
        card.tell(state="stale", why=f"a run would show {other}", saved=None)
        return False

    def _ended_badly(self, card: Card) -> bool:
        """Whether a card tells that its last run failed, and nothing has changed since."""
        return card.state in {"failed", "cancelled"} and self._touched.why(card.step) is None

    def _skip(self, card: Card, planned: PlannedStep) -> None:
        if card.step not in self._going and card.state in _SHOWN:
            card.tell(state="skipped", why=planned.reason or None, seconds=None, saved=None)

    def _not_known(self, card: Card, step: Step, planned: PlannedStep) -> bool:
        """A step that would run, or may: whether what it shows is fresh all the same."""
        why = next(
            (self._dirty[name] for name in self._plan.graph.network.pred[card.step] if name in self._dirty), None
        )
        remembered = bool(self._plan.remembers(step)) and not planned.reason.startswith("not remembered")
        if why is None and planned.mark == "run" and remembered and not self._as_before(card, planned):
            why = _what_changed(planned)
        why = self._touched.why(card.step) or why
        if why is None and not card.has_value and card.state in {"idle", "interrupted"}:
            why = f"{card.step} has not run"
        if card.step in self._going:
            return True
        if why is None:
            if card.state == "stale":
                card.tell(state="done", why=None)
            return True
        self._dirty[card.step] = why
        card.fresh = False
        if card.has_value and card.state in _SHOWN:
            card.tell(state="stale", why=why, saved=None)
        elif card.state == "skipped":
            card.tell(state="idle", why=None)
        return False

    def _as_before(self, card: Card, planned: PlannedStep) -> bool:
        """Whether a step has no result because its last run had none: it would do the same again."""
        if self._touched.why(card.step) is not None:
            return False
        if card.items is not None and planned.items == len(card.items):
            made = card.items.count("done") + card.items.count("reused")
            return made == (planned.reused_items or 0) < len(card.items)
        return card.state in {"failed", "skipped", "cancelled"}


def _what_changed(planned: PlannedStep) -> str:
    changed, since, _ = planned.reason.partition(" since ")
    if since:
        return changed
    if planned.items is not None and planned.reused_items:
        missing = planned.items - planned.reused_items
        return f"{missing} of {planned.items} items changed"
    return "its inputs or its code changed"  # when it was made, another server or another file was loaded
