"""Confusion matrices, reports and families among metrics: under which names they are found, and what follows.

`score_names.csv` holds names as public code logs them, with the call that was found, and names that are none of these.
"""

from __future__ import annotations

import csv
import math
import warnings
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sitegen.analysis.objective import choose_objective
from sitegen.analysis.scores import MAX_NAMES, layout_of, scores_in
from sitegen.analysis.scores.counts import find_counts
from sitegen.analysis.scores.levels import find_levels
from sitegen.analysis.scores.names import split_data
from sitegen.analysis.scores.rates import rates, shares
from sitegen.analysis.scores.reports import find_reports
from sitegen.analysis.scores.values import MAX_ROWS, Matrix, ScoreTable, joined
from sitegen.analysis.scores.vocabulary import average_of, column_of
from tests.analysis.builders import row, summary, table

with (Path(__file__).parent / "score_names.csv").open(encoding="utf-8", newline="") as _file:
    NAMES = [(line["expected"], line["names"].split(";")) for line in csv.DictReader(_file, delimiter="|")]


def described(names: Iterable[str]) -> str:
    """What is made of `names`, as `score_names.csv` writes it."""
    layout = layout_of(tuple(names))
    found = [f"matrix {one.title}" for one in layout.counts]
    for report in layout.reports:
        averages = ",".join(label for label, _ in report.averages)
        text = f"classes {report.title} {','.join(label for label, _ in report.rows)}".replace("  ", " ")
        found.append(f"{text} + {averages}" if averages else text)
    found += [f"{one.title} {one.head} {','.join(level for level, _ in one.rows)}".strip() for one in layout.levels]
    return " & ".join(text.strip() for text in found)


@pytest.mark.parametrize(("expected", "names"), NAMES, ids=[names[0] for _, names in NAMES])
def test_names_of_public_code(expected: str, names: list[str]) -> None:
    assert sorted(described(names).split(" & ")) == sorted(expected.split(" & "))
    assert described(reversed(names)).count(" & ") == expected.count(" & ")  # whatever was logged first


def test_many_styles_are_known() -> None:
    assert sum(bool(expected) for expected, _ in NAMES) >= 40


# Values --------------------------------------------------------------------------------------------------------------


def test_each_kind_is_found_on_its_own() -> None:
    assert [one.keys for one in find_counts(["b_tp", "b_fp", "b_tn", "b_fn", "tp"])] == [
        ("b_tn", "b_fp", "b_fn", "b_tp")
    ]
    assert find_counts(["tp", "tp", "fp", "fn", "tn"]) == []  # a cell twice
    assert find_levels(["a@1", "a@2", "b@2", "c@7"])[0].rows == (("1", ("a@1", "")), ("2", ("a@2", "b@2")))
    reports, has_overall = find_reports(["class_0_f1", "class_1_f1"])
    assert len(reports) == 1 and not has_overall and find_reports(["loss", "val_accuracy"]) == ([], True)


def found_in(**metrics: float) -> list[Matrix]:
    return list(scores_in({key: summary(value) for key, value in metrics.items()}).scores.matrices)


def test_counts_are_a_matrix_as_scikit_learn_lays_it_out() -> None:
    (matrix,) = found_in(tp=3, fp=1, tn=5, fn=2)
    assert matrix.labels == ("negative", "positive") and matrix.counts == ((5, 1), (2, 3))


@pytest.mark.parametrize("wrong", [0.25, -1.0, math.nan, math.inf, 2.0**60])
def test_what_is_no_count_makes_no_matrix(wrong: float) -> None:
    assert found_in(tp=3, fp=1, tn=5, fn=wrong) == []
    assert scores_in({"tp": summary(wrong)}).keys == frozenset()


def test_counts_that_are_all_zero_or_of_different_steps_make_no_matrix() -> None:
    assert found_in(tp=0, fp=0, tn=0, fn=0) == []
    later = {"tp": summary(1, 2), "fp": summary(1), "tn": summary(4), "fn": summary(2)}
    assert not scores_in(later).scores
    together = {key: summary(1, 2) for key in ("tp", "fp", "tn", "fn")}
    assert scores_in(together).scores.matrices[0].counts == ((2, 2), (2, 2))


def test_rates_and_shares_equal_those_of_scikit_learn() -> None:
    metrics = pytest.importorskip("sklearn.metrics")
    random = np.random.default_rng(7)
    for _ in range(20):
        true, predicted = random.integers(0, 2, (2, int(random.integers(4, 60))))
        cells = metrics.confusion_matrix(true, predicted, labels=[0, 1])
        found = Matrix("", ("negative", "positive"), tuple(map(tuple, cells.tolist())))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            expected = [
                metrics.precision_score(true, predicted, zero_division=np.nan),
                metrics.recall_score(true, predicted, zero_division=np.nan),
                metrics.f1_score(true, predicted, zero_division=np.nan),
                metrics.recall_score(true, predicted, pos_label=0, zero_division=np.nan),
                true.mean(),
                metrics.accuracy_score(true, predicted),
            ]
            normalised = metrics.confusion_matrix(true, predicted, labels=[0, 1], normalize="true")
        values = [math.nan if value is None else value for _, value in rates(found)]
        np.testing.assert_allclose(values, expected, rtol=1e-12)
        drawn = [[value or 0 for value in shares(counts)] for counts in found.counts]
        np.testing.assert_allclose(drawn, normalised, rtol=1e-12)


