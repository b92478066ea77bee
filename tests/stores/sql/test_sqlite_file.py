"""The connection to a database of unknown origin: it does not write, and runs no function that its schema names; and

the two drivers read the same.
"""

from __future__ import annotations

import math
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import apsw
import pytest

from sitegen.errors import StoreError
from sitegen.stores import open_store
from sitegen.stores.sql import sqlite_copy, sqlite_driver, sqlite_file
from sitegen.stores.sql.schema import Row
from sitegen.stores.sql.sqlite_driver import Connection, DriverError
from tests.stores.databases import FIXTURES, RUN, START, VERSIONS, add_run, database, points, read
from tests.stores.identical import assert_identical


@pytest.fixture(params=["apsw", "sqlite3"])
def driver(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of the driver that is used in this test."""
    monkeypatch.setattr(sqlite_driver, "_is_loaded", lambda: request.param == "sqlite3")
    return str(request.param)


@pytest.fixture
def connection(tmp_path: Path, driver: str) -> Iterator[Connection]:
    """A connection as a reader has it, with write access to the file, as to a private copy."""
    path = tmp_path / "mlflow.db"
    with closing(sqlite3.connect(path)) as made:
        made.executescript("CREATE TABLE runs (run_uuid TEXT); CREATE VIEW hostile AS SELECT mark() AS run_uuid;")
    with closing(sqlite_driver.connect(str(path), True)) as opened:
        assert isinstance(opened, apsw.Connection if driver == "apsw" else sqlite3.Connection)
        yield opened


@pytest.mark.parametrize(
    "statement", ["INSERT INTO runs VALUES ('1')", "DROP TABLE runs", "CREATE TABLE t (a)", "PRAGMA user_version=7"]
)
def test_a_connection_does_not_write(connection: Connection, statement: str) -> None:
    with pytest.raises(DriverError) as raised:
        sqlite_driver.fetch(connection, statement)
    assert raised.value.code == apsw.SQLITE_READONLY


def test_a_view_of_the_store_runs_no_function(connection: Connection) -> None:
    called: list[bool] = []
    mark: Callable[[], object] = lambda: called.append(True)  # noqa: E731
    if isinstance(connection, apsw.Connection):
        connection.create_scalar_function("mark", mark, 0)
    else:
        assert isinstance(connection, sqlite3.Connection)
        connection.create_function("mark", 0, mark)
    with pytest.raises(DriverError, match="unsafe use"):
        sqlite_driver.fetch(connection, "SELECT * FROM hostile")
    assert called == []
    sqlite_driver.fetch(connection, "SELECT mark()")
    assert called == [True]


def test_both_drivers_read_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    for version in VERSIONS:
        found = []
        for is_loaded in (True, False):
            monkeypatch.setattr(sqlite_driver, "_is_loaded", lambda is_loaded=is_loaded: is_loaded)
            found.append(read(FIXTURES / f"mlflow-{version}.db"))
        assert_identical(*found)


ODD = [math.inf, -math.inf, 5e-324, 0.1 + 0.2, 2**53 + 1, -0.0, "text", b"bytes", None]


def test_both_drivers_read_odd_values(tmp_path: Path, driver: str) -> None:
    path = tmp_path / "s.db"
    with database(path) as connection:
        add_run(connection)
        for step, value in enumerate(ODD):
            row = ("m", value, START, RUN, 2**53 + step, 0)
            connection.execute(
                'INSERT INTO metrics("key", value, timestamp, run_uuid, step, is_nan) VALUES (?,?,?,?,?,?)', row
            )
    _, (run,), problems = read(path)
    assert [(step - 2**53, repr(value)) for step, _, value in points(run, "m")] == [
        (0, "inf"),
        (1, "-inf"),
        (2, "5e-324"),
        (3, "0.30000000000000004"),
        (4, "9007199254740992.0"),
        (5, "0.0"),  # SQLite stores it so
    ]
    assert any("3 rows of metrics that are not points" in str(problem) for problem in problems)


def test_text_that_is_not_utf8_is_replaced(tmp_path: Path, driver: str) -> None:
    path = tmp_path / "s.db"
    with database(path) as connection:
        add_run(connection)
        connection.execute("INSERT INTO params VALUES ('p', CAST(x'ff41' AS TEXT), ?)", (RUN,))
    _, (run,), problems = read(path)
    assert run.params == {"p": "\ufffdA"}
    assert any("not all UTF-8" in str(problem) for problem in problems)


def test_a_copy_with_indexes_is_made(tmp_path: Path, driver: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite_file, "_INDEX_PAYS", 0)
    path = tmp_path / "s.db"
    with database(path) as connection:
        add_run(connection)
        connection.execute("INSERT INTO params VALUES ('p', 'v', ?)", (RUN,))
    assert read(path)[1][0].params == {"p": "v"}
    with closing(sqlite3.connect(sqlite_copy.copy_of(str(path)))) as copy:
        assert copy.execute("SELECT count(*) FROM sqlite_master WHERE name LIKE 'sitegen_%'").fetchall() == [(3,)]


@pytest.mark.usefixtures("driver")
def test_what_is_no_database_is_said(tmp_path: Path) -> None:
    (tmp_path / "s.db").write_bytes(b"SQLite format 3\0" + b"\xff" * 4096)
    with pytest.raises(StoreError, match="cannot be read"):
        open_store(str(tmp_path / "s.db"))


def test_a_process_with_sqlite3_uses_no_other() -> None:
    """Closing a file in one of them would drop the other's locks on it."""
    script = "import {}; from sitegen.stores.sql.sqlite_driver import connect; print(type(connect(__import__('sys').argv[1], False)))"
    path = str(FIXTURES / "mlflow-3.17.2.db")
    for module, expected in (("sqlite3", "sqlite3.Connection"), ("os", "apsw.Connection")):
        done = subprocess.run(
            [sys.executable, "-c", script.format(module), path], capture_output=True, text=True, check=True
        )
        assert expected in done.stdout


def read_damaged(monkeypatch: pytest.MonkeyPatch, is_damaged: Callable[[str], bool]) -> Any:
    """A database as it is, and as it is read where SQLite calls the answers to some queries malformed."""
    fetch = sqlite_driver.fetch

    def damaged(connection: Connection, query: str, values: Sequence[object] = ()) -> list[Row]:
        if is_damaged(query):
            raise DriverError(apsw.CorruptError("database disk image is malformed"))
        return fetch(connection, query, values)

    path = FIXTURES / "mlflow-3.17.2.db"
    _, whole, _ = read(path)
    monkeypatch.setattr(sqlite_file, "fetch", damaged)
    return whole, *read(path)


def test_a_damaged_index_or_damaged_inputs_cost_no_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is damaged: a page of the index of runs; the table of datasets and models."""
    whole, _, runs, problems = read_damaged(
        monkeypatch,
        lambda query: 'FROM "runs" ORDER BY' in query or ('FROM "inputs"' in query and "LIMIT" not in query),
    )
    assert [run.run_id for run in runs] == [run.run_id for run in whole]
    assert any(run.inputs for run in whole) and not any(run.inputs for run in runs)
    assert any("datasets or models that could not be read" in problem.what for problem in problems)


def test_a_damaged_table_beside_the_runs_costs_what_it_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    whole, catalog, runs, problems = read_damaged(monkeypatch, lambda query: 'FROM "experiment_tags"' in query)
    assert [run.run_id for run in runs] == [run.run_id for run in whole]
    assert not any(experiment.tags for experiment in catalog.experiments)
    assert any("experiment_tags" in problem.where for problem in (*problems, *catalog.problems))
