"""The desks of this process: what opens sheets, one for each database, which all sites share."""

from __future__ import annotations

import functools
import os
import threading
from typing import Any

from daggr_fn.files import home

_lock = threading.Lock()


class SheetsOfDesk:
    """Tells whose sheets are whose, by the store of a desk."""

    def __init__(self, desk: Any) -> None:
        self._store = desk.store

    def has(self, user: str, key: str, sheet: str) -> bool:
        from daggr_fn.store import SheetNotFound

        try:
            info = self._store.sheet(user, sheet)
        except SheetNotFound:
            return False
        return bool(info.pipeline == key)


def sheets_of(desk: Any) -> SheetsOfDesk:
    """What tells whose sheets are whose."""
    return SheetsOfDesk(desk)


def desk_of(*, persist: bool) -> Any:
    """The desk of the database that the environment names; of one in memory, all its own, with `persist=False`."""
    from daggr_fn.live import Desk
    from daggr_fn.store import Store

    if not persist:
        return Desk(Store.in_memory())
    with _lock:
        return _kept_desk(os.environ.get("DAGGR_FN_DATABASE_URL", ""), str(home()))


@functools.cache
def _kept_desk(url: str, root: str) -> Any:
    from daggr_fn.live import Desk
    from daggr_fn.store import Store

    store = Store(url or None)
    store.interrupt_dead_runs()
    return Desk(store)
