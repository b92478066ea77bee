"""The simulated experiments are what they say they are."""

from __future__ import annotations

import statistics

import pytest

from tests.analysis.simulated import simulated


def test_the_same_number_gives_the_same_experiment() -> None:
    first, second = simulated(7, 4, 12), simulated(7, 4, 12)
    assert first == second
    assert simulated(8, 4, 12) != first


def test_every_kind_of_repeat_occurs() -> None:
    kinds = {simulated(number, 0).kind for number in range(40)}
    assert kinds == {"seeds", "folds", "fold steps", "logged std"}


@pytest.mark.parametrize("gap", [0.0, 6.0])
def test_the_best_two_are_as_far_apart_as_the_gap_says(gap: float) -> None:
    """Over many experiments the mean of the best configuration is ahead by `gap` standard errors on average."""
    found = []
    for number in range(1200):
        one = simulated(number, gap)
        if one.kind != "seeds" or len({r.params["model"] for r in one.table.rows if r.params["model"][0] == "c"}) != 2:
            continue
        groups: dict[str, list[float]] = {}
        for row in one.table.rows:
            if row.params["model"].startswith("c"):
                (metric,) = row.metrics.values()
                groups.setdefault(row.params["model"], []).append(metric.last)
        best = groups.pop(one.best)
        (other,) = groups.values()
        error = (statistics.variance(best) / len(best) + statistics.variance(other) / len(other)) ** 0.5
        found.append(abs(statistics.fmean(best) - statistics.fmean(other)) / error)
    assert len(found) > 20
    # |t| of two equal means is about 0.8 on average; few degrees of freedom widen it.
    assert statistics.fmean(found) == pytest.approx(max(gap, 0.8), rel=0.4)
