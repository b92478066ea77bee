"""Registered models, their versions and aliases, and logged models."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sitegen.model import Catalog
from sitegen.stores import open_store
from sitegen.stores.contract import ReadOptions
from sitegen.stores.files.registry import parse_model_metric
from tests.stores.mlruns_builder import RUN, START, experiment, run, write, write_all, write_meta

MODEL = "m-8245f45be1a34b3b9d09f2d4a3a0c3f0"


def catalog(store: Path, deleted: bool = False) -> Catalog:
    return open_store(str(store), ReadOptions(deleted=deleted)).catalog()


def version(model: Path, number: int, **meta: Any) -> Path:
    folder = model / f"version-{number}"
    fields = {"name": model.name, "version": number, "current_stage": "None", "run_id": RUN, "status": "READY"}
    write_meta(folder, {**fields, "source": f"runs:/{RUN}/model", "aliases": [], **meta})
    return folder


def logged_model(folder: Path, model_id: str = MODEL, **meta: Any) -> Path:
    fields = {"model_id": model_id, "name": "net", "status": 2, "source_run_id": RUN, "creation_timestamp": START}
    location = f"file:///gone/{folder.name}/models/{model_id}/artifacts"
    write_meta(folder / "models" / model_id, {**fields, "artifact_location": location, **meta})
    return folder / "models" / model_id


def test_versions_come_newest_first_with_aliases_from_their_files(tmp_path: Path) -> None:
    run(experiment(tmp_path))
    model = tmp_path / "models" / "net"
    write_meta(model, {"name": "net", "aliases": {"champion": "1"}, "description": "d", "creation_timestamp": START})
    write_all(model / "aliases", {"champion": "10", "old": "2"})
    write_all(model / "tags", {"a/b": "c"})
    for number in (2, 10):
        version(model, number)
    write(version(model, 3, current_stage="Production", source=f"models:/{MODEL}") / "tags" / "k", "v")
    version(model, 4, current_stage="Deleted_Internal")
    (found,) = catalog(tmp_path).registered_models
    assert (found.name, found.description, dict(found.tags), found.is_prompt) == ("net", "d", {"a/b": "c"}, False)
    assert dict(found.aliases) == {"champion": "10", "old": "2"}
    assert [(item.version, item.stage, item.aliases, item.model_id) for item in found.versions] == [
        ("10", "None", ("champion",), None),
        ("3", "Production", (), MODEL),
        ("2", "None", ("old",), None),
    ]
    assert found.versions[1].tags == {"k": "v"}


def test_a_damaged_model_is_left_out_and_prompts_are_told_apart(tmp_path: Path) -> None:
    run(experiment(tmp_path))
    write(tmp_path / "models" / "bad" / "meta.yaml", "- no\n")
    write_meta(tmp_path / "models" / "ask", {"name": "ask"})
    write(tmp_path / "models" / "ask" / "tags" / "mlflow.prompt.is_prompt", "true")
    found = catalog(tmp_path)
    assert [(model.name, model.is_prompt) for model in found.registered_models] == [("ask", True)]
    assert [(problem.where, problem.left_out) for problem in found.problems] == [("models/bad", True)]


def test_a_logged_model_is_read_with_the_latest_metric_of_each_dataset(tmp_path: Path) -> None:
    folder = experiment(tmp_path)
    run(folder)
    model = logged_model(folder, model_type="agent")
    write_all(model / "params", {"alpha": "0.5"})
    write_all(model / "artifacts", {"MLmodel": "x"})
    lines = [f"{START} 0.25 3 {RUN} train a2", f"{START} 0.2 4 {RUN} train a2", f"{START} 1 1 {RUN}", "junk"]
    write(model / "metrics" / "mae", "\n".join(lines) + "\n")
    found = catalog(tmp_path)
    (item,) = found.logged_models
    assert (item.model_id, item.experiment_id, item.status, item.model_type) == (MODEL, "1", "READY", "agent")
    assert (item.source_run_id, dict(item.params)) == (RUN, {"alpha": "0.5"})
    assert [(metric.value, metric.step, metric.dataset_name) for metric in item.metrics] == [
        (0.2, 4, "train"),
        (1.0, 1, None),
    ]
    assert [artifact.path for artifact in item.artifacts.files] == ["MLmodel"]
    assert len(found.problems) == 1


def test_deleted_logged_models_are_hidden_unless_asked_for(tmp_path: Path) -> None:
    folder = experiment(tmp_path)
    run(folder)
    logged_model(folder, lifecycle_stage="deleted")
    assert catalog(tmp_path).logged_models == ()
    assert [model.lifecycle_stage for model in catalog(tmp_path, deleted=True).logged_models] == ["deleted"]


def test_a_dataset_name_with_spaces_ends_before_the_digest() -> None:
    metric = parse_model_metric("mae", f"{START} nan 3 {RUN} my train set a2")
    assert metric is not None
    assert (metric.dataset_name, metric.dataset_digest, metric.run_id) == ("my train set", "a2", RUN)
    assert parse_model_metric("mae", f"{START} x 3 {RUN}") is None
