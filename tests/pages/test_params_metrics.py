"""What an experiment's page says of its params and metrics: chips, ranges, counts."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

from sitegen.analysis.summary import ExperimentSummary, ParamSummary, distribution, summarise_experiment
from sitegen.pages.params_metrics import (
    CHIPS,
    MAX_METRICS,
    differing,
    metric_stats,
    metrics_hint_of,
    one_valued,
    param_line,
    params_hint_of,
)
from tests.analysis.builders import row, table


def runs(*params: Mapping[str, str]) -> ExperimentSummary:
    return summarise_experiment(table(row(f"r{at}", params=one) for at, one in enumerate(params)))


def only(*values: str) -> ParamSummary:
    (found,) = runs(*({"p": value} if value else {} for value in values)).varying
    return found


def test_values_are_chips_with_the_most_frequent_first() -> None:
    line = param_line(only("b", "a", "a", ""))
    assert line.chips == (("a", 2), ("b", 1))
    assert (line.distinct, line.more, line.range, line.missing) == ("2", "", "", "1 run")


def test_many_numbers_have_a_range_and_the_rest_is_counted() -> None:
    few = param_line(only(*(str(at) for at in range(CHIPS))))
    assert (few.range, few.more, len(few.chips), few.missing) == ("", "", CHIPS, "")
    many = param_line(only(*(str(at) for at in range(CHIPS + 1))))
    assert (many.range, many.more, len(many.chips), many.distinct) == ("0 to 8", "and 1 more", CHIPS, "9")
    words = param_line(only(*(f"w{at}" for at in range(CHIPS + 7))))
    assert (words.range, words.more) == ("", "and 7 more")


def test_a_param_with_one_value_is_listed_with_the_runs_that_have_it() -> None:
    params = [{"same": "1", "part": "x" * 50}, {"same": "1"}, {"same": "1", "lr": "2"}, {"same": "1", "lr": "3"}]
    found = table(row(f"r{at}", params=one) for at, one in enumerate(params))
    summary = summarise_experiment(found)
    assert one_valued(found, summary) == (("same", "1"), ("part", "x" * 39 + "… (in 1 of 4 runs)"))
    assert [p.key for p in differing(summary)] == ["lr"]


def test_the_hint_counts_params_that_differ() -> None:
    assert params_hint_of(runs({"a": "1"}, {"a": "1"})) == ""
    assert params_hint_of(runs({"a": "1"}, {"a": "2"})) == "1 param that differs between runs"
    assert params_hint_of(runs({"a": "1", "b": "1"}, {"a": "2", "b": "2"})) == "2 params that differ between runs"


def test_the_hint_says_where_metrics_are_cut() -> None:
    summary = runs({})
    one = distribution("m", [1.0], 1)
    assert metrics_hint_of(replace(summary, metrics=(one,) * MAX_METRICS)) == "last values over all runs"
    assert metrics_hint_of(replace(summary, metrics=(one,) * 1201)) == (
        "last values over all runs; the first 500 of 1,201 metrics"
    )


def test_a_distribution_is_shown_in_one_number_of_digits_and_its_spread_apart() -> None:
    assert metric_stats(distribution("acc", [0.5, 0.75, math.nan, math.inf], 4)).cells == (
        "2", "0.5000", "0.5625", "0.6250", "0.6875", "0.7500", "0.6250", "0.1768", "2"
    )  # fmt: skip


def test_what_is_not_known_is_empty() -> None:
    assert metric_stats(distribution("acc", [0.5], 1)).cells == ("1", *["0.5"] * 6, "", "")
    assert metric_stats(distribution("acc", [math.nan], 1)).cells == ("0", *[""] * 7, "1")
