"""The verdict: how sure it is which run is best."""

from __future__ import annotations

from typing import Any

import pytest

from sitegen.analysis.judge import judge
from sitegen.analysis.objective import parse_objective
from sitegen.analysis.ranking import Ranking
from sitegen.analysis.runs_table import RunRow
from sitegen.analysis.verdict import reach_of_two_runs
from sitegen.pages.compared import judged_metrics
from tests.analysis.builders import row, table
from tests.analysis.simulated import exact, measured


def judged(*rows: RunRow, objective: str = "", **settings: Any) -> Ranking:
    found = judge(table(rows), parse_objective(objective) if objective else None, **settings).ranking
    assert found is not None
    return found


def repeated(model: str, *values: float, key: str = "seed", **fields: Any) -> list[RunRow]:
    params = [{"model": model, key: str(at)} for at in range(len(values))]
    return [row(f"{model}{at}", {"acc": value}, params=params[at], **fields) for at, value in enumerate(values)]


# Simulated experiments with known truth


def test_equal_configurations_are_hardly_ever_called_clear() -> None:
    found = measured(500, 0, 0)
    assert found["clear", True] + found["clear", False] <= 5


def test_a_gap_of_four_standard_errors_or_more_is_clear_and_right() -> None:
    found = measured(500, 4, 12)
    assert found["clear", True] >= 475 and found["clear", False] == 0


@pytest.mark.parametrize("name", exact())
def test_special_cases_are_exact(name: str) -> None:
    made, lead, source = exact()[name]
    found = judge(made).verdict
    assert (found.lead, found.metric) == (lead, source)


# Leads


def test_a_lead_below_the_scatter_of_seeds_is_within_noise() -> None:
    found = judged(*repeated("cnn", 0.90, 0.94, 0.92), *repeated("mlp", 0.89, 0.93, 0.91))
    assert found.verdict.lead == "within noise"
    assert found.best is not None and found.best.name == "model = cnn"
    assert found.verdict.evidence == (
        "The lead of 0.01 is within noise: standard deviation 0.02 over 3 seeds each of 2 results, "
        "so one below 0.08014 may be chance."
    )


def test_a_lead_beyond_the_scatter_is_clear() -> None:
    found = judged(*repeated("cnn", 0.90, 0.91, 0.92, 0.91), *repeated("mlp", 0.60, 0.61, 0.62, 0.61))
    assert found.verdict.lead == "clear"
    assert found.verdict.evidence.startswith("The lead of 0.3 is beyond noise: standard deviation 0.00")


def test_a_run_without_repeats_scatters_as_those_of_others() -> None:
    """The lead over the next is large, but one run alone may have been lucky."""
    seeds = repeated("cnn", 0.70, 0.80, 0.90, 0.75, 0.85)
    assert judged(*seeds, row("x", {"acc": 0.95}, params={"model": "x"})).verdict.lead == "within noise"
    assert judged(*seeds, row("x", {"acc": 1.95}, params={"model": "x"})).verdict.lead == "clear"


def test_a_seed_that_diverged_does_not_drown_all_leads() -> None:
    steady = [*repeated("a", 0.90, 0.91, 0.92, 0.91), *repeated("b", 0.60, 0.61, 0.62, 0.61)]
    assert judged(*steady, *repeated("c", 0.5, -90.0, 0.5)).verdict.lead == "clear"


def test_equal_repeats_of_one_configuration_prove_nothing() -> None:
    same = {"params": {"lr": "1"}, "name": "train"}, {"params": {"lr": "2"}, "name": "train"}
    rows = [row(f"{at}{n}", {"acc": 0.9 - at / 10}, **same[at]) for at in (0, 1) for n in range(8)]
    found = judged(*rows)
    assert len(found.ranked) == 2
    assert found.verdict.lead == "ahead, spread unknown"


