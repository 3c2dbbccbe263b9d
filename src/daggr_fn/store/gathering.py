"""Results that threads bring at the same time, written together: what comes while others are written is next."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

from daggr_fn.store import results

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from daggr_fn.store.database import Database
    from daggr_fn.store.records import StoredResult
    from daggr_fn.store.results import NewResult

_Waiting = list[tuple["NewResult", "Future[StoredResult]"]]
_Place = tuple[str, str]

MOST = 200
"""So many go together at most: SQLite takes a thousand values in a statement."""


class _Turn:
    """Whose turn it is to write results of a run: those who wait for theirs have time to gather.

    SQLite has one writer at a time anyway; other databases would begin each transaction at once, and share none.
    """

    def __init__(self) -> None:
        self.lock = threading.Lock()


class Gathering:
    """Writes results of runs, those of one run together where several threads bring some.

    Each thread waits until its own is written, so nothing is lost that a step was told to be kept. The thread that
    comes first writes for all who come until it has its turn.

    Args:
        database: Where they are written.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._waiting: dict[_Place, _Waiting] = {}
        self._turns: WeakValueDictionary[_Place, _Turn] = WeakValueDictionary()

    def add(self, sheet: str, run: str, new: NewResult) -> StoredResult:
        """Write a result, and wait until it is.

        Raises:
            SheetNotFound: The sheet is gone.
            LookupError: The run was never begun.
        """
        future: Future[StoredResult] = Future()
        with self._lock:
            waiting = self._waiting.setdefault((sheet, run), [])
            waiting.append((new, future))
            writes = len(waiting) == 1
            turn = self._turns.setdefault((sheet, run), _Turn())
            if len(waiting) >= MOST:
                del self._waiting[sheet, run]  # whoever comes now is the first of the next
        if writes:
            with turn.lock:
                self._write((sheet, run), waiting)
        return future.result()

    def _write(self, place: _Place, waiting: _Waiting) -> None:
        taken: _Waiting = []

        def change(connection: Connection) -> list[StoredResult]:
            if not taken:  # else another writer came between, and the same is written again
                taken.extend(self._take(place, waiting))
            return results.add(connection, *place, [new for new, _ in taken])

        try:
            written = self._database.write(change)
        except BaseException as error:  # noqa: BLE001  # who waits hears of it, whatever it is
            self._tell(place, taken or self._take(place, waiting), error)
            return
        for (_, future), stored in zip(taken, written, strict=True):
            future.set_result(stored)

    def _take(self, place: _Place, waiting: _Waiting) -> _Waiting:
        """What has gathered. Whoever comes from now on is the first of the next."""
        with self._lock:
            if self._waiting.get(place) is waiting:
                del self._waiting[place]
            return list(waiting)

    def _tell(self, place: _Place, taken: _Waiting, error: BaseException) -> None:
        """Together they could not be written: one that can't be must not be the end of the others."""
        for new, future in taken:
            if len(taken) == 1:
                future.set_exception(error)
                continue
            try:
                alone = self._database.write(lambda connection, new=new: results.add(connection, *place, [new]))  # type: ignore[misc]
                future.set_result(alone[0])
            except BaseException as its_own:  # noqa: BLE001  # who waits hears of it
                future.set_exception(its_own)
