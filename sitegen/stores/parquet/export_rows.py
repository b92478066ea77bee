"""Rows of an export's tables as the values that were exported."""

from __future__ import annotations

import json
from typing import Any

from sitegen.stores.parquet.export_format import COLUMNS
from sitegen.stores.parquet.files import milliseconds

Row = dict[str, Any]
"""One row of a table, by column; times are milliseconds."""


def rows_of(table: str, found: Any) -> list[Row]:
    """The rows of an Arrow table with the columns of the export's `table`; times as milliseconds, JSON parsed."""
    columns = {}
    for name, kind in COLUMNS[table].items():
        column = milliseconds(found[name]) if kind == "time" else found[name]
        values = column.to_pylist()
        columns[name] = list(map(json.loads, values)) if kind == "json" else values
    return [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]
