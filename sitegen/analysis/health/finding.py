"""What a finding is, and the input that all checks share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from sitegen.analysis.best import Ranking
from sitegen.analysis.runs_table import RunRow
from sitegen.analysis.words import listed, shortened

NAMED = 5
"""Runs (or metrics, params) that a finding names; the rest are counted."""

Severity = Literal["problem", "hint"]


@dataclass(frozen=True, slots=True)
class AffectedRun:
    """A run that a finding is about; `note` adds what is particular to this run; it may be ''."""

    run_id: str
    name: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class HealthFinding:
    """Something wrong (`problem`) or odd (`hint`).

    `kind` names the check: failed, killed, silent, values, passing, duplicates, datasets, objective, metrics, commit,
    clock, empty or constant. `count` says how many runs (params, for `constant`) it is about, of which `runs` are the
    first; `advice` what to do.
    """

    kind: str
    severity: Severity
    sentence: str
    advice: str
    count: int
    runs: tuple[AffectedRun, ...] = ()


class Case:
    """The runs of an experiment, with what several checks need."""

    def __init__(self, rows: Sequence[RunRow], ranking: Ranking | None, now: int | None) -> None:
        self.rows = rows
        self.ranking = ranking
        self.now = now
        self.objective = ranking.objective.metric if ranking else None
        known = {row.run_id for row in rows}
        self.children: dict[str, list[RunRow]] = {}
        for row in rows:
            if row.parent_id in known and row.parent_id:
                self.children.setdefault(row.parent_id, []).append(row)
        self.single = [row for row in rows if row.run_id not in self.children]
        """The runs that do not summarise others."""


def times_of(row: RunRow) -> Iterator[int]:
    """Every time in a run: its start, its end, the last point of each metric; milliseconds."""
    for time in (row.start_time, row.end_time):
        if time is not None:
            yield time
    for summary in row.metrics.values():
        yield summary.last_time


def affected(rows: Iterable[RunRow], note: Callable[[RunRow], str] = lambda row: "") -> tuple[AffectedRun, ...]:
    """The first of `rows`, each with its note."""
    first = [row for row, _ in zip(rows, range(NAMED), strict=False)]
    return tuple(AffectedRun(row.run_id, row.name, note(row)) for row in first)


def named(keys: Sequence[str], most: int = NAMED) -> str:
    """The first of `keys` as a list, the rest counted."""
    shown = [shortened(key, 40) for key in keys[:most]]
    return listed([*shown, f"{len(keys) - most} more"] if len(keys) > most else shown)
