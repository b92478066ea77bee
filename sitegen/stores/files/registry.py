"""Logged models (MLflow 3) and the model registry of a file store."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import TypeVar

from sitegen.model import LoggedModel, ModelMetric, ModelVersion, RegisteredModel
from sitegen.stores.artifacts import ArtifactFinder
from sitegen.stores.disk import (
    ProblemLog,
    folders,
    has_folder,
    inner_folders,
    kinds,
    leaves,
    read_bytes,
    read_folder_texts,
    reason,
)
from sitegen.stores.history import restored
from sitegen.stores.meta import MetaError, lifecycle_of, read_meta, status_of, text_of, time_of
from sitegen.stores.models import STATUSES, model_id_of, split_points

_VERSION = "version-"

Item = TypeVar("Item")


def read_logged_models(experiment: str, where: str, deleted: bool, finder: ArtifactFinder) -> list[LoggedModel]:
    """The logged models of the experiment folder `experiment`, by id; the deleted ones only if `deleted`.

    `where` is the folder's path inside the store; its last part is the experiment's id.
    """

    def read(folder: str) -> LoggedModel | None:
        return _logged_model(folder, where, deleted, finder)

    names = [name for name in inner_folders(experiment, "models", finder.log) if name.startswith("m-")]
    return _read_all((f"{experiment}/models/{name}" for name in names), read, finder.log)


def read_registered_models(root: str, log: ProblemLog) -> list[RegisteredModel]:
    """The registered models and prompts of the store at `root`, by name."""

    def read(folder: str) -> RegisteredModel:
        return _registered_model(folder, log)

    paths = [f"{root}/models/{name}" for name in inner_folders(root, "models", log)]
    return sorted(_read_all(filter(_has_meta, paths), read, log), key=lambda model: model.name)


def _has_meta(folder: str) -> bool:
    return os.path.lexists(f"{folder}/meta.yaml")


def _read_all(paths: Iterable[str], read: Callable[[str], Item | None], log: ProblemLog) -> list[Item]:
    """The results of `read` for each path, without None; a path that cannot be read is recorded as a problem."""
    items = []
    for path in paths:
        try:
            item = read(path)
        except (OSError, MetaError) as error:
            what = f"could not be read ({reason(error)})" if isinstance(error, OSError) else str(error)
            log.add(path, f"{what}; left out", left_out=True)
            continue
        if item is not None:
            items.append(item)
    return items


def _logged_model(folder: str, where: str, deleted: bool, finder: ArtifactFinder) -> LoggedModel | None:
    found, meta, log = kinds(folder), read_meta(f"{folder}/meta.yaml"), finder.log
    lifecycle = lifecycle_of(meta, where)
    if lifecycle == "deleted" and not deleted:
        return None
    model_id = os.path.basename(folder)
    latest, earlier = split_points(_model_metrics(folder, found, log))
    return LoggedModel(
        model_id=model_id,
        experiment_id=os.path.basename(where),
        name=text_of(meta, "name") or model_id,
        status=status_of(meta, STATUSES) or "UNKNOWN",
        status_message=text_of(meta, "status_message"),
        model_type=text_of(meta, "model_type"),
        source_run_id=text_of(meta, "source_run_id") or None,
        lifecycle_stage=lifecycle,
        creation_time=time_of(meta, "creation_timestamp"),
        last_update_time=time_of(meta, "last_updated_timestamp"),
        artifacts=finder.find(folder, found, text_of(meta, "artifact_location"), model_id),
        params=read_folder_texts(folder, "params", found, log),
        tags=read_folder_texts(folder, "tags", found, log),
        metrics=latest,
        earlier=earlier,
    )


def _model_metrics(folder: str, found: dict[str, str], log: ProblemLog) -> Iterable[ModelMetric]:
    if not has_folder(folder, "metrics", found, log):
        return
    for key, path in leaves(f"{folder}/metrics", log):
        try:
            lines = read_bytes(path).decode(errors="replace").splitlines()
        except OSError as error:
            log.add(path, f"could not be read ({reason(error)}); left out")
            continue
        rows = [line for line in lines if line.strip()]
        points = [point for point in (parse_model_metric(key, line) for line in rows) if point]
        if len(points) < len(rows):
            log.add(path, f"has {len(rows) - len(points)} lines that are not points; skipped")
        yield from points


def parse_model_metric(key: str, line: str) -> ModelMetric | None:
    """One line of a logged model's metric: `timestamp value step run_id[ dataset_name digest]`; None if it is not
    valid.

    A dataset name may contain spaces: the digest is the last field.
    """
    fields = line.split()
    if len(fields) < 4 or len(fields) == 5:
        return None
    name, digest = (" ".join(fields[4:-1]), fields[-1]) if len(fields) > 5 else (None, None)
    try:
        return ModelMetric(key, restored(float(fields[1])), int(fields[2]), int(fields[0]), fields[3], name, digest)
    except ValueError:
        return None


def _registered_model(folder: str, log: ProblemLog) -> RegisteredModel:
    found, meta = kinds(folder), read_meta(f"{folder}/meta.yaml")
    name = text_of(meta, "name") or os.path.basename(folder)
    aliases = {alias: version.strip() for alias, version in read_folder_texts(folder, "aliases", found, log).items()}
    return RegisteredModel(
        name=name,
        description=text_of(meta, "description"),
        creation_time=time_of(meta, "creation_timestamp"),
        last_update_time=time_of(meta, "last_updated_timestamp"),
        tags=read_folder_texts(folder, "tags", found, log),
        aliases=aliases,
        versions=tuple(_versions(folder, name, aliases, log)),
    )


def _versions(folder: str, name: str, aliases: dict[str, str], log: ProblemLog) -> list[ModelVersion]:
    """The versions of a registered model, newest first, without the deleted ones."""

    def read(path: str) -> ModelVersion | None:
        return _version(path, name, aliases, log)

    numbers = [part.removeprefix(_VERSION) for part in folders(folder) if part.startswith(_VERSION)]
    numbers = sorted((number for number in numbers if number.isascii() and number.isdigit()), key=int, reverse=True)
    return _read_all((f"{folder}/{_VERSION}{number}" for number in numbers), read, log)


def _version(folder: str, name: str, aliases: dict[str, str], log: ProblemLog) -> ModelVersion | None:
    found, meta = kinds(folder), read_meta(f"{folder}/meta.yaml")
    stage = text_of(meta, "current_stage") or "None"
    if stage == "Deleted_Internal":
        return None
    version = os.path.basename(folder).removeprefix(_VERSION)
    source = text_of(meta, "source")
    return ModelVersion(
        name=name,
        version=version,
        stage=stage,
        description=text_of(meta, "description"),
        source=source,
        run_id=text_of(meta, "run_id") or None,
        run_link=text_of(meta, "run_link"),
        status=text_of(meta, "status"),
        status_message=text_of(meta, "status_message"),
        user=text_of(meta, "user_id"),
        creation_time=time_of(meta, "creation_timestamp"),
        last_update_time=time_of(meta, "last_updated_timestamp"),
        model_id=text_of(meta, "model_id") or model_id_of(source),
        tags=read_folder_texts(folder, "tags", found, log),
        aliases=tuple(alias for alias, number in aliases.items() if number == version),
    )
