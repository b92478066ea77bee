"""The table of defences fits the code, the tests and docs/security.md."""

from __future__ import annotations

import ast
from functools import cache

import pytest

from tests.defences import PAGE, ROOT, Row, page_with_table, rows

TABLE = rows()


@cache
def names_in(file: str) -> set[str]:
    return {
        node.name for node in ast.walk(ast.parse((ROOT / file).read_text("utf-8"))) if isinstance(node, ast.FunctionDef)
    }


def test_every_threat_and_every_rule_of_the_output_has_a_row() -> None:
    named = [row.name for row in TABLE]
    assert named[:38] == [f"T{n}" for n in range(1, 27)] + [f"O{n}" for n in range(1, 13)]
    assert len(set(named)) == len(named)


@pytest.mark.parametrize("row", TABLE, ids=[row.name for row in TABLE])
def test_a_defence_can_still_be_taken_out_and_its_tests_exist(row: Row) -> None:
    assert row.removals
    for removal in row.removals:
        for edit in removal.edits:
            assert edit.made(ROOT)
            assert edit.old != edit.new
        for test in removal.tests:
            file, _, name = test.partition("::")
            assert name in names_in(file), test


def test_the_page_has_the_table() -> None:
    page = PAGE.read_text("utf-8")
    assert page_with_table(page, TABLE) == page, "run python -m tests.defences --table"
