"""The connection to the database: short transactions, one writer at a time where the database can only have one."""

from __future__ import annotations

import contextlib
import logging
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import (
    ArgumentError,
    DBAPIError,
    IntegrityError,
    NoSuchModuleError,
    OperationalError,
    SQLAlchemyError,
)
from tenacity import retry, retry_if_exception_message, stop_after_delay, wait_random

from daggr_fn.store import schema
from daggr_fn.store.records import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from sqlalchemy import URL, Connection, Engine

logger = logging.getLogger("daggr_fn")

T = TypeVar("T")

_BUSY_SECONDS = 30
_TRIES = 6
_WRITES = "daggr_fn_writes"


class Database:
    """A database of sheets, in today's form. Threads may share it.

    Args:
        url: As SQLAlchemy writes it.

    Raises:
        StoreError: It can't be reached or used.
    """

    def __init__(self, url: str) -> None:
        self.url = _parsed(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self._turn = threading.Lock()
        self._closed = False
        try:
            self.engine = self._engine()
            self._writer = self.engine.execution_options(**{_WRITES: True})
            self._upgrade()
        except (SQLAlchemyError, ImportError, OSError) as error:
            raise StoreError(f"the sheets can't be opened at {self.where}: {_told(error)}") from error

    @property
    def where(self) -> str:
        """The address of the database, without its password."""
        return self.url.render_as_string(hide_password=True)

    @property
    def file(self) -> Path | None:
        """The file of SQLite."""
        return Path(self.url.database).absolute() if self.is_sqlite and self.url.database else None

    def _engine(self) -> Engine:
        if not self.is_sqlite:
            return create_engine(self.url, pool_pre_ping=True)
        if self.file is not None:
            self.file.parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(self.url, connect_args={"timeout": _BUSY_SECONDS})
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine

    def _upgrade(self) -> None:
        try:
            self._write(schema.upgrade)
        except BaseException:
            self.engine.dispose()
            raise

    def read(self, ask: Callable[[Connection], T]) -> T:
        """Ask in a transaction of its own: all that it reads is of one moment.

        Raises:
            StoreError: The database can't be used now.
        """
        with self._told_as_ours(), self._begun(self.engine) as connection:
            return ask(connection)

    def write(self, change: Callable[[Connection], T]) -> T:
        """Change in a transaction of its own, whole or not at all. Done again when another writer came between.

        Raises:
            StoreError: The database can't be used now.
        """
        with self._told_as_ours():
            return self._write(change)

    def _write(self, change: Callable[[Connection], T]) -> T:
        for attempt in range(_TRIES):
            try:
                return self._write_once(change)
            except (IntegrityError, OperationalError) as error:
                if attempt == _TRIES - 1 or not _is_collision(error):
                    raise
                logger.debug("another writer of the sheets came between: %s", _told(error))
        raise AssertionError("the last try returns or raises")

    def _write_once(self, change: Callable[[Connection], T]) -> T:
        # SQLite has one writer at a time, and who waits for it sleeps and looks again: threads queue up here instead.
        with self._turn if self.is_sqlite else contextlib.nullcontext(), self._begun(self._writer) as connection:
            return change(connection)

    @contextlib.contextmanager
    def _told_as_ours(self) -> Generator[None, None, None]:
        try:
            yield
        except SQLAlchemyError as error:
            raise StoreError(f"the sheets can't be used at {self.where}: {_told(error)}") from error

    @contextlib.contextmanager
    def _begun(self, engine: Engine) -> Generator[Connection, None, None]:
        with engine.connect() as connection:
            try:
                with connection.begin():
                    yield connection
            finally:
                if self._closed:  # a call that was left behind came late: nobody else will close its connection
                    connection.invalidate()

    def close(self) -> None:
        """Close all connections. What is asked later still gets its answer, over a connection of its own."""
        self._closed = True
        self.engine.dispose()


def _parsed(url: str) -> URL:
    try:
        parsed = make_url(url)
        if parsed.drivername in {"postgresql", "postgres"}:  # psycopg 3 is the one that is tested
            parsed = parsed.set(drivername="postgresql+psycopg")
        parsed.get_dialect()
    except (ArgumentError, NoSuchModuleError) as error:
        raise StoreError(
            "the address of the database of sheets is none that SQLAlchemy knows; "
            "write it like sqlite:////var/lib/sheets.db or postgresql://user:password@host/database"
        ) from error
    return parsed


def _set_up_sqlite(connection: Any, _: object) -> None:
    connection.isolation_level = None  # the driver would begin transactions at times of its own
    _write_ahead(connection)
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA foreign_keys = ON")


@retry(
    retry=retry_if_exception_message(match="database is locked"),
    wait=wait_random(0.01, 0.1),
    stop=stop_after_delay(_BUSY_SECONDS),
    reraise=True,
)
def _write_ahead(connection: Any) -> None:
    # Of several that do this to a new file at once, SQLite lets one, and refuses the others without its usual waiting.
    connection.execute("PRAGMA journal_mode = WAL")


def _begin_sqlite(connection: Connection) -> None:
    # A reader that turns into a writer is refused when another wrote meanwhile: a writer says so at the start.
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _is_collision(error: DBAPIError) -> bool:
    """Whether the same again may go well: two writers met. SQLite's wait for each other instead."""
    code: Any = getattr(error.orig, "sqlstate", None)
    return code in {"23505", "23503", "40001", "40P01"}


def _told(error: BaseException) -> str:
    """What a database said, without the statement and its values, which may be private."""
    return str(error.orig if isinstance(error, DBAPIError) else error).strip().split("\n", 1)[0]
