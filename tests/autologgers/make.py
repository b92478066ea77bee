"""Let real autologgers write runs, and keep what they wrote as a table: params, metrics, tags and artifacts of each run.

    python -m tests.autologgers.make OUT tables      all frameworks of classic.py
    python -m tests.autologgers.make OUT torch       those of torch_runs.py
    python -m tests.autologgers.make OUT keras       those of keras_runs.py

Writes the stores `OUT/<group>-files` (mlruns) and `OUT/<group>.db`, each trained by itself, and `OUT/<group>.json.gz`:
the run tables of both, and of each framework that wrote a log of TensorBoard the first one, `OUT/<framework>.tfevents`.
The stores are too big to commit; the tables and logs are what the tests read.
"""

from __future__ import annotations

import gzip
import importlib
import json
import os
import shutil
import sys
import warnings
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

os.environ.setdefault("MLFLOW_ALLOW_FILE_STORE", "true")
import mlflow

GROUPS = {"tables": "classic", "torch": "torch_runs", "keras": "keras_runs"}
AUTOLOGGERS = ("sklearn", "xgboost", "lightgbm", "statsmodels", "pytorch", "tensorflow")
AMBIENT = ("mlflow.user", "mlflow.source", "mlflow.runName")
"""Tags that say where and by whom the runs were recorded."""
MAX_POINTS = 12
"""Points of a metric that a table keeps; more would only make it larger."""


def record(group: str, out: Path) -> None:
    """Run every framework of `group` against a file store and a database, and write down what both hold."""
    frameworks = importlib.import_module(f"tests.autologgers.{GROUPS[group]}").FRAMEWORKS
    tables = {}
    for kind in ("files", "sqlite"):
        folder = out / f"{group}-files"
        uri = folder.absolute().as_uri() if kind == "files" else f"sqlite:///{out.absolute()}/{group}.db"
        tables[kind] = train_all(frameworks, uri, out / f"{group}-artifacts")
    text = json.dumps({"versions": versions(), **tables}, indent=1, sort_keys=True)
    with gzip.GzipFile(out / f"{group}.json.gz", "wb", mtime=0) as file:
        file.write(text.encode())


def train_all(frameworks: Mapping[str, Callable[[], None]], uri: str, artifacts: Path) -> dict[str, Any]:
    """The run table of each framework, as the store at `uri` holds it."""
    mlflow.set_tracking_uri(uri)
    # The packages that a model needs are found by loading it in a new process, which takes up to a minute for each.
    mlflow.models.infer_pip_requirements = lambda where, flavor, fallback=None, **_: fallback
    client = mlflow.MlflowClient()
    tables: dict[str, Any] = {}
    for name, train in frameworks.items():
        where = None if uri.startswith("file:") else (artifacts / name).absolute().as_uri()
        experiment = client.create_experiment(name, artifact_location=where)
        mlflow.set_experiment(name)
        print(f"{name} into {uri}", flush=True)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            train()
        while mlflow.active_run():
            mlflow.end_run()
        for module in AUTOLOGGERS:
            if f"mlflow.{module}" in sys.modules:
                getattr(mlflow, module).autolog(disable=True)
        runs = sorted(client.search_runs([experiment]), key=lambda run: (run.info.start_time, run.info.run_id))
        if uri.startswith("file:"):
            keep_log(client, runs, artifacts.parent / f"{name}.tfevents")
        places = {run.info.run_id: at for at, run in enumerate(runs)}
        tables[name] = [run_table(client, run, places) for run in runs]
    return tables


def run_table(client: Any, run: Any, places: Mapping[str, int]) -> dict[str, Any]:
    """What is kept of a run; `parent` is the place of its parent in the list of runs."""
    run_id, tags = run.info.run_id, dict(run.data.tags)
    parent = tags.pop("mlflow.parentRunId", None)
    # Models' metadata and dumps of a whole configuration say nothing about objectives, and are most of the bytes.
    kept = {key: value for key, value in tags.items() if len(value) < 300 and not key.startswith(AMBIENT)}
    return {
        "status": run.info.status,
        "parent": places.get(parent) if parent else None,
        "params": {key: value[:80] for key, value in run.data.params.items()},
        "tags": kept,
        "metrics": {key: points(client, run_id, key) for key in run.data.metrics},
        "artifacts": list_artifacts(client, run_id),
        "models": [model.name for model in client.search_logged_models([run.info.experiment_id])
                   if model.source_run_id == run_id],
    }  # fmt: skip


def points(client: Any, run_id: str, key: str) -> list[list[float]]:
    """`[step, value]` of the first points and the last one, each once, in the order of steps and times."""
    history = {(one.step, one.timestamp, one.value) for one in client.get_metric_history(run_id, key)}
    found = [[step, value] for step, _, value in sorted(history)]
    return found if len(found) <= MAX_POINTS else [*found[: MAX_POINTS - 1], found[-1]]


def list_artifacts(client: Any, run_id: str, folder: str = "") -> list[str]:
    """The paths of all files among a run's artifacts."""
    found = []
    for one in client.list_artifacts(run_id, folder):
        found += list_artifacts(client, run_id, one.path) if one.is_dir else [one.path]
    return sorted(found)


def keep_log(client: Any, runs: Sequence[Any], target: Path) -> None:
    """Copy the first log of TensorBoard among the artifacts of `runs`, if there is one."""
    for run in runs:
        for path in list_artifacts(client, run.info.run_id):
            if "tfevents" in path:
                shutil.copy(client.download_artifacts(run.info.run_id, path), target)
                return


def versions() -> dict[str, str]:
    """The versions of what wrote, from the modules that are loaded."""
    names = (
        "mlflow sklearn xgboost lightgbm catboost statsmodels optuna shap torch pytorch_lightning transformers tensorflow keras tensorboardX"
    ).split()
    return {name: sys.modules[name].__version__ for name in names if name in sys.modules}


if __name__ == "__main__":
    Path(sys.argv[1]).mkdir(parents=True, exist_ok=True)
    record(sys.argv[2], Path(sys.argv[1]))
