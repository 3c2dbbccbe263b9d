"""How the cards of a sheet stand: a little JSON for each, of which only what changed is sent again."""

from __future__ import annotations

from typing import Any, Literal

from daggr_fn.live.items import Items

State = Literal[
    "idle",
    "queue",
    "running",
    "done",
    "reused",
    "stale",
    "wait",
    "failed",
    "skipped",
    "cancelled",
    "interrupted",
]
GOING = frozenset({"queue", "running", "wait"})
ENDED_WELL = frozenset({"done", "reused"})

Patch = dict[str, Any]
"""The shape of a snapshot, with what changed in it; `None` where something is gone."""


class Card:
    """How one step stands.

    Attributes:
        step: The name of the step, or of a group.
        depth: In how many maps the step is.
        items: Its items, once their number is known.
        facts: What is told of it, as JSON; a fact that is not there is not told.
        run: The run that it takes part in now.
        fresh: Whether what it shows was made of the sheet's inputs as they are.
    """

    __slots__ = ("_changed", "asked", "depth", "facts", "fresh", "items", "run", "step")

    def __init__(self, step: str, depth: int = 0) -> None:
        self.step = step
        self.depth = depth
        self.items: Items | None = None
        self.facts: dict[str, Any] = {"state": "idle", "rev": 0}
        self.run = ""
        self.fresh = True
        self.asked: dict[str, Any] = {}
        self._changed: set[str] = set()

    @property
    def state(self) -> str:
        """One of `State`."""
        return str(self.facts["state"])

    @property
    def has_value(self) -> bool:
        """Whether there is a result to show."""
        return bool(self.facts.get("ports"))

    def tell(self, **facts: Any) -> None:
        """Change facts; those that are `None` are not told any more."""
        for name, value in facts.items():
            if self.facts.get(name) == value:
                continue
            self._changed.add(name)
            if value is None:
                del self.facts[name]
            else:
                self.facts[name] = value

    def revise(self) -> None:
        """There is another result, or partial result, to look at."""
        self.tell(rev=int(self.facts["rev"]) + 1)

    def begin_items(self) -> Items:
        """Its items, from now on anew."""
        self.items = Items(self.depth)
        return self.items

    def forget_items(self) -> None:
        """It has no items any more."""
        self.items = None
        self._changed.add("items")

    @property
    def changed(self) -> bool:
        """Whether there is something to be sent."""
        return bool(self._changed) or (self.items is not None and self.items.changed)

    def snapshot(self) -> Patch:
        """All that is told."""
        whole = dict(self.facts)
        if self.items is not None:
            whole["items"] = self.items.snapshot()
        return whole

    def patch(self) -> Patch:
        """What has changed since the last patch."""
        patch = {name: self.facts.get(name) for name in self._changed if name != "items"}
        if self.items is not None and self.items.changed:
            patch["items"] = self.items.patch()
        elif "items" in self._changed:
            patch["items"] = None
        self._changed.clear()
        return patch
