"""Families of metrics that differ in one number: at k (`ndcg@5`), at a threshold (`f1_thr_0.5`), percentiles (`p99`).

Such metrics are one table: a row for each number, a column for each metric.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from sitegen.analysis.scores.names import MAX_NAME, SEPARATORS, split_data
from sitegen.analysis.scores.values import MAX_COLUMNS, MAX_ROWS, ScoreTable

_NUMBER = r"(?P<n>\d{1,9}(?:[._]\d{1,9})?)"
_PERCENT = r"(?P<n>\d{1,2}(?:[._]\d{1,3})?|999?|100)(?![0-9a-z.])"
_BEFORE, _AFTER = r"(?P<before>.*?)(?<![a-z0-9])", r"(?P<after>.*)"
_PATTERNS = tuple(
    (head, re.compile(pattern))
    for head, pattern in (
        ("Threshold", rf"{_BEFORE}(?:thr|thres|thresh|threshold|cutoff)[_ =@/-]*{_NUMBER}{_AFTER}"),
        ("At", rf"(?P<before>.+?)[_ /-]*(?:@|(?<=[_ /-])at[_ -])[_ ]*(?:k[_ =]?)?{_NUMBER}(?P<after>)"),
        ("Top k", rf"{_BEFORE}top[_ -]?(?P<n>\d{{1,6}})(?![0-9.]){_AFTER}"),
        ("Percentile", rf"{_BEFORE}(?:p|percentile[_ -]?|pct){_PERCENT}{_AFTER}"),
    )
)
"""How the number of each kind of family stands in a name, in lower case."""


class LevelKeys(NamedTuple):
    """The metrics of one table: for each number, as it is written, the key of each column ('' where there is none)."""

    title: str
    head: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[str, ...]], ...]


class _Level(NamedTuple):
    data: str
    head: str
    metric: str
    number: str


def find_levels(names: Iterable[str]) -> list[LevelKeys]:
    """The tables among `names`: metrics of at least two numbers, by title and what the numbers are."""
    groups: dict[tuple[str, str], dict[str, dict[str, str]]] = {}
    for name in names:
        if level := _parse(name) if len(name) <= MAX_NAME else None:
            group = groups.setdefault((level.data, level.head), {})
            group.setdefault(level.metric, {}).setdefault(level.number, name)
    return sorted(table for (data, head), group in groups.items() if (table := _table(data, head, group)))


def _parse(name: str) -> _Level | None:
    lower = name.lower()
    if len(lower) != len(name):
        return None
    for head, pattern in _PATTERNS:
        if found := pattern.fullmatch(lower):
            before, after = name[: found.end("before")], name[found.start("after") :] if found["after"] else ""
            data, metric = split_data(before)
            metric = " ".join(filter(None, (metric.strip(SEPARATORS), after.strip(SEPARATORS))))
            number = found["n"].replace("_", ".")
            kind = ("k" if number.isdecimal() else "Threshold") if head == "At" else head
            return _Level(data, kind, metric, number)
    return None


def _table(data: str, head: str, group: Mapping[str, Mapping[str, str]]) -> LevelKeys | None:
    several = {number for levels in group.values() if len(levels) > 1 for number in levels}
    family = {metric: levels for metric, levels in group.items() if not several.isdisjoint(levels)}
    if not family:
        return None
    columns = list(family)[:MAX_COLUMNS]
    numbers = sorted({number for metric in columns for number in family[metric]}, key=lambda text: (float(text), text))
    rows = tuple((number, tuple(family[metric].get(number, "") for metric in columns)) for number in numbers)
    return LevelKeys(data, head, tuple(metric or "value" for metric in columns), rows)


def table_of(found: LevelKeys, values: Mapping[str, float]) -> ScoreTable:
    """The table of a family."""
    rows = tuple(
        (number, tuple(values[key] if key else None for key in keys)) for number, keys in found.rows[:MAX_ROWS]
    )
    return ScoreTable(found.title, found.head, found.columns, rows, missing=max(0, len(found.rows) - MAX_ROWS))
