"""`sitegen gate`: conditions on new runs, with and without a base."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from sitegen.build import build
from sitegen.cli.jobs import gate
from sitegen.commands.gate import json_text, judge_runs, markdown_lines, text_lines
from sitegen.commands.standing import read_standing
from sitegen.config import Config
from sitegen.errors import QueryError, SitegenError, UsageError
from tests.stores.mlruns_builder import START, experiment, run

HOUR = 3_600_000


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A store of two runs, the site of it, and the store with two more runs: one better, one worse."""
    folder = tmp_path_factory.mktemp("gate")
    for name, runs in (("before", 2), ("after", 4)):
        sweep = experiment(folder / name / "mlruns", "1", name="sweep")
        for n, (loss, acc) in enumerate(((0.5, 0.90), (0.6, 0.88), (0.49, 0.95), (0.8, 0.70))[:runs]):
            metrics = {"loss": f"{START} {loss} 0\n", "acc": f"{START} {acc} 0\n", "odd": f"{START} 1 0\n"}
            run(sweep, f"{n}a" * 16, run_name=f"run {n}", metrics=metrics, end_time=START + n * HOUR)
    build(Config(store=str(folder / "before"), output=folder / "site", objective="min loss"))
    return {"before": str(folder / "before"), "after": str(folder / "after"), "site": str(folder / "site")}


def results(places: dict[str, str], *conditions: str, base: str = "", **chosen: object) -> list[tuple[str, bool]]:
    config = Config(objective="min loss")
    against = read_standing(places[base], config) if base else None
    found = judge_runs(read_standing(places["after"], config), conditions, against, **chosen)  # type: ignore[arg-type]
    return [(line.run.name, line.passed) for line in found.lines]


@pytest.mark.parametrize(
    ("condition", "passed"),
    [
        ("acc >= 0.95", True),
        ("acc > 0.95", False),
        ("metrics.loss.min < 0.5", True),
        ("loss < 0.5 AND acc > 0.9", True),
        ("status = 'FINISHED'", True),
        ("loss no worse than base", True),
        ("loss better than base by 1%", True),
        ("loss better than base by 3%", False),
        ("loss better than base by 0.02", False),
        ("acc better than base", True),
        ("max loss better than base", False),
        ("metrics.acc no worse than base by 0.01", True),
    ],
)
@pytest.mark.parametrize("base", ["site", "before"])
def test_conditions_on_the_better_run(places: dict[str, str], condition: str, passed: bool, base: str) -> None:
    assert results(places, condition, base=base, run="run 2") == [("run 2", passed)]


def test_judged_are_the_runs_that_the_base_lacks(places: dict[str, str]) -> None:
    assert results(places, "loss < 0.5", base="site") == [("run 3", False), ("run 2", True)]
    assert results(places, "loss < 0.5", base="before") == [("run 3", False), ("run 2", True)]


def test_without_a_base_the_latest_finished_run_is_judged(places: dict[str, str]) -> None:
    assert results(places, "loss < 0.5") == [("run 3", False)]


@pytest.mark.parametrize(
    ("run", "names"), [("latest", ["run 3"]), ("2a" * 16, ["run 2"]), ("loss < 0.55", ["run 2", "run 0"])]
)
def test_the_run_can_be_named(places: dict[str, str], run: str, names: list[str]) -> None:
    assert [name for name, _ in results(places, "loss > 0", base="site", run=run)] == names


def test_the_worse_side_has_room_of_the_size_that_is_given(places: dict[str, str]) -> None:
    assert results(places, "loss no worse than base by 60%", base="site", run="run 3") == [("run 3", True)]
    assert results(places, "loss no worse than base by 59%", base="site", run="run 3") == [("run 3", False)]
    assert results(places, "acc no worse than base by 0.2", base="site", run="run 3") == [("run 3", True)]


@pytest.mark.parametrize(
    ("condition", "message"),
    [
        ("los < 1", "No run has a metric, param or tag called los. Did you mean loss?"),
        ("metrics.los < 1", "No run has a metric called los. Did you mean loss?"),
        ("los better than base", "No run has a metric called los. Did you mean loss?"),
        ("loss worse than base", "cannot be read; write it as METRIC no worse than base"),
        ("odd better than base", "not known which way odd is better; write min odd or max odd"),
        (" ", "A condition is empty"),
    ],
)
def test_a_condition_that_cannot_be_judged_is_said(places: dict[str, str], condition: str, message: str) -> None:
    with pytest.raises(UsageError) as error:
        results(places, condition, base="site", run="run 2")
    assert message in str(error.value)
    with pytest.raises(QueryError):
        results(places, "loss <", base="site")
    with pytest.raises(UsageError, match="give --base"):
        results(places, "loss better than base")


def call(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(gate, list(arguments))
    error = done.exception if isinstance(done.exception, SitegenError) else None
    return error.exit_code if error else done.exit_code, f"{done.output}{error or ''}"


def test_the_exit_code_is_5_where_a_run_fails_and_where_there_is_none(places: dict[str, str]) -> None:
    code, said = call(places["after"], "loss < 0.5", "--base", places["site"])
    assert code == 5 and "FAIL  run 3  loss < 0.5: 0.8 (< 0.5)" in said and "pass  run 2" in said
    assert call(places["after"], "loss < 0.5", "--base", places["site"], "--any")[0] == 0
    code, said = call(places["before"], "loss < 0.7", "--base", places["site"])
    assert code == 5 and "there is no run to judge (the runs that the base lacks)" in said
    assert call(places["before"], "loss < 0.7", "--base", places["site"], "--run", "nothing")[0] == 2
    code, said = call(places["after"], "loss < 0.9", "--experiment", "swep")
    assert code == 2 and "Did you mean sweep?" in said


def test_the_results_are_there_for_people_jobs_and_programs(places: dict[str, str]) -> None:
    found = judge_runs(read_standing(places["after"], Config()), ["loss < 0.5"])
    assert list(text_lines(found))[0] == "Judged: the latest finished run."
    assert list(markdown_lines(found))[-1].startswith("| ❌ | run 3 | loss &#60; 0.5 | 0.8 |")
    read = json.loads(json_text(found))
    assert (read["schema"], read["passed"], read["results"][0]["name"]) == (1, False, "run 3")
    assert Path(places["after"]).exists()


def test_the_store_of_the_settings_is_judged_where_none_is_given(
    places: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sitegen.toml").write_text(f"store = {json.dumps(places['after'])}\n")
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(gate, ["", "acc >= 0.95", "--run", "run 2"])
    assert done.exit_code == 0 and "pass  run 2" in done.output
