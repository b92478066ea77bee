"""A report: pages of a site in one file, for mail, archives and reviewers; `report/` makes parts of the pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sitegen.analysis.digits import digits_of
from sitegen.analysis.direction import direction_of
from sitegen.analysis.labels import run_labels
from sitegen.analysis.metric_order import in_order
from sitegen.analysis.runs_table import RunRow
from sitegen.analysis.words import plural
from sitegen.pages.leaderboard import short

MAX_COMPARED_METRICS = 200
POLICY = "default-src 'none'; img-src data:; style-src 'sha256-{}'; base-uri 'none'; form-action 'none'"


@dataclass(frozen=True, slots=True)
class ReportPart:
    """A page of the site as a part of the report."""

    anchor: str
    """Its id in the file."""
    title: str
    """The page's title."""
    html: str
    """What the page shows, finished HTML without scripts and without addresses outside of the file."""


@dataclass(frozen=True, slots=True)
class ComparedRow:
    """A param or a metric of the runs that are compared."""

    key: str
    """Its key."""
    hint: str
    """Which way a metric is better: `lower is better`; else empty."""
    cells: tuple[str, ...]
    """Its value in each run; empty where a run has none."""
    best: int
    """Which of these is the best, counted from 0; -1 if none is."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Runs side by side."""

    runs: tuple[tuple[str, str], ...]
    """Name and status of each run."""
    params: tuple[ComparedRow, ...]
    """The params in which they differ."""
    params_hint: str
    """How many params are the same in all; empty if none are."""
    metrics: tuple[ComparedRow, ...]
    """The last values of their metrics; at most 200."""


@dataclass(frozen=True)
class ReportPage:
    """A report in one file."""

    title: str
    """What it is about."""
    lede: str
    """What it holds and which profile it was made with, in a sentence."""
    css: str
    """All styles that it needs."""
    policy: str
    """Its content security policy, which allows these styles and pictures in the file, and nothing else."""
    comparison: Comparison | None
    """Runs side by side, if that was asked for."""
    parts: tuple[ReportPart, ...]
    """The pages."""
    left_out: str
    """What is not in it, and why, in a sentence; empty if everything is."""
    path: str = "report.html"
    template: str = "report.html"
    kind: str = "report"


def compared(rows: Sequence[RunRow]) -> Comparison:
    """The comparison of `rows`, in their order."""
    labels = run_labels((row.run_id, row.name) for row in rows)
    keys = sorted({key for row in rows for key in row.params})
    values = {key: tuple(row.params.get(key) for row in rows) for key in keys}
    differing = [key for key in keys if len(set(values[key])) > 1]
    params = [ComparedRow(key, "", tuple(short(value or "") for value in values[key]), -1) for key in differing]
    same = len(keys) - len(differing)
    counts: dict[str, int] = {}
    for row in rows:
        for key in row.metrics:
            counts[key] = counts.get(key, 0) + 1
    metrics = [_metric(key, rows) for key in in_order(counts, list(rows))[:MAX_COMPARED_METRICS]]
    return Comparison(
        runs=tuple((labels[row.run_id], row.status) for row in rows),
        params=tuple(params),
        params_hint=f"{plural(same, 'param')} the same in all" if same else "",
        metrics=tuple(metrics),
    )


def _metric(key: str, rows: Sequence[RunRow]) -> ComparedRow:
    values = [row.metrics[key].last if key in row.metrics else None for row in rows]
    written = digits_of(values)
    known = direction_of(key)
    usable = [(value, n) for n, value in enumerate(values) if value is not None and value - value == 0]
    best = -1
    if known and len({value for value, _ in usable}) > 1:
        best = (max if known.value == "max" else min)(usable)[1]
    hint = {"max": "higher is better", "min": "lower is better"}.get(known.value, "") if known else ""
    return ComparedRow(key, hint, tuple("" if value is None else written.text(value) for value in values), best)
