"""What other servers do on a sheet that is open here: their runs and what these make, as the store has it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from daggr_fn.live.opening import OF_A_RUN, show_stored
from daggr_fn.live.states import ENDED_WELL, GOING

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from daggr_fn.graph import Graph
    from daggr_fn.live.memory import Results
    from daggr_fn.live.states import Card, Patch
    from daggr_fn.plan import Plan
    from daggr_fn.store import Glance, RunHead, Store

ELSEWHERE = "Runs on another server"


class TheirRun:
    """A run of another server.

    Attributes:
        head: How it stands, as it was looked at last.
        steps: What it is to run.
        began: The steps that were told to run, and since when.
        complete: The mapped steps of which all items are there.
    """

    def __init__(self, head: RunHead, steps: Collection[str], mapped: Collection[str]) -> None:
        self.head = head
        self.steps = frozenset(steps)
        self.began: dict[str, float] = {}
        self.complete: set[str] = set()
        self._mapped = mapped
        self._signs: Mapping[str, tuple[int, float]] = {}

    @property
    def ended(self) -> set[str]:
        """The steps that it has made or reused: of the mapped ones those that are complete."""
        return {step for step in self._signs if step not in self._mapped} | self.complete

    def items(self, step: str) -> int:
        """How many items of a mapped step it has made or reused."""
        return self._signs.get(step, (0, 0.0))[0]

    def news(self, signs: Mapping[str, tuple[int, float]]) -> set[str]:
        """The steps of which there is more than when this was asked last."""
        before, self._signs = self._signs, signs
        return {step for step, sign in signs.items() if before.get(step) != sign}

    def told(self) -> Patch:
        """The run in JSON."""
        done = len(self.steps) if self.head.status == "done" else len(self.ended & self.steps)
        told: Patch = {
            "id": self.head.run, "state": self.head.status, "since": round(self.head.created, 3), "done": done,
            "of": len(self.steps),
        }  # fmt: skip
        if self.head.seconds is not None:
            told["seconds"] = round(self.head.seconds, 3)
        return told


class Others:
    """What other servers do on a sheet. The lock of its board is held by who calls.

    Attributes:
        last: What was taken in last: what the sheet was then.

    Args:
        store: Where the sheet is kept.
        sheet: Its id.
        graph: The pipeline's graph.
        cards: The cards by step.
    """

    def __init__(self, store: Store, sheet: str, graph: Graph, cards: Mapping[str, Card]) -> None:
        self._store = store
        self._sheet = sheet
        self._graph = graph
        self._cards = cards
        self._going: dict[int, TheirRun] = {}
        self.last = store.glance(sheet)
        self._known: dict[int, tuple[str, str]] = {head.number: _stands(head) for head in self.last.runs}
        for head in self.last.runs:
            if head.status == "running" and not head.is_mine:
                self._begin(head)

    @property
    def going(self) -> list[TheirRun]:
        """The runs of others that go on, oldest first."""
        return list(self._going.values())

    @property
    def pending(self) -> set[str]:
        """The steps that these runs have still to do."""
        return {step for run in self._going.values() for step in run.steps - run.ended}

    def glance(self) -> Glance:
        """The sheet as it is now.

        Raises:
            SheetNotFound: It is gone.
        """
        return self._store.glance(self._sheet, list(self._going))

    def take_in(self, now: Glance, results: Results, mine: Collection[str]) -> tuple[set[str], TheirRun | None]:
        """Show what others have made and chosen since this was asked last.

        Args:
            now: The sheet as it is now.
            results: The results of the sheet.
            mine: The steps that runs of this server have still to do, and so tell of.

        Returns:
            The steps whose cards were brought up to date, and the run that ended last, if any did.
        """
        before, self.last = self.last, now
        chosen = {step for step, _ in before.selected.items() ^ now.selected.items()}
        if chosen:
            results.forget()
        news, ended = self._look_at_runs(now)
        if ended:
            results.learn_keys()
        steps = {step for step in (news | chosen) - set(mine) if step in self._cards}
        for run in ended:
            steps |= run.began.keys() - set(mine)
        show_stored(self._cards, self._graph, results, steps)
        for run in ended:
            self._leave(run, steps)
        return steps, ended[-1] if ended else None

    def _look_at_runs(self, now: Glance) -> tuple[set[str], list[TheirRun]]:
        """The steps of which others' runs have something new, and those of these runs that have ended."""
        moved: dict[int, TheirRun] = {}
        for head in now.runs:
            before, self._known[head.number] = self._known.get(head.number), _stands(head)
            if head.is_mine:  # also one of theirs that is gone on with here
                self._going.pop(head.number, None)
            elif head.status == "running" or before != _stands(head):
                moved[head.number] = self._begin(head)
        signs = self._store.signs(list(moved)) if moved else {}
        news: set[str] = set()
        ended: list[TheirRun] = []
        for number, run in moved.items():
            news |= run.news(signs.get(number, {}))
            if run.head.status != "running":
                ended.append(self._going.pop(number))
        return news, ended

    def _begin(self, head: RunHead) -> TheirRun:
        run = self._going.get(head.number)
        if run is None:
            mapped = {name for name, step in self._graph.steps.items() if step.axes}
            steps = [step for step in self._store.steps_of(head.number) if step in self._cards]
            run = self._going[head.number] = TheirRun(head, steps, mapped)
        run.head = head
        return run

    def _leave(self, run: TheirRun, shown: Collection[str]) -> None:
        """A run is over: what it left undone was stopped, or its server was."""
        if run.head.status in ("cancelled", "interrupted"):
            left = run.steps if run.head.status == "interrupted" else run.began.keys() & shown
            for name in left - run.ended:
                if self._cards[name].state not in GOING | {"failed"}:
                    self._cards[name].tell(state=run.head.status)

    def note_complete(self, plan: Plan) -> None:
        """Find out which mapped steps have all their items: the store doesn't know how many are to come."""
        for run in self._going.values():
            for name in run.steps - run.complete:
                planned = plan.steps.get(name)
                items = planned.items if planned is not None and planned.mark == "reuse" else None
                if items is not None and run.items(name) >= items:
                    run.complete.add(name)

    def tell_running(self, plan: Plan, mine: Collection[str]) -> None:
        """Tell on the cards which steps run elsewhere: those that are to run, and whose inputs are there.

        The store has no more of a step that goes on than that it has not ended. Where it waits for a place nobody
        knows here.

        Args:
            plan: What a run of everything would do now: what is skipped doesn't run.
            mine: The steps that runs of this server have still to do.
        """
        skipped = {name for name, planned in plan.steps.items() if planned.mark == "skip"}
        for run in self._going.values():
            for name in run.steps - run.ended - skipped - set(mine):
                if all(self._is_there(one, run, skipped) for one in self._graph.network.pred[name]):
                    card, since = self._cards[name], run.began.setdefault(name, round(time.time(), 3))
                    left = {"ports": card.facts.get("ports"), "since": since, "text": ELSEWHERE}
                    card.tell(**{**OF_A_RUN, **left}, state="running")
                    _expect(card, plan.steps[name].items)

    def _is_there(self, name: str, run: TheirRun, skipped: Collection[str]) -> bool:
        if name in skipped:
            return True
        done = name in run.ended or name not in run.steps
        return done and self._cards[name].state in ENDED_WELL | {"stale", "skipped"}


def _expect(card: Card, number: int | None) -> None:
    """Of a mapped step so many items will be there, where that is known."""
    if card.depth == 1 and number is not None:
        items = card.items or card.begin_items()
        if len(items) < number:
            items.expect((), number)


def _stands(head: RunHead) -> tuple[str, str]:
    return head.status, head.owner
