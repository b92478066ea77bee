"""Rules for logged and registered models that all kinds of stores share."""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from typing import Any

from sitegen.model import ModelMetric

STATUSES = {1: "PENDING", 2: "READY", 3: "FAILED"}
"""The states of a logged model by number."""
MAX_EARLIER = 1_000
"""Maximum number of points of one logged model besides the latest ones."""


def latest_by_dataset(points: Iterable[ModelMetric]) -> list[ModelMetric]:
    """Of each dataset the first of the largest (step, timestamp, value), as MLflow's FileStore picks it."""
    latest: dict[tuple[str | None, str | None], ModelMetric] = {}
    for point in points:
        best = latest.setdefault((point.dataset_name, point.dataset_digest), point)
        if (point.step, point.timestamp, point.value) > (best.step, best.timestamp, best.value):
            latest[point.dataset_name, point.dataset_digest] = point
    return list(latest.values())


def split_points(points: Iterable[ModelMetric]) -> tuple[tuple[ModelMetric, ...], tuple[ModelMetric, ...]]:
    """The metrics of a model from all their points: the latest of each key and dataset, by key, and those before.

    Of the points before, the newest `MAX_EARLIER` of the model are kept.
    """
    by_key: dict[str, list[ModelMetric]] = {}
    for point in points:
        by_key.setdefault(point.key, []).append(point)
    latest = [one for key in sorted(by_key) for one in latest_by_dataset(by_key[key])]
    chosen = set(map(id, latest))
    rest = [point for found in by_key.values() for point in found if id(point) not in chosen]
    newest = heapq.nlargest(MAX_EARLIER, rest, key=_age)
    return tuple(latest), tuple(sorted(newest, key=_series))


def _age(point: ModelMetric) -> tuple[Any, ...]:
    return (point.step, point.timestamp, *_series(point))


def _series(point: ModelMetric) -> tuple[Any, ...]:
    """The order of points; NaN has a place of its own, so that equal points come in one order."""
    is_nan = point.value != point.value
    place = (point.key, point.dataset_name or "", point.dataset_digest or "", point.step, point.timestamp)
    return (*place, is_nan, 0.0 if is_nan else point.value, point.run_id)


def model_id_of(source: str) -> str | None:
    """The logged model that a version's source names."""
    return source.removeprefix("models:/") if source.startswith("models:/m-") else None
