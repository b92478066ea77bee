"""What is said of an experiment as a whole."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sitegen.analysis.runs_table import RunRow
from sitegen.analysis.summary import ParamSummary, distribution, summarise_experiment
from tests.analysis.builders import row, table

NAN, INF = float("nan"), float("inf")

NOON = 1_700_000_000_000


def params_of(*texts: str | None) -> ParamSummary:
    """The summary of the param `p` over runs with these values, None where a run has none; `q` is in all."""
    rows = [row(str(at), params={"q": "1"} | ({} if text is None else {"p": text})) for at, text in enumerate(texts)]
    (found,) = summarise_experiment(table(rows)).varying
    return found


def test_runs_are_counted_by_status_in_mlflows_order() -> None:
    rows = [row("a"), row("b", status="RUNNING"), row("c"), row("d", status="ODD")]
    found = summarise_experiment(table(rows))
    assert found.runs == 4
    assert found.statuses == (("RUNNING", 1), ("FINISHED", 2), ("ODD", 1))


def test_times_of_nested_runs_are_not_counted_twice() -> None:
    rows = [
        row("parent", start_time=NOON, end_time=NOON + 100),
        row("one", start_time=NOON + 10, end_time=NOON + 30, parent_id="parent"),
        row("two", start_time=NOON + 40, end_time=NOON + 90, parent_id="parent"),
        row("stray", start_time=NOON + 200, parent_id="elsewhere"),
    ]
    found = summarise_experiment(table(rows))
    assert (found.parents, found.children) == (1, 2)
    assert (found.total_duration, found.median_duration) == (70, 35)
    assert (found.first_start, found.last_start, found.last_activity) == (NOON, NOON + 200, NOON + 200)


def test_times_that_cannot_be_right_do_not_count() -> None:
    rows = [
        row("right", start_time=NOON, end_time=NOON + 10),
        row("seconds", start_time=NOON // 1000, end_time=NOON // 1000 + 5),
        row("microseconds", start_time=NOON * 1000, end_time=NOON * 1000 + 5),
        row("backwards", start_time=NOON + 7, end_time=NOON + 3),
    ]
    found = summarise_experiment(table(rows))
    assert (found.first_start, found.last_start, found.last_activity) == (NOON, NOON + 7, NOON + 10)
    assert [one.duration for one in rows] == [10, None, None, None]
    assert found.total_duration == 10


def test_an_empty_experiment_has_an_empty_summary() -> None:
    found = summarise_experiment(table([]))
    assert (found.runs, found.first_start, found.total_duration, found.median_duration) == (0, None, None, None)
    assert not (found.varying or found.constant or found.metrics or found.tags or found.users)


def test_users_sources_commits_and_datasets_are_counted() -> None:
    rows = [
        row("a", user="bob", source_name="t10.py", git_commit="1", datasets=(("iris", "x"), ("iris", "y"))),
        row("b", user="ada", source_name="t9.py", git_commit="1"),
        row("c", user="ada", git_commit="2", datasets=(("iris", "x"), ("wine", "z"))),
    ]
    found = summarise_experiment(table(rows))
    assert found.users == (("ada", 2), ("bob", 1))
    assert found.sources == (("t9.py", 1), ("t10.py", 1))
    assert found.git_commits == 2
    assert found.datasets == (("iris", 2), ("wine", 1))


def test_a_param_with_one_value_everywhere_is_constant() -> None:
    rows = [row("parent"), row("a", params={"seed": "1", "lr": "0.1"}), row("b", params={"seed": "1"})]
    found = summarise_experiment(table(rows))
    assert found.constant == (("seed", "1"),)
    assert found.varying == (ParamSummary("lr", "number", 1, (("0.1", 1),), 2, 0.1, 0.1),)


def test_numbers_have_a_range_and_a_hint_for_the_scale() -> None:
    assert params_of("0.1", "0.001", " 0.1", None) == ParamSummary(
        "p", "number", 3, (("0.001", 1), ("0.1", 1), (" 0.1", 1)), 1, 0.001, 0.1, True
    )
    assert not params_of("1", "99").log_scale
    assert not params_of("-1", "1000").log_scale


def test_nan_and_infinity_are_numbers_outside_the_range() -> None:
    found = params_of("nan", "inf", "3", "1e400")
    assert (found.kind, found.low, found.high) == ("number", 3.0, 3.0)
    only = params_of("nan", "inf")
    assert (only.kind, only.low, only.high, only.log_scale) == ("number", None, None, False)


@pytest.mark.parametrize("text", ["None", "", "True", "1_000", "adam"])
def test_one_text_makes_a_param_text(text: str) -> None:
    assert params_of("1", text).kind == "text"


def test_the_commonest_values_are_listed_first() -> None:
    found = params_of(*["b"] * 2, *["a10", "a9"], *["c"] * 3, *(f"x{at}" for at in range(20)))
    assert found.distinct == 24
    assert found.values[:4] == (("c", 3), ("b", 2), ("a9", 1), ("a10", 1))
    assert len(found.values) == 12


def test_the_commonest_of_very_many_values_are_found() -> None:
    texts = [f"v{at}" for at in range(1_000)] + [f"v{at}" for at in range(12)]
    assert params_of(*texts).values == tuple((f"v{at}", 2) for at in range(12))


def test_tags_that_differ_between_runs_are_told() -> None:
    rows = [row("a", tags={"team": "red", "same": "1", "some": "1"}), row("b", tags={"team": "blue", "same": "1"})]
    assert [tag.key for tag in summarise_experiment(table(rows)).tags] == ["some", "team"]


def test_a_metric_is_distributed_over_its_last_values() -> None:
    rows: list[RunRow] = [row(str(at), {"m": (99.0, float(at))}) for at in range(1, 6)]
    rows += [row("nan", {"m": NAN}), row("inf", {"m": INF}), row("none")]
    (found,) = summarise_experiment(table(rows)).metrics
    assert (found.key, found.n, found.missing, found.bad) == ("m", 5, 1, 2)
    assert (found.min, found.q1, found.median, found.q3, found.max, found.mean) == (1, 2, 3, 4, 5, 3)
    assert found.std == pytest.approx(math.sqrt(2.5))


def test_quartiles_and_bins_agree_with_pandas_and_numpy() -> None:
    values = np.random.default_rng(3).normal(size=101)
    found = distribution("m", values.tolist(), 101)
    column = pd.Series(values)
    assert [found.q1, found.median, found.q3] == pytest.approx(column.quantile([0.25, 0.5, 0.75]).tolist())
    assert [found.mean, found.std] == pytest.approx([column.mean(), column.std()])
    counts, edges = np.histogram(values, bins=12)
    assert found.counts == tuple(counts.tolist())
    assert found.edges == pytest.approx(edges.tolist())


def test_bins_of_whole_numbers_are_closed_on_the_left_and_at_the_end() -> None:
    found = distribution("m", [float(at) for at in range(13)], 13)
    assert found.counts == (1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2)


def test_equal_values_are_one_bin() -> None:
    found = distribution("m", [0.5, 0.5], 2)
    assert (found.edges, found.counts, found.std) == ((0.5, 0.5), (2,), 0.0)


def test_a_single_value_has_no_spread() -> None:
    found = distribution("m", [0.5], 1)
    assert (found.median, found.std) == (0.5, None)


def test_a_metric_without_a_finite_value_has_no_numbers() -> None:
    found = distribution("m", [NAN, -INF], 2)
    assert (found.n, found.bad, found.min, found.mean, found.edges) == (0, 2, None, None, ())


@given(st.lists(st.floats(), min_size=1, max_size=40))
def test_any_floats_have_a_sound_distribution(values: list[float]) -> None:
    found = distribution("m", values, len(values))
    finite = [value for value in values if math.isfinite(value)]
    assert (found.n, found.bad) == (len(finite), len(values) - len(finite))
    assert sum(found.counts) == len(finite)
    assert list(found.edges) == sorted(found.edges)
    if found.min is not None and found.q1 is not None and found.median is not None and found.max is not None:
        assert found.min <= found.q1 <= found.median <= found.max
