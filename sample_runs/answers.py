"""What MLflow's own client says of the sample stores, as JSON: the second opinion that sitegen's readers are held to.

    python sample_runs/answers.py        # needs MLflow 3; writes tests/stores/golden/<store>.json

`tests/stores/test_against_mlflow.py` compares the readers with these files, and the files with what MLflow answers
there and then, if installed. Long things are kept short: schemas and profiles of datasets as fingerprints, histories
as a count and a fingerprint of all their points.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
GOLDEN = HERE.parent / "tests" / "stores" / "golden"
STORES = ("mlflow1", "mlflow2", "mlflow3")

Answers = dict[str, dict[str, Any]]
"""Experiments, runs, registered models and logged models, each by its id or name."""

Point = tuple[int, int, float]
"""Step, timestamp, value."""


def fingerprint(text: str | None) -> str | None:
    """Sixteen hex digits that stand for a text."""
    return None if text is None else hashlib.sha256(text.encode()).hexdigest()[:16]


def history_answer(points: Iterable[Point], latest: Point) -> list[Any]:
    """A metric as `[latest step, timestamp, value, number of points, fingerprint of all points]`.

    Points are put in order of step and timestamp first; those that share both stay as they were logged.
    """
    ordered = sorted(points, key=lambda point: point[:2])
    lines = "".join(f"{step} {timestamp} {float(value)!r}\n" for step, timestamp, value in ordered)
    return [latest[0], latest[1], repr(float(latest[2])), len(ordered), fingerprint(lines)]


def ask(store: Path) -> Answers:
    """All that MLflow's client says of the file store `store`. Works on a copy: MLflow makes folders where it reads."""
    os.environ |= {"MLFLOW_ALLOW_FILE_STORE": "true", "MLFLOW_DISABLE_TELEMETRY": "true"}
    import mlflow

    with tempfile.TemporaryDirectory() as folder:
        copy = Path(shutil.copytree(store, Path(folder) / "mlruns"))
        restore_empty_folders(copy)
        mlflow.set_tracking_uri(copy.as_uri())  # not only the client's: else MLflow makes an mlflow.db right here
        return ask_client(mlflow.MlflowClient())


def restore_empty_folders(store: Path) -> None:
    """Put back what git dropped: MLflow does not find a run whose `metrics` or `params` folder is missing."""
    for meta in [*store.glob("*/*/meta.yaml"), *store.glob(".trash/*/*/meta.yaml")]:
        if "artifact_uri" in meta.read_text(encoding="utf-8"):
            for name in ("metrics", "params", "tags", "artifacts"):
                (meta.parent / name).mkdir(exist_ok=True)


def ask_client(client: Any) -> Answers:
    """Put the four kinds of question to a client."""
    from mlflow.entities import ViewType

    experiments = client.search_experiments(view_type=ViewType.ALL)
    ids = [found.experiment_id for found in experiments]
    return {
        "experiments": {found.experiment_id: experiment_answer(found) for found in experiments},
        "runs": {
            run.info.run_id: run_answer(client, run)
            for run in client.search_runs(ids, run_view_type=ViewType.ALL, max_results=1000)
        },
        "registered_models": {
            found.name: registered_answer(client, client.get_registered_model(found.name))
            for found in client.search_registered_models()
        },
        "logged_models": {found.model_id: logged_answer(found) for found in client.search_logged_models(ids)},
    }


def experiment_answer(found: Any) -> dict[str, Any]:
    """An experiment in plain values."""
    return {
        "name": found.name,
        "lifecycle_stage": found.lifecycle_stage,
        "artifact_location": found.artifact_location,
        "creation_time": found.creation_time,
        "last_update_time": found.last_update_time,
        "tags": dict(found.tags),
    }


