"""From the text of a query to its value, by recursive descent. The grammar is in docs/search-language.md.

What MLflow reads means what it means there; what only we read is noted while parsing (`Query.is_mlflow`).
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NoReturn

from sitegen.query import patterns
from sitegen.query.keys import (
    ALIASES,
    DATASET_KEYS,
    GROUPS,
    TIMES,
    attribute_of,
    is_mlflows,
    kind_of,
)
from sitegen.query.lexer import Token, refuse, tokens
from sitegen.query.nodes import REDUCERS, And, Compare, Group, Key, Node, Not, Or, OrderBy, Value, Words

MAX_DEPTH = 50

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

_SYMBOLS = ("=", "!=", "<", "<=", ">", ">=")
_OURS = {"==": "=", "<>": "!="}
_PATTERNS = ("LIKE", "ILIKE", "RLIKE")


@dataclass(frozen=True, slots=True)
class Query:
    """A query that has been read. `is_mlflow`: MLflow's own search takes the same text and means the same by it."""

    text: str
    root: Node
    is_mlflow: bool

    def __str__(self) -> str:
        return str(self.root)


def parse(text: str) -> Query:
    """The query that `text` asks; an empty text asks for all runs. Raises QueryError, which names the place."""
    parser = _Parser(tokens(text))
    root = parser.alternatives()
    if not parser.is_at("end"):
        parser.refuse(f"{parser.here} closes nothing; quotes around it make it a text")
    return Query(text, root, parser.is_mlflow)


def parse_order(text: str) -> tuple[OrderBy, ...]:
    """The rules of an order: `metrics.loss DESC`; several stand with commas between them. Raises QueryError."""
    parser = _Parser(tokens(text))
    rules: list[OrderBy] = []
    while not parser.is_at("end"):
        rules.append(parser.rule())
        if not parser.is_at("end"):
            parser.expect(",", "a comma stands between two rules of an order")
            parser.is_mlflow = False
    return tuple(rules)


