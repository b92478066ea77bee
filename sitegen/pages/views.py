"""Named views: a filtered, sorted or grouped table of runs that has a page of its own.

`[views."best adam runs"]` in `sitegen.toml` says which runs of which experiment, which columns, which order. The page
holds the finished table; its script goes on from there, as in the table of the experiment.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from sitegen.addresses import Href, experiment_page, file_name
from sitegen.analysis.report import Report
from sitegen.analysis.runs_table import ExperimentTable
from sitegen.analysis.words import plural
from sitegen.config import ViewConfig
from sitegen.errors import QueryError, UsageError, did_you_mean
from sitegen.pages.runs_table import MAX_ROWS, shown_columns
from sitegen.pages.view_rows import (
    ATTRIBUTES,
    ViewColumn,
    ViewRow,
    column_id,
    group_rows,
    label_of,
    run_rows,
    sorted_rows,
    view_column,
)
from sitegen.query import OrderBy, Query, matcher, parse, parse_order
from sitegen.query.nodes import Key
from sitegen.search import FIELD_WEIGHT, NOTE_WEIGHT, SearchEntry


@dataclass(frozen=True)
class View:
    """A view that was parsed: only its experiment, and keys that no run has, can still be wrong."""

    config: ViewConfig
    query: Query
    columns: tuple[Key, ...]
    sort: tuple[OrderBy, ...]
    group: Key | None
    path: Href


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
    """The note from the config; plain text."""
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
    if key is None or key.group == "dataset" or (key.group == "attribute" and key.name not in ATTRIBUTES):
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
    rows = sorted_rows([row for row in table.rows if test(row)], view.sort)
    keys = [key for key in view.columns or _standard(report) if key != Key("attribute", "run_name")]
    shown = group_rows(rows, view.group, view.sort, keys) if view.group else run_rows(rows[:MAX_ROWS], table, keys)
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
        columns=(ViewColumn("run:name", "Run", "name", ""), *(view_column(key, table) for key in keys)),
        rows=tuple(shown),
        cut=f"The first {MAX_ROWS} of {len(rows)} runs." if not view.group and len(rows) > MAX_ROWS else "",
    )


def experiment_of(view: View, reports: Sequence[Report]) -> str:
    """The id of the experiment that `view` is about. Raises UsageError when it is not in the site."""
    return _report_of(view, reports).table.experiment.experiment_id


def _report_of(view: View, reports: Sequence[Report]) -> Report:
    wanted = view.config.experiment
    for report in reports:
        experiment = report.table.experiment
        if wanted in (experiment.experiment_id, experiment.logged_name, experiment.name):
            return report
    hint = did_you_mean(wanted, (report.table.experiment.logged_name for report in reports))
    raise UsageError(
        f'The view "{view.config.name}" is about the experiment "{wanted}", which is not in the site.{hint}'
    )


def _standard(report: Report) -> list[Key]:
    metrics, params = shown_columns(report.table, report.summary, report.ranking)
    attributes = [Key("attribute", name) for name in ("status", "start_time", "duration")]
    return [*attributes, *(Key("metric", key) for key in metrics), *(Key("param", key) for key in params)]


def _describe(found: int, total: int, view: View, groups: int) -> str:
    of = f"{found} of {plural(total, 'run')}" if view.config.filter.strip() else plural(found, "run")
    return f"{of} in {plural(groups, 'group')} by {label_of(view.group)}" if view.group else of


# State --------------------------------------------------------------------------------------------------------------


def _state(view: View, table: ExperimentTable) -> str:
    """The view as a URL fragment (`view-state.js`); the columns are those of the page's own table."""
    parts = [("q", view.config.filter.strip())]
    parts.append(("sort", ",".join(_part(column_id(r.key, table), "" if r.ascending else "-") for r in view.sort)))
    parts.append(("group", _part(column_id(view.group, table)) if view.group else ""))
    return "&".join(f"{key}={quote(text, safe='') if key == 'q' else text}" for key, text in parts if text)


def _part(text: str, sign: str = "") -> str:
    return sign + quote(text, safe=":/")
