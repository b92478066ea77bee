"""What changed from one version of a registered model to the next: the params and metrics of their source runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sitegen.analysis.runs_table import RunRow, natural
from sitegen.analysis.words import listed, number
from sitegen.model import ModelVersion
from sitegen.pages.library import Library, value_text

MAX_CHANGES = 100


@dataclass(frozen=True, slots=True)
class Change:
    """A param or metric that differs between a version's run and that of the version before."""

    kind: str
    """What changed: `param` or `metric`."""
    key: str
    """Its key."""
    before: str
    """The value before; empty if it was not set."""
    after: str
    """The value now; empty if it is not set."""
    delta: str
    """How far a metric moved, with its sign; empty for a param."""


def last_of(row: RunRow | None, key: str) -> float | None:
    """The last value of a run's metric; None if it has none."""
    summary = row.metrics.get(key) if row else None
    return summary.last if summary else None


def changes_of(before: ModelVersion | None, after: ModelVersion, library: Library) -> list[Change]:
    """The params and metrics in which the source runs of two versions differ."""
    old, new = (library.rows.get(v.run_id or "") if v else None for v in (before, after))
    if old is None or new is None or old is new:
        return []
    params = sorted({*old.params, *new.params}, key=natural)
    found = [
        Change("param", key, old.params.get(key, ""), new.params.get(key, ""), "")
        for key in params
        if old.params.get(key) != new.params.get(key)
    ]
    metrics = sorted({*old.metrics, *new.metrics}, key=natural)
    return found + [
        change
        for key in metrics
        if not key.startswith("system/") and (change := _metric_change(key, last_of(old, key), last_of(new, key)))
    ]


def _metric_change(key: str, old: float | None, new: float | None) -> Change | None:
    if old == new or (old is not None and new is not None and old != old and new != new):
        return None
    delta = new - old if old is not None and new is not None else None
    sign = "+" if delta is not None and delta > 0 else ""
    return Change("metric", key, value_text(old)[0], value_text(new)[0], "" if delta is None else sign + number(delta))


def changes_line(before: ModelVersion | None, after: ModelVersion, changes: Sequence[Change], library: Library) -> str:
    """The sentence under the heading, above the table or in its place."""
    if before is None:
        return ""
    if before.run_id and before.run_id == after.run_id:
        return "Both versions come from the same run."
    unknown = [v.version for v in (before, after) if v.run_id not in library.rows]
    if unknown:
        several = len(unknown) > 1
        runs = (
            f"The source runs of versions {listed(unknown)} are"
            if several
            else f"The source run of version {unknown[0]} is"
        )
        return f"{runs} not in this site."
    if len(changes) > MAX_CHANGES:
        return f"The first {MAX_CHANGES} of {len(changes)} params and metrics that differ."
    return "" if changes else "Their source runs have the same params and metrics."