def test_a_report_has_the_numbers_of_scikit_learn_and_its_averages_apart() -> None:
    metrics = pytest.importorskip("sklearn.metrics")
    true, predicted = np.random.default_rng(3).integers(0, 3, (2, 90))
    report = metrics.classification_report(true, predicted, target_names=["a", "b", "c d"], output_dict=True)
    flat = {
        f"{label}_{key}": value for label, line in report.items() if label != "accuracy" for key, value in line.items()
    }
    logged = {key: summary(float(value)) for key, value in {**flat, "accuracy": report["accuracy"]}.items()}
    found, keys = scores_in(logged)
    (one,) = found.tables
    assert one.columns == ("precision", "recall", "f1-score", "support") and keys == flat.keys()
    for label, values in (*one.rows, *one.averages):
        assert list(values) == list(report[label].values())
    assert [label for label, _ in one.averages] == ["macro avg", "weighted avg"]
    assert one.accuracy == report["accuracy"]


def test_a_class_of_which_a_score_is_missing_or_not_a_number_keeps_its_row() -> None:
    logged = {"a_precision": 0.5, "a_recall": 0.4, "a_support": 3, "b_precision": math.nan, "b_recall": 0.2}
    (one,) = scores_in({key: summary(float(value)) for key, value in logged.items()}).scores.tables
    assert one.rows[0] == ("a", (0.5, 0.4, 3.0))
    assert math.isnan(one.rows[1][1][0] or 0) and one.rows[1][1][1:] == (0.2, None)


def test_long_lists_are_bounded() -> None:
    names = [f"class_{at}_{score}" for at in range(MAX_ROWS + 50) for score in ("precision", "recall")]
    (one,) = scores_in(dict.fromkeys(names, summary(0.5))).scores.tables
    assert len(one.rows) == MAX_ROWS and one.missing == 50
    assert layout_of(tuple(f"class_{at}_f1" for at in range(MAX_NAMES + 1))).reports == ()


def test_labels_that_may_be_anything_are_not_called_classes() -> None:
    (one,) = scores_in(
        {f"{model}_{score}": summary(0.5) for model in ("forest", "boost") for score in ("precision", "recall")}
    ).scores.tables
    assert one.head == "Label"


def test_a_rounded_report_is_the_same_report() -> None:
    (one,) = scores_in({f"{at}_{key}": summary(0.4567) for at in "01" for key in ("precision", "recall")}).scores.tables
    (two,) = scores_in({f"{at}_{key}": summary(0.46) for at in "01" for key in ("precision", "recall")}).scores.tables
    (other,) = scores_in({f"{at}_{key}": summary(0.47) for at in "01" for key in ("precision", "recall")}).scores.tables
    assert joined(one, two) == one and joined(one, other) is None
    assert joined(one, found_in(tp=1, fp=1, tn=1, fn=1)[0]) is None


def test_of_two_reports_the_one_that_says_all_of_the_other_stays() -> None:
    flat = ScoreTable("val", "Class", ("recall", "precision"), (("x", (0.5, 0.25)), ("y", (0.5, 0.75))))
    rows = (("y", (0.751, 0.5, 3.0)), ("x", (0.25, 0.5, 4.0)))
    whole = ScoreTable("", "Class", ("precision", "recall", "support"), rows, (("macro avg", (0.5, 0.5, 7.0)),), 0.5)
    assert joined(flat, whole) == replace(whole, title="val") and joined(whole, flat) == whole
    assert joined(whole, replace(flat, rows=(("x", (0.5, 0.26)), ("y", (0.5, 0.75))))) is None
    assert joined(whole, replace(flat, rows=flat.rows[:1])) is None, "another report, over some of the classes"
    assert joined(whole, replace(flat, accuracy=0.9)) is None


def test_words_of_names() -> None:
    assert split_data("val/metrics_f1_setosa") == ("val metrics", "f1_setosa")
    assert split_data("f1_setosa_test") == ("test", "f1_setosa") and split_data("testimony_f1") == ("", "testimony_f1")
    assert column_of("F1 Score") == "f1-score" and column_of("loss") == ""
    assert average_of("Macro_Avg") == "macro avg" and average_of("setosa") == ""


# The objective -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ("test_f1_class_0 test_f1_class_1 accuracy", "accuracy"),
        ("val_a_f1 val_a_precision val_b_f1 val_b_precision precision_macro", "precision_macro"),
        ("0_f1-score 0_recall 1_f1-score 1_recall weighted_avg_f1-score", "weighted_avg_f1-score"),
        ("f1_class_0 f1_class_1 loss", "f1_class_0"),
    ],
)
def test_a_score_of_one_class_is_not_the_objective_where_one_of_all_exists(names: str, expected: str) -> None:
    found = choose_objective(table([row(str(at), dict.fromkeys(names.split(), at / 10)) for at in range(3)]))
    assert found is not None and found.metric == expected
