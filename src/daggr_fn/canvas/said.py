"""What people have said on a sheet, for the code that does the same without them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from daggr_fn.live.states import ENDED_WELL

if TYPE_CHECKING:
    from daggr_fn.expressions import Index
    from daggr_fn.graph import Step
    from daggr_fn.live import OpenSheet

_SAID = ENDED_WELL | {"stale"}


def answers_on(sheet: OpenSheet) -> dict[str, Any]:
    """The answers that a sheet has, as `options(answers=...)` takes them: by step, for a mapped step a list."""
    found: dict[str, Any] = {}
    for step in sheet.graph.steps.values():
        if step.spec.asks:
            try:
                found[step.name] = _of_items(sheet, step) if step.axes else _answer(sheet, step, ())
            except LookupError:  # somebody has not said anything yet, or it isn't kept
                continue
    return found


def _of_items(sheet: OpenSheet, step: Step) -> list[Any]:
    items = sheet.cards[step.name].items
    if items is None or len(step.axes) > 1:
        raise LookupError(f"the items of {step.name} have no answers in one list")
    return [_answer(sheet, step, index) for index in items.all_indices()]


def _answer(sheet: OpenSheet, step: Step, index: Index) -> Any:
    card, approves = sheet.cards[step.name], step.spec.asks == "approve"
    state = card.items.word(index) if card.items is not None else card.state
    if approves and state == "skipped":
        return False  # it was refused; where it was skipped before anybody was asked, this says nothing
    if state not in _SAID:
        raise LookupError(f"nobody has answered {step.name}")
    value = sheet.value(step.name, next(iter(step.spec.outputs)), index)
    return True if approves else value
