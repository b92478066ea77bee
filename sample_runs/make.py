"""Write the sample run stores: small, but real, because MLflow itself writes them.

    pip install 'mlflow>=3.6' scikit-learn matplotlib pillow
    python sample_runs/make.py --layout mlflow3 OUT

makes `OUT/mlruns`, a file store as MLflow 3 lays it out. The layouts `mlflow2` and `mlflow1` need an environment with
that MLflow (2.22, 1.30): MLflow's major version decides how a store looks, this script only says what is logged.

Read it as a tour of what sitegen shows. Every function below is one experiment of an imaginary two-person project:

    wine_forest          models, plots, a classification report, a registered model      (real scikit-learn)
    digits_grid_search   a parent run and its twelve children                            (real scikit-learn)
    churn_folds          five-fold cross-validation, mean and spread on the parent       (real scikit-learn)
    cifar_cnn            hundred-epoch curves: a best run, an overfitted and a diverged  (simulated)
    char_lm              curves of three thousand points                                 (simulated)
    iris_autolog         what mlflow.sklearn.autolog() records by itself                 (real scikit-learn)
    scratch              the odd ones: no steps, tables, pages, failures, deletions
    diabetes_ridge       a tidy old project from the days of MLflow 1                    (real scikit-learn)

All values but measured times are the same each time. Run ids are not: MLflow draws them at random.
"""

from __future__ import annotations

import argparse
import io
import logging
import os
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

os.environ |= {"MLFLOW_ALLOW_FILE_STORE": "true", "MLFLOW_DISABLE_TELEMETRY": "true", "LOGNAME": "ada"}

import mlflow
import numpy as np
import pandas as pd
import pictures
from mlflow import MlflowClient
from numpy.typing import NDArray
from recording import MINUTE, MLFLOW, Recorder, at, experiment, script
from sklearn import datasets
from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import classification_report, confusion_matrix, mean_absolute_error, r2_score, roc_auc_score
from sklearn.model_selection import GridSearchCV, ParameterGrid, StratifiedKFold, cross_val_score, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

DAY = 24 * 60 * MINUTE


# ---------------------------------------------------------------------------------------------- forests, with models

FORESTS: list[dict[str, Any]] = [
    {"n_estimators": 1, "max_depth": 1},
    {"n_estimators": 3, "max_depth": 1},
    {"n_estimators": 3, "max_depth": 2},
    {"n_estimators": 5, "max_depth": 2},
    {"n_estimators": 8, "max_depth": 3},
    {"n_estimators": 12, "max_depth": 4},
    {"n_estimators": 12, "max_depth": 4, "min_samples_leaf": 15},
]


def wine_forest() -> None:
    """A random forest, grown until it is good; the three best become versions of a registered model."""
    note = (
        "# Which vineyard?\n\nTell the **cultivar** of a wine from thirteen chemical measurements "
        "([UCI wine](https://archive.ics.uci.edu/dataset/109/wine)).\n\n"
        "* Split 60/40, stratified, seed 7\n* Watch `accuracy` and `f1-score_macro avg`\n\n"
        "| version | what changed |\n|---|---|\n"
        "| 1 | three shallow trees |\n| 2 | eight deeper trees |\n| 3 | twelve trees |\n"
    )
    home = experiment("wine-quality-forest", note, team="cellar", project="tasting-notes")
    runs = [
        forest_run(home, "wine", options, at("2026-09-14 09:20") + i * DAY + i * 37 * MINUTE)
        for i, options in enumerate(FORESTS)
    ]
    runs[5].note("Best so far. Twelve trees are enough; **larger leaves lose** the rare cultivar.")
    register("wine-cultivar", "Names the **cultivar** of a wine.", [runs[2], runs[4], runs[5]])
    crashed = Recorder(home, "forest-500-trees", at("2026-09-22 16:05"), minutes=0.4, user="grace")
    crashed.params(n_estimators=500, max_depth=None)
    crashed.client.log_text(crashed.id, "MemoryError: Unable to allocate 3.1 GiB\n", "traceback.txt")
    crashed.finish("FAILED")


