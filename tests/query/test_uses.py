"""Where queries are used: `sitegen build --filter`, `sitegen best --where`, the Python API."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import sitegen
from sitegen.build import Built, build
from sitegen.cli import closing_summary, main
from sitegen.config import Config
from sitegen.errors import UsageError
from sitegen.query import QueryError, describe, parse
from tests import linkcheck
from tests.stores.mlruns_builder import START, experiment, run

SAMPLE = Path(__file__).parents[2] / "sample_runs" / "mlflow3" / "mlruns"


def call(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(a) for a in arguments])


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A sweep of three runs, a nested run whose parent is one of them, and an experiment with another metric."""
    folder = experiment(tmp_path / "mlruns", "1", name="sweep")
    for at, (lr, loss) in enumerate([("0.1", "0.5"), ("0.01", "0.3"), ("0.001", "0.4")]):
        run(
            folder,
            f"{at}" * 32,
            run_name=f"try-{at}",
            params={"lr": lr},
            metrics={"loss": f"1 {loss} 1\n"},
            start_time=START + at,
        )
    run(
        folder,
        "c" * 32,
        run_name="child",
        params={"lr": "0.01"},
        tags={"mlflow.parentRunId": "0" * 32},
        metrics={"loss": "1 9 1\n"},
    )
    other = experiment(tmp_path / "mlruns", "2", name="other")
    run(other, "d" * 32, metrics={"acc": "1 0.9 1\n"}, lifecycle_stage="active")
    run(other, "e" * 32, metrics={"acc": "1 0.8 1\n"}, lifecycle_stage="deleted")
    return tmp_path / "mlruns"


def built(store: Path, text: str, **options: object) -> tuple[Built, Path]:
    site = store.parent / "site"
    return build(Config(store=str(store), output=site, filter=text, **options)), site  # type: ignore[arg-type]


def test_only_matching_runs_are_in_the_site(store: Path) -> None:
    found, site = built(store, "params.lr < 0.1")
    assert {page.stem[0] for page in (site / "runs").glob("*.html")} == {"1", "2", "c"}
    assert [page.stem for page in (site / "experiments").glob("*.html")] == ["1"]
    assert (found.runs, found.unmatched, found.deleted) == (3, 2, 1)
    assert "3 of 5 runs match the filter." in closing_summary(found)
    assert "only runs that match params.lr &lt; 0.1" in (site / "index.html").read_text("utf-8")
    assert "0" * 32 not in "".join(file.read_text("utf-8") for file in site.rglob("data/search/*.js"))


def test_a_nested_run_whose_parent_is_filtered_out_has_no_link_to_it(store: Path) -> None:
    _, site = built(store, "run_name = 'child'")
    page = (site / "runs" / f"{'c' * 32}.html").read_text("utf-8")
    assert "parent run" not in page
    assert linkcheck.problems(site) == []


def test_a_filter_and_deleted_runs(store: Path) -> None:
    found, site = built(store, "lifecycle_stage = 'deleted' OR run_name = 'try-0'", deleted=True)
    assert {page.stem[0] for page in (site / "runs").glob("*.html")} == {"0", "e"}
    assert (found.runs, found.deleted) == (2, 0)


def test_the_site_is_the_same_with_any_number_of_workers(store: Path) -> None:
    def files(site: Path) -> dict[str, bytes]:
        return {str(p.relative_to(site)): p.read_bytes() for p in sorted(site.rglob("*")) if p.is_file()}

    one = files(built(store, "params.lr < 0.1 OR child", jobs=1)[1])
    assert files(built(store, "params.lr < 0.1 OR child", jobs=2)[1]) == one


def test_a_filter_that_nothing_matches_keeps_the_previous_site(store: Path) -> None:
    _, site = built(store, "")
    before = (site / "index.html").read_bytes()
    with pytest.raises(UsageError, match="None of the 5 runs matches the filter nothing"):
        built(store, "nothing")
    assert (site / "index.html").read_bytes() == before


