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
_books: dict[object, SheetBook] = {}


class SheetBook:
    """The sheets of one database.

    It is closed when no site has it any more and nothing runs on its sheets. A run that goes on longer than its sites
    keeps it open, for who shows the pipeline again; it is looked at again when the next book is asked for.

    Args:
        store: The database.
    """

    def __init__(self, store: Store) -> None:
        self.store = store
        self._desk: Desk | None = None
        self._sites = 0

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

    @property
    def is_unused(self) -> bool:
        """Whether no site has it, and nothing runs on its sheets."""
        return self._sites == 0 and (self._desk is None or self._desk.is_idle)

    def take(self) -> SheetBook:
        """Have it, for a site."""
        self._sites += 1
        return self

    def give_back(self) -> None:
        """A site that had it is closed."""
        with _lock:
            self._sites -= 1
        _close_unused()

    def close(self) -> None:
        """Close the database, after what was to be written there."""
        if self._desk is not None:
            self._desk.close()
        self.store.close()


def sheet_book(*, persist: bool) -> SheetBook:
    """The sheets of the database that the environment names; with `persist=False` a book in memory, all its own.

    The caller gives it back: see `SheetBook.give_back`.

    Raises:
        StoreError: The database can't be opened.
    """
    _close_unused()
    with _lock:
        place = (os.environ.get("DAGGR_FN_DATABASE_URL", ""), str(home())) if persist else object()
        if place not in _books:
            _books[place] = _opened(persist=persist)
        return _books[place].take()


def _opened(*, persist: bool) -> SheetBook:
    from daggr_fn.store import Store

    if not persist:
        return SheetBook(Store.in_memory())
    store = Store()
    store.interrupt_dead_runs()
    return SheetBook(store)


def _close_unused() -> None:
    with _lock:
        unused = [place for place, book in _books.items() if book.is_unused]
        books = [_books.pop(place) for place in unused]
    for book in books:
        book.close()
