"""What a server looks at to see what others have changed on a sheet: small things only, and no value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, literal, or_, select, union_all

from daggr_fn.store.records import Glance, RunHead, SheetInfo
from daggr_fn.store.sheets import all_settings, get, info_of
from daggr_fn.store.tables import inputs, results, reuses, runs, selections, sheets, versions

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy import Connection

NEWEST = 20
"""So many runs are looked at, and those that were going on when they were looked at last."""

Signs = dict[int, dict[str, tuple[int, float]]]
"""By run and step how many results it made or reused of it, and when the last one was made."""


def changed(connection: Connection, some: Collection[str]) -> dict[str, float]:
    """When sheets were changed last: each change is later than the one before. One that is gone is not among them."""
    found = select(sheets.c.id, sheets.c.changed).where(sheets.c.id.in_(some))
    return {row.id: row.changed for row in connection.execute(found)}


def beside(connection: Connection, some: Collection[str]) -> list[SheetInfo]:
    """Sheets, and all others of the same users and pipelines."""
    theirs = sheets.alias()
    same = (theirs.c.user == sheets.c.user) & (theirs.c.pipeline == sheets.c.pipeline)
    found = select(sheets).join(theirs, same).where(theirs.c.id.in_(some)).distinct()
    return [info_of(row) for row in connection.execute(found)]


def glance(connection: Connection, sheet: str, me: str, going: Collection[int]) -> Glance:
    """A sheet, its inputs by what their values are stored as, its settings, and its newest runs.

    Args:
        connection: In a transaction.
        sheet: The sheet.
        me: Who looks; the runs of others are told apart.
        going: Runs to be told of however old they are.
    """
    info = get(connection, sheet)
    entered = select(inputs.c.name, inputs.c.content).where(inputs.c.sheet == sheet)
    chosen = select(selections.c.step, selections.c.version).where(selections.c.sheet == sheet)
    return Glance(
        info,
        {row.name: row.content for row in connection.execute(entered)},
        all_settings(connection, sheet),
        {row.step: int(row.version) for row in connection.execute(chosen)},
        _heads(connection, sheet, me, going),
    )


def _heads(connection: Connection, sheet: str, me: str, going: Collection[int]) -> tuple[RunHead, ...]:
    columns = (runs.c.id, runs.c.name, runs.c.status, runs.c.owner, runs.c.created, runs.c.seconds)
    newest = select(runs.c.id).where(runs.c.sheet == sheet).order_by(runs.c.id.desc()).limit(NEWEST).subquery()
    wanted = or_(runs.c.id.in_(select(newest.c.id)), runs.c.id.in_(going))
    found = connection.execute(select(*columns).where(runs.c.sheet == sheet, wanted).order_by(runs.c.id))
    return tuple(
        RunHead(row.id, row.name, row.status, row.owner, row.owner == me, row.created, row.seconds) for row in found
    )


def steps_of(connection: Connection, run: int) -> tuple[str, ...]:
    """What a run was to run."""
    return tuple(connection.execute(select(runs.c.steps).where(runs.c.id == run)).scalar() or ())


def signs(connection: Connection, some: Collection[int]) -> Signs:
    """What there is of runs, as far as that tells whether there is more than there was."""
    last, number = func.max(results.c.created).label("last"), func.count().label("number")
    joined = versions.join(results, results.c.version == versions.c.id)
    made = select(versions.c.run, versions.c.step, last, number).select_from(joined).where(versions.c.run.in_(some))
    taken = select(reuses.c.run, reuses.c.step, literal(0.0).label("last"), func.count().label("number"))
    taken = taken.where(reuses.c.run.in_(some)).group_by(reuses.c.run, reuses.c.step)
    both = union_all(made.group_by(versions.c.run, versions.c.step), taken)
    found: Signs = {}
    for row in connection.execute(both):
        of_run = found.setdefault(row.run, {})
        before = of_run.get(row.step, (0, 0.0))
        of_run[row.step] = (before[0] + int(row.number), max(before[1], float(row.last)))
    return found
