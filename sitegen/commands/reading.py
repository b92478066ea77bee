"""How commands read and judge the runs of a store: as the profile shows them, by the objectives of the settings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from sitegen.analysis.judge import Judged, judge
from sitegen.analysis.objective import Objective, read_objective
from sitegen.analysis.reducers import Wanted
from sitegen.analysis.runs_table import ExperimentTable, RunRow, row_of
from sitegen.config import Config
from sitegen.model import Experiment, Problem, Run
from sitegen.privacy import Hidden, Privacy, clean_experiment, clean_run, clean_text
from sitegen.query import filter_of
from sitegen.stores.checkpoints import read_checkpoint


class Cleaner:
    """Gives records as the profile shows them, and counts what it hides of runs."""

    def __init__(self, privacy: Privacy) -> None:
        self._privacy = privacy
        self.secrets = 0
        self.hidden = Hidden()

    def experiment(self, one: Experiment) -> Experiment:
        return clean_experiment(one, self._privacy)[0]

    def run(self, run: Run) -> Run:
        clean, findings = clean_run(run, self._privacy, self.hidden)
        self.secrets += sum(not finding.is_allowed for finding in findings)
        return clean

    def problem(self, one: Problem) -> Problem:
        return replace(one, where=self.text(one.where), what=self.text(one.what))

    def text(self, text: str) -> str:
        return clean_text(text, self._privacy)[0]


def run_row(run: Run, wanted: Sequence[Wanted]) -> RunRow:
    """The row of a run, with what objectives want of it."""
    return row_of(run, len(run.artifacts.files), wanted, read_checkpoint(run.artifacts))


def objective_of(experiment: Experiment, config: Config, asked: str | None = None) -> Objective | None:
    """The objective asked for, else that of the settings; None if it is to be chosen."""
    written = asked or config.objective_of(experiment.experiment_id, experiment.name)
    return read_objective(written) if written else None


def judged_tables(
    tables: Iterable[ExperimentTable], objectives: Mapping[str, Objective | None], config: Config
) -> Iterator[tuple[ExperimentTable, Judged]]:
    """Each experiment that has runs, judged by its objective and the groups of the settings."""
    for table in tables:
        if table.rows:
            one = table.experiment
            options = config.options_of(one.experiment_id, one.name)
            yield table, judge(table, objectives[one.experiment_id], filter_of, options.groups, options.group_by)
