"""Values in the database: each once, whatever refers to it; their files lie in the store of files, and are pinned."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, delete, exists, insert, select, update

from daggr_fn import files
from daggr_fn.execution.memo.payload import from_payload, to_payload
from daggr_fn.store.tables import contents, inputs, results, run_inputs

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from sqlalchemy import Connection, Row

_MOST_NAMES = 500
LARGE = 256 * 1024
YOUNG_SECONDS = 3600.0
"""How long a value is kept that nothing refers to: it may be on its way in."""


_AMONG = contents.c.id.in_(bindparam("some_ids", expanding=True))
_THERE = select(contents.c.id).where(_AMONG)
_USED = update(contents).where(_AMONG).values(used=bindparam("now"))
_NEW = insert(contents)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A value that is ready to be written.

    Attributes:
        id: The sha256 of its pickle.
        data: The pickle; `None` when it is large, and lies in the file `large`.
        kept: The kept files that it refers to, that one included, relative to the root.
    """

    id: str
    data: bytes | None
    large: str | None
    kept: list[str]


def prepare(value: Any, root: Path, returns: Any = None) -> Prepared:
    """Pickle a value and keep its files, before any transaction.

    Raises:
        NotReusable: It can't be stored; says why.
    """
    payload = to_payload(value, root, returns)
    name = hashlib.sha256(payload.data).hexdigest()
    if len(payload.data) <= LARGE:
        return Prepared(name, payload.data, None, payload.kept)
    large = files.keep_bytes(payload.data, "value.pkl", root=root).relative_to(root).as_posix()
    return Prepared(name, None, large, [*payload.kept, large])


def write(connection: Connection, value: Prepared) -> None:
    """Have the value in the database, and young."""
    write_all(connection, [value])


def write_all(connection: Connection, values: Collection[Prepared]) -> None:
    """Have values in the database, and young."""
    if not values:
        return
    now, ids = time.time(), [value.id for value in values]
    there = set(connection.execute(_THERE, {"some_ids": ids}).scalars())
    if there:
        connection.execute(_USED, {"some_ids": ids, "now": now})
    new = [value for value in values if value.id not in there]
    rows = [{"id": one.id, "data": one.data, "large": one.large, "kept": one.kept, "used": now} for one in new]
    if rows:
        connection.execute(_NEW, rows)


def find(connection: Connection, content: str) -> Row[Any] | None:
    return connection.execute(select(contents).where(contents.c.id == content)).first()


def missing_file(row: Row[Any], root: Path) -> str | None:
    """The first of a value's files that is gone or was written to."""
    return next((one for one in row.kept if not files.kept_ok(root / one, root=root)), None)


def read(row: Row[Any] | None, root: Path, returns: Any = None) -> Any:
    """The value.

    Raises:
        LookupError: It is gone, or can't be read any more; in words for people.
    """
    if row is None:
        raise LookupError("the value is gone: it was removed from the store of sheets")
    gone = missing_file(row, root)
    if gone is not None:
        raise LookupError(f"the value can't be read: its file {Path(gone).name} is gone, or was written to")
    data: bytes = row.data if row.large is None else (root / row.large).read_bytes()
    return from_payload(data, root, returns)


def remove_unused(connection: Connection, now: float) -> None:
    """Remove the values that nothing refers to and that are not young."""
    referrers = (inputs.c.content, run_inputs.c.content, results.c.content)
    unused = [contents.c.used < now - YOUNG_SECONDS, *(~exists().where(one == contents.c.id) for one in referrers)]
    connection.execute(delete(contents).where(*unused))


def absent(connection: Connection, names: Sequence[str]) -> list[str]:
    """Those of the names that no value in the database has."""
    there: set[str] = set()
    for start in range(0, len(names), _MOST_NAMES):
        some = select(contents.c.id).where(contents.c.id.in_(names[start : start + _MOST_NAMES]))
        there.update(connection.execute(some).scalars())
    return [name for name in names if name not in there]
