"""Signatures of models and schemas of datasets, which MLflow writes as the same JSON, as tables."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sitegen.analysis.words import plural

MAX_COLUMNS = 300
_LONGEST = 300
_DEPTH = 6


@dataclass(frozen=True, slots=True)
class SchemaRow:
    """A column, a tensor or a param of a model."""

    name: str
    """Its name, or its place in parentheses where it has none."""
    type: str
    """Its type as a reader would write it: `list of string`."""
    required: str
    """`yes`, `no`, or empty if that is not known."""
    default: str = ""
    """Its default as JSON; empty for none."""


@dataclass(frozen=True, slots=True)
class SchemaTable:
    """One side of a signature, or the schema of a dataset."""

    title: str
    """Which side it is: `Inputs`."""
    rows: tuple[SchemaRow, ...]
    """Its columns, tensors or params; at most 300."""
    hint: str
    """How many there are: `4 columns`."""
    more: str = ""
    """How many are left out: `and 20 more columns`; empty if all are shown."""
    has_required: bool = False
    """Whether it is known of any whether it must be given."""
    has_defaults: bool = False
    """Whether any has a default."""


def signature_tables(inputs: str, outputs: str, params: str) -> tuple[SchemaTable, ...]:
    """The sides of a model's signature that are not empty."""
    sides = (("Inputs", inputs), ("Outputs", outputs), ("Params", params))
    return tuple(table for title, text in sides if (table := _table(title, _loaded(text))))


def dataset_tables(schema: str | None) -> tuple[SchemaTable, ...]:
    """The parts of a dataset's schema: its columns, or features and targets."""
    found = _loaded(schema or "")
    if not isinstance(found, dict):
        return ()
    tensors = found.get("mlflow_tensorspec")
    parts = [("Columns", found.get("mlflow_colspec"))]
    if isinstance(tensors, dict):
        parts += [(str(name).capitalize(), _loaded(part)) for name, part in tensors.items()]
    return tuple(table for title, part in parts if (table := _table(title, part)))


def _loaded(text: object) -> Any:
    """The value of a JSON text; other values are returned as they are."""
    if not isinstance(text, str) or not text:
        return text
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _table(title: str, found: object) -> SchemaTable | None:
    if isinstance(found, dict) and "type" in found:
        found = [found]
    if not isinstance(found, list) or not found:
        return None
    rows = [_row(entry, at) for at, entry in enumerate(found[:MAX_COLUMNS]) if isinstance(entry, dict)]
    left = len(found) - MAX_COLUMNS
    return SchemaTable(
        title=title,
        rows=tuple(rows),
        hint=plural(len(found), "param" if title == "Params" else "column" if _is_columns(found) else "tensor"),
        more=f"and {plural(left, 'more column')}" if left > 0 else "",
        has_required=any(row.required for row in rows),
        has_defaults=any(row.default for row in rows),
    )


def _is_columns(found: list[Any]) -> bool:
    return any(isinstance(entry, dict) and entry.get("type") != "tensor" for entry in found)


def _row(entry: Mapping[str, Any], at: int) -> SchemaRow:
    required = entry.get("required")
    default = json.dumps(entry["default"], ensure_ascii=False)[:_LONGEST] if "default" in entry else ""
    return SchemaRow(
        name=str(entry.get("name", f"({at + 1})"))[:_LONGEST],
        type=type_text(entry)[:_LONGEST],
        required="" if not isinstance(required, bool) else "yes" if required else "no",
        default=default,
    )


def type_text(entry: object, depth: int = 0) -> str:
    """A column's type as a reader would write it: `double`, `tensor int64 (-1, 4)`, `list of string`, `{q: string}`."""
    if not isinstance(entry, dict) or depth > _DEPTH:
        return "…" if isinstance(entry, dict) else str(entry)
    kind = str(entry.get("type", "any"))
    if kind == "tensor" and isinstance(spec := entry.get("tensor-spec"), dict):
        return f"tensor {spec.get('dtype', '')} {_shape(spec.get('shape'))}".strip()
    if kind == "array":
        return f"list of {type_text(entry.get('items', {}), depth + 1)}"
    if kind == "map":
        return f"map of {type_text(entry.get('values', {}), depth + 1)}"
    if kind == "object" and isinstance(parts := entry.get("properties"), dict):
        return "{" + ", ".join(f"{key}: {type_text(part, depth + 1)}" for key, part in parts.items()) + "}"
    shape = entry.get("shape")
    return f"{kind} {_shape(shape)}" if shape else kind


def _shape(shape: object) -> str:
    return f"({', '.join(map(str, shape))})" if isinstance(shape, list) else ""
