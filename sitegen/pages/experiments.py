"""What an experiment's page says: the best run and why, all runs, curves of the best, what params and metrics did."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from sitegen.addresses import Href, experiment_page
from sitegen.analysis.best import Ranking
from sitegen.analysis.evaluated import GENAI, RUN_TYPE
from sitegen.analysis.labels import one_line
from sitegen.analysis.report import Report
from sitegen.analysis.runs_table import ExperimentTable, RunRow
from sitegen.analysis.summary import ExperimentSummary
from sitegen.analysis.sweeps.found import sweep_of
from sitegen.analysis.words import day, duration, number, plural
from sitegen.markup.notes import note_excerpt, note_html
from sitegen.model import Experiment
from sitegen.pages.figures import ChartGroup
from sitegen.pages.gallery import SideBySide, across_of, pictured_rows
from sitegen.pages.groups import GroupsView, groups_view
from sitegen.pages.health import HealthView
from sitegen.pages.leaderboard import Leaderboard, chip_of, leaderboard_of
from sitegen.pages.matters import MattersView
from sitegen.pages.metric_switch import MetricSwitch
from sitegen.pages.page import Fact
from sitegen.pages.params_metrics import (
    MAX_METRICS,
    MetricStats,
    ParamLine,
    differing,
    metric_stats,
    metrics_hint_of,
    one_valued,
    param_line,
    params_hint_of,
)
from sitegen.pages.related import Related
from sitegen.pages.runs_table import RunsTable, runs_table_of
from sitegen.pages.sweeps import best_so_far_line, sweep_line
from sitegen.viewers.copies import CopiedArtifact

CURVE_GROUPS = {"curves": "Curves", "group-curves": "Curves of groups"}
"""The groups of charts that show curves, by id, as the contents of the page call them."""


@dataclass(frozen=True)
class ExperimentPage:
    """An experiment's page. Texts are final: the template only lays them out."""

    path: str
    title: str
    description: str
    """The page in a sentence, for search engines and link previews; at most 200 characters."""
    deleted: bool
    """Whether the experiment is marked as deleted."""
    facts: tuple[Fact, ...]
    """Counts, times, users, sources and datasets of its runs."""
    tags: tuple[tuple[str, str], ...]
    """Key and value of its own tags; at most 24."""
    note: str
    """Its note as finished HTML, sanitised."""
    sections: tuple[tuple[str, str], ...]
    """Id and heading of each section that the page has, in their order."""
    best: Leaderboard | None
    """The best run and the ranking; none if no run has a rank."""
    no_best: str
    """Why there is no best run, in a sentence."""
    table: RunsTable | None
    """All its runs; none if it has no runs."""
    groups: GroupsView | None
    """Its runs in groups, such as the seeds of one configuration; none if they form no groups."""
    curve_groups: tuple[ChartGroup, ...]
    """Its curves, by heading: of the best runs, and of groups."""
    chart_groups: tuple[ChartGroup, ...]
    """Its other charts, by heading."""
    varying: tuple[ParamLine, ...]
    """The params that differ between its runs."""
    params_hint: str
    """How many params differ: `2 params that differ between runs`."""
    constant: tuple[tuple[str, str], ...]
    """Key and value of the params that have one value."""
    constant_line: str
    """How many params have one value."""
    metrics: tuple[MetricStats, ...]
    """How each metric's last values are distributed over the runs; at most 500, in natural order of their keys."""
    metrics_hint: str
    """What the numbers are, and how many metrics are shown where that is not all of them."""
    matters: MattersView | None = None
    """Which params are associated with the objective; none if no param varies."""
    health: HealthView | None = None
    """Problems found in its runs, and what is in order; none if it has no runs."""
    side_by_side: tuple[SideBySide, ...] = ()
    """Images that several of its best runs have in common."""
    side_by_side_hint: str = ""
    """Whose images those are."""
    side_by_side_runs: str = "[]"
    """Id and name of these runs, as a JSON list of pairs, for the script that compares images."""
    views: tuple[tuple[Href, str], ...] = ()
    """Address and name of the named views of this experiment."""
    switch: MetricSwitch | None = None
    """The metrics that the page can be switched to; none if there is nothing to choose."""
    related: tuple[Related, ...] = ()
    """Its datasets, models, logged tables and traces."""
    labels: tuple[tuple[str, str], ...] = ()
    """What link previews show beside the description: the objective with the best value, and the number of runs."""
    template: str = "experiment.html"
    kind: str = "experiment"


