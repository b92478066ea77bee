"""Classification scores among a run's metrics: confusion matrices, reports by class, families at k or a threshold.

What is a matrix or a report is decided from the names of metrics alone (`layout_of`), which runs of one experiment
have in common, so that it is worked out once for them; the values are then looked up.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from sitegen.analysis.curves import MetricSummary
from sitegen.analysis.scores import levels, reports
from sitegen.analysis.scores.counts import CountKeys, find_counts, matrix_of
from sitegen.analysis.scores.levels import LevelKeys, find_levels
from sitegen.analysis.scores.reports import ReportKeys, find_reports
from sitegen.analysis.scores.values import NO_SCORES, Scores

MAX_NAMES = 5_000
"""Metrics of a run whose names are looked at; a run with more has no tables of them."""
MAX_TABLES = 12
"""Matrices, and tables, of one run."""


class Layout(NamedTuple):
    """Which metrics belong to which matrix and table."""

    counts: tuple[CountKeys, ...] = ()
    reports: tuple[ReportKeys, ...] = ()
    levels: tuple[LevelKeys, ...] = ()
    of_classes: frozenset[str] = frozenset()
    """The scores of single classes, where one of all classes, an average or an accuracy, is there too."""


_NOTHING = Layout()


@lru_cache(maxsize=256)
def layout_of(names: tuple[str, ...]) -> Layout:
    """What metrics of these names make together."""
    if len(names) < 2 or len(names) > MAX_NAMES:
        return _NOTHING
    own = [name for name in names if not name.startswith("system/")]
    at_levels = find_levels(own)
    taken = {key for table in at_levels for _, keys in table.rows for key in keys}
    rest = [name for name in own if name not in taken]
    by_class, has_overall = find_reports(rest)
    of_classes = {key for report in by_class for _, keys in report.rows for key in keys if key} if has_overall else ()
    return Layout(tuple(find_counts(rest)), tuple(by_class), tuple(at_levels), frozenset(of_classes))


class MetricScores(NamedTuple):
    """The matrices and tables of a run's metrics, and the metrics that are in them."""

    scores: Scores
    keys: frozenset[str]


_NO_METRIC_SCORES = MetricScores(NO_SCORES, frozenset())


def scores_in(metrics: Mapping[str, MetricSummary]) -> MetricScores:
    """The matrices and tables that the last values of a run's metrics make."""
    layout = layout_of(tuple(metrics))
    if not (layout.counts or layout.reports or layout.levels):
        return _NO_METRIC_SCORES
    values = {key: summary.last for key, summary in metrics.items()}
    # Counts of different steps are not of the same predictions.
    together = (found for found in layout.counts if len({metrics[key].last_step for key in found.keys}) == 1)
    drawn = [(found.keys, matrix) for found in together if (matrix := matrix_of(found, values))][:MAX_TABLES]
    by_class, at_levels = layout.reports[:MAX_TABLES], layout.levels[:MAX_TABLES]
    tables = [
        *(reports.table_of(found, values) for found in by_class),
        *(levels.table_of(found, values) for found in at_levels),
    ]
    rows = [keys for found in by_class for _, keys in (*found.rows, *found.averages)]
    rows += [keys for found in at_levels for _, keys in found.rows]
    keys = frozenset(key for line in (*(keys for keys, _ in drawn), *rows) for key in line)
    return MetricScores(Scores(tuple(matrix for _, matrix in drawn), tuple(tables)), keys)
