"""Values that are not numbers, and metrics that some runs lack."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from sitegen.analysis.curves import MetricSummary
from sitegen.analysis.health.finding import Case, HealthFinding, affected, named
from sitegen.analysis.runs_table import natural
from sitegen.analysis.words import number, plural, shortened


def bad_values(case: Case) -> Iterator[HealthFinding]:
    """NaN and infinities: a problem if a metric ends with one, a hint if it recovered."""
    bad = [(row, {key: s for key, s in row.metrics.items() if s.bad}) for row in case.rows]
    bad = [(row, found) for row, found in bad if found]
    ended = {row.run_id: {k: s for k, s in found.items() if not math.isfinite(s.last)} for row, found in bad}
    at_end = [row for row, _ in bad if ended[row.run_id]]
    if at_end:
        what = named(_commonest((ended[row.run_id] for row in at_end), case.objective), 3)
        yield HealthFinding(
            "values",
            "problem",
            f"{plural(len(at_end), 'run')} ended with NaN or an infinite value: {what}.",
            "Look at the steps before the first of them: often the learning rate is too high, or a division by zero.",
            len(at_end),
            affected(at_end, lambda row: _first_bad(ended[row.run_id], case.objective)),
        )
    passing = {row.run_id: found for row, found in bad if not ended[row.run_id]}
    rows = [row for row, _ in bad if row.run_id in passing]
    if rows:
        what = named(_commonest(passing.values(), case.objective), 3)
        yield HealthFinding(
            "passing",
            "hint",
            f"{plural(len(rows), 'run')} had NaN or infinite values on the way, but ended with numbers: {what}.",
            "Charts show gaps there; minimum, maximum and mean leave NaN out.",
            len(rows),
            affected(rows, lambda row: _first_bad(passing[row.run_id], case.objective)),
        )


def _commonest(found: Iterable[Mapping[str, MetricSummary]], objective: str | None) -> list[str]:
    """The metrics of `found`: the objective, then those of most runs."""
    counts = Counter(key for metrics in found for key in metrics)
    return sorted(counts, key=lambda key: (key != objective, -counts[key], natural(key)))


def _first_bad(metrics: Mapping[str, MetricSummary], objective: str | None) -> str:
    """Where it began: the metric whose first bad step is the earliest, the objective in a tie."""
    key = min(metrics, key=lambda k: (metrics[k].bad_step or 0, k != objective, natural(k)))
    summary = metrics[key]
    if summary.count == 1:
        return f"{shortened(key, 40)} is {number(summary.last)}"
    return f"{shortened(key, 40)}, first at step {summary.bad_step}"


def lacking(case: Case) -> Iterator[HealthFinding]:
    """Metrics that most finished runs have and some lack; of searches and their trials only the trials count."""
    rows = [row for row in case.single if row.status == "FINISHED" and row.metrics]
    counts = Counter(key for row in rows for key in row.metrics)
    partly = [key for key, n in counts.items() if len(rows) / 2 < n < len(rows) and not key.startswith("system/")]
    partly.sort(key=lambda key: (-counts[key], natural(key)))
    if case.objective in partly:
        without = [row for row in rows if case.objective not in row.metrics]
        yield HealthFinding(
            "objective",
            "problem",
            f"{len(without):,} of {plural(len(rows), 'finished run')} never logged {shortened(case.objective)}.",
            "They cannot be ranked; log the metric in every run, or judge by one that all of them have.",
            len(without),
            affected(without),
        )
    others = [key for key in partly if key != case.objective]
    if others:
        without = [row for row in rows if any(key not in row.metrics for key in others)]
        yield HealthFinding(
            "metrics",
            "hint",
            f"{len(without):,} of {plural(len(rows), 'finished run')} lack what most have: {named(others)}.",
            "Charts and tables show gaps there.",
            len(without),
            affected(without),
        )
