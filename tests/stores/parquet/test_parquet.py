"""Run tables and exports in Parquet and CSV, on this disk and in buckets."""

from __future__ import annotations

import builtins
import json
import os
import pickle
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sitegen.build import build
from sitegen.config import Config
from sitegen.errors import StoreError
from sitegen.export import export_store
from sitegen.model import Catalog, Run
from sitegen.stores import open_store
from sitegen.stores.artifacts import OUTSIDE
from sitegen.stores.contract import ReadOptions
from sitegen.stores.parquet import export
from sitegen.stores.parquet.export_format import DESCRIPTION, TABLES
from sitegen.stores.parquet.places import Place
from sitegen.stores.parquet.snapshot import snapshot_of
from sitegen.stores.stamps import Stamp
from tests.stores.identical import assert_identical
from tests.stores.mlruns_builder import OTHER_RUN, RUN, START, experiment, run, write

UTC_TIMES = pa.timestamp("ns", "UTC")


def read(location: str | Path, **options: Any) -> tuple[Catalog, dict[str, Run]]:
    store = open_store(str(location), ReadOptions(**options))
    catalog = store.catalog()
    batch = store.read_runs(catalog.runs)
    assert batch.problems == []
    return catalog, {found.run_id: found for found in batch.runs}


def table(path: Path, columns: Mapping[str, Any] | None = None, /, **more: Any) -> Path:
    """A run table with one finished run, or as many as `run_id` says; columns by name override and add."""
    given = dict(columns or {}) | more
    ids = given.get("run_id", [RUN])
    usual = {
        "run_id": ids,
        "experiment_id": ["1"] * len(ids),
        "status": ["FINISHED"] * len(ids),
        "artifact_uri": ["s3://bucket/x"] * len(ids),
        "start_time": pa.array([START * 10**6] * len(ids), UTC_TIMES),
        "end_time": pa.array([(START + 5000) * 10**6] * len(ids), UTC_TIMES),
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table({name: column for name, column in (usual | given).items() if column is not None}), path)
    return path


# ---------------------------------------------------------------------------------------------------------- run tables


def test_a_run_table_gives_runs_with_what_it_has(tmp_path: Path) -> None:
    columns = {
        "metrics.val/loss x": [0.5],
        "params.a.b": ["1e-05"],
        "tags.mlflow.runName": ["sweep a"],
        "tags.mlflow.user": ["ada"],
        "tags.mlflow.source.name": ["train.py"],
    }
    catalog, runs = read(table(tmp_path / "runs.parquet", columns))
    found = runs[RUN]
    assert (catalog.kind, [e.name for e in catalog.experiments]) == ("MLflow run table", ["1"])
    assert (found.name, found.user, found.source_name, found.status) == ("sweep a", "ada", "train.py", "FINISHED")
    assert (found.start_time, found.end_time) == (START, START + 5000)
    assert found.params == {"a.b": "1e-05"}
    history = found.metrics["val/loss x"]
    assert (history.steps.tolist(), history.timestamps.tolist(), history.values.tolist()) == (
        [0],
        [START + 5000],
        [0.5],
    )
    assert (found.artifacts.uri, found.artifacts.root) == ("s3://bucket/x", None)


def test_nan_and_null_are_missing_and_infinity_is_a_value(tmp_path: Path) -> None:
    columns = {
        "run_id": ["a" * 32, "b" * 32],
        "metrics.a": [float("nan"), float("inf")],
        "metrics.b": [None, 1.0],
        "params.p": [None, ""],
        "tags.t": pa.nulls(2),
    }
    runs = read(table(tmp_path / "runs.parquet", columns))[1]
    assert {key: list(found.metrics) for key, found in runs.items()} == {"a" * 32: [], "b" * 32: ["a", "b"]}
    assert [dict(found.params) for found in runs.values()] == [{}, {"p": ""}]
    assert [dict(found.tags) for found in runs.values()] == [{}, {}]
    assert runs["a" * 32].name == "a" * 8


