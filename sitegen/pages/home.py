"""The home page: all experiments with their headline result, the newest runs, what the site contains."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from sitegen.addresses import NOWHERE, Href, best_page, experiment_page, model_page, run_page, with_anchor
from sitegen.analysis.best import RankedRun
from sitegen.analysis.curves import MetricSummary
from sitegen.analysis.digits import Digits, digits_of
from sitegen.analysis.labels import run_labels
from sitegen.analysis.report import Report
from sitegen.analysis.runs_table import RunRow
from sitegen.analysis.words import dates, day, duration, number, plural, shortened, when
from sitegen.charts.sparklines import sparkline
from sitegen.markup.notes import note_excerpt
from sitegen.model import Catalog, Problem, RegisteredModel, is_possible
from sitegen.pages.health import problem_count
from sitegen.pages.page import Fact

RECENT = 12
MAX_NAME = 60
"""Maximum length of a run's name; the run's page shows all of it."""
SPARK_RUNS = 30
MAX_PROBLEMS = 500


@dataclass(frozen=True, slots=True)
class ExperimentLine:
    """An experiment in the list."""

    href: Href
    """Where the experiment's page is."""
    name: str
    """The experiment's name."""
    note: str
    """The beginning of its note as plain text; at most 120 characters."""
    runs: str
    """How many runs it has."""
    statuses: str
    """How many runs did not finish, by status: `1 failed, 2 running`; empty if all finished."""
    problems: str
    """How many problems its health section lists: `2 problems`; empty if there are none."""
    problems_href: Href
    """Where that section is."""
    best: str
    """The name of the best run; empty if no run is."""
    best_href: Href
    """Where the best run's page is."""
    no_best: str
    """Why no run is the best, in a few words."""
    no_best_href: Href
    """Where the runs on the Pareto front are shown; empty if there is no front."""
    value: str
    """The best run's value of the objective's first metric, rounded."""
    value_full: str
    """The same value in all its digits."""
    objective: str
    """What the experiment is judged by, with an arrow for the direction: `↓ val_loss`."""
    spark: str
    """The objective over the latest 30 ranked runs, oldest first, as a finished SVG; empty below two runs."""
    last: str
    """The day of the newest activity; empty if no run has a time."""


@dataclass(frozen=True, slots=True)
class RecentLine:
    """A run in the list of the latest runs."""

    href: Href
    """Where the run's page is."""
    name: str
    """The run's name, with 6 characters of its id where several of these runs have it."""
    status: str
    """MLflow's word for the run's status: `FINISHED`."""
    experiment: str
    """The name of its experiment."""
    experiment_href: Href
    """Where the experiment's page is."""
    metric: str
    """The metric that its experiment is judged by; empty if there is none."""
    value: str
    """The run's last value of that metric, rounded; empty if it has none."""
    value_full: str
    """The same value in all its digits."""
    start: str
    """When it started, in UTC."""
    duration: str
    """How long it took: `1 h 5 min`; empty if it did not end."""


@dataclass(frozen=True, slots=True)
class ModelLine:
    """A registered model in the list."""

    href: Href
    """Where the model's page is."""
    name: str
    """The model's name."""
    description: str
    """The beginning of its description as plain text; at most 120 characters."""
    versions: str
    """How many versions it has."""
    aliases: str
    """Its aliases with their versions: `@champion v2`."""
    stages: str
    """Versions that have a stage: `Production v1`."""
    run: str
    """The name of the run that made the newest version; empty if the site has no such run."""
    run_href: Href
    """Where that run's page is."""


@dataclass(frozen=True)
class HomePage:
    """The home page: all experiments with their best result, the latest runs, what the site contains."""

    title: str
    lede: str
    """How many runs and experiments there are, and when they started: `3 runs in 1 experiment · 8 Sep 2026`."""
    facts: tuple[Fact, ...]
    """Counts over the whole store, and links to the lists of models and datasets."""
    experiments: tuple[ExperimentLine, ...]
    """The experiments, those with the newest activity first."""
    recent: tuple[RecentLine, ...]
    """The runs that started last, the newest first; at most 12."""
    models: tuple[ModelLine, ...]
    """The registered models; prompts are not among them."""
    problems: tuple[Problem, ...]
    """Records that could not be read properly; at most 500."""
    problems_line: str
    """How many records those are, in words."""
    views: tuple[tuple[Href, str], ...] = ()
    """Address and name of each named view."""
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
    runs = {row.run_id: shortened(row.name, MAX_NAME) for row in rows}
    models = [m for m in catalog.registered_models if not m.is_prompt]
    newest = _newest(reports)
    best = [report.ranking.best.row for report in reports if report.ranking and report.ranking.best]
    names = run_labels(((row.run_id, row.name) for row in (*best, *(row for row, _ in newest))), MAX_NAME)
    return HomePage(
        title=title,
        lede=_lede(reports, rows),
        facts=_facts(rows, links),
        experiments=tuple(_experiment_line(report, names) for report in ordered),
        recent=tuple(_recent(newest, names)),
        models=tuple(_model_line(model, runs) for model in models),
        problems=tuple(problems[:MAX_PROBLEMS]),
        problems_line=_problems_line(problems),
    )


