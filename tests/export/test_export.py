"""An export holds what the store holds, in the same bytes each time, and is never half written."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from sitegen import export
from sitegen.build import build
from sitegen.cli import main
from sitegen.config import Config
from sitegen.errors import StoreError, UsageError
from sitegen.export import export_store
from sitegen.model import (
    Artifact,
    ArtifactFolder,
    Catalog,
    Dataset,
    DatasetInput,
    Experiment,
    LoggedModel,
    MetricHistory,
    ModelMetric,
    ModelOutput,
    ModelVersion,
    Problem,
    RegisteredModel,
    Run,
    RunRef,
)
from sitegen.stores import open_store
from sitegen.stores.contract import ReadOptions, RunBatch
from sitegen.stores.parquet.export_format import DESCRIPTION, TABLES
from tests.examples import examples
from tests.stores.identical import assert_identical
from tests.stores.mlruns_builder import RUN, dataset_input, experiment, run

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "sample_runs"
on_every_sample = pytest.mark.parametrize("name", ["mlflow1", "mlflow2", "mlflow3"])


@dataclass
class MemoryStore:
    """A store of given runs."""

    catalog_: Catalog
    runs: Sequence[Run]
    reads: list[int] = field(default_factory=list)
    name: str = "memory"

    def catalog(self) -> Catalog:
        return self.catalog_

    def read_runs(self, refs: Sequence[RunRef]) -> RunBatch:
        self.reads.append(len(refs))
        found = {made.run_id: made for made in self.runs}
        return RunBatch([found[ref.run_id] for ref in refs])

    def signature(self) -> str:
        return ""

    def bytes_on_disk(self) -> int | None:
        return None


def store_of(*runs: Run, **catalog: Any) -> MemoryStore:
    """A store of the runs, of which all experiments are made."""
    ids = dict.fromkeys(made.experiment_id for made in runs)
    fields = {
        "kind": "MLflow file store",
        "experiments": tuple(Experiment(i, f"experiment {i}") for i in ids),
    } | catalog
    refs = tuple(RunRef(made.run_id, made.experiment_id, "") for made in runs)
    return MemoryStore(Catalog(location="memory", runs=refs, **fields), runs)


def a_run(run_id: str = RUN, **fields: Any) -> Run:
    usual = {
        "experiment_id": "1",
        "name": "first",
        "status": "FINISHED",
        "lifecycle_stage": "active",
        "start_time": 1_700_000_000_000,
        "end_time": None,
        "user": "ada",
        "source_name": "",
        "source_type": "",
        "artifacts": ArtifactFolder("s3://bucket/x"),
    }
    return Run(run_id=run_id, **(usual | fields))


def history(key: str, *points: tuple[int, int, float]) -> MetricHistory:
    steps, times, values = (list(column) for column in zip(*points, strict=True)) if points else ([], [], [])
    is_long = any(not -(2**63) <= step < 2**63 for step in steps)
    kind = object if is_long else np.int64
    return MetricHistory(
        key, np.array(steps, kind), np.array(times, np.int64), np.array(values, float), len(points) - 1
    )


def read_back(folder: Path, deleted: bool = True, *roots: Path) -> tuple[Catalog, dict[str, Run]]:
    store = open_store(str(folder), ReadOptions(deleted=deleted, artifact_roots=roots))
    catalog = store.catalog()
    batch = store.read_runs(catalog.runs)
    assert batch.problems == []
    return catalog, {made.run_id: made for made in batch.runs}


def rows(folder: Path, table: str) -> list[dict[str, Any]]:
    return pq.read_table(folder / f"{table}.parquet").to_pylist()


# --------------------------------------------------------------------------------------------------------- round trips


@on_every_sample
def test_a_sample_store_comes_back_as_it_was(name: str, tmp_path: Path) -> None:
    source = open_store(str(SAMPLES / name / "mlruns"), ReadOptions(deleted=True))
    wanted = source.catalog()
    export_store(source, tmp_path / "out")
    catalog, runs = read_back(tmp_path / "out", True, SAMPLES)
    for part in ("experiments", "registered_models", "logged_models", "problems"):
        assert_identical(getattr(catalog, part), getattr(wanted, part), part)
    assert [(ref.run_id, ref.experiment_id) for ref in catalog.runs] == [
        (r.run_id, r.experiment_id) for r in wanted.runs
    ]
    assert_identical([runs[ref.run_id] for ref in wanted.runs], source.read_runs(wanted.runs).runs)


def test_an_export_makes_the_same_site_as_its_store(tmp_path: Path) -> None:
    source = SAMPLES / "mlflow1" / "mlruns"
    export_store(open_store(str(source)), tmp_path / "out")
    build(Config(store=str(source), output=tmp_path / "one", title="T"))
    build(Config(store=str(tmp_path / "out"), output=tmp_path / "two", title="T", artifacts=(source,)))
    one, two = (
        {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}
        for root in (tmp_path / "one", tmp_path / "two")
    )
    del one["data/manifest.json"], two["data/manifest.json"]
    kind = b"export of an MLflow file store"
    assert {path: data.replace(b"MLflow file store", kind) for path, data in one.items()} == two


def test_a_run_with_everything_comes_back(tmp_path: Path) -> None:
    dataset = Dataset("train", "b690", "local", '{"uri": "x"}', None, '{"num_rows": 3}')
    made = a_run(
        params={"b": "2", "a": "=1+1", "": "", "long": "x" * 6000},
        tags={"mlflow.note.content": "# \u2603\n\0"},
        metrics={
            "odd": history("odd", (-5, 1, float("nan")), (2, 2, float("-inf")), (2, 2, -0.0)),
            "huge": history("huge", (1, 1, 0.1), (10**30, 2, 5e-324)),
            "empty": history("empty"),
        },
        inputs=(DatasetInput(dataset, {"mlflow.data.context": "training"}), DatasetInput(replace(dataset, schema=""))),
        model_inputs=("m-1",),
        model_outputs=(ModelOutput("m-2", 7), ModelOutput("m-3", 10**25)),
        artifacts=ArtifactFolder("s3://bucket/x", None, (Artifact("a/b.txt", 3),)),
    )
    export_store(store_of(made), tmp_path / "out")
    assert_identical(read_back(tmp_path / "out")[1][RUN], made)


def test_models_come_back(tmp_path: Path) -> None:
    version = ModelVersion(
        "wine", "2", "None", "", "runs:/x", RUN, "", "READY", "", "ada", 5, None, "m-1", {"a": "b"}, ("best",)
    )
    registered = RegisteredModel(
        "wine", "good", 1, 2, {"k": "v"}, {"best": "2"}, (version, replace(version, version="1"))
    )
    metric = ModelMetric("loss", float("nan"), 2**70, 4, RUN, "train", None)
    logged = LoggedModel(
        "m-1", "1", "wine", "READY", "", "", RUN, "active", 1, None, ArtifactFolder("x"), {"p": "1"}, {}, (metric,)
    )
    catalog = {
        "registered_models": (registered,),
        "logged_models": (logged,),
        "problems": (Problem("1/x", "is odd", True),),
    }
    export_store(store_of(a_run(), **catalog), tmp_path / "out")
    found = read_back(tmp_path / "out")[0]
    assert_identical(found.registered_models, (registered,))
    assert_identical(found.logged_models, (logged,))
    assert found.problems == catalog["problems"]


texts = st.text(st.characters(exclude_categories=("Cs",)), max_size=20)
times = st.none() | st.integers(-(2**52), 2**52)
# The largest number is how databases write infinity, so it is read as that in every kind of store.
floats = st.one_of(st.floats(-1e300, 1e300), st.sampled_from([float("nan"), float("inf"), float("-inf")]))
points = st.tuples(st.integers(-(2**70), 2**70) | st.integers(0, 9), st.integers(-(2**63), 2**63 - 1), floats)
histories = st.lists(points, max_size=5).map(lambda found: sorted(found, key=lambda point: point[:2]))


@st.composite
def generated_runs(draw: st.DrawFn) -> list[Run]:
    ids = draw(st.lists(texts.filter(bool), min_size=1, max_size=6, unique=True))
    return [draw(generated_run(run_id)) for run_id in ids]


@st.composite
def generated_run(draw: st.DrawFn, run_id: str) -> Run:
    dictionaries = st.dictionaries(texts, texts, max_size=3)
    metrics = draw(st.dictionaries(texts, histories, max_size=3))
    dataset = st.builds(Dataset, texts, texts, texts, texts, st.none() | texts, st.none() | texts)
    return a_run(
        run_id,
        experiment_id=draw(st.sampled_from("123")),
        name=draw(texts),
        start_time=draw(times),
        end_time=draw(times),
        user=draw(texts),
        artifacts=ArtifactFolder(draw(texts.map(lambda text: f"s3://{text}")), None, ()),
        params=draw(dictionaries),
        tags=draw(dictionaries),
        metrics={key: history(key, *found) for key, found in metrics.items()},
        inputs=tuple(draw(st.lists(st.builds(DatasetInput, dataset, dictionaries), max_size=2))),
        model_inputs=tuple(draw(st.lists(texts, max_size=2))),
        model_outputs=tuple(draw(st.lists(st.builds(ModelOutput, texts, st.integers()), max_size=2))),
    )


@settings(max_examples=examples(0.5))
@given(generated_runs())
def test_whatever_was_logged_comes_back(tmp_path_factory: pytest.TempPathFactory, runs: list[Run]) -> None:
    folder = tmp_path_factory.mktemp("export") / "out"
    export_store(store_of(*runs), folder)
    found = read_back(folder)[1]
    assert_identical([found[made.run_id] for made in runs], runs)


def test_many_small_row_groups_come_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sitegen.export.tables.GROUP_ROWS", 3)
    monkeypatch.setattr("sitegen.export.tables.GROUP_POINTS", 5)
    runs = [
        a_run(
            f"{n:032x}",
            params={"n": str(n)},
            metrics={"loss": history("loss", *((s, s, n / 7 + s) for s in range(n % 4)))},
        )
        for n in range(60)
    ]
    export_store(store_of(*runs), tmp_path / "out")
    assert pq.ParquetFile(tmp_path / "out" / "metric_history.parquet").num_row_groups > 10
    found = read_back(tmp_path / "out")[1]
    assert_identical([found[made.run_id] for made in runs], runs)


def test_half_an_emoji_is_replaced(tmp_path: Path) -> None:
    export_store(store_of(a_run(params={"p": "a\ud83d"})), tmp_path / "out")
    assert read_back(tmp_path / "out")[1][RUN].params == {"p": "a\ufffd"}


# ---------------------------------------------------------------------------------------------------- what is in there


def test_the_tables_are_the_documented_ones(tmp_path: Path) -> None:
    export_store(store_of(a_run()), tmp_path / "out")
    found = {path.stem: pq.read_schema(path).names for path in (tmp_path / "out").glob("*.parquet")}
    assert found == {table: list(columns) for table, columns in TABLES.items()}
    guide = (ROOT / "docs" / "export.md").read_text("utf-8")
    assert [name for name, columns in TABLES.items() if f"| `{name}` |" not in guide] == []
    assert [c for columns in TABLES.values() for c in columns if f"`{c}`" not in guide] == []


def test_the_description_counts_rows_and_names_problems(tmp_path: Path) -> None:
    store = store_of(a_run(), problems=(Problem("1/x", "is odd"),), deleted=3)
    done = export_store(store, tmp_path / "out")
    description = json.loads((tmp_path / "out" / DESCRIPTION).read_text("utf-8"))
    assert (description["format"], description["kind"], description["deleted_left_out"]) == (1, "MLflow file store", 3)
    assert description["problems"] == [["1/x", "is odd", False]]
    assert description["tables"] == dict(done.rows) and description["tables"]["runs"] == 1


def test_metrics_are_summarised(tmp_path: Path) -> None:
    made = a_run(metrics={"loss": history("loss", (0, 10, 4.0), (1, 20, float("nan")), (2, 30, 1.0))})
    export_store(store_of(made), tmp_path / "out")
    [row] = rows(tmp_path / "out", "metrics")
    assert [row[name] for name in ("value", "step", "first", "min", "max", "mean")] == [1.0, 2, 4.0, 1.0, 4.0, 2.5]
    assert [row[name] for name in ("count", "not_finite", "last_point")] == [3, 1, 2]


def test_runs_that_share_a_dataset_share_its_row(tmp_path: Path) -> None:
    sweep = experiment(tmp_path / "mlruns")
    for run_id in ("a" * 32, "b" * 32):
        dataset_input(run(sweep, run_id), "train", "b690e535", "training")
    export_store(open_store(str(tmp_path / "mlruns")), tmp_path / "out")
    [dataset] = rows(tmp_path / "out", "datasets")
    assert {row["dataset_id"] for row in rows(tmp_path / "out", "inputs")} == {dataset["dataset_id"]}
    assert dataset["name"] == "train"


def test_any_parquet_reader_sees_plain_texts_and_times_in_utc(tmp_path: Path) -> None:
    export_store(store_of(a_run(metrics={"loss": history("loss", (0, 10, 4.0))})), tmp_path / "out")
    schema = pq.read_schema(tmp_path / "out" / "metric_history.parquet")
    assert {str(schema.field(name).type) for name in ("run_id", "key")} == {"string"}
    assert str(schema.field("timestamp").type) == "timestamp[ms, tz=UTC]"


def test_the_same_store_gives_the_same_bytes_however_it_is_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = open_store(str(SAMPLES / "mlflow3" / "mlruns"))
    export_store(store, tmp_path / "one")
    monkeypatch.setattr(export, "CHUNK_POINTS", 1)
    export_store(store, tmp_path / "two")
    names = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert names == sorted(path.name for path in (tmp_path / "two").iterdir())
    assert all((tmp_path / "one" / n).read_bytes() == (tmp_path / "two" / n).read_bytes() for n in names)


def test_few_runs_are_held_where_histories_are_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "CHUNK_POINTS", 100)
    long = [(step, step, 0.5) for step in range(50)]
    store = store_of(*(a_run(f"{n:032x}", metrics={"loss": history("loss", *long)}) for n in range(40)))
    export_store(store, tmp_path / "out")
    assert store.reads[0] == 16 and set(store.reads[1:]) == {2}


# ------------------------------------------------------------------------------------------------------- spreadsheets


def test_csv_holds_the_same_tables_without_formulas(tmp_path: Path) -> None:
    params = {
        "=cmd|' /C calc'!A0": "@x",
        "note": 'two\nlines, "quoted"',
        "neg": "-1",
        "plain": "a=b",
        "tab": "\tx",
        "cr": "\rx",
    }
    made = a_run(params=params, metrics={"loss": history("loss", (1, 5, -1.5), (2, 6, float("nan")))})
    export_store(store_of(made), tmp_path / "out", "csv")
    found = {path.name for path in (tmp_path / "out").iterdir()}
    assert found == {DESCRIPTION, *(f"{table}.csv" for table in TABLES)}
    with (tmp_path / "out" / "params.csv").open(encoding="utf-8", newline="") as file:
        pairs = {row["key"]: row["value"] for row in csv.DictReader(file)}
    quoted = {"'=cmd|' /C calc'!A0": "'@x", "neg": "'-1", "tab": "'\tx", "cr": "'\rx"}
    assert pairs == {"note": params["note"], "plain": "a=b"} | quoted
    history_lines = (tmp_path / "out" / "metric_history.csv").read_text("utf-8").splitlines()
    assert history_lines[0] == '"run_id","key","step","step_text","timestamp","value"'
    assert history_lines[1:] == [
        f'"{RUN}","loss",1,,1970-01-01 00:00:00.005Z,-1.5',
        f'"{RUN}","loss",2,,1970-01-01 00:00:00.006Z,nan',
    ]


def test_csv_leaves_out_a_time_that_no_calendar_knows(tmp_path: Path) -> None:
    export_store(store_of(a_run(metrics={"loss": history("loss", (1, 2**62, 1.0))})), tmp_path / "out", "csv")
    assert f'"{RUN}","loss",1,,,1' in (tmp_path / "out" / "metric_history.csv").read_text("utf-8")


def test_csv_comes_in_the_order_of_the_store(tmp_path: Path) -> None:
    ids = [f"{n:032x}" for n in range(20)]
    export_store(store_of(*map(a_run, ids)), tmp_path / "out", "csv")
    with (tmp_path / "out" / "runs.csv").open(encoding="utf-8", newline="") as file:
        assert [row["run_id"] for row in csv.DictReader(file)] == ids


# ---------------------------------------------------------------------------------------------------------- the output


class Broken(MemoryStore):
    def read_runs(self, refs: Sequence[RunRef]) -> RunBatch:
        raise StoreError("The disk is gone.")


def test_an_export_that_fails_leaves_the_earlier_one(tmp_path: Path) -> None:
    store = store_of(a_run())
    export_store(store, tmp_path / "out")
    before = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    with pytest.raises(StoreError):
        export_store(Broken(store.catalog_, store.runs), tmp_path / "out")
    assert {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()} == before
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_new_export_replaces_all_of_the_earlier_one(tmp_path: Path) -> None:
    export_store(store_of(a_run()), tmp_path / "out", "csv")
    export_store(store_of(a_run("b" * 32)), tmp_path / "out")
    assert list(read_back(tmp_path / "out")[1]) == ["b" * 32]
    assert not list((tmp_path / "out").glob("*.csv"))


def test_a_linked_output_is_filled_in_place(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "out").symlink_to("real")
    export_store(store_of(a_run()), tmp_path / "out", "csv")
    export_store(store_of(a_run()), tmp_path / "out")
    assert (tmp_path / "out").is_symlink()
    assert list(read_back(tmp_path / "real")[1]) == [RUN]
    assert not list((tmp_path / "real").glob("*.csv"))


def test_a_folder_with_other_files_is_refused(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("all I have")
    with pytest.raises(UsageError, match=r"holds thesis\.tex, which is not part of an export"):
        export_store(store_of(a_run()), tmp_path)
    assert (tmp_path / "thesis.tex").exists()


def test_the_store_itself_is_refused_as_output(tmp_path: Path) -> None:
    run(experiment(tmp_path / "mlruns"))
    store = open_store(str(tmp_path / "mlruns"))
    with pytest.raises(UsageError, match="inside the store"):
        export_store(store, tmp_path / "mlruns" / "out", sources=[tmp_path / "mlruns"])


def test_the_command_says_what_it_wrote(tmp_path: Path) -> None:
    run(experiment(tmp_path / "mlruns"), metrics={"loss": "1 0.5 1\n2 0.4 2\n"})
    run(experiment(tmp_path / "mlruns", ".trash/2"), "b" * 32)
    done = CliRunner().invoke(main, ["export", str(tmp_path / "mlruns"), "-o", str(tmp_path / "out")])
    assert done.exit_code == 0
    assert "1 run in 1 experiment, 2 metric points" in done.stdout
    assert "Left out as deleted: 2" in done.stdout
    assert list(read_back(tmp_path / "out")[1]) == [RUN]


def test_the_command_refuses_what_is_no_store(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["export", str(tmp_path / "gone"), "-o", str(tmp_path / "out")])
    assert (done.exit_code, done.stdout) == (4, "")
    assert not (tmp_path / "out").exists()


def test_several_stores_are_exported_as_one_by_the_command(tmp_path: Path) -> None:
    for name, run_id in (("wine", RUN), ("churn", "e" * 32)):
        run(experiment(tmp_path / name / "mlruns"), run_id, artifact_uri=f"s3://old/{run_id}/artifacts")
    file = tmp_path / "mirror" / RUN / "artifacts" / "a.txt"
    file.parent.mkdir(parents=True)
    file.write_text("a")
    stores = [str(tmp_path / "wine"), str(tmp_path / "churn")]
    arguments = ["export", *stores, "-o", str(tmp_path / "out"), "--traces", "--map-artifacts", "s3://old"]
    done = CliRunner().invoke(main, [*arguments, str(tmp_path / "mirror")])
    assert (done.exit_code, done.output.split(", ")[:3:2]) == (
        0,
        [f"Exported {tmp_path / 'out'}: 2 runs in 2 experiments", "0 traces"],
    )
    catalog, runs = read_back(tmp_path / "out")
    assert [e.experiment_id for e in catalog.experiments] == ["1", "1-churn"]
    assert [artifact.path for artifact in runs[RUN].artifacts.files] == ["a.txt"]


def test_an_export_is_written_over_none_of_several_stores(tmp_path: Path) -> None:
    for name in ("wine", "churn"):
        run(experiment(tmp_path / name / "mlruns"), RUN)
    stores = [str(tmp_path / "wine" / "mlruns"), str(tmp_path / "churn" / "mlruns")]
    done = CliRunner().invoke(main, ["export", *stores, "-o", str(tmp_path / "churn" / "mlruns" / "out")])
    assert (done.exit_code, "inside the store" in done.output) == (2, True)
