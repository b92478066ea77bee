"""The columns and rows of a named view: values of runs as its table shows them, groups by their means."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sitegen.addresses import NOWHERE, Href, run_page
from sitegen.analysis.digits import Digits, digits_of
from sitegen.analysis.labels import run_labels
from sitegen.analysis.runs_table import ExperimentTable, RunRow, number_of
from sitegen.analysis.words import duration, number, when
from sitegen.query import OrderBy
from sitegen.query.nodes import Key

Value = str | float | None
ATTRIBUTES: Mapping[str, tuple[str, str, Callable[[RunRow], Value]]] = {
    "run_id": ("run_id", "Run id", lambda row: row.run_id),
    "run_name": ("name", "Run", lambda row: row.name),
    "status": ("status", "Status", lambda row: row.status),
    "start_time": ("start_time", "Started", lambda row: row.start_time),
    "end_time": ("end_time", "End time", lambda row: row.end_time),
    "duration": ("duration", "Duration", lambda row: row.duration),
    "user_id": ("user", "User", lambda row: row.user or None),
    "source_name": ("source", "Source", lambda row: row.source_name or None),
    "parent_run_id": ("parent", "Parent", lambda row: row.parent_id),
}
"""Attributes that can be columns: their name in the data file, their label, their value."""


@dataclass(frozen=True, slots=True)
class ViewColumn:
    """A column of the table."""

    key: str
    """Its id for scripts: `metric:loss:last`."""
    label: str
    """Its heading."""
    css: str
    """Its classes; empty for none."""
    title: str
    """What is shown on hover; empty for nothing."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of the table."""

    text: str
    """What it shows; empty if there is nothing."""
    css: str = ""
    """Its classes; empty for none."""
    title: str = ""
    """What is shown on hover; empty for nothing."""
    pill: str = ""
    """The class of a status, in small letters (`finished`); empty for any other cell."""


@dataclass(frozen=True, slots=True)
class ViewRow:
    """A run, or a group of runs."""

    run_id: str
    """The run's id; empty for a group."""
    href: Href
    """Where the run's page is; empty for a group."""
    name: str
    """The run's name, or what the runs of the group have in common."""
    count: str
    """How many runs the group has; empty for a run."""
    cells: tuple[Cell, ...]
    """What stands in the columns after the name."""


def view_column(key: Key, table: ExperimentTable) -> ViewColumn:
    numeric = key.group == "metric" or key.name == "duration"
    title = "" if key.group == "attribute" else f"{key.group} {label_of(key)}"
    return ViewColumn(column_id(key, table), label_of(key), "num" if numeric else "", title)


def label_of(key: Key) -> str:
    if key.group == "attribute":
        return ATTRIBUTES[key.name][1]
    return f"{key.name} ({key.reducer})" if key.reducer and key.reducer != "last" else key.name


def column_id(key: Key, table: ExperimentTable) -> str:
    if key.group == "attribute":
        return f"run:{ATTRIBUTES[key.name][0]}"
    if key.group != "metric":
        return f"{key.group}:{key.name}"
    whole = f"{key.name}.{key.reducer}"
    if key.literal_first and any(whole in row.metrics for row in table.rows):
        return f"metric:{whole}:last"
    return f"metric:{key.name}:{key.reducer or 'last'}"


def value_of(row: RunRow, key: Key) -> Value:
    """The value of `key` in `row`; None if it has none."""
    if key.group == "attribute":
        return ATTRIBUTES[key.name][2](row)
    if key.group == "metric":
        whole = row.metrics.get(f"{key.name}.{key.reducer}") if key.literal_first else None
        found = row.metrics.get(key.name)
        return whole.last if whole else getattr(found, key.reducer or "last") if found else None
    return row.params.get(key.name) if key.group == "param" else row.tags.get(key.name)


def sorted_rows(rows: Sequence[RunRow], rules: Sequence[OrderBy]) -> list[RunRow]:
    """As the table in the browser sorts: what is missing or NaN last both ways, numeric strings by size."""
    found = list(rows)
    for rule in reversed(rules):
        values = {row.run_id: value_of(row, rule.key) for row in rows}
        texts = [number_of(value) for value in values.values() if isinstance(value, str)]
        if texts and None not in texts:
            values = {k: number_of(v) if isinstance(v, str) else v for k, v in values.items()}
        known = [row for row in found if (v := values[row.run_id]) is not None and v == v]
        known.sort(key=lambda row: values[row.run_id], reverse=not rule.ascending)  # type: ignore[arg-type, return-value]
        chosen = {row.run_id for row in known}
        found = known + [row for row in found if row.run_id not in chosen]
    return found


