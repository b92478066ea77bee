"""The plain table of an experiment's runs: which columns it shows, and its rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sitegen.addresses import Href, file_name, run_anchor, run_list_page, run_page
from sitegen.analysis.best import Ranking
from sitegen.analysis.curve_choice import is_counter
from sitegen.analysis.digits import Digits, digits_of
from sitegen.analysis.families import nested
from sitegen.analysis.labels import run_labels, value_labels
from sitegen.analysis.runs_table import ExperimentTable, RunRow, metric_keys, number_of, param_keys
from sitegen.analysis.summary import ExperimentSummary
from sitegen.analysis.words import duration, plural, when
from sitegen.pages.params_metrics import differing

MAX_ROWS = 1000
MAX_CELLS = 15_000
"""Maximum number of rows of a plain table: with more, browsers take seconds and the page exceeds its size limit."""
ROWS_WHEN_CUT = 100
LIST_ROWS = 1000
"""Runs per page of the plain lists of an experiment whose table was cut."""
PARAM_COLUMNS = 8
METRIC_COLUMNS = 5
MAX_CELL = 34
"""Characters that a cell of the table has room for."""
MAX_TITLE = 300
"""Characters of a value that are shown on hover."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the runs table; `key` is its id for scripts, such as `metric:loss:last`."""

    key: str
    """Its id for scripts: `metric:loss:last`."""
    label: str
    """Its heading."""
    css: str = ""
    """Its classes; empty for none."""
    title: str = ""
    """What is shown on hover; empty for nothing."""


class Cell(NamedTuple):
    """A cell of the runs table."""

    text: str
    """What it shows; empty if the run has no such value."""
    css: str = ""
    """Its classes; empty for none."""
    title: str = ""
    """What is shown on hover; empty for nothing."""


@dataclass(frozen=True, slots=True)
class TableRow:
    """A run in the table."""

    run_id: str
    """The run's id."""
    depth: int
    """How deeply the run is nested, 0 for one without a parent, at most 3."""
    href: Href
    """Where the run's page is."""
    name: str
    """The run's name."""
    status: str
    """MLflow's word for the run's status: `FINISHED`."""
    cells: tuple[Cell, ...]
    """The cells of the columns after name and status."""

    @property
    def anchor(self) -> str:
        """Its id on the page, to which the run's page links."""
        return run_anchor(self.run_id)


@dataclass(frozen=True, slots=True)
class RunsTable:
    """The runs of an experiment as a plain table; a script replaces it by one that sorts and filters."""

    file: str
    """What the experiment's data files are named after, for scripts."""
    total: int
    """How many runs the experiment has; the table may show fewer."""
    columns: tuple[Column, ...]
    """The columns, those for name and status first."""
    rows: tuple[TableRow, ...]
    """The rows, the newest run first, nested runs behind their parent."""
    hint: str
    """How the rows are sorted, and how many columns are not shown."""
    shown: str
    """How many runs the table shows, where that is not all of them."""
    pages: tuple[tuple[Href, str], ...]
    """Address and label (`1–1000`) of each plain list of the runs, where the table does not show all of them."""


def runs_table_of(table: ExperimentTable, summary: ExperimentSummary, ranking: Ranking | None) -> RunsTable:
    metrics, params = shown_columns(table, summary, ranking)
    width = 4 + len(metrics) + len(params)
    fits = len(table.rows) <= MAX_ROWS and len(table.rows) * width <= MAX_CELLS
    rows = list(nested(table.rows))
    shown = rows if fits else rows[:ROWS_WHEN_CUT]
    looks = _looks(table.rows, metrics, params)
    best = ranking.best.row.run_id if ranking and ranking.best else ""
    pages = [] if fits else list_pages(table)
    return RunsTable(
        file=file_name(table.experiment.experiment_id),
        total=len(table.rows),
        columns=_columns(metrics, params, looks),
        rows=tuple(_table_row(row, depth, looks, row.run_id == best) for row, depth in shown),
        hint=_table_hint(table, metrics, params),
        shown="" if fits else f"The newest {len(shown)} of {len(rows)} runs. All runs:",
        pages=tuple((path, label) for path, label in pages),
    )


