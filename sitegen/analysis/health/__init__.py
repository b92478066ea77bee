"""Health: what is wrong or odd about the runs of an experiment, each with what to do about it.

docs/health.md explains the same to users. "Now" is the newest time in the store, never the clock, so that
the same store gives the same findings. Deleted runs are not looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from sitegen.analysis.best import Ranking
from sitegen.analysis.health import beside, endings, values
from sitegen.analysis.health.finding import (
    NAMED,
    AffectedRun,
    Case,
    HealthFinding,
    Severity,
    times_of,
)
from sitegen.analysis.runs_table import ExperimentTable, RunRow
from sitegen.analysis.words import listed, plural
from sitegen.model import is_possible

__all__ = ["NAMED", "AffectedRun", "Health", "HealthFinding", "Severity", "health_of", "newest_time"]


@dataclass(frozen=True, slots=True)
class Health:
    """What was found, problems first; `fine` says in a sentence what is in order."""

    findings: tuple[HealthFinding, ...]
    fine: str

    @property
    def problems(self) -> tuple[HealthFinding, ...]:
        return tuple(finding for finding in self.findings if finding.severity == "problem")

    @property
    def hints(self) -> tuple[HealthFinding, ...]:
        return tuple(finding for finding in self.findings if finding.severity == "hint")


def newest_time(tables: Iterable[ExperimentTable]) -> int | None:
    """The newest start, end or metric of all runs in milliseconds: the store's "now". None if no run has a time."""
    times = (time for table in tables for row in table.rows for time in times_of(row))
    return max((time for time in times if is_possible(time)), default=None)


def depends_on_now(table: ExperimentTable) -> bool:
    """Whether the health of `table` may change as time goes by: only runs that still run can become silent."""
    return any(row.status == "RUNNING" for row in table.rows)


def health_of(table: ExperimentTable, ranking: Ranking | None, now: int | None) -> Health:
    """What is wrong or odd about the runs of `table`; `now` is `newest_time` of the whole store."""
    rows = [row for row in table.rows if row.lifecycle_stage != "deleted"]
    case = Case(rows, ranking, now)
    found = [finding for check in _CHECKS for finding in check(case)]
    ordered = sorted(found, key=lambda finding: finding.severity != "problem")
    return Health(tuple(ordered), _fine(rows, {finding.kind for finding in found}))


def _fine(rows: Sequence[RunRow], kinds: set[str]) -> str:
    """What is in order, as a sentence without its full stop; '' if there is nothing to say."""
    if not rows:
        return ""
    finished = sum(row.status == "FINISHED" for row in rows)
    parts = []
    if finished == len(rows):
        parts.append(f"all {plural(finished, 'run')} finished" if finished > 1 else "the run finished")
    elif not kinds & {"failed", "silent"}:
        parts.append("no run failed")
    if not kinds & {"values", "passing"} and any(row.metrics for row in rows):
        parts.append("no value is NaN or infinite")
    if "duplicates" not in kinds and len(rows) > 1:
        parts.append("no run repeats another")
    return listed(parts)


_CHECKS: tuple[Callable[[Case], Iterator[HealthFinding]], ...] = (
    endings.failed,
    endings.silent,
    values.bad_values,
    beside.datasets,
    values.lacking,
    endings.killed,
    beside.duplicates,
    endings.clock,
    endings.empty,
    beside.commits,
    beside.constant,
)