def test_the_config_file_may_hold_a_filter(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(store.parent)
    (store.parent / "sitegen.toml").write_text('store = "mlruns"\nfilter = "params.lr = 0.1"\n')
    assert "1 of 5 runs match the filter." in call("build").stdout
    assert "2 of 5 runs match the filter." in call("build", "--filter", "params.lr = 0.01").stdout
    wrong = call("build", "--filter", "params.lr = ")
    assert (wrong.exit_code, wrong.stdout) == (2, "")
    assert "Error: The query cannot be read at character 13: expected a string in quotes.\n" in wrong.stderr


def test_a_filter_finds_what_the_profile_hides_and_the_footer_does_not_tell(store: Path) -> None:
    found, site = built(store, "user_id = 'ada'")
    assert found.runs == 5
    page = (site / "index.html").read_text("utf-8")
    assert "only the runs that a filter chose" in page
    assert "ada" not in page
    assert describe(parse("NOT (x OR tags.mlflow.user = 'ada')"), public=True) == "; only the runs that a filter chose"
    assert describe(parse("user_id = 'ada'"), public=False) == "; only runs that match user_id = 'ada'"


# sitegen best


def test_best_says_which_run_is_best_and_why(store: Path) -> None:
    result = call("best", store, "min loss", "--where", "run_name LIKE 'try-%'", "--top", "2")
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[0] == "sweep (3 runs; lowest loss)"
    assert lines[1].startswith("  try-1 has the lowest loss: 0.3, 0.1 (25%) below the next, try-2.")
    assert lines[2].startswith("  Verdict: ahead, spread unknown (metric set). How far results scatter is unknown")
    assert [line.split()[:2] for line in lines[4:6]] == [["1", "0.3"], ["2", "0.4"]]
    assert lines[4].endswith("1" * 32)
    assert lines[6] == "  and 1 more (--top 3)"


def test_best_as_json_of_one_experiment(store: Path) -> None:
    result = call("best", store, "max acc", "--experiment", "other", "--json")
    description = json.loads(result.stdout)
    assert (result.exit_code, description["schema"]) == (0, 1)
    (only,) = description["experiments"]
    assert (only["id"], only["runs"], only["ranked"]) == ("2", 1, 1)
    assert [(best["rank"], best["run_id"], best["value"]) for best in only["leaderboard"]] == [(1, "d" * 32, 0.9)]


@pytest.mark.parametrize(
    ("arguments", "code", "description"),
    [
        (["min nosuch"], 4, "Not ranked: sweep. No run has a nosuch"),
        (["min loss", "--where", "nothing"], 4, "No run matches."),
        (["min loss", "--where", "("], 2, "at character 1: "),
        (
            ["min loss", "--experiment", "nosuch"],
            2,
            "The store has no experiment 'nosuch'; it has sweep, other.",
        ),
    ],
)
def test_exit_codes_of_best(store: Path, arguments: list[str], code: int, description: str) -> None:
    result = call("best", store, *arguments)
    assert result.exit_code == code
    assert description in result.stdout + result.stderr


def test_best_goes_by_the_config_where_no_objective_is_given(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(store.parent)
    (store.parent / "sitegen.toml").write_text('[experiments."sweep"]\nobjective = "max loss"\n')
    assert call("best", store).stdout.startswith("sweep (4 runs; highest loss)\n  child has the highest loss: 9")


def test_an_objective_has_a_filter_in_the_same_language(store: Path) -> None:
    description = call(
        "best", store, "min loss where run_name = 'try-1' OR params.lr BETWEEN 0.05 AND 0.5", "--json"
    ).stdout
    sweep = json.loads(description)["experiments"][0]
    assert [best["name"] for best in sweep["leaderboard"]] == ["try-1", "try-0"]
    assert (sweep["ranked"], sweep["runs"]) == (2, 4)
    wrong = call("best", store, "min loss where (")
    assert (wrong.exit_code, "at character 1: " in wrong.stderr) == (2, True)


# Python


def test_search_gives_runs_in_order(store: Path) -> None:
    found = sitegen.load(store).search("params.lr < 0.1 AND try", order_by=["metrics.loss DESC"])
    assert [run.name for run in found] == ["try-2", "try-1"]
    assert (len(found), "1" * 32 in found) == (2, True)
    assert found.__class__.__name__ == "Runs"
    assert [run.name for run in sitegen.load(store).search(order_by=["run_name"], max_results=2)] == [
        "child",
        "first try",
    ]
    assert [run.name for run in sitegen.load(store).search(experiment_names=["other"])] == ["first try"]


def test_search_keeps_its_order_over_many_chunks() -> None:
    catalog = sitegen.load(SAMPLE)
    found = list(catalog.search(order_by=["run_id DESC"]))
    assert len(found) > 50
    assert [run.run_id for run in found] == sorted((run.run_id for run in catalog.runs), reverse=True)


def test_to_frame_takes_filter_and_order(store: Path) -> None:
    frame = sitegen.load(store).to_frame(filter_string="params.lr <= 0.01", order_by=["metrics.loss"])
    assert list(frame["metrics.loss"]) == [0.3, 0.4, 9.0]
    with pytest.raises(QueryError) as refused:
        sitegen.load(store).to_frame(filter_string="params.lr <= x")
    assert (refused.value.at, refused.value.length) == (13, 1)
