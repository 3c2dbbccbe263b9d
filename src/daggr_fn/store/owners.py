"""Which servers are alive: each holds a lock that dies with it, so that the runs of one that was killed are known."""

from __future__ import annotations

import contextlib
import hashlib
import secrets
import threading
from typing import TYPE_CHECKING, Protocol

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

if TYPE_CHECKING:
    from pathlib import Path

    from filelock import FileLock
    from sqlalchemy import Connection, Engine


class Owners(Protocol):
    """The owners of runs: servers, each with an id of its own.

    Attributes:
        id: That of this one, whether or not it counts as alive.
    """

    @property
    def id(self) -> str: ...

    def own(self) -> str:
        """The id of this one; from now on it counts as alive."""
        ...

    def is_gone(self, owner: str) -> bool:
        """Whether an owner isn't alive any more."""
        ...

    def close(self) -> None:
        """This one is alive no more."""
        ...


class OwnersByFile:
    """For a database that is a file: a lock of the operating system on a file beside it.

    Args:
        folder: Where the lock files lie.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.id = secrets.token_hex(16)
        self._guard = threading.Lock()
        self._held: FileLock | None = None

    def own(self) -> str:
        with self._guard:
            if self._held is None:
                self._folder.mkdir(parents=True, exist_ok=True)
                lock = self._lock_of(self.id)
                lock.acquire(timeout=0)  # pyright: ignore[reportUnknownMemberType]
                self._held = lock
        return self.id

    def is_gone(self, owner: str) -> bool:
        from filelock import Timeout

        if owner == self.id or not self._path_of(owner).exists():
            return owner != self.id
        lock = self._lock_of(owner)
        try:
            lock.acquire(timeout=0)  # pyright: ignore[reportUnknownMemberType]
        except Timeout:
            return False
        self._give_up(lock, owner)
        return True

    def close(self) -> None:
        with self._guard:
            lock, self._held = self._held, None
        if lock is not None:
            self._give_up(lock, self.id)

    def _give_up(self, lock: FileLock, owner: str) -> None:
        with contextlib.suppress(OSError):  # Windows removes no open file
            self._path_of(owner).unlink()
        lock.release()

    def _path_of(self, owner: str) -> Path:
        return self._folder / f"{owner}.lock"

    def _lock_of(self, owner: str) -> FileLock:
        from filelock import FileLock

        return FileLock(self._path_of(owner), thread_local=False)


class OwnersByAdvisoryLock:
    """For PostgreSQL: a lock of the database, which it gives back when the owner's connection ends, on any machine.

    Args:
        engine: The database.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.id = secrets.token_hex(16)
        self._guard = threading.Lock()
        self._held: Connection | None = None

    def own(self) -> str:
        with self._guard:
            if self._held is None or not self._still_there(self._held):
                self._held = self._connect()
                _ask(self._held, "pg_try_advisory_lock", self.id)
        return self.id

    def is_gone(self, owner: str) -> bool:
        if owner == self.id:
            return False
        with self._connect() as connection:
            if not _ask(connection, "pg_try_advisory_lock", owner):
                return False
            _ask(connection, "pg_advisory_unlock", owner)
            return True

    def close(self) -> None:
        with self._guard:
            held, self._held = self._held, None
        if held is None:
            return
        with contextlib.suppress(SQLAlchemyError):  # a connection that is lost has given it back
            _ask(held, "pg_advisory_unlock", self.id)  # at once: the database hears of its end some time later
        held.invalidate()  # what is not given back may not go back to the pool
        held.close()

    def _connect(self) -> Connection:
        return self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")

    @staticmethod
    def _still_there(connection: Connection) -> bool:
        """Whether the database was not started anew meanwhile, which ends all locks."""
        try:
            connection.execute(text("SELECT 1"))
        except SQLAlchemyError:
            connection.close()
            return False
        return True


def _ask(connection: Connection, function: str, owner: str) -> bool:
    number = int.from_bytes(hashlib.sha256(owner.encode()).digest()[:8], "big", signed=True)
    return bool(connection.execute(text(f"SELECT {function}(:number)"), {"number": number}).scalar())
