"""What is hidden in previews of files that are not text: cells, column names, names of arrays.

Text is cleaned before a viewer sees it (`copying.py`); tables and arrays are read where they are, and their cells are
cleaned as they are shown.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from sitegen.privacy import Finding, Hidden, Names, Privacy, clean_cell, clean_text
from sitegen.viewers.blocks import Block, Cell, Drawings, Facts, Heading, Sentence, Table
from sitegen.viewers.cells import SHOWN_CELL
from sitegen.viewers.copying import CopiedFile

MAX_FINDINGS = 20
"""Findings of one file that are listed."""


def clean_blocks(
    blocks: tuple[Block, ...], file: CopiedFile, privacy: Privacy, names: Names
) -> tuple[tuple[Block, ...], CopiedFile]:
    """`blocks` as the site may show them, and `file` with what was found in them."""
    cleaning = _Cleaning(privacy, names)
    shown = tuple(map(cleaning.block, blocks))
    if not (cleaning.findings or cleaning.hidden):
        return blocks, file
    found = tuple(cleaning.findings[:MAX_FINDINGS])
    return shown, replace(file, secrets=found, hidden=tuple(sorted(cleaning.hidden.items())))


def hidden_note(file: CopiedFile) -> Iterator[Sentence]:
    """A sentence that says what is hidden in a file, if anything is."""
    masked = sum(not one.is_allowed for one in file.secrets)
    counts = [*([("secrets", masked)] if masked else []), *file.hidden]
    if counts:
        yield Sentence(f"Hidden here: {', '.join(f'{kind} ({count:,})' for kind, count in counts)}.")


@dataclass(slots=True)
class _Cleaning:
    """Cleans the blocks of one file."""

    privacy: Privacy
    names: Names
    hidden: Hidden = field(default_factory=Hidden)
    findings: list[Finding] = field(default_factory=list)

    def block(self, block: Block) -> Block:
        if isinstance(block, Table):
            return self.table(block)
        if isinstance(block, Facts):
            return replace(block, items=tuple((label, self.text(value, label)) for label, value in block.items))
        if isinstance(block, Drawings):
            return replace(block, items=tuple((self.text(title, "name"), svg) for title, svg in block.items))
        if isinstance(block, Heading | Sentence):
            return replace(block, text=self.text(block.text, "name"))
        return block

    def table(self, table: Table) -> Table:
        keys = [column.name for column in table.columns]
        columns = tuple(replace(column, name=self.text(column.name, "column name")) for column in table.columns)
        rows = tuple(tuple(map(self.cell, keys, row)) for row in table.rows)
        return replace(table, columns=columns, rows=rows)

    def text(self, text: str, where: str) -> str:
        clean, found = clean_text(text, self.privacy, where, self.hidden, self.names)
        self.findings += found
        return clean

    def cell(self, column: str, cell: Cell) -> Cell:
        whole = cell.full or cell.text
        clean, found = clean_cell(column, whole, self.privacy, self.hidden, self.names)
        if clean == whole:
            return cell
        self.findings += found
        is_long = len(clean) > SHOWN_CELL
        return Cell(clean[:SHOWN_CELL] + "…" if is_long else clean, full=clean if is_long else "")