@pytest.mark.parametrize(
    "column",
    [
        pa.array([START * 10**6], pa.timestamp("ns", "UTC")),
        pa.array([START * 10**3 + 999], pa.timestamp("us", "UTC")),
        pa.array([START], pa.timestamp("ms")),
        pa.array([START * 10**6], pa.timestamp("ns", "Europe/Vienna")),
        pa.array([START], pa.int64()),
        pa.array(["2023-11-14 22:13:20+00:00"]),
        pa.array(["2023-11-14T22:13:20"], pa.large_string()),
    ],
    ids=lambda column: str(column.type),
)
def test_times_of_every_type_are_milliseconds(tmp_path: Path, column: Any) -> None:
    assert read(table(tmp_path / "runs.parquet", start_time=column))[1][RUN].start_time == START


@pytest.mark.parametrize("kind", [pa.null(), pa.timestamp("ms"), pa.float64(), pa.string()], ids=str)
def test_a_run_that_has_not_ended_has_its_points_at_the_start(tmp_path: Path, kind: Any) -> None:
    columns = {"end_time": pa.nulls(1, kind), "metrics.loss": [1.0], "status": ["RUNNING"]}
    found = read(table(tmp_path / "runs.parquet", columns))[1][RUN]
    assert (found.end_time, found.metrics["loss"].timestamps.tolist()) == (None, [START])


def test_a_table_without_runs_is_an_empty_store(tmp_path: Path) -> None:
    names = ("run_id", "experiment_id", "status", "artifact_uri", "start_time", "end_time")
    pq.write_table(pa.table({name: pa.array([], pa.float64()) for name in names}), tmp_path / "runs.parquet")
    catalog = read(tmp_path / "runs.parquet")[0]
    assert (catalog.runs, catalog.experiments) == ((), ())


def test_odd_values_do_no_harm(tmp_path: Path) -> None:
    columns = {
        "run_id": ["a" * 32, None],
        "experiment_id": pa.array([7, 8]),
        "status": ["DONE", "DONE"],
        "metrics.text": ["high", "low"],
        "metrics.whole": [3, 4],
        "params.number": [0.5, 0.5],
        "params": ["x", "x"],
        "start_time": None,
    }
    catalog = open_store(str(table(tmp_path / "runs.parquet", columns))).catalog()
    assert [(p.what, p.left_out) for p in catalog.problems] == [("has 1 rows without a run_id; left out", True)]
    found = open_store(str(tmp_path / "runs.parquet")).read_runs(catalog.runs).runs[0]
    assert (found.experiment_id, found.status, found.start_time) == ("7", "UNKNOWN", None)
    assert (dict(found.params), found.metrics["whole"].values.tolist()) == ({"number": "0.5"}, [3.0])
    assert "text" not in found.metrics


def test_a_folder_of_tables_is_one_store(tmp_path: Path) -> None:
    table(tmp_path / "2024-01.parquet", {"run_id": ["a" * 32, "b" * 32], "metrics.loss": [1.0, 2.0]})
    table(tmp_path / "2024-02.parquet", {"run_id": ["b" * 32, "c" * 32], "metrics.acc": [3.0, 4.0]})
    write(tmp_path / "_SUCCESS", "")
    write(tmp_path / ".hidden.parquet", "x")
    catalog, runs = read(tmp_path)
    assert {key: list(found.metrics) for key, found in runs.items()} == {
        "a" * 32: ["loss"],
        "b" * 32: ["acc"],
        "c" * 32: ["acc"],
    }
    assert [p.where for p in catalog.problems] == ["2024-02.parquet"]


def test_a_partitioned_dataset_has_columns_in_its_paths(tmp_path: Path) -> None:
    table(tmp_path / "experiment_id=10" / "tags.team=a%20b" / "part-0.parquet", experiment_id=None)
    nothing = tmp_path / "experiment_id=9" / "tags.team=__HIVE_DEFAULT_PARTITION__" / "part-0.parquet"
    table(nothing, run_id=[OTHER_RUN], experiment_id=None)
    catalog, runs = read(tmp_path)
    assert [found.experiment_id for found in catalog.experiments] == ["9", "10"]
    assert (runs[RUN].experiment_id, runs[RUN].tags) == ("10", {"team": "a b"})
    assert (runs[OTHER_RUN].experiment_id, runs[OTHER_RUN].tags) == ("9", {})


