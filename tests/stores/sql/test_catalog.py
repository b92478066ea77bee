"""The catalog of a database: what is deleted, runs without a home, revisions, and the MLflow that wrote it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from sitegen.model import Catalog
from sitegen.stores.artifacts import finder_beside
from sitegen.stores.contract import ReadOptions
from sitegen.stores.disk import ProblemLog
from sitegen.stores.sql.catalog import Cataloguer, missing_tables
from sitegen.stores.sql.sqlite_file import opened
from tests.stores.databases import add_run, database

Change = Callable[[sqlite3.Connection], object]


def catalog(folder: Path, change: Change, deleted: bool = False) -> tuple[Catalog, bool, list[str]]:
    """The catalog of a new database, whether it says that it has runs, and which tables it lacks."""
    path = folder / "x.db"
    path.unlink(missing_ok=True)
    with database(path) as connection:
        change(connection)
    log = ProblemLog(str(folder))
    with opened(str(path), "", log) as tables:
        reader = Cataloguer(tables, finder_beside(str(folder), ReadOptions(), log), log, deleted)
        has_runs, missing = reader.has_runs(), missing_tables(tables)
        return reader.catalog("kind", "place"), has_runs, missing


def revision(*names: str) -> Change:
    def change(connection: sqlite3.Connection) -> None:
        connection.execute("CREATE TABLE alembic_version(version_num text)")
        connection.executemany("INSERT INTO alembic_version VALUES (?)", [(name,) for name in names])

    return change


def test_experiments_are_in_order_of_number_and_runs_of_id_within_them(tmp_path: Path) -> None:
    def change(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO experiments VALUES (10, 'ten', '', 'active'), (9, '', '', 'active')")
        for run_id, home in (("b", 10), ("z", 9), ("a", 10), ("c", 1)):
            add_run(connection, run_id, home)

    found, has_runs, missing = catalog(tmp_path, change)
    assert [(one.experiment_id, one.name) for one in found.experiments] == [("1", "old"), ("9", "9"), ("10", "ten")]
    assert [(ref.experiment_id, ref.run_id) for ref in found.runs] == [("1", "c"), ("9", "z"), ("10", "a"), ("10", "b")]
    assert (found.kind, found.location, found.deleted, has_runs, missing) == ("kind", "place", 0, True, [])


def test_what_is_deleted_is_counted_once_and_shown_on_demand(tmp_path: Path) -> None:
    def change(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO experiments VALUES (2, 'gone', '', 'deleted')")
        add_run(connection, "a", 1, lifecycle_stage="deleted")
        add_run(connection, "b", 2)

    found, has_runs, _ = catalog(tmp_path, change)
    assert ([one.name for one in found.experiments], found.runs, found.deleted, has_runs) == (["old"], (), 3, False)
    found, has_runs, _ = catalog(tmp_path, change, deleted=True)
    assert [(one.name, one.lifecycle_stage) for one in found.experiments] == [("old", "active"), ("gone", "deleted")]
    assert ([ref.run_id for ref in found.runs], found.deleted, has_runs) == (["a", "b"], 0, True)


def test_a_run_of_a_missing_experiment_is_shown_and_one_without_an_id_is_not(tmp_path: Path) -> None:
    def change(connection: sqlite3.Connection) -> None:
        add_run(connection, "a", 7)
        add_run(connection, "b", None)
        add_run(connection, "")

    found, _, _ = catalog(tmp_path, change)
    assert {(ref.run_id, ref.experiment_id) for ref in found.runs} == {("a", "7"), ("b", "")}
    assert {one.name for one in found.experiments} == {"old", "7", "(no experiment)"}
    assert [(one.where, one.what, one.left_out) for one in found.problems] == [
        ("runs", "has a row without an id of its own; the run is left out", True),
        ("runs/a", "belongs to an experiment that does not exist; shown under its id", False),
        ("runs/b", "belongs to an experiment that does not exist; shown under its id", False),
    ]


def test_scorers_and_evaluation_datasets_are_counted(tmp_path: Path) -> None:
    def change(connection: sqlite3.Connection) -> None:
        connection.execute("CREATE TABLE scorers(experiment_id int, scorer_name text)")
        connection.execute("INSERT INTO scorers VALUES (1, 'short'), (1, 'polite')")
        connection.execute("CREATE TABLE evaluation_datasets(dataset_id text)")

    assert catalog(tmp_path, change)[0].beside == {"scorer": 2}
    assert catalog(tmp_path, lambda connection: None)[0].beside == {}


@pytest.mark.parametrize(
    ("revisions", "era", "is_known"),
    [
        ((), "MLflow 0.9", True),
        (("90e64c465722",), "MLflow 1.0, revision 90e64c465722", True),
        (("451aebb31d03",), "revision 451aebb31d03", True),
        (("ffffffffffff",), "revision ffffffffffff", False),
        (("ffffffffffff", "770bee3ae1dd"), "MLflow 3.2, revision 770bee3ae1dd ffffffffffff", False),
    ],
)
def test_the_revision_tells_the_release_and_a_new_one_is_noted(
    tmp_path: Path, revisions: tuple[str, ...], era: str, is_known: bool
) -> None:
    found, _, _ = catalog(tmp_path, revision(*revisions))
    assert found.era == era
    assert [one.what for one in found.problems] == (
        [] if is_known else ["is newer than this version of sitegen; what it supports of the tables is read"]
    )


def test_only_a_store_with_runs_misses_its_artifacts(tmp_path: Path) -> None:
    def change(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO experiments VALUES (2, 'more', '/gone/mlruns/2', 'active')")
        add_run(connection)

    assert catalog(tmp_path, change)[0].missing_artifacts == "mlruns"
    assert catalog(tmp_path, lambda connection: None)[0].missing_artifacts == ""


def test_tables_that_are_not_there_are_named(tmp_path: Path) -> None:
    path = tmp_path / "y.db"
    with database(path) as connection:
        connection.execute("DROP TABLE tags")
    with opened(str(path), "", ProblemLog(str(tmp_path))) as tables:
        assert missing_tables(tables) == ["tags"]
