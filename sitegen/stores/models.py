"""Rules for logged and registered models that all kinds of stores share."""

from __future__ import annotations

from collections.abc import Iterable

from sitegen.model import ModelMetric

STATUSES = {1: "PENDING", 2: "READY", 3: "FAILED"}
"""The states of a logged model by number."""


def latest_by_dataset(points: Iterable[ModelMetric]) -> list[ModelMetric]:
    """Of each dataset the first of the largest (step, timestamp, value), as MLflow's FileStore picks it."""
    latest: dict[tuple[str | None, str | None], ModelMetric] = {}
    for point in points:
        best = latest.setdefault((point.dataset_name, point.dataset_digest), point)
        if (point.step, point.timestamp, point.value) > (best.step, best.timestamp, best.value):
            latest[point.dataset_name, point.dataset_digest] = point
    return list(latest.values())


def model_id_of(source: str) -> str | None:
    """The logged model that a version's source names."""
    return source.removeprefix("models:/") if source.startswith("models:/m-") else None