def experiment_page_of(
    report: Report,
    charts: Sequence[ChartGroup],
    matters: MattersView | None = None,
    health: HealthView | None = None,
    copies_by_run: Mapping[str, Sequence[CopiedArtifact]] = MappingProxyType({}),
    related: Sequence[Related] = (),
) -> ExperimentPage:
    """The page of an experiment: `charts` are its groups of charts.

    `copies_by_run` has the copied artifacts of its best runs by id.

    `related` is what else belongs to it.
    """
    table, summary, ranking = report.table, report.summary, report.ranking
    pictured = [row for row in best_pictured(table, ranking) if row.run_id in copies_by_run]
    accent = ranking.best.row.run_id if ranking and ranking.best else ""
    side_by_side = across_of(copies_by_run, pictured, _judged(ranking), accent)
    experiment = table.experiment
    varying = tuple(param_line(p) for p in differing(summary))
    constant = one_valued(table, summary)
    best = None
    if ranking and ranking.ranked:
        best = leaderboard_of(ranking, experiment.experiment_id, report.baseline)
    page = ExperimentPage(
        path=experiment_page(experiment.experiment_id),
        title=experiment.name,
        description=_description(report),
        labels=_labels(best, len(table.rows)),
        deleted=experiment.lifecycle_stage == "deleted",
        facts=_facts(table, summary, ranking),
        tags=tuple((k, v) for k, v in sorted(experiment.tags.items()) if not k.startswith("mlflow."))[:24],
        note=note_html(experiment.note) if experiment.note.strip() else "",
        sections=(),
        best=best,
        no_best="" if best else no_best(table, ranking),
        table=runs_table_of(table, summary, ranking) if table.rows else None,
        groups=groups_view(report.grouping) if report.grouping else None,
        curve_groups=tuple(group for group in charts if group.id in CURVE_GROUPS),
        chart_groups=tuple(group for group in charts if group.id not in CURVE_GROUPS),
        varying=varying,
        params_hint=params_hint_of(summary),
        constant=constant,
        constant_line=f"{plural(len(constant), 'param')} with one value",
        metrics=tuple(metric_stats(m) for m in summary.metrics[:MAX_METRICS]),
        metrics_hint=metrics_hint_of(summary),
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
    """The value that each ranked run is judged by, in words."""
    if ranking is None:
        return {}
    label = ranking.objective.label
    return {e.row.run_id: f"{label} {number(ranking.objective.value_of(e.row))}" for e in ranking.ranked[:100]}


def _with_sections(page: ExperimentPage) -> ExperimentPage:
    sections = [("best", page.best.title)] if page.best else []
    sections += [(group.id, CURVE_GROUPS[group.id]) for group in page.curve_groups]
    sections += [("matters", "What mattered")] if page.matters else []
    sections += [("groups", "Groups")] if page.groups else []
    sections += [("runs", "Runs")] if page.table else []
    sections += [("images", "Images")] if page.side_by_side else []
    sections += [("charts", "Charts")] if page.chart_groups else []
    sections += [("params", "Params")] if page.varying or page.constant else []
    sections += [("metrics", "Metrics")] if page.metrics else []
    sections += [("related", "Data and models")] if page.related else []
    sections += [("health", "Health")] if page.health else []
    return replace(page, sections=tuple(sections))


def _description(report: Report) -> str:
    table, verdict = report.table, report.verdict
    judged = report.ranking and report.ranking.ranked
    lead = f" {chip_of(verdict)}: {one_line(verdict.headline).rstrip('.')}." if judged else ""
    return note_excerpt(f"Experiment {table.experiment.name}: {plural(len(table.rows), 'run')}.{lead}", 200)


def _labels(best: Leaderboard | None, runs: int) -> tuple[tuple[str, str], ...]:
    judged = ((best.objective, best.value),) if best and best.name else ()
    return (*judged, ("Runs", f"{runs:,}"))


def _facts(table: ExperimentTable, s: ExperimentSummary, ranking: Ranking | None) -> tuple[Fact, ...]:
    statuses = ", ".join(f"{count} {status.lower()}" for status, count in s.statuses)
    many = len(s.users) > 3
    sweep = sweep_of(table.rows)
    facts = [
        Fact("Runs", str(s.runs)),
        Fact("Status", statuses),
        Fact("Nested", f"{plural(s.children, 'nested run')} under {plural(s.parents, 'parent')}" if s.children else ""),
        Fact("Sweep", sweep_line(sweep)),
        Fact("Best so far", best_so_far_line(sweep, ranking)),
        Fact("Evaluations", _evaluations(table)),
        Fact("Dates", _span(s.first_start, s.last_start)),
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
        Fact("Path", table.experiment.path),
        Fact("Experiment id", table.experiment.experiment_id, mono=True),
    ]
    return tuple(fact for fact in facts if fact.value)


def _evaluations(table: ExperimentTable) -> str:
    """How many of the runs MLflow calls an evaluation, in words; '' if none is."""
    count = sum(row.mlflow_tags.get(RUN_TYPE) == GENAI for row in table.rows)
    return f"all {count:,} runs" if 1 < count == len(table.rows) else plural(count, "run") if count else ""


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


# List pages ---------------------------------------------------------------------------------------------------------


# Params and metrics -------------------------------------------------------------------------------------------------


def links_to_experiments(experiments: Iterable[Experiment]) -> tuple[tuple[Href, str], ...]:
    return tuple((experiment_page(one.experiment_id), one.name) for one in experiments)
