"""The files that MLflow's autologging and `mlflow.evaluate` write, recognised by their names.

Checked against what the autologgers of scikit-learn, LightGBM and XGBoost and `mlflow.models.evaluate` of MLflow 3.17
wrote. MLflow's documentation says that Keras runs get a model summary and TensorBoard logs, but not their names: those,
and the names that checkpoints have, are read from the source of MLflow 3.17 (`mlflow/keras/callback.py`,
`mlflow/tensorflow/__init__.py`, `mlflow/utils/checkpoint_utils.py`), and `events.out.tfevents.*` is what TensorBoard itself writes.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from sitegen.viewers.kinds import is_event_log


class Known(NamedTuple):
    """A file with a known meaning: `title` describes it, `order` sorts the most interesting first."""

    title: str
    order: int


_PARTS = {
    "training": "training data", "val": "validation data", "validation": "validation data", "test": "test data", "eval": "evaluation data",
}  # fmt: skip
_CURVES = {
    "confusion_matrix": "Confusion matrix", "roc_curve": "ROC curve", "roc_curve_plot": "ROC curve", "precision_recall_curve": "Precision-recall curve",
    "precision_recall_curve_plot": "Precision-recall curve", "calibration_curve_plot": "Calibration curve", "lift_curve_plot": "Lift curve",
    "lift_curve": "Lift curve", "shap_beeswarm_plot": "SHAP values", "shap_summary_plot": "SHAP summary", "shap_feature_importance_plot": "SHAP feature importance",
    "per_class_metrics": "Metrics by class", "residuals_plot": "Residuals",
}  # fmt: skip
_CURVE = re.compile(
    r"(?:(?P<part>[a-z0-9]+)_)?(?P<what>"
    + "|".join(sorted(_CURVES, key=len, reverse=True))
    + r")\.(?:png|svg|csv|json)"
)
_IMPORTANCE = re.compile(r"feature_importance(?:_(?P<kind>[a-z_]+?))?\.(?P<ext>png|json|svg)")
_EXACT = {
    "estimator.html": Known("Estimator", 1),
    "metric_info.json": Known("Calls of metrics", 50),
    "cv_results.csv": Known("Cross-validation results", 10),
    "best_parameters.json": Known("Best parameters", 11),
    "model_summary.txt": Known("Model summary", 2),
    "eval_results_table.json": Known("Evaluation results", 12),
    "checkpoint_metrics.json": Known("Metrics of a checkpoint", 55),
    "summary_bar_plot.png": Known("SHAP summary", 5),
    "latest_checkpoint_metrics.json": Known("Metrics of the latest checkpoint", 55),
}


def known(path: str) -> Known | None:
    """What the artifact at `path` is, if autologging or evaluation wrote it; None for all others."""
    name = path.rpartition("/")[2]
    if name in _EXACT:
        return _EXACT[name]
    if curve := _CURVE.fullmatch(name):
        part = curve["part"] or ""
        on = f", {_PARTS.get(part, part)}" if part else ""
        return Known(_CURVES[curve["what"]] + on, 5)
    if importance := _IMPORTANCE.fullmatch(name):
        kind = (importance["kind"] or "").replace("_", " ")
        return Known(f"Feature importance{f' by {kind}' if kind else ''}", 6)
    return Known("TensorBoard log", 70) if is_event_log(path) else None
