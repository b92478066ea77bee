"""The store of a course on MLflow (lessons.py), each item of its lessons on its page."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import pytest

from sitegen.build import build
from sitegen.config import Config
from tests import html

STORE = Path(__file__).parent / "lessons.zip"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("lessons")
    with zipfile.ZipFile(STORE) as archive:
        archive.extractall(folder / "mlruns")
    build(Config(store=str(folder / "mlruns"), output=folder / "site", jobs=1, profile="internal"))
    return folder / "site"


def page(site: Path, folder: str, title: str) -> html.Element:
    """The one page in a folder of the site whose title begins with `title`."""
    found = [one for one in (site / folder).glob("*.html") if f"<title>{title}" in one.read_text("utf-8")]
    assert len(found) == 1, (title, found)
    return html.read(found[0])


def metrics(run: html.Element) -> dict[str, dict[str, str]]:
    """The lines of the table of metrics by key; those of single points have no more than the last value."""
    table = next(iter(html.section(run, "metrics").iter("table")))
    names = [html.text(cell) for cell in table.iter("th")]
    lines = [[html.text(cell) for cell in row.iter("td")] for row in table.find("tbody").iter("tr")]
    return {line[0]: dict(zip(names, line, strict=False)) for line in lines}


def pairs(run: html.Element, heading: str) -> dict[str, str]:
    return dict(tuple(row.values()) for row in html.cells(html.section(run, heading)))


def test_params_and_metrics_one_by_one_and_in_batch_of_a_run_that_was_resumed(site: Path) -> None:
    run = page(site, "runs", "first run")
    assert pairs(run, "params") == {"epochs": "20", "learning_rate": "0.01", "optimizer": "adam", "resumed": "True"}
    found = metrics(run)
    assert {key: found[key]["Last"] for key in ("val_accuracy", "val_precision", "val_recall", "best_val_loss")} == {
        "val_accuracy": "0.91", "val_precision": "0.9", "val_recall": "0.88", "best_val_loss": "0.05",
    }  # fmt: skip
    assert (found["val_loss"]["Points"], found["val_loss"]["Last"]) == ("30", "0.03333")
    assert found["throughput"]["Points"] == "20"
    words = html.text(run)
    assert "20 points, all points are at step 0: drawn over time" in words
    assert pairs(run, "tags").items() >= {"data_version": "2026-10", "stage": "baseline", "team": "vision"}.items()
    assert "What was done: see notes/plan.md." in words
    assert "plan.md" in words and "sizes.csv" in words


def test_a_nested_grid_search_is_listed_in_its_parent(site: Path) -> None:
    run = page(site, "runs", "grid")
    children = html.cells(html.section(run, "children"))
    assert sorted(row["Run"] for row in children) == ["point 0", "point 1", "point 2", "point 3"]
    assert {row["C"] for row in children} == {"0.01", "1.0"}
    assert metrics(run)["best_test_accuracy"]["Last"] == max(row["test_accuracy"] for row in children)


def test_folds_are_ranked_by_their_mean_under_their_parents(site: Path) -> None:
    words = html.text(page(site, "experiments", "3 Cross-validation"))
    assert "forest, depth 3 (mean of 5 folds) · accuracy 0.9333" in words and "highest accuracy" in words
    assert "10 nested runs under 2 parents" in words
    run = page(site, "runs", "forest, depth 3")
    assert {key: row["Last"] for key, row in metrics(run).items()} == {
        "avg_accuracy": "0.9333", "std_accuracy": "0.05963",
    }  # fmt: skip


def test_custom_metrics_are_judged_by_the_accuracy(site: Path) -> None:
    words = html.text(page(site, "experiments", "4 Custom metrics"))
    assert "depth 4 · accuracy 0.9580" in words and "highest accuracy" in words


def test_the_values_of_a_report_and_of_counts_are_on_the_page(site: Path) -> None:
    words = html.text(page(site, "runs", "depth 4"))
    for value in ("86", "51", "0.9773", "0.9273", "0.9554"):  # counts, precision of classes, mean f1
        assert re.search(rf"(?<![\d.]){re.escape(value)}(?!\d)", words), value
    assert "classification_report.json" in words


@pytest.mark.parametrize(
    ("name", "metric", "files"),
    [
        ("scikit-learn", "training_roc_auc", ["estimator.html"]),
        ("XGBoost", "best_iteration", ["feature_importance_weight.json"]),
        ("LightGBM", "eval-auc", ["feature_importance_gain.json", "feature_importance_split.json"]),
        ("statsmodels", "aic", ["model_summary.txt"]),
    ],
)
def test_what_an_autologger_wrote_is_on_the_page(site: Path, name: str, metric: str, files: list[str]) -> None:
    run = page(site, "runs", name)
    assert metric in metrics(run)
    assert all(file in html.text(run) for file in files)


def test_versions_have_stages_an_alias_a_signature_and_an_example(site: Path) -> None:
    model = page(site, "models", "iris")
    words = html.text(model)
    assert "champion" in words and "Chosen by F1." in words
    assert [words.count(stage) > 0 for stage in ("Production", "Staging", "Archived")] == [True] * 3
    assert all(uri in words for uri in ("models:/iris/3", "models:/iris@champion", "models:/iris/Production"))
    assert "sepal length (cm)" in words and "5.9" in words


def test_a_series_that_never_changes_still_has_its_points(site: Path) -> None:
    run = page(site, "runs", "loaded and served")
    assert metrics(run)["test_accuracy"]["Points"] == "4"
    assert set(pairs(run, "params").values()) >= {"models:/iris/3", "models:/iris@champion", "models:/iris/Production"}
