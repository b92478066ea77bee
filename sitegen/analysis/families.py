"""Families of nested runs: which runs name which parent, and the order in which a table shows them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sitegen.analysis.runs_table import RunRow

MAX_DEPTH = 3
"""Levels of nesting that a table shows; runs that are nested deeper are shown at this level."""


def by_parent(rows: Iterable[RunRow]) -> dict[str, list[RunRow]]:
    """The nested runs by the id of their parent, whether the parent is among `rows` or not, in the order of `rows`."""
    families: dict[str, list[RunRow]] = {}
    for row in rows:
        if row.parent_id:
            families.setdefault(row.parent_id, []).append(row)
    return families


def nested(rows: Sequence[RunRow]) -> list[tuple[RunRow, int]]:
    """The rows with their depth, 0 to `MAX_DEPTH`: nested runs right behind their parent; circles are cut."""
    known = {row.run_id for row in rows}
    children = {parent: found for parent, found in by_parent(rows).items() if parent in known}
    if not children:
        return [(row, 0) for row in rows]
    roots = [row for row in rows if row.parent_id not in known]
    out: list[tuple[RunRow, int]] = []
    seen: set[str] = set()
    for start in (*roots, *rows):  # the rows once more: runs in a circle of parents have no root
        stack = [(start, 0)]
        while stack:
            row, depth = stack.pop()
            if row.run_id not in seen:
                seen.add(row.run_id)
                out.append((row, min(depth, MAX_DEPTH)))
                stack += [(child, depth + 1) for child in reversed(children.get(row.run_id, []))]
    return out
