"""What a run on a sheet is asked for, and the words in which the store keeps that."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from daggr_fn.errors import listed
from daggr_fn.plan.items import needed_items

if TYPE_CHECKING:
    from collections.abc import Collection

    from daggr_fn.expressions import Index
    from daggr_fn.graph import Graph
    from daggr_fn.plan import Settings

How = Literal["all", "fresh", "to", "this", "from", "item"]
HOWS: tuple[How, ...] = ("all", "fresh", "to", "this", "from", "item")
_WHOLE = ("all", "fresh")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a run is asked for.

    Attributes:
        how: `all`, or `fresh` for all anew; or `to` a step what is stale, `this` step anew with what it needs, `from` a
            step all anew; or one `item` of a mapped step alone, with what it needs.
        step: The step or group, but for `all` and `fresh`.
        item: The index of the item.
    """

    how: str = "all"
    step: str | None = None
    item: tuple[int, ...] = ()

    @property
    def words(self) -> str:
        """What the store keeps of it."""
        item = [".".join(map(str, self.item))] if self.item else []
        return " ".join([self.how, *item, *([] if self.step is None else [self.step])])

    @classmethod
    def read(cls, words: str) -> Asked:
        """What `words` told."""
        how, _, step = words.partition(" ")
        item: Index = ()
        if how == "item":
            numbers, _, step = step.partition(" ")
            item = tuple(map(int, numbers.split(".")))
        return cls(how, step or None, item)

    def settings(self, settings: Settings, graph: Graph, *, finished: Collection[str] = ()) -> Settings:
        """The options of the run.

        Args:
            settings: Those of the pipeline.
            graph: The pipeline's graph.
            finished: Steps that an interrupted run did anew already.

        Raises:
            ValueError: There is no such way to run.
            WiringError: There is no such step.
        """
        how = self.how
        if how not in HOWS:
            raise ValueError(f"a run is {listed(HOWS)}, not {how!r}")
        settings = settings.changed(only=(), only_forces=False, keep="", resume=False)
        if how in _WHOLE:
            return settings.changed(fresh=tuple(sorted(set(graph.steps) - set(finished))) if how == "fresh" else ())
        if self.step is None:
            raise ValueError(f"which step is the run {how!r}? Give its name")
        names = steps_named(graph, self.step)
        anew = names if how == "this" else graph.behind(names) if how == "from" else set[str]()
        return settings.changed(
            only=tuple(f"{name}+" if how == "from" else f"+{name}" for name in sorted(names)),
            fresh=tuple(sorted(anew - set(finished))),
            items=needed_items(graph.step(self.step), self.item) if how == "item" else {},
        )


def steps_named(graph: Graph, name: str) -> set[str]:
    """The step of a name, or the steps of the group of that name.

    Raises:
        WiringError: There is neither.
    """
    inside = {step for step in graph.steps if step.startswith(f"{name}/")}
    return inside if inside and name not in graph.steps else {graph.step(name).name}
