"""Stores on SQLite and on a PostgreSQL that the tests start, empty for each test."""

from __future__ import annotations

from itertools import count

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from daggr_fn.store import Store
from tests.store.postgres import postgres

numbers = count(1)


@pytest.fixture(scope="session")
def postgresql():
    """The address of a PostgreSQL server."""
    with postgres() as address:
        yield address


@pytest.fixture
def postgresql_url(postgresql):
    """The address of a new, empty database."""
    name = f"sheets_{next(numbers)}"
    server = make_url(postgresql)
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return server.set(database=name).render_as_string(hide_password=False)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request, tmp_path):
    """The address of an empty database, once of each sort."""
    if request.param == "postgresql":
        return request.getfixturevalue("postgresql_url")
    return f"sqlite:///{tmp_path / 'sheets.db'}"


@pytest.fixture
def open_store(url, tmp_path, request):
    """Opens the test's store, like another server does; all are closed at the end."""

    def opened() -> Store:
        store = Store(url, root=tmp_path)
        request.addfinalizer(store.close)
        return store

    return opened


@pytest.fixture
def store(open_store):
    return open_store()


@pytest.fixture
def sheet(store):
    """The id of a sheet."""
    return store.make_sheet("ada", "podcast", "Untitled").id