def list_pages(table: ExperimentTable) -> list[tuple[Href, str]]:
    """Path and label of the plain lists of an experiment: `1–1000`, `1001–2000`, ..."""
    total = len(table.rows)
    return [
        (run_list_page(table.experiment.experiment_id, at // LIST_ROWS + 1), f"{at + 1}–{min(at + LIST_ROWS, total)}")
        for at in range(0, total, LIST_ROWS)
    ]


def shown_columns(
    table: ExperimentTable, summary: ExperimentSummary, ranking: Ranking | None
) -> tuple[list[str], list[str]]:
    """The metrics and params that the plain table shows: the objective first, then what most have, counters last."""
    metrics = [key for key in metric_keys(table) if not key.startswith("system/")]
    logged = {m.key: m.n for m in summary.metrics}
    first = ranking.objective.metric if ranking else None
    metrics.sort(key=lambda key: (key != first, is_counter(key), -logged.get(key, 0)))
    varying = {p.key for p in differing(summary)}
    params = [key for key in param_keys(table) if key in varying]
    return metrics[:METRIC_COLUMNS], params[:PARAM_COLUMNS]


def _table_hint(table: ExperimentTable, metrics: Sequence[str], params: Sequence[str]) -> str:
    hidden = len(metric_keys(table)) - len(metrics) + len(param_keys(table)) - len(params)
    return "Sorted by start time" + (f" · {plural(hidden, 'hidden column')}" if hidden else "")


@dataclass(frozen=True, slots=True)
class _Looks:
    """How the values of a table are written, so that different values look different; all runs count, shown or not.

    `params` has the label of each value, by key; `numeric` the params with only numbers.
    """

    names: Mapping[str, str]
    metrics: Mapping[str, Digits]
    params: Mapping[str, Mapping[str, str]]
    numeric: frozenset[str]


def _looks(rows: Sequence[RunRow], metrics: Sequence[str], params: Sequence[str]) -> _Looks:
    values = {key: {row.params[key] for row in rows if key in row.params} for key in params}
    return _Looks(
        names=run_labels((row.run_id, row.name) for row in rows),
        metrics={key: digits_of_metric(rows, key) for key in metrics},
        params={key: value_labels(found, MAX_CELL) for key, found in values.items()},
        numeric=frozenset(key for key, found in values.items() if all(number_of(v) is not None for v in found)),
    )


def digits_of_metric(rows: Sequence[RunRow], key: str) -> Digits:
    """How to write the last values of a metric over `rows`."""
    return digits_of(row.metrics[key].last for row in rows if key in row.metrics)


def _columns(metrics: Sequence[str], params: Sequence[str], looks: _Looks) -> tuple[Column, ...]:
    fixed = [
        Column("run:name", "Run", "name"),
        Column("run:status", "Status"),
        Column("run:start_time", "Started"),
        Column("run:duration", "Duration", "num"),
    ]
    css = {key: "num" if key in looks.numeric else "" for key in params} | dict.fromkeys(metrics, "num")
    return (
        *fixed,
        *(Column(f"metric:{k}:last", k, _css(css[k], at), f"metric {k}, last value") for at, k in enumerate(metrics)),
        *(Column(f"param:{k}", k, _css(css[k], at), f"param {k}") for at, k in enumerate(params)),
    )


def _css(css: str, at: int) -> str:
    """The CSS classes of a column or cell; the first of each kind has a line before it."""
    return css if at else f"{css} group-start".strip()


def _table_row(row: RunRow, depth: int, looks: _Looks, best: bool) -> TableRow:
    cells = [Cell(start_text(row)), Cell(duration_text(row), "num")]
    for at, (key, digits) in enumerate(looks.metrics.items()):
        summary = row.metrics.get(key)
        css = _css("num", at) + (" best-cell" if best and at == 0 else "")
        text = digits.text(summary.last) if summary else ""
        cells.append(Cell(text, css))  # all digits are in the table's data, and on the run's page
    for at, (key, labels) in enumerate(looks.params.items()):
        value = row.params.get(key)
        css = _css("num" if key in looks.numeric else "", at)
        label = "" if value is None else labels[value]
        cells.append(Cell(label, css, value[:MAX_TITLE] if value and label != value else ""))
    return TableRow(row.run_id, depth, run_page(row.run_id), looks.names[row.run_id], row.status, tuple(cells))


def start_text(row: RunRow) -> str:
    return when(row.start_time).removesuffix(" UTC") if row.start_time is not None else ""


def duration_text(row: RunRow) -> str:
    return duration(row.duration) if row.duration is not None else ""
