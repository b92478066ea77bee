"""The readers say of real stores what MLflow's own client says of them.

`golden/<store>.json` holds the client's answers (written by `sample_runs/answers.py`), so that this is tested where
MLflow is not installed. Where it is, the client is asked again; with SITEGEN_REQUIRE_MLFLOW set, as in CI, it must be.

Two differences are wanted, and are asserted as differences below: MLflow forgets the step of points that belong to a
dataset, and does not see that what MLflow 1 put in `.trash` is deleted.
"""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import sys
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from sitegen.model import (
    Catalog,
    DatasetInput,
    Experiment,
    LoggedModel,
    MetricHistory,
    ModelVersion,
    RegisteredModel,
    Run,
)
from sitegen.stores import open_store
from sitegen.stores.contract import ReadOptions

SAMPLES = Path(__file__).parents[2] / "sample_runs"
GOLDEN = Path(__file__).parent / "golden"
STORES = ("mlflow1", "mlflow2", "mlflow3")
RUN_PARTS = (
    "name",
    "status",
    "start_time",
    "end_time",
    "artifact_uri",
    "params",
    "tags",
    "metrics",
    "inputs",
    "outputs",
)

on_every_store = pytest.mark.parametrize("name", STORES)


def load_answers() -> ModuleType:
    """`sample_runs/answers.py`, which is a script and in no package."""
    spec = importlib.util.spec_from_file_location("sample_answers", SAMPLES / "answers.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


answers = load_answers()


@cache
def golden(name: str) -> Any:
    return json.loads((GOLDEN / f"{name}.json").read_text(encoding="utf-8"))


@cache
def read(name: str, deleted: bool = True) -> tuple[Catalog, dict[str, Run]]:
    """A sample store through sitegen; any problem with a real store is a failure."""
    store = open_store(str(SAMPLES / name / "mlruns"), ReadOptions(deleted=deleted))
    catalog = store.catalog()
    batch = store.read_runs(catalog.runs)
    assert [*catalog.problems, *batch.problems] == []
    return catalog, {run.run_id: run for run in batch.runs}


# ------------------------------------------------------------------------- sitegen's values in the shape of the answers


def experiment_answer(found: Experiment) -> dict[str, Any]:
    return {
        "name": found.name,
        "lifecycle_stage": found.lifecycle_stage,
        "artifact_location": found.artifact_location,
        "creation_time": found.creation_time,
        "last_update_time": found.last_update_time,
        "tags": dict(found.tags),
    }


def run_answer(run: Run) -> dict[str, Any]:
    return {
        "experiment_id": run.experiment_id,
        "name": run.name,
        "status": run.status,
        "lifecycle_stage": run.lifecycle_stage,
        "start_time": run.start_time,
        "end_time": run.end_time,
        "artifact_uri": run.artifacts.uri,
        "params": dict(run.params),
        "tags": dict(run.tags),
        "metrics": {key: metric_answer(history) for key, history in run.metrics.items()},
        "inputs": sorted(dataset_answer(used) for used in run.inputs),
        "outputs": sorted([made.model_id, made.step] for made in run.model_outputs),
    }


def metric_answer(history: MetricHistory) -> list[Any]:
    points = list(zip(history.steps.tolist(), history.timestamps.tolist(), history.values.tolist(), strict=True))
    return answers.history_answer(points, points[history.last])


def dataset_answer(used: DatasetInput) -> list[Any]:
    data = used.dataset
    prints = [answers.fingerprint(data.schema), answers.fingerprint(data.profile)]
    return [data.name, data.digest, data.source_type, data.source, *prints, dict(used.tags)]


def registered_answer(found: RegisteredModel) -> dict[str, Any]:
    return {
        "description": found.description,
        "creation_time": found.creation_time,
        "last_update_time": found.last_update_time,
        "tags": dict(found.tags),
        "aliases": dict(found.aliases),
        "versions": {version.version: version_answer(version) for version in found.versions},
    }


def version_answer(version: ModelVersion) -> dict[str, Any]:
    return {
        "stage": version.stage,
        "description": version.description,
        "source": version.source,
        "run_id": version.run_id,
        "status": version.status,
        "creation_time": version.creation_time,
        "last_update_time": version.last_update_time,
        "model_id": version.model_id,
        "tags": dict(version.tags),
        "aliases": sorted(version.aliases),
    }


def logged_answer(found: LoggedModel) -> dict[str, Any]:
    return {
        "experiment_id": found.experiment_id,
        "name": found.name,
        "status": found.status,
        "model_type": found.model_type,
        "source_run_id": found.source_run_id,
        "artifact_location": found.artifacts.uri,
        "creation_time": found.creation_time,
        "last_update_time": found.last_update_time,
        "params": dict(found.params),
        "tags": dict(found.tags),
        "metrics": sorted(
            [m.key, repr(m.value), m.step, m.timestamp, m.run_id, m.dataset_name, m.dataset_digest]
            for m in found.metrics
        ),
    }


# ---------------------------------------------------------------------------------------------- the wanted differences


def is_in_bin_of_mlflow_1(name: str, experiment_id: str) -> bool:
    return name == "mlflow1" and (SAMPLES / name / "mlruns" / ".trash" / experiment_id).exists()


def wanted_stage(name: str, experiment_id: str, stage: str) -> str:
    """MLflow's answer, but for what lies in `.trash`: up to MLflow 2.0 that stays "active" there."""
    return "deleted" if is_in_bin_of_mlflow_1(name, experiment_id) else stage


def without_steps_of_datasets(name: str, run: dict[str, Any]) -> dict[str, Any]:
    """Without the metric whose step MLflow 3 loses; `test_keeps_the_step_...` is about that one."""
    return {key: value for key, value in run["metrics"].items() if (name, key) != ("mlflow3", "test_accuracy")}


# --------------------------------------------------------------------------------------------------------------- tests


@on_every_store
def test_experiments_are_mlflows(name: str) -> None:
    wanted = {
        key: said | {"lifecycle_stage": wanted_stage(name, key, said["lifecycle_stage"])}
        for key, said in golden(name)["experiments"].items()
    }
    assert {found.experiment_id: experiment_answer(found) for found in read(name)[0].experiments} == wanted


@on_every_store
def test_runs_are_in_the_experiments_that_mlflow_says(name: str) -> None:
    wanted = {
        key: (said["experiment_id"], wanted_stage(name, said["experiment_id"], said["lifecycle_stage"]))
        for key, said in golden(name)["runs"].items()
    }
    assert {key: (run.experiment_id, run.lifecycle_stage) for key, run in read(name)[1].items()} == wanted


@on_every_store
@pytest.mark.parametrize("part", RUN_PARTS)
def test_runs_hold_what_mlflow_says(name: str, part: str) -> None:
    ours = {key: run_answer(run) for key, run in read(name)[1].items()}
    wanted = golden(name)["runs"]
    if part == "metrics":
        ours = {key: {part: without_steps_of_datasets(name, run)} for key, run in ours.items()}
        wanted = {key: {part: without_steps_of_datasets(name, run)} for key, run in wanted.items()}
    assert {key: run[part] for key, run in ours.items()} == {key: run[part] for key, run in wanted.items()}


@on_every_store
def test_registered_models_are_mlflows(name: str) -> None:
    ours = {found.name: registered_answer(found) for found in read(name)[0].registered_models}
    assert ours == golden(name)["registered_models"]


@on_every_store
def test_logged_models_are_mlflows(name: str) -> None:
    ours = {found.model_id: logged_answer(found) for found in read(name)[0].logged_models}
    assert ours == golden(name)["logged_models"]


@on_every_store
def test_deleted_runs_and_experiments_are_left_out_and_counted(name: str) -> None:
    everything, active = read(name)[1], read(name, deleted=False)
    wanted = {key for key, run in everything.items() if run.lifecycle_stage == "active"}
    assert set(active[1]) == wanted != set(everything)
    assert "old-baseline" not in {found.name for found in active[0].experiments}
    assert active[0].deleted > 0


def test_keeps_the_step_of_a_point_that_belongs_to_a_dataset() -> None:
    said = golden("mlflow3")["runs"]
    runs = [run for run in read("mlflow3")[1].values() if "test_accuracy" in run.metrics]
    assert len(runs) == 2
    for run in runs:
        ours, theirs = metric_answer(run.metrics["test_accuracy"]), said[run.run_id]["metrics"]["test_accuracy"]
        assert (ours[0], theirs[0]) == (100, 0)
        assert ours[1:4] == theirs[1:4]


def files_below(root: Path) -> list[Path]:
    return [path for path in root.rglob("*") if path.is_file()]


@on_every_store
def test_artifacts_are_found_though_the_store_was_moved(name: str) -> None:
    for run_id, run in read(name)[1].items():
        roots = (SAMPLES / name / "mlruns").glob(f"**/{run_id}/artifacts")
        wanted = {
            path.relative_to(root).as_posix(): path.stat().st_size for root in roots for path in files_below(root)
        }
        assert {file.path: file.size for file in run.artifacts.files} == wanted


def test_finds_the_files_of_logged_models_though_the_store_was_moved() -> None:
    for found in read("mlflow3")[0].logged_models:
        assert {"MLmodel", "model.pkl"} <= {file.path for file in found.artifacts.files}


@on_every_store
def test_reads_the_same_from_a_copy_elsewhere(name: str, tmp_path: Path) -> None:
    copy = shutil.copytree(SAMPLES / name / "mlruns", tmp_path / "moved" / "mlruns")
    store = open_store(str(copy), ReadOptions(deleted=True))
    runs = store.read_runs(store.catalog().runs).runs
    assert {run.run_id: run_answer(run) for run in runs} == {key: run_answer(run) for key, run in read(name)[1].items()}


@pytest.mark.mlflow
@pytest.mark.filterwarnings("ignore")
@on_every_store
def test_mlflow_still_says_what_the_golden_file_holds(name: str) -> None:
    if "SITEGEN_REQUIRE_MLFLOW" not in os.environ:
        pytest.importorskip("mlflow", minversion="3.0")
    # Through JSON, because that makes lists of tuples as it does in the file.
    assert json.loads(answers.as_json(answers.ask(SAMPLES / name / "mlruns"))) == golden(name)
