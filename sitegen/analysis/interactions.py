"""Interactions: a param whose effect on the objective depends on the value of another one.

For each pair of the strongest params, the means of all pairs of their values are compared with what the two params
explain one by one, beside the other params that matter: the F test of the interaction in a two-way analysis of variance
(N. R. Draper and H. Smith, Applied Regression Analysis, 1998, chapter 23), corrected for the number of pairs (Holm).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from sitegen.analysis.additive import basis_of, f_test
from sitegen.analysis.association import Codes, Floats, average_ranks, chance, corrected, holm, share_of_groups
from sitegen.analysis.effects import CHANCE, MAX_LEVELS, PARTS, Column

MAX_PARAMS = 5
"""Params that are tried in pairs, the strongest first."""
MAX_ROWS = 1000
RARE = 0.01
"""The probability, corrected for the number of pairs, below which an interaction is named."""
LEAST_SHARE = 0.04
"""The least share of the variance that an interaction must explain to be named."""
SLIGHT = 0.1
"""With less than this share of the variance, a param does not matter among the runs with one value of the other."""
LEFT_FOR_NOISE = 3


@dataclass(frozen=True, slots=True)
class Interaction:
    """The effect of `key` depends on `on`.

    `only` is the one value of `on` with which `key` matters, else empty; `share` is what the interaction explains of
    the variance beside all else, `chance` the probability of as much without one, corrected for the number of pairs.
    """

    key: str
    on: str
    only: str
    share: float
    chance: float


def interactions_of(columns: Sequence[Column], told: Sequence[str], y: Floats) -> tuple[Interaction, ...]:
    """The interactions that stand out from chance, the strongest first.

    `columns` are the judged params over the same runs as `y`, the centred response, the strongest first; `told` the
    keys of those that matter.
    """
    total = float(y @ y)
    whole = {c.key: _groups(c, len(y)) for c in columns[:MAX_PARAMS]}
    pairs = [pair for pair in combinations(columns[:MAX_PARAMS], 2) if _suffice(pair, whole, len(y))]
    if not total or not pairs:
        return ()
    tested = [_tested(pair, whole, [key for key in told if key in whole], y) for pair in pairs]
    found = []
    for (left, right), (squares, _), likely in zip(pairs, tested, holm([p for _, p in tested]), strict=True):
        if likely < RARE and squares / total >= LEAST_SHARE:
            found.append(_named(left, right, whole, y, squares / total, likely))
    return tuple(sorted(found, key=lambda one: -one.share))


def _groups(column: Column, count: int) -> Codes:
    """The group of each run: a value, or one of few ranges of numbers; the last for runs without the param."""
    codes = column.codes
    if column.numbers is not None and len(column.numbers) > MAX_LEVELS:
        codes = ((average_ranks(codes) - 0.5) * (PARTS - 2) / len(codes)).astype(np.int64)
    whole = np.full(count, int(codes.max()) + 1, dtype=np.int64)
    whole[column.rows] = codes
    return np.unique(whole, return_inverse=True)[1]


def _suffice(pair: tuple[Column, Column], whole: dict[str, Codes], count: int) -> bool:
    """Whether the runs of each pair of values are enough to tell an interaction from noise."""
    left, right = whole[pair[0].key], whole[pair[1].key]
    cells = np.unique(left * (int(right.max()) + 1) + right)
    crossed = (int(left.max()) + 1) * (int(right.max()) + 1)
    return len(cells) * 4 >= crossed * 3 and count - len(cells) >= max(4, count / LEFT_FOR_NOISE)


def _indicators(codes: Codes) -> Floats:
    columns: Floats = (codes[:, None] == np.arange(1, int(codes.max()) + 1)).astype(np.float64)
    return columns


def _tested(
    pair: tuple[Column, Column], whole: dict[str, Codes], others: Sequence[str], y: Floats
) -> tuple[float, float]:
    """The squares that the interaction explains beside all main effects, and the probability of as much by chance."""
    left, right = whole[pair[0].key], whole[pair[1].key]
    keys = [pair[0].key, pair[1].key, *(key for key in others if key not in (pair[0].key, pair[1].key))]
    basis = basis_of([_indicators(whole[key]) for key in keys], len(y))
    cells = np.unique(left * (int(right.max()) + 1) + right, return_inverse=True)[1]
    return f_test(_indicators(cells), basis, y - basis @ (basis.T @ y))


def _named(left: Column, right: Column, whole: dict[str, Codes], y: Floats, share: float, likely: float) -> Interaction:
    """The interaction, told as a param that matters with one value of the other where that is so."""
    for key, on in ((left, right), (right, left)):
        if on.numbers is None or len(on.numbers) <= MAX_LEVELS:
            only = _only(whole[key.key], on, whole[on.key], y)
            if only:
                return Interaction(key.key, on.key, only, share, likely)
    first, second = (left, right) if right.numbers is None or left.numbers is not None else (right, left)
    return Interaction(first.key, second.key, "", share, likely)


def _only(codes: Codes, on: Column, groups: Codes, y: Floats) -> str:
    """The one value of `on` with which the other param matters, '' if there is no such value."""
    texts = on.texts if on.numbers is None else [f"{number:.12g}" for number in on.numbers]
    matters = []
    for at in range(len(texts)):
        inside = groups == at
        grouped = np.unique(codes[inside], return_inverse=True)[1]
        n, levels = len(grouped), int(grouped.max(initial=0)) + 1
        share = share_of_groups(y[inside], grouped) if levels > 1 else None
        if share is None:
            return ""
        is_clear = chance(share, n, levels) < CHANCE / len(texts)
        if not is_clear and corrected(share, n, levels) >= SLIGHT:
            return ""
        matters += [texts[at]] if is_clear else []
    return matters[0] if len(matters) == 1 and len(texts) > 1 else ""
