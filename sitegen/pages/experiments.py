"""What an experiment's page says: the best run and why, all runs, curves of the best, what params and metrics did."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from markupsafe import escape

from sitegen.addresses import Href, experiment_page, file_name, run_list_page, run_page
from sitegen.analysis.best import Ranking
from sitegen.analysis.report import Report
from sitegen.analysis.runs_table import ExperimentTable, RunRow, metric_keys, param_keys
from sitegen.analysis.summary import ExperimentSummary, MetricDistribution, ParamSummary
from sitegen.analysis.words import day, duration, number, plural, when
from sitegen.markup.notes import note_excerpt, note_html
from sitegen.pages.figures import ChartGroup
from sitegen.pages.gallery import SideBySide, across_of, pictured_rows
from sitegen.pages.groups import GroupsView, groups_view
from sitegen.pages.health import HealthView
from sitegen.pages.leaderboard import Leaderboard, leaderboard_of, short
from sitegen.pages.matters import MattersView
from sitegen.pages.page import Fact
from sitegen.pages.related import Related
from sitegen.viewers.copies import CopiedArtifact

MAX_ROWS = 1000
MAX_CELLS = 15_000
"""A plain table stops here: browsers take seconds for more, and the page outgrows its budget."""
ROWS_WHEN_CUT = 100
LIST_ROWS = 1000
LIST_METRICS = 4
CHIPS = 8
PARAM_COLUMNS = 12
METRIC_COLUMNS = 12


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the runs table; `key` is what scripts call it, such as `metric:loss:last`."""

    key: str
    label: str
    css: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row: `cells` is finished HTML of the cells after name and status, escaped here for speed."""

    run_id: str
    depth: int
    href: Href
    name: str
    status: str
    cells: str


@dataclass(frozen=True, slots=True)
class RunsTable:
    file: str
    total: int
    columns: tuple[Column, ...]
    rows: tuple[TableRow, ...]
    hint: str
    shown: str
    pages: tuple[tuple[Href, str], ...]


@dataclass(frozen=True, slots=True)
class ParamLine:
    key: str
    range: str
    chips: tuple[tuple[str, int], ...]
    more: str
    distinct: str
    missing: str


@dataclass(frozen=True, slots=True)
class MetricStats:
    key: str
    cells: tuple[str, ...]


@dataclass(frozen=True)
class ExperimentPage:
    """An experiment's page. Texts are final: the template only lays them out."""

    path: str
    title: str
    description: str
    deleted: bool
    facts: tuple[Fact, ...]
    tags: tuple[tuple[str, str], ...]
    note: str
    sections: tuple[tuple[str, str], ...]
    best: Leaderboard | None
    no_best: str
    table: RunsTable | None
    groups: GroupsView | None
    chart_groups: tuple[ChartGroup, ...]
    varying: tuple[ParamLine, ...]
    params_hint: str
    constant: tuple[tuple[str, str], ...]
    constant_line: str
    metrics: tuple[MetricStats, ...]
    matters: MattersView | None = None
    health: HealthView | None = None
    side_by_side: tuple[SideBySide, ...] = ()
    side_by_side_hint: str = ""
    side_by_side_runs: str = "[]"
    views: tuple[tuple[Href, str], ...] = ()
    """Address and name of the named views of this experiment."""
    related: tuple[Related, ...] = ()
    template: str = "experiment.html"
    kind: str = "experiment"


@dataclass(frozen=True, slots=True)
class ListRow:
    href: Href
    name: str
    status: str
    start: str
    duration: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class RunListPage:
    """Up to `LIST_ROWS` runs of an experiment as a plain list, so that every run can be reached by links alone."""

    path: str
    title: str
    heading: str
    crumb: str
    experiment: str
    experiment_href: Href
    pages: tuple[tuple[Href, str, bool], ...]
    metrics: tuple[str, ...]
    rows: tuple[ListRow, ...]
    template: str = "run_list.html"
    kind: str = "list"


