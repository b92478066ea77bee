"""How commands judge the runs that they read: `best`, `gate` and `summary` alike."""

from __future__ import annotations

from sitegen.analysis.runs_table import ExperimentTable
from sitegen.commands.reading import judged_tables, objective_of
from sitegen.config import Config
from sitegen.config.options import ExperimentOptions
from sitegen.model import Experiment
from tests.analysis.builders import row, table


def test_the_objective_asked_for_wins_over_that_of_the_experiment_and_of_the_site() -> None:
    one = Experiment("1", "sweep")
    config = Config(objective="min a", experiments={"sweep": ExperimentOptions(objective="max b")})
    found = [objective_of(one, config, "min c"), objective_of(one, config), objective_of(Experiment("2", "x"), config)]
    assert [each.text for each in found if each] == ["min c", "max b", "min a"]
    assert objective_of(one, Config()) is None


def test_an_experiment_without_runs_is_not_judged() -> None:
    used, empty = table([row("a", {"loss": 0.5})]), ExperimentTable(Experiment("2", "empty"), ())
    objectives = {"1": None, "2": None, used.experiment.experiment_id: None}
    [(judged_table, judged)] = judged_tables([used, empty], objectives, Config())
    assert judged_table is used and judged.ranking and judged.ranking.objective.text == "min loss"
