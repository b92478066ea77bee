"""What the search index says of an experiment and its runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sitegen.addresses import Href, experiment_page, run_page
from sitegen.analysis.runs_table import ExperimentTable, RunRow
from sitegen.analysis.words import plural
from sitegen.search import FIELD_WEIGHT, NOTE_WEIGHT, Kind

Entry = tuple[Kind, Href, str, str, list[tuple[str, int]]]
"""Kind, page, title, subtitle, and strings with their weights: the arguments of `IndexBuilder.add`."""

COMMIT = 8
"""Characters of a commit by which runs are found."""


def experiment_entry(table: ExperimentTable) -> Entry:
    """The entry of an experiment."""
    experiment = table.experiment
    fields = [*_own_tags(experiment.tags), (experiment.note, NOTE_WEIGHT), (experiment.path, FIELD_WEIGHT)]
    return (
        "experiment",
        experiment_page(experiment.experiment_id),
        experiment.name,
        plural(len(table.rows), "run"),
        fields,
    )


def run_entries(table: ExperimentTable) -> Iterator[Entry]:
    """The entries of its runs: of a run all but the values of its metrics."""
    for row in table.rows:
        yield "run", run_page(row.run_id), row.name, table.experiment.name, _fields(row)


def _own_tags(tags: Mapping[str, str]) -> list[tuple[str, int]]:
    return [(f"{key} {value}", FIELD_WEIGHT) for key, value in tags.items() if not key.startswith("mlflow.")]


def _fields(row: RunRow) -> list[tuple[str, int]]:
    return [
        (row.run_id, FIELD_WEIGHT),
        (row.status, FIELD_WEIGHT),
        *((f"{key} {value}", FIELD_WEIGHT) for key, value in row.params.items()),
        *((f"{key} {value}", FIELD_WEIGHT) for key, value in row.tags.items()),
        *((key, FIELD_WEIGHT) for key in row.metrics),
        *((name, FIELD_WEIGHT) for name, _ in row.datasets),
        (row.git_commit[:COMMIT], FIELD_WEIGHT),
        (row.user, FIELD_WEIGHT),
        (row.source_name, FIELD_WEIGHT),
        (row.note, NOTE_WEIGHT),
    ]