class _Parser:
    """Reads tokens from left to right; each method takes what it stands for."""

    def __init__(self, found: Sequence[Token]) -> None:
        self.tokens = found
        self.at = 0
        self.depth = 0
        self.is_mlflow = True

    @property
    def here(self) -> Token:
        return self.tokens[self.at]

    def is_at(self, *kinds: str) -> bool:
        return self.here.kind in kinds

    def is_ahead(self, distance: int, *words: str) -> bool:
        """Whether one of the keywords `words` stands `distance` tokens on."""
        return self.ahead(distance).is_keyword(*words)

    def ahead(self, distance: int) -> Token:
        return self.tokens[min(self.at + distance, len(self.tokens) - 1)]

    def take(self) -> Token:
        token = self.here
        self.at = min(self.at + 1, len(self.tokens) - 1)
        return token

    def expect(self, kind: str, problem: str) -> Token:
        if not self.is_at(kind):
            self.refuse(problem)
        return self.take()

    def refuse(self, problem: str, token: Token | None = None) -> NoReturn:
        token = token or self.here
        refuse(problem, token.at, len(token.raw))

    def ours(self, unless: bool = False) -> None:
        """Note that MLflow does not read this, `unless` it does."""
        self.is_mlflow = self.is_mlflow and unless

    # Conditions joined

    def alternatives(self) -> Node:
        parts = [self.conjunction()]
        while self.here.is_keyword("OR"):
            self.ours()
            self.take()
            parts.append(self.conjunction())
        if len(parts) > 1 and And(()) in parts:
            self.refuse("a condition is missing beside OR")
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def conjunction(self) -> Node:
        """Conditions with AND between them or nothing; an AND too many is passed over, as MLflow does."""
        parts: list[Node] = []
        joined = True
        while not self.is_at("end", ")") and not self.here.is_keyword("OR"):
            if self.here.is_keyword("AND"):
                self.take()
                joined = True
                continue
            self.ours(joined or self.is_simple())
            parts.append(self.negation())
            joined = False
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def negation(self) -> Node:
        if not self.here.is_keyword("NOT"):
            return self.condition()
        self.ours()
        start = self.take()
        if self.is_at("end", ")") or self.here.is_keyword("AND", "OR"):
            self.refuse("a condition is missing behind NOT")
        self.enter(start)
        node = Not(self.negation())
        self.depth -= 1
        return node

    def enter(self, token: Token) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            self.refuse("conditions lie too deep in each other", token)

    def condition(self) -> Node:
        token = self.here
        if token.kind == "(":
            return self.inside()
        if token.kind not in ("word", "string"):
            self.refuse(f"a condition begins with a key or a word, not with {token}")
        if self.is_key():
            return self.comparison(self.key(self.take()))
        self.ours()
        self.take()
        return Words(token.text if token.kind == "string" or token.raw[0] == "`" else token.raw)

    def inside(self) -> Node:
        self.ours()
        start = self.take()
        self.enter(start)
        node = self.alternatives()
        if not self.is_at(")"):
            self.refuse("this ( is not closed", start)
        if node == And(()):
            self.refuse("the brackets hold no condition", start)
        self.take()
        self.depth -= 1
        return node

    # Keys

    def is_key(self) -> bool:
        """Whether a comparison begins here, as against a word to search for."""
        group = _group_of(self.here)
        if self.ahead(1).kind == "operator" or group not in (None, "attribute"):
            return True
        name = self.here.raw if group is None else self.here.raw.partition(".")[2]
        known = self.is_at("word") and attribute_of(_stripped(name)) is not None
        if self.is_ahead(1, "IS"):
            return known or self.is_ahead(2, "NOT", "NULL", "NAN")
        behind = 2 if self.is_ahead(1, "NOT") else 1
        if self.is_ahead(behind, "IN"):
            return known or self.ahead(behind + 1).kind == "("
        return self.is_ahead(behind, *_PATTERNS, "BETWEEN")

    def is_simple(self) -> bool:
        """Whether a comparison begins here that MLflow reads without AND before it."""
        return self.is_key() and (self.ahead(1).kind == "operator" or self.is_ahead(1, "LIKE", "ILIKE"))

    def key(self, token: Token) -> Key:
        """The key that a token names."""
        group = _group_of(token)
        if _number(token.raw) is not None:
            self.refuse("a comparison begins with a key; its number comes last", token)
        head, dot, raw = token.raw.partition(".")
        if token.kind == "string" or not dot:
            self.ours(token.raw[0] != "'")
            return self.attribute(token, _stripped(token.raw))
        if group is None:
            groups = "attributes, metrics, params, tags, datasets"
            self.refuse(f"{head} is no group of keys; there are {groups}", token)
        if not raw:
            self.refuse(f"a key is missing behind {token}", token)
        self.ours(_is_mlflow_key(head, raw))
        name = _stripped(raw)
        if group == "attribute":
            return self.attribute(token, name)
        if group == "dataset" and name not in DATASET_KEYS:
            self.refuse(f"datasets have a name, a digest and a context, no {name}", token)
        return self.metric(raw, name) if group == "metric" else Key(group, name)

    def attribute(self, token: Token, name: str) -> Key:
        known = attribute_of(name)
        if known is None:
            self.refuse(f"there is no attribute {name}; params.{name} is a param, metrics.{name} a metric", token)
        return Key("attribute", known)

    def metric(self, raw: str, name: str) -> Key:
        """A metric, or a number made of its history."""
        head, dot, last = raw.rpartition(".")
        if not dot or not head or last not in REDUCERS:
            return Key("metric", name)
        if _QUOTED.fullmatch(raw):
            return Key("metric", name)
        self.ours()
        if _QUOTED.fullmatch(head):
            return Key("metric", _stripped(head), last)
        return Key("metric", head, last, literal_first=True)

    # Comparisons

    def comparison(self, key: Key) -> Compare:
        token = self.take()
        self.ours(is_mlflows(key))
        if token.kind == "operator":
            return self.symbol(key, token)
        op = token.raw.upper() if token.kind == "word" else ""
        if op == "NOT" and self.here.is_keyword(*_PATTERNS, "IN", "BETWEEN"):
            self.ours(self.here.is_keyword("IN"))
            op = f"NOT {self.take().raw.upper()}"
        if op.endswith("LIKE"):
            return self.pattern(key, token, op)
        if op.endswith("BETWEEN"):
            self.ours()
            low = self.number(key)
            if not self.here.is_keyword("AND"):
                self.refuse("BETWEEN needs AND and a second number")
            self.take()
            return Compare(key, op, (low, self.number(key)))
        if op in ("IN", "NOT IN"):
            return Compare(key, op, self.members(key))
        if op == "IS":
            return self.state(key)
        self.refuse(f"{key} needs a comparison here, such as = or LIKE", token)

    def symbol(self, key: Key, token: Token) -> Compare:
        op = _OURS.get(token.raw, token.raw)
        if op not in _SYMBOLS:
            self.refuse(f"there is no operator {token}; there are = != < <= > >=", token)
        self.ours(op == token.raw)
        kind = kind_of(key)
        if kind == "number" or (kind == "either" and self.is_at("word")):
            self.ours(kind == "number")
            return Compare(key, op, self.number(key))
        if kind == "text" and op not in ("=", "!="):
            self.refuse(f"{key} is text, which {token} does not compare", token)
        if kind == "either" and op not in ("=", "!=") and self.is_at("string"):
            self.refuse(f"{token} compares numbers; leave out the quotes")
        return Compare(key, op, self.text())

    def pattern(self, key: Key, token: Token, op: str) -> Compare:
        if kind_of(key) == "number":
            self.refuse(f"{key} is a number, which {op} does not compare", token)
        value = self.text()
        if op.endswith("RLIKE"):
            self.ours()
            self.check_regex(value)
        return Compare(key, op, value)

    def check_regex(self, value: str) -> None:
        """Refuse a regular expression beyond the subset, at its place in the query."""
        start = self.tokens[self.at - 1].at + 1
        try:
            patterns.regex(value)
        except patterns.PatternError as error:
            refuse(str(error), start + error.at, error.length)

    def text(self) -> str:
        if not self.is_at("string"):
            self.refuse("a text in quotes is needed here")
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
            quotes = "a number, or a text in quotes," if kind_of(key) == "either" else "a number"
            nan = "; IS NAN finds what is not a number" if token.raw.lower() == "nan" else ""
            self.refuse(f"{quotes} is needed here{nan}")
        self.ours(_MLFLOW_NUMBER.fullmatch(token.raw) is not None)
        self.take()
        return number

    def members(self, key: Key) -> tuple[Value, ...]:
        start = self.expect("(", "IN needs a list in brackets")
        numbers = kind_of(key) == "number" or (kind_of(key) == "either" and not self.is_at("string"))
        self.ours((key.group == "attribute" and key.name == "run_id") or key.group == "dataset")
        found: list[Value] = []
        while not self.is_at(")"):
            found.append(self.number(key) if numbers else self.text())
            if not self.is_at(")"):
                self.expect(",", "a list has commas between its values and ) at its end")
        if not found:
            self.refuse("the list is empty", start)
        self.take()
        return tuple(found)

    def state(self, key: Key) -> Compare:
        negated = self.here.is_keyword("NOT")
        if negated:
            self.take()
        token = self.here
        if not token.is_keyword("NULL", "NAN") or (token.is_keyword("NAN") and key.group != "metric"):
            self.refuse("NULL or NOT NULL is needed here" + (", NAN or NOT NAN" if key.group == "metric" else ""))
        self.ours(key.group in ("param", "tag"))
        self.take()
        return Compare(key, f"IS {'NOT ' if negated else ''}{token.raw.upper()}")

    # Orders

    def rule(self) -> OrderBy:
        token = self.here
        if token.kind not in ("word", "string"):
            self.refuse("an order begins with a key")
        key = self.key(self.take())
        if key.group == "dataset":
            self.refuse("runs have no order by dataset", token)
        self.ours(is_mlflows(key) and _stripped(token.raw.rpartition(".")[2]) not in _UNORDERED)
        ascending = not self.here.is_keyword("DESC")
        if self.here.is_keyword("ASC", "DESC"):
            self.take()
        elif not self.is_at("end", ","):
            self.refuse("ASC or DESC may stand here")
        return OrderBy(key, ascending)


_UNORDERED = frozenset(alias for alias, name in ALIASES.items() if name == "run_name")


def _group_of(token: Token) -> Group | None:
    head, dot, _ = token.raw.partition(".")
    bare = head[1:-1] if len(head) > 1 and head[0] == head[-1] == "`" else head
    return GROUPS.get(bare) if dot and token.kind == "word" else None


def _stripped(raw: str) -> str:
    """A key without its quotes, as MLflow takes them off: first those of either kind, then backticks."""
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
    """Milliseconds of a date (UTC) or of a span, for the keys that are times or durations."""
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
