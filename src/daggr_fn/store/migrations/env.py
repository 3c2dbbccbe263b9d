"""Run by alembic, on the connection that `schema.upgrade` gives it."""

from __future__ import annotations

from alembic import context

from daggr_fn.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,  # SQLite alters hardly anything: alembic copies the table instead
)
context.run_migrations()
