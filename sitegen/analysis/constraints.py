"""Conditions on a run that an objective sets: `latency_ms < 50`, `params.model = 'cnn'`."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sitegen.analysis.runs_table import RunRow, number_of
from sitegen.analysis.words import number, shortened
from sitegen.errors import UsageError

_SIGNS: Mapping[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "=": operator.eq,
    "!=": operator.ne,
}
_GROUPS = {"metric": "metrics", "param": "params", "parameter": "params", "parameters": "params", "tag": "tags"}
_QUOTED = r"""(?:"[^"]*"|'[^']*'|`[^`]*`)"""
_CONDITION = re.compile(
    rf"""(?:(?P<group>metrics?|params?|parameters?|tags?)\s*\.\s*)?(?P<key>{_QUOTED}|[^\s"'`<>=!,]+)\s*"""
    rf"""(?P<sign><=|>=|!=|==|=|<|>)\s*(?P<value>{_QUOTED}|[^\s"'`<>=!,]+)""",
    re.IGNORECASE,
)
# What a key must not look like unless it stands in quotes: a word of the objective's language, or one with a group.
_MISLEADING = re.compile(
    r"with|where|ties|by|and|(?:metrics?|params?|parameters?|tags?)\..*", re.IGNORECASE | re.DOTALL
)
_AND = re.compile(rf"\s*,\s*(?:and\s+)?|\s+and\s+|({_QUOTED})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Constraint:
    """One condition. `group` is `metrics` (last values), `params`, `tags`, or empty: the metric of this name where the
    run has one, else the param. `value` is a number, or a string if it is not a number or is in quotes."""

    group: str
    key: str
    sign: str
    value: float | str

    @property
    def text(self) -> str:
        """The condition in the form that `parse_constraints` reads."""
        prefix = f"{self.group}." if self.group else ""
        value = repr(self.value) if isinstance(self.value, float) else quoted(self.value, always=True)
        key = quoted(self.key, always=_MISLEADING.fullmatch(self.key) is not None)
        return f"{prefix}{key} {self.sign} {value.removesuffix('.0')}"

    @property
    def label(self) -> str:
        """The condition as a sentence says it."""
        value = number(self.value) if isinstance(self.value, float) else f"“{shortened(self.value, 30)}”"
        return f"{shortened(self.key)} {self.sign} {value}"

    def problem(self, row: RunRow) -> str:
        """Why `row` does not meet the condition (`it is 63`, `it has none`), empty if it does.

        NaN meets no condition, nor does a run without the value.
        """
        found = self._found(row)
        if found is None:
            return "it has none"
        if isinstance(self.value, str):
            held, shown = _SIGNS[self.sign](str(found), self.value), f"“{shortened(str(found), 30)}”"
        else:
            value = found if isinstance(found, float) else number_of(found)
            held = value is not None and value == value and _SIGNS[self.sign](value, self.value)
            shown = number(value) if value is not None else f"“{shortened(str(found), 30)}”"
        return "" if held else f"it is {shown}"

    def _found(self, row: RunRow) -> float | str | None:
        if self.group == "tags":
            return row.tags.get(self.key)
        if self.group != "params" and self.key in row.metrics:
            return row.metrics[self.key].last
        return None if self.group == "metrics" else row.params.get(self.key)


def parse_constraints(text: str) -> tuple[Constraint, ...]:
    """The conditions in `text`, separated by commas or `and`. Raises UsageError if one cannot be read."""
    return tuple(_parse_one(part) for part in _parts(text))


def _parts(text: str) -> list[str]:
    """The pieces between commas and `and`, wherever those are not in quotes."""
    parts, start = [], 0
    for found in _AND.finditer(text):
        if found[1] is None and found[0].strip():
            parts.append(text[start : found.start()])
            start = found.end()
    parts.append(text[start:])
    return parts if text.strip() else []


def _parse_one(text: str) -> Constraint:
    found = _CONDITION.fullmatch(text.strip())
    if found is None:
        raise UsageError(
            f"The condition {text.strip()!r} is not of the form 'latency_ms < 50' or 'params.model = \"cnn\"'; "
            "put a key with spaces in quotes, and a comma or 'and' between conditions."
        )
    group = (found["group"] or "").lower()
    sign = "=" if found["sign"] == "==" else found["sign"]
    value = _value(found["value"])
    if isinstance(value, str) and sign not in ("=", "!="):
        raise UsageError(
            f"The condition {text.strip()!r} compares with a string; strings can only be compared with = and !=."
        )
    return Constraint(_GROUPS.get(group, group), _bare(found["key"]), sign, value)


def _value(text: str) -> float | str:
    if text[0] in "\"'`":
        return text[1:-1]
    value = number_of(text)
    return text if value is None or value != value else value


def _bare(key: str) -> str:
    return key[1:-1] if key[0] in "\"'`" else key


def quoted(text: str, always: bool = False) -> str:
    """`text` in quotes where it needs them, of a kind that it does not contain."""
    if not always and re.fullmatch(r"""[^\s"'`<>=!,]+""", text):
        return text
    quote = next((q for q in "'\"`" if q not in text), "'")
    return f"{quote}{text}{quote}"
