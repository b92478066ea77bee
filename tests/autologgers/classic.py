"""Small trainings of the frameworks for tables of numbers, written by their autologgers: see make.py."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import catboost
import lightgbm
import mlflow
import numpy as np
import optuna
import statsmodels.api as sm
import xgboost
from mlflow.optuna.storage import MlflowStorage
from optuna_integration import MLflowCallback
from sklearn.cluster import KMeans
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge
from sklearn.model_selection import GridSearchCV, RandomizedSearchCV, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from tensorboardX import SummaryWriter


def split(load: Callable[..., Any]) -> Any:
    return train_test_split(*load(return_X_y=True), random_state=0)


def sklearn_classifier() -> None:
    mlflow.sklearn.autolog()
    train_x, test_x, train_y, test_y = split(load_breast_cancer)
    for depth in (1, 4):
        with mlflow.start_run():
            model = RandomForestClassifier(n_estimators=10, max_depth=depth, random_state=0).fit(train_x, train_y)
            model.score(test_x, test_y)


def sklearn_regressor() -> None:
    mlflow.sklearn.autolog()
    train_x, _, train_y, _ = split(load_diabetes)
    for model in (LinearRegression(), Ridge(alpha=10.0)):
        model.fit(train_x, train_y)


def sklearn_clusters() -> None:
    mlflow.sklearn.autolog()
    for clusters in (2, 3):
        KMeans(clusters, random_state=0).fit(load_iris().data)


def sklearn_grid_search() -> None:
    mlflow.sklearn.autolog(max_tuning_runs=None)
    train_x, _, train_y, _ = split(load_iris)
    pipeline = make_pipeline(StandardScaler(), LogisticRegression(max_iter=500))
    GridSearchCV(pipeline, {"logisticregression__C": [0.01, 1.0]}, cv=3).fit(train_x, train_y)


def sklearn_random_search_of_errors() -> None:
    mlflow.sklearn.autolog(max_tuning_runs=None)
    train_x, _, train_y, _ = split(load_diabetes)
    scoring = ["neg_mean_absolute_error", "r2"]
    search = RandomizedSearchCV(
        Ridge(), {"alpha": [0.1, 1.0, 10.0]}, n_iter=3, cv=3, scoring=scoring, refit=scoring[0], random_state=0
    )
    search.fit(train_x, train_y)


def xgboost_early_stopping() -> None:
    mlflow.xgboost.autolog()
    train_x, test_x, train_y, test_y = split(load_breast_cancer)
    data, held_out = xgboost.DMatrix(train_x, train_y), xgboost.DMatrix(test_x, test_y)
    for depth in (2, 4):
        settings = {"objective": "binary:logistic", "max_depth": depth, "eval_metric": ["auc", "logloss"]}
        with mlflow.start_run():
            xgboost.train(
                settings, data, 60, evals=[(data, "train"), (held_out, "eval")], early_stopping_rounds=5, verbose_eval=0
            )


def xgboost_sklearn() -> None:
    mlflow.xgboost.autolog()
    train_x, test_x, train_y, test_y = split(load_diabetes)
    for depth in (2, 4):
        with mlflow.start_run():
            model = xgboost.XGBRegressor(n_estimators=30, max_depth=depth, early_stopping_rounds=5, eval_metric="rmse")
            model.fit(train_x, train_y, eval_set=[(train_x, train_y), (test_x, test_y)], verbose=False)


def lightgbm_early_stopping() -> None:
    mlflow.lightgbm.autolog()
    train_x, test_x, train_y, test_y = split(load_breast_cancer)
    for leaves in (4, 15):
        data = lightgbm.Dataset(train_x, train_y)
        settings = {"objective": "binary", "metric": ["auc", "binary_logloss"], "num_leaves": leaves, "verbosity": -1}
        with mlflow.start_run():
            lightgbm.train(
                settings,
                data,
                60,
                valid_sets=[data, data.create_valid(test_x, test_y)],
                valid_names=["train", "held out"],
                callbacks=[lightgbm.early_stopping(5, verbose=False)],
            )


def lightgbm_sklearn() -> None:
    mlflow.lightgbm.autolog()
    train_x, test_x, train_y, test_y = split(load_diabetes)
    for leaves in (4, 15):
        with mlflow.start_run():
            model = lightgbm.LGBMRegressor(n_estimators=30, num_leaves=leaves, verbosity=-1)
            model.fit(train_x, train_y, eval_set=[(test_x, test_y)], eval_metric="l1",
                      callbacks=[lightgbm.early_stopping(5, verbose=False)])  # fmt: skip


def catboost_with_own_logging() -> None:
    """MLflow has no autologger for CatBoost: this is what its documentation and projects do."""
    train_x, test_x, train_y, test_y = split(load_breast_cancer)
    for depth in (2, 4):
        with mlflow.start_run(), tempfile.TemporaryDirectory() as folder:
            model = catboost.CatBoostClassifier(
                iterations=30, depth=depth, eval_metric="AUC", verbose=False, train_dir=folder, early_stopping_rounds=5
            )
            model.fit(train_x, train_y, eval_set=(test_x, test_y))
            mlflow.log_params(model.get_params())
            for data, metrics in model.get_evals_result().items():
                for key, values in metrics.items():
                    for step, value in enumerate(values):
                        mlflow.log_metric(f"{data}_{key}", value, step=step)
            for data, scores in model.get_best_score().items():
                mlflow.log_metrics({f"best_{data}_{key}": value for key, value in scores.items()})
            mlflow.log_metric("best_iteration", model.get_best_iteration())
            mlflow.catboost.log_model(model, name="model")
            for log in sorted(Path(folder).rglob("events.out.tfevents*")):
                mlflow.log_artifact(str(log), "catboost_info")


def statsmodels_ols() -> None:
    mlflow.statsmodels.autolog()
    x, y = load_diabetes(return_X_y=True)
    for columns in (2, 5, 10):
        with mlflow.start_run():
            sm.OLS(y, sm.add_constant(x[:, :columns])).fit()


def statsmodels_logit() -> None:
    mlflow.statsmodels.autolog()
    x, y = load_breast_cancer(return_X_y=True)
    for columns in (1, 3):
        with mlflow.start_run():
            sm.Logit(y, sm.add_constant(StandardScaler().fit_transform(x)[:, :columns])).fit(disp=0)


def statsmodels_arima() -> None:
    mlflow.statsmodels.autolog()
    series = np.cumsum(np.random.default_rng(0).normal(size=80))
    for order in ((1, 0, 0), (1, 1, 0)):
        with mlflow.start_run():
            sm.tsa.ARIMA(series, order=order).fit()


def study(direction: str, metric: str, **options: Any) -> None:
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    callback = MLflowCallback(tracking_uri=mlflow.get_tracking_uri(), metric_name=metric, create_experiment=False)
    made = optuna.create_study(direction=direction, sampler=optuna.samplers.RandomSampler(0), **options)
    made.optimize(lambda trial: (trial.suggest_float("x", -2, 2) - 1) ** 2, n_trials=4, callbacks=[callback])


def optuna_value() -> None:
    study("minimize", "value")


def optuna_accuracy_minimised() -> None:
    """A metric whose name says the contrary of the study."""
    study("minimize", "accuracy")


def optuna_nested_by_hand() -> None:
    """A parent run for the study and nested trials, as MLflow's documentation on hyperparameter tuning has it."""
    optuna.logging.set_verbosity(optuna.logging.ERROR)

    def objective(trial: Any) -> float:
        with mlflow.start_run(nested=True, run_name=f"trial_{trial.number}"):
            x = trial.suggest_float("x", -2, 2)
            mlflow.log_params(trial.params)
            mlflow.log_metric("mse", (x - 1) ** 2)
            return float((x - 1) ** 2)

    with mlflow.start_run(run_name="study"):
        made = optuna.create_study(direction="minimize", sampler=optuna.samplers.RandomSampler(0))
        made.optimize(objective, n_trials=4)
        mlflow.log_params({f"best_{key}": value for key, value in made.best_params.items()})
        mlflow.log_metric("best_mse", made.best_value)
        mlflow.set_tag("optuna.direction", "minimize")