def test_a_logged_standard_deviation_is_the_spread() -> None:
    def searched(name: str, mean: float, std: float) -> RunRow:
        metrics = {"mean_test_score": mean, "std_test_score": std}
        return row(name, metrics, params={"C": name, "cv": "5"})

    assert judged(searched("a", 0.91, 0.02), searched("b", 0.90, 0.02)).verdict.lead == "within noise"
    assert judged(searched("a", 0.91, 0.0002), searched("b", 0.90, 0.0002)).verdict.lead == "clear"


def test_a_tie_crowns_no_run_whatever_is_newer() -> None:
    found = judged(
        row("old", {"acc": 0.9}, start_time=1, params={"lr": "1"}),
        row("new", {"acc": 0.9}, start_time=2, params={"lr": "2"}),
    )
    assert (found.verdict.lead, found.best, len(found.tied)) == ("tie", None, 2)
    broken = judged(
        row("old", {"acc": 0.9}, start_time=1, params={"lr": "1"}),
        row("new", {"acc": 0.9}, start_time=2, params={"lr": "2"}),
        objective="max acc ties by oldest",
    )
    assert broken.verdict.lead == "tie" and broken.best is not None and broken.best.name == "old"


# Sanity


def test_a_value_orders_of_magnitude_beyond_the_rest_does_not_win() -> None:
    rows = [row(f"r{at}", {"reward": 10.0 + at}, params={"lr": str(at)}) for at in range(5)]
    found = judged(*rows, row("burst", {"reward": 1e9}, params={"lr": "9"}))
    assert found.best is not None and found.best.name == "r4"
    assert found.verdict.notes == (
        "burst is not ranked: its reward, 1000000000, is more than 1,000 times beyond the others; it probably diverged.",
    )


@pytest.mark.parametrize(
    "values",
    [(0.001, 0.001, 0.002, 0.001, 0.9), (5.0, 6.0, 7.0, 8.0, 900.0), (-200.0, -190.0, -210.0, -205.0, 500.0)],
)
def test_a_value_that_may_be_real_wins(values: tuple[float, ...]) -> None:
    rows = [row(f"r{at}", {"reward": value}, params={"lr": str(at)}) for at, value in enumerate(values)]
    found = judged(*rows)
    assert found.best is not None and found.best.name == "r4"


def test_what_databases_store_for_infinity_does_not_win() -> None:
    found = judged(row("a", {"acc": 0.5}), row("b", {"acc": 1.7976931348623157e308}))
    assert found.best is not None and found.best.name == "a"
    assert found.verdict.lead == "only one run"


def test_a_metric_that_few_runs_have_is_said() -> None:
    rows = [row(f"r{at}", {"acc": at / 10} if at < 3 else {}, params={"lr": str(at)}) for at in range(9)]
    assert judged(*rows, objective="max acc").verdict.notes == ("Only 3 of 9 runs have a acc.",)


def test_unfinished_runs_that_come_closer_are_named() -> None:
    runs = [row("best", {"loss": 0.5429}), row("next", {"loss": 0.7585})]
    killed = [row(f"k{at}", {"loss": value}, status="KILLED") for at, value in enumerate((0.6046, 0.596))]
    assert judged(*runs, *killed).verdict.notes == ("2 unfinished runs come closer (0.5960, 0.6046) but do not count.",)
    assert judged(*runs, killed[0]).verdict.notes == ("k0 comes closer (0.6046) but was killed.",)
    assert judged(*runs, row("k", {"loss": 0.8}, status="KILLED")).verdict.notes == ()


# Groups


def family(parent: str, *values: float, own: float | None = None, **fields: Any) -> list[RunRow]:
    """A parent and its folds, which have no params, as people log them who number folds by name."""
    metrics = {} if own is None else {"auc": own}
    folds = [row(f"{parent}{at}", {"auc": v}, name=f"fold {at}", parent_id=parent) for at, v in enumerate(values)]
    return [row(parent, metrics, **fields), *folds]