def experiment_page_of(
    report: Report,
    charts: Sequence[ChartGroup],
    matters: MattersView | None = None,
    health: HealthView | None = None,
    copies_by_run: Mapping[str, Sequence[CopiedArtifact]] = MappingProxyType({}),
    related: Sequence[Related] = (),
) -> ExperimentPage:
    """The page of an experiment: `charts` are its groups of charts, `shelves` the artifacts of its best runs by id.

    `related` is what else belongs to it.
    """
    table, summary, ranking = report.table, report.summary, report.ranking
    pictured = [row for row in best_pictured(table, ranking) if row.run_id in copies_by_run]
    side_by_side = across_of(copies_by_run, pictured, _judged(ranking))
    experiment = table.experiment
    varying = tuple(_param_line(p) for p in _differing(summary))
    constant = _one_valued(table, summary)
    best = None
    if ranking and ranking.ranked:
        best = leaderboard_of(ranking, experiment.experiment_id, report.baseline)
    page = ExperimentPage(
        path=experiment_page(experiment.experiment_id),
        title=experiment.name,
        description=_description(table, best),
        deleted=experiment.lifecycle_stage == "deleted",
        facts=_facts(table, summary),
        tags=tuple((k, v) for k, v in sorted(experiment.tags.items()) if not k.startswith("mlflow."))[:24],
        note=note_html(experiment.note) if experiment.note.strip() else "",
        sections=(),
        best=best,
        no_best="" if best else no_best(table, ranking),
        table=_runs_table(table, summary, ranking) if table.rows else None,
        groups=groups_view(report.grouping) if report.grouping else None,
        chart_groups=tuple(charts),
        varying=varying,
        params_hint=_params_hint(summary),
        constant=constant,
        constant_line=f"{plural(len(constant), 'param')} with one value",
        metrics=tuple(_metric_stats(m) for m in summary.metrics),
        matters=matters,
        health=health,
        side_by_side=side_by_side,
        side_by_side_hint=f"the same image of the {'best' if best else 'newest'} runs" if side_by_side else "",
        side_by_side_runs=json.dumps([[row.run_id, row.name] for row in pictured]),
        related=tuple(related),
    )
    return _with_sections(page)


def best_pictured(table: ExperimentTable, ranking: Ranking | None) -> list[RunRow]:
    """The runs whose images are shown side by side."""
    return pictured_rows(table.rows, [entry.row for entry in ranking.ranked] if ranking else [])


def _judged(ranking: Ranking | None) -> dict[str, str]:
    """What each ranked run is judged by, in words."""
    if ranking is None:
        return {}
    label = ranking.objective.label
    return {e.row.run_id: f"{label} {number(ranking.objective.value_of(e.row))}" for e in ranking.ranked[:100]}


def _with_sections(page: ExperimentPage) -> ExperimentPage:
    sections = [("best", page.best.title)] if page.best else []
    sections += [("groups", "Groups")] if page.groups else []
    sections += [("runs", "Runs")] if page.table else []
    sections += [(g.id, g.title) for g in page.chart_groups]
    sections += [("matters", "What mattered")] if page.matters else []
    sections += [("images", "Images")] if page.side_by_side else []
    sections += [("params", "Params")] if page.varying or page.constant else []
    sections += [("metrics", "Metrics")] if page.metrics else []
    sections += [("related", "Data and models")] if page.related else []
    if page.health:
        sections.append(("health", f"Health: {page.health.heading}" if page.health.heading else "Health"))
    return replace(page, sections=tuple(sections))


def _description(table: ExperimentTable, best: Leaderboard | None) -> str:
    runs = plural(len(table.rows), "run")
    line = f"{runs}; best {best.metrics[0]} {best.value} by {best.name}" if best and best.name else runs
    return note_excerpt(f"Experiment {table.experiment.name}: {line}.", 200)


def _facts(table: ExperimentTable, s: ExperimentSummary) -> tuple[Fact, ...]:
    statuses = ", ".join(f"{count} {status.lower()}" for status, count in s.statuses)
    many = len(s.users) > 3
    facts = [
        Fact("Runs", str(s.runs)),
        Fact("Status", statuses),
        Fact("Nested", f"{plural(s.children, 'nested run')} under {plural(s.parents, 'parent')}" if s.children else ""),
        Fact("Runs made", _span(s.first_start, s.last_start)),
        Fact("Median duration", _known(s.median_duration)),
        Fact("Total duration", _known(s.total_duration)),
        Fact(
            "Users",
            f"{len(s.users)} users" if many else ", ".join(f"{u} ({n})" if len(s.users) > 1 else u for u, n in s.users),
        ),
        Fact(
            "Sources",
            ", ".join(name for name, _ in s.sources[:3])
            + (f" and {len(s.sources) - 3} more" if len(s.sources) > 3 else ""),
        ),
        Fact(
            "Datasets",
            ", ".join(name for name, _ in s.datasets[:3])
            + (f" and {len(s.datasets) - 3} more" if len(s.datasets) > 3 else ""),
        ),
        Fact("Experiment id", table.experiment.experiment_id, mono=True),
    ]
    return tuple(fact for fact in facts if fact.value)


def _known(milliseconds: int | None) -> str:
    return duration(milliseconds) if milliseconds is not None else ""


def _span(first: int | None, last: int | None) -> str:
    if first is None or last is None:
        return ""
    return day(first) if day(first) == day(last) else f"{day(first)} to {day(last)}"


