"""The store of a course on MLflow, written by a real one: every way in which its lessons log.

    python -m tests.autologgers.lessons OUT

Writes the store `OUT/lessons-files` and `OUT/lessons.zip`, which is that folder packed without pickles and images (the
tests read it). Needs scikit-learn, matplotlib, XGBoost, LightGBM and statsmodels.
"""

from __future__ import annotations

import getpass
import os
import sys
import zipfile
from pathlib import Path
from typing import Any

os.environ.setdefault("MLFLOW_ALLOW_FILE_STORE", "true")
import lightgbm
import mlflow
import statsmodels.api as sm
import xgboost
from mlflow.models import infer_signature
from sklearn.datasets import load_breast_cancer, load_iris
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, classification_report, confusion_matrix, f1_score
from sklearn.model_selection import KFold, ParameterGrid, train_test_split

REQUIREMENTS = ["scikit-learn==1.9.1", "pandas"]
AMBIENT = {"mlflow.user": b"ada", "mlflow.source.name": b"lessons.py"}
ROOT = Path(__file__).resolve().parents[2]
USER = f"user_id: {getpass.getuser()}\n".encode()
NOT_PACKED = (".pkl", ".cloudpickle", ".skops", ".ubj", ".lgb", ".statsmodels", ".png", ".xgb")


def tracking() -> None:
    """Params, metrics and tags one by one and in batch, a folder of artifacts, a note, and a run resumed by its id."""
    mlflow.set_experiment("1 Tracking")
    with mlflow.start_run(run_name="first run", description="**What** was done: see `notes/plan.md`.") as run:
        mlflow.log_param("learning_rate", 0.01)
        mlflow.log_params({"epochs": 20, "optimizer": "adam"})
        mlflow.log_metric("val_accuracy", 0.91)
        mlflow.log_metrics({"val_precision": 0.9, "val_recall": 0.88})
        mlflow.set_tag("team", "vision")
        mlflow.set_tags({"stage": "baseline", "data_version": "2026-10"})
        for step in range(20):
            mlflow.log_metric("val_loss", 1 / (step + 1), step=step)
            mlflow.log_metric("throughput", 100 + step % 3)
        mlflow.log_metric("best_val_loss", 0.05)
        folder = Path(sys.argv[1]) / "notes"
        (folder / "more").mkdir(parents=True, exist_ok=True)
        (folder / "plan.md").write_text("# Plan\n\n- train\n- evaluate\n", "utf-8")
        (folder / "more" / "sizes.csv").write_text("split,rows\ntrain,120\ntest,30\n", "utf-8")
        mlflow.log_artifacts(str(folder), "notes")
    with mlflow.start_run(run_id=run.info.run_id):
        for step in range(20, 30):
            mlflow.log_metric("val_loss", 1 / (step + 1), step=step)
        mlflow.log_param("resumed", True)


def grid_search() -> None:
    """A parent with a nested run for each point of a grid."""
    mlflow.set_experiment("2 Grid search")
    x, test_x, y, test_y = train_test_split(*load_iris(return_X_y=True), random_state=0)
    with mlflow.start_run(run_name="grid"):
        best = 0.0
        for at, params in enumerate(ParameterGrid({"C": [0.01, 1.0], "max_iter": [5, 200]})):
            with mlflow.start_run(run_name=f"point {at}", nested=True):
                mlflow.log_params(params)
                found = accuracy_score(test_y, LogisticRegression(**params).fit(x, y).predict(test_x))
                mlflow.log_metric("test_accuracy", found)
                best = max(best, found)
        mlflow.log_metric("best_test_accuracy", best)


def cross_validation() -> None:
    """Five folds as nested runs, with mean and deviation on the parent."""
    mlflow.set_experiment("3 Cross-validation")
    x, y = load_iris(return_X_y=True)
    for depth in (1, 3):
        with mlflow.start_run(run_name=f"forest, depth {depth}"):
            mlflow.log_param("max_depth", depth)
            scores = []
            for fold, (train, test) in enumerate(KFold(5, shuffle=True, random_state=0).split(x)):
                with mlflow.start_run(run_name=f"fold {fold}", nested=True):
                    mlflow.log_params({"fold": fold, "max_depth": depth})
                    model = RandomForestClassifier(5, max_depth=depth, random_state=0).fit(x[train], y[train])
                    scores.append(accuracy_score(y[test], model.predict(x[test])))
                    mlflow.log_metric("accuracy", scores[-1])
            mean = sum(scores) / 5
            mlflow.log_metric("avg_accuracy", mean)
            mlflow.log_metric("std_accuracy", (sum((one - mean) ** 2 for one in scores) / 5) ** 0.5)


