"""Confusion matrices among metrics: true and false positives and negatives under any common naming.

All four must be there with the same words around them (`val_tp`, `val_fp`, `val_tn`, `val_fn`), so that a store that
has a metric `tp` (which may be a take-profit or a tensor-parallel size) does not get a matrix. Rates are not counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from sitegen.analysis.scores.names import MAX_NAME, data_title, humps_apart
from sitegen.analysis.scores.values import Matrix

_CELL = re.compile(
    r"(?<![A-Za-z0-9])(?:(?P<short>[tf][_ -]?[pn])|(?P<truth>true|false)[_ -]?(?P<sign>pos|neg)(?:itive|ative)?s?)"
    r"(?![A-Za-z0-9])",
    re.IGNORECASE,
)
_NOT_COUNTS = re.compile(
    r"(?<![a-z])(?:rate|rates|ratio|pct|percent|percentage|share|frac|fraction|norm|normalized|normalised|prob|cost|weight|loss|mean|avg|"
    r"std|score|time)(?![a-z])"
)
_PLAIN = re.compile(r"\b(?:n|num|number|count|counts|total|cm|confusion|matrix|conf|mat|of)\b", re.IGNORECASE)
"""Words around a count that say nothing about what was counted."""
CELLS = ("tn", "fp", "fn", "tp")
LABELS = ("negative", "positive")


class CountKeys(NamedTuple):
    """The metrics that hold the cells of one matrix, in the order of `CELLS`, and what was counted (may be empty)."""

    title: str
    keys: tuple[str, str, str, str]


def find_counts(names: Iterable[str]) -> list[CountKeys]:
    """The matrices whose four cells are among `names`, by title."""
    groups: dict[tuple[str, str, bool, bool], dict[str, list[str]]] = {}
    for name in names:
        for around, cell in _cells_in(name):
            groups.setdefault(around, {}).setdefault(cell, []).append(name)
    found = [
        CountKeys(_title(around[0], around[1]), tuple(cells[cell][0] for cell in CELLS))  # type: ignore[arg-type]
        for around, cells in groups.items()
        if all(len(cells.get(cell, ())) == 1 for cell in CELLS)
    ]
    return sorted(found)


def _cells_in(name: str) -> Iterator[tuple[tuple[str, str, bool, bool], str]]:
    """What is around the name of a cell (the words before and after, how it is written), and which cell it is."""
    if len(name) > MAX_NAME:
        return
    parted = humps_apart(name)
    found = list(_CELL.finditer(parted))
    if len(found) != 1 or _NOT_COUNTS.search(parted.lower()):
        return
    match = found[0]
    short = match["short"]
    cell = short[0] + short[-1] if short else match["truth"][0] + match["sign"][0]
    is_upper = match[0].isupper()
    yield (parted[: match.start()], parted[match.end() :], bool(short), is_upper), cell.lower()


def _title(before: str, after: str) -> str:
    words = data_title(f"{before} {after}")
    return " ".join(_PLAIN.sub(" ", words).split())


def matrix_of(found: CountKeys, values: Mapping[str, float]) -> Matrix | None:
    """The matrix of four counts; None if one of them is not a count, or all are 0."""
    cells = [values[key] for key in found.keys]
    if not all(is_count(value) for value in cells) or not any(cells):
        return None
    tn, fp, fn, tp = cells
    return Matrix(found.title, LABELS, ((tn, fp), (fn, tp)))


def is_count(value: float) -> bool:
    """Whether `value` can be how often something happened."""
    return 0 <= value <= 2**53 and value == int(value)