def test_runs_come_in_the_order_asked_for_from_all_row_groups(tmp_path: Path) -> None:
    ids = [f"{n:032x}" for n in range(10)]
    rows = pa.table({"run_id": ids, "experiment_id": ["1"] * 10, "params.n": [str(n) for n in range(10)]})
    pq.write_table(rows, tmp_path / "runs.parquet", row_group_size=3)
    store = pickle.loads(pickle.dumps(open_store(str(tmp_path / "runs.parquet"))))
    refs = store.catalog().runs
    found = store.read_runs([refs[8], refs[0], refs[4]]).runs
    assert [made.params["n"] for made in found] == ["8", "0", "4"]


def test_csv_tables_are_read(tmp_path: Path) -> None:
    header = (
        ",run_id,experiment_id,status,artifact_uri,start_time,end_time,metrics.loss,params.note,tags.mlflow.runName\r\n"
    )
    times = "2023-11-14 22:13:20+00:00,2023-11-14 22:13:25.5+00:00"
    line = f'0,{RUN},1,FINISHED,s3://b/x,{times},-inf,"two\nlines, ""q""",\u2603\r\n'
    other = f"1,{OTHER_RUN},1,RUNNING,s3://b/y,,,,,\r\n"
    write(tmp_path / "runs.csv", "\ufeff" + header + line + other)
    runs = read(tmp_path / "runs.csv")[1]
    found = runs[RUN]
    assert (found.name, found.start_time, found.end_time) == ("\u2603", START, START + 5500)
    assert (found.params["note"], found.metrics["loss"].values.tolist()) == ('two\nlines, "q"', [float("-inf")])
    assert (runs[OTHER_RUN].start_time, dict(runs[OTHER_RUN].metrics), dict(runs[OTHER_RUN].params)) == (None, {}, {})


def test_artifacts_are_found_beside_a_table_but_a_hostile_address_is_not_followed(tmp_path: Path) -> None:
    write(tmp_path / "home" / "mlruns" / "1" / RUN / "artifacts" / "model.txt", "x")
    secret = write(tmp_path / "home" / ".ssh" / "id", "x").parent
    columns = {"run_id": [RUN, OTHER_RUN], "artifact_uri": [f"file:///gone/mlruns/1/{RUN}/artifacts", secret.as_uri()]}
    path = table(tmp_path / "home" / "runs.parquet", columns)
    batch = open_store(str(path)).read_runs(open_store(str(path)).catalog().runs)
    files = {found.run_id: [file.path for file in found.artifacts.files] for found in batch.runs}
    assert files == {RUN: ["model.txt"], OTHER_RUN: []}
    assert [(p.where, "outside the store" in p.what) for p in batch.problems] == [(OTHER_RUN, True)]


def test_a_change_changes_the_signature(tmp_path: Path) -> None:
    path = table(tmp_path / "runs.parquet")
    before = open_store(str(path)).signature()
    assert open_store(str(path)).signature() == before
    table(path, {"params.new": ["1"]})
    assert open_store(str(path)).signature() != before
    assert "new" in read(path)[1][RUN].params


# ------------------------------------------------------------------------------------------------------------- mistakes


def refused(location: Path) -> str:
    with pytest.raises(StoreError) as caught:
        open_store(str(location)).catalog()
    said = str(caught.value)
    assert said.endswith(".") and "\n" not in said
    return said


