"""What MLflow's REST API answers, as values of the model: experiments, models, and all of a run but its histories.

Answers are JSON that protobuf wrote: 64-bit whole numbers may be text, NaN and the infinities are text, and fields that
are empty are missing. Values of an unexpected type count as missing.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sitegen.model import (
    STATUSES,
    ArtifactFolder,
    Dataset,
    DatasetInput,
    Experiment,
    LoggedModel,
    ModelMetric,
    ModelOutput,
    ModelVersion,
    RegisteredModel,
)
from sitegen.stores.history import SECONDS, restored
from sitegen.stores.meta import text_of, time_of, whole_of
from sitegen.stores.models import model_id_of, split_points
from sitegen.stores.tracking.api import objects

Json = Mapping[str, Any]
Point = tuple[int, int, float]
"""Step, timestamp in milliseconds, value."""
FindModel = Callable[[str, str], ArtifactFolder]
"""Finds the artifacts of a logged model by URI and id."""

_INT64 = 1 << 63


def part(answer: Json, key: str) -> dict[str, Any]:
    """The object in a field, empty if there is none."""
    found = answer.get(key)
    return found if isinstance(found, dict) else {}


def pairs(answer: Json, key: str, name: str = "key") -> dict[str, str]:
    """A list of `{key, value}` as a mapping, in order of the keys."""
    found = {text_of(pair, name): text_of(pair, "value") for pair in objects(answer, key)}
    return {name: found[name] for name in sorted(found)}


def point_of(metric: Json) -> Point | None:
    """The point in a metric of an answer, None if it is not valid."""
    step, time = whole_of(metric, "step"), whole_of(metric, "timestamp")
    value = _value(metric.get("value", 0.0))
    if time is None or not -_INT64 <= time < _INT64 or value is None:
        return None
    return step or 0, time * 1000 if 0 < time < SECONDS else time, value


def _value(said: object) -> float | None:
    """A value as a number. A server's database stores the infinities as the largest doubles."""
    if isinstance(said, bool) or not isinstance(said, int | float | str):
        return None
    try:
        value = float(said)
    except (ValueError, OverflowError):
        return None
    return restored(value)


def same_point(one: Point, other: Point) -> bool:
    """Whether two points are equal, NaN being equal to NaN."""
    return one[:2] == other[:2] and (one[2] == other[2] or (math.isnan(one[2]) and math.isnan(other[2])))


def experiment_of(answer: Json) -> Experiment:
    """An experiment of `experiments/search`."""
    experiment_id = text_of(answer, "experiment_id")
    return Experiment(
        experiment_id=experiment_id,
        name=text_of(answer, "name") or experiment_id,
        lifecycle_stage=lifecycle(answer),
        artifact_location=text_of(answer, "artifact_location"),
        creation_time=time_of(answer, "creation_time"),
        last_update_time=time_of(answer, "last_update_time"),
        tags=pairs(answer, "tags"),
    )


def lifecycle(answer: Json) -> str:
    """`active` or `deleted`."""
    return "deleted" if text_of(answer, "lifecycle_stage") == "deleted" else "active"


def run_fields(info: Json, tags: Mapping[str, str], run_id: str) -> dict[str, Any]:
    """The fields of a `Run` from its info, or from its tags if the info lacks them."""
    status = text_of(info, "status").upper()
    return {
        "name": text_of(info, "run_name") or tags.get("mlflow.runName") or run_id[:8],
        "status": status if status in STATUSES else "UNKNOWN",
        "lifecycle_stage": lifecycle(info),
        "start_time": time_of(info, "start_time"),
        "end_time": time_of(info, "end_time"),
        "user": tags.get("mlflow.user") or text_of(info, "user_id"),
        "source_name": tags.get("mlflow.source.name", ""),
        "source_type": tags.get("mlflow.source.type", ""),
    }


def inputs_of(run: Json) -> tuple[DatasetInput, ...]:
    """The datasets that went into a run, by name and digest."""
    found = [_input(used) for used in objects(part(run, "inputs"), "dataset_inputs")]
    return tuple(sorted(found, key=lambda used: (used.dataset.name, used.dataset.digest, used.context)))


def _input(used: Json) -> DatasetInput:
    data = part(used, "dataset")
    dataset = Dataset(
        name=text_of(data, "name"),
        digest=text_of(data, "digest"),
        source_type=text_of(data, "source_type"),
        source=text_of(data, "source"),
        schema=text_of(data, "schema") or None,
        profile=text_of(data, "profile") or None,
    )
    return DatasetInput(dataset, pairs(used, "tags"))