def _lede(reports: Sequence[Report], rows: Sequence[RunRow]) -> str:
    starts = [row.start_time for row in rows if row.start_time is not None and _has_start(row)]
    runs = f"{plural(len(rows), 'run')} in {plural(len([r for r in reports if r.table.rows]), 'experiment')}"
    return f"{runs} · {dates(min(starts), max(starts))}" if starts else runs


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
        Fact("Total run time", duration(total)),
    ]
    return tuple(fact for fact in facts if fact.value)


def _experiment_line(report: Report, names: Mapping[str, str]) -> ExperimentLine:
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
        best=_best_name(best, names) if best else "",
        best_href=run_page(best.row.run_id) if best else NOWHERE,
        no_best=_no_best(report),
        no_best_href=best_page(experiment.experiment_id) if ranking and (ranking.front or ranking.tied) else NOWHERE,
        value=digits_of(entry.value for entry in ranking.ranked).text(best.value) if ranking and best else "",
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
    if report.ranking and report.ranking.tied:
        return f"{plural(len(report.ranking.tied), 'run')} tie at {number(report.ranking.ranked[0].value)}"
    return "no run can be ranked" if report.ranking else "no metric says which is best"


def _spark(report: Report) -> str:
    """The objective over the latest runs, oldest first."""
    if not report.ranking:
        return ""
    values = {entry.row.run_id: entry.value for entry in report.ranking.ranked}
    latest = [values[row.run_id] for row in report.table.rows if row.run_id in values][:SPARK_RUNS]
    return sparkline(latest[::-1], width=120, height=28) if len(latest) > 1 else ""


def _best_name(best: RankedRun, names: Mapping[str, str]) -> str:
    """The label of the best run, or of the group of runs that it stands for."""
    return names[best.row.run_id] if best.name == best.row.name else shortened(best.name, MAX_NAME)


def _newest(reports: Sequence[Report]) -> list[tuple[RunRow, Report]]:
    """The runs that started last, the newest first."""
    newest = [(row, report) for report in reports for row in islice(filter(_has_start, report.table.rows), RECENT)]
    newest.sort(key=lambda pair: (-(pair[0].start_time or 0), pair[0].run_id))
    return newest[:RECENT]


def _recent(shown: Sequence[tuple[RunRow, Report]], names: Mapping[str, str]) -> list[RecentLine]:
    """The lines of those runs, with the values of one metric in the same format."""
    values: dict[str, list[float]] = {}
    for row, report in shown:
        values.setdefault(_judged_by(report), []).extend(s.last for s in _judged(row, report))
    digits = {metric: digits_of(found) for metric, found in values.items()}
    return [_recent_line(row, report, names[row.run_id], digits[_judged_by(report)]) for row, report in shown]


def _judged_by(report: Report) -> str:
    """The metric that an experiment's runs are judged by; empty if there is none."""
    return report.ranking.objective.metric if report.ranking else ""


def _judged(row: RunRow, report: Report) -> list[MetricSummary]:
    """The run's summary of the metric that it is judged by, if it has it."""
    found = row.metrics.get(_judged_by(report))
    return [found] if found else []


def _has_start(row: RunRow) -> bool:
    """Whether it is known when the run started."""
    return row.start_time is not None and is_possible(row.start_time)


def _recent_line(row: RunRow, report: Report, name: str, digits: Digits) -> RecentLine:
    value = next((summary.last for summary in _judged(row, report)), None)
    return RecentLine(
        href=run_page(row.run_id),
        name=name,
        status=row.status,
        experiment=report.table.experiment.name,
        experiment_href=experiment_page(row.experiment_id),
        metric=_judged_by(report),
        value=digits.text(value) if value is not None else "",
        value_full=repr(value) if value is not None else "",
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
    line = f"{plural(len(problems), 'record')} of the store could not be read properly"
    line += f", {left_out} of them left out" if left_out else ""
    return line + (f" (the first {MAX_PROBLEMS} are listed)" if len(problems) > MAX_PROBLEMS else "")
