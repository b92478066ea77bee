"""Classification reports among metrics: scores by class, however the class and the score were put into one name.

A name is a score and a label in either order (`setosa_precision`, `precision_class_0`), maybe with the data that it was
measured on at an end (`test_`). Names of one order and one data set are a report if they make a table without many
holes; labels such as `macro avg` are its averages. One score of several labels is a report only where the labels are
said to be classes, or are numbers from 0 or 1 on, since any metric may end in a word.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from sitegen.analysis.scores.names import MAX_NAME, SEPARATORS, split_data
from sitegen.analysis.scores.values import MAX_COLUMNS, MAX_ROWS, ScoreTable
from sitegen.analysis.scores.vocabulary import ACCURACY, AVERAGES, COLUMNS, END, FRONT, MAIN, average_of, column_of

_CLASS = re.compile(r"^(?:class|label|cls|category)[_ /.-]*(?=.)|(?<=.)[_ /.-]+(?:class|label|cls)$", re.IGNORECASE)
_NO_CLASS = re.compile(
    r"(?:.*[_ /.-])?(?:std|stdev|stddev|sem|var|variance|min|max|median|delta|diff|loss|threshold|thresh|thr|curve)|"
    r"(?:.*[_ /.-])?(?:ci|ci95|conf|bound)[_ -](?:low|high|lower|upper)|score|scores|rate|ratio|best|error|time|count|"
    r"(?:fold|split|epoch|step|seed|trial|iter|run|top|at|thr|thresh|threshold|k|q)[_ /.-]*\d.*",
    re.IGNORECASE,
)
"""Labels that are not classes: what a spread, a fold, a threshold or another metric is called."""
_AVERAGED = ("macro avg", "micro avg", "weighted avg", "samples avg")


class ReportKeys(NamedTuple):
    """The metrics of one report: by label, the key of each column; averages apart."""

    title: str
    rows: tuple[tuple[str, tuple[str, ...]], ...]
    averages: tuple[tuple[str, tuple[str, ...]], ...]
    columns: tuple[str, ...]
    accuracy: str
    """The key of the accuracy; empty if there is none."""
    has_classes: bool
    """Whether the labels are known to be classes."""


class _Name(NamedTuple):
    data: str
    order: str
    label: str
    column: str
    is_class: bool


@dataclass(slots=True)
class _Group:
    """The names of one order and one data set."""

    cells: dict[str, dict[str, str]] = field(default_factory=dict)
    """The key of each column, by label."""
    classes: set[str] = field(default_factory=set)

    def columns(self) -> list[str]:
        """Columns that at least half of the labels have."""
        counts = {one: sum(one in row for row in self.cells.values()) for one in COLUMNS}
        return [one for one in COLUMNS if counts[one] and counts[one] * 2 >= len(self.cells)]


def find_reports(names: Iterable[str]) -> tuple[list[ReportKeys], bool]:
    """The reports among `names`, by title; and whether a score of all classes, an average or an accuracy, is among
    them."""
    groups: dict[tuple[str, str], _Group] = {}
    has_overall = False
    averages: dict[str, dict[str, dict[str, str]]] = {}
    for name in names:
        found = _parse(name) if len(name) <= MAX_NAME else None
        if found is None:
            continue
        average = average_of(found.label) if found.label else (ACCURACY if found.column == ACCURACY else "")
        has_overall |= bool(average) or (not found.label and found.column in MAIN)
        if average:
            averages.setdefault(found.data, {}).setdefault(average, {}).setdefault(found.column, name)
        elif found.label:
            group = groups.setdefault((found.data, found.order), _Group())
            group.cells.setdefault(found.label, {}).setdefault(found.column, name)
            if found.is_class:
                group.classes.add(found.label)
    reports = (_report(data, group, averages.get(data, {})) for (data, _), group in groups.items())
    return sorted(report for report in reports if report), has_overall


def _parse(name: str) -> _Name | None:
    data, rest = split_data(name)
    for order, pattern in (("end", END), ("front", FRONT)):
        if found := pattern.fullmatch(rest):
            label, column = found["label"] or "", column_of(found["score"])
            if label and order == "end":
                more, label = split_data(label) if not column_of(label) else ("", "")
            elif label:
                more, label = split_data(label)
            else:
                more = ""
            if found["label"] and (not label or column_of(label)):
                continue
            is_macro = average_of(label) in _AVERAGED
            column = "precision" if is_macro and column == "average precision" else column
            plain = _CLASS.sub("", label).strip(SEPARATORS)
            return _Name(" ".join(filter(None, (data, more))), order, plain or label, column, plain != label)
    return None


def _report(data: str, group: _Group, averages: Mapping[str, Mapping[str, str]]) -> ReportKeys | None:
    labels = [label for label in group.cells if not _NO_CLASS.fullmatch(label)]
    group = _Group({label: group.cells[label] for label in labels}, group.classes)
    columns = group.columns()
    main = [column for column in columns if column in MAIN]
    full = {label: row for label, row in group.cells.items() if main and all(column in row for column in main)}
    has_classes = bool(full) and (group.classes >= full.keys() or _are_numbers(full) or "support" in columns)
    known = has_classes or any(average in _AVERAGED for average in averages)
    if len(full) < 2 or (len(main) < 2 and not has_classes):
        return None
    rows = {one: averages[one] for one in AVERAGES if one in averages}
    shown = [*columns, *(c for c in COLUMNS if c not in columns and any(c in row for row in rows.values()))][
        :MAX_COLUMNS
    ]
    return ReportKeys(
        data,
        tuple((label, tuple(row.get(c, "") for c in shown)) for label, row in full.items()),
        tuple((one, tuple(row.get(c, "") for c in shown)) for one, row in rows.items()),
        tuple(shown),
        averages.get(ACCURACY, {}).get(ACCURACY, ""),
        known,
    )


def _are_numbers(labels: Iterable[str]) -> bool:
    """Whether labels are 0, 1, 2, ... or 1, 2, ...: the classes of most exercises."""
    found = sorted(int(label) if label.isdecimal() and len(label) < 6 else -1 for label in labels)
    return found in ([*range(len(found))], [*range(1, len(found) + 1)])


def table_of(found: ReportKeys, values: Mapping[str, float]) -> ScoreTable:
    """The table of a report."""

    def line(keys: tuple[str, ...]) -> tuple[float | None, ...]:
        return tuple(values[key] if key else None for key in keys)

    rows = tuple((label, line(keys)) for label, keys in found.rows[:MAX_ROWS])
    averages = tuple((label, line(keys)) for label, keys in found.averages)
    accuracy = values[found.accuracy] if found.accuracy else None
    missing = max(0, len(found.rows) - MAX_ROWS)
    head = "Class" if found.has_classes else "Label"
    return ScoreTable(found.title, head, found.columns, rows, averages, accuracy, missing)
