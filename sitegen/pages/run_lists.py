"""The plain lists of an experiment's runs, so that every run can be reached by links alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sitegen.addresses import Href, experiment_page, run_page
from sitegen.analysis.best import Ranking
from sitegen.analysis.digits import Digits
from sitegen.analysis.labels import run_labels
from sitegen.analysis.runs_table import ExperimentTable, RunRow, metric_keys
from sitegen.pages.runs_table import LIST_ROWS, RunsTable, digits_of_metric, duration_text, list_pages, start_text

LIST_METRICS = 4


@dataclass(frozen=True, slots=True)
class ListRow:
    """A run in the list."""

    href: Href
    """Where the run's page is."""
    name: str
    """The run's name."""
    status: str
    """MLflow's word for the run's status: `FINISHED`."""
    start: str
    """When it started, in UTC."""
    duration: str
    """How long it took; empty if it did not end."""
    values: tuple[str, ...]
    """Its last value of each metric, rounded, in the order of the columns; empty if it has none."""


@dataclass(frozen=True)
class RunListPage:
    """Up to `LIST_ROWS` runs of an experiment as a plain list, so that every run can be reached by links alone."""

    path: str
    title: str
    heading: str
    """Which runs of how many these are."""
    crumb: str
    """The same in fewer words, for the breadcrumb."""
    experiment: str
    """The experiment's name."""
    experiment_href: Href
    """Where the experiment's page is."""
    pages: tuple[tuple[Href, str, bool], ...]
    """Address and label (`1–1000`) of each of the lists, and whether it is this one."""
    metrics: tuple[str, ...]
    """The metrics that have a column; at most 4."""
    rows: tuple[ListRow, ...]
    """The runs, the newest first."""
    template: str = "run_list.html"
    kind: str = "list"


def run_list_pages(table: ExperimentTable, shown: RunsTable | None, ranking: Ranking | None) -> list[RunListPage]:
    """The plain lists of an experiment; none when `shown`, the table of its own page, holds every run."""
    if shown is None or not shown.pages:
        return []
    first = ranking.objective.metric if ranking else None
    keys = sorted(metric_keys(table), key=lambda key: key != first)[:LIST_METRICS]
    addresses = list_pages(table)
    digits = {key: digits_of_metric(table.rows, key) for key in keys}
    names = run_labels((row.run_id, row.name) for row in table.rows)
    lines = [_list_row(row, names[row.run_id], digits) for row in table.rows]
    return [_run_list(table, at, path, label, addresses, keys, lines) for at, (path, label) in enumerate(addresses)]


def _run_list(
    table: ExperimentTable,
    at: int,
    path: Href,
    label: str,
    addresses: Sequence[tuple[Href, str]],
    keys: Sequence[str],
    lines: Sequence[ListRow],
) -> RunListPage:
    name = table.experiment.name
    return RunListPage(
        path=path,
        title=f"{name}: runs {label}",
        heading=f"Runs {label} of {len(table.rows)}",
        crumb=f"Runs {label}",
        experiment=name,
        experiment_href=experiment_page(table.experiment.experiment_id),
        pages=tuple((other, text, other == path) for other, text in addresses),
        metrics=tuple(keys),
        rows=tuple(lines[at * LIST_ROWS : (at + 1) * LIST_ROWS]),
    )


def _list_row(row: RunRow, name: str, digits: Mapping[str, Digits]) -> ListRow:
    values = tuple(d.text(row.metrics[key].last) if key in row.metrics else "" for key, d in digits.items())
    return ListRow(run_page(row.run_id), name, row.status, start_text(row), duration_text(row), values)
