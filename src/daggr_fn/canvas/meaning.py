"""What a message of a page means: which step, which item, which way to run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from daggr_fn.canvas.page import Page

Message = Mapping[str, Any]

FARTHEST = 10_000_000
"""How far from the middle of the canvas anything lies, in pixels: ten thousand steps in a row lie nearer."""

WAYS = ("all", "to", "this", "from", "fresh")


def step_or_all(page: Page, message: Message) -> str | None:
    """The step that a message means; `None` where it means everything."""
    return None if message.get("step") is None else step_of(page, message)


def step_of(page: Page, message: Message) -> str:
    """The step that a message means: the one whose results its card shows."""
    card = message.get("step")
    if card not in page.drawing.projection.cards:
        raise LookupError(f"there is no step {card!r} here")
    return page.drawing.shown_step(str(card))


def index_of(message: Message) -> tuple[int, ...]:
    return tuple(int(i) for i in message.get("index") or ())


def pixels(value: Any) -> float:
    """A length or a coordinate. One beyond all measure would leave the sheet without anything to be seen."""
    number = float(value)
    if not abs(number) <= FARTHEST:
        raise ValueError(f"{number:g} pixels is too far")
    return number


def way_of(message: Message) -> Any:
    how = message.get("how", "all")
    if how not in WAYS:
        raise ValueError(f"there is no way to run {how!r}")
    return how
