"""Groups of runs: what belongs together, how groups compare, what a reader may conclude."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pandas as pd
import pytest

from sitegen.analysis.best import rank
from sitegen.analysis.groups import Grouping, find_groups
from sitegen.analysis.objective import parse_objective
from sitegen.analysis.repeats import is_seed
from sitegen.analysis.runs_table import RunRow
from tests.analysis.builders import row, table


def grouping(
    rows: Sequence[RunRow], objective: str = "max acc", keys: Sequence[str] = (), group_by: str = ""
) -> Grouping | None:
    made = table(rows)
    return find_groups(made, rank(made, parse_objective(objective)), keys, group_by)


def seeded(lr: str, *values: float, **fields: object) -> list[RunRow]:
    """Runs of one learning rate with the seeds 0, 1, ..."""
    return [
        row(f"{lr}-{seed}", {"acc": value}, params={"lr": lr, "seed": str(seed)}, **fields)
        for seed, value in enumerate(values)
    ]


GRID = [*seeded("0.1", 0.90, 0.92, 0.91), *seeded("0.01", 0.60, 0.62, 0.64), *seeded("0.001", 0.92, 0.89, 0.95)]


@pytest.mark.parametrize(
    "key",
    ["seed", "random_state", "PYTHONHASHSEED", "trainer/seed", "model.random-seed", "rf__random_state", "torch_seed"]
    + ["fold", "cv_fold", "Fold-Idx", "split", "repeat"],
)
def test_names_that_tell_repetitions_apart(key: str) -> None:
    assert is_seed(key)


@pytest.mark.parametrize("key", ["lr", "n_splits", "seedling", "folds", "n_folds", "seed_everything_else", "splitter"])
def test_names_that_are_choices(key: str) -> None:
    assert not is_seed(key)


def test_runs_that_differ_only_in_a_seed_are_a_group() -> None:
    found = grouping(GRID)
    assert found is not None
    assert found.how == "3 groups of 3 runs that differ only in the param “seed”."
    assert [(g.rank, g.label, len(g.rows)) for g in found.groups] == [
        (1, "lr = 0.001", 3),
        (2, "lr = 0.1", 3),
        (3, "lr = 0.01", 3),
    ]
    assert (found.alone, found.left_out) == (0, 0)


def test_means_are_pandas_means() -> None:
    found = grouping(GRID)
    assert found is not None
    frame = pd.DataFrame([{"lr": r.params["lr"], "acc": r.metrics["acc"].last} for r in GRID])
    expected = frame.groupby("lr")["acc"].agg(["mean", "std", "count"])
    for group in found.groups:
        mean, std, count = expected.loc[group.label.removeprefix("lr = ")]
        assert group.mean is not None and group.mean.n == count
        assert (group.mean.mean, group.mean.std) == pytest.approx((mean, std))


def test_overlapping_groups_are_not_called_different() -> None:
    found = grouping(GRID)
    assert found is not None
    assert "The lead of 0.01 is within noise: standard deviation 0.02" in found.verdict


def test_groups_that_are_apart_are_called_different() -> None:
    found = grouping([*seeded("0.1", 0.90, 0.92, 0.91), *seeded("0.01", 0.60, 0.62, 0.64)])
    assert found is not None
    assert found.verdict.startswith("lr = 0.1 has on average the highest acc: 0.91 over 3 runs, 95% interval 0.8852 to")
    assert "The lead of 0.29 is beyond noise: standard deviation 0.01581 over 3 seeds each" in found.verdict


def test_one_group_alone_is_described() -> None:
    found = grouping([*seeded("0.1", 0.90, 0.92), row("x", {"acc": 0.1}, params={"lr": "5"})])
    assert found is not None
    assert found.how == "1 group of 2 runs that differ only in the param “seed”."
    assert found.groups[0].label == "all params alike"
    assert found.verdict.startswith("all params alike has on average a acc of 0.91 over 2 runs")
    assert found.alone == 1


def test_runs_without_a_usable_value_are_counted_beside_the_mean() -> None:
    rows = [
        *seeded("0.1", 0.9, math.nan, 0.8),
        *seeded("0.01", 0.7, 0.6),
        row("f", {"acc": 1.0}, params={"lr": "0.01", "seed": "9"}, status="FAILED"),
        row("m", params={"lr": "0.01", "seed": "8"}),
    ]
    found = grouping(rows)
    assert found is not None
    assert [(g.label, len(g.rows), len(g.counted), g.mean and g.mean.n) for g in found.groups] == [
        ("lr = 0.1", 3, 2, 2),
        ("lr = 0.01", 4, 2, 2),
    ]
    assert found.left_out == 3


def test_a_group_with_one_value_has_no_rank() -> None:
    found = grouping([*seeded("0.1", 0.9, math.nan), *seeded("0.01", 0.7, 0.6)])
    assert found is not None
    assert [(g.label, g.rank) for g in found.groups] == [("lr = 0.01", 1), ("lr = 0.1", None)]


def test_equal_means_share_a_rank() -> None:
    found = grouping([*seeded("0.1", 0.5, 0.5), *seeded("0.01", 0.5, 0.5), *seeded("0.2", 0.25, 0.25)])
    assert found is not None
    assert [(g.label, g.rank) for g in found.groups] == [("lr = 0.01", 1), ("lr = 0.1", 1), ("lr = 0.2", 3)]


@pytest.mark.parametrize(
    "rows",
    [
        seeded("0.1", 0.9),
        [row("a", {"acc": 1}, params={"lr": "1"}), row("b", {"acc": 2}, params={"lr": "2"})],
        [row("a", {"acc": 1}, params={"seed": "1"}), row("b", {"acc": 2}, params={"seed": "1"})],
        [row("a", {"acc": 1}, params={"split": "train"}), row("b", {"acc": 2}, params={"split": "test"})],
        [row("a", {"acc": 1}), row("b", {"acc": 2})],
        [],
    ],
)
def test_what_is_no_repetition_is_no_group(rows: list[RunRow]) -> None:
    assert grouping(rows) is None


def test_nothing_is_grouped_where_that_is_turned_off() -> None:
    assert grouping(GRID, group_by="none") is None


def folds(parent: str, *values: float) -> list[RunRow]:
    children = [
        row(f"{parent}{n}", {"auc": v}, params={"model": parent}, parent_id=parent) for n, v in enumerate(values)
    ]
    return [row(parent, {"avg_auc": sum(values) / len(values)}, params={"n": "5"}), *children]


def test_children_with_the_same_params_are_a_group_with_a_metric_of_their_own() -> None:
    found = grouping([*folds("forest", 0.9, 0.8, 0.7), *folds("linear", 0.6, 0.5)], "max avg_auc")
    assert found is not None
    assert found.how == (
        "2 groups of 2 to 3 runs that are nested under one parent and have the same params. "
        "They are compared by auc: they did not log avg_auc."
    )
    assert [(g.label, g.rank, g.run and g.run.run_id) for g in found.groups] == [
        ("forest", 1, "forest"),
        ("linear", 2, "linear"),
    ]
    assert "Folds of one data set share most of their training data" in found.verdict


def search(parent: str) -> list[RunRow]:
    children = [row(f"{parent}{n}", {"acc": n}, params={"lr": str(n)}, parent_id=parent) for n in range(3)]
    return [row(parent, params={"grid": "lr"}), *children]


def test_a_search_is_grouped_only_when_asked() -> None:
    rows = [*search("a"), *search("b")]
    assert grouping(rows) is None
    assert grouping(rows, group_by="seeds") is None
    found = grouping(rows, group_by="parents")
    assert found is not None and found.how == "2 groups of 3 runs that are nested under one parent."


def test_seeds_of_different_parents_are_different_groups() -> None:
    def child(parent: str, seed: str, acc: float) -> RunRow:
        return row(parent + seed, {"acc": acc}, params={"seed": seed}, parent_id=parent)

    rows = [row("a"), row("b"), *(child(p, s, 0.5) for p in "ab" for s in "12")]
    found = grouping(rows)
    assert found is not None and len(found.groups) == 2


def test_given_params_and_tags_make_groups() -> None:
    rows = [
        row(str(n), {"acc": n}, params={"model": m, "lr": str(n)}, tags={"variant": v} if v else {})
        for n, (m, v) in enumerate([("cnn", "a"), ("cnn", "a"), ("mlp", ""), ("mlp", ""), ("cnn", "b")])
    ]
    found = grouping(rows, keys=["params.model", "tags.variant"])
    assert found is not None
    assert found.how == "2 groups of 2 runs that share “model” and “variant”, as the settings ask."
    assert [g.label for g in found.groups] == ["model = mlp, variant = (none)", "model = cnn, variant = a"]
    assert found.alone == 1
    named = grouping(rows, keys=["model"])
    assert named is not None and [g.label for g in named.groups] == ["model = mlp", "model = cnn"]
    assert grouping(rows, keys=["params.other"]) is None


def test_a_constraint_keeps_runs_out_of_means() -> None:
    rows = [row(str(n), {"acc": n, "ms": n}, params={"seed": str(n)}) for n in range(5)]
    found = grouping(rows, "max acc with ms < 3")
    assert found is not None and found.groups[0].mean is not None
    assert (found.groups[0].mean.n, found.groups[0].mean.mean, found.left_out) == (3, 1.0, 2)


def test_without_an_objective_groups_have_means_but_no_ranks() -> None:
    made = table(row(str(n), {"value": n}, params={"seed": str(n)}) for n in range(3))
    found = find_groups(made, None)
    assert found is not None
    assert (found.groups[0].rank, found.verdict) == (None, "")
    assert found.groups[0].mean is not None and found.groups[0].mean.mean == 1.0
