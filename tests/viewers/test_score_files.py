"""Matrices and reports among artifacts: the forms that public code logs, and files that look like them."""

from __future__ import annotations

import json

import pytest

from sitegen.analysis.scores.values import MAX_CLASSES, Scores
from sitegen.viewers.score_blocks import score_blocks
from sitegen.viewers.score_files import MAX_BYTES, scores_in_file

COUNTS = ((4.0, 1.0, 0.0), (0.0, 3.0, 2.0), (1.0, 0.0, 5.0))
LISTS = [[4, 1, 0], [0, 3, 2], [1, 0, 5]]
NAMES = ["a", "b", "c"]
REPORT = {
    "a": {"precision": 0.8, "recall": 0.8, "f1-score": 0.8, "support": 5.0},
    "b": {"precision": 0.75, "recall": 0.6, "f1-score": 0.67, "support": 5.0},
    "accuracy": 0.75,
    "macro avg": {"precision": 0.78, "recall": 0.7, "f1-score": 0.73, "support": 10.0},
}
TEXT = """              precision    recall  f1-score   support

           a       0.80      0.80      0.80         5
           b       0.75      0.60      0.67         5

    accuracy                           0.75        10
   macro avg       0.78      0.70      0.73        10
"""


def read(path: str, content: object) -> Scores:
    return scores_in_file(path, (content if isinstance(content, str) else json.dumps(content)).encode())


def columns_first(true: str, predicted: str) -> dict[str, dict[str, int]]:
    """What pandas' `to_dict` makes of a matrix: columns, which are predicted classes, first."""
    return {f"{predicted}{b}": {f"{true}{a}": LISTS[i][j] for i, a in enumerate(NAMES)} for j, b in enumerate(NAMES)}


LINES = "\n".join(f"true_{name},{','.join(map(str, row))}" for name, row in zip(NAMES, LISTS, strict=True))


@pytest.mark.parametrize(
    ("path", "content", "labels"),
    [
        ("confusion_matrix.json", LISTS, "012"),
        ("eval/val_confusion_matrix.json", {"confusion_matrix": LISTS}, "012"),
        ("confusion_matrix.json", {"matrix": LISTS, "labels": NAMES}, "abc"),
        ("confusion.json", {"confusion_matrix": LISTS, "class_names": NAMES}, "abc"),
        ("metrics.json", {"test": {"acc": 0.7, "confusion_matrix": LISTS, "labels": NAMES}}, "abc"),
        ("cm.json", {"columns": NAMES, "index": NAMES, "data": LISTS}, "abc"),
        ("cm.json", {a: dict(zip(NAMES, row, strict=True)) for a, row in zip(NAMES, LISTS, strict=True)}, "abc"),
        ("confusion_matrix.json", columns_first("true_", "pred_"), "abc"),
        ("confusion_matrix.json", columns_first("Actual_", "Predicted_"), "abc"),
        ("confusion_matrix.csv", f",pred_a,pred_b,pred_c\n{LINES}\n", "abc"),
        ("confusion_matrix.csv", ",a,b,c\na,4,1,0\nb,0,3,2\nc,1,0,5\n", "abc"),
        ("confusion_matrix.csv", "0,1,2\n4,1,0\n0,3,2\n1,0,5\n", "012"),
        ("my-confusion.tsv", "\ta\tb\tc\na\t4\t1\t0\nb\t0\t3\t2\nc\t1\t0\t5\n", "abc"),
    ],
)
def test_a_matrix_is_read(path: str, content: object, labels: str) -> None:
    (matrix,) = read(path, content).matrices
    assert (matrix.counts, "".join(matrix.labels)) == (COUNTS, labels)


@pytest.mark.parametrize("names", ["tn fp fn tp", "true_negatives false_positives false_negatives true_positives"])
def test_four_counts_are_a_matrix(names: str) -> None:
    (matrix,) = read("confusion_matrix.json", dict(zip(names.split(), (5, 1, 2, 3), strict=True))).matrices
    assert matrix.counts == ((5, 1), (2, 3))


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("classification_report.json", REPORT),
        ("anything.json", {"model": {"report": REPORT}}),
        ("classification_report.txt", TEXT),
        ("report.csv", ",precision,recall,f1-score,support\na,.8,.8,.8,5\nb,.75,.6,.67,5\naccuracy,.75,.75,.75,.75\n"
         "macro avg,.78,.7,.73,10\n"),
        ("classification_report.csv", ",a,b,accuracy,macro avg\nprecision,.8,.75,.75,.78\nrecall,.8,.6,.75,.7\n"
         "f1-score,.8,.67,.75,.73\nsupport,5,5,.75,10\n"),
    ],
)  # fmt: skip
def test_a_report_is_read(path: str, content: object) -> None:
    (table,) = read(path, content).tables
    assert table.columns == ("precision", "recall", "f1-score", "support") and table.accuracy == 0.75
    assert table.rows == (("a", (0.8, 0.8, 0.8, 5)), ("b", (0.75, 0.6, 0.67, 5)))
    assert table.averages == (("macro avg", (0.78, 0.7, 0.73, 10)),)


