"""What is written of results: new ones, reused ones, and which version people went back to."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, func, insert, select

from daggr_fn.store import runs as store_runs
from daggr_fn.store.contents import write as write_content
from daggr_fn.store.histories import item_text, one_result
from daggr_fn.store.sheets import clean, put, touch
from daggr_fn.store.tables import results, reuses, selections, versions

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy import Connection

    from daggr_fn.store.contents import Prepared
    from daggr_fn.store.records import Status, StoredResult


@dataclass(frozen=True, slots=True)
class NewResult:
    """What `Store.add_result` was given; `value` is ready to be written, or `note` says why there is none."""

    step: str
    item: str
    key: str
    digest: str
    parts: Mapping[str, str]
    value: Prepared | None
    note: str
    seconds: float
    reason: str
    status: Status
    error: Mapping[str, Any] | None


def add(connection: Connection, sheet: str, run: str, new: NewResult) -> StoredResult:
    """Write a result, and with it its version if it is the first; the step shows its newest version again."""
    touch(connection, sheet)
    version = _version(connection, sheet, store_runs.number_of(connection, sheet, run), new.step)
    if new.value is not None:
        write_content(connection, new.value)
    facts = {
        "key": new.key, "digest": new.digest, "parts": dict(new.parts), "note": clean(new.note),
        "content": new.value.id if new.value is not None else None, "seconds": new.seconds,
        "reason": clean(new.reason), "status": new.status, "created": time.time(),
        "error": dict(new.error) if new.error is not None else None,
    }  # fmt: skip
    put(connection, results, {"sheet": sheet, "version": version, "item": new.item}, facts)
    _unselect(connection, sheet, new.step)
    return one_result(connection, version, new.item)


def _version(connection: Connection, sheet: str, run: int, step: str) -> int:
    """The id of the version that a run makes of a step; made when it isn't there."""
    known = connection.execute(select(versions.c.id).where(versions.c.run == run, versions.c.step == step)).scalar()
    if known is not None:
        return int(known)
    newest = select(func.max(versions.c.number)).where(versions.c.sheet == sheet, versions.c.step == step)
    number = (connection.execute(newest).scalar() or 0) + 1
    made = connection.execute(insert(versions).values(sheet=sheet, run=run, step=step, number=number))
    assert made.inserted_primary_key is not None
    return int(made.inserted_primary_key[0])


def add_reuses(
    connection: Connection, sheet: str, run: str, reused: Iterable[tuple[str, tuple[int, ...], StoredResult]]
) -> None:
    """Note what a run took as it was; a step whose selected version that wasn't shows its newest again."""
    touch(connection, sheet)
    number = store_runs.number_of(connection, sheet, run)
    for step, index, result in reused:
        key = {"run": number, "step": clean(step), "item": item_text(index)}
        put(connection, reuses, key, {"result": result.id})
        if not _is_selected(connection, sheet, clean(step), result.id):
            _unselect(connection, sheet, clean(step))


def select_version(connection: Connection, sheet: str, step: str, number: int, *, restore_inputs: bool) -> None:
    """Go back to a version.

    Raises:
        LookupError: There is none of that number.
    """
    touch(connection, sheet)
    its = select(versions.c.id, versions.c.run).where(versions.c.sheet == sheet, versions.c.step == step)
    row = connection.execute(its.where(versions.c.number == number)).first()
    if row is None:
        raise LookupError(f"the step {step!r} has no version {number} on this sheet")
    put(connection, selections, {"sheet": sheet, "step": step}, {"version": row.id})
    if restore_inputs:
        store_runs.restore_inputs(connection, sheet, row.run)


def select_newest(connection: Connection, sheet: str, step: str) -> None:
    touch(connection, sheet)
    _unselect(connection, sheet, step)


def _unselect(connection: Connection, sheet: str, step: str) -> None:
    connection.execute(delete(selections).where(selections.c.sheet == sheet, selections.c.step == step))


def _is_selected(connection: Connection, sheet: str, step: str, result: int) -> bool:
    """Whether a result belongs to the version that is selected: made by its run, or reused by it."""
    chosen = select(versions.c.id, versions.c.run).join(selections, selections.c.version == versions.c.id)
    row = connection.execute(chosen.where(selections.c.sheet == sheet, selections.c.step == step)).first()
    if row is None:
        return True
    made = select(results.c.id).where(results.c.id == result, results.c.version == row.id)
    taken = select(reuses.c.result).where(reuses.c.run == row.run, reuses.c.step == step, reuses.c.result == result)
    return any(connection.execute(query).first() is not None for query in (made, taken))
