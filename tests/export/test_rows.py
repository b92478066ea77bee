"""The rows of an export: one for each thing, columns in the order of their table, nothing said twice."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from sitegen.addresses import fnv1a
from sitegen.export.rows import dataset_fields, write_catalog, write_run, write_trace
from sitegen.model import (
    Artifact,
    ArtifactFolder,
    Assessment,
    Catalog,
    Dataset,
    DatasetInput,
    Experiment,
    LoggedModel,
    MetricHistory,
    ModelMetric,
    ModelOutput,
    ModelVersion,
    RegisteredModel,
    Run,
    Span,
    Trace,
)
from sitegen.stores.parquet.export_format import COLUMNS

DATA = Dataset("iris", "d1", "local", "{}", None, '{"num_rows": 3}')


class Written:
    """Stands for the open tables: keeps the rows by table, each with the names of its columns."""

    def __init__(self) -> None:
        self.rows: dict[str, list[dict[str, Any]]] = {}
        self.histories: list[str] = []

    def add(self, table: str, rows: Iterable[tuple[Any, ...]]) -> None:
        named = (dict(zip(COLUMNS[table], row, strict=True)) for row in rows)
        self.rows.setdefault(table, []).extend(named)

    def add_history(self, run: Run, history: MetricHistory) -> None:
        self.histories.append(f"{run.run_id} {history.key}")


def history(key: str, *values: float) -> MetricHistory:
    steps = np.arange(len(values), dtype=np.int64)
    return MetricHistory(key, steps, steps + 1000, np.array(values, float), len(values) - 1)


def a_run(run_id: str = "r1", **fields: Any) -> Run:
    usual = {"experiment_id": "1", "name": "first", "status": "FINISHED", "lifecycle_stage": "active"}
    usual |= {"start_time": 5, "end_time": None, "user": "ada", "source_name": "train.py", "source_type": "LOCAL"}
    return Run(run_id, **{**usual, "artifacts": ArtifactFolder("s3://b/x"), **fields})  # type: ignore[arg-type]


def written(*runs: Run) -> tuple[Written, dict[str, Dataset]]:
    tables, datasets = Written(), {}
    for run in runs:
        write_run(run, tables, datasets)  # type: ignore[arg-type]
    return tables, datasets


def test_a_run_is_a_row_of_its_own_and_one_for_each_value() -> None:
    folder = ArtifactFolder("s3://b/x", Path("/data/x"), (Artifact("a.txt", 3),))
    tables, _ = written(a_run(params={"lr": "0.1"}, tags={"t": "u"}, artifacts=folder, model_inputs=("m0",)))
    own = {"shard": fnv1a("r1"), "run_id": "r1"}
    assert tables.rows["params"] == [own | {"key": "lr", "value": "0.1"}]
    assert tables.rows["tags"] == [own | {"key": "t", "value": "u"}]
    assert tables.rows["artifacts"] == [own | {"path": "a.txt", "size": 3}]
    assert tables.rows["model_inputs"] == [own | {"model_id": "m0"}]
    (run,) = tables.rows["runs"]
    assert (run["artifact_uri"], run["artifact_root"]) == ("s3://b/x", "/data/x")
    assert (run["start_time"], run["end_time"], run["user"], run["source_type"]) == (5, None, "ada", "LOCAL")
    assert written(a_run())[0].rows["runs"][0]["artifact_root"] is None


def test_a_metric_is_summed_up_and_its_points_are_kept() -> None:
    tables, _ = written(a_run(metrics={"loss": history("loss", 3.0, float("nan"), 1.0), "none": history("none")}))
    loss, none = tables.rows["metrics"]
    assert tables.histories == ["r1 loss", "r1 none"]
    assert {name: loss[name] for name in ("value", "first", "min", "max", "mean", "count", "not_finite")} == {
        "value": 1.0, "first": 3.0, "min": 1.0, "max": 3.0, "mean": 2.0, "count": 3, "not_finite": 1,
    }  # fmt: skip
    assert (loss["step"], loss["timestamp"], loss["last_point"]) == (2, 1002, 2)
    assert (none["value"], none["count"], none["not_finite"], none["last_point"]) == (None, 0, 0, -1)


def test_a_dataset_that_runs_share_is_one() -> None:
    other = Dataset("iris", "d1", "local", "{}", "", '{"num_rows": 3}')
    used = (DatasetInput(DATA, {"mlflow.data.context": "train"}), DatasetInput(other))
    tables, datasets = written(a_run(inputs=used), a_run("r2", inputs=(DatasetInput(DATA),)))
    ids = [row["dataset_id"] for row in tables.rows["inputs"]]
    assert ids[0] == ids[2] != ids[1] and list(datasets) == ids[:2]
    assert all(len(one) == 32 for one in ids)
    assert json.loads(tables.rows["inputs"][0]["tags"]) == {"mlflow.data.context": "train"}
    assert dataset_fields(DATA) == ("iris", "d1", "local", "{}", None, '{"num_rows": 3}')


def test_steps_beyond_64_bits_are_text() -> None:
    outputs = (ModelOutput("m1", 2**63 - 1), ModelOutput("m2", 2**63))
    small, large = written(a_run(model_outputs=outputs))[0].rows["model_outputs"]
    assert (small["step"], small["step_text"]) == (2**63 - 1, None)
    assert (large["step"], large["step_text"]) == (None, str(2**63))


def test_the_catalog_has_a_row_for_each_experiment_version_and_model() -> None:
    version = ModelVersion("wine", "2", "None", "", "src", "r1", "", "READY", "", "ada", 5, 6, "m1", {"é": "ü"}, ("a",))
    registered = RegisteredModel("wine", "good", 1, 2, {}, {"a": "2"}, (version,))
    metric = ModelMetric("acc", 0.5, 3, 4, "r1", "iris", "d1")
    logged = LoggedModel(
        "m1", "1", "wine", "READY", "", "sklearn", "r1", "active", 1, 2, ArtifactFolder("u"), {"p": "1"}, {}, (metric,)
    )
    catalog = Catalog("k", "l", (Experiment("1", "e", tags={"k": "v"}),), (), (registered,), (logged,))
    tables = Written()
    write_catalog(catalog, tables)  # type: ignore[arg-type]
    assert {name: len(rows) for name, rows in tables.rows.items()} == {
        "experiments": 1, "registered_models": 1, "model_versions": 1, "logged_models": 1, "logged_model_metrics": 1,
        "logged_model_artifacts": 0,
    }  # fmt: skip
    assert tables.rows["model_versions"][0]["tags"] == '{"é": "ü"}'
    assert tables.rows["model_versions"][0]["aliases"] == '["a"]'
    assert tables.rows["registered_models"][0]["aliases"] == '{"a": "2"}'
    assert tables.rows["logged_model_metrics"][0]["dataset_digest"] == "d1"
    assert tables.rows["logged_models"][0]["artifact_root"] is None


def test_a_trace_has_its_spans_and_judgements() -> None:
    judged = Assessment("a1", "tone", "feedback", '"gut"', "HUMAN", "ada", "höflich")
    span = Span("0a", None, "root", 1, None, "OK", {"in": '"x"'})
    tables = Written()
    write_trace(Trace("t1", "1", 7, None, "OK", "q", "a", {}, {}, (judged,), (span,)), tables)  # type: ignore[arg-type]
    (trace,), (row,) = tables.rows["traces"], tables.rows["spans"]
    assert json.loads(trace["assessments"])[0]["rationale"] == "höflich" and "höflich" in trace["assessments"]
    assert (row["trace_id"], row["span_id"], row["parent_id"], row["end_time_ns"]) == ("t1", "0a", None, None)
    assert row["events"] == "[]" and json.loads(row["attributes"]) == {"in": '"x"'}
