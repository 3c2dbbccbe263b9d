"""What a person does on a page, by name. A name that is not here is refused; who acts sees the sheet, and no other."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from daggr_fn.canvas.answers import ANSWERS
from daggr_fn.canvas.layout import Size
from daggr_fn.canvas.meaning import Message, index_of, pixels, step_of, step_or_all, way_of
from daggr_fn.canvas.neighbours import tell_sheets
from daggr_fn.live.plans import InputsNeeded

if TYPE_CHECKING:
    from daggr_fn.canvas.page import Page

Act = Callable[["Page", Message], Awaitable[None]]

LEAST_ZOOM, MOST_ZOOM = 0.01, 10
"""Wider than a page lets anybody zoom."""

ACTS: dict[str, Act] = {}


def _act(function: Act) -> Act:
    ACTS[function.__name__] = function
    return function


# ---- runs


async def _begun(page: Page, begin: Callable[[], str | None]) -> str | None:
    """Begin a run; the fields are pointed at that it needs and that are empty."""
    try:
        return await asyncio.to_thread(begin)
    except InputsNeeded as error:
        page.element.tell("lacks", fields=page.filling.lacking(error.inputs))
        raise


@_act
async def run(page: Page, message: Message) -> None:
    """Run all, to a step, from it, or the step itself. Whoever edited a list is asked before that is replaced."""
    how, step, edits = way_of(message), step_or_all(page, message), message.get("edits")
    if edits not in ("keep", "replace"):
        replaced = await asyncio.to_thread(page.sheet.would_replace_edit, how, step)
        if replaced:
            page.element.tell("replaces", how=how, step=message.get("step"), steps=replaced)
            return
    await _begun(page, functools.partial(page.sheet.run, how, step, keep_edits=edits == "keep"))


@_act
async def stop(page: Page, message: Message) -> None:
    """Stop a step, or everything."""
    await asyncio.to_thread(page.sheet.stop, step_or_all(page, message))


@_act
async def retry(page: Page, message: Message) -> None:
    """Run an item, or all failed items of a step, once more. Who asked for one is told where it can't be that alone."""
    step, index = step_of(page, message), index_of(message)
    more = await asyncio.to_thread(page.sheet.more_than_retried, step, index)
    await asyncio.to_thread(page.sheet.retry, step, index or None)
    if more:
        page.element.toast(f"All items of {step} run that have no result, not this one alone: {more}.")


@_act
async def resume(page: Page, message: Message) -> None:
    """Go on with the last run, which failed, was stopped or was interrupted; what it finished is not done again."""
    if await _begun(page, page.sheet.resume) is None and not page.sheet.going:
        page.element.toast("There is nothing to go on with: the last run has neither failed nor been stopped.")


@_act
async def answer(page: Page, message: Message) -> None:
    """Answer a question."""
    step = step_of(page, message)
    asked, value = page.sheet.question(step, index_of(message)), message.get("value")
    if asked is not None and asked.sort == "choose":
        value = asked.options[int(str(value))]
    elif asked is not None and asked.sort == "ask":
        page.gate.check_step(step, value, asked.value)
    page.sheet.answer(step, index_of(message), value)


@_act
async def answer_typed(page: Page, message: Message) -> None:
    """Answer with what the widget of the question shows."""
    step = step_of(page, message)
    asked = page.sheet.question(step, index_of(message))
    value = page.filling.answer(str(message.get("step")), index_of(message))
    page.gate.check_step(step, value, asked.value if asked is not None else None)
    page.sheet.answer(step, index_of(message), value)


@_act
async def answer_as_it_was(page: Page, message: Message) -> None:
    """Answer with the value that was asked about."""
    step = step_of(page, message)
    asked = page.sheet.question(step, index_of(message))
    if asked is not None:
        page.sheet.answer(step, index_of(message), asked.value)


@_act
async def turn_question(page: Page, message: Message) -> None:
    """Look at another one of the questions that a step asks."""
    step, card = step_of(page, message), str(message.get("step"))
    page.results.asking.turn(step, 1 if int(message.get("by", 1)) > 0 else -1)
    page.element.patch({"cards": {card: {"question": page.results.asking.told(step)}}})
    page.filling.ask_again(step)


# ---- what is shown


@_act
async def see(page: Page, message: Message) -> None:
    """Cards came into view: send what their results look like."""
    known = page.drawing.projection.cards
    cards = [card for card in message.get("cards", ()) if card in known and known[card]["steps"]]
    page.results.seen.update(cards)
    await page.show(functools.partial(page.results.add_to, {}, cards, anew=True))