def forest_run(home: str, data_name: str, options: dict[str, Any], start: int, user: str = "ada") -> Recorder:
    """Train one forest and log all that the usual lesson logs."""
    data = getattr(datasets, f"load_{data_name}")(as_frame=True)
    x, x_test, y, y_test = train_test_split(data.data, data.target, test_size=0.4, stratify=data.target, random_state=7)
    forest = RandomForestClassifier(random_state=7, **options).fit(x, y)
    leaf = f"-leaf{options['min_samples_leaf']}" if "min_samples_leaf" in options else ""
    run = Recorder(
        home, f"forest-{options['n_estimators']}x{options['max_depth']}{leaf}", start, minutes=1.5, user=user
    )
    run.params(**forest.get_params(), test_size=0.4)
    run.dataset(x.assign(target=y), f"{data_name}-train", f"data/{data_name}.csv", "training", targets="target")
    run.model(forest, x)
    predicted = forest.predict(x_test)
    run.metrics(flat_report(y_test, predicted, [str(name) for name in data.target_names]))
    matrix = confusion_matrix(y_test, predicted)
    run.client.log_figure(
        run.id, pictures.confusion_matrix(matrix, data.target_names), "plots/evaluation/confusion_matrix.png"
    )
    importance = pictures.bars(list(x.columns), list(forest.feature_importances_), "Feature importance")
    run.client.log_figure(run.id, importance, "plots/feature_importance.png")
    run.client.log_text(run.id, classification_report(y_test, predicted, zero_division=0), "report.txt")
    run.finish()
    return run


def flat_report(truth: Any, predicted: Any, names: Sequence[str]) -> dict[str, float]:
    """scikit-learn's classification report as metrics: `precision_macro avg`, `recall_class_0`, `accuracy`, ..."""
    report = classification_report(truth, predicted, target_names=names, output_dict=True, zero_division=0)
    flat = {"accuracy": report.pop("accuracy")}
    for label, scores in report.items():
        flat |= {f"{key}_{label}": value for key, value in scores.items()}
    return flat


def register(name: str, description: str, runs: Sequence[Recorder]) -> None:
    """Three versions of one registered model: archived, staging and in production under an alias."""
    client = MlflowClient()
    client.create_registered_model(name, tags={"owner": "ada"}, description=description)
    for run, stage in zip(runs, ["Archived", "Staging", "Production"], strict=True):
        accuracy = client.get_run(run.id).data.metrics["accuracy"]
        version = mlflow.register_model(model_uri(run), name).version
        client.update_model_version(name, version, f"Accuracy {accuracy:.3f} on the held-out part.")
        client.transition_model_version_stage(name, version, stage)  # on their way out, but most stores have them
        client.set_model_version_tag(name, version, "validated", "yes" if stage == "Production" else "no")
    client.set_registered_model_alias(name, "champion", "3")
    client.set_registered_model_alias(name, "challenger", "2")


def model_uri(run: Recorder) -> str:
    """Where a run's model is: in the run itself until MLflow 2, beside the runs from MLflow 3 on."""
    if MLFLOW >= 3:
        return f"models:/{run.client.get_run(run.id).outputs.model_outputs[0].model_id}"
    return f"runs:/{run.id}/model"


# ------------------------------------------------------------------------------------------------------- nested runs

GRID = {"C": [0.1, 1.0, 10.0], "gamma": [0.0001, 0.0005, 0.002, 0.01]}


def digits_grid_search() -> None:
    """A support vector machine on handwritten digits: one parent, a child for each of the twelve settings."""
    note = "## Grid search\n\nRBF kernel, three folds, 600 digits.\n\n> The ridge of good settings runs *diagonally*."
    home = experiment("digits-grid-search", note, project="digits")
    start = at("2026-10-01 10:00")
    digits = datasets.load_digits()
    x, y = digits.data[:600], digits.target[:600]
    parent = Recorder(home, "svm-grid", start, minutes=28, user="grace", source="tune.py")
    parent.params(cv=3, estimator="SVC(kernel='rbf')", param_grid=GRID, n_samples=len(y))
    rows = [digits_child(home, parent, i, options, x, y) for i, options in enumerate(ParameterGrid(GRID))]
    results = pd.DataFrame(rows)
    results["rank_test_score"] = results["mean_test_score"].rank(ascending=False, method="min").astype(int)
    best = results.nlargest(1, "mean_test_score").iloc[0]
    parent.params(best_C=best["C"], best_gamma=best["gamma"])
    parent.metrics({"best_cv_score": best["mean_test_score"]})
    parent.client.log_text(parent.id, results.to_csv(index=False), "cv_results.csv")
    parent.client.log_dict(parent.id, {"C": best["C"], "gamma": best["gamma"]}, "best_params.json")
    table = results.pivot(index="C", columns="gamma", values="mean_test_score")
    parent.client.log_figure(parent.id, pictures.heat_map(table, "Mean accuracy"), "plots/grid.png")
    parent.finish()


