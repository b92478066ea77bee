"""The connection to a database of unknown origin: it does not write, and runs no function that its schema names."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from sitegen.stores.sql import sqlite_file


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """A connection as a reader has it, with write access to the file, as to a private copy."""
    path = tmp_path / "mlflow.db"
    with closing(sqlite3.connect(path)) as made:
        made.executescript("CREATE TABLE runs (run_uuid TEXT); CREATE VIEW hostile AS SELECT mark() AS run_uuid;")
    with closing(sqlite_file._connect(str(path), "rw")) as opened:
        yield opened


@pytest.mark.parametrize(
    "statement", ["INSERT INTO runs VALUES ('1')", "DROP TABLE runs", "CREATE TABLE t (a)", "PRAGMA user_version=7"]
)
def test_a_connection_does_not_write(connection: sqlite3.Connection, statement: str) -> None:
    with pytest.raises(sqlite3.OperationalError, match="readonly|read-only"):
        connection.execute(statement)


def test_a_view_of_the_store_runs_no_function(connection: sqlite3.Connection) -> None:
    called: list[bool] = []
    connection.create_function("mark", 0, lambda: called.append(True))
    with pytest.raises(sqlite3.OperationalError, match="unsafe use"):
        connection.execute("SELECT * FROM hostile").fetchall()
    assert called == []
    connection.execute("SELECT mark()").fetchall()
    assert called == [True]