def test_a_fold_is_never_the_best_run_beside_its_parent() -> None:
    found = judged(*family("one", 0.85, 0.87, 0.89, 0.91, 0.93, 0.95, own=0.9), row("two", {"auc": 0.93}))
    assert [(run.name, round(run.value, 9)) for run in found.ranked] == [("two", 0.93), ("one", 0.9)]
    assert found.ranked[1].row.run_id == "one"
    assert found.verdict.lead == "within noise"


def test_a_group_is_named_by_its_parent_where_that_has_metric_and_model() -> None:
    found = judged(*family("one", 0.8, 0.9, own=0.85, has_model=True), *family("two", 0.1, 0.2, own=0.15))
    assert found.best is not None and found.best.row.run_id == "one"
    assert "Its auc is the mean of 2 folds." in found.verdict.notes


def test_else_by_its_best_member_which_is_said() -> None:
    rows = family("one", 0.8, 0.9) + family("two", 0.1, 0.2)
    rows = [row for row in rows if row.parent_id is None] + [
        row(r.run_id, {"auc": r.metrics["auc"].last}, name=r.name, parent_id=r.parent_id, has_model=True)
        for r in rows
        if r.parent_id
    ]
    found = judged(*rows)
    assert found.best is not None and (found.best.row.run_id, found.best.name) == ("one1", "one")
    note = "It is the mean of 2 folds; the run that is named, fold 1, is the best of them."
    assert note in found.verdict.notes


def test_folds_give_their_parent_the_spread_of_the_metric_it_averages() -> None:
    def parent(name: str, *values: float) -> list[RunRow]:
        children = [row(f"{name}{n}", {"auc": v}, parent_id=name, params={"m": name}) for n, v in enumerate(values)]
        return [row(name, {"avg_auc": sum(values) / len(values)}, params={"m": name}), *children]

    rows = [*parent("one", 0.8, 0.9, 1.0), *parent("two", 0.7, 0.8, 0.9)]
    found = judged(*rows, objective="max avg_auc")
    assert [run.row.run_id for run in found.ranked] == ["one", "two"]
    assert found.verdict.lead == "within noise"


def test_children_with_names_of_their_own_are_no_folds() -> None:
    """A comparison of models under one parent, with nothing logged but names, is not averaged."""
    rows = [
        row("p"),
        row("a", {"acc": 0.9}, name="resnet", parent_id="p"),
        row("b", {"acc": 0.5}, name="vgg", parent_id="p"),
    ]
    found = judged(*rows)
    assert [run.name for run in found.ranked] == ["resnet", "vgg"]


def test_a_search_that_logs_the_best_of_its_trials_does_not_tie_with_it() -> None:
    trials = [row(f"t{at}", {"acc": at / 10}, params={"lr": str(at)}, parent_id="search") for at in range(4)]
    found = judged(row("search", {"acc": 0.3}), *trials)
    assert found.best is not None and found.best.row.run_id == "t3"
    assert [run.why for run in found.unranked] == ["its acc is that of its nested run t3"]


def test_runs_nested_in_each_other_still_have_ranks() -> None:
    found = judged(row("a", {"acc": 0.5}, parent_id="b"), row("b", {"acc": 0.5}, parent_id="a"))
    assert len(found.ranked) == 2


@pytest.mark.parametrize("key", ["cv", "n_splits", "cv_folds", "model__n_folds"])
def test_folds_logged_as_steps_are_judged_by_their_mean(key: str) -> None:
    """The last point of b is the best, its mean is not."""
    found = judged(
        row("a", {"f1": (0.8, 0.9, 0.7, 0.8, 0.75)}, params={"m": "a", key: "5"}),
        row("b", {"f1": (0.7, 0.6, 0.5, 0.6, 0.81)}, params={"m": "b", key: "5"}),
    )
    assert found.best is not None and found.best.name == "a"
    assert found.objective.because.endswith(
        "Its 5 points are folds, as many as the runs' params say; their mean counts."
    )
    assert found.ranked[0].spread is not None and found.ranked[0].spread.n == 5


