"""Named views: a filtered, sorted or grouped table of runs that has a page of its own.

`[views."best adam runs"]` in `sitegen.toml` says which runs of which experiment, which columns, which order. The page
holds the finished table; its script goes on from there, as in the table of the experiment.
"""

from __future__ import annotations

import math
import re
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from sitegen.addresses import NOWHERE, Href, experiment_page, file_name, run_page
from sitegen.analysis.digits import Digits, digits_of
from sitegen.analysis.labels import run_labels
from sitegen.analysis.report import Report
from sitegen.analysis.runs_table import ExperimentTable, RunRow, number_of
from sitegen.analysis.words import duration, number, plural, when
from sitegen.config import ViewConfig
from sitegen.errors import QueryError, UsageError
from sitegen.pages.runs_table import MAX_ROWS, shown_columns
from sitegen.query import OrderBy, Query, matcher, parse, parse_order
from sitegen.query.nodes import Key
from sitegen.search import FIELD_WEIGHT, NOTE_WEIGHT, SearchEntry

Value = str | float | None
_ATTRIBUTES: Mapping[str, tuple[str, str, Callable[[RunRow], Value]]] = {
    "run_id": ("run_id", "Run id", lambda row: row.run_id),
    "run_name": ("name", "Run", lambda row: row.name),
    "status": ("status", "Status", lambda row: row.status),
    "start_time": ("start_time", "Started", lambda row: row.start_time),
    "end_time": ("end_time", "End time", lambda row: row.end_time),
    "duration": ("duration", "Duration", lambda row: row.duration),
    "user_id": ("user", "User", lambda row: row.user or None),
    "source_name": ("source", "Source", lambda row: row.source_name or None),
    "parent_run_id": ("parent", "Parent", lambda row: row.parent_id),
}
"""Attributes that can be columns: their name in the data file, their label, their value."""


@dataclass(frozen=True)
class View:
    """A view that has been read: nothing in it can be wrong but the experiment and keys that no run has."""

    config: ViewConfig
    query: Query
    columns: tuple[Key, ...]
    sort: tuple[OrderBy, ...]
    group: Key | None
    path: Href


@dataclass(frozen=True, slots=True)
class ViewColumn:
    """A column of the table."""

    key: str
    """What scripts call it: `metric:loss:last`."""
    label: str
    """Its heading."""
    css: str
    """Its classes; empty for none."""
    title: str
    """What is shown on hover; empty for nothing."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of the table."""

    text: str
    """What it shows; empty where there is nothing."""
    css: str = ""
    """Its classes; empty for none."""
    title: str = ""
    """What is shown on hover; empty for nothing."""
    pill: str = ""
    """The class of a status, in small letters (`finished`); empty for any other cell."""


@dataclass(frozen=True, slots=True)
class ViewRow:
    """A run, or a group of runs."""

    run_id: str
    """The run's id; empty for a group."""
    href: Href
    """Where the run's page is; empty for a group."""
    name: str
    """The run's name, or what the runs of the group have in common."""
    count: str
    """How many runs the group has; empty for a run."""
    cells: tuple[Cell, ...]
    """What stands in the columns after the name."""


@dataclass(frozen=True)
class ViewPage:
    """The page of a named view: some runs of an experiment, chosen by a filter of the config."""

    path: Href
    title: str
    experiment: str
    """The name of the experiment."""
    experiment_href: Href
    """Where the experiment's page is."""
    note: str
    """What the config says about the view; plain text."""
    description: str
    """How many of the runs it shows, in words."""
    filter: str
    """The filter, in the search language; empty for all runs."""
    file: str
    """What the experiment's data files are named after, for scripts."""
    total: int
    """How many runs the experiment has."""
    state: str
    """What the table's script starts from, written as the fragment of an address."""
    columns: tuple[ViewColumn, ...]
    """The columns, the name of the run first."""
    rows: tuple[ViewRow, ...]
    """The runs, or the groups, in the order of the view."""
    cut: str
    """How many of the runs are shown, where that is not all of them."""
    template: str = "view.html"
    kind: str = "view"

    @property
    def search(self) -> SearchEntry:
        """What the search finds of it: its note and filter."""
        return SearchEntry("page", self.experiment, ((self.note, NOTE_WEIGHT), (self.filter, FIELD_WEIGHT)))


# Reading ------------------------------------------------------------------------------------------------------------


def read_views(configs: Sequence[ViewConfig]) -> list[View]:
    """The views of the config, each with a path of its own. Raises UsageError where one of them cannot be read."""
    taken: set[str] = set()
    views = []
    for config in configs:
        views.append(_read(config, taken))
        taken.add(views[-1].path)
    return views


def _read(config: ViewConfig, taken: set[str]) -> View:
    slug = re.sub(r"[^0-9a-z]+", "-", config.name.lower()).strip("-")
    path = _address(slug or config.name)
    if path in taken:
        path = _address(config.name + " ")
    try:
        return View(
            config,
            parse(config.filter),
            tuple(_key(text) for text in config.columns),
            tuple(rule for text in config.sort for rule in parse_order(text)),
            _key(config.group) if config.group else None,
            path,
        )
    except QueryError as error:
        raise UsageError(f'The view "{config.name}" cannot be read: {error}') from error


