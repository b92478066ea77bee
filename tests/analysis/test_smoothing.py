"""Smoothed curves, by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sitegen.analysis.smoothing import smoothed


def test_a_point_is_the_mean_of_those_before_it_weighted_by_distance() -> None:
    found = smoothed([0, 1, 2], np.array([4.0, 0.0, 0.0]), 0.5)
    assert found.tolist() == pytest.approx([4.0, 2.0 / 1.5, 1.0 / 1.75])


def test_what_is_not_finite_stays_and_counts_for_nothing() -> None:
    found = smoothed([0, 1, 2], np.array([4.0, math.nan, 4.0]), 0.5)
    assert math.isnan(found[1]) and found[[0, 2]].tolist() == [4.0, 4.0]


def test_no_weight_and_one_point_change_nothing() -> None:
    values = np.array([3.0, 1.0])
    assert smoothed([0, 1], values, 0.0).tolist() == [3.0, 1.0]
    assert smoothed([0], values[:1], 0.9).tolist() == [3.0]
