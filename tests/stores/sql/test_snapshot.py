"""The stamp of a run in a database changes with its rows, with the count of its points, and with its artifacts."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from sitegen.stores import open_store, open_stores
from sitegen.stores.contract import HasSnapshots, Store
from sitegen.stores.stamps import Stamp
from tests.stores.databases import FIXTURES, RUN, add_run, database

OTHER = "b" * 32


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "mlflow.db"
    with database(path) as connection:
        connection.execute(
            'CREATE TABLE latest_metrics("key" text, value float, timestamp bigint, step bigint, is_nan boolean, run_uuid text)'
        )
        for run_id in (RUN, OTHER):
            add_run(connection, run_id, uri=f"mlruns/1/{run_id}/artifacts")
            connection.execute("INSERT INTO metrics VALUES ('loss', 0.5, 1, ?, 1, 0)", (run_id,))
            connection.execute("INSERT INTO latest_metrics VALUES ('loss', 0.5, 1, 1, 0, ?)", (run_id,))
            connection.execute("INSERT INTO params VALUES ('lr', '1', ?)", (run_id,))
    file = tmp_path / "mlruns" / "1" / RUN / "artifacts" / "a.txt"
    file.parent.mkdir(parents=True)
    file.write_text("1")
    return path


def stamps(store: Store) -> tuple[Stamp | None, dict[str, Stamp]]:
    assert isinstance(store, HasSnapshots)
    refs = store.catalog().runs
    snapshot = store.snapshot()
    assert snapshot
    return snapshot.stamp, dict(snapshot.runs(refs))


def changed(path: Path, change: Callable[[], object]) -> set[str]:
    whole, runs = stamps(open_store(str(path)))
    change()
    after, runs_after = stamps(open_store(str(path)))
    different = {run_id for run_id in {*runs, *runs_after} if runs.get(run_id) != runs_after.get(run_id)}
    return different | ({"store"} if whole != after else set())


def run_sql(path: Path, query: str) -> Callable[[], object]:
    def change() -> None:
        connection = sqlite3.connect(path)
        with connection:
            connection.execute(query)
        connection.close()
        status = path.stat()
        os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns + 1))

    return change


def test_nothing_changes_by_reading(path: Path) -> None:
    assert changed(path, lambda: open_store(str(path)).catalog()) == set()
    assert set(stamps(open_store(str(path)))[1]) == {RUN, OTHER}


@pytest.mark.parametrize(
    "query",
    [
        f"UPDATE params SET value = '2' WHERE run_uuid = '{RUN}'",
        f"INSERT INTO tags VALUES ('team', 'a', '{RUN}')",
        f"INSERT INTO metrics VALUES ('loss', 0.4, 0, '{RUN}', 0, 0)",
        f"UPDATE latest_metrics SET value = 0.4 WHERE run_uuid = '{RUN}'",
        f"UPDATE runs SET status = 'FAILED' WHERE run_uuid = '{RUN}'",
        f"UPDATE runs SET artifact_uri = 'elsewhere' WHERE run_uuid = '{RUN}'",
    ],
)
def test_each_row_of_a_run_counts(path: Path, query: str) -> None:
    assert changed(path, run_sql(path, query)) == {"store", RUN}


def test_artifacts_count_where_they_are(path: Path) -> None:
    artifact = path.parent / "mlruns" / "1" / RUN / "artifacts" / "a.txt"
    assert changed(path, lambda: artifact.write_text("12")) == {"store", RUN}
    new = path.parent / "mlruns" / "1" / OTHER / "artifacts"
    assert changed(path, lambda: (new.mkdir(parents=True), (new / "b.txt").write_text(""))) == {"store", OTHER}


def test_a_database_without_the_latest_points_is_read_whole(path: Path) -> None:
    run_sql(path, "DROP TABLE latest_metrics")()
    whole, runs = stamps(open_store(str(path)))
    assert whole
    assert runs == {}


@pytest.mark.parametrize("version", ["2.22.5", "3.17.2"])
def test_a_store_of_mlflow_gives_the_stamp_of_each_run(version: str) -> None:
    store = open_store(str(FIXTURES / f"mlflow-{version}.db")) if (FIXTURES / f"mlflow-{version}.db").exists() else None
    if store:
        assert set(stamps(store)[1]) == {ref.run_id for ref in store.catalog().runs}


def test_several_stores_have_the_stamps_of_all(path: Path, tmp_path: Path) -> None:
    other = tmp_path / "other" / "mlflow.db"
    other.parent.mkdir()
    other.write_bytes(path.read_bytes())
    both = [str(path), str(other)]
    whole, runs = stamps(open_stores(both))
    assert whole
    assert len(runs) == 4
    run_sql(other, f"UPDATE params SET value = '2' WHERE run_uuid = '{RUN}'")()
    after, runs_after = stamps(open_stores(both))
    assert after != whole
    [different] = [run_id for run_id in runs if runs[run_id] != runs_after[run_id]]
    assert different.startswith(RUN)
    assert different != RUN
