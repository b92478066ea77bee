"""A query as values: the parser's output, and the evaluator's input. `str(node)` parses to `node` again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Group = Literal["attribute", "metric", "param", "tag", "dataset", "any"]
"""`any` is a key without a group: whichever metric, param or tag of a run has the name."""

Value = str | float
WORDS: dict[Group, str] = {
    "attribute": "attributes",
    "metric": "metrics",
    "param": "params",
    "tag": "tags",
    "dataset": "datasets",
    "any": "",
}
"""How each group of keys is written."""

ANY: tuple[Group, ...] = ("metric", "param", "tag")
"""The groups in which a key without a group is looked for."""

KEYWORDS = frozenset("and or not".split())
PLAIN_KEY = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")
PLAIN_WORD = re.compile(r"[\w$#/:@+%*&-]+(?:\.[\w$#/:@+%*&-]+)*")
_SINGLE = re.compile(r"'(?:''|\\'|[^'])*'")


@dataclass(frozen=True, slots=True)
class Key:
    """What a condition is about, such as `metrics.loss`.

    `reducer` makes one number of a metric's history; '' is the last value. With `literal_first`, a metric named
    `name.reducer` is used if the run has one.
    """

    group: Group
    name: str
    reducer: str = ""
    literal_first: bool = False

    def __str__(self) -> str:
        if self.group == "attribute":
            return self.name
        if self.group == "any":
            return self.name if PLAIN_KEY.fullmatch(self.name) else f"`{self.name}`"
        if self.literal_first:
            return f"{WORDS[self.group]}.{self.name}.{self.reducer}"
        plain = PLAIN_KEY.fullmatch(self.name) and not self.reducer and not ends_with_reducer(self)
        name = self.name if plain else _quoted_key(self.name)
        return ".".join(filter(None, (WORDS[self.group], name, self.reducer)))


def ends_with_reducer(key: Key) -> bool:
    """Whether the name of a metric reads as a metric and a reducer, unless it is quoted."""
    head, _, last = key.name.rpartition(".")
    return key.group == "metric" and bool(head) and last in REDUCERS


REDUCERS = ("last", "min", "max", "first", "mean", "count")


@dataclass(frozen=True, slots=True)
class Compare:
    """A condition on one key: `op` in capitals (`NOT IN`); `value` is None if the operator has none."""

    key: Key
    op: str
    value: Value | tuple[Value, ...] | None = None

    def __str__(self) -> str:
        return " ".join(filter(None, (str(self.key), self.op, self._value())))

    def _value(self) -> str:
        if self.value is None:
            return ""
        if not isinstance(self.value, tuple):
            return written(self.value)
        if self.op.endswith("BETWEEN"):
            return " AND ".join(map(written, self.value))
        return f"({', '.join(map(written, self.value))})"


@dataclass(frozen=True, slots=True)
class Words:
    """Full-text search: one of the run's strings contains `text`, ignoring case."""

    text: str

    def __str__(self) -> str:
        plain = PLAIN_WORD.fullmatch(self.text) and self.text.lower() not in KEYWORDS and "." not in self.text
        return self.text if plain else _quoted(self.text)


@dataclass(frozen=True, slots=True)
class Not:
    of: Node

    def __str__(self) -> str:
        return f"NOT {_inner(self.of)}"


@dataclass(frozen=True, slots=True)
class And:
    """All of `parts`; without parts every run."""

    parts: tuple[Node, ...]

    def __str__(self) -> str:
        return " AND ".join(map(_inner, self.parts))


@dataclass(frozen=True, slots=True)
class Or:
    """At least one of `parts`, of which there are two or more."""

    parts: tuple[Node, ...]

    def __str__(self) -> str:
        return " OR ".join(map(_inner, self.parts))


Node = Compare | Words | Not | And | Or


@dataclass(frozen=True, slots=True)
class OrderBy:
    """One rule of an order."""

    key: Key
    ascending: bool = True

    def __str__(self) -> str:
        return f"{self.key} {'ASC' if self.ascending else 'DESC'}"


def written(value: Value) -> str:
    """A value as written in a query: a string in quotes, a number as MLflow reads it."""
    if isinstance(value, str):
        return _quoted(value)
    if abs(value) < 1e15 and value == int(value):
        return str(int(value))
    return repr(value).replace("e+", "e")


def _inner(node: Node) -> str:
    return f"({node})" if isinstance(node, And | Or) else str(node)


def _quoted(text: str) -> str:
    # Nothing is escaped in MLflow's strings: the other quote is all that helps.
    return f"'{text}'" if _SINGLE.fullmatch(f"'{text}'") else f'"{text}"'


def _quoted_key(name: str) -> str:
    return f'"{name}"' if "`" in name else f"`{name}`"


def keys_of(node: Node) -> Iterator[Key]:
    """Every key in a query, with repeats."""
    if isinstance(node, Compare):
        yield node.key
    elif isinstance(node, Not):
        yield from keys_of(node.of)
    elif isinstance(node, And | Or):
        for part in node.parts:
            yield from keys_of(part)
