"""The items of a mapped step with backups: each stands as the one of the steps that answered for it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from daggr_fn.live.items import LETTERS
from daggr_fn.live.states import ENDED_WELL

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from daggr_fn.expressions import Index
    from daggr_fn.live.states import Card

_NOT_ASKED = ("idle", "skipped")


def answering(cards: Mapping[str, Card], steps: Sequence[str], index: Index) -> str:
    """The step that answered for an item, or that goes on; else the last one that was tried."""
    words = {step: _word(cards[step], index) for step in steps}
    good = next((step for step in steps if words[step] in ENDED_WELL), None)
    return good or next((step for step in reversed(steps) if words[step] not in _NOT_ASKED), steps[0])


def items_together(cards: Mapping[str, Card], steps: Sequence[str]) -> dict[str, Any] | None:
    """What the items of the steps are together, as `Items.snapshot` tells it; `None` where the steps are not mapped."""
    first = cards[steps[0]].items
    if first is None:
        return None
    indices = first.all_indices()
    shown = [answering(cards, steps, index) for index in indices]
    words = [_word(cards[step], index) for step, index in zip(shown, indices, strict=True)]
    told: dict[str, Any] = {"count": len(indices), **{word: n for word, n in Counter(words).items() if word != "idle"}}
    told["states"] = "".join(LETTERS[word] for word in words)
    if cards[steps[0]].depth > 1:
        told["paths"] = [list(index) for index in indices]
    for place, (step, index) in enumerate(zip(shown, indices, strict=True)):
        items = cards[step].items
        if items is None:
            continue
        error, seconds = items.error(index), items.took_seconds(index)
        if error is not None:
            told.setdefault("errors", {})[str(place)] = error
        if seconds is not None:
            told.setdefault("seconds", {})[str(place)] = seconds
    return told


def _word(card: Card, index: Index) -> str:
    return "idle" if card.items is None else card.items.word(index)
