"""docs/configuration.md holds the tables of options as they are, and one that names every flag of a build."""

from __future__ import annotations

from dataclasses import dataclass, fields

import click
import pytest

from sitegen.cli import main
from sitegen.config.options import Config
from sitegen.config.rows import option, rows_of
from tests.docs.options_tables import END, MARK, PAGE, TABLES, lines, page_with_tables

TEXT = PAGE.read_text("utf-8")


def test_the_tables_are_current() -> None:
    assert page_with_tables(TEXT) == TEXT, "run: python -m tests.docs.options_tables"


@pytest.mark.parametrize("name", TABLES)
def test_the_page_has_a_place_for_each_table(name: str) -> None:
    assert MARK.format(name=name) in TEXT and TEXT.count(END) == len(TABLES)


@pytest.mark.parametrize("table", TABLES.values())
def test_every_field_is_an_option_with_a_sentence(table: type) -> None:
    rows = rows_of(table)
    assert {row.name for row in rows} == {field.name for field in fields(table)} - {"name", "given"}
    assert [row.name for row in rows if not row.help.endswith(".")] == []


def test_every_flag_of_a_build_is_on_the_page_and_every_row_with_a_flag_is_one() -> None:
    flags = {flag for p in main.commands["build"].params if isinstance(p, click.Option) for flag in p.opts}
    assert {flag for flag in flags if f"`{flag}`" not in TEXT} == {"--open", "--config"}
    assert {flag for row in rows_of(Config) for flag in row.flag.split()} <= flags


@dataclass(frozen=True)
class OneOption:
    limit: int = option(3, "--limit", "Limits", "How many.", details="At most.")


def test_a_row_is_one_line_of_the_page() -> None:
    assert list(lines(rows_of(OneOption)))[-1] == "| `limit` | `--limit` | `3` | How many. At most. |"
