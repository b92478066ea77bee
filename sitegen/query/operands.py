"""The two sides of a comparison: keys, and the values that they are compared with."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime

from sitegen.query.cursor import Cursor
from sitegen.query.keys import DATASET_KEYS, GROUPS, TIMES, attribute_of, kind_of
from sitegen.query.lexer import Token
from sitegen.query.nodes import REDUCERS, Group, Key, Value

_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_MLFLOW_NUMBER = re.compile(r"-?(?:\d+(?:\.\d+)?[eE]-?\d+|\d+\.?\d*|\.\d+)", re.ASCII)
_INFINITY = re.compile(r"([+-]?)inf(?:inity)?", re.IGNORECASE)
_TIME = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:[ T](\d\d):(\d\d)(?::(\d\d))?)?Z?", re.ASCII)
_SPAN = re.compile(r"(\d+(?:\.\d+)?) ?(ms|s|min|h|d)", re.ASCII)
_SPANS = {"ms": 1, "s": 1_000, "min": 60_000, "h": 3_600_000, "d": 86_400_000}
# A part of a key that MLflow reads without quotes; its lexer takes some words for keywords even there.
_MLFLOW_PART = re.compile(r"[^\W\d]\w*|\d(?![eE]-?\d|[xX][\dA-Fa-f])[A-Za-z_]\w*")
_MLFLOW_KEYWORDS = frozenset("case in values using from as".split())
_QUOTED = re.compile(r"'(?:''|\\'|[^'])*'|\"(?:\"\"|\\\"|[^\"])*\"|`(?:``|[^`])*`")
_PARTS = re.compile(_QUOTED.pattern + r"|[^.]+")


class Operands(Cursor):
    """Reads keys and values; each method consumes what it is named after."""

    def key(self, token: Token) -> Key:
        """The key that a token names."""
        group = group_of(token)
        if _number(token.raw) is not None:
            self.refuse("a comparison must begin with a key; the number comes last", token)
        head, dot, raw = token.raw.partition(".")
        if token.kind == "string" or not dot:
            self.ours(token.raw[0] != "'")
            return self.attribute(token, stripped(token.raw), bare=token.kind == "word")
        if group is None:
            groups = "attributes, metrics, params, tags, datasets"
            self.refuse(f"{head} is not a group of keys; the groups are {groups}", token)
        if not raw:
            self.refuse(f"a key is missing after {token}", token)
        self.ours(_is_mlflow_key(head, raw))
        name = stripped(raw)
        if group == "attribute":
            return self.attribute(token, name)
        if group == "dataset" and name not in DATASET_KEYS:
            self.refuse(f"datasets have a name, a digest and a context, but not {name}", token)
        return self.metric(raw, name) if group == "metric" else Key(group, name)

    def attribute(self, token: Token, name: str, bare: bool = False) -> Key:
        """An attribute; of a name without a group, which may also be `bare`, else the key of a metric, param or tag."""
        known = attribute_of(name)
        if known is None and bare and name:
            self.ours()
            return Key("any", name)
        if known is None:
            self.refuse(f"no attribute is called {name}; params.{name} is a param, metrics.{name} a metric", token)
        return Key("attribute", known)

    def metric(self, raw: str, name: str) -> Key:
        """A metric, or a reduction of its history."""
        head, dot, last = raw.rpartition(".")
        if not dot or not head or last not in REDUCERS:
            return Key("metric", name)
        if _QUOTED.fullmatch(raw):
            return Key("metric", name)
        self.ours()
        if _QUOTED.fullmatch(head):
            return Key("metric", stripped(head), last)
        return Key("metric", head, last, literal_first=True)

    def text(self) -> str:
        if not self.is_at("string"):
            self.refuse("expected a string in quotes")
        return self.take().text

    def number(self, key: Key) -> float:
        """A number; for times also a date, for durations also a span, both in quotes."""
        token = self.here
        if token.kind == "string" and (value := _in_units(key, token.text)) is not None:
            self.ours()
            self.take()
            return value
        if token.kind == "string":
            self.refuse(_units_wanted(key))
        if token.kind != "word" or (number := _number(token.raw)) is None:
            quotes = "a number, or a string in quotes," if kind_of(key) == "either" else "a number"
            nan = "; IS NAN finds what is not a number" if token.raw.lower() == "nan" else ""
            self.refuse(f"{quotes} is needed here{nan}")
        self.ours(_MLFLOW_NUMBER.fullmatch(token.raw) is not None)
        self.take()
        return number

    def members(self, key: Key) -> tuple[Value, ...]:
        start = self.expect("(", "IN needs a list in parentheses")
        numbers = kind_of(key) == "number" or (kind_of(key) == "either" and not self.is_at("string"))
        self.ours((key.group == "attribute" and key.name == "run_id") or key.group == "dataset")
        found: list[Value] = []
        while not self.is_at(")"):
            found.append(self.number(key) if numbers else self.text())
            if not self.is_at(")"):
                self.expect(",", "separate the values of a list by commas and end it with )")
        if not found:
            self.refuse("the list is empty", start)
        self.take()
        return tuple(found)


def group_of(token: Token) -> Group | None:
    head, dot, _ = token.raw.partition(".")
    bare = head[1:-1] if len(head) > 1 and head[0] == head[-1] == "`" else head
    return GROUPS.get(bare) if dot and token.kind == "word" else None


def stripped(raw: str) -> str:
    """A key without its quotes, removed as in MLflow: first single or double quotes, then backticks."""
    for quotes in ("'\"", "`"):
        if len(raw) > 1 and raw[0] == raw[-1] and raw[0] in quotes:
            raw = raw[1:-1]
    return raw


def _is_mlflow_key(head: str, raw: str) -> bool:
    """Whether MLflow's lexer reads `raw`, behind a group and a dot, as one key."""
    parts = _PARTS.findall(raw)
    whole = ".".join(parts) == raw
    # Before a digit its lexer takes these groups for keywords of SQL.
    keyword = raw[0].isdigit() and head in ("parameter", "parameters")
    return whole and not keyword and all(_is_mlflow_part(part) for part in parts)


def _is_mlflow_part(part: str) -> bool:
    return _QUOTED.fullmatch(part) is not None or (
        _MLFLOW_PART.fullmatch(part) is not None and part.lower() not in _MLFLOW_KEYWORDS
    )


def _number(text: str) -> float | None:
    if _NUMBER.fullmatch(text):
        return float(text)
    if found := _INFINITY.fullmatch(text):
        return -math.inf if found[1] == "-" else math.inf
    return None


def _in_units(key: Key, text: str) -> float | None:
    """Milliseconds of a date (UTC) or a span, for keys that are times or durations."""
    if key.group != "attribute":
        return None
    if key.name in TIMES and (found := _TIME.fullmatch(text)):
        try:
            return datetime(*(int(part or 0) for part in found.groups()), tzinfo=UTC).timestamp() * 1000  # type: ignore[misc, arg-type]
        except ValueError:
            return None
    if key.name == "duration" and (found := _SPAN.fullmatch(text)):
        return float(found[1]) * _SPANS[found[2]]
    return None


def _units_wanted(key: Key) -> str:
    if key.group == "attribute" and key.name in TIMES:
        return "a time is milliseconds, or a date as '2024-01-31' or '2024-01-31 14:30'"
    if key == Key("attribute", "duration"):
        return "a duration is milliseconds, or a span as '90 s', '5 min', '2 h' or '1 d'"
    return "a number without quotes is needed here"
