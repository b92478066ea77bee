"""Confusion matrices and classification reports among artifacts: JSON, CSV and text files.

Known are scikit-learn's `classification_report`, as a dict and as text; `per_class_metrics.csv` of `mlflow.evaluate`;
matrices as lists of lists, with or without their labels, as counts of true and false positives, and as what pandas
makes of a table with labels. A matrix is looked for only in files that say so by their name or a key, since any square
list of numbers might be one.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sitegen.analysis.scores.counts import find_counts, matrix_of
from sitegen.analysis.scores.values import MAX_CLASSES, MAX_COLUMNS, MAX_ROWS, NO_SCORES, Matrix, Scores, ScoreTable
from sitegen.analysis.scores.vocabulary import ACCURACY, AVERAGES, COLUMNS, MAIN, average_of, column_of
from sitegen.viewers import dialects
from sitegen.viewers.encodings import as_text
from sitegen.viewers.kinds import extension
from sitegen.viewers.reading import Unreadable, parse_json

MAX_BYTES = 300_000
"""Bytes of a file that is looked into."""
MAX_LINE = 400
"""Characters of a line of text."""
MAX_DEPTH = 3
"""Levels of a JSON object at which a report or a matrix is looked for."""
_NAMED = re.compile(r"confusion|conf_?mat|(?:^|[_.-])cm(?:[_.-]|$)", re.IGNORECASE)
_REPORT = re.compile(r"report|per_?class|class_?metrics|by_?class|classification", re.IGNORECASE)
_MATRIX_KEYS = ("confusion_matrix", "matrix", "cm", "conf_matrix", "data", "values")
_LABEL_KEYS = ("labels", "classes", "class_names", "target_names", "label_names", "categories", "index", "columns")
_SIDE = re.compile(r"^(?:actual|true|pred|predicted|prediction|y_true|y_pred)[_ :.-]+(?=.)", re.IGNORECASE)
_PREDICTED = re.compile(r"^(?:pred|predicted|prediction|y_pred)[_ :.-]", re.IGNORECASE)
_TEXT_LINE = re.compile(r"\s*(?P<label>\S.*?)\s{2,}(?P<values>\d\S*(?:\s+\d\S*)*)\s*")


def scores_in_file(path: str, data: bytes) -> Scores:
    """The matrix or the report that a file holds; nothing for any other file."""
    name, kind = posixpath.basename(path), extension(path)
    is_named = bool(_NAMED.search(name))
    if not data or len(data) > MAX_BYTES or not (is_named or _REPORT.search(name) or _may_hold(kind, data)):
        return NO_SCORES
    try:
        if kind == "json":
            return _in_json(parse_json(as_text(data)), is_named)
        if kind in ("csv", "tsv"):
            return _in_rows(as_text(data), kind == "tsv", is_named)
        return _in_text(as_text(data)) if kind in ("txt", "log", "") and _REPORT.search(name) else NO_SCORES
    except (Unreadable, ValueError, OverflowError):
        return NO_SCORES


def _may_hold(kind: str, data: bytes) -> bool:
    """Whether a JSON file of any name may hold a report or a matrix."""
    return kind == "json" and (b'"confusion_matrix"' in data or (b'"precision"' in data and b'"recall"' in data))


# JSON -----------------------------------------------------------------------------------------------------------------


def _in_json(value: Any, is_named: bool) -> Scores:
    if is_named and (matrix := _matrix_in(value, "")):
        return Scores((matrix,))
    if isinstance(value, Mapping):
        return _in_object(value, "", MAX_DEPTH)
    return NO_SCORES


def _in_object(value: Mapping[str, Any], name: str, depth: int) -> Scores:
    if table := _report_in(value, name):
        return Scores(tables=(table,))
    matrices: list[Matrix] = []
    tables: list[ScoreTable] = []
    for key, inner in value.items():
        if _NAMED.search(key) and (matrix := _matrix_in(inner, key, value)):
            matrices.append(matrix)
        elif isinstance(inner, Mapping) and depth > 1:
            found = _in_object(inner, key, depth - 1)
            matrices += found.matrices
            tables += found.tables
    return Scores(tuple(matrices[:1]), tuple(tables[:1]))


def _report_in(value: Mapping[str, Any], name: str) -> ScoreTable | None:
    """A report of the form `{class: {score: number}}`."""
    lines = {key: row for key, row in value.items() if isinstance(row, Mapping) and _scores_of(row)}
    if len(lines) < 2 or any(len(row) > 2 * MAX_COLUMNS for row in lines.values()):
        return None
    accuracy = value.get(ACCURACY)
    return _table(name, ((key, _scores_of(row)) for key, row in lines.items()), _number(accuracy))


def _scores_of(row: Mapping[str, Any]) -> dict[str, float]:
    """The scores of one class by column; empty where the main ones are missing."""
    named = ((column_of(key), _number(value)) for key, value in row.items() if isinstance(key, str))
    found = {column: value for column, value in named if column and value is not None}
    return found if any(column in MAIN for column in found) else {}


def _table(name: str, lines: Iterable[tuple[str, Mapping[str, float]]], accuracy: float | None) -> ScoreTable | None:
    """The table of `lines`, averages apart; None for fewer than two classes."""
    rows = {label: row for label, row in lines if label and row}
    if (line := rows.pop(ACCURACY, None)) and accuracy is None:
        accuracy = line.get(ACCURACY, next(iter(line.values())))  # pandas repeats it in every column
    columns = [one for one in COLUMNS if any(one in row for row in rows.values())][:MAX_COLUMNS]
    averages = {average_of(label): row for label, row in rows.items() if average_of(label)}
    classes = [(label, row) for label, row in rows.items() if not average_of(label)]
    if len(classes) < 2 or not any(one in MAIN for one in columns):
        return None

    def line_of(row: Mapping[str, float]) -> tuple[float | None, ...]:
        return tuple(row.get(one) for one in columns)

    shown = tuple((label, line_of(row)) for label, row in classes[:MAX_ROWS])
    apart = tuple((one, line_of(averages[one])) for one in AVERAGES if one in averages)
    return ScoreTable(name, "Class", tuple(columns), shown, apart, accuracy, max(0, len(classes) - MAX_ROWS))


def _matrix_in(value: Any, name: str, beside: Mapping[str, Any] | None = None) -> Matrix | None:
    """The matrix that a JSON value is; `beside` is the object around it, which may hold its labels."""
    if isinstance(value, Mapping):
        return _matrix_of_object(value, name)
    if not isinstance(value, list):
        return None
    return _square(value, _labels_in(beside or {}, len(value)), name)


def _matrix_of_object(value: Mapping[str, Any], name: str) -> Matrix | None:
    for key in _MATRIX_KEYS:
        if isinstance(value.get(key), list):
            return _square(value[key], _labels_in(value, len(value[key])), name)
        if isinstance(value.get(key), Mapping):
            return _matrix_of_object(value[key], name)
    numbers = {key: number for key, one in value.items() if (number := _number(one)) is not None}
    if numbers and len(numbers) <= 4 * MAX_CLASSES:
        counts = find_counts(numbers)
        matrix = matrix_of(counts[0], numbers) if counts else None
        return Matrix(name, matrix.labels, matrix.counts) if matrix else None
    return _matrix_of_rows(value, name)


def _matrix_of_rows(value: Mapping[str, Any], name: str) -> Matrix | None:
    """A matrix of the form `{true: {predicted: count}}`; the other way round where the keys say so (pandas)."""
    outer = list(value)
    if not outer or len(outer) > MAX_CLASSES or not all(isinstance(row, Mapping) for row in value.values()):
        return None
    inner = list(value[outer[0]])
    if len(inner) != len(outer) or any(set(row) != set(inner) for row in value.values()):
        return None
    if {_plain(key) for key in inner} != {_plain(key) for key in outer}:
        return None
    order = {_plain(key): key for key in inner}
    rows = [[value[key][order[_plain(other)]] for other in outer] for key in outer]
    if all(map(_PREDICTED.match, outer)):
        rows = [list(column) for column in zip(*rows, strict=True)]
    return _square(rows, tuple(map(_plain, outer)), name)


def _plain(label: str) -> str:
    """A class without the word that says which side of the matrix it is on: `Actual_Low` is `Low`."""
    return _SIDE.sub("", label)


def _labels_in(value: Mapping[str, Any], count: int) -> tuple[str, ...]:
    for key in _LABEL_KEYS:
        found = value.get(key)
        if isinstance(found, list) and len(found) == count and all(isinstance(one, str | int | float) for one in found):
            return tuple(_plain(str(one)) for one in found)
    return ()


def _square(rows: Sequence[Any], labels: Sequence[str], name: str) -> Matrix | None:
    """The matrix of `rows`; None unless they are a square of numbers of which none is negative."""
    size = len(rows)
    if not 2 <= size <= MAX_CLASSES or not all(isinstance(row, list) and len(row) == size for row in rows):
        return None
    counts = [[_number(value) for value in row] for row in rows]
    if any(value is None or not 0 <= value <= 2**53 for row in counts for value in row):
        return None
    if not any(value for row in counts for value in row) or len(set(labels)) not in (0, size):
        return None
    return Matrix(name, tuple(labels or map(str, range(size))), tuple(map(tuple, counts)))  # type: ignore[arg-type]


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value)


# CSV ------------------------------------------------------------------------------------------------------------------


def _in_rows(text: str, tabs: bool, is_named: bool) -> Scores:
    found = dialects.read_rows(text, tabs)
    rows, header = found.rows[: MAX_ROWS + len(AVERAGES)], list(found.header)
    if not rows or len(header) > 4 * MAX_CLASSES:
        return NO_SCORES
    if is_named:
        matrix = _matrix_of_cells(header, rows, found.decimal_comma)
        return Scores((matrix,)) if matrix else NO_SCORES
    table = _report_of_cells(header, rows, found.decimal_comma)
    return Scores(tables=(table,)) if table else NO_SCORES


def _value(cell: str, decimal_comma: bool) -> float | None:
    text = dialects.number_in(cell, decimal_comma) if cell else ""
    return float(text) if text else None


def _matrix_of_cells(header: list[str], rows: list[list[str]], comma: bool) -> Matrix | None:
    """A matrix with labels in the first column and the header, with either, or with none."""
    size = len(rows)
    widths = {len(row) for row in rows}
    if size > MAX_CLASSES or len(widths) != 1:
        return None
    width = widths.pop()
    has_index = width == size + 1
    if not has_index and width != size:
        return None
    index = [_plain(row[0]) for row in rows] if has_index else []
    labels = index or [_plain(one) for one in header[-size:]]
    cells = [[_value(cell, comma) for cell in row[width - size :]] for row in rows]
    if has_index and header and [_plain(one) for one in header[-size:]] != index:
        return None
    if header and has_index and all(map(_PREDICTED.match, (row[0] for row in rows))):
        cells = [list(column) for column in zip(*cells, strict=True)]
    return _square(cells, labels, "")


def _report_of_cells(header: list[str], rows: list[list[str]], comma: bool) -> ScoreTable | None:
    """A report with a class in each row, or, as pandas writes scikit-learn's dict, in each column."""
    across, down = _main_in(header), _main_in([row[0] for row in rows if row])
    if not across and not down:
        return None
    if down > across:
        turned = [[header[at], *(row[at] if at < len(row) else "" for row in rows)] for at in range(1, len(header))]
        header, rows = ["", *(row[0] for row in rows)], turned
    at = {column: place for place, one in enumerate(header) if place and (column := column_of(one))}

    def scores(row: list[str]) -> dict[str, float]:
        values = {column: _value(row[place], comma) for column, place in at.items() if place < len(row)}
        return {column: value for column, value in values.items() if value is not None}

    label_at = header.index("positive_class") if "positive_class" in header else 0
    lines = ((row[label_at], scores(row)) for row in rows if len(row) > label_at)
    return _table("", lines, None)


def _main_in(names: Iterable[str]) -> int:
    return sum(column_of(name) in MAIN for name in names)


# Text -----------------------------------------------------------------------------------------------------------------


def _in_text(text: str) -> Scores:
    """A report as scikit-learn prints it: a line of scores, then a line for each class and average."""
    lines = iter([line[:MAX_LINE] for line in text.splitlines()[: MAX_ROWS * 2]])
    header = next((line.split() for line in lines if "precision" in line and "recall" in line), [])
    columns = [column_of(word) for word in header]
    found: list[tuple[str, dict[str, float]]] = []
    accuracy = None
    for line in lines:
        match = _TEXT_LINE.fullmatch(line)
        values = [float(word) for word in match["values"].split()] if match else []
        if match and match["label"] == ACCURACY and values:
            accuracy = values[0]
        elif match and len(values) == len(columns):
            found.append(
                (match["label"], {column: value for column, value in zip(columns, values, strict=True) if column})
            )
    table = _table("", found, accuracy)
    return Scores(tables=(table,)) if table else NO_SCORES
