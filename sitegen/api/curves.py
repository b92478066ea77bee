"""The curves of a metric as an Altair chart, from the same spec as the site's."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np

from sitegen.analysis.labels import run_labels
from sitegen.charts import Series, altair_curves
from sitegen.charts.thinning import thinned
from sitegen.errors import UsageError, did_you_mean
from sitegen.model import MetricHistory, Run

if TYPE_CHECKING:
    import altair

MAX_CURVES = 100
MAX_POINTS = 5_000
"""Points of a chart, all curves together: Altair refuses more rows, which a notebook would hold as text."""
MAX_OF_A_CURVE = 1_000

X = Literal["step", "time"]
MILLISECONDS_A_MINUTE = 60_000


def curves_of(metric: str, runs: Iterable[Run], x: X, log: bool) -> altair.Chart:
    """One curve for each of `runs` that has the metric; see `Catalog.chart`."""
    if x not in get_args(X):
        raise UsageError(f'x must be "step" or "time", not {x!r}.')
    found: list[tuple[Run, MetricHistory]] = []
    names: set[str] = set()
    count = 0
    for run in runs:
        names.update(run.metrics)
        history = run.metrics.get(metric)
        if history is not None and len(history):
            found.append((run, history))
            count += 1
        if len(found) >= 2 * MAX_CURVES:
            found = _newest(found)
    if not found:
        raise UsageError(no_metric(metric, names, "of these"))
    found = _newest(found)
    labels = run_labels((run.run_id, run.name) for run, _ in found)
    most = min(MAX_OF_A_CURVE, MAX_POINTS // len(found))
    series = [_series(run, history, labels[run.run_id], x, most) for run, history in found]
    left = f" ({len(found)} newest of {count:,} runs)" if count > len(found) else ""
    titles = {"step": "step", "time": "minutes since the first point"}
    return altair_curves(series, title=f"{metric}{left}", x_title=titles[x], y_title=metric, log_y=log)


def no_metric(metric: str, known: Collection[str], whose: str) -> str:
    """The sentence about a metric that no run `whose` has."""
    hint = did_you_mean(metric, known) or f" They have: {', '.join(sorted(known)[:10]) or 'no metrics'}."
    return f"No run {whose} has a metric {metric!r}.{hint}"


def _newest(found: Sequence[tuple[Run, MetricHistory]]) -> list[tuple[Run, MetricHistory]]:
    return sorted(found, key=lambda one: (-(one[0].start_time or 0), one[0].run_id))[:MAX_CURVES]


def _series(run: Run, history: MetricHistory, label: str, x: X, most: int) -> Series:
    places = history.steps
    if x == "time":
        places = (history.timestamps - history.timestamps.min()) / MILLISECONDS_A_MINUTE
    kept = thinned(history.values, np.array([0, len(history)]), most)
    order = np.argsort(places[kept], kind="stable")
    return Series(label, 1, places[kept][order], history.values[kept][order], id=run.run_id)
