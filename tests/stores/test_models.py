"""What holds for models in every kind of store: their latest metrics, and which version is of a logged model."""

from __future__ import annotations

import pytest

from sitegen.model import ModelMetric
from sitegen.stores.models import MAX_EARLIER, latest_by_dataset, model_id_of, split_points


def point(value: float, step: int = 0, timestamp: int = 0, dataset: str | None = None, digest: str | None = None,
          run_id: str = "r") -> ModelMetric:  # fmt: skip
    return ModelMetric("loss", value, step, timestamp, run_id, dataset, digest)


@pytest.mark.parametrize(
    ("points", "latest"),
    [
        ([point(9.0, 1, 9), point(1.0, 2, 1)], 1.0),
        ([point(1.0, 2, 1), point(9.0, 1, 9)], 1.0),
        ([point(9.0, 1, 1), point(1.0, 1, 2)], 1.0),
        ([point(1.0, 1, 1), point(2.0, 1, 1)], 2.0),
        ([point(2.0, 1, 1), point(1.0, 1, 1)], 2.0),
    ],
    ids=["step", "step, other order", "timestamp", "value", "value, other order"],
)
def test_the_latest_point_has_the_largest_step_then_timestamp_then_value(
    points: list[ModelMetric], latest: float
) -> None:
    assert [found.value for found in latest_by_dataset(points)] == [latest]


def test_of_equal_points_the_first_is_kept() -> None:
    assert [found.run_id for found in latest_by_dataset([point(1.0), point(1.0, run_id="other")])] == ["r"]


def test_each_dataset_has_its_own_latest_point_in_the_order_in_which_they_come() -> None:
    points = [point(1.0, dataset="b", digest="1"), point(2.0), point(3.0, dataset="b", digest="2"), point(0.5, step=1)]
    assert [(found.dataset_digest, found.value) for found in latest_by_dataset(points)] == [
        ("1", 1.0), (None, 0.5), ("2", 3.0)
    ]  # fmt: skip
    assert latest_by_dataset([]) == []


def test_earlier_points_are_kept_in_the_order_of_series_and_steps_whatever_the_order_of_logging() -> None:
    points = [point(1.0), point(3.0, 2), point(2.0, 1), point(float("nan"), 1, dataset="d"), point(0.5, 3, dataset="d")]
    latest, earlier = split_points(points)
    assert [one.value for one in latest] == [3.0, 0.5]
    assert [one.step for one in earlier] == [0, 1, 1] and repr(split_points(points[::-1])[1]) == repr(earlier)


def test_of_very_many_points_the_newest_are_kept() -> None:
    latest, earlier = split_points(point(0.0, step) for step in range(MAX_EARLIER + 10))
    assert (len(earlier), earlier[0].step, latest[0].step) == (MAX_EARLIER, 9, MAX_EARLIER + 9)


@pytest.mark.parametrize(
    ("source", "model_id"),
    [
        ("models:/m-1f", "m-1f"),
        ("models:/net/3", None),
        ("models:/n-1f", None),
        ("s3://b/models:/m-1f", None),
        ("runs:/m-1f/model", None),
        ("", None),
    ],
)
def test_only_a_source_with_a_model_id_names_a_logged_model(source: str, model_id: str | None) -> None:
    assert model_id_of(source) == model_id