def digits_child(home: str, parent: Recorder, i: int, options: dict[str, float], x: Any, y: Any) -> dict[str, float]:
    """One setting of the grid, with a point for each fold."""
    name = f"C={options['C']:g} gamma={options['gamma']:g}"
    run = Recorder(
        home, name, parent.start + (2 * i + 1) * MINUTE, minutes=1.6, user="grace", source="tune.py", parent=parent
    )
    scores = cross_val_score(SVC(**options), x, y, cv=3)
    run.params(kernel="rbf", **options)
    run.curve("fold_score", scores)
    summary = {"mean_test_score": scores.mean(), "std_test_score": scores.std()}
    run.metrics(summary)
    run.finish()
    return {**options, **summary}


def churn_folds() -> None:
    """Three classifiers, five folds each; the parent has the mean and the spread over its folds."""
    note = (
        "Who leaves next month? 1,200 customers, one in five left.\n\nCompare `avg_roc_auc`, and mind `std_roc_auc`: "
        "a lead smaller than the spread is **not** a lead."
    )
    primary = {"name": "avg_roc_auc", "greaterIsBetter": "True"}
    home = experiment(
        "churn-cross-validation", note, **{f"mlflow.experiment.primaryMetric.{k}": v for k, v in primary.items()}
    )
    customers = churn_customers()
    models: list[tuple[str, Any, dict[str, Any]]] = [
        ("logistic", make_pipeline(StandardScaler(), LogisticRegression(C=0.5)), {"C": 0.5, "penalty": "l2"}),
        ("forest", RandomForestClassifier(60, max_depth=6, random_state=3), {"n_estimators": 60, "max_depth": 6}),
        ("boosting", GradientBoostingClassifier(random_state=3), {"n_estimators": 100, "learning_rate": 0.1}),
    ]
    for i, (name, model, options) in enumerate(models):
        churn_parent(home, name, model, options, customers, at("2026-10-12 13:30") + i * 2 * DAY)


def churn_customers() -> pd.DataFrame:
    """Made-up customers whose leaving depends on a few of their columns, and not in a straight line."""
    x, y = datasets.make_classification(
        1200, 6, n_informative=4, n_clusters_per_class=3, weights=[0.8], flip_y=0.04, random_state=11
    )
    columns = ["tenure", "monthly_charges", "support_calls", "discount", "data_usage", "age"]
    return pd.DataFrame(x.round(3), columns=columns).assign(churned=y)


def churn_parent(home: str, name: str, model: Any, options: dict[str, Any], data: pd.DataFrame, start: int) -> None:
    """Cross-validate one model: a child run for each fold."""
    parent = Recorder(home, f"{name}-5fold", start, minutes=12, source="crossval.py")
    parent.params(model=name, n_splits=5, **options)
    parent.dataset(data, "churn-2026-09", "data/churn.csv", "training", targets="churned")
    x, y = data.drop(columns="churned"), data["churned"]
    scores = []
    for fold, (rows, held_out) in enumerate(StratifiedKFold(5, shuffle=True, random_state=5).split(x, y)):
        model.fit(x.iloc[rows], y.iloc[rows])
        chance = model.predict_proba(x.iloc[held_out])[:, 1]
        score = {
            "roc_auc": roc_auc_score(y.iloc[held_out], chance),
            "accuracy": ((chance > 0.5) == y.iloc[held_out]).mean(),
        }
        child = Recorder(
            home, f"{name}-fold-{fold}", start + 2 * fold * MINUTE, minutes=1.8, source="crossval.py", parent=parent
        )
        child.params(fold=fold, model=name)
        child.metrics(score)
        child.finish()
        scores.append(score)
    table = pd.DataFrame(scores)
    parent.metrics({f"avg_{key}": table[key].mean() for key in table})
    parent.metrics({f"std_{key}": table[key].std() for key in table})
    parent.client.log_text(parent.id, table.to_csv(index_label="fold"), "folds.csv")
    parent.finish()


# ------------------------------------------------------------------------------------------------- simulated training