def no_best(table: ExperimentTable, ranking: Ranking | None) -> str:
    """Why an experiment has no best run."""
    if not table.rows:
        return "This experiment has no runs."
    if ranking:
        return f"{ranking.why} {ranking.objective.because}"
    return (
        "No run is marked as best: no metric here has a name that tells whether more or less of it is better. "
        'Say so when building: --objective "max METRIC", or in sitegen.toml.'
    )


# The runs table -----------------------------------------------------------------------------------------------------


def _runs_table(table: ExperimentTable, summary: ExperimentSummary, ranking: Ranking | None) -> RunsTable:
    metrics, params = shown_columns(table, summary, ranking)
    width = 4 + len(metrics) + len(params)
    fits = len(table.rows) <= MAX_ROWS and len(table.rows) * width <= MAX_CELLS
    rows = list(nested(table.rows))
    shown = rows if fits else rows[:ROWS_WHEN_CUT]
    best = ranking.best.row.run_id if ranking and ranking.best else ""
    pages = [] if fits else list_pages(table)
    return RunsTable(
        file=file_name(table.experiment.experiment_id),
        total=len(table.rows),
        columns=_columns(metrics, params),
        rows=tuple(_table_row(row, depth, metrics, params, row.run_id == best) for row, depth in shown),
        hint=_table_hint(table, metrics, params),
        shown="" if fits else f"The newest {len(shown)} of {len(rows)} runs. All runs:",
        pages=tuple((path, label) for path, label in pages),
    )


def shown_columns(
    table: ExperimentTable, summary: ExperimentSummary, ranking: Ranking | None
) -> tuple[list[str], list[str]]:
    """The metrics and params that the plain table shows: the objective first, then what most runs have."""
    metrics = [key for key in metric_keys(table) if not key.startswith("system/")]
    logged = {m.key: m.n for m in summary.metrics}
    first = ranking.objective.metric if ranking else None
    metrics.sort(key=lambda key: (key != first, -logged.get(key, 0)))
    varying = {p.key for p in _differing(summary)}
    params = [key for key in param_keys(table) if key in varying]
    return metrics[:METRIC_COLUMNS], params[:PARAM_COLUMNS]


def _table_hint(table: ExperimentTable, metrics: Sequence[str], params: Sequence[str]) -> str:
    hidden = len(metric_keys(table)) - len(metrics) + len(param_keys(table)) - len(params)
    more = f"; {plural(hidden, 'more column')} to choose" if hidden else ""
    return f"the newest first; params that vary{more}" if params else f"the newest first{more}"


def _columns(metrics: Sequence[str], params: Sequence[str]) -> tuple[Column, ...]:
    fixed = [
        Column("run:name", "Run", "name"),
        Column("run:status", "Status"),
        Column("run:start_time", "Started"),
        Column("run:duration", "Duration", "num"),
    ]
    return (
        *fixed,
        *(
            Column(f"metric:{key}:last", key, "num group-start" if at == 0 else "num", f"metric {key}, last value")
            for at, key in enumerate(metrics)
        ),
        *(
            Column(f"param:{key}", key, "group-start" if at == 0 else "", f"param {key}")
            for at, key in enumerate(params)
        ),
    )


def nested(rows: Sequence[RunRow]) -> list[tuple[RunRow, int]]:
    """The rows with their depth: nested runs right behind their parent, at most three deep; cycles are cut."""
    known = {row.run_id for row in rows}
    children: dict[str, list[RunRow]] = {}
    roots: list[RunRow] = []
    for row in rows:
        if row.parent_id in known and row.parent_id:
            children.setdefault(row.parent_id, []).append(row)
        else:
            roots.append(row)
    if not children:
        return [(row, 0) for row in rows]
    out: list[tuple[RunRow, int]] = []
    seen: set[str] = set()
    for start in (*roots, *rows):  # the rows once more: runs in a circle of parents have no root
        stack = [(start, 0)]
        while stack:
            row, depth = stack.pop()
            if row.run_id not in seen:
                seen.add(row.run_id)
                out.append((row, min(depth, 3)))
                stack += [(child, depth + 1) for child in reversed(children.get(row.run_id, []))]
    return out


def _table_row(row: RunRow, depth: int, metrics: Sequence[str], params: Sequence[str], best: bool) -> TableRow:
    cells = [f"<td>{_start(row)}</td>", f'<td class="num">{_duration(row)}</td>']
    for at, key in enumerate(metrics):
        summary = row.metrics.get(key)
        start = " group-start" if at == 0 else ""
        mark = " best-cell" if best and at == 0 else ""
        cells.append(f'<td class="num{start}{mark}">{number(summary.last) if summary else ""}</td>')
    for at, key in enumerate(params):
        value = row.params.get(key, "")
        title = f' title="{escape(value[:300])}"' if len(value) > 30 else ""
        css = ' class="group-start"' if at == 0 else ""
        cells.append(f"<td{css}{title}>{escape(short(value, 60))}</td>")
    return TableRow(row.run_id, depth, run_page(row.run_id), row.name, row.status, "".join(cells))


