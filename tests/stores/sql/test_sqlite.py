"""SQLite stores of every MLflow, whatever state they are in, without changing a byte of them."""

from __future__ import annotations

import hashlib
import math
import multiprocessing
import os
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from sitegen.errors import StoreError
from sitegen.model import Problem
from sitegen.stores import open_store
from sitegen.stores.artifacts import OUTSIDE
from sitegen.stores.contract import ReadOptions
from sitegen.stores.sql import sqlite_copy, sqlite_driver, sqlite_file
from tests.stores.databases import (
    DELETED,
    FIXTURES,
    RUN,
    START,
    STEP,
    STEP_AND_NAN,
    VERSIONS,
    add_run,
    as_mlflow_says,
    database,
    golden,
    points,
    read,
)
from tests.stores.mlruns_builder import experiment, write
from tests.stores.mlruns_builder import run as file_run
from tests.stores.same import differences

NEWEST = FIXTURES / f"mlflow-{VERSIONS[-1]}.db"


def everything(folder: Path) -> dict[str, str]:
    return {str(p): hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(folder.rglob("*")) if p.is_file()}


# What MLflow wrote --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", VERSIONS)
def test_every_value_is_as_mlflows_own_client_reads_it(version: str) -> None:
    path = FIXTURES / f"mlflow-{version}.db"
    before = everything(FIXTURES)
    assert as_mlflow_says(open_store(str(path), DELETED)) == golden(version)
    assert open_store(str(path)).catalog().problems == ()
    assert everything(FIXTURES) == before


def test_a_file_store_and_its_migrated_database_hold_the_same() -> None:
    one, other = (open_store(str(FIXTURES / name), DELETED) for name in ("mlruns", "migrated.db"))
    found = differences(one, other)
    # Of a NaN and a number at one step and timestamp MLflow's file store calls the first the latest, its SQL the NaN.
    assert [text.rpartition("]")[2] for text in found] == [".last: 0 != 1"]
    assert "['tie']" in found[0]


def test_deleted_runs_and_experiments_are_counted_and_left_out() -> None:
    catalog, runs, _ = read(NEWEST)
    everything, all_runs, _ = read(NEWEST, DELETED)
    assert catalog.deleted == 3
    assert {run.lifecycle_stage for run in runs} == {"active"}
    assert len(all_runs) - len(runs) == 2
    assert len(everything.experiments) - len(catalog.experiments) == 1


def test_logged_and_registered_models_are_read() -> None:
    catalog, runs, _ = read(NEWEST)
    (net,) = catalog.logged_models
    assert (net.name, net.status, net.model_type, dict(net.params)) == ("net", "READY", "pytorch", {"layers": "3"})
    assert [(m.key, m.value, m.step, m.timestamp) for m in net.metrics] == [("model loss", 0.25, 2, START + 2)]
    (parent,) = (run for run in runs if run.name == "parent")
    assert [(out.model_id, out.step) for out in parent.model_outputs] == [(net.model_id, 2)]
    assert parent.model_inputs == (net.model_id,)
    (model,) = catalog.registered_models
    assert [version.version for version in model.versions] == ["3", "1"], "2 was deleted"
    assert (dict(model.aliases), model.versions[0].aliases) == ({"champion": "3"}, ("champion",))
    assert (model.versions[1].stage, dict(model.versions[1].tags)) == ("Production", {"ok": "yes"})


# Old, new and odd tables --------------------------------------------------------------------------------------------


def test_tables_of_mlflow_0_9_have_seconds_and_no_steps(tmp_path: Path) -> None:
    with database(tmp_path / "old.db", metrics="") as connection:
        add_run(connection, source_type="LOCAL", source_name="train.py", user_id="ada")
        connection.execute("INSERT INTO tags VALUES ('mlflow.runName', 'by tag', ?)", (RUN,))
        connection.execute("INSERT INTO metrics VALUES ('m', 1.0, 1500000000, ?)", (RUN,))
    _, (run,), problems = read(tmp_path / "old.db")
    assert (run.name, run.user, run.source_name, run.source_type) == ("by tag", "ada", "train.py", "LOCAL")
    assert points(run, "m") == [(0, 1_500_000_000_000, 1.0)]
    assert problems == []


