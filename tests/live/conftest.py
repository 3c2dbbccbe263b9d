"""Open sheets, and a watcher that waits for what it hears, never for time to pass."""

from __future__ import annotations

import threading

import pytest

from daggr_fn.live import Desk
from daggr_fn.store import Store

SECONDS = 30


class Watcher:
    """Hears all patches of a sheet, as a page does, and keeps what they add up to."""

    def __init__(self, sheet):
        self.sheet = sheet
        self.patches = []
        self._heard = threading.Condition()
        self.shown, self.stop = sheet.look(self._hear)

    def _hear(self, patch):
        with self._heard:
            self.patches.append(patch)
            for name, part in patch.items():
                if name == "cards":
                    for step, facts in part.items():
                        self.shown["cards"][step] = merged(self.shown["cards"].get(step, {}), facts)
                elif name in ("inputs", "positions"):
                    self.shown[name].update(part)
                else:
                    self.shown[name] = part
            self._heard.notify_all()

    def until(self, holds):
        """Wait until something holds of what is shown."""
        with self._heard:
            assert self._heard.wait_for(lambda: holds(self.shown), SECONDS), self.shown
        return self.shown

    def states(self):
        return {step: facts["state"] for step, facts in self.shown["cards"].items()}

    def until_states(self, **states):
        """Wait until steps stand so."""
        self.until(lambda shown: all(shown["cards"][step]["state"] == state for step, state in states.items()))

    def run(self, how="all", step=None, **options):
        """Run, wait for the end, and bring the cards up to date."""
        run = self.sheet.run(how, step, **options)
        self.until(lambda shown: (shown["run"] or {}).get("id") == run and shown["run"]["state"] != "running")
        self.sheet.refresh()
        return self.shown["run"]


def merged(before, facts):
    after = {**before, **{name: value for name, value in facts.items() if name != "items"}}
    if "items" in facts:
        after["items"] = merged_items(before.get("items"), facts["items"])
    return {name: value for name, value in after.items() if value is not None}


def merged_items(before, items):
    if items is None or "states" in items:
        return items
    letters = list(before["states"])
    for place, letter in items["at"].items():
        letters[int(place)] = letter
    after = {**{k: v for k, v in items.items() if k != "at"}, "states": "".join(letters)}
    for name in ("errors", "seconds"):
        known = {**before.get(name, {}), **items.get(name, {})}
        found = {place: one for place, one in known.items() if name != "errors" or letters[int(place)] == "f"}
        if found:
            after[name] = found
    return after


@pytest.fixture
def store():
    made = Store()
    yield made
    made.close()


@pytest.fixture
def desk(store):
    made = Desk(store)
    yield made
    made.close()


@pytest.fixture
def watch(desk):
    """Opens a sheet of a pipeline, and watches it."""

    def opened(pipeline, **options):
        return Watcher(desk.open(pipeline, **options))

    return opened
