"""The data files of runs: a metric is written in as few numbers as say it."""

from __future__ import annotations

import math

import numpy as np

from sitegen.analysis.curves import thin
from sitegen.model import MetricHistory
from sitegen.pages.run_data import json_number, run_records
from tests.analysis.builders import row


def test_a_metric_with_one_point_is_its_value_and_step() -> None:
    history = MetricHistory("loss", np.arange(3), np.arange(3), np.array([3.0, 1.0, 2.0]), 2)
    one, two = row("a", metrics={"acc": math.inf}), row("b", metrics={"loss": (3.0, 1.0, 2.0)})
    first, second = run_records([(one, {}), (two, {"loss": thin(history)})])
    assert first["metrics"] == [["acc", "Infinity", 0]] and first["curves"] == []
    assert second["metrics"] == [["loss", 2, 3, 1, 1, 3, 0, 2, 3, 2, 0]]
    assert [curve["k"] for curve in second["curves"]] == ["loss"]  # type: ignore[attr-defined]


def test_whole_numbers_are_whole() -> None:
    assert [json_number(value) for value in (2.0, 0.5, math.nan, -math.inf)] == [2, 0.5, "NaN", "-Infinity"]
