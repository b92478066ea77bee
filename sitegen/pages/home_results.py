"""An experiment's results in the order of time: the small chart on the home page, and what the last week changed."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from sitegen.analysis.best import RankedRun, Ranking
from sitegen.analysis.digits import digits_of
from sitegen.analysis.report import Report
from sitegen.analysis.runs_table import RunRow
from sitegen.analysis.words import dates, plural, shortened
from sitegen.charts.result_dots import result_dots
from sitegen.model import is_possible

WEEK = 7 * 24 * 3600 * 1000
MAX_DRAWN = 30
MAX_NAMED = 3
"""Experiments that the sentence on the last week names."""


@dataclass(frozen=True, slots=True)
class Results:
    """What the home page says of an experiment's results. Times are in milliseconds."""

    newest: int
    """When the newest result was there; 0 if there is none or its time is not known."""
    chart: str
    """The newest 30 results as a finished SVG; empty below two."""
    steps: tuple[tuple[int, str], ...]
    """Time and value, as the page writes it, of each result that was better than all before; of those before the last
    7 days of the experiment only the last."""
    starts: tuple[int, ...]
    """When the runs of the last 7 days of the experiment started."""
    first: int
    """When its first run started; 0 if that is not known."""


def results_of(report: Report) -> Results:
    """The results of an experiment."""
    last = report.summary.last_activity or 0
    found = (row.start_time for row in report.table.rows)
    known = sorted(time for time in found if time and is_possible(time))
    starts, first = tuple(time for time in known if last - WEEK < time), known[0] if known else 0
    if not report.ranking or not report.ranking.ranked:
        return Results(0, "", (), starts, first)
    timed = sorted(((_time(run), run) for run in report.ranking.ranked), key=lambda pair: (pair[0], pair[1].row.run_id))
    steps = _steps(report.ranking, timed, last - WEEK)
    return Results(timed[-1][0], _chart(report.ranking, timed), steps, starts, first)


def last_week(experiments: Sequence[tuple[str, Results]], now: int | None) -> str:
    """What changed in the 7 days before `now`, in a sentence; empty if nothing did, or if all there is came then.

    `experiments` are their names and results, those that are named first come first.
    """
    if now is None:
        return ""
    since = now - WEEK
    new = sum(since < time <= now for _, found in experiments for time in found.starts)
    better = list(_improved(experiments, since))
    if not any(0 < found.first <= since for _, found in experiments):
        return ""
    parts = [plural(new, "new run")] if new else []
    parts += better[:MAX_NAMED]
    parts += [f"{plural(len(better) - MAX_NAMED, 'more experiment')} improved"] if len(better) > MAX_NAMED else []
    return f"In the 7 days to {dates(now, now)}: {'; '.join(parts)}." if parts else ""


def _improved(experiments: Sequence[tuple[str, Results]], since: int) -> Iterator[str]:
    for name, found in experiments:
        before = [value for time, value in found.steps if time <= since]
        if before and found.steps[-1][0] > since:
            yield f"best of {shortened(name)} improved from {before[-1]} to {found.steps[-1][1]}"


def _time(run: RankedRun) -> int:
    """When the result was there: with the last of the runs that it comes from."""
    return max(map(_end, run.group.members if run.group else [run.row]), default=0)


def _end(row: RunRow) -> int:
    times = (time for time in (row.end_time, row.start_time) if time is not None and is_possible(time))
    return next(times, 0)


def _best_so_far(ranking: Ranking, values: Sequence[float]) -> list[float]:
    return list(accumulate(values, min if ranking.objective.direction == "min" else max))


def _chart(ranking: Ranking, timed: Sequence[tuple[int, RankedRun]]) -> str:
    values = [run.value for _, run in timed if math.isfinite(run.value)]
    best = _best_so_far(ranking, values)
    return result_dots(values[-MAX_DRAWN:], best[-MAX_DRAWN:]) if len(values) > 1 else ""


def _steps(ranking: Ranking, timed: Sequence[tuple[int, RankedRun]], since: int) -> tuple[tuple[int, str], ...]:
    """The results that were better than all before; none where several metrics count, or results have no time."""
    if ranking.objective.also or not timed[0][0]:
        return ()
    values = [run.value for _, run in timed]
    best = _best_so_far(ranking, values)
    write = digits_of(values).text
    steps = [(timed[at][0], value) for at, value in enumerate(best) if not at or value != best[at - 1]]
    first = max((at for at, (time, _) in enumerate(steps) if time <= since), default=0)
    return tuple((time, write(value)) for time, value in steps[first:])
