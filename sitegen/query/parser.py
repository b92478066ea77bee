"""From the text of a query to its value, by recursive descent. The grammar is in docs/search-language.md.

A query that is valid in MLflow has the same meaning here; extensions are recorded while parsing (`Query.is_mlflow`).
"""

from __future__ import annotations

from dataclasses import dataclass

from sitegen.query import patterns
from sitegen.query.keys import (
    ALIASES,
    attribute_of,
    is_mlflows,
    kind_of,
)
from sitegen.query.lexer import Token, refuse, tokens
from sitegen.query.nodes import And, Compare, Key, Node, Not, Or, OrderBy, Words
from sitegen.query.operands import Operands, group_of, stripped

_SYMBOLS = ("=", "!=", "<", "<=", ">", ">=")
_OURS = {"==": "=", "<>": "!="}
_PATTERNS = ("LIKE", "ILIKE", "RLIKE")


@dataclass(frozen=True, slots=True)
class Query:
    """A query that has been read. `is_mlflow`: MLflow's own search accepts the same text with the same meaning."""

    text: str
    root: Node
    is_mlflow: bool

    def __str__(self) -> str:
        return str(self.root)


def parse(text: str) -> Query:
    """The query in `text`; an empty one matches all runs. Raises QueryError, which gives the position."""
    parser = _Parser(tokens(text))
    root = parser.alternatives()
    if not parser.is_at("end"):
        parser.refuse(f"{parser.here} is an unmatched parenthesis; put quotes around it to search for it literally")
    return Query(text, root, parser.is_mlflow)


def parse_order(text: str) -> tuple[OrderBy, ...]:
    """The rules of an order, such as `metrics.loss DESC`, separated by commas. Raises QueryError."""
    parser = _Parser(tokens(text))
    rules: list[OrderBy] = []
    while not parser.is_at("end"):
        rules.append(parser.rule())
        if not parser.is_at("end"):
            parser.expect(",", "put a comma between two rules of an order")
            parser.is_mlflow = False
    return tuple(rules)


class _Parser(Operands):
    """Reads tokens from left to right; each method consumes what it is named after."""

    # Conditions joined

    def alternatives(self) -> Node:
        parts = [self.conjunction()]
        while self.here.is_keyword("OR"):
            self.ours()
            self.take()
            parts.append(self.conjunction())
        if len(parts) > 1 and And(()) in parts:
            self.refuse("a condition is missing next to OR")
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def conjunction(self) -> Node:
        """Conditions joined by AND or nothing; a superfluous AND is skipped, as in MLflow."""
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
            self.refuse("a condition is missing after NOT")
        self.enter(start)
        node = Not(self.negation())
        self.depth -= 1
        return node

    def condition(self) -> Node:
        token = self.here
        if token.kind == "(":
            return self.inside()
        if token.kind not in ("word", "string"):
            self.refuse(f"a condition must begin with a key or a word, not with {token}")
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
            self.refuse("the parentheses are empty", start)
        self.take()
        self.depth -= 1
        return node

    # Keys

    def is_key(self) -> bool:
        """Whether a comparison begins here, as opposed to a search word."""
        group = group_of(self.here)
        if self.ahead(1).kind == "operator" or group not in (None, "attribute"):
            return True
        name = self.here.raw if group is None else self.here.raw.partition(".")[2]
        known = self.is_at("word") and attribute_of(stripped(name)) is not None
        if self.is_ahead(1, "IS"):
            return known or self.is_ahead(2, "NOT", "NULL", "NAN")
        behind = 2 if self.is_ahead(1, "NOT") else 1
        if self.is_ahead(behind, "IN"):
            return known or self.ahead(behind + 1).kind == "("
        return self.is_ahead(behind, *_PATTERNS, "BETWEEN")

    def is_simple(self) -> bool:
        """Whether a comparison begins here that MLflow reads without AND before it."""
        return self.is_key() and (self.ahead(1).kind == "operator" or self.is_ahead(1, "LIKE", "ILIKE"))

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
        self.refuse(f"{key} must be followed by a comparison, such as = or LIKE", token)

    def symbol(self, key: Key, token: Token) -> Compare:
        op = _OURS.get(token.raw, token.raw)
        if op not in _SYMBOLS:
            self.refuse(f"unknown operator {token}; the operators are = != < <= > >=", token)
        self.ours(op == token.raw)
        kind = kind_of(key)
        if kind == "number" or (kind == "either" and self.is_at("word")):
            self.ours(kind == "number")
            return Compare(key, op, self.number(key))
        if kind == "text" and op not in ("=", "!="):
            self.refuse(f"{key} is a string, which {token} cannot compare", token)
        if kind == "either" and op not in ("=", "!=") and self.is_at("string"):
            self.refuse(f"{token} compares numbers; remove the quotes")
        return Compare(key, op, self.text())

    def pattern(self, key: Key, token: Token, op: str) -> Compare:
        if kind_of(key) == "number":
            self.refuse(f"{key} is a number, which {op} cannot compare", token)
        value = self.text()
        if op.endswith("RLIKE"):
            self.ours()
            self.check_regex(value)
        return Compare(key, op, value)

    def check_regex(self, value: str) -> None:
        """Raise QueryError for a regular expression beyond the subset, at its position in the query."""
        start = self.tokens[self.at - 1].at + 1
        try:
            patterns.regex(value)
        except patterns.PatternError as error:
            refuse(str(error), start + error.at, error.length)

    def state(self, key: Key) -> Compare:
        negated = self.here.is_keyword("NOT")
        if negated:
            self.take()
        token = self.here
        if not token.is_keyword("NULL", "NAN") or (token.is_keyword("NAN") and key.group != "metric"):
            self.refuse("expected NULL or NOT NULL" + (", NAN or NOT NAN" if key.group == "metric" else ""))
        self.ours(key.group in ("param", "tag"))
        self.take()
        return Compare(key, f"IS {'NOT ' if negated else ''}{token.raw.upper()}")

    # Orders

    def rule(self) -> OrderBy:
        token = self.here
        if token.kind not in ("word", "string"):
            self.refuse("an order must begin with a key")
        key = self.key(self.take())
        if key.group == "any":
            self.refuse(f"write params.{key.name}, metrics.{key.name} or tags.{key.name}", token)
        if key.group == "dataset":
            self.refuse("runs cannot be ordered by dataset", token)
        self.ours(is_mlflows(key) and stripped(token.raw.rpartition(".")[2]) not in _UNORDERED)
        ascending = not self.here.is_keyword("DESC")
        if self.here.is_keyword("ASC", "DESC"):
            self.take()
        elif not self.is_at("end", ","):
            self.refuse("expected ASC or DESC")
        return OrderBy(key, ascending)


_UNORDERED = frozenset(alias for alias, name in ALIASES.items() if name == "run_name")
