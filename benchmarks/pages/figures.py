"""What is measured of the canvas: each function gives figures, with their targets where the project has some."""

from __future__ import annotations

import functools
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser

from pages.browsing import Served, Watched, opened, percentile

SIZES = (10, 100, 1000)
RUN_ALL = (
    "() => [...document.querySelectorAll('.bar button')].find((one) => one.textContent.trim() === 'Run all').click()"
)
RUN_STATE = "document.querySelector('.df-page').dataset.run"
OVER = f"() => bench.when(() => {RUN_STATE} === 'done')"
FRAMES = 80


@dataclass(frozen=True)
class Figure:
    """One figure.

    Attributes:
        name: What it is.
        found: Each repetition.
        unit: Of the repetitions: `s`, `ms`, `bytes`, `MB`, or nothing for a number.
        most: The target: at most so much; `None` where there is none.
        least: The target: at least so much.
        pick: Which of the repetitions counts. The least for times: what else the machine does only adds to them.
    """

    name: str
    found: list[float]
    unit: str
    most: float | None = None
    least: float | None = None
    pick: Callable[[list[float]], float] = field(default=min)

    @property
    def value(self) -> float:
        """The repetition that counts."""
        return self.pick(self.found)

    @property
    def met(self) -> bool | None:
        """Whether the target is met; `None` when there is none."""
        if self.most is None and self.least is None:
            return None
        return (self.most is None or self.value <= self.most) and (self.least is None or self.value >= self.least)


Part = Callable[[Browser, Served], Iterator[Figure]]


def opening(chromium: Browser, ours: Served, rounds: int = 5) -> Iterator[Figure]:
    """From the start of the navigation until cards are drawn, a widget takes input and a run can be started."""
    for size, most in zip(SIZES, (None, 1.0, 2.0), strict=True):
        seconds: list[float] = []
        drawn: list[float] = []
        work: list[float] = []
        for _ in range(rounds + 1):  # the first opens the sheet, too
            with opened(chromium, ours.urls[f"workflow {size}"]) as watched:
                seconds.append(watched.do("() => bench.marks.usable") / 1000)
                drawn.append(watched.do("() => bench.marks.cards") / 1000)
                work.append(watched.cpu())
                _prove_usable(watched)
        yield Figure(f"open to interactive, {size} steps: the first page of the server", seconds[:1], "s")
        yield Figure(f"open to interactive, {size} steps", seconds[1:], "s", most)
        yield Figure(f"open until cards are drawn, {size} steps", drawn[1:], "s")
        yield Figure(f"open to interactive, {size} steps: the page's own processor time", work[1:], "s")


def _prove_usable(watched: Watched) -> None:
    """What looks usable is: a text that is typed is told to the server, which answers to all pages, this one too."""
    watched.settle()
    watched.got.clear()
    box = watched.page.locator("article.card .slot :is(input, textarea)").first
    box.fill(f"a dog {time.time()}")
    box.blur()
    watched.page.wait_for_timeout(50)
    for _ in range(100):
        if watched.got:
            return
        watched.page.wait_for_timeout(50)
    raise AssertionError("what was typed did not arrive at the server")


def finished_steps(chromium: Browser, ours: Served, rounds: int = 8) -> Iterator[Figure]:
    """What a finished step costs on the wire, and how long after the node's return it is on the screen."""
    for size in SIZES:
        with opened(chromium, ours.urls[f"workflow {size}"]) as watched:
            ours.tell("pause 0")
            _new_input(watched)
            watched.got.clear()
            watched.do(RUN_ALL)
            watched.do(OVER)
            watched.settle()
            yield Figure(f"bytes per finished step, all of {size} run", [watched.bytes / size], "bytes", 1000)
            ours.tell("pause 0.3")
            found = [_one_step(watched, ours) for _ in range(rounds)]
            ours.tell("pause 0")
        yield Figure(f"bytes from one step of {size}, of its end", [one[0] for one in found], "bytes", 1000, pick=max)
        name = f"from a node's return to the screen, {size} steps"
        yield Figure(name, [one[1] for one in found], "ms", 100)
        yield Figure(f"{name}: the median", [one[1] for one in found], "ms", pick=statistics.median)


_ONE = """() => {
  const names = [...document.querySelectorAll('article.card')].map((card) => card.dataset.card);
  return names.find((name) => name.startsWith('mix'));
}"""
_BEGIN = """async (card) => {
  const named = document.querySelector(`article.card[data-card="${card}"]`);
  named.querySelector('[aria-label^="Choose what to run"]').click();
  await bench.when(() => document.querySelector('[role=menu], .menu'));
  const items = [...document.querySelectorAll('button, [role=menuitem]')];
  items.find((one) => /this step/i.test(one.textContent)).click();
  await bench.when(() => named.dataset.state === 'running');
}"""
_SEEN = """(card) => {
  const named = document.querySelector(`article.card[data-card="${card}"]`);
  return bench.when(() => named.dataset.state === 'done');
}"""


def _one_step(watched: Watched, ours: Served) -> tuple[float, float]:
    """Run one step anew; the bytes of its end, and the milliseconds until it is seen."""
    watched.settle()
    card = watched.do(_ONE)
    watched.do(_BEGIN, card)
    watched.got.clear()
    seen = watched.do(_SEEN, card)
    bytes_of_end = watched.bytes
    watched.settle()
    return bytes_of_end, (seen - ours.last_return) * 1000


