"""Named views: read from `sitegen.toml`, their finished tables, and what is said when one cannot be read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sitegen.analysis.best import rank
from sitegen.analysis.objective import choose_objective
from sitegen.analysis.report import Report
from sitegen.analysis.summary import summarise_experiment
from sitegen.build import build
from sitegen.config import Config, ViewConfig, load_config
from sitegen.errors import UsageError
from sitegen.pages.views import ViewPage, read_views, view_page
from tests.analysis.builders import row, table

SAMPLE = Path(__file__).resolve().parents[2] / "sample_runs" / "mlflow3" / "mlruns"


def report() -> Report:
    made = table(
        [
            row("a", {"loss": (3.0, 1.0, 2.0)}, params={"lr": "0.1", "model": "vit"}),
            row("b", {"loss": 0.5}, params={"lr": "1e-3", "model": "mlp"}),
            row("c", {"loss": float("nan")}, params={"lr": "10", "model": "vit"}),
            row("d", {}, params={"model": "vit"}),
        ]
    )
    objective = choose_objective(made, None)
    return Report(made, summarise_experiment(made), rank(made, objective) if objective else None)


def page(**fields: object) -> ViewPage:
    (view,) = read_views([ViewConfig("My view", "demo", **fields)])  # type: ignore[arg-type]
    return view_page(view, [report()])


def names(made: ViewPage) -> list[str]:
    return [line.name for line in made.rows]


def test_runs_that_match_in_the_order_asked_for() -> None:
    made = page(filter="params.model = 'vit'", sort=("params.lr DESC",), columns=("params.lr", "metrics.loss.min"))
    assert names(made) == ["c", "a", "d"]
    assert [c.key for c in made.columns] == ["run:name", "param:lr", "metric:loss:min"]
    assert [cell.text for cell in made.rows[1].cells] == ["0.1", "1.0"]
    assert made.description == "3 of 4 runs"
    assert made.state == "q=params.model%20%3D%20%27vit%27&sort=-param:lr"


def test_missing_and_nan_are_last_both_ways() -> None:
    assert names(page(sort=("metrics.loss",)))[:2] == ["b", "a"]
    assert names(page(sort=("metrics.loss DESC",)))[:2] == ["a", "b"]


def test_groups_say_mean_and_standard_deviation() -> None:
    made = page(group="params.model", columns=("metrics.loss", "params.lr"))
    assert [(line.name, line.count) for line in made.rows] == [("model = mlp", "1"), ("model = vit", "3")]
    assert [cell.text for cell in made.rows[1].cells] == ["2.0", "3 values"]
    assert made.description == "4 runs in 2 groups by model"


def test_two_names_of_one_slug_have_a_page_each() -> None:
    views = read_views([ViewConfig("a b", "demo"), ViewConfig("A-B", "demo")])
    assert views[0].path == "views/a-b.html"
    assert views[1].path != views[0].path


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"filter": "metrics.loss <"}, 'The view "My view" cannot be read: '),
        ({"columns": ("git_commit",)}, '"git_commit" is not a column of a table of runs'),
        ({"group": "a b c"}, 'The view "My view" cannot be read: '),
    ],
)
def test_what_cannot_be_read_is_told(fields: dict[str, object], message: str) -> None:
    with pytest.raises(UsageError, match=re.escape(message)):
        page(**fields)


def test_an_experiment_that_is_not_there_is_told() -> None:
    (view,) = read_views([ViewConfig("v", "nowhere")])
    with pytest.raises(UsageError, match='"nowhere", which is not in the site'):
        view_page(view, [report()])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[views."v"]\nfilter = "a"', 'needs the key "experiment"'),
        ('[views."v"]\nexperiment = "a"\ncolour = "red"', "did you mean columns"),
        ('[views."v"]\nexperiment = "a"\nsort = [1]', "must be a list of strings"),
    ],
)
def test_the_config_is_checked(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "sitegen.toml").write_text(text, "utf-8")
    with pytest.raises(UsageError, match=message):
        load_config(tmp_path / "sitegen.toml")


def test_a_view_is_in_the_site_and_led_to(tmp_path: Path) -> None:
    (tmp_path / "sitegen.toml").write_text(
        '[views."Good runs"]\nexperiment = "cifar-cnn"\nfilter = "metrics.best_val_loss < 0.8"\n'
        'sort = "metrics.best_val_loss"\ncolumns = ["status", "metrics.best_val_loss", "params.lr"]\nnote = "Worth a look"\n',
        "utf-8",
    )
    config = load_config(tmp_path / "sitegen.toml")
    build(Config(store=str(SAMPLE), output=tmp_path / "site", jobs=1, views=config.views))
    text = (tmp_path / "site" / "views" / "good-runs.html").read_text("utf-8")
    found = re.findall(r'<a href="\.\./runs/[^"]+">([^<]+)</a>', text)
    assert found == ["cnn-more-dropout", "cnn-long", "cnn-small-batch", "cnn-baseline", "cnn-big-batch"]
    assert "Worth a look" in text
    assert 'href="views/good-runs.html"' in (tmp_path / "site" / "index.html").read_text("utf-8")
    experiments = [p.read_text("utf-8") for p in (tmp_path / "site" / "experiments").glob("*.html")]
    assert sum('href="../views/good-runs.html"' in page for page in experiments) == 1
    docs = "".join(p.read_text("utf-8") for p in (tmp_path / "site" / "data" / "search").glob("docs-*.js"))
    assert "views/good-runs.html" in docs


def test_a_long_view_is_cut_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sitegen.pages.views.MAX_ROWS", 2)
    made = page(sort=("metrics.loss",))
    assert names(made) == ["b", "a"]
    assert made.cut == "The first 2 of 4 runs."
    assert page(sort=("metrics.loss",), filter="params.lr > 5").cut == ""