def test_without_latest_metrics_nan_counts_as_0(tmp_path: Path) -> None:
    with database(tmp_path / "old.db") as connection:
        add_run(connection)
        rows = [("a", -1.0, 0), ("a", 0.0, 1), ("b", 0.0, 1), ("b", 1.0, 0), ("c", 2.0, 0), ("c", 3.0, 0)]
        for key, value, is_nan in rows:
            connection.execute("INSERT INTO metrics VALUES (?, ?, ?, ?, 5, ?)", (key, value, START, RUN, is_nan))
    _, (run,), _ = read(tmp_path / "old.db")
    latest = {key: float(history.values[history.last]) for key, history in run.metrics.items()}
    assert math.isnan(latest["a"])
    assert (latest["b"], latest["c"]) == (1.0, 3.0)


def test_the_latest_point_is_the_one_that_the_database_names(tmp_path: Path) -> None:
    with database(tmp_path / "s.db") as connection:
        add_run(connection)
        connection.execute(
            "CREATE TABLE latest_metrics"
            "(key text, value float, timestamp bigint, step bigint, is_nan boolean, run_uuid text)"
        )
        for value, step in ((1.0, 1), (2.0, 2), (3.0, 3)):
            connection.execute("INSERT INTO metrics VALUES ('m', ?, ?, ?, ?, 0)", (value, START, RUN, step))
        connection.execute("INSERT INTO latest_metrics VALUES ('m', 2.0, ?, 2, 0, ?)", (START, RUN))
        connection.execute(
            "INSERT INTO latest_metrics VALUES ('only here', 1.797693134862315708e308, ?, 2, 0, ?)", (START, RUN)
        )
    _, (run,), _ = read(tmp_path / "s.db")
    assert run.metrics["m"].last == 1
    assert points(run, "only here") == [(2, START, math.inf)]


def test_points_come_by_step_time_and_logging(tmp_path: Path) -> None:
    with database(tmp_path / "s.db") as connection:
        add_run(connection)
        for value, time_, step in ((1.0, 5, 2), (2.0, 9, 1), (3.0, 5, 2), (0.5, 5, 2), (4.0, 1, 1)):
            connection.execute("INSERT INTO metrics VALUES ('m', ?, ?, ?, ?, 0)", (value, START + time_, RUN, step))
    _, (run,), _ = read(tmp_path / "s.db")
    assert [value for _, _, value in points(run, "m")] == [4.0, 2.0, 1.0, 3.0, 0.5]


def test_unknown_tables_columns_and_revisions_are_noted_and_read(tmp_path: Path) -> None:
    with database(tmp_path / "new.db", STEP_AND_NAN + ", extra text") as connection:
        connection.executescript("CREATE TABLE alembic_version(version_num text); CREATE TABLE unheard_of(a)")
        connection.execute("INSERT INTO alembic_version VALUES ('ffffffffffff')")
        add_run(connection)
        connection.execute("INSERT INTO metrics VALUES ('m', 1.0, ?, ?, 3, 0, 'x')", (START, RUN))
    _, (run,), problems = read(tmp_path / "new.db")
    assert points(run, "m") == [(3, START, 1.0)]
    assert [(p.where, p.left_out) for p in problems] == [("alembic_version", False)]


def test_cells_of_a_wrong_type_cost_themselves_only(tmp_path: Path) -> None:
    with database(tmp_path / "s.db") as connection:
        add_run(connection, status="DANCING", start_time="soon", name=b"\xff\xfe")
        connection.execute("INSERT INTO metrics VALUES ('m', 'text', ?, ?, 1, 0)", (START, RUN))
        connection.execute("INSERT INTO metrics VALUES ('m', 2, ?, ?, 2, 0)", (START, RUN))
        connection.execute("INSERT INTO metrics VALUES ('m', 2, 'then', ?, 2, 0)", (RUN,))
        connection.execute("INSERT INTO params VALUES ('bytes', x'ff41', ?)", (RUN,))
        connection.execute("INSERT INTO params VALUES ('latin', CAST(x'fc41' AS text), ?)", (RUN,))
        connection.execute("INSERT INTO params VALUES ('none', NULL, ?)", (RUN,))
    _, (run,), problems = read(tmp_path / "s.db")
    assert points(run, "m") == [(2, START, 2.0)]
    assert dict(run.params) == {"bytes": "\ufffdA", "latin": "\ufffdA", "none": ""}
    assert (run.status, run.start_time) == ("UNKNOWN", None)
    description = " ".join(problem.what for problem in problems)
    assert "2 rows of metrics" in description
    assert "UTF-8" in description


