"""The canvas as people see and use it: cards by their names, buttons by their words."""

from __future__ import annotations

import time
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from tests.chromium import SECONDS

OVERLAPS = """() => {
  const cards = [...document.querySelectorAll(".vue-flow__node-card .card")];
  const shown = cards.map((card) => [card.dataset.card, card.getBoundingClientRect()]);
  const beside = (p, q) => p.left >= q.right - 1 || q.left >= p.right - 1;
  const apart = (p, q) => beside(p, q) || p.top >= q.bottom - 1 || q.top >= p.bottom - 1;
  const found = [];
  for (const [i, [a, p]] of shown.entries())
    for (const [b, q] of shown.slice(i + 1))
      if (!apart(p, q)) found.push(`${a} and ${b}`);
  return found;
}"""
BOXES = """() => [...document.querySelectorAll(".vue-flow__node-card .card")].map((card) => {
  const box = card.getBoundingClientRect();
  return [card.dataset.card, ...[box.x, box.y, box.width, box.height].map(Math.round)];
})"""
SCALE = "() => new DOMMatrix(getComputedStyle(document.querySelector('.vue-flow__transformationpane')).transform).a"


class Canvas:
    """A page with a canvas."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url
        self.expect = expect

    def open(self, more: str = "") -> Canvas:
        """Go to the page, and wait until it is drawn."""
        self.page.goto(self.url + more, wait_until="commit")
        self.page.locator(".df-page").wait_for()
        return self

    # ---- cards

    def card(self, name: str) -> Locator:
        return self.page.locator(f'.card[data-card="{name}"]')

    def says(self, name: str, words: str) -> None:
        """The status of a card comes to say this."""
        expect(self.card(name).locator(".card-title .status")).to_contain_text(words)

    def shows(self, name: str, text: str) -> None:
        """A result of a card comes to show this."""
        expect(self.card(name).locator(".out").first).to_contain_text(text)

    def field(self, label: str) -> Locator:
        """The text field of an input."""
        return self.page.locator(".field", has_text=label).locator("input, textarea").first

    def type(self, label: str, text: str) -> None:
        self.field(label).fill(text)
        self.field(label).blur()

    def wire(self, start: str, end: str) -> Locator:
        """A wire, by the beginnings of its ends: `write` to `count`."""
        return self.page.locator(f'[data-wire^="{start}"][data-wire*="> {end}"]')

    def wire_is(self, start: str, end: str, how: str) -> None:
        expect(self.wire(start, end).first).to_have_attribute("data-state", how)

    # ---- buttons

    def button(self, name: str, within: Locator | None = None) -> Locator:
        return (within or self.page).get_by_role("button", name=name, exact=True)

    def press(self, name: str, within: Locator | None = None) -> None:
        self.button(name, within).first.click()

    def item(self, name: str) -> Locator:
        """An item of the open menu."""
        return self.page.locator(".pop").get_by_role("menuitem").filter(has_text=name)

    def run_all(self) -> None:
        self.press("Run all")

    def wait_until_over(self) -> None:
        expect(self.button("Stop all")).to_have_count(0)

    def run_menu(self, name: str) -> Locator:
        """Open what can be run from a card."""
        self.press(f"Choose what to run from {name}", self.card(name))
        menu = self.page.get_by_role("dialog", name="What to run")
        menu.locator(".tally").wait_for()
        return menu

    def until(self, holds: Callable[[], bool]) -> None:
        """Wait for something that is not on the page, while the page lives on."""
        end = time.monotonic() + SECONDS
        while not holds():
            assert time.monotonic() < end
            self.page.wait_for_timeout(20)

    def toasts(self) -> list[str]:
        return self.page.locator(".toast").all_inner_texts()

    # ---- the whole of it

    def places(self) -> dict[str, tuple[float, float]]:
        """Where the cards are in the window."""
        return {name: (x, y) for name, (x, y, *_) in self.boxes().items()}

    def until_still(self) -> None:
        """Wait until the cards have found their places: the server makes room when it hears of their sizes."""
        known: dict[str, tuple[float, ...]] = {"": ()}
        for _ in range(200):
            before, known = known, self.boxes()
            if known and before == known:  # a page that is slow has no cards yet
                return
            self.page.wait_for_timeout(250)
        raise AssertionError("the cards never stop")

    def boxes(self) -> dict[str, tuple[float, ...]]:
        """Where the cards are in the window, and how large."""
        return {name: tuple(box) for name, *box in self.page.evaluate(BOXES)}

    def zoom(self) -> int:
        return int(self.page.locator(".dock .pct").inner_text().removesuffix(" %"))

    def scale(self) -> float:
        """How large the canvas is shown, where no number says so."""
        return float(self.page.evaluate(SCALE))

    def overlaps(self) -> list[str]:
        return list(self.page.evaluate(OVERLAPS))
