"""Databases of older versions are brought up to date; newer ones and strange ones are refused in words."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from daggr_fn.store import Store, StoreError, schema
from daggr_fn.store.tables import metadata

OLD = Path(__file__).parent / "old"
REVISIONS = [script.revision for script in ScriptDirectory.from_config(schema.configuration()).walk_revisions()]


def test_the_tables_are_what_the_migrations_make(store):
    def differences(connection):
        return compare_metadata(MigrationContext.configure(connection), metadata)

    assert store._database.read(differences) == []


def test_the_newest_revision_is_the_one_that_is_looked_for():
    assert ScriptDirectory.from_config(schema.configuration()).get_current_head() == schema.CURRENT


@pytest.mark.parametrize("revision", REVISIONS)
def test_a_file_of_an_older_version_opens_with_all_that_is_on_it(revision, tmp_path):
    file = tmp_path / "sheets.db"
    old = sqlite3.connect(file)
    old.executescript((OLD / f"{revision}.sql").read_text())
    old.close()

    store = Store(f"sqlite:///{file}", root=tmp_path)
    (info,) = store.sheets("ada", "podcast")
    assert info.name == "Old sheet"
    assert store.inputs(info.id) == {"topic": "Bees", "length": 3}
    assert store.settings(info.id) == {"positions": {"write": [10, 20]}}
    assert [version.number for version in store.versions(info.id, "write")] == [1, 2]
    assert store.load(store.shown(info.id)["write"].results[()]) == {"text": "on AI"}  # selected
    assert store.load(store.look(info.id, "key two")) == {"text": "on bees"}
    assert [store.load(result) for result in store.shown(info.id)["speak"].results.values()] == ["a", "b"]
    failed = store.shown(info.id)["join"].results[()]
    assert (failed.status, failed.error) == ("failed", {"message": "no voice"})
    assert [(run.run, run.status) for run in store.runs(info.id)] == [("two", "failed"), ("one", "done")]
    store.set_input(info.id, "topic", "new")  # and it can be written to
    assert store._database.read(schema.revision) == schema.CURRENT
    store.close()


def test_what_a_newer_version_wrote_is_refused_and_left_alone(url, store, tmp_path):
    store._database.write(lambda c: c.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match="a newer daggr_fn stored these sheets, in the form '9999'"):
        Store(url, root=tmp_path)


def test_servers_that_start_at_once_make_the_tables_once(url, tmp_path):
    code = "import pathlib, sys; from daggr_fn.store import Store; Store(sys.argv[1], root=pathlib.Path(sys.argv[2]))"
    start = [sys.executable, "-c", code, url, str(tmp_path)]
    servers = [subprocess.Popen(start, stderr=subprocess.PIPE, text=True) for _ in range(3)]
    told = [server.communicate()[1] for server in servers]
    assert [server.returncode for server in servers] == [0, 0, 0], told


def test_a_new_file_that_another_one_writes_to_is_waited_for(tmp_path):
    other = sqlite3.connect(tmp_path / "sheets.db", isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    later = threading.Timer(0.3, other.execute, ["COMMIT"])
    later.start()
    Store(root=tmp_path).close()
    later.join()
    other.close()


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("nonsense", "write it like sqlite:"),
        ("oracles://host/db", "write it like sqlite:"),
        ("postgresql://ada:s3cret@127.0.0.1:1/db", r"postgresql\+psycopg://ada:\*\*\*@127"),
    ],
)
def test_a_database_that_cannot_be_used_is_said_without_its_password(url, said, tmp_path):
    with pytest.raises(StoreError, match=said) as refused:
        Store(url, root=tmp_path)
    assert "s3cret" not in str(refused.value)


def test_a_file_that_is_no_database_is_said(tmp_path):
    (tmp_path / "sheets.db").write_text("not a database, but long enough to be looked at as one. " * 50)
    with pytest.raises(StoreError, match=r"sheets\.db: file is not a database"):
        Store(root=tmp_path)
