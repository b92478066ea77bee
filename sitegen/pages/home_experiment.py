"""What the home page needs of an experiment: its line, its latest runs, its counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice

from sitegen.addresses import NOWHERE, Href, best_page, experiment_page, run_page, with_anchor
from sitegen.analysis.digits import digits_of
from sitegen.analysis.report import Report
from sitegen.analysis.runs_table import RunRow
from sitegen.analysis.words import day, number, plural, shortened
from sitegen.markup.notes import note_excerpt
from sitegen.model import is_possible
from sitegen.pages.health import problem_count
from sitegen.pages.home_results import Results, results_of

RECENT = 12
MAX_NAME = 60
"""Maximum length of a run's name; the run's page shows all of it."""


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
    """The newest 30 results, oldest first, with the best so far, as a finished SVG; empty below two."""
    newest: str
    """The day of the newest result; empty if there is none."""
    last: str
    """The day of the newest activity where that is later; else empty."""


@dataclass(frozen=True, slots=True)
class HomeRun:
    """A run that may be among the latest, with its last value of the metric that its experiment is judged by."""

    run_id: str
    name: str
    status: str
    start: int
    duration: int | None
    value: float | None


@dataclass(frozen=True, slots=True)
class HomeExperiment:
    """All that the home page needs of an experiment, see `home_experiment`. Times and durations are in milliseconds."""

    experiment_id: str
    line: ExperimentLine
    """Its line; `best` is empty where the best run goes by its own name, which depends on the other experiments."""
    best: tuple[tuple[str, str], ...]
    """Id and name of the best run, if there is one."""
    last_activity: int
    """0 if no run has a time."""
    metric: str
    """The metric that its runs are judged by; empty if there is none."""
    recent: tuple[HomeRun, ...]
    """The runs that started last, the newest first; at most 12."""
    runs: int
    starts: tuple[int, ...]
    """The first and the last start; empty if none is known."""
    statuses: Mapping[str, int]
    points: int
    artifacts: int
    run_time: int
    results: Results


def home_experiment(report: Report) -> HomeExperiment:
    """What the home page needs of an experiment."""
    rows, metric, results = report.table.rows, _judged_by(report), results_of(report)
    best = report.ranking.best if report.ranking else None
    starts = [row.start_time for row in rows if row.start_time is not None and _has_start(row)]
    return HomeExperiment(
        experiment_id=report.table.experiment.experiment_id,
        line=_experiment_line(report, results),
        best=((best.row.run_id, best.row.name),) if best else (),
        last_activity=report.summary.last_activity or 0,
        metric=metric,
        recent=tuple(_home_run(row, metric) for row in islice(filter(_has_start, rows), RECENT)),
        runs=len(rows),
        starts=(min(starts), max(starts)) if starts else (),
        statuses=dict(Counter(row.status for row in rows)),
        points=sum(s.count for row in rows for s in row.metrics.values()),
        artifacts=sum(row.artifact_count for row in rows),
        run_time=sum(row.duration or 0 for row in rows),
        results=results,
    )


def _home_run(row: RunRow, metric: str) -> HomeRun:
    judged = row.metrics.get(metric)
    value = judged.last if judged else None
    return HomeRun(row.run_id, row.name, row.status, row.start_time or 0, row.duration, value)


def _experiment_line(report: Report, results: Results) -> ExperimentLine:
    experiment, summary, ranking = report.table.experiment, report.summary, report.ranking
    best = ranking.best if ranking else None
    others = [f"{count} {status.lower()}" for status, count in summary.statuses if status != "FINISHED"]
    targets = ranking.objective.targets if ranking else ()
    newest, last = (day(time) if time else "" for time in (results.newest, summary.last_activity))
    return ExperimentLine(
        href=experiment_page(experiment.experiment_id),
        name=experiment.name,
        note=note_excerpt(experiment.note, 120),
        runs=str(summary.runs),
        statuses=", ".join(others),
        problems=problem_count(report.health),
        problems_href=with_anchor(experiment_page(experiment.experiment_id), "health"),
        best=shortened(best.name, MAX_NAME) if best and best.name != best.row.name else "",
        best_href=run_page(best.row.run_id) if best else NOWHERE,
        no_best=_no_best(report),
        no_best_href=best_page(experiment.experiment_id) if ranking and (ranking.front or ranking.tied) else NOWHERE,
        value=digits_of(entry.value for entry in ranking.ranked).text(best.value) if ranking and best else "",
        value_full=repr(best.value) if best else "",
        objective=", ".join(f"{'↓' if a.direction == 'min' else '↑'} {a.label}" for a in targets),
        spark=results.chart,
        newest=newest,
        last=last if last != newest else "",
    )


def _no_best(report: Report) -> str:
    if not report.table.rows:
        return "no runs"
    if report.ranking and report.ranking.front:
        return f"{len(report.ranking.front)} runs on the Pareto front"
    if report.ranking and report.ranking.tied:
        return f"{plural(len(report.ranking.tied), 'run')} tie at {number(report.ranking.ranked[0].value)}"
    return "no run can be ranked" if report.ranking else "no metric says which is best"


def _judged_by(report: Report) -> str:
    """The metric that an experiment's runs are judged by; empty if there is none."""
    return report.ranking.objective.metric if report.ranking else ""


def _has_start(row: RunRow) -> bool:
    """Whether it is known when the run started."""
    return row.start_time is not None and is_possible(row.start_time)
