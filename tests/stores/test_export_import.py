"""Folders of mlflow-export-import."""

from __future__ import annotations

import json
import math
import pickle
from pathlib import Path
from typing import Any

import pytest

from sitegen.errors import StoreError
from sitegen.model import Problem
from sitegen.stores import READERS, open_store, reader
from sitegen.stores.contract import ReadOptions
from tests.stores.mlruns_builder import OTHER_RUN, RUN, START, write


def exported(folder: Path, *runs: str, **more: Any) -> Path:
    experiment = {"experiment_id": "3", "name": "sweep", "lifecycle_stage": "active", "tags": {"team": "red"}}
    write(folder / "experiment.json", json.dumps({"system": {}, "mlflow": {"experiment": experiment, "runs": runs}}))
    for run_id in runs:
        info = {"run_id": run_id, "run_name": "owl", "status": "FINISHED", "start_time": START, "end_time": START + 5}
        points = [{"value": value, "timestamp": START + step, "step": step} for step, value in enumerate((1, math.nan))]
        said = {"info": info, "params": {"lr": "0.1"}, "metrics": {"loss": points}, "tags": {"mlflow.user": "ada"}}
        write(folder / run_id / "run.json", json.dumps({"mlflow": {**said, **more}}))
    return folder


def test_an_experiment_is_read_whole(tmp_path: Path) -> None:
    folder = exported(tmp_path / "out", RUN)
    write(folder / RUN / "artifacts" / "plots" / "a.txt", "x")
    store = pickle.loads(pickle.dumps(open_store(str(folder))))
    catalog = store.catalog()
    assert (catalog.kind, catalog.experiments[0].name, catalog.experiments[0].tags) == (
        "mlflow-export-import folder", "sweep", {"team": "red"},
    )  # fmt: skip
    [run] = store.read_runs(catalog.runs).runs
    assert (run.run_id, run.experiment_id, run.name, run.status, run.user) == (RUN, "3", "owl", "FINISHED", "ada")
    assert (run.start_time, run.end_time, run.params) == (START, START + 5, {"lr": "0.1"})
    assert run.metrics["loss"].steps.tolist() == [0, 1]
    assert run.metrics["loss"].values[0] == 1 and math.isnan(run.metrics["loss"].values[1])
    assert [file.path for file in run.artifacts.files] == ["plots/a.txt"]
    assert store.bytes_on_disk() == sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize("below", ["experiments/3", "3"])
def test_several_experiments_lie_in_one_folder_and_models_are_named_as_left_out(tmp_path: Path, below: str) -> None:
    exported(tmp_path / below, RUN, OTHER_RUN)
    write(tmp_path / "models" / "models.json", "{}")
    catalog = open_store(str(tmp_path)).catalog()
    assert sorted(ref.run_id for ref in catalog.runs) == sorted((RUN, OTHER_RUN))
    what = "are not read from an mlflow-export-import folder"
    assert catalog.problems == (Problem("models", what, left_out=True),)


def test_a_damaged_run_is_left_out_and_named(tmp_path: Path) -> None:
    folder = exported(tmp_path, RUN, OTHER_RUN)
    write(folder / RUN / "run.json", '{"mlflow": [')
    store = open_store(str(folder))
    batch = store.read_runs(store.catalog().runs)
    assert [run.run_id for run in batch.runs] == [OTHER_RUN]
    [problem] = batch.problems
    assert (problem.where, problem.left_out) == (f"{RUN}/run.json", True)


def test_what_is_of_another_type_counts_as_missing(tmp_path: Path) -> None:
    folder = exported(tmp_path, RUN, metrics={"a": 3, "b": [{"value": "x", "timestamp": 1}, 7]}, params=[], tags=None)
    store = open_store(str(folder))
    [run] = store.read_runs(store.catalog().runs).runs
    assert {key: len(history) for key, history in run.metrics.items()} == {"a": 0, "b": 0}
    assert run.params == run.tags == {}


def test_deleted_runs_are_counted_and_come_when_asked_for(tmp_path: Path) -> None:
    folder = exported(tmp_path, RUN, info={"run_id": RUN, "lifecycle_stage": "deleted"})
    for options, runs, deleted in ((ReadOptions(), 0, 1), (ReadOptions(deleted=True), 1, 0)):
        store = open_store(str(folder), options)
        batch = store.read_runs(store.catalog().runs)
        assert (len(batch.runs), batch.deleted) == (runs, deleted)


def test_an_experiment_that_cannot_be_read_is_said_in_a_sentence(tmp_path: Path) -> None:
    write(tmp_path / "experiment.json", "{")
    with pytest.raises(StoreError, match=r"is an mlflow-export-import folder whose experiment\.json cannot be read"):
        open_store(str(tmp_path)).catalog()


def test_the_signature_changes_with_a_run(tmp_path: Path) -> None:
    store = open_store(str(exported(tmp_path, RUN)))
    before = store.signature()
    assert store.signature() == before
    exported(tmp_path, RUN, OTHER_RUN)
    assert store.signature() != before


@pytest.mark.parametrize("name", READERS)
def test_every_reader_has_the_same_face(name: str) -> None:
    one = reader(name)
    assert one.GIVE.partition(" ")[0] in ("a", "an", "the", "Parquet") and isinstance(one.NAMES, tuple)
    assert list(one.find("/nowhere/at/all", ReadOptions())) == []