def run_rows(rows: Sequence[RunRow], table: ExperimentTable, keys: Sequence[Key]) -> list[ViewRow]:
    """One row per run, with numbers and names written as in the table of all runs."""
    names = run_labels((row.run_id, row.name) for row in table.rows)
    digits = {key: digits_of(_finite(table.rows, key)) for key in keys if key.group == "metric"}
    return [
        ViewRow(
            row.run_id,
            run_page(row.run_id),
            names[row.run_id],
            "",
            tuple(_cell(value_of(row, key), key, digits.get(key)) for key in keys),
        )
        for row in rows
    ]


def _cell(value: Value, key: Key, digits: Digits | None = None) -> Cell:
    if value is None:
        return Cell("")
    if key.name == "status" and key.group == "attribute":
        return Cell(str(value).capitalize(), pill=str(value).lower())
    if isinstance(value, str):
        return Cell(value if len(value) <= 60 else value[:59] + "…", title=value[:300] if len(value) > 30 else "")
    if key.group == "metric":
        return Cell(digits.text(value) if digits else number(value), "num", repr(value))
    if key.name == "duration":
        return Cell(duration(int(value)), "num")
    return Cell(when(int(value)).removesuffix(" UTC"))


def group_rows(rows: Sequence[RunRow], group: Key, sort: Sequence[OrderBy], keys: Sequence[Key]) -> list[ViewRow]:
    """One row per group, in the order of its values: numbers by size, else strings; the runs without one last."""
    groups: dict[str, list[RunRow]] = {}
    for row in rows:
        groups.setdefault(_cell(value_of(row, group), group).text, []).append(row)
    numbers = {text: number_of(text) for text in groups if text}
    numeric = all(value is not None for value in numbers.values())

    def order(text: str) -> tuple[bool, float, str]:
        return not text, (numbers.get(text) or 0.0) if numeric else 0.0, text

    names = sorted(groups, key=order)
    if sort:  # by the mean of the first key, as in the browser
        means = {name: _mean_of(groups[name], sort[0].key) for name in names}
        known = [name for name in names if means[name] == means[name]]
        known.sort(key=lambda name: means[name], reverse=not sort[0].ascending)
        names = known + [name for name in names if means[name] != means[name]]
    digits = {key: digits_of(_mean_of(groups[name], key) for name in names) for key in keys}
    return [
        ViewRow(
            "",
            NOWHERE,
            f"{label_of(group)} = {name or '(none)'}",
            str(len(groups[name])),
            tuple(_group_cell(groups[name], key, digits[key]) for key in keys),
        )
        for name in names
    ]


def _finite(rows: Sequence[RunRow], key: Key) -> list[float]:
    values = (value_of(row, key) for row in rows)
    return [v for v in values if isinstance(v, int | float) and math.isfinite(v)]


def _mean_of(rows: Sequence[RunRow], key: Key) -> float:
    values = _finite(rows, key)
    return sum(values) / len(values) if values else math.nan


def _group_cell(rows: Sequence[RunRow], key: Key, digits: Digits) -> Cell:
    """Mean ± sample standard deviation of numbers; of strings the one that all have, or how many there are."""
    if key.group == "attribute" and key.name in ("start_time", "end_time"):
        return Cell("")
    if key.group == "metric" or key.name == "duration":
        values = _finite(rows, key)
        if not values:
            return Cell("", "num")
        mean = sum(values) / len(values)
        if key.group == "attribute":
            return Cell(duration(round(mean)), "num")
        spread = f" ± {number(statistics.stdev(values))}" if len(values) > 1 else ""
        return Cell(digits.text(mean) + spread, "num", f"mean {mean!r}, n = {len(values)}")
    texts = {_cell(value_of(row, key), key).text for row in rows}
    return Cell(texts.pop()) if len(texts) == 1 else Cell(f"{len(texts)} values", "muted")
