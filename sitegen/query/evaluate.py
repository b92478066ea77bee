"""Which runs match a query, and in which order: tests and sort keys of run rows.

Logic is two-valued: a condition on a missing value is false, whatever the operator (`!=` and `NOT IN` too, as in
MLflow), and NOT of it is true. So the laws of logic hold for NOT, AND and OR.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from sitegen.analysis.runs_table import RunRow, number_of
from sitegen.errors import UsageError
from sitegen.query import patterns
from sitegen.query.like import like
from sitegen.query.nodes import ANY, And, Compare, Key, Node, Not, Or, OrderBy, Words
from sitegen.query.parser import Query, parse

Test = Callable[[RunRow], bool]
Get = Callable[[RunRow], Any]

_SYMBOLS: Mapping[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_ATTRIBUTES: Mapping[str, Get] = {
    "run_id": lambda row: row.run_id,
    "run_name": lambda row: row.name,
    "status": lambda row: row.status,
    "user_id": lambda row: row.user,
    "artifact_uri": lambda row: row.artifact_uri,
    "start_time": lambda row: row.start_time,
    "end_time": lambda row: row.end_time,
    "duration": lambda row: row.duration,
    "experiment_id": lambda row: row.experiment_id,
    "lifecycle_stage": lambda row: row.lifecycle_stage,
    "parent_run_id": lambda row: row.parent_id,
    "source_name": lambda row: row.source_name or None,
    "git_commit": lambda row: row.git_commit or None,
}


def matcher(query: Query) -> Test:
    """The test whether a run matches `query`."""
    return _test(query.root)


def filter_of(text: str) -> Test:
    """The test whether a run matches the filter `text`; an empty one matches all runs. Raises QueryError."""
    return matcher(parse(text))


def _test(node: Node) -> Test:
    if isinstance(node, Compare):
        return _comparison(node)
    if isinstance(node, Words):
        wanted = node.text.lower()
        return lambda row: any(wanted in text.lower() for text in texts_of(row))
    if isinstance(node, Not):
        inner = _test(node.of)
        return lambda row: not inner(row)
    tests = [_test(part) for part in node.parts]
    if isinstance(node, Or):
        return lambda row: any(test(row) for test in tests)
    assert isinstance(node, And)
    return lambda row: all(test(row) for test in tests)


def texts_of(row: RunRow) -> Iterator[str]:
    """The strings of a run that full-text search looks in."""
    yield from (row.name, row.run_id, row.status, row.user, row.source_name, row.note)
    for pairs in (row.params, row.tags):
        yield from (f"{key}={value}" for key, value in pairs.items())


def _comparison(node: Compare) -> Test:
    if node.key.group == "any":
        return _of_any_group(node)
    if node.key.group == "dataset":
        return _of_any_dataset(node)
    get, holds = _getter(node.key), value_test(node)
    if node.op == "IS NULL":
        return lambda row: get(row) is None
    return lambda row: (value := get(row)) is not None and holds(value)


def _of_any_group(node: Compare) -> Test:
    """A condition on the metric, param or tag of that name. A run that has two of them cannot be tested."""
    value = node.value[0] if isinstance(node.value, tuple) else node.value
    keys = [Key(group, node.key.name) for group in ANY]
    gets = {key: _getter(key) for key in keys}
    # A metric is never a string.
    holds = {key: value_test(replace(node, key=key)) for key in keys if key.group != "metric" or type(value) is not str}

    def test(row: RunRow) -> bool:
        found = [(key, value) for key, get in gets.items() if (value := get(row)) is not None]
        if len(found) > 1:
            ways = " or ".join(str(key) for key, _ in found)
            raise UsageError(f"Run {row.run_id} has more than one {node.key.name}; write {ways}.")
        if node.op == "IS NULL":
            return not found
        return any(key in holds and holds[key](value) for key, value in found)

    return test


def _of_any_dataset(node: Compare) -> Test:
    """A condition on datasets holds for a run when it holds for one of them."""
    holds = value_test(node)
    get: Callable[[RunRow], Iterable[str | None]] = {
        "name": lambda row: (name for name, _ in row.datasets),
        "digest": lambda row: (digest for _, digest in row.datasets),
        "context": lambda row: row.dataset_contexts,
    }[node.key.name]
    if node.op == "IS NULL":
        return lambda row: all(value is None for value in get(row))
    return lambda row: any(value is not None and holds(value) for value in get(row))


def value_test(node: Compare) -> Callable[[Any], bool]:
    """The test of an existing value: a string for keys with strings, else a number."""
    value: Any = node.value
    positive = node.op.removeprefix("NOT ")
    if positive in ("IS NULL", "IS NOT NULL"):
        return lambda found: True
    if positive in ("IS NAN", "IS NOT NAN"):
        return lambda found: (found != found) == (positive == "IS NAN")
    if positive in _SYMBOLS:
        compare = _SYMBOLS[positive]
        holds = _on_numbers(node, lambda found: compare(found, value))
    elif positive == "BETWEEN":
        holds = _on_numbers(node, lambda found: value[0] <= found <= value[1])
    elif positive == "IN":
        holds = _on_numbers(node, lambda found: found in value)
    elif positive == "RLIKE":
        holds = cache(patterns.regex(value))
    else:
        holds = like(value, positive == "ILIKE")
    return holds if positive == node.op else _negated(node, holds)


def _is_numeric_text(node: Compare) -> bool:
    """Whether the condition compares params or tags as numbers."""
    value = node.value[0] if isinstance(node.value, tuple) else node.value
    return node.key.group in ("param", "tag") and not isinstance(value, str)


def _on_numbers(node: Compare, holds: Callable[[Any], bool]) -> Callable[[Any], bool]:
    """`holds`, applied to the number that a string stands for if the condition compares numbers."""
    if not _is_numeric_text(node):
        return holds
    return lambda text: (found := number_of(text)) is not None and holds(found)


def _negated(node: Compare, holds: Callable[[Any], bool]) -> Callable[[Any], bool]:
    if not _is_numeric_text(node):
        return lambda found: not holds(found)
    return lambda text: number_of(text) is not None and not holds(text)


def _getter(key: Key) -> Get:
    name = key.name
    if key.group == "attribute":
        return _ATTRIBUTES[name]
    if key.group == "param":
        return lambda row: row.params.get(name)
    if key.group == "tag":
        return lambda row: row.mlflow_tags.get(name) if name.startswith("mlflow.") else row.tags.get(name)
    reducer = key.reducer or "last"
    if not key.literal_first:
        return lambda row: getattr(row.metrics.get(name), reducer, None)
    whole = f"{name}.{reducer}"
    return lambda row: getattr(row.metrics.get(whole), "last", getattr(row.metrics.get(name), reducer, None))


def ordered(rows: Iterable[RunRow], order: Sequence[OrderBy] = ()) -> list[RunRow]:
    """`rows` in MLflow's order: by the rules of `order`, then newest start first, then run id.

    As in MLflow's file store: NaN and then missing values come last, in both directions; params and tags are
    compared as strings. Runs without a start time come last.
    """
    found = sorted(rows, key=lambda row: (row.start_time is None, -(row.start_time or 0), row.run_id))
    for rule in reversed(order):
        get = _getter(rule.key)
        found.sort(key=lambda row: _sort_key(get(row), rule.ascending), reverse=not rule.ascending)
    return found


def _sort_key(value: Any, ascending: bool) -> tuple[bool, Any]:
    far = math.inf if ascending else -math.inf
    missing = value is None
    last = missing or value != value
    return last == ascending, far if missing else -far if last else value
