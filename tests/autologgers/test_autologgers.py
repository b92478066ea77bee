"""What the objectives of runs are that real autologgers wrote, by the run tables that make.py recorded."""

from __future__ import annotations

import functools
import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from sitegen.analysis.objective import choose_objective
from sitegen.analysis.runs_table import RunRow
from sitegen.viewers.known import known
from tests.analysis.builders import row, table

HERE = Path(__file__).parent
ROOT = HERE.parent.parent

EXPECTED = {
    "tables": {
        "sklearn_classifier": ("RandomForestClassifier_score_test_x", "max", "guessed"),
        "sklearn_regressor": ("training_score", "max", "guessed"),
        "sklearn_clusters": None,
        "sklearn_grid_search": ("mean_test_score", "max", "recorded"),
        "sklearn_random_search_of_errors": ("mean_test_neg_mean_absolute_error", "max", "recorded"),
        "xgboost_early_stopping": ("eval-logloss", "min", "recorded"),
        "xgboost_sklearn": ("validation_1-rmse", "min", "recorded"),
        "lightgbm_early_stopping": ("held out-auc", "max", "recorded"),
        "lightgbm_sklearn": ("valid_0-l1", "min", "recorded"),
        "catboost_with_own_logging": ("best_validation_AUC", "max", "recorded"),
        "statsmodels_ols": ("aic", "min", "guessed"),
        "statsmodels_logit": ("aic", "min", "guessed"),
        "statsmodels_arima": ("aic", "min", "guessed"),
        "optuna_value": ("value", "min", "recorded"),
        "optuna_accuracy_minimised": ("accuracy", "min", "recorded"),
        "optuna_nested_by_hand": ("mse", "min", "recorded"),
        "optuna_storage_of_mlflow": ("value", "min", "recorded"),
        "shap_explanation": None,
        "system_metrics": ("loss", "min", "guessed"),
        "tensorboard_logs": None,
    },
    "torch": {
        "lightning_autolog": ("val_loss", "min", "recorded"),
        "lightning_logger": ("val_acc", "max", "guessed"),
        "transformers_trainer": ("eval_accuracy", "max", "recorded"),
    },
    "keras": {
        "tensorflow_autolog": ("val_accuracy", "max", "recorded"),
        "keras_callback": ("val_accuracy", "max", "guessed"),
    },
}
"""By group and framework: the metric, its direction, and whether the runs recorded it. The record of Lightning's logger
is a file, which tables do not hold (tests/stores/test_checkpoints.py)."""

CASES = [(group, name) for group, names in EXPECTED.items() for name in names]


@functools.cache
def recorded(group: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(gzip.decompress((HERE / f"{group}.json.gz").read_bytes()))
    return found


def rows_of(runs: list[dict[str, Any]]) -> list[RunRow]:
    return [
        row(
            f"run {at}",
            {key: tuple(value for _, value in points) for key, points in run["metrics"].items()},
            parent_id=None if run["parent"] is None else f"run {run['parent']}",
            params=run["params"],
            tags=run["tags"],
            status=run["status"],
        )
        for at, run in enumerate(runs)
    ]


@pytest.mark.parametrize("store", ["files", "sqlite"])
@pytest.mark.parametrize(("group", "name"), CASES, ids=[name for _, name in CASES])
def test_the_objective_of_runs_of_an_autologger(group: str, name: str, store: str) -> None:
    found = choose_objective(table(rows_of(recorded(group)[store][name])))
    assert (found and (found.metric, found.direction, found.source)) == EXPECTED[group][name]


@pytest.mark.parametrize("group", EXPECTED)
def test_all_that_was_recorded_is_expected(group: str) -> None:
    assert recorded(group)["files"].keys() == recorded(group)["sqlite"].keys() == EXPECTED[group].keys()


@pytest.mark.parametrize("name", ["xgboost_early_stopping", "lightgbm_early_stopping"])
def test_the_last_value_after_early_stopping_is_that_of_the_best_iteration(name: str) -> None:
    for run in recorded("tables")["sqlite"][name]:
        (best,) = {value for _, value in run["metrics"]["best_iteration"]}
        points = run["metrics"][EXPECTED["tables"][name][0]]  # type: ignore[index]
        assert points[-1][0] > best
        at_best = [value for step, value in points[:-1] if step == best]
        assert at_best in ([], [points[-1][1]])


def test_the_docs_name_all_that_was_recorded() -> None:
    page = (ROOT / "docs" / "autologging.md").read_text(encoding="utf-8")
    files = {
        path.rpartition("/")[2]
        for group, name in CASES
        for run in recorded(group)["files"][name]
        for path in run["artifacts"]
    }
    plain = {file for file in files if not any(mark in file for mark in ("tfevents", ".ckpt"))}
    assert {file for file in plain if f"`{file}`" not in page} == set()
    metrics = {key for group, name in CASES for run in recorded(group)["files"][name] for key in run["metrics"]}
    own = {key for key in metrics if key in page}
    assert "tfevents" in page and len(own) > len(metrics) // 2


def test_files_of_autologgers_are_named() -> None:
    assert known("model_explanations_shap/summary_bar_plot.png") is not None
    assert known("catboost_info/events.out.tfevents") is not None
    assert known("tensorboard/events.out.tfevents.1796077637.host.8.0.v2") is not None
