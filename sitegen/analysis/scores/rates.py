"""The rates of a confusion matrix: precision, recall, specificity and others, by scikit-learn's formulas.

With true positives TP, false positives FP, true negatives TN and false negatives FN: precision is TP / (TP + FP),
recall TP / (TP + FN), F1 2 TP / (2 TP + FP + FN), specificity TN / (TN + FP), prevalence (TP + FN) / all, accuracy
(TP + TN) / all (scikit-learn's user guide, "Classification metrics"). A rate without a denominator is None, where
scikit-learn warns and returns 0.
"""

from __future__ import annotations

from collections.abc import Sequence

from sitegen.analysis.scores.values import Matrix


def shares(row: Sequence[float]) -> list[float | None]:
    """What part of the true class each cell of its row is, 0 to 1; None where the row is empty."""
    total = sum(row)
    return [value / total if total else None for value in row]


def rates(matrix: Matrix) -> list[tuple[str, float | None]]:
    """The rates of a matrix of two classes, whose second is the positive one; of others the accuracy alone."""
    counts = matrix.counts
    total = sum(map(sum, counts))
    accuracy = _ratio(sum(row[at] for at, row in enumerate(counts)), total)
    if len(counts) != 2:
        return [("Accuracy", accuracy)]
    (tn, fp), (fn, tp) = counts
    return [
        ("Precision", _ratio(tp, tp + fp)),
        ("Recall", _ratio(tp, tp + fn)),
        ("F1", _ratio(2 * tp, 2 * tp + fp + fn)),
        ("Specificity", _ratio(tn, tn + fp)),
        ("Prevalence", _ratio(tp + fn, total)),
        ("Accuracy", accuracy),
    ]


def _ratio(part: float, whole: float) -> float | None:
    return part / whole if whole else None