def _new_input(watched: Watched) -> None:
    box = watched.page.locator("article.card .slot :is(input, textarea)").first
    box.fill(f"a cat at {time.time()}")
    box.blur()
    watched.settle()


def fitting(chromium: Browser, ours: Served, rounds: int = 3) -> Iterator[Figure]:
    """Fit shows all cards: counted are those that are drawn, and lie in view."""
    seconds: list[float] = []
    drawn: list[float] = []
    for _ in range(rounds):
        with opened(chromium, ours.urls["workflow 1000"]) as watched:
            watched.settle()
            fit = """async () => {
              const began = performance.now();
              document.querySelector('[aria-label="Fit all"]').click();
              await bench.when(() => bench.drawn('[data-card]') >= 1001);
              return (performance.now() - began) / 1000;
            }"""
            seconds.append(watched.do(fit))
            drawn.append(watched.do("() => bench.drawn('[data-card]')"))
    yield Figure("Fit at 1,000 steps: cards drawn in view, with that of the inputs", drawn, "", least=1001)
    yield Figure("Fit at 1,000 steps: time until all are drawn", seconds, "s")


def moving(chromium: Browser, ours: Served, rounds: int = 3) -> Iterator[Figure]:
    """The gaps between frames while a card is dragged, and while the canvas is panned."""
    for size in SIZES:
        with opened(chromium, ours.urls[f"workflow {size}"]) as watched:
            watched.settle()
            for name, selector, way in (("drag", "article.card .card-head", (3, 2)), ("pan", None, (-6, 0))):
                halves: list[float] = []
                tails: list[float] = []
                work: list[float] = []
                for _ in range(rounds):
                    before = watched.cpu()
                    gaps = watched.do(
                        "([selector, frames, way]) => bench.pull(selector, frames, way)", [selector, FRAMES, way]
                    )
                    work.append((watched.cpu() - before) / FRAMES * 1000)
                    halves.append(percentile(gaps, 0.5))
                    tails.append(percentile(gaps, 0.95))
                    watched.settle()
                yield Figure(f"{name} at {size} steps: gap between frames, p50", halves, "ms")
                yield Figure(f"{name} at {size} steps: gap between frames, p95", tails, "ms")
                yield Figure(f"{name} at {size} steps: the page's processor time a frame", work, "ms")


def running(chromium: Browser, ours: Served, rounds: int = 3) -> Iterator[Figure]:
    """From the click on Run all until the page shows all as done."""
    for name, number, most in (
        ("chain", "a chain of 300 steps", 3.0),
        ("mapped", "2,000 items of a mapped step", None),
    ):
        seconds: list[float] = []
        sent: list[float] = []
        with opened(chromium, ours.urls[name]) as watched:
            for turn in range(rounds):
                box = watched.page.locator("article.card .slot input").first
                box.fill(str(2000 + turn if name == "mapped" else 1000 * turn))
                box.blur()
                watched.settle()
                watched.got.clear()
                click = f"""async () => {{
                  const began = performance.timeOrigin + performance.now();
                  ({RUN_ALL})();
                  await bench.when(() => {RUN_STATE} === 'running');
                  return began / 1000;
                }}"""
                began = watched.do(click)
                seconds.append(watched.do(OVER) - began)
                watched.settle()
                sent.append(watched.bytes)
        # Of the mapped step only the first turn makes all items: later ones find all but one on the sheet.
        pick: Callable[[list[float]], float] = _first if name == "mapped" else min
        yield Figure(f"{number}: from the click until all is done on the screen", seconds, "s", most, pick=pick)
        yield Figure(f"{number}: bytes that came", sent, "bytes", pick=pick)


def _first(found: list[float]) -> float:
    return found[0]


def memory(chromium: Browser, ours: Served, runs: int = 1000) -> Iterator[Figure]:
    """Runs of 10 steps on one open page; what the server and the page hold after a tenth of them, and after all."""
    # Such a run may begin and end between two messages: that another one is over is seen by its number on a card.
    script = f"""async (runs) => {{
      const run = {RUN_ALL};
      const number = () => [...document.querySelectorAll('article.card .hist .num')].at(-1)?.textContent;
      for (let i = 0; i < runs; i += 1) {{
        const before = number();
        run();
        await bench.when(() => {RUN_STATE} === 'done' && number() !== before);
      }}
    }}"""
    with opened(chromium, ours.urls["short"]) as watched:
        watched.do(script, runs // 10)
        server, page = ours.megabytes, watched.heap()
        watched.do(script, runs - runs // 10)
        more_server, more_page = ours.megabytes, watched.heap()
    for name, before, after in (("the server (RSS)", server, more_server), ("the page (heap)", page, more_page)):
        yield Figure(f"memory of {name} after {runs // 10} runs", [before], "MB")
        yield Figure(
            f"memory of {name}: growth over the other {runs - runs // 10}", [after - before], "MB", 0.1 * before
        )


PARTS: dict[str, Part] = {
    "open": opening,
    "step": finished_steps,
    "fit": fitting,
    "move": moving,
    "run": running,
    "memory": memory,
}


def quick(part: Part) -> Part:
    """A part with one repetition of each."""
    few: Any = {"runs": 50} if part is memory else {"rounds": 1}
    return functools.partial(part, **few)
