"""From the rows of all runs to a report on each experiment: all that is found out about it before a page is made."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence

from sitegen.analysis.health import health_of, newest_time
from sitegen.analysis.judge import judge
from sitegen.analysis.matters import what_mattered
from sitegen.analysis.objective import Objective, read_objective
from sitegen.analysis.report import Report
from sitegen.analysis.runs_table import ExperimentTable, RunRow, gather
from sitegen.analysis.summary import summarise_experiment
from sitegen.config import Config
from sitegen.errors import UsageError
from sitegen.model import Catalog
from sitegen.query import filter_of

Objectives = Mapping[str, Objective | None]
"""By experiment id what was configured for it, None where it is to be chosen."""


def objectives_of(catalog: Catalog, config: Config) -> Objectives:
    """What the settings ask for, read before any run: workers must know it, and a mistake must not cost a build."""
    written = {e.experiment_id: config.objective_of(e.experiment_id, e.name) for e in catalog.experiments}
    found = {experiment_id: read_objective(text) if text else None for experiment_id, text in written.items()}
    for objective in filter(None, found.values()):
        filter_of(objective.where)
    return found


def make_reports(
    catalog: Catalog, rows: Sequence[RunRow], config: Config, objectives: Objectives, kept: Container[str]
) -> list[Report]:
    """Each experiment with all that is found out about it. MLflow's empty `Default` is left out unless in `kept`."""
    tables = [
        table
        for table in gather(rows, catalog.experiments)
        if table.rows or table.experiment.experiment_id != "0" or "0" in kept
    ]
    now = newest_time(tables)
    return [_report(table, config, objectives, now) for table in tables]


def _report(table: ExperimentTable, config: Config, objectives: Objectives, now: int | None) -> Report:
    options = config.options_of(table.experiment.experiment_id, table.experiment.name)
    asked = objectives.get(table.experiment.experiment_id)
    judged = judge(table, asked, filter_of, options.groups, options.group_by)
    ranking = judged.ranking
    baseline = _baseline(table, options.baseline)
    matters = what_mattered(ranking) if ranking else None
    health = health_of(table, ranking, now)
    return Report(table, summarise_experiment(table), ranking, judged.grouping, baseline, matters, health)


def _baseline(table: ExperimentTable, name: str) -> RunRow | None:
    """The run that others are compared with: of this id, else the newest of this name. Raises UsageError for none."""
    if not name:
        return None
    found = next((row for row in table.rows if row.run_id == name), None)
    found = found or next((row for row in table.rows if row.name == name), None)
    if found is None:
        raise UsageError(
            f"The baseline {name!r} is no run of the experiment {table.experiment.name!r}; give a run's name or id."
        )
    return found
