"""Columns of tables whose name marks their cells as secrets: CSV, and the JSON that `mlflow.log_table` writes."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Sequence
from typing import Any

from sitegen.privacy.keys import secret_column

_SEPARATORS = ",;\t|"
_MAX_FIELD = 1_000_000
_MAX_HEAD = 20_000
"""Characters of the longest header that is looked at."""
MAX_ROWS = 300_000
"""Rows of the largest logged table whose columns are told apart."""
_NAMES = re.compile(r'"columns"\s*:\s*(\[[^\[\]]*\])')
Mask = Callable[[str, str], str]
"""What is shown in place of a cell, by the rule and the cell."""


def without_columns(text: str, kind: str, mask: Mask) -> str:
    """`text`, a table by its `kind`, with the cells of secret columns masked; the same string if it has none."""
    if kind in ("csv", "tsv"):
        return _csv(text, mask)
    return _split(text, mask) if kind == "json" else text


def _rules(names: Sequence[object]) -> dict[int, str]:
    """The rule of each column that is secret, by its place."""
    found = {at: secret_column(name) for at, name in enumerate(names) if isinstance(name, str)}
    return {at: rule for at, rule in found.items() if rule}


def _csv(text: str, mask: Mask) -> str:
    head = text[:_MAX_HEAD].lstrip("\ufeff\r\n").partition("\n")[0]
    separator = max(_SEPARATORS, key=head.count)
    rules = _rules([name.strip(" \r\"'") for name in head.split(separator)])
    if not rules:
        return text
    csv.field_size_limit(max(_MAX_FIELD, len(text)))  # the limit is the process's: another reader may have lowered it
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator, lineterminator="\n")
    try:
        for number, row in enumerate(csv.reader(io.StringIO(text), delimiter=separator)):
            writer.writerow(_masked(row, rules, mask) if number else row)
    except csv.Error:  # not a table after all: what it says is looked through as text
        return text
    return out.getvalue()


def _split(text: str, mask: Mask) -> str:
    names = _NAMES.search(text, 0, _MAX_HEAD)
    if not names or text.count("[") > MAX_ROWS:
        return text
    try:
        rules = _rules(json.loads(names[1]))
        table = json.loads(text) if rules else None
    except (ValueError, RecursionError):
        return text
    if not isinstance(table, dict) or not isinstance(table.get("data"), list):
        return text
    rows = [_masked(row, rules, mask) if isinstance(row, list) else row for row in table["data"]]
    return json.dumps({**table, "data": rows}, ensure_ascii=False)


def _masked(row: Sequence[Any], rules: dict[int, str], mask: Mask) -> list[Any]:
    return [mask(rules[at], str(cell)) if at in rules and cell is not None else cell for at, cell in enumerate(row)]