def test_a_curve_with_as_many_points_as_folds_is_a_curve() -> None:
    falling = (0.9, 0.7, 0.5, 0.4, 0.3)
    rows = [
        row(f"r{at}", {"val_loss": tuple(v + at for v in falling)}, params={"m": str(at), "cv": "5"}) for at in (0, 1)
    ]
    assert judged(*rows).objective.reducer == "last"


# Differences


def test_differences_tell_of_code_data_source_and_environment() -> None:
    tag = "mlflow.docker.image.name"
    a = row(
        "a", {"acc": 0.9}, git_commit="1" * 40, datasets=(("d", "new"),), source_name="b.py", mlflow_tags={tag: "x:2"}
    )
    b = row(
        "b", {"acc": 0.8}, git_commit="2" * 40, datasets=(("d", "old"),), source_name="a.py", mlflow_tags={tag: "x:1"}
    )
    assert (
        "Differences: commit 2222222 → 1111111, data d (old) → d (new), source a.py → b.py, docker.image.name x:1 → x:2."
        in judged(a, b).why
    )


# Studies


def trained(data: str, *values: float, metric: str = "acc", **fields: Any) -> list[RunRow]:
    return [
        row(f"{data}{at}", {metric: value}, params={"dataset": data, "lr": str(at)}, **fields)
        for at, value in enumerate(values)
    ]


def test_studies_on_other_data_are_ranked_apart() -> None:
    """The easy data would win otherwise."""
    found = judged(*trained("easy", 0.98, 0.99), *trained("hard", 0.5, 0.7, 0.6))
    assert found.best is not None and found.best.name == "hard1"
    assert (found.study, [study.label for study in found.studies]) == ("dataset = hard", ["dataset = easy"])
    (other,) = found.studies
    assert other.ranking.best is not None and other.ranking.best.name == "easy1"
    assert {run.why for run in found.unranked} == {"belongs to another study: dataset = easy"}
    assert found.verdict.notes[-1] == (
        "This is about dataset = hard. Ranked apart, as their results cannot be compared: dataset = easy (2 runs)."
    )


def test_studies_by_the_data_they_were_evaluated_on() -> None:
    def run(at: int, *data: tuple[str, str]) -> RunRow:
        names = tuple((name, name) for name, _ in data)
        contexts = tuple(context for _, context in data)
        return row(f"r{at}", {"acc": at / 10}, datasets=names, dataset_contexts=contexts, params={"lr": str(at)})

    tested = [run(at, ("t1" if at < 3 else "t2", "eval"), ("train", "train")) for at in range(6)]
    assert len(judged(*tested).studies) == 1
    trained_on = [run(at, ("t1", "eval"), ("a" if at < 3 else "b", "train")) for at in range(6)]
    assert judged(*trained_on).studies == ()


def test_data_that_vary_between_repeats_or_from_run_to_run_make_no_studies() -> None:
    split = [
        row(f"{lr}{s}", {"acc": lr + s / 10}, params={"lr": str(lr), "seed": str(s)}, datasets=(("d", f"split{s}"),))
        for lr in (0, 1)
        for s in range(3)
    ]
    assert judged(*split).studies == ()
    own = [row(f"r{at}", {"acc": at / 9}, datasets=(("d", str(at)),), params={"lr": str(at)}) for at in range(5)]
    assert judged(*own).studies == ()


def test_runs_that_measured_something_else_are_ranked_apart() -> None:
    regression = [row(f"reg{at}", {"rmse": 1.0 + at}, params={"lr": str(at)}) for at in range(2)]
    found = judged(*trained("d", 0.5, 0.7, 0.6), *regression)
    assert [study.label for study in found.studies] == ["runs with rmse"]
    best = found.studies[0].ranking.best
    assert best is not None and best.name == "reg0"


# Agreement


