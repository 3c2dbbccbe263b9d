"""How groups stand: counted from their steps as these change."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from daggr_fn.live.states import GOING, Card

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_LOUDEST_FIRST = ("wait", "failed", "running", "queue", "stale", "interrupted", "cancelled")


class Groups:
    """The cards of the groups: for steps named `outer/inner/step` those of `outer` and `outer/inner`.

    Args:
        cards: The cards of the steps.
    """

    def __init__(self, cards: Mapping[str, Card]) -> None:
        self.cards: dict[str, Card] = {}
        self._counts: dict[str, Counter[str]] = {}
        self._members: dict[str, list[Card]] = {}
        self._known: dict[str, str] = {}
        for name, card in cards.items():
            self._known[name] = _state_of(card)
            for group in _around(name):
                self.cards.setdefault(group, Card(group))
                self._counts.setdefault(group, Counter())[_state_of(card)] += 1
                self._members.setdefault(group, []).append(card)

    def update(self, changed: Iterable[Card]) -> list[Card]:
        """Take in that steps changed; the groups that did."""
        touched: dict[str, None] = {}
        for card in changed:
            before, now = self._known.get(card.step), _state_of(card)
            if before is None or before == now:
                continue
            self._known[card.step] = now
            for group in _around(card.step):
                self._counts[group][before] -= 1
                self._counts[group][now] += 1
                touched[group] = None
        for group in touched:
            self._sum_up(group)
        return [self.cards[group] for group in touched]

    def _sum_up(self, group: str) -> None:
        counts, card = self._counts[group], self.cards[group]
        state = next((word for word in _LOUDEST_FIRST if counts[word]), None)
        if state is None:
            parts = counts["done"] + counts["reused"]
            state = "idle" if not parts else "reused" if not counts["done"] else "done"
            if parts and counts["idle"]:
                state = "idle"
            elif not parts and counts["skipped"] and not counts["idle"]:
                state = "skipped"
        members = {"of": sum(counts.values()), "done": counts["done"] + counts["reused"] + counts["skipped"]}
        since = seconds = None
        if state in GOING:
            since = min(
                (float(one.facts["since"]) for one in self._members[group] if "since" in one.facts), default=None
            )
        else:
            seconds = sum(float(one.facts.get("seconds") or 0.0) for one in self._members[group]) or None
        card.tell(state=state, steps=members, since=since, seconds=seconds)
        failed = [one.step for one in self._members[group] if _state_of(one) == "failed"] if state == "failed" else []
        card.tell(failed_step=failed[0] if failed else None, failed_more=len(failed) - 1 if failed[1:] else None)


def _state_of(card: Card) -> str:
    """How a step stands for its groups: where a backup answered, nothing failed for them."""
    return "done" if card.state == "failed" and card.facts.get("answered_by") else card.state


def _around(name: str) -> list[str]:
    parts = name.split("/")[:-1]
    return ["/".join(parts[: i + 1]) for i in range(len(parts))]