def _address(name: str) -> Href:
    return Href(f"views/{file_name(name)}.html")


def _key(text: str) -> Key:
    rules = parse_order(text)
    key = rules[0].key if len(rules) == 1 else None
    if key is None or key.group == "dataset" or (key.group == "attribute" and key.name not in _ATTRIBUTES):
        raise QueryError(
            f'"{text}" is not a column of a table of runs; write for example metrics.loss or params.lr.', 0, len(text)
        )
    return key


# Pages --------------------------------------------------------------------------------------------------------------


def view_page(view: View, reports: Sequence[Report]) -> ViewPage:
    """The page of `view`. Raises UsageError when its experiment is not in the site."""
    report = _report_of(view, reports)
    table = report.table
    test = matcher(view.query)
    rows = _sorted([row for row in table.rows if test(row)], view.sort)
    keys = [key for key in view.columns or _standard(report) if key != Key("attribute", "run_name")]
    shown = _groups(rows, view, keys) if view.group else _run_rows(rows[:MAX_ROWS], table, keys)
    return ViewPage(
        path=view.path,
        title=view.config.name,
        experiment=table.experiment.name,
        experiment_href=experiment_page(table.experiment.experiment_id),
        note=view.config.note,
        description=_describe(len(rows), len(table.rows), view, len(shown)),
        filter=view.config.filter,
        file=file_name(table.experiment.experiment_id),
        total=len(table.rows),
        state=_state(view, table),
        columns=(ViewColumn("run:name", "Run", "name", ""), *(_column(key, table) for key in keys)),
        rows=tuple(shown),
        cut=f"The first {MAX_ROWS} of {len(rows)} runs." if not view.group and len(rows) > MAX_ROWS else "",
    )


def experiment_of(view: View, reports: Sequence[Report]) -> str:
    """The id of the experiment that `view` is about. Raises UsageError when it is not in the site."""
    return _report_of(view, reports).table.experiment.experiment_id


def _report_of(view: View, reports: Sequence[Report]) -> Report:
    wanted = view.config.experiment
    for report in reports:
        if wanted in (report.table.experiment.experiment_id, report.table.experiment.name):
            return report
    raise UsageError(f'The view "{view.config.name}" is about the experiment "{wanted}", which is not in the site.')


def _standard(report: Report) -> list[Key]:
    metrics, params = shown_columns(report.table, report.summary, report.ranking)
    attributes = [Key("attribute", name) for name in ("status", "start_time", "duration")]
    return [*attributes, *(Key("metric", key) for key in metrics), *(Key("param", key) for key in params)]


def _describe(found: int, total: int, view: View, groups: int) -> str:
    of = f"{found} of {plural(total, 'run')}" if view.config.filter.strip() else plural(found, "run")
    return f"{of} in {plural(groups, 'group')} by {_label(view.group)}" if view.group else of


# Columns ------------------------------------------------------------------------------------------------------------


def _column(key: Key, table: ExperimentTable) -> ViewColumn:
    numeric = key.group == "metric" or key.name == "duration"
    title = "" if key.group == "attribute" else f"{key.group} {_label(key)}"
    return ViewColumn(_column_id(key, table), _label(key), "num" if numeric else "", title)


def _label(key: Key) -> str:
    if key.group == "attribute":
        return _ATTRIBUTES[key.name][1]
    return f"{key.name} ({key.reducer})" if key.reducer and key.reducer != "last" else key.name


def _column_id(key: Key, table: ExperimentTable) -> str:
    if key.group == "attribute":
        return f"run:{_ATTRIBUTES[key.name][0]}"
    if key.group != "metric":
        return f"{key.group}:{key.name}"
    whole = f"{key.name}.{key.reducer}"
    if key.literal_first and any(whole in row.metrics for row in table.rows):
        return f"metric:{whole}:last"
    return f"metric:{key.name}:{key.reducer or 'last'}"


def value_of(row: RunRow, key: Key) -> Value:
    """What `row` has of `key`; None where it has nothing."""
    if key.group == "attribute":
        return _ATTRIBUTES[key.name][2](row)
    if key.group == "metric":
        whole = row.metrics.get(f"{key.name}.{key.reducer}") if key.literal_first else None
        found = row.metrics.get(key.name)
        return whole.last if whole else getattr(found, key.reducer or "last") if found else None
    return row.params.get(key.name) if key.group == "param" else row.tags.get(key.name)


