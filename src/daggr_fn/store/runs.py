"""Runs on a sheet, within the caller's transaction."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, delete, insert, literal, select, union, update

from daggr_fn.store.records import RunInfo, RunStatus
from daggr_fn.store.sheets import clean, touch
from daggr_fn.store.tables import inputs, results, reuses, run_inputs, runs, versions

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection


_NUMBER = select(runs.c.id).where(runs.c.sheet == bindparam("a_sheet"), runs.c.name == bindparam("a_name"))


def begin(connection: Connection, sheet: str, run: str, owner: str, steps: Iterable[str], how: str) -> None:
    """Note a run, and the sheet's inputs as they are now. A run that is there already goes on (it is resumed)."""
    touch(connection, sheet)
    known = connection.execute(select(runs.c.id).where(runs.c.sheet == sheet, runs.c.name == run)).scalar()
    facts = {"owner": owner, "steps": [clean(step) for step in steps], "how": clean(how), "status": "running"}
    if known is not None:
        connection.execute(update(runs).where(runs.c.id == known).values(**facts, seconds=None))
        return
    made = connection.execute(insert(runs).values(**facts, sheet=sheet, name=run, created=time.time()))
    assert made.inserted_primary_key is not None
    now = select(literal(made.inserted_primary_key[0]), inputs.c.name, inputs.c.content).where(inputs.c.sheet == sheet)
    connection.execute(insert(run_inputs).from_select(["run", "name", "content"], now))


def end(connection: Connection, sheet: str, run: str, status: RunStatus, seconds: float) -> None:
    touch(connection, sheet)
    connection.execute(
        update(runs).where(runs.c.id == number_of(connection, sheet, run)).values(status=status, seconds=seconds)
    )


def number_of(connection: Connection, sheet: str, run: str) -> int:
    """The number of a run in the database.

    Raises:
        LookupError: It was never begun.
    """
    found = connection.execute(_NUMBER, {"a_sheet": sheet, "a_name": run}).scalar()
    if found is None:
        raise LookupError(f"there is no run {run!r} on this sheet: begin_run comes first")
    return int(found)


def latest(connection: Connection, sheet: str, limit: int) -> list[RunInfo]:
    found = select(runs).where(runs.c.sheet == sheet).order_by(runs.c.id.desc()).limit(limit)
    rows = connection.execute(found).all()
    finished = _finished(connection, [row.id for row in rows])
    return [
        RunInfo(
            row.name, row.how, tuple(row.steps), tuple(step for step in row.steps if step in finished.get(row.id, ())),
            row.status, row.created, row.seconds,
        )
        for row in rows
    ]  # fmt: skip


def _finished(connection: Connection, ids: list[int]) -> dict[int, set[str]]:
    """The steps that runs made or reused, nothing of them failed.

    Of a mapped step of a run that did not end, nobody knows how many items were to come: it counts as unfinished.
    """
    joined = versions.join(results, results.c.version == versions.c.id)
    made = select(versions.c.run, versions.c.step, results.c.item, results.c.status).select_from(joined)
    taken = select(reuses.c.run, reuses.c.step, reuses.c.item, literal("done").label("status"))
    parts = union(made.where(versions.c.run.in_(ids)), taken.where(reuses.c.run.in_(ids))).subquery()
    rows = connection.execute(select(parts, runs.c.status.label("run_status")).join(runs, runs.c.id == parts.c.run))
    finished: dict[int, set[str]] = {}
    unfinished: set[tuple[int, str]] = set()
    for row in rows:
        finished.setdefault(row.run, set()).add(row.step)
        if row.status != "done" or (row.item and row.run_status in {"running", "interrupted"}):
            unfinished.add((row.run, row.step))
    return {run: {step for step in steps if (run, step) not in unfinished} for run, steps in finished.items()}


def owners_of_running(connection: Connection) -> list[str]:
    found = select(runs.c.owner).where(runs.c.status == "running").distinct()
    return [str(owner) for owner in connection.execute(found).scalars()]


def interrupt(connection: Connection, owners: list[str]) -> int:
    """Mark the running runs of owners as interrupted; says how many."""
    theirs = update(runs).where(runs.c.status == "running", runs.c.owner.in_(owners))
    return int(connection.execute(theirs.values(status="interrupted")).rowcount)


def has_inputs_of(connection: Connection, sheet: str, run: str) -> bool:
    number = number_of(connection, sheet, run)
    now = connection.execute(select(inputs.c.name, inputs.c.content).where(inputs.c.sheet == sheet))
    then = connection.execute(select(run_inputs.c.name, run_inputs.c.content).where(run_inputs.c.run == number))
    return {(row.name, row.content) for row in now} == {(row.name, row.content) for row in then}


def restore_inputs(connection: Connection, sheet: str, run: int) -> None:
    """Set the sheet's inputs to what they were when a run began; the others are at their defaults again."""
    connection.execute(delete(inputs).where(inputs.c.sheet == sheet))
    then = select(literal(sheet), run_inputs.c.name, run_inputs.c.content).where(run_inputs.c.run == run)
    connection.execute(insert(inputs).from_select(["sheet", "name", "content"], then))
