"""What the first page says: all experiments with their headline result, the newest runs, what the site holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sitegen.addresses import NOWHERE, Href, best_page, experiment_page, model_page, run_page, with_anchor
from sitegen.analysis.report import Report
from sitegen.analysis.runs_table import RunRow
from sitegen.analysis.words import day, duration, number, plural, when
from sitegen.charts.curves_svg import sparkline
from sitegen.markup.notes import note_excerpt
from sitegen.model import Catalog, Problem, RegisteredModel
from sitegen.pages.health import problem_count
from sitegen.pages.page import Fact

RECENT = 12
SPARK_RUNS = 30
MAX_PROBLEMS = 500


@dataclass(frozen=True, slots=True)
class ExperimentLine:
    href: Href
    name: str
    note: str
    runs: str
    statuses: str
    problems: str
    problems_href: Href
    best: str
    best_href: Href
    no_best: str
    no_best_href: Href
    value: str
    value_full: str
    objective: str
    spark: str
    last: str


@dataclass(frozen=True, slots=True)
class RecentLine:
    href: Href
    name: str
    status: str
    experiment: str
    experiment_href: Href
    metric: str
    value: str
    value_full: str
    start: str
    duration: str


@dataclass(frozen=True, slots=True)
class ModelLine:
    href: Href
    name: str
    description: str
    versions: str
    aliases: str
    stages: str
    run: str
    run_href: Href


@dataclass(frozen=True)
class HomePage:
    title: str
    lede: str
    facts: tuple[Fact, ...]
    experiments: tuple[ExperimentLine, ...]
    recent: tuple[RecentLine, ...]
    models: tuple[ModelLine, ...]
    problems: tuple[Problem, ...]
    problems_line: str
    views: tuple[tuple[Href, str], ...] = ()
    """Address and name of the named views."""
    path: str = "index.html"
    template: str = "home.html"
    kind: str = "home"


def home_page_of(
    title: str,
    reports: Sequence[Report],
    catalog: Catalog,
    problems: Sequence[Problem],
    links: Sequence[Fact] = (),
) -> HomePage:
    """The home page. Experiments come with the newest activity first; those without runs last.

    `links` are facts that lead to the lists of models and datasets.
    """
    ordered = sorted(reports, key=lambda r: (-(r.summary.last_activity or 0), r.table.experiment.name))
    rows = [row for report in reports for row in report.table.rows]
    runs = {row.run_id: row.name for row in rows}
    models = [m for m in catalog.registered_models if not m.is_prompt]
    return HomePage(
        title=title,
        lede=_lede(reports, rows),
        facts=_facts(rows, links),
        experiments=tuple(_experiment_line(report) for report in ordered),
        recent=tuple(_recent(reports)),
        models=tuple(_model_line(model, runs) for model in models),
        problems=tuple(problems[:MAX_PROBLEMS]),
        problems_line=_problems_line(problems),
    )


def _lede(reports: Sequence[Report], rows: Sequence[RunRow]) -> str:
    starts = [row.start_time for row in rows if row.start_time is not None]
    made = f", made from {day(min(starts))} to {day(max(starts))}" if starts else ""
    return f"{plural(len(rows), 'run')} in {plural(len([r for r in reports if r.table.rows]), 'experiment')}{made}."


def _facts(rows: Sequence[RunRow], links: Sequence[Fact]) -> tuple[Fact, ...]:
    statuses: dict[str, int] = {}
    for row in rows:
        statuses[row.status] = statuses.get(row.status, 0) + 1
    points = sum(s.count for row in rows for s in row.metrics.values())
    total = sum(row.duration or 0 for row in rows)
    facts = [
        Fact(status.capitalize(), str(count)) for status, count in sorted(statuses.items(), key=lambda i: (-i[1], i[0]))
    ]
    facts += [
        Fact("Metric points", f"{points:,}".replace(",", "\u202f")),
        Fact("Artifacts", str(sum(row.artifact_count for row in rows))),
        *links,
        Fact("Computing time", duration(total)),
    ]
    return tuple(fact for fact in facts if fact.value)


def _experiment_line(report: Report) -> ExperimentLine:
    experiment, summary, ranking = report.table.experiment, report.summary, report.ranking
    best = ranking.best if ranking else None
    others = [f"{count} {status.lower()}" for status, count in summary.statuses if status != "FINISHED"]
    targets = ranking.objective.targets if ranking else ()
    return ExperimentLine(
        href=experiment_page(experiment.experiment_id),
        name=experiment.name,
        note=note_excerpt(experiment.note, 120),
        runs=str(summary.runs),
        statuses=", ".join(others),
        problems=problem_count(report.health),
        problems_href=with_anchor(experiment_page(experiment.experiment_id), "health"),
        best=best.row.name if best else "",
        best_href=run_page(best.row.run_id) if best else NOWHERE,
        no_best=_no_best(report),
        no_best_href=best_page(experiment.experiment_id) if ranking and ranking.front else NOWHERE,
        value=number(best.value) if best else "",
        value_full=repr(best.value) if best else "",
        objective=", ".join(f"{'↓' if a.direction == 'min' else '↑'} {a.label}" for a in targets),
        spark=_spark(report),
        last=day(summary.last_activity) if summary.last_activity else "",
    )


def _no_best(report: Report) -> str:
    if not report.table.rows:
        return "no runs"
    if report.ranking and report.ranking.front:
        return f"{len(report.ranking.front)} runs on the Pareto front"
    return "no run can be ranked" if report.ranking else "no metric says which is best"


def _spark(report: Report) -> str:
    """The objective over the latest runs, oldest first."""
    if not report.ranking:
        return ""
    values = {entry.row.run_id: entry.value for entry in report.ranking.ranked}
    latest = [values[row.run_id] for row in report.table.rows if row.run_id in values][:SPARK_RUNS]
    return sparkline(latest[::-1], width=120, height=28) if len(latest) > 1 else ""


def _recent(reports: Sequence[Report]) -> list[RecentLine]:
    newest = [(row, report) for report in reports for row in report.table.rows[:RECENT] if row.start_time is not None]
    newest.sort(key=lambda pair: (-(pair[0].start_time or 0), pair[0].run_id))
    return [_recent_line(row, report) for row, report in newest[:RECENT]]


def _recent_line(row: RunRow, report: Report) -> RecentLine:
    metric = report.ranking.objective.metric if report.ranking else ""
    summary = row.metrics.get(metric)
    return RecentLine(
        href=run_page(row.run_id),
        name=row.name,
        status=row.status,
        experiment=report.table.experiment.name,
        experiment_href=experiment_page(row.experiment_id),
        metric=metric,
        value=number(summary.last) if summary else "",
        value_full=repr(summary.last) if summary else "",
        start=when(row.start_time) if row.start_time is not None else "",
        duration=duration(row.duration) if row.duration is not None else "",
    )


def _model_line(model: RegisteredModel, runs: Mapping[str, str]) -> ModelLine:
    newest = model.versions[0] if model.versions else None
    source = newest.run_id if newest else None
    stages = [f"{v.stage} v{v.version}" for v in model.versions if v.stage not in ("", "None")]
    return ModelLine(
        href=model_page(model.name),
        name=model.name,
        description=note_excerpt(model.description, 120),
        versions=str(len(model.versions)),
        aliases=", ".join(f"@{alias} v{version}" for alias, version in sorted(model.aliases.items())),
        stages=", ".join(stages),
        run=runs.get(source, "") if source else "",
        run_href=run_page(source) if source in runs and source else NOWHERE,
    )


def _problems_line(problems: Sequence[Problem]) -> str:
    left_out = sum(p.left_out for p in problems)
    line = f"{plural(len(problems), 'record')} of the store could not be read as they should be"
    line += f", {left_out} of them left out" if left_out else ""
    return line + (f" (the first {MAX_PROBLEMS} are listed)" if len(problems) > MAX_PROBLEMS else "")
