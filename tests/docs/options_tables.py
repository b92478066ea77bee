"""The tables of docs/configuration.md, made from the tables of options.

`python -m tests.docs.options_tables` writes them into the page; `test_configuration.py` says when that is due.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import MISSING
from pathlib import Path

from sitegen.config.chart_options import ChartConfig
from sitegen.config.options import ArtifactsTable, Config, ExperimentOptions, PrivacyTable, ViewConfig
from sitegen.config.rows import Row, rows_of

PAGE = Path(__file__).parents[2] / "docs" / "configuration.md"
TABLES = {
    "site": Config,
    "experiment": ExperimentOptions,
    "view": ViewConfig,
    "chart": ChartConfig,
    "artifacts": ArtifactsTable,
    "privacy": PrivacyTable,
}
MARK = "<!-- options of the {name}; made by python -m tests.docs.options_tables -->\n"
END = "<!-- end of options -->"


def page_with_tables(page: str) -> str:
    """The page with each table made anew."""
    for name, table in TABLES.items():
        before, mark, rest = page.partition(MARK.format(name=name))
        after = rest.partition(END)[2]
        page = before + mark + "\n".join(lines(rows_of(table))) + "\n" + END + after
    return page


def lines(rows: tuple[Row, ...]) -> Iterator[str]:
    """The rows as Markdown: a table for each group, in the order of the rows."""
    for group in dict.fromkeys(row.group for row in rows):
        if group:
            yield f"\n### {group}\n"
        flags = any(row.flag for row in rows)
        yield "| key | flag | default | what it is |" if flags else "| key | default | what it is |"
        yield "|---|---|---|---|" if flags else "|---|---|---|"
        for row in rows:
            if row.group == group:
                cells = [f"`{row.key}`" if row.key else "", *([flag(row)] if flags else []), default(row), text(row)]
                yield "| " + " | ".join(cells).replace("|  |", "| |") + " |"


def flag(row: Row) -> str:
    if row.name == "store":
        return "the arguments"
    return ", ".join(f"`{one}`" for one in row.flag.split())


def default(row: Row) -> str:
    if row.default is MISSING:
        return "required"
    if row.default_text and row.default_text != row.default:
        return row.default_text
    if row.default in ("", (), {}):
        return "none"
    return f"`{str(row.default).lower() if isinstance(row.default, bool) else row.default}`"


def text(row: Row) -> str:
    """The sentence of `--help` and what follows it here."""
    return f"{row.help} {row.details}".strip()


if __name__ == "__main__":
    PAGE.write_text(page_with_tables(PAGE.read_text("utf-8")), "utf-8")
