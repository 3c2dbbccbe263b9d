"""The database's form: made where there is none, brought up to date where it is old, refused where it is newer."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import inspect, text

from daggr_fn.store.records import StoreError

if TYPE_CHECKING:
    from sqlalchemy import Connection

CURRENT = "0001"
_ADVISORY_LOCK = 6_457_247  # any number that is ours


def upgrade(connection: Connection) -> None:
    """Bring the database to the form of `tables`. Within the caller's transaction: all of it happens, or nothing.

    Raises:
        StoreError: It was written by a newer daggr_fn.
    """
    if connection.dialect.name == "postgresql":  # two servers may start at once; SQLite's transaction locks already
        connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _ADVISORY_LOCK})
    found = revision(connection)
    if found == CURRENT:
        return
    from alembic import command
    from alembic.script import ScriptDirectory

    config = configuration()
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if found is not None and found not in known:
        raise StoreError(
            f"a newer daggr_fn stored these sheets, in the form {found!r}, and {CURRENT!r} is the newest known here: "
            "install the newer one, or set DAGGR_FN_DATABASE_URL to another database"
        )
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def revision(connection: Connection) -> str | None:
    """The form that the database has; `None` for an empty one."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: Any = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return str(found) if found is not None else None


def configuration() -> Any:
    """What alembic has to know; there is no ini file."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config
