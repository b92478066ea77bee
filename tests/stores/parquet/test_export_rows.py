"""Rows of an export's tables: order, times, JSON."""

from __future__ import annotations

import pyarrow as pa

from sitegen.stores.parquet.export_format import COLUMNS, arrow_schema
from sitegen.stores.parquet.export_rows import rows_of
from tests.stores.mlruns_builder import START


def registered(*models: dict[str, object]) -> pa.Table:
    usual = dict.fromkeys(COLUMNS["registered_models"]) | {"tags": "{}", "aliases": "{}"}
    return pa.Table.from_pylist([usual | model for model in models], arrow_schema("registered_models"))


def test_rows_stay_in_order_with_times_in_milliseconds_and_json_parsed() -> None:
    one, two = rows_of(
        "registered_models",
        registered({"name": "b", "creation_time": START, "tags": '{"k": "{}"}'}, {"name": "a", "description": "{}"}),
    )
    assert (one["name"], one["creation_time"], one["tags"], one["aliases"]) == ("b", START, {"k": "{}"}, {})
    assert (two["name"], two["creation_time"], two["description"]) == ("a", None, "{}"), "text is never parsed"


def test_columns_are_those_of_the_format_whatever_else_the_table_has() -> None:
    table = registered({"name": "a"}).append_column("more", pa.array([1]))
    (row,) = rows_of("registered_models", table.select(sorted(table.schema.names)))
    assert list(row) == list(COLUMNS["registered_models"])


def test_a_table_without_rows_has_none() -> None:
    assert rows_of("registered_models", registered()) == []