def custom_metrics() -> None:
    """The counts of a confusion matrix, and a classification report logged flat and as a file."""
    mlflow.set_experiment("4 Custom metrics")
    x, test_x, y, test_y = train_test_split(*load_breast_cancer(return_X_y=True), random_state=0)
    for depth in (1, 4):
        with mlflow.start_run(run_name=f"depth {depth}"):
            found = RandomForestClassifier(10, max_depth=depth, random_state=0).fit(x, y).predict(test_x)
            mlflow.log_param("max_depth", depth)
            negative, false_positive, false_negative, positive = confusion_matrix(test_y, found).ravel()
            mlflow.log_metrics({"true_positives": positive, "true_negatives": negative,
                                "false_positives": false_positive, "false_negatives": false_negative})  # fmt: skip
            report: Any = classification_report(test_y, found, target_names=["malignant", "benign"], output_dict=True)
            for label, metrics in report.items():
                if isinstance(metrics, dict):
                    for metric, value in metrics.items():
                        mlflow.log_metric(f"{label}_{metric}", value)
                else:
                    mlflow.log_metric(label, metrics)
            mlflow.log_dict(report, "classification_report.json")


def autologgers() -> None:
    """Four autologgers in one experiment."""
    mlflow.set_experiment("5 Autologging")
    x, test_x, y, test_y = train_test_split(*load_breast_cancer(return_X_y=True), random_state=0)
    mlflow.sklearn.autolog(log_models=False)
    with mlflow.start_run(run_name="scikit-learn"):
        RandomForestClassifier(10, random_state=0).fit(x, y)
    mlflow.sklearn.autolog(disable=True)
    mlflow.xgboost.autolog(log_models=False)
    with mlflow.start_run(run_name="XGBoost"):
        data = xgboost.DMatrix(x, y), xgboost.DMatrix(test_x, test_y)
        xgboost.train(
            {"objective": "binary:logistic", "eval_metric": "auc"}, data[0], 20, evals=[(data[1], "eval")],
            early_stopping_rounds=5, verbose_eval=0,
        )  # fmt: skip
    mlflow.xgboost.autolog(disable=True)
    mlflow.lightgbm.autolog(log_models=False)
    with mlflow.start_run(run_name="LightGBM"):
        train = lightgbm.Dataset(x, y)
        settings = {"objective": "binary", "metric": "auc", "verbosity": -1}
        lightgbm.train(settings, train, 20, valid_sets=[train.create_valid(test_x, test_y)], valid_names=["eval"])
    mlflow.lightgbm.autolog(disable=True)
    mlflow.statsmodels.autolog(log_models=False)
    with mlflow.start_run(run_name="statsmodels"):
        sm.OLS(y, sm.add_constant(x[:, :3])).fit()
    mlflow.statsmodels.autolog(disable=True)


def registry() -> None:
    """A model with signature and input example: three versions, moved between stages, one with an alias."""
    mlflow.set_experiment("6 Registry")
    client = mlflow.MlflowClient()
    iris = load_iris(as_frame=True)
    x, test_x, y, test_y = train_test_split(iris.data, iris.target, random_state=0)
    runs = []
    for c in (0.01, 0.1, 1.0):
        with mlflow.start_run(run_name=f"C = {c}") as run:
            model = LogisticRegression(C=c, max_iter=500).fit(x, y)
            mlflow.log_param("C", c)
            mlflow.log_metric("test_f1", f1_score(test_y, model.predict(test_x), average="macro"))
            mlflow.sklearn.log_model(
                model, name="model", signature=infer_signature(x, model.predict(x)), input_example=x.head(3),
                pip_requirements=REQUIREMENTS, serialization_format="cloudpickle", registered_model_name="iris",
            )  # fmt: skip
            runs.append(run.info.run_id)
    for version, stage in (("1", "Archived"), ("2", "Staging"), ("3", "Production")):
        client.transition_model_version_stage("iris", version, stage)
    client.set_registered_model_alias("iris", "champion", "3")
    client.update_model_version("iris", "3", description="Chosen by F1.")
    uris = [f"runs:/{runs[-1]}/model", "models:/iris/3", "models:/iris/Production", "models:/iris@champion"]
    with mlflow.start_run(run_name="loaded and served"):
        for at, uri in enumerate(uris):
            loaded = mlflow.pyfunc.load_model(uri)
            mlflow.log_metric("test_accuracy", accuracy_score(test_y, loaded.predict(test_x)), step=at)
            mlflow.log_param(f"loaded_{at}", uri)


def pack(folder: Path, target: Path) -> None:
    """A zip of `folder` with fixed times, without what is large and never shown, and without this machine's names."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and path.suffix not in NOT_PACKED and path.name != "mlflow.source.git.branch":
                info = zipfile.ZipInfo(path.relative_to(folder).as_posix(), (2026, 1, 1, 0, 0, 0))
                info.compress_type = zipfile.ZIP_DEFLATED
                content = path.read_bytes().replace(str(folder).encode(), b"/course/mlruns")
                content = content.replace(os.fsencode(ROOT), b"/course").replace(USER, b"user_id: ada\n")
                archive.writestr(info, AMBIENT.get(path.name, content))


def main(out: Path) -> None:
    """Write and pack the store."""
    out.mkdir(parents=True, exist_ok=True)
    folder = (out / "lessons-files").absolute()
    mlflow.set_tracking_uri(folder.as_uri())
    for lesson in (tracking, grid_search, cross_validation, custom_metrics, autologgers, registry):
        print(lesson.__name__, flush=True)
        lesson()
    pack(folder, out / "lessons.zip")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
