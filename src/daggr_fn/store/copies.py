"""What is done to whole histories: a sheet is duplicated, a step gets another name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select, update

from daggr_fn.store.sheets import clean, get, make, touch
from daggr_fn.store.tables import inputs, results, reuses, run_inputs, runs, selections, settings, sheets, versions

if TYPE_CHECKING:
    from sqlalchemy import Connection, Table

    from daggr_fn.store.records import SheetInfo

_MOST_NAMES = 500
BY_STEP = frozenset({"positions", "folded", "edits"})
"""The settings whose names are steps, or begin with one and a dot."""


def duplicate(connection: Connection, sheet: str, name: str) -> SheetInfo:
    """A sheet with all that is on another. A run that goes on there is interrupted here."""
    touch(connection, sheet)
    old = get(connection, sheet)
    new = make(connection, old.user, old.pipeline, name)
    to_sheet = {sheet: new.id}
    for table in (inputs, settings):
        _copy(connection, table, {"sheet": to_sheet})
    run = _copy_numbered(connection, runs, {"sheet": to_sheet})
    _copy(connection, run_inputs, {"run": run})
    version = _copy_numbered(connection, versions, {"sheet": to_sheet, "run": run})
    result = _copy_numbered(connection, results, {"sheet": to_sheet, "version": version})
    _copy(connection, reuses, {"run": run, "result": result})
    _copy(connection, selections, {"sheet": to_sheet, "version": version})
    going = update(runs).where(runs.c.sheet == new.id, runs.c.status == "running")
    connection.execute(going.values(status="interrupted"))
    return new


def _rows(connection: Connection, table: Table, changes: dict[str, dict[Any, Any]]) -> list[dict[str, Any]]:
    """The rows of a table that refer to the old, referring to the new, oldest first."""
    column, olds = next((name, list(change)) for name, change in changes.items())
    order = table.c.id if "id" in table.c else table.c[column]
    rows: list[dict[str, Any]] = []
    for start in range(0, len(olds), _MOST_NAMES):  # no database takes any number of names in one question
        some = select(table).where(table.c[column].in_(olds[start : start + _MOST_NAMES])).order_by(order)
        rows.extend(dict(row) for row in connection.execute(some).mappings())
    for row in rows:
        row.update({name: change[row[name]] for name, change in changes.items()})
    return rows


def _copy(connection: Connection, table: Table, changes: dict[str, dict[Any, Any]]) -> None:
    rows = _rows(connection, table, changes)
    if rows:
        connection.execute(insert(table), rows)


def _copy_numbered(connection: Connection, table: Table, changes: dict[str, dict[Any, Any]]) -> dict[int, int]:
    """Copy rows that the database numbers; says which number became which."""
    rows = _rows(connection, table, changes)
    if not rows:
        return {}
    old = [row.pop("id") for row in rows]
    made = connection.execute(insert(table).returning(table.c.id, sort_by_parameter_order=True), rows)
    return dict(zip(old, made.scalars(), strict=True))


def rename_step(connection: Connection, pipeline: str, old: str, new: str) -> bool:
    """Give the history of a step to its new name on all sheets of a pipeline, unless the new name has one."""
    old, new = clean(old), clean(new)
    its = select(sheets.c.id).where(sheets.c.pipeline == clean(pipeline)).order_by(sheets.c.id)
    ids = [str(one) for one in connection.execute(its).scalars()]
    renamed = [_rename_on(connection, sheet, old, new) for sheet in ids]
    return any(renamed)


def _rename_on(connection: Connection, sheet: str, old: str, new: str) -> bool:
    of_sheet = select(runs.c.id).where(runs.c.sheet == sheet).scalar_subquery()
    tables = ((versions, versions.c.sheet == sheet), (reuses, reuses.c.run.in_(of_sheet)))

    def has_history(step: str) -> bool:
        asked = (select(table.c.step).where(here, table.c.step == step) for table, here in tables)
        return any(connection.execute(one).first() is not None for one in asked)

    if not has_history(old) or has_history(new):
        return False
    touch(connection, sheet)
    for table, here in (*tables, (selections, selections.c.sheet == sheet)):
        connection.execute(update(table).where(here, table.c.step == old).values(step=new))
    for row in connection.execute(select(runs.c.id, runs.c.steps).where(runs.c.sheet == sheet)).all():
        if old in row.steps:
            steps = [new if step == old else step for step in row.steps]
            connection.execute(update(runs).where(runs.c.id == row.id).values(steps=steps))
    asked = select(settings).where(settings.c.sheet == sheet, settings.c.name.in_(BY_STEP))
    for row in connection.execute(asked).all():
        same = (settings.c.sheet == sheet, settings.c.name == row.name)
        connection.execute(update(settings).where(*same).values(data=_renamed(row.data, old, new)))
    return True


def _renamed(data: Any, old: str, new: str) -> Any:
    def name(one: Any) -> Any:
        if one == old:
            return new
        return new + one[len(old) :] if isinstance(one, str) and one.startswith(f"{old}.") else one

    if isinstance(data, dict):
        return {name(key): value for key, value in data.items()}  # pyright: ignore[reportUnknownVariableType]
    return [name(one) for one in data] if isinstance(data, list) else data  # pyright: ignore[reportUnknownVariableType]
