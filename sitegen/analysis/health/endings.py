"""How runs ended: failed, killed, stalled, with impossible times, or without having logged anything."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from sitegen.analysis.health.finding import Case, HealthFinding, affected, times_of
from sitegen.analysis.runs_table import RunRow
from sitegen.analysis.words import duration, plural, when
from sitegen.model import LAST_TIME, is_possible

SILENCE = 24 * 3_600_000
"""Milliseconds without an update after which a run marked as running is considered dead."""


def failed(case: Case) -> Iterator[HealthFinding]:
    """Runs with the status FAILED."""
    rows = [row for row in case.rows if row.status == "FAILED"]
    if rows:
        yield HealthFinding(
            "failed",
            "problem",
            f"{len(rows):,} of {plural(len(case.rows), 'run')} failed.",
            "Their last values and logs may tell why; they are not ranked beside finished runs.",
            len(rows),
            affected(rows),
        )


def killed(case: Case) -> Iterator[HealthFinding]:
    """Runs with the status KILLED."""
    rows = [row for row in case.rows if row.status == "KILLED"]
    if rows:
        yield HealthFinding(
            "killed",
            "hint",
            f"{len(rows):,} of {plural(len(case.rows), 'run')} {_was(rows)} killed.",
            "If that was on purpose, as in a search that stops poor runs early, there is nothing to do.",
            len(rows),
            affected(rows),
        )


def silent(case: Case) -> Iterator[HealthFinding]:
    """Runs marked as running that, like all their nested runs, logged nothing in the store's last day."""
    now = case.now or 0
    signs = {row.run_id: _last_sign(row, case.children) for row in case.rows if row.status == "RUNNING"}
    rows = [row for row in case.rows if 0 < signs.get(row.run_id, 0) < now - SILENCE]
    if rows:
        looks, more = ("looks", "") if len(rows) == 1 else ("look", " or more")
        least = min(now - signs[row.run_id] for row in rows)
        yield HealthFinding(
            "silent",
            "problem",
            f"{plural(len(rows), 'run')} {looks} stalled: no update for {_days(least)}{more}.",
            "Probably the process died. Mark such a run as ended: "
            'mlflow.MlflowClient().set_terminated("RUN ID", "KILLED").',
            len(rows),
            affected(rows, lambda row: f"silent for {duration(now - signs[row.run_id])}"),
        )


def _days(span: int) -> str:
    return plural(max(1, span // SILENCE), "day")


def _last_sign(row: RunRow, children: Mapping[str, Sequence[RunRow]]) -> int:
    """The newest time in a run and its nested runs, 0 if there is none."""
    own = max((time for time in times_of(row) if time <= LAST_TIME), default=0)
    nested = (time for child in children.get(row.run_id, ()) for time in times_of(child) if time <= LAST_TIME)
    return max(own, max(nested, default=0))


def clock(case: Case) -> Iterator[HealthFinding]:
    """Impossible times."""
    backwards = [
        row
        for row in case.rows
        if row.start_time is not None and row.end_time is not None and row.end_time < row.start_time
    ]
    if backwards:
        yield HealthFinding(
            "clock",
            "hint",
            f"{plural(len(backwards), 'run')} ended before {_it(backwards)} began.",
            "The clock was set back, or two machines disagree; how long these runs took is not known.",
            len(backwards),
            affected(backwards),
        )
    strange = [row for row in case.rows if not all(map(is_possible, _marks(row)))]
    if strange:
        yield HealthFinding(
            "clock",
            "hint",
            f"{plural(len(strange), 'run')} began or ended before 2000 or after 2100.",
            "Times are milliseconds since 1970; these may have been written in other units.",
            len(strange),
            affected(strange, lambda row: when(row.start_time)),
        )


def _marks(row: RunRow) -> list[int]:
    return [time for time in (row.start_time, row.end_time) if time is not None]


def empty(case: Case) -> Iterator[HealthFinding]:
    """Runs that ended without having logged anything; one with nested runs did its work in those."""
    rows = [row for row in case.single if _logged_nothing(row) and row.status not in ("RUNNING", "SCHEDULED")]
    if rows:
        yield HealthFinding(
            "empty",
            "hint",
            f"{plural(len(rows), 'run')} logged nothing: no param, metric or artifact.",
            "Often a leftover of a start that went wrong; delete such runs in MLflow to tidy up.",
            len(rows),
            affected(rows),
        )


def _logged_nothing(row: RunRow) -> bool:
    return not (row.params or row.metrics or row.artifact_count or row.datasets)


def _was(rows: Sequence[RunRow]) -> str:
    return "was" if len(rows) == 1 else "were"


def _it(rows: Sequence[RunRow]) -> str:
    return "it" if len(rows) == 1 else "they"
