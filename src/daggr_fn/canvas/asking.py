"""The questions that a page shows: of several that a mapped step asks at once, the one that is looked at."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from daggr_fn.canvas.components_of import component_of
from daggr_fn.canvas.views import view
from daggr_fn.expressions import Gathered

if TYPE_CHECKING:
    from daggr_fn.canvas.links import Links
    from daggr_fn.kinds import Question
    from daggr_fn.live import OpenSheet

Patch = dict[str, Any]


class Asking:
    """Which question of each step one page shows.

    Args:
        sheet: The sheet.
        links: Addresses for files.
    """

    def __init__(self, sheet: OpenSheet, links: Links) -> None:
        self._sheet = sheet
        self._links = links
        self._lock = threading.RLock()
        self._looked_at: dict[str, tuple[int, ...]] = {}

    def shown(self, step: str) -> Question | None:
        """The question of a step that is looked at: the first open one, then that one until it has its answer.

        An item before it that asks later does not take its place: somebody may be about to answer.
        """
        with self._lock:  # results are looked up in threads
            found = self._sheet.questions(step)
            kept = self._looked_at.pop(step, None)
            shown = next((one for one in found if one.asker[1] == kept), found[0] if found else None)
            if shown is not None:
                self._looked_at[step] = shown.asker[1]
            return shown

    def turn(self, step: str, by: int) -> None:
        """Look at the next question, or the one before."""
        with self._lock:
            found = self._sheet.questions(step)
            now = self.shown(step)
            if now is not None and found:
                place = next((i for i, one in enumerate(found) if one.asker == now.asker), 0)
                self._looked_at[step] = found[(place + by) % len(found)].asker[1]

    def told(self, step: str) -> Patch | None:
        """The question of a step as the page shows it; `None` when nothing is asked."""
        asked = self.shown(step)
        if asked is None:
            return None
        found = self._sheet.questions(step)
        place = next((i for i, one in enumerate(found) if one.asker == asked.asker), 0)
        component = self._component(step, asked.sort) if asked.around is None else None
        value = view(asked.value, component, links=self._links) if asked.sort == "approve" else None
        return {
            "sort": asked.sort,
            "note": asked.note,
            "index": list(asked.asker[1]),
            "place": place,
            "of": len(found),
            "shown": value,
            "options": [view(one, component, links=self._links) for one in asked.options],
            "has_value": asked.value is not None,
        }

    def _component(self, step: str, sort: str) -> Any:
        """The component of what is asked about, of one option: it is shown as on the card that it comes from."""
        edge = next(iter(self._sheet.graph.steps[step].edges.values()), None)
        if sort == "choose":
            return component_of(edge.of) if isinstance(edge, Gathered) else None
        return component_of(edge)
