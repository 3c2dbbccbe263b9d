"""The lookout: whether another server has changed a sheet that is open here, as long as somebody looks at it."""

from __future__ import annotations

import threading
import weakref
from typing import TYPE_CHECKING

from daggr_fn.clock import CLOCK

if TYPE_CHECKING:
    from daggr_fn.live.chores import Chores
    from daggr_fn.live.current import CurrentSheet
    from daggr_fn.store import SheetInfo, Store

_Owner = tuple[str, str]

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
        self._sheets: weakref.WeakSet[CurrentSheet] = weakref.WeakSet()
        self._looks = False
        self._names: dict[_Owner, dict[str, str]] = {}

    def add(self, sheet: CurrentSheet) -> None:
        """A page shows a sheet."""
        if not self._store.is_shared:
            return
        owner = _owner(sheet.info)
        known = {info.id: info.name for info in self._store.sheets(*owner)}  # what is made from now on is to be told
        with self._lock:
            self._names.setdefault(owner, known)
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
                self._names.clear()
                return
        try:
            if any(sheet.runs_elsewhere for sheet in sheets):
                self._store.interrupt_dead_runs()
            self._tell(sheets, self._store.sheets_beside([sheet.info.id for sheet in sheets]))
        finally:
            CLOCK.after(SECONDS, self._ask)

    def _tell(self, sheets: list[CurrentSheet], found: list[SheetInfo]) -> None:
        """Tell sheets what they are to be told of all that are of the same users and pipelines."""
        changed = {info.id: info.changed for info in found}
        names: dict[_Owner, dict[str, str]] = {}
        for info in found:
            names.setdefault(_owner(info), {})[info.id] = info.name
        with self._lock:
            before = dict(self._names)
            self._names.update(names)
        for sheet in sheets:
            owner = _owner(sheet.info)
            if sheet.info.id not in changed:
                sheet.tell_gone()
                with self._lock:
                    self._sheets.discard(sheet)
                continue
            if before.get(owner) != names[owner]:
                sheet.tell_sheets()
            sheet.catch_up(changed[sheet.info.id])


def _owner(info: SheetInfo) -> _Owner:
    return info.user, info.pipeline
