"""What the events of a run make of the cards, one by one: nothing is ever added up anew."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Any

from daggr_fn import events
from daggr_fn.live.failures import told_failure
from daggr_fn.live.states import GOING

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from daggr_fn.graph import Graph, Step
    from daggr_fn.live.states import Card

_IN_QUEUE = re.compile(r"Queue(d| \d+ of \d+)")
_RESET: Mapping[str, Any] = dict.fromkeys(
    ("fraction", "text", "why", "tries", "error", "saved", "turns", "note", "waits")
)


class Folding:
    """Folds the events of one run into cards.

    Args:
        run: The run's id.
        graph: The pipeline's graph.
        cards: The cards by step.
        version: The number of the version that a step shows, and of its newest.
        note: Why what an item shows is not kept.
        waits: Whether a person is asked by an item now.
        partly: The mapped steps of which only some items take part; the others stay as they are.
        secrets: What no card tells of what an error quotes.
    """

    def __init__(
        self,
        run: str,
        graph: Graph,
        cards: Mapping[str, Card],
        version: Callable[[str], list[int] | None],
        note: Callable[[str, tuple[int, ...]], str],
        waits: Callable[[str, tuple[int, ...]], bool],
        partly: Collection[str] = (),
        secrets: Sequence[object] = (),
    ) -> None:
        self.ended: set[str] = set()
        self._run = run
        self._graph = graph
        self._cards = cards
        self._version = version
        self._note = note
        self._waits = waits
        self._partly = partly
        self._secrets = secrets
        self._began: dict[str, float] = {}

    def fold(self, event: events.Event) -> None:
        """Take one event in."""
        if isinstance(event, events.StepEvent):
            card, step = self._cards[event.step], self._graph.steps[event.step]
            apply = (_APPLY if len(event.index) <= card.depth else _APPLY_TURN).get(type(event))
            if apply is not None:
                card.run = self._run
                apply(self, card, step, event)

    def end(self, word: str = "cancelled") -> None:
        """The run is over: what goes on still was left behind."""
        for card in self._cards.values():
            if card.run == self._run and card.state in GOING:
                if card.items is not None:
                    card.items.end("cancelled")
                card.tell(**_RESET)
                card.tell(state=word, seconds=self._seconds(card, time.time()))

    # ---- one step, or one item of it

    def waiting(self, card: Card, step: Step, event: Any) -> None:
        """It waits for a place, for a turn, or for the same call of another run."""
        if len(event.index) > card.depth:
            card.tell(text=event.reason)
            return
        if event.index and card.items is not None:
            card.items.set(event.index, "queue")
            card.tell(state=card.items.state, waits=event.reason)
        elif not event.index:
            self._begin(card, event.at, "queue")
            card.tell(text=event.reason)

    def started(self, card: Card, step: Step, event: Any) -> None:
        if event.index and card.items is not None:
            card.items.set(event.index, self._word(event))
            card.tell(state=card.items.state)
            return
        self._begin(card, event.at, self._word(event))
        card.tell(tries=event.attempt if event.attempt > 1 else None)

    def _word(self, event: Any) -> str:
        return "wait" if self._waits(event.step, event.index) else "running"

    def _begin(self, card: Card, at: float, word: str = "running") -> None:
        self._began[card.step] = at
        card.tell(**_RESET)
        card.tell(state=word, since=round(at, 3), seconds=None)

    def progressed(self, card: Card, step: Step, event: Any) -> None:
        waits = _IN_QUEUE.match(event.text) is not None
        word = "queue" if waits else "running"
        if event.index and card.items is not None:
            if card.items.word(event.index) in {"running", "queue"}:
                card.items.set(event.index, word)
            return
        if card.state in GOING:
            fraction = None if event.fraction is None else round(event.fraction, 3)
            card.tell(state=word, fraction=fraction, text=event.text or None)

    def partial(self, card: Card, step: Step, event: Any) -> None:
        card.revise()

    def finished(self, card: Card, step: Step, event: Any) -> None:
        if event.index and card.items is not None:
            card.items.set(event.index, "done")
            card.items.took(event.index, event.seconds)
            self._settle(card, step, event.at)
            return
        self._ended(card, step, "done", event, seconds=round(event.seconds, 3))

    def reused(self, card: Card, step: Step, event: Any) -> None:
        if event.index and card.items is not None:
            card.items.set(event.index, "reused")
            card.tell(saved=round(float(card.facts.get("saved") or 0.0) + event.saved, 3) or None)
            self._settle(card, step, event.at)
            return
        tries = None
        card.tell(**_RESET)
        self._ended(card, step, "reused", event, saved=round(event.saved, 3) or None, tries=tries)

    def _ended(self, card: Card, step: Step, word: str, event: Any, **facts: Any) -> None:
        tries = card.facts.get("tries")
        card.tell(**_RESET)
        card.tell(tries=tries)
        ports = dict.fromkeys(step.spec.outputs, True)
        note = self._note(event.step, event.index) or None
        card.tell(state=word, ports=ports, note=note, version=self._version(event.step), **facts)
        card.fresh = True
        card.revise()
        self.ended.add(event.step)

    def skipped(self, card: Card, step: Step, event: Any) -> None:
        if card.items is not None and len(event.index) == card.depth and card.depth:
            card.items.set(event.index, "skipped")
            self._settle(card, step, event.at)
            return
        card.tell(**_RESET)
        card.tell(state="skipped", why=event.reason or None, seconds=None)
        if not event.index:
            card.forget_items()
        self.ended.add(event.step)

    def failed(self, card: Card, step: Step, event: Any) -> None:
        error = told_failure(event.error, step, self._secrets) if event.error is not None else None
        if event.index and card.items is not None and error is not None:
            card.items.fail(event.index, error)
            self._settle(card, step, event.at)
            return
        tries = card.facts.get("tries")
        card.tell(**_RESET)
        card.tell(state="failed", error=error, seconds=round(event.seconds, 3), tries=tries)
        card.tell(ports=None, version=self._version(event.step))
        self.ended.add(event.step)

    def retrying(self, card: Card, step: Step, event: Any) -> None:
        if event.index and card.items is not None:
            card.items.set(event.index, "queue")
            return
        self.turn_retrying(card, step, event)

    def cancelled(self, card: Card, step: Step, event: Any) -> None:
        if event.index and card.items is not None:
            card.items.set(event.index, "cancelled")
            self._settle(card, step, event.at)
            return
        card.tell(**_RESET)
        card.tell(state="cancelled", seconds=self._seconds(card, event.at))
        self.ended.add(event.step)

    # ---- a turn of a step, or of an item: what becomes of it is told when the step ends

    def turn_waiting(self, card: Card, step: Step, event: Any) -> None:
        card.tell(text=event.reason)

    def turn_started(self, card: Card, step: Step, event: Any) -> None:
        card.tell(turns=event.index[-1] + 1, text=f"Turn {event.index[-1] + 1}")

    def turn_retrying(self, card: Card, step: Step, event: Any) -> None:
        card.tell(text=f"Attempt {event.attempt} failed, again in {event.delay:.0f} s", fraction=None)

    # ---- maps

    def map_started(self, card: Card, step: Step, event: Any) -> None:
        if not event.index:
            self._begin(card, event.at)
            if card.items is None or card.step not in self._partly:
                card.begin_items()
        if card.items is not None:
            card.items.expect(event.index, event.items)

    def map_finished(self, card: Card, step: Step, event: Any) -> None:
        if not event.index and card.items is not None:
            self._settle(card, step, event.at, over=True)

    def _settle(self, card: Card, step: Step, at: float, *, over: bool = False) -> None:
        """What the items together are now."""
        assert card.items is not None
        state = card.items.state
        card.revise()
        if not over:
            card.tell(state=state if state in GOING else "running")
            return
        facts = {"waits": None, "state": state, "seconds": self._seconds(card, at), "version": self._version(card.step)}
        values = card.items.count("done") + card.items.count("reused")
        card.tell(**facts, ports=dict.fromkeys(step.spec.outputs, True) if values or not len(card.items) else None)
        card.fresh = True
        self.ended.add(card.step)

    def _seconds(self, card: Card, at: float) -> float | None:
        began = self._began.get(card.step)
        return None if began is None else round(max(0.0, at - began), 3)


_APPLY: Mapping[type[events.Event], Callable[[Folding, Card, Step, Any], None]] = {
    events.StepWaiting: Folding.waiting,
    events.StepStarted: Folding.started,
    events.StepProgress: Folding.progressed,
    events.StepPartial: Folding.partial,
    events.StepFinished: Folding.finished,
    events.StepReused: Folding.reused,
    events.StepSkipped: Folding.skipped,
    events.StepErrored: Folding.failed,
    events.StepRetrying: Folding.retrying,
    events.StepCancelled: Folding.cancelled,
    events.MapStarted: Folding.map_started,
    events.MapFinished: Folding.map_finished,
}

_APPLY_TURN: Mapping[type[events.Event], Callable[[Folding, Card, Step, Any], None]] = {
    events.StepWaiting: Folding.turn_waiting,
    events.StepStarted: Folding.turn_started,
    events.StepProgress: Folding.progressed,
    events.StepPartial: Folding.partial,
    events.StepRetrying: Folding.turn_retrying,
}
