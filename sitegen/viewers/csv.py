"""Tables: CSV and TSV, what `mlflow.log_table` writes, Parquet."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

from sitegen.analysis.words import number, plural
from sitegen.viewers import dialects, texts
from sitegen.viewers.blocks import Block, Cell, Column, Facts, Table
from sitegen.viewers.cells import READ_CELL, SHOWN_CELL, SHOWN_COLUMNS, SHOWN_ROWS, cell_text

Links = Callable[[str], str]
"""The address, from the site's root, of an image among the run's artifacts; '' when it is not copied."""

_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|[+-]?(?:nan|inf|infinity)", re.IGNORECASE)


def csv_view(text: str, tabs: bool = False, encoding: str = "UTF-8", is_whole: bool = True) -> tuple[Block, ...]:
    """The comments and first rows of a CSV or TSV; `tabs` where tabs are expected. Raises Unreadable.

    Guesses are listed: separator and encoding, rows of different lengths, a header that is missing.
    """
    found = dialects.read_rows(text, tabs)
    widths = [len(row) for row in found.rows] or [len(found.header)]
    width = max(len(found.header), *widths)
    missing = range(len(found.header) + 1, width + 1)
    names = [*found.header, *(f"Column {at}" for at in missing)]
    rows = ([_csv_cell(cell, found.decimal_comma) for cell in row[:SHOWN_COLUMNS]] for row in found.rows)
    table = table_of(names, rows, len(found.rows), is_whole=is_whole)
    notes = [table.note, *_guesses(found, "\t" if tabs else ",", encoding)]
    if found.rows and min(widths) < width:
        notes.append(f"Rows have {min(widths)} to {plural(max(widths), 'cell')}.")
    shown = replace(table, note=" ".join(filter(None, notes)))
    comments = "\n".join(found.comments)
    return (texts.text_view(comments, "", "Comments", numbered=False), shown) if comments else (shown,)


def _guesses(found: dialects.Rows, expected: str, encoding: str) -> Iterator[str]:
    """How a table was read, in sentences, for a reader to check."""
    if found.separator != expected:
        yield f"Cells are separated by {dialects.NAMES.get(found.separator, repr(found.separator))}."
    if found.rows and not found.header:
        yield "It has no header."
    if found.decimal_comma:
        yield "Numbers have decimal commas."
    if not encoding.startswith("UTF-"):
        yield f"It is not UTF-8, and was read as {encoding}."


def _csv_cell(text: str, decimal_comma: bool) -> Cell:
    value = dialects.number_in(text, decimal_comma) if len(text) < 40 else ""
    shown = _cell(text, lambda path: "")
    return replace(shown, value=value) if value and value != text else shown


def split_table(value: Mapping[str, Any], links: Links) -> Table:
    """A table in the form that `log_table` writes: columns and rows."""
    columns, data = value["columns"], value["data"]
    rows = (row if isinstance(row, list) else [row] for row in data)
    return table_of([cell_text(c) for c in columns], rows, len(data), links)


def is_split_table(value: object) -> bool:
    """Whether a JSON value has the form of `mlflow.log_table`, which is pandas' `split`."""
    if not isinstance(value, Mapping) or not set(value) <= {"columns", "data", "index"}:
        return False
    return isinstance(value.get("columns"), list) and isinstance(value.get("data"), list)


def records_table(value: Sequence[Mapping[str, Any]]) -> Table:
    """A list of objects as a table: a column for each key."""
    columns = list(dict.fromkeys(key for row in value for key in row))
    return table_of(columns, ([row.get(key) for key in columns[:SHOWN_COLUMNS]] for row in value), len(value))


def is_records(value: object) -> bool:
    """Whether a JSON value is a list of flat objects with much the same keys."""
    if not isinstance(value, list) or len(value) < 2 or not all(isinstance(row, Mapping) for row in value):
        return False
    keys = {key for row in value for key in row}
    flat = not any(isinstance(cell, dict | list) for row in value[:SHOWN_ROWS] for cell in row.values())
    return flat and 0 < len(keys) <= SHOWN_COLUMNS and all(len(row) * 2 >= len(keys) for row in value)


def parquet_view(found: Mapping[str, Any]) -> tuple[Facts, Table, Table | None]:
    """Size, schema and first rows of a Parquet file, as `decoders` found them."""
    counts = (("Rows", "rows"), ("Columns", "columns"), ("Row groups", "groups"))
    facts = Facts(tuple((label, f"{found[key]:,}") for label, key in counts))
    types = table_of(["Column", "Type"], found["types"], found["columns"])
    if found["data"] is None:
        return facts, types, None
    return facts, types, table_of(found["names"], found["data"], found["rows"], of_columns=found["columns"])


def table_of(
    names: Sequence[str],
    rows: Iterable[Sequence[object]],
    total: int,
    links: Links = lambda path: "",
    of_columns: int = 0,
    is_whole: bool = True,
) -> Table:
    """The first rows and columns of a table with `total` rows; columns whose every value is a number are numeric.

    `is_whole` is false where `total` counts the rows of the file's beginning only.
    """
    width = min(len(names), SHOWN_COLUMNS)
    shown = [[_cell(value, links) for value in row[:width]] for row in islice(rows, SHOWN_ROWS)]
    filled = tuple((*row, *[Cell("")] * (width - len(row))) for row in shown)
    columns = tuple(
        Column(str(name)[:SHOWN_CELL], _is_numeric([row[at] for row in filled]))
        for at, name in enumerate(names[:width])
    )
    return Table(columns, filled, _note(len(filled), total, width, of_columns or len(names), is_whole))


def is_importance(value: object) -> bool:
    """Whether `value` may be the importance of features, a number for each, as XGBoost's and LightGBM's autologging
    write it."""
    return bool(isinstance(value, dict) and value and all(isinstance(v, int | float) for v in value.values()))


def importance_table(value: Mapping[str, float]) -> Table:
    """The features with their importance, the most important first."""
    ordered = sorted(value.items(), key=lambda pair: (-float(pair[1]), pair[0]))
    return table_of(["Feature", "Importance"], [[key, number(float(v))] for key, v in ordered], len(ordered))


def _note(shown: int, total: int, width: int, columns: int, is_whole: bool) -> str:
    of = f"of {'' if is_whole else 'at least '}{plural(total, 'row')}"
    rows = f"The first {shown:,} {of}" if shown < total or not is_whole else plural(total, "row")
    return f"{rows}, {f'the first {width} of ' if width < columns else ''}{plural(columns, 'column')}."


def _is_numeric(cells: Sequence[Cell]) -> bool:
    filled = [cell for cell in cells if cell.text]
    return bool(filled) and all(cell.value or _NUMBER.fullmatch(cell.text) for cell in filled)


def _cell(value: object, links: Links) -> Cell:
    if isinstance(value, Cell):
        return value
    image = _image_path(value)
    if image:
        return Cell(posixpath.basename(image), links(image))
    text = cell_text(value)
    return Cell(text) if len(text) <= SHOWN_CELL else Cell(text[:SHOWN_CELL] + "…", full=text[:READ_CELL])


def _image_path(value: object) -> str:
    """The path of the artifact for an image in a cell of `log_table`."""
    if isinstance(value, Mapping) and value.get("type") == "image" and isinstance(value.get("filepath"), str):
        path: str = value["filepath"]
        return path
    return ""
