"""The input example beside a model: what MLflow writes to `input_example.json` and `serving_input_example.json`.

Source of the formats: `mlflow/models/utils.py`, class `_Example`. The files are JSON; MLflow 1 writes a table as
`{"columns": ..., "data": ...}` or as bare rows, and an array as `{"inputs": ...}`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from sitegen.model import InputExample
from sitegen.stores.disk import printable

MAX_ROWS = 10
MAX_COLUMNS = 100
MAX_CELL = 200
MAX_TEXT = 4_000
MAX_REQUEST = 20_000
"""Longest body of a request, in characters: longer ones are not worth copying from a page."""
_TYPES = ((bool, "boolean"), (int, "long"), (float, "double"), (str, "string"), (list, "list"), (dict, "object"))


def input_example_of(info: object, read: Callable[[str], bytes | None]) -> InputExample | None:
    """The example that `MLmodel` describes as `info`; None if there is none or it cannot be read.

    `read` gives the content of a file of the model's folder, None if it cannot.
    """
    if not isinstance(info, dict):
        return None
    found, is_known = _parsed(info.get("artifact_path", "input_example.json"), read)
    if not is_known:
        return None
    if info.get("params") and isinstance(found, dict) and "inputs" in found and "params" in found:
        found, params = found["inputs"], found["params"]
    else:
        params = None
    kind = printable(str(info.get("type", "")))[:40]
    request = _request(info, found, params, read)
    if kind == "dataframe" and (table := _table(found)):
        return _of_table(kind, *table, request)
    return InputExample(kind, _shape(found, kind), text=_cut(found, MAX_TEXT), request=request)


def _parsed(path: object, read: Callable[[str], bytes | None]) -> tuple[Any, bool]:
    """The value of a JSON file, and whether there is one."""
    data = read(path) if isinstance(path, str) else None
    try:
        return (None, False) if data is None else (json.loads(data, parse_constant=_nothing), True)
    except (ValueError, RecursionError):
        return None, False


def _nothing(name: str) -> None:
    """NaN and infinities, which JSON does not have: MLflow writes null for NaN."""


def _table(found: Any) -> tuple[list[Any], list[list[Any]]] | None:
    """Column names (none if they are only numbered) and rows of a table."""
    is_split = isinstance(found, dict) and isinstance(found.get("data"), list)
    columns, rows = (found.get("columns", []), found["data"]) if is_split else ([], found)
    if not (isinstance(columns, list) and isinstance(rows, list) and rows):
        return None
    if all(isinstance(row, dict) for row in rows):
        columns = list(dict.fromkeys(key for row in rows for key in row))
        return columns, [[row.get(key) for key in columns] for row in rows]
    return (columns, rows) if all(isinstance(row, list) for row in rows) else None


def _of_table(kind: str, columns: list[Any], rows: list[list[Any]], request: str) -> InputExample:
    width = max(len(columns), *map(len, rows))
    names = [str(name) for name in columns] or [str(at) for at in range(width)]
    kept = [printable(name)[:MAX_CELL] for name in names[:MAX_COLUMNS]]
    types = [
        next((_type(row[at]) for row in rows if at < len(row) and row[at] is not None), "") for at in range(len(kept))
    ]
    return InputExample(
        kind=kind,
        shape=f"{_count(len(rows), 'row')} × {_count(width, 'column')}",
        columns=tuple(zip(kept, types, strict=True)),
        rows=tuple(tuple(_cut(cell, MAX_CELL) for cell in row[:MAX_COLUMNS]) for row in rows[:MAX_ROWS]),
        request=request,
    )


def _request(info: Mapping[Any, Any], found: Any, params: Any, read: Callable[[str], bytes | None]) -> str:
    """The body of a request: the file that MLflow wrote for it, else what is made of the example in the same way."""
    body, is_known = _parsed(info.get("serving_input_path"), read)
    if not is_known:
        body = _body(info, found)
        body = {**body, "params": params} if params and body else body
    try:
        text = printable(json.dumps(body, ensure_ascii=False, allow_nan=False)) if body else ""
    except (ValueError, RecursionError):
        return ""
    return text if len(text) <= MAX_REQUEST else ""


def _body(info: Mapping[Any, Any], found: Any) -> dict[str, Any]:
    if info.get("type") != "dataframe":
        is_ready = info.get("format") == "tf-serving" and isinstance(found, dict)
        return found if is_ready else {"inputs": found}
    table = _table(found)
    if table is None:
        return {}
    columns, rows = table
    return {"dataframe_split": {**({"columns": columns} if columns else {}), "data": rows}}


def _shape(found: Any, kind: str) -> str:
    """The size in words: the shape of an array, the number of items or keys."""
    if isinstance(found, dict):
        return _count(len(found), "key")
    if not isinstance(found, list):
        return ""
    if kind != "ndarray":
        return _count(len(found), "item")
    lengths: list[int] = []
    while isinstance(found, list) and len(lengths) < 32:
        lengths.append(len(found))
        found = found[0] if found else None
    return f"({', '.join(map(str, lengths))})"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _type(value: Any) -> str:
    return next((name for kind, name in _TYPES if isinstance(value, kind)), "")


def _cut(value: Any, limit: int) -> str:
    """A value as text: strings as they are, all else as JSON."""
    try:
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    except (ValueError, RecursionError):
        return "…"
    text = printable(text)
    return text if len(text) <= limit else f"{text[:limit]}…"
