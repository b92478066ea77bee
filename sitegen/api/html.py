"""What notebooks show of runs and catalogs: small tables of HTML, every string of a store escaped."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from html import escape

from sitegen.analysis.labels import one_line
from sitegen.analysis.words import day, duration, number, plural, shortened
from sitegen.model import Experiment, Run

MAX_ROWS = 50
"""Params or metrics of a run, or experiments of a catalog, that are shown; the others are counted."""
MAX_COLUMNS = 4
"""Metrics, and params, that a table of runs shows: those that most of its runs have."""


def run_html(run: Run) -> str:
    """A run: its name, status and time, its params, and the last value of each metric."""
    facts = (run.run_id, run.status, day(run.start_time), duration(run.duration))
    values = {key: number(found.values.item(found.last)) for key, found in run.metrics.items() if len(found)}
    tables = [
        _table((word, "value"), [(key, value) for key, value in rows.items()])
        for word, rows in (("metric", values), ("param", dict(run.params)))
        if rows
    ]
    return f"<strong>{_text(run.name)}</strong> · {' · '.join(map(_text, facts))}{''.join(tables)}"


def runs_html(first: Sequence[Run], count: int | None) -> str:
    """The first runs as a table, with the metrics and params that most of them have; `count` of all, where known."""
    metrics = _most(run.metrics for run in first)
    params = _most(run.params for run in first)
    rows = [
        (run.name, run.status, day(run.start_time), *(_last(run, key) for key in metrics),
         *(run.params.get(key, "") for key in params))
        for run in first
    ]  # fmt: skip
    table = _table(("run", "status", "start", *metrics, *params), rows) if rows else ""
    said = f"The first {len(first)} runs" if count is None else plural(count, "run")
    return f"{said}{'' if count in (None, len(first)) else f', the first {len(first)}'}{table}"


def catalog_html(title: str, experiments: Iterable[Experiment], runs: Counter[str] | None) -> str:
    """The experiments of a store, with how many runs each has where that is known."""
    head = ("experiment id", "name", *(["runs"] if runs is not None else []))
    rows = [
        (one.experiment_id, one.name, *([str(runs[one.experiment_id])] if runs is not None else []))
        for one in experiments
    ]
    return _text(title) + _table(head, rows)


def _most(keys: Iterable[Iterable[str]]) -> list[str]:
    counts = Counter(key for own in keys for key in own)
    return sorted(sorted(counts, key=lambda key: (-counts[key], key))[:MAX_COLUMNS])


def _last(run: Run, key: str) -> str:
    found = run.metrics.get(key)
    return number(found.values.item(found.last)) if found is not None and len(found) else ""


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    body = "".join(f"<tr>{''.join(f'<td>{_text(cell)}</td>' for cell in row)}</tr>" for row in rows[:MAX_ROWS])
    left = f"<p>and {len(rows) - MAX_ROWS:,} more</p>" if len(rows) > MAX_ROWS else ""
    heads = "".join(f"<th>{_text(cell)}</th>" for cell in head)
    return f"<table><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>{left}"


def _text(text: str) -> str:
    return escape(one_line(shortened(text, 80)))
