"""From a metric's history to the one number that an objective compares.

Five reducers are in every `MetricSummary`. The others need the history, which is not kept: they are computed
while runs are read, only those that are wanted, and stored in `RunRow.reduced` (`runs_table.row_of`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from sitegen.model import MetricHistory

PLAIN = ("last", "min", "max", "first", "mean")
"""Reducers that are fields of `MetricSummary`."""

Wanted = tuple[str, str]
"""A metric's key and a reducer that needs its history."""

_LAST = re.compile(r"mean (?:of )?last ([1-9][0-9]{0,8})")
_STEP = re.compile(r"(?:at )?step (-?[0-9]{1,18})")


def reducer_of(words: Sequence[str]) -> str | None:
    """The reducer that `words` ask for, as it is written everywhere: `last`, `mean of last 5`, `at step 100`.

    Without words it is `last`; None if they are not a reducer.
    """
    text = " ".join(words).lower() or "last"
    if text in PLAIN:
        return text
    if found := _LAST.fullmatch(text):
        return f"mean of last {int(found[1])}"
    if found := _STEP.fullmatch(text):
        return f"at step {int(found[1])}"
    return None


def named(metric: str, reducer: str) -> str:
    """The reduced metric as a sentence names it: `minimum of val_loss`, `val_loss at step 100`, `val_loss`."""
    patterns = {"last": "{}", "min": "minimum of {}", "max": "maximum of {}", "first": "first {}", "mean": "mean of {}"}
    if reducer.startswith("mean of last "):
        return f"mean of the last {reducer.rpartition(' ')[2]} values of {metric}"
    return patterns.get(reducer, "{} " + reducer).format(metric)


def reduce(history: MetricHistory, reducer: str) -> float | None:
    """The result of a reducer that needs the history; None if there is none.

    `mean of last n` takes the last n points by (step, time), or as many as there are; one NaN among them makes it NaN,
    since a mean that hides how training ended would be misleading. `at step n` is the last point logged at exactly that
    step.
    """
    if not len(history):
        return None
    number = int(reducer.rpartition(" ")[2])
    if reducer.startswith("mean of last "):
        values = history.values[-number:]
        with np.errstate(over="ignore", invalid="ignore"):
            return float((values / len(values)).sum())
    found = np.flatnonzero(history.steps == number)
    return history.values.item(found[-1]) if len(found) else None


def reduce_all(metrics: Mapping[str, MetricHistory], wanted: Iterable[Wanted]) -> dict[Wanted, float]:
    """The `wanted` reductions of one run's `metrics`; those that the run cannot give are left out."""
    found = {(key, reducer): reduce(metrics[key], reducer) for key, reducer in wanted if key in metrics}
    return {pair: value for pair, value in found.items() if value is not None}