def optuna_storage_of_mlflow() -> None:
    """A study kept in MLflow itself: its direction is a tag of the parent of all trials."""
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    experiment = mlflow.get_experiment_by_name("optuna_storage_of_mlflow")
    assert experiment is not None
    storage = MlflowStorage(experiment.experiment_id, batch_flush_interval=0.1)
    made = optuna.create_study(
        storage=storage, study_name="a study", direction="minimize", sampler=optuna.samplers.RandomSampler(0)
    )
    made.optimize(lambda trial: (trial.suggest_float("x", -2, 2) - 1) ** 2, n_trials=3)
    storage.flush_all_batches()


def shap_explanation() -> None:
    train_x, test_x, train_y, _ = split(load_diabetes)
    model = RandomForestClassifier(n_estimators=3, random_state=0).fit(train_x, train_y > 150)
    with mlflow.start_run():
        mlflow.shap.log_explanation(lambda rows: model.predict_proba(rows)[:, 1], test_x[:10])


def system_metrics() -> None:
    from mlflow.system_metrics.system_metrics_monitor import SystemMetricsMonitor

    with mlflow.start_run() as run:
        monitor = SystemMetricsMonitor(run.info.run_id, sampling_interval=0.2, samples_before_logging=1)
        monitor.start()
        mlflow.log_metric("loss", 0.5)
        monitor._shutdown_event.wait(1.5)
        monitor.finish()


def tensorboard_logs() -> None:
    with mlflow.start_run(), tempfile.TemporaryDirectory() as folder:
        with SummaryWriter(folder) as writer:
            for step in range(50):
                writer.add_scalar("loss/train", 1 / (step + 1), step)
                writer.add_scalar("accuracy", step / 50, step)
        mlflow.log_artifacts(folder, "tensorboard")


FRAMEWORKS: dict[str, Callable[[], None]] = {
    one.__name__: one
    for one in (
        sklearn_classifier, sklearn_regressor, sklearn_clusters, sklearn_grid_search, sklearn_random_search_of_errors,
        xgboost_early_stopping, xgboost_sklearn, lightgbm_early_stopping, lightgbm_sklearn, catboost_with_own_logging,
        statsmodels_ols, statsmodels_logit, statsmodels_arima, optuna_value, optuna_accuracy_minimised,
        optuna_nested_by_hand, optuna_storage_of_mlflow, shap_explanation, system_metrics, tensorboard_logs,
    )
}  # fmt: skip