@_act
async def see_outputs(page: Page, message: Message) -> None:
    """The app is looked at, which shows the outputs of the pipeline."""
    page.results.shows_outputs = bool(message.get("shown", True))
    if page.results.shows_outputs:
        await page.show(page.results.outputs)


@_act
async def see_item(page: Page, message: Message) -> None:
    """An item of a mapped step is looked at."""
    card = str(message.get("step"))
    step_of(page, message)
    await page.show(functools.partial(page.results.item, card, int(message.get("place", 0))))
    page.filling.draw_again(page.drawing.projection.cards[card]["steps"])


@_act
async def fill(page: Page, message: Message) -> None:
    """Slots came into view."""
    page.filling.fill(str(slot) for slot in message.get("slots", ()))


@_act
async def ready(page: Page, message: Message) -> None:
    """The page is drawn."""


@_act
async def sizes(page: Page, message: Message) -> None:
    """The cards turned out to be this large: make room."""
    known = page.drawing.projection.cards
    told = {card: size for card, size in dict(message.get("sizes", {})).items() if card in known}
    measured = {
        card: Size(int(pixels(width)), int(pixels(height)), {str(name): pixels(y) for name, y in dict(ports).items()})
        for card, (width, height, ports) in told.items()
    }
    displaced = [str(card) for card in message.get("displaced", ())]
    await page.make_room(measured, displaced, int(message.get("number", 0)))


@_act
async def move(page: Page, message: Message) -> None:
    """Cards were dragged."""
    known, places = page.drawing.projection.cards, dict(message.get("places", {}))
    page.sheet.move(
        {card: page.drawing.within(card, *map(pixels, place)) for card, place in places.items() if card in known}
    )


@_act
async def tidy(page: Page, message: Message) -> None:
    """Put all cards where the layout has them."""
    page.sheet.move(dict.fromkeys(page.sheet.setting("positions", {})))


@_act
async def fold(page: Page, message: Message) -> None:
    """Fold or unfold a group."""
    group = str(message.get("group"))
    if group in page.drawing.projection.cards:
        page.sheet.fold(group, bool(message.get("folded")))


@_act
async def set_view(page: Page, message: Message) -> None:
    """The page looks elsewhere."""
    x, y, zoom = message.get("view", (0, 0, 1))
    if not LEAST_ZOOM <= float(zoom) <= MOST_ZOOM:
        raise ValueError(f"nothing can be seen at a zoom of {zoom}")
    page.sheet.set_view(at=[pixels(x), pixels(y), float(zoom)])


@_act
async def undo(page: Page, message: Message) -> None:
    """Take the last change back."""
    page.sheet.undo()


@_act
async def redo(page: Page, message: Message) -> None:
    """Make it again."""
    page.sheet.redo()


# ---- inputs and results


@_act
async def choose(page: Page, message: Message) -> None:
    """Pick a variant."""
    card = page.drawing.projection.cards[str(message.get("choice"))]
    page.sheet.choose(str(card["choice"]), str(message.get("variant")))


@_act
async def select_version(page: Page, message: Message) -> None:
    """Go back to an earlier result, or forward."""
    step, number = step_of(page, message), int(message.get("number", 0))
    async with page.going_back:
        await asyncio.to_thread(page.sheet.select_version, step, number)


# ---- sheets


@_act
async def open_sheet(page: Page, message: Message) -> None:
    """Show another sheet of this user."""
    page.element.tell("open", url=f"?sheet={message.get('sheet')}")


@_act
async def new_sheet(page: Page, message: Message) -> None:
    """Make a sheet, and show it."""
    _open(page, await asyncio.to_thread(page.new_sheet))


@_act
async def duplicate_sheet(page: Page, message: Message) -> None:
    """Make a copy of this sheet, and show it."""
    _open(page, await asyncio.to_thread(page.duplicate_sheet))


@_act
async def rename_sheet(page: Page, message: Message) -> None:
    """Give this sheet another name."""
    page.sheet.rename(str(message.get("name", "")).strip()[:80] or "Sheet")
    tell_sheets(page)


@_act
async def delete_sheet(page: Page, message: Message) -> None:
    """Delete this sheet, and show another one."""
    _open(page, await asyncio.to_thread(page.delete_sheet))


def _open(page: Page, sheet: str) -> None:
    tell_sheets(page)
    page.element.tell("open", url=f"?sheet={sheet}")


# ---- questions


@_act
async def ask(page: Page, message: Message) -> None:
    """Tell what the page wants to know."""
    what = str(message.get("what"))
    if what not in ANSWERS:
        raise LookupError(f"nobody knows what {what!r} is")
    found = await asyncio.to_thread(ANSWERS[what], page, message)
    page.element.answer(message.get("number"), found)
