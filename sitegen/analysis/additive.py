"""What each param explains beside the others: an additive model of all that matter, as in analysis of variance.

A param enters as a line over its ranks or as groups (`effects.py` makes both), whichever explains more. All params
enter where the runs suffice, else one after another, each time the one that chance explains least, for as long as
that one stands out (forward selection). What a param explains is the sum of squares that is lost without it, over the
total, and is tested by F: in a full grid that is a two-way analysis of variance (type II; N. R. Draper and H. Smith,
Applied Regression Analysis, 1998, chapters 15 and 23). Two params that change together, or nearly, are never in
one model.

The objective is taken as it is, or, where a run lies beyond Tukey's outer fences (three interquartile ranges outside of
the middle half), by ranks, so that diverged runs and long tails do not decide (W. J. Conover and R. L. Iman, 1981).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from sitegen.analysis.association import Codes, Floats, average_ranks, chance_of

MAX_ROWS = 2000
"""With more runs, evenly spaced ones are used: more would not change the result."""
MAX_CANDIDATES = 60
MAX_TERMS = 12
LEFT_FOR_NOISE = 3
"""One run in this many, and at least `FEWEST_LEFT`, is left to estimate noise; if params need more, they are
selected."""
FEWEST_LEFT = 4
BENT = 0.1
"""How much more of the variance groups must explain than a line for the model to take them of many values."""
FENCE = 3.0
CHANCE = 0.05
_TINY = 1e-9


class Coding(NamedTuple):
    """A param in columns: `line` has one, `groups` has one less than it has groups; None if it has no such form.

    `missing` marks the runs without a value of the param. `prefers_groups` where it has few values.
    """

    key: str
    line: Floats | None
    groups: Floats | None
    missing: Floats | None
    prefers_groups: bool


@dataclass(frozen=True, slots=True)
class Explained:
    """What a param explains beside the others: a share of the variance, 0 to 1, and the probability that chance
    explains as much. `adjusted` are the objective's values without what the others explain."""

    share: float
    chance: float
    adjusted: Floats


def response(values: Floats) -> Floats:
    """The objective's values as the model uses them, centred; ranks where some are outliers."""
    low, high = np.quantile(values / 2, [0.25, 0.75]) * 2
    with np.errstate(over="ignore"):
        reach = FENCE * (high - low)
        far = not bool(((values >= low - reach) & (values <= high + reach)).all())
    if far or not np.isfinite(reach):
        values = average_ranks(values)
    scaled = values / max(1e-300, float(np.abs(values).max()))
    centred: Floats = scaled - scaled.mean()
    return centred


def sample(count: int) -> Codes:
    """The indices of the runs that the model is fitted to."""
    return np.unique(np.linspace(0, count - 1, min(count, MAX_ROWS)).astype(np.int64))


def coding(key: str, rows: Codes, line: Floats | None, groups: Codes | None, few: bool, count: int) -> Coding:
    """A param of the runs `rows`, of `count` in all: a value for each as a line, and the number of its group."""
    missing = None
    if len(rows) < count:
        missing = np.ones(count)
        missing[rows] = 0.0
    return Coding(key, _spread_line(rows, line, count), _spread_groups(rows, groups, count), missing, few)


def _spread_line(rows: Codes, line: Floats | None, count: int) -> Floats | None:
    if line is None:
        return None
    column = np.zeros((count, 1))
    column[rows, 0] = line - line.mean()
    return column


def _spread_groups(rows: Codes, groups: Codes | None, count: int) -> Floats | None:
    if groups is None:
        return None
    columns = np.zeros((count, int(groups.max())))
    inside = groups > 0
    columns[rows[inside], groups[inside] - 1] = 1.0
    return columns


def explained(codings: Sequence[Coding], y: Floats, companions: Mapping[str, Collection[str]]) -> dict[str, Explained]:
    """What each param explains of `y`, beside those of the others that matter.

    `companions` are the params that change together with one, or nearly.
    """
    total = float(y @ y)
    if not total:
        return {one.key: Explained(0.0, 1.0, y) for one in codings}
    alone = {one.key: _tested(one, basis_of([], len(y)), y) for one in codings}
    terms = [(one, form) for one in codings if (form := alone[one.key].form) is not None]
    taken = 1 + sum(part.shape[1] for one, form in terms for part in _parts(one, form))
    if len(terms) > MAX_CANDIDATES or len(y) - taken < max(FEWEST_LEFT, len(y) / LEFT_FOR_NOISE):
        order = sorted(codings, key=lambda one: (alone[one.key].chance, one.key))
        terms = _selected(order[:MAX_CANDIDATES], y, len(codings))
    return {one.key: _beside(one, terms, y, total, companions.get(one.key, ())) for one in codings}