def _start(row: RunRow) -> str:
    return when(row.start_time).removesuffix(" UTC") if row.start_time is not None else ""


def _duration(row: RunRow) -> str:
    return duration(row.duration) if row.duration is not None else ""


# List pages ---------------------------------------------------------------------------------------------------------


def list_pages(table: ExperimentTable) -> list[tuple[Href, str]]:
    """Path and label of the plain lists of an experiment: `1–1000`, `1001–2000`, ..."""
    total = len(table.rows)
    return [
        (run_list_page(table.experiment.experiment_id, at // LIST_ROWS + 1), f"{at + 1}–{min(at + LIST_ROWS, total)}")
        for at in range(0, total, LIST_ROWS)
    ]


def run_list_pages(table: ExperimentTable, page: ExperimentPage, ranking: Ranking | None) -> list[RunListPage]:
    """The plain lists of an experiment whose table was cut; none when its own page holds every run."""
    if page.table is None or not page.table.pages:
        return []
    first = ranking.objective.metric if ranking else None
    keys = sorted(metric_keys(table), key=lambda key: key != first)[:LIST_METRICS]
    addresses = list_pages(table)
    return [_run_list(table, at, path, label, addresses, keys) for at, (path, label) in enumerate(addresses)]


def _run_list(
    table: ExperimentTable, at: int, path: Href, label: str, addresses: Sequence[tuple[Href, str]], keys: Sequence[str]
) -> RunListPage:
    name = table.experiment.name
    rows = table.rows[at * LIST_ROWS : (at + 1) * LIST_ROWS]
    return RunListPage(
        path=path,
        title=f"{name}: runs {label}",
        heading=f"Runs {label} of {len(table.rows)}",
        crumb=f"Runs {label}",
        experiment=name,
        experiment_href=experiment_page(table.experiment.experiment_id),
        pages=tuple((other, text, other == path) for other, text in addresses),
        metrics=tuple(keys),
        rows=tuple(_list_row(row, keys) for row in rows),
    )


def _list_row(row: RunRow, keys: Sequence[str]) -> ListRow:
    values = tuple(number(row.metrics[key].last) if key in row.metrics else "" for key in keys)
    return ListRow(run_page(row.run_id), row.name, row.status, _start(row), _duration(row), values)


# Params and metrics -------------------------------------------------------------------------------------------------


def _differing(summary: ExperimentSummary) -> list[ParamSummary]:
    """Params with several values: one that some runs lack, as those of a grid search's parent are, tells little."""
    return [p for p in summary.varying if p.distinct > 1]


def _one_valued(table: ExperimentTable, summary: ExperimentSummary) -> tuple[tuple[str, str], ...]:
    """Params with one value, and in how many runs where that is not all of them."""
    runs = len(table.rows)
    partly = [
        (p.key, f"{short(p.values[0][0])} (in {runs - p.missing} of {runs} runs)")
        for p in summary.varying
        if p.distinct == 1
    ]
    return (*summary.constant, *partly)


def _params_hint(summary: ExperimentSummary) -> str:
    count = len(_differing(summary))
    return f"{plural(count, 'param')} that {'differs' if count == 1 else 'differ'} between runs" if count else ""


def _param_line(p: ParamSummary) -> ParamLine:
    few = p.distinct <= CHIPS
    span = f"{number(p.low)} to {number(p.high)}" if p.kind == "number" and not few and p.low is not None else ""
    more = p.distinct - min(len(p.values), CHIPS)
    return ParamLine(
        key=p.key,
        range=span,
        chips=tuple((short(value) if value else "(empty)", count) for value, count in p.values[:CHIPS]),
        more=f"and {more} more" if more > 0 else "",
        distinct=str(p.distinct),
        missing=plural(p.missing, "run") if p.missing else "",
    )


def _metric_stats(m: MetricDistribution) -> MetricStats:
    numbers = [m.min, m.q1, m.median, m.q3, m.max, m.mean, m.std]
    cells = [number(v) if v is not None and not math.isnan(v) else "" for v in numbers]
    return MetricStats(m.key, (str(m.n), *cells, str(m.bad) if m.bad else ""))


def links_to_experiments(tables: Sequence[ExperimentTable]) -> tuple[tuple[Href, str], ...]:
    return tuple((experiment_page(t.experiment.experiment_id), t.experiment.name) for t in tables)
