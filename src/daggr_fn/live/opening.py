"""What a sheet that is opened shows: what the store has of it. No value is read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from daggr_fn.live.states import Card

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from daggr_fn.graph import Graph, Step
    from daggr_fn.live.memory import Results
    from daggr_fn.store import RunInfo, Version


OF_A_RUN: dict[str, Any] = dict.fromkeys(
    ("fraction", "text", "why", "tries", "error", "saved", "turns", "note", "waits", "since", "ports", "seconds")
)
"""What is told of one run of a step, and not of another."""

_RUNS = 20
"""How many runs are asked which steps they skipped."""


def new_cards(graph: Graph) -> dict[str, Card]:
    """A card for each step, of which nothing is known yet."""
    return {name: Card(name, len(step.axes)) for name, step in graph.steps.items()}


def restore(cards: Mapping[str, Card], graph: Graph, results: Results) -> RunInfo | None:
    """Bring cards to what the store has of the sheet; the run that was interrupted, if the last one was."""
    newest = results.store.newest_versions(results.sheet)
    for name, version in results.store.shown(results.sheet).items():
        if name in cards:
            restore_card(cards[name], graph.steps[name], version, newest.get(name, version.number), results)
    runs = results.store.runs(results.sheet, _RUNS)
    _restore_skipped(cards, runs)
    last = next(iter(runs), None)
    if last is None or last.status != "interrupted":
        return None
    for name in set(last.steps) - set(last.done):
        if name in cards and cards[name].state != "failed":
            cards[name].tell(state="interrupted")
    return last


def _restore_skipped(cards: Mapping[str, Card], runs: Sequence[RunInfo]) -> None:
    """What a run that ended has left nothing of was skipped, and would be again: it is not as if it had never run."""
    known: set[str] = set()
    for run in runs:
        for name in set(run.steps) - set(run.done) - known:
            if run.status in {"done", "failed"} and name in cards and cards[name].state == "idle":
                cards[name].tell(state="skipped")
        known.update(run.steps)


def show_stored(cards: Mapping[str, Card], graph: Graph, results: Results, steps: Collection[str]) -> None:
    """Have the cards of steps show what the store has of these now."""
    if not steps:
        return
    newest = results.store.newest_versions(results.sheet)
    found = results.store.shown(results.sheet, sorted(steps))
    for name in steps:
        card = cards[name]
        if name in found:
            card.tell(text=None, since=None)
            restore_card(card, graph.steps[name], found[name], newest.get(name, found[name].number), results)
            card.fresh = True
        else:
            card.tell(**OF_A_RUN)
            card.tell(state="idle")


def restore_card(card: Card, step: Step, version: Version, newest: int, results: Results) -> None:
    """Bring a card to what the store has of its step: a version, of which the newest has this number."""
    if bool(step.axes) != any(version.results):  # it was mapped then and is not now, or the other way round
        results.know(version.results.values())
        results.note_newest(card.step, newest)
        card.tell(version=results.numbers(card.step))
        return
    if step.axes:
        _restore_items(card, version)
    results.show_again(card.step, version, newest)
    card.tell(**OF_A_RUN)
    card.tell(version=results.numbers(card.step))
    state = version.status if version.status in {"done", "failed", "skipped", "cancelled"} else "done"
    card.tell(state=state, seconds=round(version.seconds, 3) or None)
    if any(result.status == "done" for result in version.results.values()):
        card.tell(ports=dict.fromkeys(step.spec.outputs, True))
        card.revise()
    only = version.results.get(())
    if only is not None:
        card.tell(error=dict(only.error) if only.error is not None else None, note=only.note or None)


def _restore_items(card: Card, version: Version) -> None:
    items = card.begin_items()
    if card.depth == 1:  # the place of an item is its index: those in between may have no result
        items.expect((), max((index[0] for index in version.results if index), default=-1) + 1)
    for index, result in version.results.items():
        if len(index) != card.depth:
            continue
        if result.status == "failed" and result.error is not None:
            items.fail(index, dict(result.error))
        else:
            items.set(index, result.status)
            items.took(index, result.seconds)
