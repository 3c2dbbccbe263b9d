"""Sheets, their inputs and settings, within the caller's transaction."""

from __future__ import annotations

import secrets
import time
from typing import TYPE_CHECKING, Any

from sqlalchemy import Float, Table, bindparam, case, delete, insert, select, update

from daggr_fn.store.contents import Prepared
from daggr_fn.store.contents import write as write_content
from daggr_fn.store.records import SheetInfo, SheetNotFound
from daggr_fn.store.tables import contents, inputs, settings, sheets

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sqlalchemy import ColumnElement, Connection, Row


_NOW = bindparam("now", type_=Float)
_LATER = case(
    (sheets.c.changed < _NOW, _NOW), else_=sheets.c.changed + 1e-6
)  # also where clocks differ, or stand still
_TOUCH = update(sheets).where(sheets.c.id == bindparam("a_sheet")).values(changed=_LATER)


def clean(text: str) -> str:
    """A text that every database takes: PostgreSQL knows no zero character, and none knows half of a pair."""
    return text.encode("utf-8", "replace").decode().replace("\0", "\ufffd")


def touch(connection: Connection, sheet: str) -> None:
    """Note that something changes on a sheet. Until the end of the transaction no other changes it.

    Each change is noted as later than the one before: who looks at when it was sees that there was another.

    Raises:
        SheetNotFound: It is gone.
    """
    changed = connection.execute(_TOUCH, {"a_sheet": sheet, "now": time.time()})
    if not changed.rowcount:
        raise SheetNotFound("this sheet is not there any more")


def all_of(connection: Connection, user: str, pipeline: str) -> list[SheetInfo]:
    found = select(sheets).where(sheets.c.user == clean(user), sheets.c.pipeline == clean(pipeline))
    return [info_of(row) for row in connection.execute(found.order_by(sheets.c.changed.desc(), sheets.c.id))]


def make(connection: Connection, user: str, pipeline: str, name: str) -> SheetInfo:
    now = time.time()
    info = SheetInfo(secrets.token_urlsafe(16), clean(user), clean(pipeline), clean(name), now, now)
    connection.execute(insert(sheets).values({field: getattr(info, field) for field in sheets.c.keys()}))  # noqa: SIM118
    return info


def get(connection: Connection, sheet: str, user: str | None = None) -> SheetInfo:
    """A sheet: of a user, or whoever's it is. Raises SheetNotFound."""
    row = connection.execute(select(sheets).where(sheets.c.id == clean(sheet))).first()
    if row is None or (user is not None and row.user != clean(user)):
        raise SheetNotFound("there is no such sheet")
    return info_of(row)


def rename(connection: Connection, sheet: str, name: str) -> None:
    touch(connection, sheet)
    connection.execute(update(sheets).where(sheets.c.id == sheet).values(name=clean(name)))


def remove(connection: Connection, sheet: str) -> None:
    touch(connection, sheet)
    connection.execute(delete(sheets).where(sheets.c.id == sheet))


def input_rows(connection: Connection, sheet: str) -> dict[str, Row[Any]]:
    """The values of the inputs that are set, as they lie in the database."""
    joined = inputs.join(contents, inputs.c.content == contents.c.id)
    found = select(inputs.c.name, *contents.c).select_from(joined).where(inputs.c.sheet == sheet)
    return {row.name: row for row in connection.execute(found.order_by(inputs.c.name))}


def set_input(connection: Connection, sheet: str, name: str, value: Prepared) -> None:
    touch(connection, sheet)
    write_content(connection, value)
    put(connection, inputs, {"sheet": sheet, "name": clean(name)}, {"content": value.id})


def clear_input(connection: Connection, sheet: str, name: str) -> None:
    touch(connection, sheet)
    connection.execute(delete(inputs).where(inputs.c.sheet == sheet, inputs.c.name == clean(name)))


def all_settings(connection: Connection, sheet: str) -> dict[str, Any]:
    found = connection.execute(select(settings.c.name, settings.c.data).where(settings.c.sheet == sheet))
    return {row.name: row.data for row in found}


def set_setting(connection: Connection, sheet: str, name: str, data: Any) -> None:
    touch(connection, sheet)
    put(connection, settings, {"sheet": sheet, "name": clean(name)}, {"data": data})


def change_setting(connection: Connection, sheet: str, name: str, change: Callable[[Any], Any]) -> Any:
    touch(connection, sheet)
    asked = select(settings.c.data).where(settings.c.sheet == sheet, settings.c.name == clean(name))
    data = change(connection.execute(asked).scalar())
    put(connection, settings, {"sheet": sheet, "name": clean(name)}, {"data": data})
    return data


def put(connection: Connection, table: Table, key: Mapping[str, Any], values: Mapping[str, Any]) -> None:
    """Write a row under a key, in place of the one that is there."""
    same: list[ColumnElement[bool]] = [table.c[name] == value for name, value in key.items()]
    if not connection.execute(update(table).where(*same).values(**values)).rowcount:
        connection.execute(insert(table).values(**key, **values))


def info_of(row: Row[Any]) -> SheetInfo:
    return SheetInfo(row.id, row.user, row.pipeline, row.name, row.created, row.changed)