def test_files_that_are_no_tables_are_said_in_one_sentence(tmp_path: Path) -> None:
    whole = table(tmp_path / "runs.parquet").read_bytes()
    pq.write_table(pa.table({"x": [1]}), tmp_path / "other.parquet")
    cases = {
        "cut.parquet": (whole[:-20], "is not a complete Parquet file"),
        "lfs.parquet": (b"version https://git-lfs.github.com/spec/v1\n", "is a Git LFS pointer"),
        "text.parquet": (b"hello", "is not a Parquet file, despite its name"),
        "empty.parquet": (b"", "is not a Parquet file"),
        "other.csv": (b"a,b\n1,2\n", "has no column run_id"),
        "ragged.csv": (b"run_id,b\n1,2,3\n", "cannot be read as CSV"),
        "empty.csv": (b"", "cannot be read as CSV"),
    }
    for name, (content, said) in cases.items():
        assert said in refused(write(tmp_path / name, content)), name
    assert "other.parquet has no column run_id; sitegen reads" in refused(tmp_path / "other.parquet")


def test_one_bad_table_of_a_folder_is_left_out_and_named(tmp_path: Path) -> None:
    table(tmp_path / "runs" / "a.parquet")
    write(tmp_path / "runs" / "b.parquet", b"version https://git-lfs.github.com/spec/v1\n")
    catalog, runs = read(tmp_path / "runs")
    assert list(runs) == [RUN]
    assert [(p.where, "Git LFS" in p.what, p.left_out) for p in catalog.problems] == [("b.parquet", True, True)]


def test_runs_in_a_damaged_page_are_left_out_and_named(tmp_path: Path) -> None:
    path = table(tmp_path / "runs.parquet", {"params.p": ["x" * 50]})
    data = path.read_bytes()
    at = data.index(b"x" * 20)
    store = open_store(str(path))
    refs = store.catalog().runs
    place = pq.ParquetFile(path).metadata.row_group(0).column(6)
    assert place.path_in_schema == "params.p" and at > place.dictionary_page_offset
    write(path, data[: place.dictionary_page_offset] + b"\xff" * 30 + data[place.dictionary_page_offset + 30 :])
    batch = open_store(str(path)).read_runs(refs)
    assert [(p.where, p.left_out) for p in batch.problems] == [(RUN, True)] and batch.runs == []


# -------------------------------------------------------------------------------------------------------------- exports


@pytest.fixture
def exported(tmp_path: Path) -> Path:
    """An export of a store of two experiments, one of them deleted."""
    sweep = experiment(tmp_path / "mlruns", "1", name="sweep")
    run(sweep, RUN, params={"lr": "1"}, metrics={"loss": "1 0.5 1\n2 0.4 2\n"}, artifacts={"a/b.txt": "abc"})
    run(sweep, OTHER_RUN, lifecycle_stage="deleted")
    run(experiment(tmp_path / "mlruns", ".trash/2"), "c" * 32)
    export_store(open_store(str(tmp_path / "mlruns"), ReadOptions(deleted=True)), tmp_path / "out")
    return tmp_path / "out"


def test_deleted_runs_of_an_export_are_left_out_and_counted(exported: Path) -> None:
    catalog, runs = read(exported)
    assert (list(runs), [e.name for e in catalog.experiments], catalog.deleted) == ([RUN], ["sweep"], 3)
    assert len(read(exported, deleted=True)[1]) == 3
    assert catalog.kind == "export of an MLflow file store"


def test_a_file_of_an_export_means_the_export(exported: Path) -> None:
    assert list(read(exported / "runs.parquet")[1]) == [RUN]