def test_the_metrics_by_class_of_mlflow_evaluate_are_read() -> None:
    head = "positive_class,true_negatives,false_positives,false_negatives,true_positives,example_count,accuracy_score"
    lines = [f"{at},9,1,2,8,20,0.85,0.8,0.89,0.84,0.9,0.91" for at in range(3)]
    found = read(
        "per_class_metrics.csv",
        "\n".join([f"{head},recall_score,precision_score,f1_score,roc_auc,precision_recall_auc", *lines]),
    )
    (table,) = found.tables
    assert table.columns == ("precision", "recall", "f1-score", "accuracy", "AUC", "PR AUC")
    assert table.rows[2] == ("2", (0.89, 0.8, 0.84, 0.85, 0.9, 0.91))


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("weights.json", LISTS),
        ("confusion_matrix.json", [[1, 2], [3]]),
        ("confusion_matrix.json", [[1, -2], [3, 4]]),
        ("confusion_matrix.json", [[0, 0], [0, 0]]),
        ("confusion_matrix.json", [[1, "x"], [3, 4]]),
        ("confusion_matrix.json", [[1, float("nan")], [3, 4]]),
        ("confusion_matrix.json", [[1, True], [3, 4]]),
        ("confusion_matrix.json", [[1] * (MAX_CLASSES + 1)] * (MAX_CLASSES + 1)),
        ("confusion_matrix.json", {"tp": 1, "fp": 2}),
        ("confusion_matrix.json", "[[1, 2], [3"),
        ("confusion_matrix.csv", "Metric,Count\nTrue Positives (TP),5\nFalse Positives (FP),3\n"),
        ("confusion_matrix.csv", ""),
        ("per_class.csv", "a,b\n1,2\n3,4\n"),
        ("report.json", {"a": {"precision": 0.5}, "accuracy": 0.5}),
        ("report.json", {"a": {"precision": "0.5"}, "b": {"precision": None}}),
        ("report.txt", "precision and recall\n\nare words\n" + " " * 100_000 + "\n"),
        ("classification_report.txt", "The report was not made."),
        ("report.json", " " * MAX_BYTES + json.dumps(REPORT)),
    ],
)  # fmt: skip
def test_other_files_hold_none(path: str, content: object) -> None:
    assert not read(path, content)


# What is shown -------------------------------------------------------------------------------------------------------


def test_a_matrix_shows_counts_shares_of_rows_and_rates() -> None:
    (block,) = score_blocks(read("cm.json", {"tn": 90, "fp": 10, "fn": 0, "tp": 0}))
    assert block.kind == "matrix"
    assert [[(c.count, c.share, c.heat) for c in row.cells] for row in block.rows] == [
        [("90", "90%", 7), ("10", "10%", 1)],
        [("0", "", 0), ("0", "", 0)],
    ]
    assert [row.total for row in block.rows] == ["100", "0"]
    assert dict(block.rates) == {
        "Precision": "0", "Recall": "not defined", "F1": "0", "Specificity": "0.9", "Prevalence": "0", "Accuracy": "0.9",
    }  # fmt: skip


def test_shares_in_place_of_counts_have_neither_totals_nor_rates() -> None:
    (block,) = score_blocks(read("confusion_matrix.json", [[0.9, 0.1], [0.25, 0.75]]))
    assert block.kind == "matrix" and block.rates == () and block.rows[0].total == ""
    assert [(c.count, c.share) for c in block.rows[0].cells] == [("0.90", ""), ("0.10", "")]


def test_scores_are_written_by_column_with_all_digits_as_titles() -> None:
    report = {"a": {"precision": 1 / 3, "recall": 0.5, "support": 7}, "b": {"precision": 0.5, "recall": 1.0}}
    (block,) = score_blocks(read("report.json", {**report, "accuracy": 0.4}))
    assert block.kind == "scores" and (block.title, block.head, block.accuracy) == ("Scores by class", "Class", "0.4")
    assert block.rows[0].cells == ("0.3333", "0.5", "7") and block.rows[0].titles == (repr(1 / 3), "", "")
    assert block.rows[1].cells == ("0.5000", "1.0", "")


def test_labels_are_one_short_line() -> None:
    (block,) = score_blocks(read("cm.json", {"matrix": [[1, 0], [0, 1]], "labels": ["x" * 500, "a\nb"]}))
    assert len(block.labels[0]) == 80 and block.labels[1] == "a␊b"  # type: ignore[union-attr]
