"""JSON as a tree that a page can show without scripts, bounded in depth, length and number of values."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sitegen.analysis.words import plural

MAX_DEPTH = 12
MAX_MEMBERS = 200
MAX_TEXT = 4000
OPEN_DEPTH = 3


@dataclass(frozen=True, slots=True)
class Node:
    """A value: a string, a number or a word in `text`, or members in `children`. `kind` is its JSON type, for CSS."""

    key: str
    """Its key or index in the parent; empty at the top."""
    kind: str
    """The type of the value, for CSS: `string`, `number`, `object`."""
    text: str
    """The value as text; empty for a list or an object."""
    children: tuple[Node, ...] = ()
    """The members of a list or an object; at most 200."""
    hint: str = ""
    """How many members there are, or that it was cut."""
    open: bool = True
    """Whether it is shown open."""


class Budget:
    """How many more values a page may draw."""

    def __init__(self, nodes: int) -> None:
        self.left = nodes
        self.cut = 0
        """The number of values that were left out."""

    def take(self) -> bool:
        """Count one more value, and return whether it may be shown."""
        if self.left <= 0:
            self.cut += 1
            return False
        self.left -= 1
        return True


def json_tree(text: str, budget: Budget) -> Node:
    """The value of a JSON text; what is not JSON is a string."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        value = text
    return _node("", value, budget, 0)


def _node(key: str, value: Any, budget: Budget, depth: int) -> Node:
    if isinstance(value, dict):
        return _container(key, "object", [(str(k), v) for k, v in value.items()], "key", budget, depth)
    if isinstance(value, list):
        return _container(key, "array", [(str(at), v) for at, v in enumerate(value)], "item", budget, depth)
    if isinstance(value, str):
        left = len(value) - MAX_TEXT
        hint = f"and {plural(left, 'more character')}" if left > 0 else ""
        return Node(key, "string", value[:MAX_TEXT] if value else "(empty text)", hint=hint)
    word = json.dumps(value)
    return Node(key, "number" if isinstance(value, int | float) and not isinstance(value, bool) else "word", word[:200])


def _container(key: str, kind: str, members: list[tuple[str, Any]], word: str, budget: Budget, depth: int) -> Node:
    size = plural(len(members), word)
    if not members:
        return Node(key, "word", "{}" if kind == "object" else "[]")
    if depth >= MAX_DEPTH:
        return Node(key, "word", f"… {size}")
    shown = tuple(_members(members[:MAX_MEMBERS], budget, depth))
    left = len(members) - len(shown)
    return Node(key, kind, size, shown, f"and {left} more" if left else "", depth < OPEN_DEPTH and len(members) <= 50)


def _members(members: Iterable[tuple[str, Any]], budget: Budget, depth: int) -> Iterable[Node]:
    for key, value in members:
        if not budget.take():
            return
        yield _node(key, value, budget, depth + 1)
