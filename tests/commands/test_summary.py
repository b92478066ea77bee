"""`sitegen summary`: Markdown that says how the runs stand and what changed, and nothing that a name could inject."""

from __future__ import annotations

from pathlib import Path

import pytest

from sitegen.build import build
from sitegen.commands.standing import best_of, read_standing
from sitegen.commands.summary import MARKER, MAX_CHARACTERS, summary_text
from sitegen.config import Config
from sitegen.earlier import BestRun
from tests.stores.mlruns_builder import START, experiment, run

CONFIG = Config(objective="min loss")


@pytest.fixture
def stores(tmp_path: Path) -> Path:
    """A store and an earlier one, which lacks the best run."""
    for name, runs in (("before", 1), ("after", 2)):
        sweep = experiment(tmp_path / name / "mlruns", "1", name="sweep")
        for n, loss in enumerate((0.5, 0.4)[:runs]):
            metrics = {"loss": "".join(f"{START + k} {loss + 1 - k / 9} {k}\n" for k in range(10))}
            run(sweep, f"{n}a" * 16, run_name=f"run {n} @team|<b>", metrics=metrics, end_time=START + n)
    return tmp_path


def test_the_best_runs_and_what_changed_are_in_a_table(stores: Path) -> None:
    found = read_standing(str(stores / "after"), CONFIG)
    said = summary_text(found, read_standing(str(stores / "before"), CONFIG), "https://example.org/x/")
    lines = said.splitlines()
    assert lines[0] == MARKER and "2 runs in 1 experiment, 1 new run." in lines
    (row,) = [line for line in lines if line.startswith("| [sweep]")]
    assert "](https://example.org/x/experiments/1.html)" in row and "0.1 better &#40;20.00%&#41;" in row
    assert "<details><summary>1 new run</summary>" in lines
    assert "@team" not in said and "<b>" not in said and row.count("|") == 7
    assert "](" not in summary_text(found, None)


def test_a_built_site_is_summed_up_with_its_picture(stores: Path) -> None:
    build(Config(store=str(stores / "after"), output=stores / "site", objective="min loss"))
    site = str(stores / "site")
    said = summary_text(read_standing(site, CONFIG), read_standing(site, CONFIG), "https://example.org", site)
    assert "| same |" in said and "no new run" not in said and "0 new runs" in said
    src = said.partition('<img src="https://example.org/')[2].partition('"')[0]
    assert (stores / "site" / src).is_file()


def test_a_summary_stays_within_the_limit_of_a_comment(tmp_path: Path) -> None:
    for n in range(400):
        folder = experiment(tmp_path / "mlruns", str(n + 1), name=f"{'experiment ' * 9}{n}")
        run(folder, f"{n:032x}", run_name="x" * 90, metrics={"loss": f"{START} 1 0\n"})
    said = summary_text(read_standing(str(tmp_path), CONFIG), None, "https://example.org/" + "y" * 60)
    assert 50_000 < len(said) <= MAX_CHARACTERS and said.endswith("hosts limit the length of comments.\n")


def test_an_experiment_with_another_id_is_found_by_its_name() -> None:
    one, other = BestRun("1", "a", "", "", "min"), BestRun("2", "a", "", "", "min")
    assert best_of({"2": other}, one, "a") is other and best_of({"2": other}, one, "b") is None
