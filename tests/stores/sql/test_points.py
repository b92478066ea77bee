"""Rows of the tables of metrics as histories: NaN, infinities, seconds, damaged rows, and which point is the latest."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from sitegen.model import MetricHistory
from sitegen.stores.history import SECONDS
from sitegen.stores.sql.points import Points, milliseconds, with_latest
from tests.stores.databases import RUN, START, add_run, database, read

HUGE = 1.7976931348623157e308


def history(values: list[float], steps: list[int] | None = None, times: list[int] | None = None) -> MetricHistory:
    n = len(values)
    columns = np.array(steps or range(n), np.int64), np.array(times or [START] * n, np.int64)
    return MetricHistory("loss", *columns, np.array(values), n - 1)


def latest(found: dict[str, MetricHistory], key: str = "loss") -> float:
    return float(found[key].values[found[key].last])


def test_points_of_several_runs_that_come_in_parts_are_put_together_by_run_and_key() -> None:
    points = Points()
    points.add(0, [("loss", 0, START, 0.5, 0), ("acc", 0, START, 0.1, 0)])
    points.add(1, [("loss", 0, START, 7.0, 0)])
    points.add(1, [])
    points.add(0, [("loss", 1, START, 0.25, 0)])
    found = points.histories()
    assert {key: one.values.tolist() for key, one in found.items()} == {
        (0, "loss"): [0.5, 0.25],
        (0, "acc"): [0.1],
        (1, "loss"): [7.0],
    }
    assert found[0, "loss"].key == "loss"
    assert Points().histories() == {}


def test_a_flagged_value_is_nan_and_the_largest_numbers_are_infinite() -> None:
    points = Points()
    points.add(
        0, [("m", 0, START, 0.0, 1), ("m", 1, START, 0.0, 0), ("m", 2, START, HUGE, 0), ("m", 3, START, -HUGE, 0)]
    )
    values = points.histories()[0, "m"].values.tolist()
    assert math.isnan(values[0])
    assert values[1:] == [0.0, math.inf, -math.inf]


def test_rows_that_are_not_points_are_counted_by_run_and_the_others_kept() -> None:
    bad = [(None, 0, START, 1.0, 0), ("m", "x", START, 1.0, 0), ("m", 0, None, 1.0, 0), ("m", 0, START, "high", 0),
           ("m", 1 << 63, START, 1.0, 0), ("m", 0, START, 1.0, None)]  # fmt: skip
    points = Points()
    points.add(3, [("m", -(1 << 63), START, 1, 0), *bad])
    points.add(3, [("m", (1 << 63) - 1, START, 2.0, 0), bad[0]])
    points.add(4, [("m", 0, START, 1.0, 0)])
    assert points.bad == {3: len(bad) + 1}
    assert points.histories()[3, "m"].values.tolist() == [1.0, 2.0]


@pytest.mark.parametrize(
    ("time", "expected"),
    [(0, 0), (1, 1000), (-5, -5), (SECONDS - 1, (SECONDS - 1) * 1000), (SECONDS, SECONDS), (START, START)],
)
def test_times_from_before_mlflow_1_are_seconds(time: int, expected: int) -> None:
    assert milliseconds(np.array([time, START])).tolist() == [expected, START]
    named = with_latest({}, [("loss", 0, time, 1.0, 0)])["loss"]
    assert named.timestamps.tolist() == [expected]


def test_the_latest_point_is_the_one_that_the_database_names() -> None:
    tied = history([3.0, 1.0, 2.0], [5, 5, 5])
    assert latest(with_latest({"loss": tied}, [("loss", 5, START, 1.0, 0)])) == 1.0
    assert with_latest({"loss": tied}, [("loss", 5, START, 2.0, 0)])["loss"] is tied
    nan = history([1.0, math.nan, 2.0], [5, 5, 5])
    assert math.isnan(latest(with_latest({"loss": nan}, [("loss", 5, START, 0.0, 1)])))


def test_of_equal_points_the_last_is_named() -> None:
    assert with_latest({"loss": history([1.0, 1.0, 2.0], [5, 5, 5])}, [("loss", 5, START, 1.0, 0)])["loss"].last == 1


@pytest.mark.parametrize(
    "rows",
    [None, [], [("loss", 5, START, 9.0, 0)], [("loss", 5, START + 1, 1.0, 0)], [("loss", 4, START, 1.0, 0)],
     [("loss", "x", START, 1.0, 0)]],
    ids=["no table", "no row", "no such value", "no such time", "no such step", "damaged row"],
)  # fmt: skip
def test_where_the_database_names_no_such_point_it_is_the_first_of_the_largest(rows: list[tuple[object, ...]]) -> None:
    assert with_latest({"loss": history([1.0, 3.0, 3.0, 2.0], [5, 5, 5, 5])}, rows)["loss"].last == 1


def test_nan_counts_as_zero_where_the_latest_point_is_worked_out() -> None:
    def last(values: list[float], steps: list[int], times: list[int] | None = None) -> int:
        return with_latest({"loss": history(values, steps, times)}, None)["loss"].last

    assert last([-1.0, math.nan, -2.0], [5, 5, 5]) == 1
    assert last([math.nan, 0.5], [5, 5]) == 1
    assert last([9.0, 2.0, 1.0], [4, 5, 5]) == 1, "a larger value of an earlier step does not count"
    assert last([9.0, 2.0, 1.0], [5, 5, 5], [START - 1, START, START]) == 1
    assert last([9.0, 1.0], [4, 5]) == 1
    assert last([9.0, 1.0], [5, 5], [START - 1, START]) == 1


def test_metrics_are_in_order_of_key_and_one_that_only_the_latest_know_has_that_point() -> None:
    found = with_latest({"loss": history([1.0])}, [("zz", 7, START, HUGE, 0), ("acc", 3, START, 0.0, 1)])
    assert list(found) == ["acc", "loss", "zz"]
    assert (found["zz"].steps.tolist(), found["zz"].values.tolist(), found["zz"].last) == ([7], [math.inf], 0)
    assert math.isnan(latest(found, "acc"))


@pytest.mark.parametrize("key", [None, b"blob"])
def test_a_key_that_is_not_text_costs_one_point_and_not_the_run(tmp_path: Path, key: object) -> None:
    with database(tmp_path / "x.db") as connection:
        add_run(connection)
        for name in (key, "loss"):
            connection.execute(
                'INSERT INTO metrics ("key", value, timestamp, run_uuid) VALUES (?, ?, ?, ?)', (name, 0.5, START, RUN)
            )
    _, (run,), problems = read(tmp_path / "x.db")
    assert list(run.metrics) == ["loss"]
    assert [problem.what for problem in problems] == ["has 1 rows of metrics that are not points; skipped"]
    assert list(with_latest({}, [(key, 0, START, 1.0, 0)])) == []