def test_a_best_run_that_another_metric_puts_far_behind_is_said() -> None:
    aucs = (0.5, 0.9, 0.8, 0.85, 0.7, 0.6)
    rows = [
        row(f"r{at}", {"val_accuracy": 0.9 - at / 100, "val_auc": auc}, params={"lr": str(at)})
        for at, auc in enumerate(aucs)
    ]
    found = judged(*rows, objective="max val_accuracy")
    assert "It is only 6th of 6 by val_auc." in found.verdict.notes
    agreeing = [
        row(f"r{at}", {"val_accuracy": 0.9 - at / 100, "val_auc": 0.9 - at / 50}, params={"lr": str(at)})
        for at in range(6)
    ]
    assert judged(*agreeing, objective="max val_accuracy").verdict.notes == ()


def test_of_a_tie_other_metrics_are_told() -> None:
    rows = [row(f"r{at}", {"accuracy": 0.95, "auc": 0.6 + at / 10}, params={"lr": str(at)}) for at in range(3)]
    assert judged(*rows, objective="max accuracy").verdict.notes == ("By auc r2 is ahead: 0.8.",)
    guessing = [row(f"r{at}", {"accuracy": 0.95, "auc": 0.5}, params={"lr": str(at)}) for at in range(3)]
    assert judged(*guessing, objective="max accuracy").verdict.notes == (
        "They may all give one answer only: their auc is 0.5.",
    )


def test_values_that_differ_are_told_apart() -> None:
    found = judged(row("a", {"acc": 0.9999914}, params={"x": "1"}), row("b", {"acc": 0.9999912}, params={"x": "2"}))
    assert found.verdict.headline.startswith("a · acc 0.9999914 ·")
    assert "a has the highest acc: 0.9999914," in found.why


def test_two_repeats_of_one_configuration_tell_nothing_of_the_scatter() -> None:
    found = judged(*repeated("cnn", 0.90, 0.91), row("x", {"acc": 0.5}, params={"model": "x"}))
    assert found.verdict.lead == "ahead, spread unknown"


def test_a_logged_deviation_of_known_folds_is_taken_to_be_divided_by_n() -> None:
    found = judged(row("a", {"mean_f1": 0.9, "std_f1": 0.02}, params={"n_splits": "5"}), row("b", {"mean_f1": 0.8}))
    spread = found.ranked[0].spread
    assert spread is not None and (spread.std, spread.n, spread.logged) == (pytest.approx(0.02 * 1.25**0.5), 5, True)


def test_a_run_that_alone_learned_has_not_diverged() -> None:
    """Below 100 a value may be real, however small all others are."""
    rows = [row(f"r{at}", {"score": 1e-6 * at}, params={"lr": str(at)}) for at in range(8)]
    found = judged(*rows, row("learned", {"score": 0.9}, params={"lr": "9"}), objective="max score")
    assert found.best is not None and found.best.name == "learned"


def test_a_metric_on_other_data_need_not_agree() -> None:
    rows = [
        row(f"r{at}", {"val_accuracy": 0.9 - at / 100, "train_auc": 0.5 + at / 100}, params={"lr": str(at)})
        for at in range(6)
    ]
    assert judged(*rows, objective="max val_accuracy").verdict.notes == ()


def test_two_runs_are_told_apart_by_the_scatter_that_the_verdict_rests_on() -> None:
    seeds = judged(*repeated("cnn", 0.90, 0.94, 0.92), *repeated("mlp", 0.89, 0.93, 0.91))
    found = reach_of_two_runs(seeds)
    assert found is not None and found[1] == 1
    assert found[0] == pytest.approx(0.08014 * 3**0.5, rel=1e-3)  # single seeds, not means of three
    assert reach_of_two_runs(judged(row("a", {"acc": 0.9}), row("b", {"acc": 0.8}))) is None
    assert judged_metrics(seeds) == [["acc", "max", "last", pytest.approx(found[0], rel=1e-5), 1]]
    constrained = judged(row("a", {"acc": 0.9, "ms": 1.0}), objective="max acc with ms < 2")
    assert judged_metrics(constrained) == [["acc", "max"]]
