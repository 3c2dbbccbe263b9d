"""Sheet books: the sheets of one database, and the desk that opens them, which all sites of a process share."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING

from daggr_fn.files import home

if TYPE_CHECKING:
    from daggr_fn.live import Desk
    from daggr_fn.store import Store

_lock = threading.RLock()
_books: dict[tuple[str, str], SheetBook] = {}


class SheetBook:
    """The sheets of one database.

    Args:
        store: The database.
    """

    def __init__(self, store: Store) -> None:
        self.store = store
        self._desk: Desk | None = None

    def has(self, user: str, key: str, sheet: str) -> bool:
        """Whether a sheet is a user's, and of the pipeline whose sheets are kept under a key."""
        from daggr_fn.store import SheetNotFound

        try:
            return self.store.sheet(user, sheet).pipeline == key
        except SheetNotFound:
            return False

    @property
    def desk(self) -> Desk:
        """What opens them; made when a page first needs it."""
        with _lock:
            if self._desk is None:
                from daggr_fn.live import Desk

                self._desk = Desk(self.store)
            return self._desk


def sheet_book(*, persist: bool) -> SheetBook:
    """The sheets of the database that the environment names; with `persist=False` a book in memory, all its own.

    Raises:
        StoreError: The database can't be opened.
    """
    from daggr_fn.store import Store

    if not persist:
        return SheetBook(Store.in_memory())
    with _lock:
        place = (os.environ.get("DAGGR_FN_DATABASE_URL", ""), str(home()))
        if place not in _books:
            store = Store()
            store.interrupt_dead_runs()
            _books[place] = SheetBook(store)
        return _books[place]
