"""The body of a request to a model server, from the signature of a model: `{"dataframe_split": ...}` and its kin.

Source of the forms: `mlflow/pyfunc/scoring_server/__init__.py` (`_parse_json_data`) and
`mlflow/pyfunc/utils/serving_data_parser.py` of MLflow 3. The values are samples: one row, made by type.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

MAX_ELEMENTS = 2_000
"""Most elements of a tensor that are written out."""
MAX_COLUMNS = 1_000
_DEPTH = 6
_SAMPLES: Mapping[str, Any] = {
    "double": 1.0, "float": 1.0, "long": 1, "integer": 1, "boolean": True, "string": "text", "binary": "dGV4dA==",
    "datetime": "2024-01-31T12:00:00", "any": "text",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Schema:
    """The inputs of a model: columns, tensors, or the messages of a chat.

    `form` is the key of the body: `dataframe_split`, `inputs`, or '' for a body without one (`{"messages": ...}`).
    """

    form: str
    entries: tuple[Mapping[str, Any], ...]

    @property
    def is_tensor(self) -> bool:
        return self.entries[0].get("type") == "tensor"

    @property
    def names(self) -> tuple[str, ...]:
        """The names of columns or tensors; none if they have none."""
        return tuple(str(one["name"]) for one in self.entries if one.get("name") is not None)

    @property
    def elements(self) -> int:
        """How many elements its tensors have together, where any length that is not fixed is 1; 0 for columns."""
        return sum(math.prod(shape_of(one)) for one in self.entries) if self.is_tensor else 0


def schema_of(inputs: str, is_from_type_hints: bool = False) -> Schema | None:
    """The schema behind the JSON text of a signature's inputs; None if there is none or it cannot be read."""
    entries = _entries(inputs)
    if not entries or len(entries) > MAX_COLUMNS:
        return None
    schema = Schema(
        "inputs" if is_from_type_hints or entries[0].get("type") == "tensor" else "dataframe_split", entries
    )
    return Schema("", entries) if _is_chat(schema) else schema


def shape_of(entry: Mapping[str, Any]) -> tuple[int, ...]:
    """The shape of a tensor, with 1 for a length that is not fixed."""
    spec = entry.get("tensor-spec")
    shape = spec.get("shape") if isinstance(spec, Mapping) else None
    lengths = [length for length in shape if isinstance(length, int)] if isinstance(shape, list) else []
    return tuple(1 if length < 0 else length for length in lengths[:32])


def dtype_of(entry: Mapping[str, Any]) -> str:
    """The type of a tensor's elements, as numpy calls it."""
    spec = entry.get("tensor-spec")
    return str(spec.get("dtype", "")) if isinstance(spec, Mapping) else ""


def payload(schema: Schema, params: str = "") -> Any:
    """The body of a request, ready for JSON. None where a tensor is too large to be written out."""
    if schema.elements > MAX_ELEMENTS:
        return None
    defaults = _defaults(params)
    if not schema.form:
        return {**sample_row(schema), **defaults}
    body = {schema.form: sample(schema)}
    return {**body, "params": defaults} if defaults else body


def sample(schema: Schema) -> Any:
    """The sample under the key of the form: a table of one row, a tensor, a dict of tensors, or a list of inputs."""
    if schema.form == "dataframe_split":
        row = [_value(one, 0) for one in schema.entries]
        return {"columns": list(schema.names), "data": [row]} if schema.names else {"data": [row]}
    if schema.is_tensor:
        tensors = [_tensor(one) for one in schema.entries]
        return dict(zip(schema.names, tensors, strict=True)) if len(schema.names) == len(tensors) else tensors[0]
    return [sample_row(schema) if schema.names else _value(schema.entries[0], 0)]


def sample_row(schema: Schema) -> dict[str, Any]:
    """A value for each column that must be given, by name; of a chat a single message."""
    wanted = [one for one in schema.entries if one.get("required") is not False]
    return {str(one.get("name")): _value(one, 0) for one in wanted}


def _entries(text: str) -> tuple[Mapping[str, Any], ...]:
    try:
        found = json.loads(text) if text else None
    except (ValueError, RecursionError):
        return ()
    found = [found] if isinstance(found, dict) else found
    return tuple(found) if isinstance(found, list) and all(isinstance(one, dict) for one in found) else ()


def _is_chat(schema: Schema) -> bool:
    """Whether it takes `{"messages": [...]}` or, as a responses agent, `{"input": [...]}`."""
    return schema.form == "dataframe_split" and any(
        one.get("name") in ("messages", "input") and one.get("type") == "array" and _is_message(one.get("items"))
        for one in schema.entries
    )


def _is_message(found: object) -> bool:
    if not isinstance(found, Mapping) or found.get("type") not in ("object", "any"):
        return False
    parts = found.get("properties")
    return found["type"] == "any" or (isinstance(parts, Mapping) and "role" in parts)


def _value(entry: Mapping[str, Any], depth: int) -> Any:
    kind = str(entry.get("type", "any"))
    if depth > _DEPTH:
        return None
    if entry.get("name") in ("messages", "input") and kind == "array" and _is_message(entry.get("items")):
        return [{"role": "user", "content": "Hello"}]
    if kind == "array":
        return [_inner(entry.get("items"), depth)]
    if kind == "map":
        return {"key": _inner(entry.get("values"), depth)}
    if kind == "object":
        parts = entry.get("properties")
        named = parts.items() if isinstance(parts, Mapping) else ()
        return {str(key): _inner(part, depth) for key, part in named if not _is_optional(part)}
    return _SAMPLES.get(kind, "text")


def _inner(entry: object, depth: int) -> Any:
    return _value(entry, depth + 1) if isinstance(entry, Mapping) else None


def _is_optional(part: object) -> bool:
    return isinstance(part, Mapping) and part.get("required") is False


def _tensor(entry: Mapping[str, Any]) -> Any:
    """A tensor of its shape, every element the same."""
    value = element_of(dtype_of(entry))
    for length in reversed(shape_of(entry)):
        value = [value] * length
    return value


def element_of(dtype: str) -> Any:
    """A sample element of a tensor."""
    if dtype.startswith(("float", "double")):
        return 1.0
    return True if dtype == "bool" else "text" if dtype in ("str", "object") else 1


def _defaults(params: str) -> dict[str, Any]:
    """The params of a call with their defaults, for those that have one."""
    found = _entries(params)
    return {str(one["name"]): one["default"] for one in found if "name" in one and one.get("default") is not None}
