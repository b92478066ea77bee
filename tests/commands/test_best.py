"""The leaderboard, the best run's permanent page and `data/best.json`, as a whole build makes them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import sitegen
from sitegen.build import build
from sitegen.cli import main
from sitegen.commands.best import leaderboards
from sitegen.config import Config, ExperimentOptions
from sitegen.errors import UsageError
from tests import linkcheck
from tests.stores.mlruns_builder import START, experiment, run, write

ROOT = Path(__file__).resolve().parents[2]
NAME = "grid"
ID = "{:032}"


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """Two groups of three seeds each, with curves, a failed run, and one without the metric."""
    return make_store(tmp_path / "mlruns")


def make_store(root: Path) -> Path:
    folder = experiment(root, "1", name=NAME)
    for n, (lr, seed) in enumerate((lr, seed) for lr in ("0.1", "0.01") for seed in "012"):
        acc = 0.5 + 0.1 * (lr == "0.1") + 0.01 * int(seed)
        points = [f"{START + step} {acc + more!r} {step}" for step, more in enumerate((-0.2, 0.1, 0.0))]
        metrics = {"acc": "\n".join(points) + "\n", "ms": f"{START} {40 - n} 0\n"}
        meta = {"run_name": f"{lr}-{seed}", "start_time": START + n}
        run(folder, ID.format(n), params={"lr": lr, "seed": seed}, metrics=metrics, **meta)
    run(folder, ID.format(9), params={"lr": "1", "seed": "0"}, run_name="lost")
    return root


def site(store: Path, tmp_path: Path, objective: Any = "max acc", **options: Any) -> Path:
    settings: Mapping[str, ExperimentOptions] = {NAME: ExperimentOptions(**options)}
    output = tmp_path / f"site{len(list(tmp_path.iterdir()))}"
    build(Config(store=str(store), output=output, objective=objective, experiments=settings))
    assert linkcheck.problems(output) == []
    return output


def text(page: Path) -> str:
    """What a reader sees, in one line."""
    body = page.read_text("utf-8").partition("<main")[2]
    return " ".join(re.sub(r"<[^>]*>", " ", body).split())


def only(found: Path) -> Any:
    content = json.loads((found / "data" / "best.json").read_text("utf-8"))
    assert content["schema"] == 1
    (experiment,) = content["experiments"]
    return experiment


def test_best_json_says_what_the_page_says(store: Path, tmp_path: Path) -> None:
    found = only(site(store, tmp_path, baseline="0.01-0"))
    assert found["name"] == NAME and found["address"] == "best/1.html" and found["page"] == "experiments/1.html"
    assert found["objective"]["text"] == "max acc"
    assert found["objective"]["metrics"] == [{"metric": "acc", "direction": "max", "reducer": "last"}]
    assert (found["best"]["run_id"], found["best"]["name"], found["runner_up"]["name"]) == (
        ID.format(2),
        "0.1-2",
        "0.01-2",
    )
    assert found["best"]["group"] == {
        "label": "lr = 0.1",
        "of": "seeds",
        "parent": None,
        "run_ids": [ID.format(n) for n in (2, 1, 0)],
    }
    assert found["best"]["spread"] == {"std": pytest.approx(0.01), "n": 3, "logged": False}
    assert found["best"]["value"] == pytest.approx(0.61) and found["margin"] == pytest.approx(0.1)
    assert (found["verdict"]["lead"], found["verdict"]["metric"]) == ("clear", "set")
    assert found["verdict"]["gap"] == pytest.approx(0.1)
    assert found["best"]["page"] == f"runs/{ID.format(2)}.html" and found["best"]["start_time"] == START + 2
    assert (found["baseline"]["name"], found["baseline"]["value"]) == ("0.01-0", pytest.approx(0.5))
    assert (found["ranked"], found["runs"], found["front"]) == (6, 7, [])


def test_the_permanent_page_shows_the_best_run(store: Path, tmp_path: Path) -> None:
    built = site(store, tmp_path)
    page = (built / "best" / "1.html").read_text("utf-8")
    assert '<link rel="canonical" href="../best/1.html">' in page
    assert f'href="../runs/{ID.format(2)}.html"' in page and 'href="../experiments/1.html#best"' in page
    shown = text(built / "best" / "1.html")
    assert "lr = 0.1 (mean of 3 seeds) · acc 0.61" in shown
    assert " Clear " in shown and "The lead of 0.1 is beyond noise: " in shown
    assert "the run that is named, 0.1-2, is the best of them" in shown
    assert (
        'href="../best/1.html">Link that always opens the current best run</a>'
        in (built / "experiments" / "1.html").read_text()
    )


def test_the_address_is_whole_where_the_site_has_one(store: Path, tmp_path: Path) -> None:
    build(Config(store=str(store), output=tmp_path / "site", site_url="https://ada.example/x/"))
    page = (tmp_path / "site" / "best" / "1.html").read_text("utf-8")
    assert '<link rel="canonical" href="https://ada.example/x/best/1.html">' in page


def test_the_leaderboard_compares_with_the_baseline_and_names_what_is_left_out(store: Path, tmp_path: Path) -> None:
    page = text(site(store, tmp_path, baseline="0.01-0", objective="max acc with ms < 38.5") / "experiments" / "1.html")
    assert "Against 0.01-0" in page and "0.12 (24%) better" in page
    assert "0.1-0 does not meet ms &lt; 38.5: it is 40" in page
    assert "lost never logged acc" in page


def test_reducers_of_histories_reach_the_page(store: Path, tmp_path: Path) -> None:
    found = only(site(store, tmp_path, "max acc mean of last 2", group_by="none"))
    assert found["best"]["value"] == pytest.approx((0.72 + 0.62) / 2)
    assert only(site(store, tmp_path, "max acc at step 1"))["best"]["value"] == pytest.approx(0.71)


def test_the_number_of_workers_changes_nothing(store: Path, tmp_path: Path) -> None:
    sites = []
    for jobs in (1, 2):
        build(Config(store=str(store), output=tmp_path / str(jobs), objective="max acc mean of last 2", jobs=jobs))
        sites.append((tmp_path / str(jobs) / "data" / "best.json").read_bytes())
    assert sites[0] == sites[1]


def test_several_metrics_have_a_front_and_no_winner(store: Path, tmp_path: Path) -> None:
    built = site(store, tmp_path, ("max acc", "min ms"), group_by="none")
    found = only(built)
    assert found["best"] is None and found["margin"] is None
    assert [run["name"] for run in found["front"]] == ["0.1-2", "0.01-2"]
    assert "2 runs on the Pareto front" in text(built / "index.html")
    places = "".join(file.read_text("utf-8") for file in (built / "data" / "places").glob("*.js"))
    assert places.count("on the Pareto front") == 2 and places.count("behind the Pareto front") == 4
    page = (built / "experiments" / "1.html").read_text("utf-8")
    assert f'data-marked="{ID.format(2)} {ID.format(5)}"' in page
    assert "No single run is best in acc and ms at once" in text(built / "best" / "1.html")
    assert '"best":null' in (built / "data" / "experiments" / "1.js").read_text().replace("\\", "").replace(" ", "")


def test_without_a_metric_the_permanent_page_says_why(store: Path, tmp_path: Path) -> None:
    built = site(store, tmp_path, "max nothing")
    assert only(built)["best"] is None and only(built)["verdict"]["lead"] == "no verdict"
    assert "No run has a nothing that can be compared" in text(built / "best" / "1.html")


def test_groups_stand_on_the_page_with_curves(store: Path, tmp_path: Path) -> None:
    built = site(store, tmp_path)
    page = (built / "experiments" / "1.html").read_text("utf-8")
    assert "2 groups of 3 runs that differ only in the param “seed”." in page
    assert 'class="band c' in page and "data-groups=" in page
    assert (built / "charts" / "1-groups-acc.html").is_file()
    spec = json.loads((built / "charts" / "1-groups-acc.vl.json").read_text("utf-8"))
    assert {"low", "high"} <= set(spec["data"]["values"][0])
    assert "differ only in" not in (site(store, tmp_path, group_by="none") / "experiments" / "1.html").read_text()


@pytest.mark.parametrize(
    ("options", "description"),
    [
        ({"baseline": "nobody"}, "The baseline 'nobody' is not a run of the experiment 'grid'"),
        ({"objective": "max acc where params.model ="}, "cannot be read at character"),
        ({"objective": {"metrics": "acc"}}, "did you mean metric?"),
    ],
)
def test_a_mistake_stops_the_build(store: Path, tmp_path: Path, options: dict[str, Any], description: str) -> None:
    with pytest.raises(UsageError, match=re.escape(description)):
        site(store, tmp_path, **options)


def test_the_record_beside_a_checkpoint_decides_in_the_site_in_the_terminal_and_in_python(tmp_path: Path) -> None:
    folder = experiment(tmp_path / "mlruns", "1", name=NAME)
    record = "Checkpoint:\n  mode: min\n  monitor: zeta\nscore: 1.0\n"
    for n in range(2):
        metrics = {"zeta": f"{START} {n + 1} 0\n", "val_acc": f"{START} 0.{n + 5} 0\n"}
        artifacts = {"model/checkpoints/a/a.ckpt": "weights", "model/checkpoints/a/metadata.yaml": record}
        run(folder, ID.format(n), metrics=metrics, artifacts=artifacts, run_name=f"run {n}")
    found = only(site(tmp_path / "mlruns", tmp_path, objective=None))
    assert found["objective"]["text"] == "min zeta"
    assert (found["best"]["name"], found["verdict"]["metric"]) == ("run 0", "recorded")
    ((_, ranking),) = leaderboards(str(tmp_path / "mlruns")).rankings
    assert ranking.objective.text == "min zeta"
    assert sitegen.load(tmp_path / "mlruns").best(NAME).attrs["objective"] == "min zeta"


def test_best_in_a_terminal_shows_what_the_profile_shows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    token = "gh" + "p_" + "Ab1" * 12
    params = {"api_key": "hunter2-and-more", "contact": "ada@example.org", "lr": "0.1"}
    run(
        experiment(tmp_path / "mlruns", "1", name=f"grid {token}"),
        ID.format(1),
        params=params,
        metrics={"acc": f"{START} 1 0\n"},
        run_name=f"x {token}",
    )

    def best(*arguments: str) -> Result:
        return CliRunner().invoke(main, ["best", "mlruns", "max acc", *arguments])

    for form in ([], ["--json"]):
        result = best(*form)
        assert result.exit_code == 0
        assert [word for word in (token, "hunter2", "ada@") if word in result.stdout] == []
        assert "Hidden of these runs: 2 secrets, 1 email, " in result.stderr
        internal = best("--profile", "internal", *form)
        assert [word for word in (token, "hunter2") if word in internal.stdout] == []
    assert "ada@example.org" in internal.stdout and "Hidden of these runs: 2 secrets.\n" in internal.stderr
    assert best("--where", "params.contact = 'ada@example.org'").exit_code == 0, "a query sees what was logged"
    assert token not in best("--experiment", "lost").stderr


@pytest.mark.parametrize("objective", ["max acc", "max acc, min ms", "max nosuch"])
def test_best_as_json_says_what_the_site_says(store: Path, tmp_path: Path, objective: str) -> None:
    expected = only(site(store, tmp_path, objective))
    result = CliRunner().invoke(main, ["best", str(store), objective, "--json"])
    found = json.loads(result.stdout)
    (experiment,) = found["experiments"]
    places = experiment.pop("leaderboard")
    assert found["schema"] == 1
    assert {**experiment, "why": ""} == {**expected, "why": ""}
    assert [place["rank"] for place in places[:1]] == ([] if "nosuch" in objective else [1])


def test_best_obeys_the_privacy_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    metrics = {"acc": f"{START} 1 0\n", "eur": f"{START} 5 0\n"}
    run(experiment(tmp_path / "mlruns", "1"), ID.format(1), params={"note": "ACME-12345"}, metrics=metrics)
    write(tmp_path / "sitegen.toml", '[privacy]\npatterns = {ticket = "ACME-[0-9]+"}\nhide_keys = ["eur"]\n')
    result = CliRunner().invoke(main, ["best", "mlruns", "--json"])
    assert "•••(ticket)" in json.dumps(json.loads(result.stdout), ensure_ascii=False)
    assert CliRunner().invoke(main, ["best", "mlruns", "max eur"]).exit_code == 4
