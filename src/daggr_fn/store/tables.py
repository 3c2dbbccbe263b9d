"""The tables as they are now. `migrations/` says how older databases become like that; a test compares the two."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _of_sheet(*, primary_key: bool = False) -> Column[str]:
    return Column(
        "sheet", String(64), ForeignKey("sheets.id", ondelete="CASCADE"), nullable=False, primary_key=primary_key
    )


def _of_run(*, primary_key: bool = False) -> Column[int]:
    return Column("run", Integer, ForeignKey("runs.id", ondelete="CASCADE"), nullable=False, primary_key=primary_key)


def _of_content(*, nullable: bool) -> Column[str]:
    return Column("content", String(64), ForeignKey("contents.id"), nullable=nullable, index=True)


facts = Table(
    "facts",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("text", Text, nullable=False),
)
"""What is true of the whole store: its own id, by which its pins are known."""

sheets = Table(
    "sheets",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("user", Text, nullable=False),
    Column("pipeline", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("created", Float, nullable=False),
    Column("changed", Float, nullable=False),
    Index("ix_sheets_owner", "user", "pipeline"),
)

contents = Table(
    "contents",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("data", LargeBinary, nullable=True),
    Column("large", Text, nullable=True),
    Column("kept", JSON, nullable=False),
    Column("used", Float, nullable=False),
)
"""Values, each once, by the sha256 of their pickles: `data`, or a kept file (`large`). `used`: when last written."""

inputs = Table(
    "inputs",
    metadata,
    _of_sheet(primary_key=True),
    Column("name", Text, primary_key=True),
    _of_content(nullable=False),
)

settings = Table(
    "settings",
    metadata,
    _of_sheet(primary_key=True),
    Column("name", String(64), primary_key=True),
    Column("data", JSON, nullable=False),
)

runs = Table(
    "runs",
    metadata,
    Column("id", Integer, primary_key=True),
    _of_sheet(),
    Column("name", String(64), nullable=False),
    Column("owner", String(64), nullable=False),
    Column("how", Text, nullable=False),
    Column("steps", JSON, nullable=False),
    Column("status", String(16), nullable=False, index=True),
    Column("created", Float, nullable=False),
    Column("seconds", Float, nullable=True),
    UniqueConstraint("sheet", "name"),
    sqlite_autoincrement=True,  # a later run has a greater id, also when the newest was removed
)

run_inputs = Table(
    "run_inputs",
    metadata,
    _of_run(primary_key=True),
    Column("name", Text, primary_key=True),
    _of_content(nullable=False),
)
"""The inputs of a sheet when a run began."""

versions = Table(
    "versions",
    metadata,
    Column("id", Integer, primary_key=True),
    _of_sheet(),
    _of_run(),
    Column("step", Text, nullable=False),
    Column("number", Integer, nullable=False),
    UniqueConstraint("sheet", "step", "number"),
    UniqueConstraint("run", "step"),
)

results = Table(
    "results",
    metadata,
    Column("id", Integer, primary_key=True),
    _of_sheet(),
    Column("version", Integer, ForeignKey("versions.id", ondelete="CASCADE"), nullable=False),
    Column("item", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("parts", JSON, nullable=False),
    _of_content(nullable=True),
    Column("note", Text, nullable=False),
    Column("seconds", Float, nullable=False),
    Column("reason", Text, nullable=False),
    Column("status", String(16), nullable=False),
    Column("error", JSON, nullable=True),
    Column("created", Float, nullable=False),
    UniqueConstraint("version", "item"),
    Index("ix_results_key", "sheet", "key"),
)

reuses = Table(
    "reuses",
    metadata,
    _of_run(primary_key=True),
    Column("step", Text, primary_key=True),
    Column("item", Text, primary_key=True),
    Column("result", Integer, ForeignKey("results.id", ondelete="CASCADE"), nullable=False, index=True),
)
"""Which results a run took as they were."""

selections = Table(
    "selections",
    metadata,
    _of_sheet(primary_key=True),
    Column("step", Text, primary_key=True),
    Column("version", Integer, ForeignKey("versions.id", ondelete="CASCADE"), nullable=False, index=True),
)
"""The versions that people went back to."""
