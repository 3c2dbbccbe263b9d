"""What is written of results: new ones, reused ones, and which version people went back to."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, case, delete, func, insert, select, update

from daggr_fn.store import runs as store_runs
from daggr_fn.store.contents import write_all as write_contents
from daggr_fn.store.histories import item_index, item_text
from daggr_fn.store.histories import shown as shown_now
from daggr_fn.store.records import StoredResult
from daggr_fn.store.sheets import clean, put, touch
from daggr_fn.store.tables import results, reuses, selections, versions

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from sqlalchemy import BindParameter, Connection

    from daggr_fn.store.contents import Prepared
    from daggr_fn.store.records import Status


# Each finished step executes these: made once, they cost half of what they would when made each time.
_SOME_STEPS: BindParameter[Any] = bindparam("some_steps", expanding=True)
_VERSIONS = (
    select(
        versions.c.step,
        func.max(versions.c.number).label("newest"),
        func.max(case((versions.c.run == bindparam("a_run"), versions.c.id))).label("id"),
        func.max(case((versions.c.run == bindparam("a_run"), versions.c.number))).label("number"),
    )
    .where(versions.c.sheet == bindparam("a_sheet"), versions.c.step.in_(_SOME_STEPS))
    .group_by(versions.c.step)
)
_NEW_VERSION = insert(versions)
_NEW_RESULT = insert(results)
_UNSELECT = delete(selections).where(selections.c.sheet == bindparam("a_sheet"), selections.c.step.in_(_SOME_STEPS))


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


def add(connection: Connection, sheet: str, run: str, made: Sequence[NewResult]) -> list[StoredResult]:
    """Write results of a run, with the versions that they are the first of; each step shows its newest version again.

    However many there are, it takes the same few statements: what a finished step costs is mostly these.
    """
    touch(connection, sheet)
    steps = sorted({new.step for new in made})
    versions_of = _versions(connection, sheet, store_runs.number_of(connection, sheet, run), steps)
    write_contents(connection, {new.value.id: new.value for new in made if new.value is not None}.values())
    now = time.time()
    rows = {(versions_of[new.step].id, new.item): _facts(new, now) for new in made}  # the last one of an item counts
    ids = _put(connection, sheet, rows, [version.id for version in versions_of.values() if not version.is_new])
    connection.execute(_UNSELECT, {"a_sheet": sheet, "some_steps": steps})
    return [_stored(new, run, versions_of[new.step], ids, now) for new in made]


def _facts(new: NewResult, now: float) -> dict[str, Any]:
    return {
        "key": new.key, "digest": new.digest, "parts": dict(new.parts), "note": clean(new.note),
        "content": new.value.id if new.value is not None else None, "seconds": new.seconds,
        "reason": clean(new.reason), "status": new.status, "created": now,
        "error": dict(new.error) if new.error is not None else None,
    }  # fmt: skip


def _stored(
    new: NewResult, run: str, version: _Version, ids: Mapping[tuple[int, str], int], now: float
) -> StoredResult:
    facts = _facts(new, now)
    return StoredResult(
        id=ids[version.id, new.item], run=run, step=new.step, index=item_index(new.item), number=version.number, **facts
    )


@dataclass(frozen=True, slots=True)
class _Version:
    id: int
    number: int
    is_new: bool = False


def _versions(connection: Connection, sheet: str, run: int, steps: Sequence[str]) -> dict[str, _Version]:
    """The versions that a run makes of steps; those that aren't there are made."""
    asked = {"a_sheet": sheet, "a_run": run, "some_steps": steps}
    found = {row.step: row for row in connection.execute(_VERSIONS, asked)}
    known = {step: _Version(row.id, row.number) for step, row in found.items() if row.id is not None}
    missing = [step for step in steps if step not in known]
    for step in missing:
        number = (found[step].newest if step in found else 0) + 1
        made = connection.execute(_NEW_VERSION, {"sheet": sheet, "run": run, "step": step, "number": number})
        assert made.inserted_primary_key is not None
        known[step] = _Version(int(made.inserted_primary_key[0]), number, is_new=True)
    return known


def _put(
    connection: Connection, sheet: str, rows: Mapping[tuple[int, str], Mapping[str, Any]], old: Collection[int]
) -> dict[tuple[int, str], int]:
    """Write results by their version and item, in place of those that are there; gives their numbers.

    Args:
        connection: In a transaction.
        sheet: The sheet.
        rows: The results.
        old: The versions that were there before, and may have results.
    """
    asked = select(results.c.id, results.c.version, results.c.item).where(
        results.c.version.in_({version for version, _ in rows}), results.c.item.in_({item for _, item in rows})
    )
    known: dict[tuple[int, str], int] = {}
    if old:
        known = {(row.version, row.item): int(row.id) for row in connection.execute(asked)}
    for place in known.keys() & rows.keys():
        connection.execute(update(results).where(results.c.id == known[place]).values(**rows[place]))
    made = [
        {"sheet": sheet, "version": place[0], "item": place[1], **rows[place]} for place in rows if place not in known
    ]
    if len(made) == 1:
        one = connection.execute(_NEW_RESULT, made[0])
        assert one.inserted_primary_key is not None
        place = next(place for place in rows if place not in known)
        return {**known, place: int(one.inserted_primary_key[0])}
    if not made:
        return known
    connection.execute(_NEW_RESULT, made)
    return {(row.version, row.item): int(row.id) for row in connection.execute(asked)}


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


def carry_over(connection: Connection, sheet: str, run: str, steps: Sequence[str]) -> None:
    """Note that a run takes what is shown of steps, failures too, until it makes something in its place."""
    touch(connection, sheet)
    number = store_runs.number_of(connection, sheet, run)
    shown = shown_now(connection, sheet)
    noted = select(reuses.c.step).where(reuses.c.run == number)
    known = set(connection.execute(noted).scalars())  # the run goes on after it was interrupted
    rows = [
        {"run": number, "step": step, "item": item_text(index), "result": result.id}
        for step in steps
        if step in shown and step not in known
        for index, result in shown[step].results.items()
    ]
    if rows:
        connection.execute(insert(reuses), rows)


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
    connection.execute(_UNSELECT, {"a_sheet": sheet, "some_steps": [step]})


def _is_selected(connection: Connection, sheet: str, step: str, result: int) -> bool:
    """Whether a result belongs to the version that is selected: made by its run, or reused by it."""
    chosen = select(versions.c.id, versions.c.run).join(selections, selections.c.version == versions.c.id)
    row = connection.execute(chosen.where(selections.c.sheet == sheet, selections.c.step == step)).first()
    if row is None:
        return True
    made = select(results.c.id).where(results.c.id == result, results.c.version == row.id)
    taken = select(reuses.c.result).where(reuses.c.run == row.run, reuses.c.step == step, reuses.c.result == result)
    return any(connection.execute(query).first() is not None for query in (made, taken))
