"""The dots of a leaderboard: on one axis, spread where it is known, far values at the edge."""

from __future__ import annotations

import pytest

from sitegen.analysis.best import rank
from sitegen.analysis.judge import judge
from sitegen.analysis.objective import parse_objective
from sitegen.analysis.ranking import RankedRun
from sitegen.pages.dots import PAD, WIDTH, dot_plot
from tests.analysis.builders import row, table


def ranked(*values: float) -> tuple[RankedRun, ...]:
    runs = [row(f"r{at:02}", {"loss": value}) for at, value in enumerate(values)]
    return rank(table(runs), parse_objective("min loss")).ranked


def test_dots_lie_where_their_values_are_between_the_ticks() -> None:
    axis, dots = dot_plot(ranked(0.5, 0.75, 1.0), "loss")
    assert axis and (axis.title, axis.ticks[0], axis.ticks[-1]) == (
        "loss", (str(PAD), "0.4"), (str(WIDTH - PAD), "1.0")
    )  # fmt: skip
    assert [float(dots[f"r0{n}"].x) for n in range(3)] == pytest.approx([48.7, 150.3, 252], abs=0.1)
    assert {dot.low + dot.beyond for dot in dots.values()} == {""}


def test_a_value_far_from_the_others_is_a_mark_at_the_edge() -> None:
    axis, dots = dot_plot(ranked(*(0.5 + n / 100 for n in range(8)), 1e6), "loss")
    assert axis and axis.ticks[-1][1] == "0.60"
    assert [dots["r08"].beyond, dots["r07"].beyond] == ["right", ""]


def test_values_over_decades_have_a_logarithmic_axis() -> None:
    axis, dots = dot_plot(ranked(0.001, 0.1, 10.0), "loss")
    assert axis and float(dots["r01"].x) == pytest.approx((float(dots["r00"].x) + float(dots["r02"].x)) / 2, abs=0.2)


def test_equal_values_have_no_axis() -> None:
    assert dot_plot(ranked(0.5, 0.5), "loss") == (None, {})
    assert dot_plot(ranked(0.5), "loss")[0] is None


def test_the_spread_of_repeats_is_a_line_through_the_dot() -> None:
    runs = [
        row(f"{lr}-{seed}", {"loss": lr + seed / 10}, params={"lr": str(lr), "seed": str(seed)})
        for lr in (1, 2)
        for seed in range(3)
    ]

    found = judge(table(runs), parse_objective("min loss")).ranking
    assert found
    axis, dots = dot_plot(found.ranked, "loss")
    first = dots[found.ranked[0].row.run_id]
    assert axis and float(first.low) < float(first.x) < float(first.high)
    assert float(first.high) - float(first.x) == pytest.approx(float(first.x) - float(first.low), abs=0.2)
