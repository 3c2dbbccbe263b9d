"""What people have entered, picked, said and edited on a sheet, for the code that does the same without them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from daggr_fn.live.states import ENDED_WELL
from daggr_fn.live.values import port_of

if TYPE_CHECKING:
    from daggr_fn.expressions import Index
    from daggr_fn.graph import Step
    from daggr_fn.live import OpenSheet

_SAID = ENDED_WELL | {"stale"}


@dataclass(frozen=True)
class Call:
    """A call of a pipeline that does what a sheet does.

    Attributes:
        inputs: The values of the inputs that have one.
        choose: The variant of each choice, where it is not the first.
        answers: What people have said, by step.
        given: What steps with an edited list return, by step.
    """

    inputs: Mapping[str, Any]
    choose: Mapping[str, str] = field(default_factory=dict[str, str])
    answers: Mapping[str, Any] = field(default_factory=dict[str, Any])
    given: Mapping[str, Any] = field(default_factory=dict[str, Any])


def call_on(sheet: OpenSheet) -> Call:
    """The call that does what a sheet does."""
    return Call(sheet.inputs, sheet.choices, _answers_on(sheet), _edited_on(sheet))


def _answers_on(sheet: OpenSheet) -> dict[str, Any]:
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


def _edited_on(sheet: OpenSheet) -> dict[str, Any]:
    """What steps with an edited list return, as `options(given=...)` takes it; an edit that is stale is left out."""
    found: dict[str, Any] = {}
    for name, step in sheet.graph.steps.items():
        card = sheet.cards[name]
        if not card.facts.get("edited") or card.state not in ENDED_WELL:
            continue
        try:
            found[name] = _by_output(step, sheet.value(name))
        except LookupError:  # it can't be read any more
            continue
    return found


def _by_output(step: Step, value: Any) -> Any:
    whole = bool(step.axes) or not step.spec.record
    return value if whole else {port: port_of(step, value, port) for port in step.spec.outputs}
