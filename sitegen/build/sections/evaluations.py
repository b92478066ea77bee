"""The pages of evaluations: those of an experiment, compared, and all examples of one that has many."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sitegen.analysis.evaluated import MAX_EVALUATIONS, is_results_table
from sitegen.analysis.evaluation import Evaluation
from sitegen.analysis.runs_table import ExperimentTable
from sitegen.build.analyse import Analysed
from sitegen.build.context import WorkerContext
from sitegen.build.evaluations import logged_evaluation
from sitegen.build.records import RecordRef, read_records
from sitegen.build.task import Output, Task
from sitegen.model import Experiment
from sitegen.pages.evaluations import RUN_ROWS, evaluation_page_of, evaluations_page_of


@dataclass(frozen=True, slots=True)
class EvaluationPages(Task):
    """An experiment with evaluations: the ids of the runs, the newest first, with their names; what was read of traces;
    and the records of runs that logged a table."""

    experiment: Experiment
    names: Mapping[str, str]
    traced: Mapping[str, Evaluation]
    logged: tuple[RecordRef, ...]

    def make(self, context: WorkerContext) -> Iterator[Output]:
        """The page of all evaluations, and a page for each that has more examples than its run's page shows."""
        found = dict(self.traced)
        for record in read_records(self.logged):
            evaluation = logged_evaluation(record, context.root)
            if evaluation:
                found.setdefault(record.run.run_id, evaluation)
        evaluations = [found[run_id] for run_id in self.names if run_id in found]
        if evaluations:
            yield Output(pages=[evaluations_page_of(self.experiment, evaluations, self.names)])
        for one in evaluations:
            if not one.table and one.total > RUN_ROWS:
                yield Output(pages=[evaluation_page_of(self.experiment, self.names[one.run_id], one)])


def tasks(analysed: Analysed) -> list[Task]:
    """The experiments with evaluations whose rows may be shown."""
    traced = analysed.contents.evaluations
    logged = {found.run_id for found in analysed.contents.relations if any(map(is_results_table, found.tables))}
    if not (traced or logged):
        return []
    made = (_task(report.table, traced, logged, analysed.records) for report in analysed.reports)
    return [task for task in made if task]


def _task(
    table: ExperimentTable, traced: Mapping[str, Evaluation], logged: set[str], records: Mapping[str, RecordRef]
) -> EvaluationPages | None:
    rows = [row for row in table.rows if row.run_id in traced or row.run_id in logged][:MAX_EVALUATIONS]
    if not rows:
        return None
    return EvaluationPages(
        table.experiment,
        {row.run_id: row.name for row in rows},
        {row.run_id: traced[row.run_id] for row in rows if row.run_id in traced},
        tuple(records[row.run_id] for row in rows if row.run_id not in traced),
    )
