"""The lookout: whether another server has changed a sheet that is open here, as long as somebody looks at it."""

from __future__ import annotations

import threading
import weakref
from typing import TYPE_CHECKING

from daggr_fn.clock import CLOCK

if TYPE_CHECKING:
    from daggr_fn.live.chores import Chores
    from daggr_fn.live.sheet import OpenSheet
    from daggr_fn.store import Store

SECONDS = 1.0
"""How often it looks: one small question to the database for all sheets together, and none when no page is open."""


class Lookout:
    """Has sheets take in what other servers do on them.

    Args:
        store: Where the sheets are kept.
        chores: The thread that looks.
    """

    def __init__(self, store: Store, chores: Chores) -> None:
        self._store = store
        self._chores = chores
        self._lock = threading.Lock()
        self._sheets: weakref.WeakSet[OpenSheet] = weakref.WeakSet()
        self._looks = False

    def add(self, sheet: OpenSheet) -> None:
        """A page shows a sheet."""
        if not self._store.is_shared:
            return
        with self._lock:
            self._sheets.add(sheet)
            if self._looks:
                return
            self._looks = True
        CLOCK.after(SECONDS, self._ask)

    def _ask(self) -> None:
        self._chores.do(self._look)

    def _look(self) -> None:
        with self._lock:
            for sheet in [sheet for sheet in self._sheets if not sheet.watched]:
                self._sheets.discard(sheet)
            sheets = list(self._sheets)
            self._looks = bool(sheets)
        if not sheets:
            return
        try:
            if any(sheet.runs_elsewhere for sheet in sheets):
                self._store.interrupt_dead_runs()
            changed = self._store.changed([sheet.info.id for sheet in sheets])
            for sheet in sheets:
                sheet.catch_up(changed.get(sheet.info.id))
        finally:
            CLOCK.after(SECONDS, self._ask)
