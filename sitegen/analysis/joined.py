"""Tables that several runs logged, put side by side: rows with the same inputs become one row."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

OVERLAP = 0.5
"""The share of its values that a column must have in common with every other table to join rows by it."""
MAX_COLUMNS = 50
MAX_ROWS = 5000
MAX_LENGTH = 2000


@dataclass(frozen=True, slots=True)
class Cell:
    """A value: its text, and its number, if it is one. `image` is the path of an image among the run's artifacts."""

    text: str
    number: float | None = None
    image: str = ""


@dataclass(frozen=True, slots=True)
class LoggedTable:
    """A table of one run, by columns; every column has `rows` cells. `total` rows were logged."""

    run_id: str
    columns: dict[str, tuple[Cell, ...]]
    rows: int
    total: int


@dataclass(frozen=True, slots=True)
class JoinedRow:
    """`shared` are the cells of the columns that tell the row apart or are the same everywhere; `values` the cells of
    each further column, one for each table, None if a table has none."""

    shared: tuple[Cell, ...]
    values: tuple[tuple[Cell | None, ...], ...]
    differs: bool


@dataclass(frozen=True, slots=True)
class Joined:
    """Tables side by side. `keys` are the columns they were joined by, the first of `shared`; none: by row number."""

    keys: tuple[str, ...]
    shared: tuple[str, ...]
    columns: tuple[str, ...]
    rows: tuple[JoinedRow, ...]


def read_table(run_id: str, text: str) -> LoggedTable | None:
    """The table in the JSON that `mlflow.log_table` writes (pandas' "split"); None if it is not one."""
    try:
        found = json.loads(text)
        names, data = list(map(str, found["columns"]))[:MAX_COLUMNS], found["data"]
        if not isinstance(data, list) or not all(isinstance(row, list) for row in data):
            return None
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    kept = data[:MAX_ROWS]
    columns = {
        name: tuple(cell_of(row[at] if at < len(row) else None) for row in kept) for at, name in enumerate(names)
    }
    return LoggedTable(run_id, columns, len(kept), len(data))


def drawable(value: int | float) -> float | None:
    """A number of JSON as one that can be drawn or averaged; None for an integer of hundreds of digits."""
    return float(value) if isinstance(value, float) or abs(value) < 1e300 else None


def cell_of(value: Any) -> Cell:
    """A JSON value as a cell; MLflow writes an image as an object that names its file."""
    if value is None:
        return Cell("")
    if isinstance(value, bool):
        return Cell(str(value).lower(), float(value))
    if isinstance(value, int | float):
        number = drawable(value)
        return Cell(str(value)[:MAX_LENGTH] if number is not None else "(very large)", number)
    if isinstance(value, str):
        return Cell(value[:MAX_LENGTH])
    if isinstance(value, dict) and value.get("type") == "image" and isinstance(value.get("filepath"), str):
        return Cell(value["filepath"][:MAX_LENGTH], image=value["filepath"])
    return Cell(json.dumps(value, ensure_ascii=False)[:MAX_LENGTH])


def join(tables: Sequence[LoggedTable]) -> Joined:
    """The tables side by side, rows in the order of the first, then those that only others have."""
    names = list(dict.fromkeys(name for table in tables for name in table.columns))
    common = [name for name in names if all(name in table.columns for table in tables)]
    key = _key(tables, common) if len(tables) > 1 else None
    index = [_index(table, key) for table in tables]
    places = list(dict.fromkeys(place for found in index for place in found))
    shared = [name for name in common if name == key or _agrees(tables, index, places, name)] if len(tables) > 1 else []
    if key:
        shared = [key, *(name for name in shared if name != key)]
    rest = [name for name in names if name not in shared]
    rows = tuple(_row(tables, index, place, shared, rest) for place in places)
    return Joined((key,) if key else (), tuple(shared), tuple(rest), rows)


def _key(tables: Sequence[LoggedTable], common: Sequence[str]) -> str | None:
    """The first column whose values most tables share and that tells rows apart; None if there is none."""
    for name in common:
        sets = [{cell.text for cell in table.columns[name]} for table in tables]
        apart = len(sets[0]) * 2 > tables[0].rows
        if apart and all(len(sets[0] & other) >= OVERLAP * max(len(sets[0]), len(other), 1) for other in sets[1:]):
            return name
    return None


def _index(table: LoggedTable, key: str | None) -> dict[tuple[str, int], int]:
    """Row numbers by the key's value and its number of earlier occurrences; by row number if there is no key."""
    if key is None:
        return {("", at): at for at in range(table.rows)}
    met: dict[str, int] = {}
    found = {}
    for at, cell in enumerate(table.columns[key]):
        found[cell.text, met.get(cell.text, 0)] = at
        met[cell.text] = met.get(cell.text, 0) + 1
    return found


def _agrees(
    tables: Sequence[LoggedTable],
    index: Sequence[dict[tuple[str, int], int]],
    places: Sequence[tuple[str, int]],
    name: str,
) -> bool:
    """Whether a column has the same value in all tables that have the row, and some rows are in several."""
    several = False
    for place in places:
        found = [table.columns[name][own[place]].text for table, own in zip(tables, index, strict=True) if place in own]
        if len(set(found)) > 1:
            return False
        several = several or len(found) > 1
    return several


def _row(
    tables: Sequence[LoggedTable],
    index: Sequence[dict[tuple[str, int], int]],
    place: tuple[str, int],
    shared: Sequence[str],
    rest: Sequence[str],
) -> JoinedRow:
    own = [(table, found.get(place)) for table, found in zip(tables, index, strict=True)]
    table, at = next((table, at) for table, at in own if at is not None)
    values = tuple(
        tuple(None if at is None or name not in table.columns else table.columns[name][at] for table, at in own)
        for name in rest
    )
    texts = [{None if cell is None else cell.text for cell in cells} for cells in values]
    return JoinedRow(
        tuple(table.columns[name][at] for name in shared), values, len(tables) > 1 and any(len(t) > 1 for t in texts)
    )


def means(tables: Sequence[LoggedTable], column: str) -> list[tuple[float, int] | None]:
    """The mean of a column in each table and over how many rows; None if it holds anything but numbers."""
    return [_mean(table.columns.get(column, ())) for table in tables]


def _mean(cells: Sequence[Cell]) -> tuple[float, int] | None:
    if any(cell.number is None and cell.text for cell in cells):
        return None
    numbers = [cell.number for cell in cells if cell.number is not None and math.isfinite(cell.number)]
    return (math.fsum(numbers) / len(numbers), len(numbers)) if numbers else None