def model_inputs_of(run: Json) -> tuple[str, ...]:
    """The ids of the logged models that went into a run, in order."""
    return tuple(sorted(text_of(used, "model_id") for used in objects(part(run, "inputs"), "model_inputs")))


def model_outputs_of(run: Json) -> tuple[ModelOutput, ...]:
    """The logged models that a run made, by id."""
    made = objects(part(run, "outputs"), "model_outputs")
    found = [ModelOutput(text_of(model, "model_id"), whole_of(model, "step") or 0) for model in made]
    return tuple(sorted(found, key=lambda output: (output.model_id, output.step)))


def logged_model_of(answer: Json, find: FindModel) -> LoggedModel:
    """A logged model of `logged-models/search`."""
    info, data = part(answer, "info"), part(answer, "data")
    model_id = text_of(info, "model_id")
    status = text_of(info, "status").removeprefix("LOGGED_MODEL_")
    latest, earlier = split_points(_model_metrics(objects(data, "metrics")))
    return LoggedModel(
        model_id=model_id,
        experiment_id=text_of(info, "experiment_id"),
        name=text_of(info, "name") or model_id,
        status={"UPLOAD_FAILED": "FAILED"}.get(status, status) or "UNKNOWN",
        status_message=text_of(info, "status_message"),
        model_type=text_of(info, "model_type"),
        source_run_id=text_of(info, "source_run_id") or None,
        lifecycle_stage=lifecycle(info),
        creation_time=time_of(info, "creation_timestamp_ms"),
        last_update_time=time_of(info, "last_updated_timestamp_ms"),
        artifacts=find(text_of(info, "artifact_uri"), model_id),
        params=pairs(data, "params"),
        tags=pairs(info, "tags"),
        metrics=latest,
        earlier=earlier,
    )


def _model_metrics(metrics: Iterable[Json]) -> Iterable[ModelMetric]:
    for metric in metrics:
        point = point_of(metric)
        if point is None:
            continue
        key, (step, time, value) = text_of(metric, "key"), point
        name, digest = text_of(metric, "dataset_name") or None, text_of(metric, "dataset_digest") or None
        yield ModelMetric(key, value, step, time, text_of(metric, "run_id"), name, digest)


def registered_model_of(answer: Json, versions: Iterable[Json]) -> RegisteredModel:
    """A registered model of `registered-models/search` with its versions, in any order, of `model-versions/search`."""
    name = text_of(answer, "name")
    aliases = {text_of(alias, "alias"): text_of(alias, "version") for alias in objects(answer, "aliases")}
    aliases = {alias: aliases[alias] for alias in sorted(aliases)}
    found = [version_of(version, aliases) for version in versions]
    newest_first = sorted(found, key=lambda version: _number(version.version), reverse=True)
    return RegisteredModel(
        name=name,
        description=text_of(answer, "description"),
        creation_time=time_of(answer, "creation_timestamp"),
        last_update_time=time_of(answer, "last_updated_timestamp"),
        tags=pairs(answer, "tags"),
        aliases=aliases,
        versions=tuple(version for version in newest_first if version.stage != "Deleted_Internal"),
    )


def version_of(answer: Json, aliases: Mapping[str, str]) -> ModelVersion:
    """A version of a registered model that has the `aliases`, by name the version that each stands for."""
    source, number = text_of(answer, "source"), text_of(answer, "version")
    return ModelVersion(
        name=text_of(answer, "name"),
        version=number,
        stage=text_of(answer, "current_stage") or "None",
        description=text_of(answer, "description"),
        source=source,
        run_id=text_of(answer, "run_id") or None,
        run_link=text_of(answer, "run_link"),
        status=text_of(answer, "status"),
        status_message=text_of(answer, "status_message"),
        user=text_of(answer, "user_id"),
        creation_time=time_of(answer, "creation_timestamp"),
        last_update_time=time_of(answer, "last_updated_timestamp"),
        model_id=text_of(answer, "model_id") or model_id_of(source),
        tags=pairs(answer, "tags"),
        aliases=tuple(alias for alias, version in aliases.items() if version == number),
    )


def _number(version: str) -> tuple[bool, int, str]:
    is_number = version.isascii() and version.isdigit() and len(version) < 100
    return is_number, int(version) if is_number else 0, version
