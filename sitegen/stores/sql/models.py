"""Logged models (MLflow 3) and the model registry out of MLflow's tables."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sitegen.model import LoggedModel, ModelMetric, ModelVersion, RegisteredModel
from sitegen.stores.artifacts import UriFinder
from sitegen.stores.disk import ProblemLog
from sitegen.stores.history import restored
from sitegen.stores.meta import status_of, text_of, time_of, whole_of
from sitegen.stores.models import STATUSES, model_id_of, split_points
from sitegen.stores.sql.schema import Row, Tables, records, text, texts

_CHUNK = 200
_MODEL = (
    "model_id",
    "experiment_id",
    "name",
    "status",
    "status_message",
    "model_type",
    "source_run_id",
    "lifecycle_stage",
    "creation_timestamp_ms",
    "last_updated_timestamp_ms",
    "artifact_location",
)
_METRIC = (
    "metric_name",
    "metric_value",
    "metric_step",
    "metric_timestamp_ms",
    "run_id",
    "dataset_name",
    "dataset_digest",
)
_REGISTERED = ("workspace", "name", "description", "creation_time", "last_updated_time")
_VERSION = (
    "workspace",
    "name",
    "version",
    "current_stage",
    "description",
    "source",
    "run_id",
    "run_link",
    "status",
    "status_message",
    "user_id",
    "creation_time",
    "last_updated_time",
)


def read_logged_models(
    tables: Tables, experiments: Iterable[str], deleted: bool, finder: UriFinder
) -> list[LoggedModel]:
    """The logged models of the experiments of these ids, by id; the deleted ones only if `deleted`."""
    if not tables.has("logged_models"):
        return []
    known = set(experiments)
    found = records(_MODEL, list(tables.pages("logged_models", _MODEL, "model_id")))
    wanted = [
        record
        for record in found
        if text_of(record, "experiment_id") in known and (deleted or record["lifecycle_stage"] != "deleted")
    ]
    models = []
    for start in range(0, len(wanted), _CHUNK):
        models += _logged_models(tables, wanted[start : start + _CHUNK], finder)
    return models


def _logged_models(tables: Tables, found: Sequence[Mapping[str, Any]], finder: UriFinder) -> list[LoggedModel]:
    ids = [text_of(record, "model_id") for record in found]
    with tables.moment():
        params = tables.read_by("logged_model_params", ("param_key", "param_value"), "model_id", ids)
        tags = tables.read_by("logged_model_tags", ("tag_key", "tag_value"), "model_id", ids)
        metrics = tables.read_by("logged_model_metrics", _METRIC, "model_id", ids)
    return [
        _logged_model(record, params[model_id], tags[model_id], metrics[model_id], finder)
        for model_id, record in zip(ids, found, strict=True)
    ]


def _logged_model(
    record: Mapping[str, Any], params: list[Row], tags: list[Row], metrics: list[Row], finder: UriFinder
) -> LoggedModel:
    model_id, log = text_of(record, "model_id"), finder.log
    latest, earlier = split_points(_model_metrics(metrics))
    where = f"{log.root}/models/{model_id}"
    return LoggedModel(
        model_id=model_id,
        experiment_id=text_of(record, "experiment_id"),
        name=text_of(record, "name") or model_id,
        status=status_of(record, STATUSES) or "UNKNOWN",
        status_message=text_of(record, "status_message"),
        model_type=text_of(record, "model_type"),
        source_run_id=text_of(record, "source_run_id") or None,
        lifecycle_stage="deleted" if record["lifecycle_stage"] == "deleted" else "active",
        creation_time=time_of(record, "creation_timestamp_ms"),
        last_update_time=time_of(record, "last_updated_timestamp_ms"),
        artifacts=finder.find_by_uri(text_of(record, "artifact_location"), model_id, where),
        params=texts(params, where, log),
        tags=texts(tags, where, log),
        metrics=latest,
        earlier=earlier,
    )


def _model_metrics(rows: Iterable[Row]) -> Iterable[ModelMetric]:
    for key, value, step, time, run_id, name, digest in rows:
        yield ModelMetric(
            text(key), _value(value), _whole(step), _whole(time), text(run_id), text(name) or None, text(digest) or None
        )


def _value(cell: object) -> float:
    """A logged model's metric; NULL is NaN. MLflow stores NaN here as 0, which cannot be distinguished from a real
    0."""
    if not isinstance(cell, int | float):
        return math.nan
    return restored(float(cell))


def _whole(cell: object) -> int:
    return whole_of({"": cell}, "") or 0


def read_registered_models(tables: Tables, log: ProblemLog) -> list[RegisteredModel]:
    """The registered models and prompts, by name; those of one name in several workspaces stay apart."""
    with tables.moment():
        models = records(_REGISTERED, tables.read("registered_models", _REGISTERED))
        tags = _by_owner(tables.read("registered_model_tags", ("workspace", "name", "key", "value")), 2)
        aliases = _by_owner(tables.read("registered_model_aliases", ("workspace", "name", "alias", "version")), 2)
        versions = records(_VERSION, tables.read("model_versions", _VERSION))
        version_tags = _by_owner(tables.read("model_version_tags", ("workspace", "name", "version", "key", "value")), 3)
    by_model: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for version in versions:
        if version["current_stage"] != "Deleted_Internal":
            by_model.setdefault(_owner(version), []).append(version)
    return [
        _registered_model(
            model,
            texts(tags.get(_owner(model), []), _where(model, log), log),
            texts(aliases.get(_owner(model), []), _where(model, log), log),
            by_model.get(_owner(model), []),
            version_tags,
            log,
        )
        for model in sorted(models, key=lambda model: (text_of(model, "name"), text_of(model, "workspace")))
    ]


def _owner(record: Mapping[str, Any]) -> tuple[str, ...]:
    return text_of(record, "workspace"), text_of(record, "name")


def _where(record: Mapping[str, Any], log: ProblemLog) -> str:
    return f"{log.root}/registered models/{text_of(record, 'name')}"


def _by_owner(rows: Iterable[Row], length: int) -> dict[tuple[str, ...], list[Row]]:
    """Rows by their first `length` cells, and without them."""
    found: dict[tuple[str, ...], list[Row]] = {}
    for row in rows:
        found.setdefault(tuple(map(text, row[:length])), []).append(row[length:])
    return found


def _registered_model(
    record: Mapping[str, Any],
    tags: dict[str, str],
    aliases: dict[str, str],
    versions: list[dict[str, Any]],
    version_tags: Mapping[tuple[str, ...], list[Row]],
    log: ProblemLog,
) -> RegisteredModel:
    newest_first = sorted(versions, key=lambda version: _whole(version["version"]), reverse=True)
    return RegisteredModel(
        name=text_of(record, "name"),
        description=text_of(record, "description"),
        creation_time=time_of(record, "creation_time"),
        last_update_time=time_of(record, "last_updated_time"),
        tags=tags,
        aliases=aliases,
        versions=tuple(_version(version, aliases, version_tags, log) for version in newest_first),
    )


def _version(
    record: Mapping[str, Any], aliases: Mapping[str, str], tags: Mapping[tuple[str, ...], list[Row]], log: ProblemLog
) -> ModelVersion:
    version, source = text_of(record, "version"), text_of(record, "source")
    return ModelVersion(
        name=text_of(record, "name"),
        version=version,
        stage=text_of(record, "current_stage") or "None",
        description=text_of(record, "description"),
        source=source,
        run_id=text_of(record, "run_id") or None,
        run_link=text_of(record, "run_link"),
        status=text_of(record, "status"),
        status_message=text_of(record, "status_message"),
        user=text_of(record, "user_id"),
        creation_time=time_of(record, "creation_time"),
        last_update_time=time_of(record, "last_updated_time"),
        model_id=model_id_of(source),
        tags=texts(tags.get((*_owner(record), version), []), _where(record, log), log),
        aliases=tuple(alias for alias, number in aliases.items() if number == version),
    )