def run_answer(client: Any, run: Any) -> dict[str, Any]:
    """A run in plain values, with the history of every metric."""
    latest = {metric.key: metric for metric in run.data._metric_objs}  # `run.data.metrics` has the values alone
    return {
        "experiment_id": run.info.experiment_id,
        "name": run.info.run_name,
        "status": run.info.status,
        "lifecycle_stage": run.info.lifecycle_stage,
        "start_time": run.info.start_time,
        "end_time": run.info.end_time,
        "artifact_uri": run.info.artifact_uri,
        "params": dict(run.data.params),
        "tags": dict(run.data.tags),
        "metrics": {
            key: history_answer(map(point, client.get_metric_history(run.info.run_id, key)), point(latest[key]))
            for key in run.data.metrics
        },
        "inputs": dataset_answers(run.inputs.dataset_inputs if run.inputs else []),
        "outputs": sorted([m.model_id, m.step] for m in (run.outputs.model_outputs if run.outputs else [])),
    }


def point(metric: Any) -> Point:
    """A metric entity of MLflow as a point."""
    return metric.step, metric.timestamp, metric.value


def dataset_answers(inputs: Iterable[Any]) -> list[Any]:
    """Dataset inputs, sorted: name, digest, kind and place of the source, fingerprints, tags."""
    return sorted(
        [
            used.dataset.name,
            used.dataset.digest,
            used.dataset.source_type,
            used.dataset.source,
            fingerprint(used.dataset.schema),
            fingerprint(used.dataset.profile),
            {tag.key: tag.value for tag in used.tags},
        ]
        for used in inputs
    )


def registered_answer(client: Any, found: Any) -> dict[str, Any]:
    """A registered model with its versions."""
    versions = client.search_model_versions(f"name = '{found.name}'")
    return {
        "description": found.description or "",
        "creation_time": found.creation_timestamp,
        "last_update_time": found.last_updated_timestamp,
        "tags": dict(found.tags),
        "aliases": {alias: str(version) for alias, version in found.aliases.items()},
        "versions": {str(version.version): version_answer(version) for version in versions},
    }


def version_answer(version: Any) -> dict[str, Any]:
    """A model version in plain values."""
    return {
        "stage": version.current_stage,
        "description": version.description or "",
        "source": version.source,
        "run_id": version.run_id,
        "status": version.status,
        "creation_time": version.creation_timestamp,
        "last_update_time": version.last_updated_timestamp,
        "model_id": version.model_id,
        "tags": dict(version.tags),
        "aliases": sorted(version.aliases),
    }


def logged_answer(found: Any) -> dict[str, Any]:
    """A logged model (MLflow 3) in plain values."""
    return {
        "experiment_id": found.experiment_id,
        "name": found.name,
        "status": str(found.status.value),
        "model_type": found.model_type or "",
        "source_run_id": found.source_run_id,
        "artifact_location": found.artifact_location,
        "creation_time": found.creation_timestamp,
        "last_update_time": found.last_updated_timestamp,
        "params": dict(found.params),
        "tags": dict(found.tags),
        "metrics": sorted(
            [m.key, repr(float(m.value)), m.step, m.timestamp, m.run_id, m.dataset_name, m.dataset_digest]
            for m in found.metrics or []
        ),
    }


def as_json(answers: Answers) -> str:
    """JSON with a line for each record, so that a change shows as the records that changed."""
    sections = []
    for section, records in answers.items():
        lines = [f"{json.dumps(key)}: {json.dumps(records[key], sort_keys=True)}" for key in sorted(records)]
        sections.append(f"{json.dumps(section)}: {{\n" + ",\n".join(lines) + "\n}")
    return "{\n" + ",\n".join(sections) + "\n}\n"


def main() -> None:
    """Ask about every store and write the answers down."""
    GOLDEN.mkdir(parents=True, exist_ok=True)
    for name in STORES:
        path = GOLDEN / f"{name}.json"
        path.write_text(as_json(ask(HERE / name / "mlruns")), encoding="utf-8")
        print(f"{path}: {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