def test_only_the_runs_asked_for_are_read(exported: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = pickle.loads(pickle.dumps(open_store(str(exported), ReadOptions(deleted=True))))
    refs = {ref.run_id: ref for ref in store.catalog().runs}
    asked: list[set[int]] = []
    original = export.rows_of_shards

    def noted(file: Any, shards: set[int]) -> Any:
        asked.append(shards)
        return original(file, shards)

    monkeypatch.setattr(export, "rows_of_shards", noted)
    assert [found.run_id for found in store.read_runs([refs["c" * 32], refs[RUN]]).runs] == ["c" * 32, RUN]
    assert {len(shards) for shards in asked} == {2}


def test_artifacts_of_an_export_are_found_while_they_are_there(exported: Path) -> None:
    artifacts = read(exported)[1][RUN].artifacts
    assert artifacts.root == exported.parent / "mlruns" / "1" / RUN / "artifacts"
    (exported.parent / "mlruns").rename(exported.parent / "moved")
    listed = read(exported)[1][RUN].artifacts
    assert (listed.root, listed.files) == (None, artifacts.files)
    found = read(exported, artifact_roots=(exported.parent / "moved",))[1][RUN].artifacts
    assert (found.root, found.files) == (exported.parent / "moved" / "1" / RUN / "artifacts", artifacts.files)
    assert found.uri == artifacts.uri


def age(folder: Path) -> None:
    """Make all files old, so that their times are believed."""
    for path in folder.rglob("*"):
        if path.is_file():
            os.utime(path, (1_600_000_000, 1_600_000_000))


def test_an_unchanged_export_is_not_read_again(exported: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    age(exported.parent)
    config = Config(str(exported), exported.parent / "site", cache=exported.parent / "cache", jobs=1)
    assert not build(config).is_unchanged
    monkeypatch.setattr(export.ExportStore, "read_runs", lambda *_: pytest.fail("read"))
    assert build(config).is_unchanged
    artifact = exported.parent / "mlruns" / "1" / RUN / "artifacts" / "a" / "b.txt"
    artifact.write_text("abd")
    os.utime(artifact, (1_600_000_001, 1_600_000_001))
    monkeypatch.undo()
    assert not build(config).is_unchanged
    assert "abd" in next((exported.parent / "site" / "artifacts").rglob("b.txt")).read_text()


def test_the_stamp_of_an_export_changes_with_its_files(exported: Path) -> None:
    def stamp() -> Stamp | None:
        found = snapshot_of(Place(str(exported)), ReadOptions(), list)
        return found.stamp if found else None

    before = stamp()
    assert before == stamp()
    os.utime(exported / "runs.parquet", (1, 1))
    assert stamp() != before


def test_a_damaged_export_has_no_stamp(exported: Path) -> None:
    (exported / "runs.parquet").write_bytes(b"PAR1")
    store = open_store(str(exported))
    assert isinstance(store, export.ExportStore)
    assert store.snapshot() is None


def change(path: Path, **changes: Any) -> None:
    said = json.loads(path.read_text("utf-8")) | changes
    path.write_text(json.dumps({key: value for key, value in said.items() if value is not None}), "utf-8")


def test_an_export_that_is_not_whole_is_said_in_one_sentence(exported: Path) -> None:
    description = exported / DESCRIPTION
    change(description, format=2)
    assert "is an export of format 2, this sitegen reads 1" in refused(exported)
    change(description, format=1, files="csv")
    assert "is an export for spreadsheets" in refused(exported)
    change(description, files="parquet", problems=None)
    assert "is damaged" in refused(exported)
    change(description, problems=[])
    pq.write_table(pq.read_table(exported / "tags.parquet").drop(["key"]), exported / "tags.parquet")
    assert "its table tags has no column key" in refused(exported)
    (exported / "params.parquet").unlink()
    assert "does not exist" in refused(exported) and "params.parquet" in refused(exported)
    description.write_text("[", "utf-8")
    assert "is damaged" in refused(exported)


def test_an_export_that_another_tool_wrote_anew_is_read(exported: Path) -> None:
    before = read(exported)[1]
    for name in TABLES:
        path = exported / f"{name}.parquet"
        pq.write_table(pq.read_table(path), path, write_statistics=False, compression="snappy")
    assert_identical(read(exported)[1], before)


def test_histories_that_do_not_fit_their_metrics_are_left_out_and_named(exported: Path) -> None:
    path = exported / "metric_history.parquet"
    pq.write_table(pq.read_table(path).slice(1), path)
    store = open_store(str(exported))
    batch = store.read_runs(store.catalog().runs)
    assert [found.metrics for found in batch.runs] == [{}]
    assert [p.where for p in batch.problems] == [f"{RUN}/metrics/loss"]


# -------------------------------------------------------------------------------------------------------------- buckets


@pytest.fixture
def bucket() -> Iterator[Any]:
    """fsspec's file system in memory, emptied afterwards."""
    fsspec = pytest.importorskip("fsspec")
    memory = fsspec.filesystem("memory")
    yield memory
    memory.store.clear()
    memory.pseudo_dirs[:] = [""]


def test_tables_and_exports_in_a_bucket_are_read_as_on_disk(exported: Path, bucket: Any) -> None:
    bucket.put(str(exported), "/runs", recursive=True)
    bucket.put(str(table(exported.parent / "t.parquet")), "/tables/experiment_id=1/t.parquet")
    catalog, runs = read("memory://runs/", artifact_roots=(exported.parent / "mlruns",))
    assert_identical(runs, read(exported)[1])
    assert (catalog.kind, catalog.location) == ("export of an MLflow file store", "memory://runs")
    assert list(read("memory://tables")[1]) == [RUN]
    assert list(read("memory://tables/experiment_id=1/t.parquet")[1]) == [RUN]
    (exported.parent / "mlruns").rename(exported.parent / "gone")
    without = read("memory://runs")[1][RUN].artifacts
    assert (without.root, [file.path for file in without.files]) == (None, ["a/b.txt"])


@pytest.mark.parametrize("protocol", ["s3", "s3a", "gs", "gcs", "az", "abfs", "abfss"])
def test_every_cloud_is_asked_by_its_own_protocol(
    exported: Path, bucket: Any, protocol: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Cloud(type(bucket)):  # type: ignore[misc]
        """What the address means during the test: the same memory under another name."""

        @classmethod
        def _strip_protocol(cls, path: str) -> str:
            return str(super()._strip_protocol(path.removeprefix(f"{protocol}:/")))

    monkeypatch.setitem(pytest.importorskip("fsspec.registry")._registry, protocol, Cloud)
    bucket.put(str(exported), "/container/runs", recursive=True)
    catalog, runs = read(f"{protocol}://container/runs", artifact_roots=(exported.parent / "mlruns",))
    assert_identical(runs, read(exported)[1])
    assert catalog.location == f"{protocol}://container/runs"


def test_a_site_is_built_from_a_bucket(exported: Path, bucket: Any, tmp_path: Path) -> None:
    bucket.put(str(exported), "/runs", recursive=True)
    built = build(Config(store="memory://runs", output=tmp_path / "site"))
    assert (built.runs, [problem.what for problem in built.problems]) == (1, [OUTSIDE]), "files are on this machine"
    assert "<title>sweep" in (tmp_path / "site" / "index.html").read_text("utf-8")


def test_a_bucket_without_tables_or_a_wrong_address_is_said(bucket: Any) -> None:
    bucket.pipe("/notes/a.txt", b"x")
    for address, said in {"memory://notes": "holds no Parquet files", "memory://gone": "memory://gone"}.items():
        with pytest.raises(StoreError, match=said):
            open_store(address)


@pytest.mark.server
def test_the_missing_extra_names_its_install_line(monkeypatch: pytest.MonkeyPatch) -> None:
    original = builtins.__import__

    def without_fsspec(name: str, *rest: Any) -> Any:
        if name == "fsspec":
            raise ImportError(name)
        return original(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without_fsspec)
    with pytest.raises(StoreError, match=r"s3://bucket/x needs .*pip install 'mlruns-sitegen\[remote\]'") as caught:
        open_store("s3://user:password@bucket/x")
    assert "password" not in str(caught.value)


@pytest.mark.filterwarnings("ignore")
def test_an_export_on_an_s3_server_is_read(exported: Path, s3: Any) -> None:
    s3.mkdir("bucket")
    s3.put(str(exported) + "/", "bucket/runs/", recursive=True)
    assert_identical(read("s3://bucket/runs", artifact_roots=(exported.parent / "mlruns",))[1], read(exported)[1])
    with pytest.raises(StoreError, match="s3://nowhere"):
        open_store("s3://nowhere/runs")