def test_a_run_without_experiment_or_id_is_noted(tmp_path: Path) -> None:
    with database(tmp_path / "s.db") as connection:
        add_run(connection, RUN, experiment=7)
        add_run(connection, "")
    catalog, runs, problems = read(tmp_path / "s.db")
    assert [e.experiment_id for e in catalog.experiments] == ["1", "7"]
    assert [run.experiment_id for run in runs] == ["7"]
    assert [problem.left_out for problem in problems] == [True, False]


def test_a_view_in_place_of_a_table_is_no_store(tmp_path: Path) -> None:
    with database(tmp_path / "s.db") as connection:
        connection.executescript("DROP TABLE tags; CREATE VIEW tags AS SELECT * FROM params")
    with pytest.raises(StoreError, match="without MLflow's table tags"):
        open_store(str(tmp_path / "s.db"))


def test_a_run_in_a_damaged_page_is_left_out_and_the_others_are_read(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    with database(path) as connection:
        connection.execute("CREATE INDEX by_run ON params(run_uuid)")
        for number in range(4):
            add_run(connection, f"{number:032}")
            for key in range(60):
                connection.execute("INSERT INTO params VALUES (?, ?, ?)", (f"k{key}", "v" * 200, f"{number:032}"))
    data = bytearray(path.read_bytes())
    for at in range(0, len(data), 4096):
        if b"0" * 31 + b"2" in data[at : at + 4096] and b"v" * 200 in data[at : at + 4096]:
            data[at : at + 8] = b"\xff" * 8
    path.write_bytes(data)
    _, runs, problems = read(path)
    assert {run.run_id[-1] for run in runs} >= {"0"}
    assert len(runs) < 4
    assert [p.where for p in problems if p.left_out] == [
        f"runs/{n:032}" for n in range(4) if f"{n:032}" not in {r.run_id for r in runs}
    ]


# Where it is --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "form", ["{0}/s.db", "{0}", "file://{0}/s.db", "sqlite:///{0}/s.db", "sqlite+pysqlite:///{0}/s.db?timeout=3"]
)
def test_a_path_a_folder_and_uris_name_it(tmp_path: Path, form: str) -> None:
    shutil.copy(NEWEST, tmp_path / "s.db")
    assert len(open_store(form.format(tmp_path)).catalog().runs) == 4


def test_a_relative_uri_starts_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copy(NEWEST, tmp_path / "s.db")
    monkeypatch.chdir(tmp_path)
    assert len(open_store("sqlite:///s.db").catalog().runs) == 4


def test_of_two_stores_the_one_with_runs_is_read(tmp_path: Path) -> None:
    with database(tmp_path / "mlflow.db"):
        pass
    experiment(tmp_path / "mlruns", "1")
    file_run(tmp_path / "mlruns" / "1", RUN)
    catalog = open_store(str(tmp_path)).catalog()
    assert (catalog.kind, catalog.problems) == ("MLflow file store", ())


