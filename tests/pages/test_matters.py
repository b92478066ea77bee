"""What an experiment's page and the home page say about params and health, and how it is laid out."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from pathlib import Path

import pytest

from sitegen.analysis.best import rank
from sitegen.analysis.health import health_of
from sitegen.analysis.matters import what_mattered
from sitegen.analysis.objective import parse_objective
from sitegen.analysis.runs_table import RunRow
from sitegen.build import build
from sitegen.config import Config
from sitegen.pages.health import HealthView, health_view, problem_count
from sitegen.pages.heat_map import HeatMap
from sitegen.pages.matters import TOGETHER, MattersView, matters_view
from tests import linkcheck
from tests.analysis.builders import row, table
from tests.stores.mlruns_builder import START, dataset_input, experiment, run

Param = Callable[[int], object]


def section(
    count: int, loss: Callable[[int], float], objective: str = "min loss", **params: Param
) -> MattersView | None:
    rows = [
        row(f"r{at:03}", {"loss": loss(at)}, params={key: str(value(at)) for key, value in params.items()})
        for at in range(count)
    ]
    matters = what_mattered(rank(table(rows), parse_objective(objective)))
    return matters_view(matters, "1", {f"1-{key}-loss" for key in ("lr", "opt")})


def sentence(count: int, loss: Callable[[int], float], objective: str = "min loss", **params: Param) -> str:
    found = section(count, loss, objective, **params)
    assert found is not None
    return found.sentence


def test_the_sentence_names_the_param_and_its_direction() -> None:
    found = sentence(48, lambda at: at, lr=lambda at: at, other=lambda at: at * 7 % 5)
    assert found == "lr matters most for loss: it explains 100% (lower is better), over 48 runs."
    assert sentence(20, lambda at: at, "max loss mean", lr=lambda at: at) == (
        "lr matters most for mean of loss: it explains 100% (higher is better), over 20 runs."
    )


def test_the_sentence_names_what_comes_next_and_what_changes_together() -> None:
    def loss(at: int) -> float:
        return 1.5 * (at % 3) + 2 * (at // 3 % 2) + at / 1000

    assert sentence(36, loss, a=lambda at: at % 3, b=lambda at: "xyz"[at % 3], c=lambda at: "uv"[at // 3 % 2]) == (
        "a matters most for loss: it explains 60% (lower is better), over 36 runs. "
        "It changes together with b: either may be the reason."
    )


@pytest.mark.parametrize(
    ("count", "wanted"),
    [
        (7, "Not enough runs to tell (7; needs 8)."),
        (12, "All 12 runs have the same loss, so no param made a difference to it."),
    ],
)
def test_the_sentence_says_why_nothing_is_said(count: int, wanted: str) -> None:
    assert sentence(count, lambda at: 1.0, lr=lambda at: at) == wanted


def test_chance_is_called_chance() -> None:
    wiggle = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8]
    one = sentence(12, lambda at: wiggle[at], lr=lambda at: at * 5 % 12)
    assert one == "No clear effect of lr on loss in 12 runs."
    two = section(12, lambda at: wiggle[at], lr=lambda at: at * 5 % 12, opt=lambda at: "ab"[at * 5 % 3 % 2])
    assert two is not None
    assert two.sentence == "No clear effect of lr or opt on loss in 12 runs."
    assert (two.lines, two.caution) == ((), TOGETHER)
    assert two.more_line == "2 params without a clear effect"
    assert {line.word for line in two.more} == {"may be chance"}


def test_lines_say_what_is_better_and_link_to_charts() -> None:
    found = section(40, lambda at: 10 * (at % 2) + at / 100, opt=lambda at: "ab"[at % 2], dir=lambda at: f"out-{at}")
    assert found is not None
    (line,) = found.lines
    assert (line.key, line.word, line.n, line.chart) == ("opt", "strong", "40", "1-opt-loss")
    assert line.better == "best with a (median 0.18 in 20 runs)"
    assert 0 < int(line.bar) <= 100 and line.sure == "p < 0.001"
    assert found.unjudged == (("dir", "40 values in 40 runs: more a name than a choice"),)
    assert found.unjudged_line == "1 param could not be judged"


def test_a_valley_is_said_in_values() -> None:
    found = sentence(40, lambda at: abs(at % 4 - 1) + at / 1000, layers=lambda at: at % 4 + 1)
    assert found == "layers matters most for loss: it explains 100% (best at 2), over 40 runs."


def test_runs_that_diverged_are_said_to_be_missing() -> None:
    found = section(12, lambda at: float("nan") if at > 10 else at, lr=lambda at: at)
    assert found is not None and found.caution.endswith("1 run whose loss is NaN or infinite is not in it.")


def test_no_params_no_section() -> None:
    assert section(9, lambda at: at) is None
    assert matters_view(None, "1", ()) is None


# Health


def view(*rows: RunRow) -> HealthView:
    runs = table(rows)
    found = health_view(health_of(runs, rank(runs, parse_objective("min loss")), START))
    assert found is not None
    return found


def test_well_runs_give_nothing_to_worry_about() -> None:
    found = view(row("a", {"loss": 1}, git_commit="x"))
    assert found.fine == "No problems found: the run finished and no value is NaN or infinite."
    assert (found.heading, found.problems, found.hints, found.hints_line) == ("", (), (), "")


def test_problems_are_named_with_their_runs() -> None:
    found = view(*(row(f"r{at}", {"loss": at}, status="FAILED", git_commit="x") for at in range(8)))
    assert found.heading == "1 problem"
    (line,) = found.problems
    assert (line.label, line.rest, line.runs[0]) == ("Problem", "and 3 more", ("runs/r0.html", "r0", ""))
    assert found.fine == "No value is NaN or infinite and no run repeats another."


def test_no_runs_no_section() -> None:
    assert health_view(None) is None
    assert health_view(health_of(table([]), None, None)) is None
    assert problem_count(None) == ""


# Laid out


def sweep(store: Path) -> None:
    folder = experiment(store, "1", name="sweep")
    for at in range(12):
        dead = {"status": 4} if at == 11 else {}
        run(
            folder,
            f"{at:032x}",
            run_name=f"run {at}",
            start_time=START + at,
            params={"lr": str(at), "<b>": "xy"[at % 2]},
            metrics={"val/loss": f"{START} {at}.5 0\n"},
            **dead,
        )
    run(experiment(store, "2", name="well"), "f" * 32, metrics={"val/loss": f"{START} 1 0\n"})


def test_pages_hold_it_all_without_scripts(tmp_path: Path) -> None:
    sweep(tmp_path / "mlruns")
    build(Config(str(tmp_path / "mlruns"), tmp_path / "site"))
    page = (tmp_path / "site" / "experiments/1.html").read_text()
    text = unescape(re.sub(r"<[^>]+>", "", page))
    assert "lr matters most for val/loss: it explains 100% (lower is better), over 11 runs." in text
    (chart,) = re.findall(r'<a href="#([^"]+)" aria-label="Chart of lr">', page)
    assert page.count(f'id="{chart}"') == 1
    assert '<a class="health-line" href="#health">1 problem in these runs</a>' in page
    assert "1 of 12 runs failed." in text
    home = (tmp_path / "site" / "index.html").read_text()
    assert re.findall(r'href="([^"]+)">1 problem</a>', home) == ["experiments/1.html#health"]
    assert linkcheck.problems(tmp_path / "site") == []


def test_the_params_that_matter_are_charted_first(tmp_path: Path) -> None:
    folder = experiment(tmp_path / "mlruns", "1", name="sweep")
    for at in range(20):
        idle = {f"a{key}": str(at * (key + 3) % 7) for key in range(9)}
        run(folder, f"{at:032x}", params={**idle, "zz": str(at)}, metrics={"loss": f"{START} {at} 0\n"})
    build(Config(str(tmp_path / "mlruns"), tmp_path / "site"))
    page = (tmp_path / "site" / "experiments/1.html").read_text()
    assert re.findall(r"<span>loss against (\w+)</span>", page)[0] == "zz"


def test_a_ranking_over_different_data_warns_wherever_it_is_shown(tmp_path: Path) -> None:
    folder = experiment(tmp_path / "mlruns", "1", name="sweep")
    for at, digest in enumerate(("d1", "d1", "d2")):
        folder_of_run = run(folder, f"{at:032x}", metrics={"loss": f"{START} {at} 0\n"})
        dataset_input(folder_of_run, "train.csv", digest)
    build(Config(str(tmp_path / "mlruns"), tmp_path / "site"))
    for page in ("experiments/1.html", "best/1.html"):
        text = unescape((tmp_path / "site" / page).read_text())
        assert "3 ranked runs used 2 versions of the dataset train.csv: d1 in 2 runs; d2 in 1 run." in text


def test_two_params_that_form_a_grid_are_a_heat_map() -> None:
    found = section(
        12, lambda at: at % 2 + at // 2 % 3, lr=lambda at: 10.0 ** -(at // 2 % 3), opt=lambda at: "ab"[at % 2]
    )
    assert found is not None
    shown = found.heat_map
    assert isinstance(shown, HeatMap)
    assert shown.caption == "Mean loss for each opt and lr; the stronger the shade, the better"
    assert (shown.down, shown.across, shown.columns) == ("opt", "lr", ("0.01", "0.1", "1"))
    assert [(value, [cell.text for cell in cells]) for value, cells in shown.rows] == [
        ("a", ["2", "1", "0"]),
        ("b", ["3", "2", "1"]),
    ]
    assert shown.rows[0][1][2] == ("0", "num heat8 best-cell", "2 runs")
    assert shown.rows[1][1][0].css == "num heat0"


def test_each_param_that_matters_has_a_sentence() -> None:
    found = section(
        36, lambda at: 1.5 * (at % 3) + 2 * (at // 3 % 2) + at / 1000, a=lambda at: at % 3, c=lambda at: at // 3 % 2
    )
    assert found is not None
    assert found.others == ("c explains 40% (lower is better).",)