@dataclass(frozen=True)
class Cnn:
    """One training of the network: what was chosen, and how it went."""

    name: str
    lr: float
    batch_size: int
    dropout: float
    status: str = "FINISHED"
    epochs: int = 100


CNNS = [
    Cnn("cnn-baseline", lr=0.001, batch_size=64, dropout=0.25),
    Cnn("cnn-lr-low", lr=0.0001, batch_size=64, dropout=0.25),
    Cnn("cnn-lr-high", lr=0.01, batch_size=64, dropout=0.25),
    Cnn("cnn-no-dropout", lr=0.001, batch_size=64, dropout=0.0),  # overfits
    Cnn("cnn-big-batch", lr=0.001, batch_size=256, dropout=0.25),
    Cnn("cnn-more-dropout", lr=0.002, batch_size=64, dropout=0.5),  # the best
    Cnn("cnn-lr-too-high", lr=0.3, batch_size=64, dropout=0.25, status="FAILED", epochs=14),  # ends in NaN
    Cnn("cnn-small-batch", lr=0.002, batch_size=16, dropout=0.5, status="KILLED", epochs=41),
    Cnn("cnn-long", lr=0.0015, batch_size=64, dropout=0.5, status="RUNNING", epochs=63),
]


def cifar_cnn(plans: Sequence[Cnn] = CNNS) -> None:
    """A small network for small pictures: the curves that most people think of when they think of MLflow."""
    note = (
        "# CIFAR-10, small network\n\nThree convolutions, two dense layers, Adam.\n\n"
        "1. find a learning rate\n2. then dropout\n3. then the batch size\n\n```python\nmodel = Net(dropout=0.5)\n```\n"
    )
    primary = {"name": "best_val_loss", "greaterIsBetter": "False"}
    home = experiment("cifar-cnn", note, **{f"mlflow.experiment.primaryMetric.{k}": v for k, v in primary.items()})
    for i, plan in enumerate(plans):
        cnn_run(home, plan, at("2026-10-19 08:45") + i * (DAY + 95 * MINUTE), seed=i)


def cifar_cnn_first_week() -> None:
    """Only the search for a learning rate."""
    cifar_cnn(CNNS[:3])


def cnn_run(home: str, plan: Cnn, start: int, seed: int) -> None:
    """Log one training as a training loop would."""
    curves = cnn_curves(plan, np.random.default_rng(seed))
    run = Recorder(
        home, plan.name, start, minutes=0.8 * plan.epochs, user="grace" if seed % 3 else "ada", tags={"gpu": "T4"}
    )
    run.params(lr=plan.lr, batch_size=plan.batch_size, dropout=plan.dropout, epochs=100, optimizer="Adam", seed=seed)
    for key, values in curves.items():
        run.curve(key, values)
    if not np.isnan(curves["val_loss"]).any():
        best = int(np.argmin(curves["val_loss"]))
        run.metrics({"best_val_loss": curves["val_loss"][best], "best_epoch": best}, step=best)
    if plan.name in ("cnn-baseline", "cnn-more-dropout"):
        cnn_pictures(run, curves)
    if plan.status != "RUNNING":
        run.finish(plan.status)


def cnn_curves(plan: Cnn, rng: np.random.Generator) -> dict[str, NDArray[Any]]:
    """Loss and accuracy by epoch: dropout holds off overfitting, a learning rate off the mark costs speed or all."""
    epoch = np.arange(plan.epochs)
    off = abs(np.log10(plan.lr / 0.0018))
    speed = 0.075 * np.exp(-0.9 * off) * (64 / plan.batch_size) ** 0.25
    floor = 0.18 + 0.5 * plan.dropout + 0.25 * off
    train = floor + (2.303 - floor) * np.exp(-speed * epoch)
    gap = 0.12 + (0.011 - 0.021 * plan.dropout) * np.maximum(0, epoch - 12) * speed / 0.075
    val = train + np.maximum(gap, 0.06) * (1 - np.exp(-0.2 * epoch)) + 0.22 * (0.5 - plan.dropout)
    train, val = train + rng.normal(0, 0.012, len(epoch)), val + rng.normal(0, 0.024, len(epoch))
    if plan.lr > 0.1:
        train = val = np.where(epoch < 9, 2.303 + 0.004 * np.exp(epoch), np.nan)
    accuracy = np.where(np.isnan(val), 0.1, np.clip(1.02 - 0.4 * val + rng.normal(0, 0.006, len(epoch)), 0.1, 1))
    return {"train_loss": train.round(4), "val_loss": val.round(4), "val_accuracy": accuracy.round(4)}