def not_a_store(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.executescript("CREATE TABLE users(id int, password_hash text)")
    connection.close()


@pytest.mark.parametrize(
    ("name", "make", "description"),
    [
        ("s.db", lambda path: path.write_bytes(b""), "is empty"),
        ("s.db", lambda path: path.write_bytes(b"version https://git-lfs.github.com/spec/v1\n"), "Git LFS pointer"),
        ("s.db", lambda path: path.write_bytes(b"SQLite format 3\0" + b"x" * 5000), "cannot be read"),
        ("s.db", lambda path: path.write_bytes(NEWEST.read_bytes()[:700]), "cannot be read"),
        ("s.db", not_a_store, "without MLflow's table experiments"),
        ("basic_auth.db", not_a_store, "users and passwords"),
        ("s.db", lambda path: path.write_bytes(b"hello"), "holds no MLflow runs"),
    ],
)
def test_what_is_no_store_is_said_in_one_sentence(
    tmp_path: Path, name: str, make: Callable[[Path], None], description: str
) -> None:
    make(tmp_path / name)
    before = everything(tmp_path)
    with pytest.raises(StoreError, match=description) as caught:
        open_store(str(tmp_path / name)).catalog()
    assert "\n" not in str(caught.value)
    with pytest.raises(StoreError, match="is not a run store"):
        open_store(str(tmp_path))
    assert everything(tmp_path) == before


# While others write, and after they crashed -------------------------------------------------------------------------


def wal_copy(path: Path) -> None:
    """A database in WAL mode, copied together with a log that was never merged into it."""
    source = path.with_name("source")
    with database(source) as connection:
        connection.execute("PRAGMA journal_mode=wal")
        add_run(connection)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.execute("INSERT INTO metrics VALUES ('m', 1, ?, ?, 3, 0)", (START, RUN))
        shutil.copy(source, path)
        shutil.copy(f"{source}-wal", f"{path}-wal")
    for file in path.parent.glob("source*"):
        file.unlink()


def wal_alone(path: Path) -> None:
    """A database in WAL mode that was closed properly, as `mlflow migrate-filestore` leaves it."""
    with database(path) as connection:
        connection.execute("PRAGMA journal_mode=wal")
        add_run(connection)
        connection.execute("INSERT INTO metrics VALUES ('m', 1, ?, ?, 3, 0)", (START, RUN))


CRASH = """
import os, sqlite3, sys
c = sqlite3.connect(sys.argv[1], isolation_level=None)
c.execute("pragma cache_size=5")
c.execute("begin immediate")
for i in range(5000):
    c.execute("insert into metrics values ('k%d', 1, 1, ?, 0, 0)" % i, ("a" * 32,))
os._exit(9)
"""


def crashed(path: Path) -> None:
    """A database whose writer was killed within a transaction: it has a hot journal."""
    with database(path) as connection:
        add_run(connection)
        connection.execute("INSERT INTO metrics VALUES ('m', 1, ?, ?, 3, 0)", (START, RUN))
    subprocess.run([sys.executable, "-c", CRASH, str(path)], check=False)
    assert Path(f"{path}-journal").exists()


@pytest.mark.parametrize("make", [wal_copy, wal_alone, crashed])
@pytest.mark.parametrize("is_read_only", [False, True])
def test_side_files_count_and_nothing_is_left_beside_the_store(
    tmp_path: Path, make: Callable[[Path], None], is_read_only: bool
) -> None:
    folder = tmp_path / "store?#% here"
    folder.mkdir()
    make(folder / "s.db")
    before = everything(tmp_path)
    if is_read_only:
        folder.chmod(0o555)
    try:
        _, (run,), problems = read(folder / "s.db")
    finally:
        folder.chmod(0o755)
    assert (points(run, "m"), list(run.metrics), problems) == ([(3, START, 1.0)], ["m"], [])
    assert everything(tmp_path) == before


def test_a_private_copy_is_made_once_and_serves_other_processes(tmp_path: Path) -> None:
    wal_alone(tmp_path / "s.db")
    store = open_store(str(tmp_path / "s.db"))
    copy = sqlite_copy.copy_of(str(tmp_path / "s.db"))
    refs = store.catalog().runs
    assert sqlite_copy.copy_of(str(tmp_path / "s.db")) == copy != ""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        (run,) = pool.submit(store.read_runs, refs).result().runs
    assert points(run, "m") == [(3, START, 1.0)]


def test_a_copy_is_made_anew_when_the_store_has_changed(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    wal_alone(path)
    assert len(open_store(str(path)).catalog().runs) == 1
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        add_run(connection, "b" * 32)
    assert len(open_store(str(path)).catalog().runs) == 2


def test_a_writer_in_wal_mode_is_read_in_place(tmp_path: Path) -> None:
    with database(tmp_path / "s.db") as connection:
        connection.execute("PRAGMA journal_mode=wal")
        add_run(connection)
        _, runs, _ = read(tmp_path / "s.db")
        assert [run.run_id for run in runs] == [RUN]
        assert sqlite_copy.copy_of(str(tmp_path / "s.db")) == ""


HAMMER = """
import sqlite3, sys, time
c = sqlite3.connect(sys.argv[1], timeout=5, isolation_level=None)
end, n = time.monotonic() + float(sys.argv[2]), 0
print("go", flush=True)
while time.monotonic() < end:
    c.execute("begin immediate")
    for key in "abc":
        c.execute("insert into metrics values (?, 1, ?, ?, ?, 0)", (key, 1700000000000 + n, "a" * 32, n))
    c.execute("commit")
    n += 1
print(n)
"""


def test_a_training_job_that_never_rests_is_not_disturbed(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    with database(path) as connection:
        connection.execute("CREATE INDEX index_metrics_run_uuid ON metrics(run_uuid)")
        add_run(connection)
        connection.execute("BEGIN")
        for number in range(300):
            add_run(connection, f"{number:032}")
            rows = [("m", 0.5, START + step, f"{number:032}", step) for step in range(100)]
            connection.executemany("INSERT INTO metrics VALUES (?, ?, ?, ?, ?, 0)", rows)
        connection.execute("COMMIT")
    hammer = subprocess.Popen([sys.executable, "-c", HAMMER, str(path), "3"], stdout=subprocess.PIPE, text=True)
    assert hammer.stdout and hammer.stdout.readline() == "go\n"
    reads = 0
    while hammer.poll() is None:
        _, runs, problems = read(path)
        assert (len(runs), problems) == (301, [])
        run = runs[-1]
        assert {len(run.metrics[key]) for key in run.metrics if key in "abc"} in (
            set(),
            {len(run.metrics.get("a", ()))},
        )
        reads += 1
    description = hammer.stdout.read().split()
    hammer.stdout.close()
    assert hammer.returncode == 0, "the writer met a locked database"
    assert int(description[0]) > 10
    assert reads >= 1


def test_a_database_that_stays_locked_is_said_to_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite_driver, "BUSY_SECONDS", 0.1)
    with database(tmp_path / "s.db") as connection:
        add_run(connection)
        connection.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StoreError, match="kept it locked"):
            open_store(str(tmp_path / "s.db"))


def test_a_reader_waits_for_a_commit(tmp_path: Path) -> None:
    with database(tmp_path / "s.db") as connection:
        add_run(connection)

    def hold() -> None:
        with closing(sqlite3.connect(tmp_path / "s.db", isolation_level=None)) as writer:
            writer.execute("BEGIN EXCLUSIVE")
            held.set()
            time.sleep(0.5)
            writer.execute("COMMIT")

    held, writer = threading.Event(), threading.Thread(target=hold)
    writer.start()
    held.wait()
    assert len(read(tmp_path / "s.db")[1]) == 1
    writer.join()


# Ways to read that must not differ ----------------------------------------------------------------------------------


def test_a_long_history_is_read_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = as_mlflow_says(open_store(str(NEWEST), DELETED))
    for size in (1, 7, 40):
        monkeypatch.setattr(sqlite_file, "_POINTS_AT_ONCE", size)
        assert as_mlflow_says(open_store(str(NEWEST), DELETED)) == whole


def test_an_old_database_without_indexes_reads_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "s.db"
    with database(path, STEP) as connection:
        for number in range(70):
            add_run(connection, f"{number:032}")
            connection.execute("INSERT INTO metrics VALUES ('m', ?, ?, ?, 1)", (number, START, f"{number:032}"))
    before = everything(tmp_path)
    scanned = read(path)
    assert sqlite_copy.copy_of(str(path)) == ""
    monkeypatch.setattr(sqlite_file, "_INDEX_PAYS", 0)
    indexed = read(path)
    assert sqlite_copy.copy_of(str(path)) != ""
    assert [points(run, "m") for run in scanned[1]] == [points(run, "m") for run in indexed[1]]
    assert [points(run, "m")[0][2] for run in scanned[1]] == list(range(70))
    assert everything(tmp_path) == before


def test_the_signature_changes_with_each_commit_and_not_by_reading(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    shutil.copy(NEWEST, path)
    store = open_store(str(path))
    before = store.signature()
    read(path)
    assert store.signature() == before
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("UPDATE experiments SET name = 'x' WHERE experiment_id = 1")
        os.utime(path)
        assert store.signature() != before


# Artifacts ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("uri", "place"),
    [
        (f"/gone/mlruns/1/{RUN}/artifacts", f"mlruns/1/{RUN}/artifacts"),
        (f"./mlruns/1/{RUN}/artifacts", f"mlruns/1/{RUN}/artifacts"),
        (f"mlflow-artifacts:/1/{RUN}/artifacts", f"mlartifacts/1/{RUN}/artifacts"),
        (f"s3://bucket/prefix/1/{RUN}/artifacts", f"mlartifacts/1/{RUN}/artifacts"),
        (f"file:///gone/with%20space/{RUN}/artifacts", f"with space/{RUN}/artifacts"),
    ],
)
def test_artifacts_are_found_beside_the_database(tmp_path: Path, uri: str, place: str) -> None:
    with database(tmp_path / "mlflow.db") as connection:
        add_run(connection, uri=uri)
    write(tmp_path / place / "plots" / "a.png", "png")
    _, (run,), problems = read(tmp_path)
    assert [(file.path, file.size) for file in run.artifacts.files] == [("plots/a.png", 3)]
    assert (run.artifacts.root, run.artifacts.uri, problems) == (tmp_path / place, uri, [])


def test_artifacts_are_found_below_a_named_root(tmp_path: Path) -> None:
    with database(tmp_path / "mlflow.db") as connection:
        add_run(connection, uri=f"s3://bucket/1/{RUN}/artifacts")
    write(tmp_path / "mirror" / "1" / RUN / "artifacts" / "a.txt", "a")
    _, (run,), _ = read(tmp_path / "mlflow.db", ReadOptions(artifact_roots=(tmp_path / "mirror",)))
    assert [file.path for file in run.artifacts.files] == ["a.txt"]


@pytest.mark.parametrize("uri", ["file:///etc", "/etc", ".", "./private", "mlruns/../private", "mlruns/link"])
def test_a_hostile_uri_lists_nothing(tmp_path: Path, uri: str) -> None:
    with database(tmp_path / "mlflow.db") as connection:
        add_run(connection, uri=uri)
    write(tmp_path / "private" / "key", "secret")
    (tmp_path / "mlruns").mkdir()
    (tmp_path / "mlruns" / "link").symlink_to(tmp_path / "private")
    _, (run,), problems = read(tmp_path / "mlflow.db")
    assert (run.artifacts.root, run.artifacts.files) == (None, ())
    assert problems == [Problem(f"runs/{RUN}", OUTSIDE)]


@pytest.mark.parametrize("damage", [b"\xd2", b"\0", b"CREATE VIEW", b"("])
def test_a_damaged_schema_is_said_in_a_sentence(tmp_path: Path, damage: bytes) -> None:
    with database(tmp_path / "mlflow.db") as connection:
        connection.execute("PRAGMA writable_schema=ON")
        connection.execute("UPDATE sqlite_master SET sql = CAST(? AS TEXT) WHERE name = 'runs'", [damage])
    with pytest.raises(StoreError, match=r"mlflow\.db (cannot be read: |is a database without MLflow's table runs)"):
        read(tmp_path / "mlflow.db")


@pytest.mark.parametrize("side", ["-journal", "-wal", "-shm"])
@pytest.mark.parametrize("kind", ["pipe", "link", "loop"])
def test_what_sqlite_keeps_beside_a_database_must_be_files(tmp_path: Path, side: str, kind: str) -> None:
    """It would wait for a pipe for ever, and copy what a link leads to."""
    with database(tmp_path / "mlflow.db"):
        pass
    beside = tmp_path / f"mlflow.db{side}"
    if kind == "pipe":
        os.mkfifo(beside)
    else:
        beside.symlink_to(beside.name if kind == "loop" else write(tmp_path / "secret", "secret"))
    with pytest.raises(StoreError, match=f"cannot be read: its {side} file is not a file"):
        read(tmp_path / "mlflow.db")


def test_a_linked_artifact_folder_of_a_strangers_store_is_not_trusted(tmp_path: Path) -> None:
    write(tmp_path / "private" / "ssl" / "key", "secret")
    (tmp_path / "store").mkdir()
    (tmp_path / "store" / "mlruns").symlink_to(tmp_path / "private")
    with database(tmp_path / "store" / "mlflow.db") as connection:
        add_run(connection, uri="mlruns/ssl")
    _, (run,), _ = read(tmp_path / "store" / "mlflow.db")
    assert run.artifacts.files == ()
