"""The tables of the first version."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    _contents()
    _facts()
    _sheets()
    _inputs()
    _runs()
    _settings()
    _run_inputs()
    _versions()
    _results()
    _selections()
    _reuses()


def _contents() -> None:
    op.create_table(
        "contents",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=True),
        sa.Column("large", sa.Text(), nullable=True),
        sa.Column("kept", sa.JSON(), nullable=False),
        sa.Column("used", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contents")),
    )


def _facts() -> None:
    op.create_table(
        "facts",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_facts")),
    )


def _sheets() -> None:
    op.create_table(
        "sheets",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("user", sa.Text(), nullable=False),
        sa.Column("pipeline", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created", sa.Float(), nullable=False),
        sa.Column("changed", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sheets")),
    )
    op.create_index("ix_sheets_owner", "sheets", ["user", "pipeline"], unique=False)


def _inputs() -> None:
    op.create_table(
        "inputs",
        sa.Column("sheet", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("content", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["content"], ["contents.id"], name=op.f("fk_inputs_content")),
        sa.ForeignKeyConstraint(["sheet"], ["sheets.id"], name=op.f("fk_inputs_sheet"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("sheet", "name", name=op.f("pk_inputs")),
    )
    op.create_index(op.f("ix_inputs_content"), "inputs", ["content"], unique=False)


def _runs() -> None:
    op.create_table(
        "runs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sheet", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("owner", sa.String(length=64), nullable=False),
        sa.Column("how", sa.Text(), nullable=False),
        sa.Column("steps", sa.JSON(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("created", sa.Float(), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=True),
        sa.ForeignKeyConstraint(["sheet"], ["sheets.id"], name=op.f("fk_runs_sheet"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_runs")),
        sa.UniqueConstraint("sheet", "name", name=op.f("uq_runs_sheet")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_runs_status"), "runs", ["status"], unique=False)


def _settings() -> None:
    op.create_table(
        "settings",
        sa.Column("sheet", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["sheet"], ["sheets.id"], name=op.f("fk_settings_sheet"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("sheet", "name", name=op.f("pk_settings")),
    )


def _run_inputs() -> None:
    op.create_table(
        "run_inputs",
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("content", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["content"], ["contents.id"], name=op.f("fk_run_inputs_content")),
        sa.ForeignKeyConstraint(["run"], ["runs.id"], name=op.f("fk_run_inputs_run"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("run", "name", name=op.f("pk_run_inputs")),
    )
    op.create_index(op.f("ix_run_inputs_content"), "run_inputs", ["content"], unique=False)


def _versions() -> None:
    op.create_table(
        "versions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sheet", sa.String(length=64), nullable=False),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["run"], ["runs.id"], name=op.f("fk_versions_run"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["sheet"], ["sheets.id"], name=op.f("fk_versions_sheet"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_versions")),
        sa.UniqueConstraint("run", "step", name=op.f("uq_versions_run")),
        sa.UniqueConstraint("sheet", "step", "number", name=op.f("uq_versions_sheet")),
    )


def _results() -> None:
    op.create_table(
        "results",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sheet", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("parts", sa.JSON(), nullable=False),
        sa.Column("content", sa.String(length=64), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("error", sa.JSON(), nullable=True),
        sa.Column("created", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["content"], ["contents.id"], name=op.f("fk_results_content")),
        sa.ForeignKeyConstraint(["sheet"], ["sheets.id"], name=op.f("fk_results_sheet"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["version"], ["versions.id"], name=op.f("fk_results_version"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_results")),
        sa.UniqueConstraint("version", "item", name=op.f("uq_results_version")),
    )
    op.create_index(op.f("ix_results_content"), "results", ["content"], unique=False)
    op.create_index("ix_results_key", "results", ["sheet", "key"], unique=False)


def _selections() -> None:
    op.create_table(
        "selections",
        sa.Column("sheet", sa.String(length=64), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["sheet"], ["sheets.id"], name=op.f("fk_selections_sheet"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["version"], ["versions.id"], name=op.f("fk_selections_version"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("sheet", "step", name=op.f("pk_selections")),
    )
    op.create_index(op.f("ix_selections_version"), "selections", ["version"], unique=False)


def _reuses() -> None:
    op.create_table(
        "reuses",
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("result", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["result"], ["results.id"], name=op.f("fk_reuses_result"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["run"], ["runs.id"], name=op.f("fk_reuses_run"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("run", "step", "item", name=op.f("pk_reuses")),
    )
    op.create_index(op.f("ix_reuses_result"), "reuses", ["result"], unique=False)
