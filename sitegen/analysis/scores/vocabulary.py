"""The scores of a classification report, as metrics name them."""

from __future__ import annotations

import re

_SCORES = {
    "precision": "precision|precision_score|prec|ppv",
    "recall": "recall|recall_score|rec|tpr",
    "sensitivity": "sensitivity",
    "specificity": "specificity|tnr",
    "f1-score": "f1|f1_score|f1score|f_score|fscore|f1_measure|f_measure",
    "f2-score": "f2|f2_score",
    "accuracy": "accuracy|acc|accuracy_score",
    "balanced accuracy": "balanced_accuracy|balanced_accuracy_score",
    "AUC": "auc|roc_auc|auroc|roc_auc_score|rocauc",
    "PR AUC": "pr_auc|auprc|precision_recall_auc|prauc",
    "average precision": "average_precision|average_precision_score|ap",
    "log loss": "log_loss",
    "IoU": "iou|jaccard|jaccard_score",
    "Dice": "dice|dice_score|dsc",
    "mAP50": "map50|map_50",
    "MCC": "mcc|matthews_corrcoef",
    "support": "support|n_samples",
}
"""Each column of a report, and what it is called."""

_BY_NAME = {name: column for column, names in _SCORES.items() for name in names.split("|")}
_TERM = "|".join(re.sub("_", "[_ -]?", name) for name in sorted(_BY_NAME, key=len, reverse=True))
FRONT = re.compile(rf"(?P<score>{_TERM})(?:[_/. :|-]+(?P<label>.+)|$)", re.IGNORECASE)
"""A name that begins with a score: `precision_setosa`."""
END = re.compile(rf"(?:(?P<label>.+?)[_/. :|-]+)?(?P<score>{_TERM})", re.IGNORECASE)
"""A name that ends with a score: `setosa_f1-score`."""
COLUMNS = tuple(_SCORES)
MAIN = (
    "precision",
    "recall",
    "f1-score",
    "sensitivity",
    "specificity",
    "f2-score",
    "IoU",
    "Dice",
    "AUC",
    "accuracy",
    "mAP50",
)
"""The scores of which a report has at least one."""

_AVERAGES = {
    "micro avg": "micro|micro_avg|micro_average|micro_averaged|avg_micro",
    "macro avg": "macro|macro_avg|macro_average|macro_averaged|avg_macro|mean_macro",
    "weighted avg": "weighted|weighted_avg|weighted_average|weighted_averaged|avg_weighted",
    "samples avg": "samples|samples_avg|samples_average",
    "average": "avg|average|mean",
    "overall": "overall|all|total|global",
}
_AVERAGE_OF = {name: average for average, names in _AVERAGES.items() for name in names.split("|")}
AVERAGES = tuple(_AVERAGES)
ACCURACY = "accuracy"


def column_of(name: str) -> str:
    """The column of a score's name (`F1 Score`: `f1-score`); '' if it is not one."""
    word = _word(name)
    return _BY_NAME.get(word) or _BY_NAME.get(word.replace("_", ""), "")


def average_of(label: str) -> str:
    """The average that a label names (`Macro_Avg`: `macro avg`); '' if it is one of a class."""
    return _AVERAGE_OF.get(_word(label), "")


def _word(text: str) -> str:
    return "_".join(re.split(r"[_ /.-]+", text.strip().lower()))
