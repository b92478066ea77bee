"""Small file stores for tests, written the way MLflow writes them, in a few readable lines.

store = tmp_path / "mlruns"
sweep = experiment(store, "1", name="sweep")
run(sweep, RUN, params={"lr": "0.1"}, metrics={"val/loss": "1700000000000 0.5 1\\n"})
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

RUN = "7ddc0f9ee9ab436aa09c50fa30731cf8"
OTHER_RUN = "b" * 32
START = 1_700_000_000_000


def write(path: Path, content: str | bytes) -> Path:
    """Write a file and the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def write_meta(folder: Path, meta: Mapping[str, Any]) -> None:
    """Write a meta.yaml as MLflow does; fields that are `...` are left out."""
    kept = {key: value for key, value in meta.items() if value is not ...}
    write(folder / "meta.yaml", yaml.safe_dump(kept, default_flow_style=False, allow_unicode=True))


def experiment(store: Path, experiment_id: str = "1", /, tags: Mapping[str, str] | None = None, **meta: Any) -> Path:
    """Add an experiment to `store` and return its folder; `meta` overrides fields of its meta.yaml."""
    folder = store / experiment_id
    fields = {
        "artifact_location": f"file:///gone/mlruns/{experiment_id}",
        "creation_time": START,
        "experiment_id": experiment_id.rpartition("/")[2],
        "last_update_time": START,
        "lifecycle_stage": "active",
        "name": f"experiment {experiment_id}",
    }
    write_meta(folder, {**fields, **meta})
    write_all(folder / "tags", tags or {})
    return folder


def run(
    folder: Path,
    run_id: str = RUN,
    /,
    *,
    params: Mapping[str, str | bytes] | None = None,
    metrics: Mapping[str, str | bytes] | None = None,
    tags: Mapping[str, str] | None = None,
    artifacts: Mapping[str, str | bytes] | None = None,
    **meta: Any,
) -> Path:
    """Add a run to the experiment in `folder` and return its folder; `meta` overrides fields of its meta.yaml."""
    fields = {
        "artifact_uri": f"file:///gone/mlruns/{folder.name}/{run_id}/artifacts",
        "end_time": START + 5000,
        "entry_point_name": "",
        "experiment_id": folder.name,
        "lifecycle_stage": "active",
        "run_id": run_id,
        "run_name": "first try",
        "source_name": "",
        "source_type": 4,
        "source_version": "",
        "start_time": START,
        "status": 3,
        "tags": [],
        "user_id": "ada",
    }
    write_meta(folder / run_id, {**fields, **meta})
    for name, files in {"params": params, "metrics": metrics, "tags": tags, "artifacts": artifacts}.items():
        write_all(folder / run_id / name, files or {})
    return folder / run_id


def write_all(folder: Path, files: Mapping[str, str | bytes]) -> None:
    """Write each file into `folder`, which is made even when there is none."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        write(folder / name, content)


def dataset_input(run_folder: Path, name: str, digest: str, context: str = "") -> None:
    """Make a dataset an input of a run."""
    identity = f"{name}-{digest}"
    dataset = {"name": name, "digest": digest, "source": '{"uri": "/p/x.csv"}', "source_type": "local"}
    write_meta(run_folder.parent / "datasets" / identity, {**dataset, "schema": None, "profile": '{"num_rows": 3}'})
    link = {"source_id": identity, "source_type": "DATASET", "destination_id": identity, "destination_type": "RUN"}
    tags = {"mlflow.data.context": context} if context else {}
    write_meta(run_folder / "inputs" / identity, {**link, "tags": tags})