def _sorted(rows: Sequence[RunRow], rules: Sequence[OrderBy]) -> list[RunRow]:
    """As the table in the browser sorts: what is missing or NaN last both ways, numeric strings by size."""
    found = list(rows)
    for rule in reversed(rules):
        values = {row.run_id: value_of(row, rule.key) for row in rows}
        texts = [number_of(value) for value in values.values() if isinstance(value, str)]
        if texts and None not in texts:
            values = {k: number_of(v) if isinstance(v, str) else v for k, v in values.items()}
        known = [row for row in found if (v := values[row.run_id]) is not None and v == v]
        known.sort(key=lambda row: values[row.run_id], reverse=not rule.ascending)  # type: ignore[arg-type, return-value]
        chosen = {row.run_id for row in known}
        found = known + [row for row in found if row.run_id not in chosen]
    return found


# Cells --------------------------------------------------------------------------------------------------------------


def _run_rows(rows: Sequence[RunRow], table: ExperimentTable, keys: Sequence[Key]) -> list[ViewRow]:
    """A line a run, its numbers and its name written as in the table of all runs."""
    names = run_labels((row.run_id, row.name) for row in table.rows)
    digits = {key: digits_of(_finite(table.rows, key)) for key in keys if key.group == "metric"}
    return [
        ViewRow(
            row.run_id,
            run_page(row.run_id),
            names[row.run_id],
            "",
            tuple(_cell(value_of(row, key), key, digits.get(key)) for key in keys),
        )
        for row in rows
    ]


def _cell(value: Value, key: Key, digits: Digits | None = None) -> Cell:
    if value is None:
        return Cell("")
    if key.name == "status" and key.group == "attribute":
        return Cell(str(value).capitalize(), pill=str(value).lower())
    if isinstance(value, str):
        return Cell(value if len(value) <= 60 else value[:59] + "…", title=value[:300] if len(value) > 30 else "")
    if key.group == "metric":
        return Cell(digits.text(value) if digits else number(value), "num", repr(value))
    if key.name == "duration":
        return Cell(duration(int(value)), "num")
    return Cell(when(int(value)).removesuffix(" UTC"))


def _groups(rows: Sequence[RunRow], view: View, keys: Sequence[Key]) -> list[ViewRow]:
    """A line a group, in the order of its values: numbers by size, else strings; the runs without one last."""
    assert view.group is not None
    groups: dict[str, list[RunRow]] = {}
    for row in rows:
        groups.setdefault(_cell(value_of(row, view.group), view.group).text, []).append(row)
    numbers = {text: number_of(text) for text in groups if text}
    numeric = all(value is not None for value in numbers.values())

    def order(text: str) -> tuple[bool, float, str]:
        return not text, (numbers.get(text) or 0.0) if numeric else 0.0, text

    names = sorted(groups, key=order)
    if view.sort:  # by the mean of the first key, as in the browser
        means = {name: _mean_of(groups[name], view.sort[0].key) for name in names}
        known = [name for name in names if means[name] == means[name]]
        known.sort(key=lambda name: means[name], reverse=not view.sort[0].ascending)
        names = known + [name for name in names if means[name] != means[name]]
    digits = {key: digits_of(_mean_of(groups[name], key) for name in names) for key in keys}
    return [
        ViewRow(
            "",
            NOWHERE,
            f"{_label(view.group)} = {name or '(none)'}",
            str(len(groups[name])),
            tuple(_group_cell(groups[name], key, digits[key]) for key in keys),
        )
        for name in names
    ]


def _finite(rows: Sequence[RunRow], key: Key) -> list[float]:
    values = (value_of(row, key) for row in rows)
    return [v for v in values if isinstance(v, int | float) and math.isfinite(v)]


def _mean_of(rows: Sequence[RunRow], key: Key) -> float:
    values = _finite(rows, key)
    return sum(values) / len(values) if values else math.nan


def _group_cell(rows: Sequence[RunRow], key: Key, digits: Digits) -> Cell:
    """Mean ± sample standard deviation of numbers; of strings the one that all have, or how many there are."""
    if key.group == "attribute" and key.name in ("start_time", "end_time"):
        return Cell("")
    if key.group == "metric" or key.name == "duration":
        values = _finite(rows, key)
        if not values:
            return Cell("", "num")
        mean = sum(values) / len(values)
        if key.group == "attribute":
            return Cell(duration(round(mean)), "num")
        spread = f" ± {number(statistics.stdev(values))}" if len(values) > 1 else ""
        return Cell(digits.text(mean) + spread, "num", f"mean {mean!r}, n = {len(values)}")
    texts = {_cell(value_of(row, key), key).text for row in rows}
    return Cell(texts.pop()) if len(texts) == 1 else Cell(f"{len(texts)} values", "muted")


# State --------------------------------------------------------------------------------------------------------------


def _state(view: View, table: ExperimentTable) -> str:
    """The view as a fragment says it (`view-state.js`); the columns are those of the page's own table."""
    parts = [("q", view.config.filter.strip())]
    parts.append(("sort", ",".join(_part(_column_id(r.key, table), "" if r.ascending else "-") for r in view.sort)))
    parts.append(("group", _part(_column_id(view.group, table)) if view.group else ""))
    return "&".join(f"{key}={quote(text, safe='') if key == 'q' else text}" for key, text in parts if text)


def _part(text: str, sign: str = "") -> str:
    return sign + quote(text, safe=":/")