def cnn_pictures(run: Recorder, curves: dict[str, NDArray[Any]]) -> None:
    """Pictures that change over the epochs, a table of predictions, and a plot."""
    shown = {key: curves[key] for key in ("train_loss", "val_loss")}
    run.client.log_figure(run.id, pictures.lines(shown, "Loss"), "plots/loss.png")
    guesses = {
        "picture": ["0001.png", "0002.png", "0003.png", "0004.png"],
        "label": ["cat", "ship", "ship", "frog"],
        "prediction": ["dog", "ship", "truck", "frog"],
        "confidence": [0.41, 0.97, 0.52, None],
    }
    if MLFLOW >= 2:
        run.client.log_table(run.id, guesses, "predictions/hardest.json")
        for epoch in (0, 25, 50, 75, 99):
            moment = run.start + int(0.8 * epoch * MINUTE)
            run.client.log_image(
                run.id, pictures.filters(epoch / 99), key="conv1/filters", step=epoch, timestamp=moment
            )
    if MLFLOW >= 3:
        test = mlflow.data.from_numpy(np.zeros((4, 8, 8)), source="data/cifar-10-test", name="cifar-10-test")
        with run.active():  # a metric of a dataset: five fields in the metric's file
            mlflow.log_metric(
                "test_accuracy", float(curves["val_accuracy"].max()) - 0.011, 100, timestamp=run.end, dataset=test
            )


def char_lm() -> None:
    """Pretraining a small language model: thousands of noisy points, learning rate and gradient norm beside them."""
    note = "Character-level model, 10M parameters. Look at `loss` **smoothed**; `grad_norm` tells of the spikes."
    home = experiment("char-lm-pretraining", note, project="char-lm", hardware="1x A10")
    char_lm_run(home, "warmup-200", at("2026-11-02 20:10"), peak=0.003, warmup=200, steps=3000)
    char_lm_run(home, "no-warmup", at("2026-11-04 19:40"), peak=0.003, warmup=1, steps=3000)
    char_lm_run(home, "lr-doubled", at("2026-11-06 21:00"), peak=0.006, warmup=200, steps=900, status="KILLED")


def char_lm_run(
    home: str, name: str, start: int, peak: float, warmup: int, steps: int, status: str = "FINISHED"
) -> None:
    """One pretraining: a power law with noise, and a lasting setback for every spike of the gradient."""
    rng = np.random.default_rng(warmup + steps)
    step = np.arange(steps)
    rate = peak * np.minimum((step + 1) / warmup, 0.55 + 0.45 * np.cos(np.pi * step / 3000))
    spikes = (rng.random(steps) < (0.0004 if warmup > 1 else 0.003)) * rng.uniform(2, 9, steps)
    setback = np.convolve(spikes, 0.06 * np.exp(-np.arange(400) / 90))[:steps]
    loss = 1.18 + 3.3 * (1 + step / 14) ** -0.42 + 30 * abs(peak - 0.003) + setback + rng.normal(0, 0.035, steps)
    norm = 0.7 + 2.4 * np.exp(-step / 160) + spikes + rng.gamma(2, 0.08, steps)
    run = Recorder(home, name, start, minutes=steps / 11, source="pretrain.py", tags={"phase": "pretraining"})
    run.params(peak_lr=peak, warmup_steps=warmup, max_steps=3000, batch_tokens=65536, context=256, layers=6, heads=6)
    run.curve("loss", loss.round(3))
    run.curve("lr", rate[::10].round(6), step[::10])
    run.curve("grad_norm", norm.round(2))
    evaluated = step[249::250]
    run.curve("val_loss", [round(loss[s - 60 : s].mean() + 0.04, 4) for s in evaluated], evaluated)
    for s in evaluated[::4]:
        run.client.log_text(run.id, f"ROMEO: after {s} steps the loss is {loss[s]:.2f}, my lord.\n", f"samples/{s}.txt")
    run.finish(status)


# ------------------------------------------------------------------------------------------ autologging, odds and ends