def _selected(candidates: Sequence[Coding], y: Floats, judged: int) -> list[tuple[Coding, Floats]]:
    """The params that matter, in the order in which they entered, each with the form that explained most."""
    chosen: list[tuple[Coding, Floats]] = []
    left = list(candidates)
    while left and len(chosen) < MAX_TERMS:
        basis = basis_of([part for one, form in chosen for part in _parts(one, form)], len(y))
        tested = [(_tested(one, basis, y), at) for at, one in enumerate(left)]
        best, at = min(tested, key=lambda pair: (pair[0].chance, pair[1]))
        if best.form is None or best.chance * judged >= CHANCE:
            break
        chosen.append((left.pop(at), best.form))
    return chosen


def _parts(one: Coding, form: Floats) -> list[Floats]:
    return [form] if one.missing is None else [form, one.missing[:, None]]


def _beside(
    one: Coding, terms: Sequence[tuple[Coding, Floats]], y: Floats, total: float, companions: Collection[str]
) -> Explained:
    others = [
        part
        for term, form in terms
        if term.key != one.key and term.key not in companions
        for part in _parts(term, form)
    ]
    basis = basis_of(others, len(y))
    squares, chance, form = _tested(one, basis, y)
    share = min(1.0, squares / total)
    if form is None or not others:
        return Explained(share, chance, y)
    return Explained(share, chance, y - _fitted(basis, form, y))


def _fitted(basis: Floats, form: Floats, y: Floats) -> Floats:
    """What the columns of `basis` explain of `y` in one model with `form` (Frisch, Waugh and Lovell's theorem)."""
    rest = form - basis @ (basis.T @ form)
    weights = np.linalg.pinv(rest.T @ rest, hermitian=True) @ (rest.T @ y)
    fitted: Floats = basis @ (basis.T @ (y - form @ weights))
    return fitted


class _Test(NamedTuple):
    """The sum of squares that a param explains, the probability of as much by chance, and the form used."""

    squares: float
    chance: float
    form: Floats | None


def _tested(one: Coding, basis: Floats, y: Floats) -> _Test:
    """What a param explains of `y` beyond `basis`.

    The chance is doubled where two forms were tried. For a param with few values, the sum of squares is that of its
    groups.
    """
    if one.missing is not None:
        basis = _extended(basis, one.missing[:, None])
    rest = y - basis @ (basis.T @ y)
    forms = [form for form in (one.line, one.groups) if form is not None]
    found = [_Test(*f_test(form, basis, rest), form) for form in forms]
    if not found:
        return _Test(0.0, 1.0, None)
    told, total = found[0], float(y @ y)
    if len(found) > 1 and (one.prefers_groups or found[1].squares - found[0].squares >= BENT * total):
        told = found[1]
    return told._replace(chance=min(1.0, len(found) * min(test.chance for test in found)))


def f_test(form: Floats, basis: Floats, rest: Floats) -> tuple[float, float]:
    """The squares that `form` explains of `rest`, what is left of a response after `basis`; the chance of as much."""
    added = _extended(basis, form)[:, basis.shape[1] :]
    left, before = len(rest) - basis.shape[1] - added.shape[1], float(rest @ rest)
    if not added.shape[1] or left < 1 or before <= 0:
        return 0.0, 1.0
    along = added.T @ rest
    squares = min(before, float(along @ along))
    return squares, chance_of(squares / before, added.shape[1], left)


def basis_of(parts: Sequence[Floats], count: int) -> Floats:
    """An orthonormal basis of the space spanned by the parts and a constant."""
    basis = np.full((count, 1), count**-0.5)
    for part in parts:
        basis = _extended(basis, part)
    return basis


def _extended(basis: Floats, part: Floats) -> Floats:
    """`basis` with what `part` adds to it."""
    rest = part - basis @ (basis.T @ part)
    rest = rest - basis @ (basis.T @ rest)  # once more, against rounding
    left, sizes, _ = np.linalg.svd(rest, full_matrices=False)
    largest = float(np.abs(part).max(initial=0.0)) * len(part) ** 0.5
    kept: Floats = np.hstack([basis, left[:, sizes > _TINY * largest]])
    return kept
