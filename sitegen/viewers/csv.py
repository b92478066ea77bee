"""Tables: CSV and TSV, what `mlflow.log_table` writes, Parquet."""

from __future__ import annotations

import csv
import io
import json
import math
import posixpath
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice
from typing import IO, Any

from sitegen.analysis.words import plural
from sitegen.privacy import scan_text
from sitegen.viewers.blocks import Cell, Column, Facts, Table
from sitegen.viewers.reading import Unreadable

SHOWN_ROWS = 200
SHOWN_COLUMNS = 50
"""Rows and columns of a table in its page: what can be read without scrolling for minutes."""
SHOWN_CELL = 300
READ_CELL = 2_000
"""Characters of a cell, in its place and as its title."""
MAX_ROW_GROUP = 128_000_000
"""Bytes of the row group that is unpacked for the first rows of a Parquet file."""

Links = Callable[[str], str]
"""The address, from the site's root, of an image among the run's artifacts; '' when the site does not carry it."""

_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|[+-]?(?:nan|inf|infinity)", re.IGNORECASE)


def csv_view(text: str, delimiter: str) -> Table:
    """The first rows of a CSV (`,` or, where the header says so, `;` or tab) or TSV. Raises Unreadable."""
    first = text.partition("\n")[0]
    if delimiter == ",":
        delimiter = max(",;\t", key=first.count) if first.count(",") == 0 else ","
    csv.field_size_limit(1_000_000)
    try:
        rows = [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter) if row]
    except csv.Error as error:
        raise Unreadable("The file is not a table that can be read.") from error
    if not rows:
        raise Unreadable("The table is empty.")
    return table_of(rows[0], rows[1:], len(rows) - 1)


def split_table(value: Mapping[str, Any], links: Links) -> Table:
    """A table in the form that `log_table` writes: columns and rows."""
    columns, data = value["columns"], value["data"]
    rows = (row if isinstance(row, list) else [row] for row in data)
    return table_of([_text(c) for c in columns], rows, len(data), links)


def is_split_table(value: object) -> bool:
    """Whether a JSON value has the form of `mlflow.log_table`, which is pandas' `split`."""
    if not isinstance(value, Mapping) or not set(value) <= {"columns", "data", "index"}:
        return False
    return isinstance(value.get("columns"), list) and isinstance(value.get("data"), list)


def records_table(value: Sequence[Mapping[str, Any]]) -> Table:
    """A list of objects as a table: a column for each key."""
    columns = list(dict.fromkeys(key for row in value for key in row))
    return table_of(columns, ([row.get(key) for key in columns] for row in value), len(value))


def is_records(value: object) -> bool:
    """Whether a JSON value is a list of flat objects with much the same keys."""
    if not isinstance(value, list) or len(value) < 2 or not all(isinstance(row, Mapping) for row in value):
        return False
    keys = {key for row in value for key in row}
    flat = not any(isinstance(cell, dict | list) for row in value[:SHOWN_ROWS] for cell in row.values())
    return flat and 0 < len(keys) <= SHOWN_COLUMNS and all(len(row) * 2 >= len(keys) for row in value)


def parquet_view(file: IO[bytes]) -> tuple[Facts, Table, Table | None]:
    """Size, schema and first rows of a Parquet file. Raises Unreadable."""
    import pyarrow.parquet

    try:
        parquet = pyarrow.parquet.ParquetFile(file)
        schema, meta = parquet.schema_arrow, parquet.metadata
        facts = Facts(
            (
                ("Rows", f"{meta.num_rows:,}"),
                ("Columns", f"{len(schema):,}"),
                ("Row groups", f"{meta.num_row_groups:,}"),
            )
        )
        types = table_of(["Column", "Type"], [[f.name, str(f.type)] for f in schema], len(schema))
        small = meta.num_row_groups and meta.row_group(0).total_byte_size <= MAX_ROW_GROUP
        first = _first_rows(parquet, schema.names[:SHOWN_COLUMNS], meta.num_rows, len(schema)) if small else None
    except (pyarrow.ArrowException, OSError, ValueError, MemoryError) as error:
        raise Unreadable("The file is not a Parquet table that can be read.") from error
    if first and scan_text(json.dumps([[cell.full or cell.text for cell in row] for row in first.rows])):
        raise Unreadable("The table holds what looks like a secret.")
    return facts, types, first


def _first_rows(parquet: Any, names: Sequence[str], rows: int, columns: int) -> Table:
    batch = next(parquet.iter_batches(batch_size=SHOWN_ROWS, row_groups=[0], columns=list(names)), None)
    data = [list(row.values()) for row in batch.to_pylist()] if batch is not None else []
    return table_of(names, data, rows, of_columns=columns)


def table_of(
    names: Sequence[str],
    rows: Iterable[Sequence[object]],
    total: int,
    links: Links = lambda path: "",
    of_columns: int = 0,
) -> Table:
    """The first rows and columns of a table with `total` rows; columns whose every value is a number are numeric."""
    width = min(len(names), SHOWN_COLUMNS)
    shown = [[_cell(value, links) for value in row[:width]] for row in islice(rows, SHOWN_ROWS)]
    filled = tuple((*row, *[Cell("")] * (width - len(row))) for row in shown)
    columns = tuple(
        Column(str(name)[:SHOWN_CELL], _is_numeric([row[at] for row in filled]))
        for at, name in enumerate(names[:width])
    )
    return Table(columns, filled, _note(len(filled), total, width, of_columns or len(names)))


def _note(shown: int, total: int, width: int, columns: int) -> str:
    rows = f"The first {shown:,} of {plural(total, 'row')}" if shown < total else plural(total, "row")
    return f"{rows}, {f'the first {width} of ' if width < columns else ''}{plural(columns, 'column')}."


def _is_numeric(cells: Sequence[Cell]) -> bool:
    texts = [cell.text for cell in cells if cell.text]
    return bool(texts) and all(_NUMBER.fullmatch(text) for text in texts)


def _cell(value: object, links: Links) -> Cell:
    image = _image_path(value)
    if image:
        return Cell(posixpath.basename(image), links(image))
    text = _text(value)
    return Cell(text) if len(text) <= SHOWN_CELL else Cell(text[:SHOWN_CELL] + "…", full=text[:READ_CELL])


def _image_path(value: object) -> str:
    """The artifact that an image in a cell of `log_table` is kept as."""
    if isinstance(value, Mapping) and value.get("type") == "image" and isinstance(value.get("filepath"), str):
        path: str = value["filepath"]
        return path
    return ""


def _text(value: object) -> str:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, str):
        return value[: READ_CELL + SHOWN_CELL]
    if isinstance(value, bool | int | float):
        return repr(value)[:SHOWN_CELL]
    if isinstance(value, bytes):
        return f"{len(value):,} bytes"
    try:
        return json.dumps(value, ensure_ascii=False, default=str)[:READ_CELL]
    except (ValueError, RecursionError, TypeError):
        return str(type(value).__name__)