def iris_autolog() -> None:
    """Nothing is logged by hand: autologging records the params, scores, plots and model of a fit."""
    home = experiment("iris-autolog", "Everything in here was recorded by `mlflow.sklearn.autolog()`.")
    iris = datasets.load_iris(as_frame=True)
    autologged(home, "autolog-forest", RandomForestClassifier(4, max_depth=3, random_state=1), iris)


def iris_autolog_search() -> None:
    """The same with a grid search: autologging makes a child run for each setting, and names it as it likes."""
    home = experiment("iris-autolog", "Everything in here was recorded by `mlflow.sklearn.autolog()`.")
    iris = datasets.load_iris(as_frame=True)
    search = GridSearchCV(LogisticRegression(max_iter=300), {"C": [0.01, 0.1, 1.0, 10.0]}, cv=3)
    finish_children(autologged(home, "autolog-search", search, iris))


def autologged(home: str, name: str, estimator: Any, data: Any) -> Recorder:
    """A run that holds what autologging makes of fitting `estimator`."""
    mlflow.sklearn.autolog(log_input_examples=False, silent=True)
    run = Recorder(home, name, at("2026-09-25 11:15"), user="grace", source="autolog.py")
    with script("autolog.py", "grace"), run.active():
        estimator.fit(data.data, data.target)
    run.finish()
    mlflow.sklearn.autolog(disable=True)
    return run


def finish_children(parent: Recorder) -> None:
    """Autologging ends the child runs of a grid search at the present moment; move that to the parent's end."""
    home = parent.client.get_run(parent.id).info.experiment_id
    for child in parent.client.search_runs([home], f"tags.mlflow.parentRunId = '{parent.id}'"):
        parent.client.set_terminated(child.info.run_id, "FINISHED", end_time=parent.end)


def scratch() -> None:
    """What collects at the edge of a project: first tries, reports, failures, and things thrown away."""
    home = experiment("scratch", "Anything goes. *Nothing here is a result.*")
    no_steps(home)
    report(home)
    failures(home)
    deleted(home)


def no_steps(home: str) -> None:
    """The first thing everybody logs: four values of one metric, without a step."""
    run = Recorder(home, "hello-mlflow", at("2026-09-08 14:02"), minutes=1, source="notebooks/hello.ipynb")
    for i, loss in enumerate([0.9, 0.62, 0.47, 0.41]):
        run.client.log_metric(run.id, "loss", loss, timestamp=run.start + i * 9000)
    run.params(greeting="hello", nothing=None, layers=[64, 32], options={"amp": True, "clip": 1e-05}, version="007")
    run.finish()


def report(home: str) -> None:
    """Files of all the kinds that people log, in folders."""
    run = Recorder(home, "monthly-report", at("2026-11-10 17:30"), minutes=3, user="grace", source="report.py")
    sales = pd.DataFrame({"month": ["Aug", "Sep", "Oct"], "bottles": [1210, 1388, 1502], "returns": [31, 44, 29]})
    texts = {
        "report/index.html": f"<!doctype html><title>Sales</title><h1>Sales</h1>\n{sales.to_html(index=False)}\n",
        "report/summary.md": "# Summary\n\nSales rose **8 %** in October.\n\n- returns fell\n- wine led\n",
        "report/data/sales.csv": sales.to_csv(index=False),
        "report/data/sales.tsv": sales.to_csv(index=False, sep="\t"),
        "logs/run.log": "17:30:01 INFO reading sales\n17:30:04 WARNING 3 rows without a date\n17:33:00 INFO done\n",
        "code/report.py": "import pandas as pd\n\nprint(pd.read_csv('sales.csv').describe())\n",
    }
    for path, text in texts.items():
        run.client.log_text(run.id, text, path)
    run.client.log_dict(run.id, {"colours": {"red": 0.61, "white": 0.39}, "months": 3}, "report/data/shares.json")
    run.client.log_dict(run.id, {"title": "Sales", "rows": [1, 2, 3]}, "config/report.yaml")
    figure = pictures.bars(list(sales["month"]), list(sales["bottles"]), "Bottles sold")
    run.client.log_figure(run.id, figure, "report/figures/bottles.svg")
    run.client.log_figure(run.id, figure, "report/figures/bottles.png")
    run.metrics({"bottles": 1502, "return_rate": 29 / 1502})
    run.finish()


