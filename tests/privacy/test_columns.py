"""Columns whose name marks their cells as secrets."""

from __future__ import annotations

import csv
import json

import pytest

from sitegen.privacy.columns import without_columns


def masked(text: str, kind: str) -> str:
    return without_columns(text, kind, lambda rule, cell: f"<{rule}>" if cell else cell)


@pytest.mark.parametrize(
    ("kind", "text", "shown"),
    [
        ("csv", 'id,"api key",x\r\n1,"a,b",c\r\n2,,d\r\n', "id,api key,x\n1,<key-api-key>,c\n2,,d\n"),
        ("csv", "\ufeffpassword;id\nhunter2;1\n", "\ufeffpassword;id\n<key-password>;1\n"),
        ("csv", "id|db_password\n1\n2|x|y\n", "id|db_password\n1\n2|<key-password>|y\n"),
        ("tsv", "a\tclient_secret\n1\tz\n", "a\tclient_secret\n1\t<key-secret>\n"),
    ],
)
def test_the_cells_of_a_secret_column_are_masked(kind: str, text: str, shown: str) -> None:
    assert masked(text, kind) == shown


@pytest.mark.parametrize("limit", [100, 10_000_000])
def test_a_long_cell_is_masked_whatever_other_readers_of_csv_have_set(limit: int) -> None:
    before = csv.field_size_limit(limit)
    try:
        assert masked('password,x\n"' + "a" * 200_000, "csv") == "password,x\n<key-password>\n"
    finally:
        csv.field_size_limit(before)


def test_a_logged_table_keeps_its_other_cells_and_parts() -> None:
    table = {"columns": ["a", "api_key"], "index": [0, 1], "data": [[1.5, "k"], [None, None], "odd"]}
    shown = json.loads(masked(json.dumps(table), "json"))
    assert shown == {**table, "data": [[1.5, "<key-api-key>"], [None, None], "odd"]}


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("csv", "id,token,user\r\n1,the,ada\r\n"),
        ("csv", ""),
        ("txt", "password,x\nhunter2,1\n"),
        ("json", '{"columns": ["a"], "data": [[1]]}'),
        ("json", '{"columns": ["api_key"], "data": ['),
        ("json", '{"columns": ["api_key"], "data": 1}'),
        ("json", '["columns"]'),
    ],
)
def test_other_tables_and_what_is_none_stay_the_same_string(kind: str, text: str) -> None:
    assert masked(text, kind) is text
