"""Runs compared with each other: duplicates, different data, no commit, params that never vary."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from sitegen.analysis.direction import is_cost
from sitegen.analysis.health.data import unlike_data
from sitegen.analysis.health.finding import Case, HealthFinding, affected, named
from sitegen.analysis.runs_table import RunRow, natural
from sitegen.analysis.words import plural, shortened


def duplicates(case: Case) -> Iterator[HealthFinding]:
    """Runs with the params, source, data and values of an older one."""
    alike: dict[int, list[RunRow]] = {}
    for row in reversed(case.single):
        if row.params and row.metrics:
            # Most runs differ in their params: only those that do not are looked at closely.
            alike.setdefault(hash(frozenset(row.params.items())), []).append(row)
    original: dict[str, str] = {}
    for rows in alike.values():
        seen: dict[object, RunRow] = {}
        for row, signature in [(row, _signature(row)) for row in rows if len(rows) > 1]:
            if signature is not None and seen.setdefault(signature, row) is not row:
                original[row.run_id] = seen[signature].name
    copies = [row for row in case.rows if row.run_id in original]
    if copies:
        yield HealthFinding(
            "duplicates",
            "hint",
            f"{plural(len(copies), 'run')} {'repeats' if len(copies) == 1 else 'repeat'} another one: "
            "same params, source, data and values.",
            "Each counts as a run of its own in ranks, charts and statistics; delete what was logged twice.",
            len(copies),
            affected(copies, lambda row: f"as {shortened(original[row.run_id], 40)}"),
        )


def _signature(row: RunRow) -> object:
    """What two runs must share to be duplicates; None if nothing but times and system metrics was measured."""
    values = sorted((key, repr(s[:1] + s[3:11])) for key, s in row.metrics.items() if not _is_cost(key))
    if not values:
        return None
    return (
        tuple(sorted(row.params.items())),
        tuple(values),
        row.source_name,
        row.git_commit,
        row.datasets,
        row.data_versions,
    )


@lru_cache(4096)
def _is_cost(metric: str) -> bool:
    """Whether a metric is a cost of the run (time, memory), which never repeats exactly."""
    return metric.startswith("system/") or is_cost(metric)


def datasets(case: Case) -> Iterator[HealthFinding]:
    """Ranked runs that used different data."""
    rows = [entry.row for entry in case.ranking.ranked] if case.ranking else []
    found = unlike_data(rows)
    if found:
        yield HealthFinding(
            "datasets",
            "problem",
            found.sentence,
            f"Their {shortened(case.objective or '')} can be compared only among runs on the same data.",
            found.count,
            affected(found.fewer, found.note),
        )


def commits(case: Case) -> Iterator[HealthFinding]:
    """Runs without a git commit, unless their parent has one; where none has one, they are not named."""
    known = {row.run_id for row in case.rows if row.git_commit}
    rows = [row for row in case.rows if not row.git_commit and row.parent_id not in known]
    if not rows:
        return
    some = f"{len(rows):,} of {plural(len(case.rows), 'run')} have no git commit."
    none = not known
    yield HealthFinding(
        "commit",
        "hint",
        "No run says from which git commit it was made." if none else some,
        "The code that made them cannot be looked up. MLflow records it where a script runs inside a git repository.",
        len(rows),
        affected([] if none else rows),
    )


def constant(case: Case) -> Iterator[HealthFinding]:
    """Params that every run has with one value: nothing can be learned about them here."""
    rows = [row.params for row in case.single if row.params]
    if len(rows) < 2:
        return
    same = set(rows[0].items()).intersection(*(params.items() for params in rows[1:]))
    keys = sorted((key for key, _ in same), key=natural)
    if keys:
        yield HealthFinding(
            "constant",
            "hint",
            f"{plural(len(keys), 'param')} never {'varies' if len(keys) == 1 else 'vary'}: {named(keys)}.",
            "What a param does can be seen only where it varies.",
            len(keys),
        )