def failures(home: str) -> None:
    """A run that failed, one that was killed, and one whose machine went away while it ran."""
    for i, status in enumerate(["FAILED", "KILLED", "RUNNING"]):
        run = Recorder(home, f"try-{i + 1}", at("2026-09-09 10:00") + i * 50 * MINUTE, minutes=4, user="grace")
        run.params(lr=0.1 / (i + 1), retry=i)
        run.curve("loss", [2.3 * 0.8**step for step in range(3 * i + 1)])
        if status == "FAILED":
            run.client.log_text(run.id, "ValueError: could not convert string to float: 'n/a'\n", "traceback.txt")
        if status != "RUNNING":
            run.finish(status)


def deleted(home: str) -> None:
    """A run in the bin, and a whole experiment in the bin."""
    run = Recorder(home, "wrong-labels", at("2026-09-10 15:20"), minutes=6)
    run.params(labels="v0")
    run.metrics({"accuracy": 0.997})
    run.note("Labels leaked into the features: **do not use**.")
    run.finish()
    run.delete()
    binned = experiment("old-baseline", "Superseded by wine-quality-forest.")
    run = Recorder(binned, "constant-guess", at("2026-09-07 09:00"), minutes=1)
    run.metrics({"accuracy": 0.398})
    run.finish()
    MlflowClient().delete_experiment(binned)


def iris_forest() -> None:
    """The forests again, on irises: for the store of MLflow 2, where a model is among its run's artifacts."""
    home = experiment("iris-forest", "Petals tell the species; **three trees** nearly suffice.", project="herbarium")
    runs = [forest_run(home, "iris", o, at("2026-09-16 10:10") + i * DAY, "grace") for i, o in enumerate(FORESTS[2:5])]
    register("iris-species", "Names the **species** of an iris.", runs)


def diabetes_ridge() -> None:
    """Ridge regression with more and more shrinkage, as an old project would log it."""
    home = experiment("diabetes-ridge", "Disease progression after one year. Minimise `rmse`.", project="clinic")
    data = datasets.load_diabetes(as_frame=True)
    x, x_test, y, y_test = train_test_split(data.data, data.target, random_state=0)
    for i, alpha in enumerate([0.001, 0.01, 0.1, 1.0, 10.0]):
        model = Ridge(alpha=alpha).fit(x, y)
        predicted = model.predict(x_test)
        run = Recorder(home, f"ridge-{alpha:g}", at("2026-09-03 12:00") + i * 20 * MINUTE, minutes=1)
        run.params(**model.get_params())
        mse = float(np.mean((predicted - y_test) ** 2))
        run.metrics(
            {"rmse": mse**0.5, "mae": mean_absolute_error(y_test, predicted), "r2": r2_score(y_test, predicted)}
        )
        weights = io.StringIO()
        pd.Series(model.coef_, x.columns, name="weight").to_csv(weights, index_label="feature")
        run.client.log_text(run.id, weights.getvalue(), "weights.csv")
        if alpha == 0.1:
            run.model(model, x)
        run.finish()


# --------------------------------------------------------------------------------------------------------------- main

LAYOUTS: dict[str, list[Callable[[], None]]] = {
    "mlflow1": [diabetes_ridge, scratch],
    "mlflow2": [iris_forest, iris_autolog, cifar_cnn_first_week, scratch],
    "mlflow3": [wine_forest, digits_grid_search, churn_folds, cifar_cnn, char_lm, iris_autolog_search, scratch],
}


def main() -> None:
    """Parse, check the MLflow at hand, and write the store."""
    parser = argparse.ArgumentParser(description="Write a sample run store.")
    parser.add_argument("--layout", choices=LAYOUTS, required=True)
    parser.add_argument("out", type=Path, help="folder that gets an mlruns folder")
    options = parser.parse_args()
    store = options.out.resolve() / "mlruns"
    if store.exists():
        parser.error(f"{store} is there already; remove it first")
    if options.layout != f"mlflow{MLFLOW}":
        parser.error(f"{options.layout} needs MLflow {options.layout[-1]}, this is MLflow {mlflow.__version__}")
    warnings.simplefilter("ignore")  # advice of MLflow and scikit-learn that does not concern a sample
    logging.getLogger("mlflow").setLevel(logging.ERROR)
    mlflow.set_tracking_uri(store.as_uri())
    for record in LAYOUTS[options.layout]:
        print(record.__name__, flush=True)
        record()


if __name__ == "__main__":
    main()
