"""One param and the objective: which runs count, how strongly the two are associated, and the shape of the relation.

`matters.py` puts the params of an experiment together; the formulas and their sources are in `association.py`.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

import numpy as np

from sitegen.analysis.additive import Coding, coding
from sitegen.analysis.association import (
    Codes,
    Floats,
    average_ranks,
    chance,
    corrected,
    correlation,
    share_of_groups,
)
from sitegen.analysis.best import RankedRun
from sitegen.analysis.direction import words_of
from sitegen.analysis.runs_table import natural, number_of
from sitegen.analysis.spread import AVERAGES, DEVIATIONS

FEWEST_RUNS = 8
"""With fewer runs than this, a param is not judged."""
FEWEST_A_LEVEL = 2
"""A param of strings is judged if its values have this many runs on average; otherwise it is more a name than a
choice."""
MAX_LEVELS = 6
"""Numbers with at most this many values are grouped by value, others are cut into `PARTS` parts of equal size."""
PARTS = 5
FEWEST_A_PART = 5
CHANCE = 0.05
BENT = 0.1
"""How much more of the variance groups must explain than a straight line for a bend to be reported."""
STEP = 2.5
"""How many standard errors two groups must be apart before one is called better."""

Verdict = Literal["strong", "clear", "weak", "none", "chance", "few", "own", "outcome"]
"""`none`: next to nothing; `chance`: may well be chance; `few`: too few runs; `own`: nearly every run has its
own value; `outcome`: a result, not a setting. Params with the last three are not judged, and their numbers mean
nothing."""

Shape = Literal["higher", "lower", "up to", "down to", "around", "not around", "uneven", "groups"]
"""What is better: higher or lower values, also only up (or down) to a place, values around a place, values away from
it, a place without order; `groups` for strings."""


class Place(NamedTuple):
    """A range of numbers, a single number (`low` is `high`), or a string. `median` is that of the objective's values
    there."""

    low: float
    high: float
    text: str
    median: float
    n: int


@dataclass(frozen=True, slots=True)
class ParamEffect:
    """How one param is associated with the objective.

    `n` runs have it and a value of the objective, with `levels` distinct values. `rho` is Spearman's correlation of the
    param with the objective's value (numbers only). `share` is what the param explains of the variance of the
    objective's ranks, 0 to 1, corrected for chance; `chance` the probability of as much without any effect, corrected
    for the number of params. `place` is where the objective is best (worst for `not around`). `same` params
    change exactly with this one, `nearly` ones nearly always.
    """

    key: str
    kind: Literal["number", "text"]
    n: int
    levels: int
    verdict: Verdict
    rho: float | None = None
    share: float = 0.0
    chance: float = 1.0
    shape: Shape = "uneven"
    place: Place | None = None
    same: tuple[str, ...] = ()
    nearly: tuple[str, ...] = ()

    @property
    def judged(self) -> bool:
        return self.verdict not in ("few", "own", "outcome")

    @property
    def told_apart(self) -> bool:
        """Whether the effect stands out from chance, however small it is."""
        return self.verdict in ("strong", "clear", "weak")


class Column(NamedTuple):
    """One param over the runs that count: `rows` are their places in the ranking, codes go up as values do."""

    key: str
    rows: Codes
    codes: Codes
    texts: list[str]
    numbers: Floats | None


class _Groups(NamedTuple):
    """The runs of a column in groups, in the order of the numbers, with the mean rank of the objective in each."""

    codes: Codes
    means: Floats
    sizes: Codes
    share: float
    error: float
    """Standard deviation of ranks within groups."""

    def apart(self, worse: int, better: int) -> bool:
        """Whether `worse` is clearly behind `better`."""
        error = self.error * float(np.sqrt(1 / self.sizes[worse] + 1 / self.sizes[better]))
        return float(self.means[worse] - self.means[better]) > STEP * error


# Columns ------------------------------------------------------------------------------------------------------------


def columns_of(ranked: Sequence[RankedRun]) -> list[Column]:
    """The params that vary, in natural order."""
    params = [run.params for run in ranked]
    places = {run.row.run_id: at for at, run in enumerate(ranked)}
    parents = np.array([places.get(run.row.parent_id or "", -1) for run in ranked], dtype=np.int64)
    keys = sorted({key for own in params for key in own}, key=natural)
    columns = (_column(key, [own.get(key) for own in params], parents) for key in keys)
    return [column for column in columns if column is not None]


def _column(key: str, texts: Sequence[str | None], parents: Codes) -> Column | None:
    """The param `key`, None if it does not vary over the runs that count."""
    numbering: dict[str, int] = {}
    raw = np.array([-1 if text is None else numbering.setdefault(text, len(numbering)) for text in texts])
    if len(numbering) < 2:
        return None
    numbers = [number_of(text) for text in numbering]
    known = [number for number in numbers if number is not None]
    if len(known) < len(numbers):
        ordered = sorted(numbering, key=natural)
        order = {text: at for at, text in enumerate(ordered)}
        raw = np.array([order[text] for text in numbering] + [-1])[raw]
        return _counted(key, raw, ordered, None, parents)
    # A param that is NaN is as good as missing; 0.1 and 1e-1 are one value.
    scale = np.unique(np.array([number for number in known if number == number]))
    codes = np.array([scale.searchsorted(x) if x == x else -1 for x in known] + [-1])
    return _counted(key, codes[raw], [], scale, parents)


def _counted(key: str, raw: Codes, texts: list[str], scale: Floats | None, parents: Codes) -> Column | None:
    """The column of the runs that count: those that have the param and none of whose nested runs has it."""
    present = raw >= 0
    within = parents[present & (parents >= 0)]
    present[within] = False
    rows = np.flatnonzero(present)
    used, codes = np.unique(raw[rows], return_inverse=True)
    if len(used) < 2:
        return None
    numbers = None if scale is None else scale[used]
    return Column(key, rows, codes, [texts[at] for at in used] if scale is None else [], numbers)


# Outcomes -----------------------------------------------------------------------------------------------------------

_TIMES = frozenset(["time", "times", "duration", "runtime", "elapsed", "seconds", "secs", "minutes", "hours"])
_MEASURED = frozenset(["train", "training", "fit", "fitting", "total", "wall", "eval", "run", "inference", "elapsed"])
_BEST = frozenset(["best", "final"])
_SCORES = frozenset(
    ["accuracy", "acc", "auc", "auroc", "f1", "rmse", "mse", "mae", "mape", "r2", "score", "logloss", "iou", "dice"]
)


def outcomes_of(columns: Sequence[Column], metrics: Collection[str]) -> set[str]:
    """The params that are results, not settings: `train_time`, `best_epoch`, `cv_f1_std` beside the metric `cv_f1`.

    Only numeric params can be; `loss = mse` is a choice, and so is a score of which a few values are tried.
    """
    plain = {frozenset(words_of(key)) - AVERAGES for key in metrics}
    return {c.key for c in columns if c.numbers is not None and _is_outcome(c, metrics, plain)}


def _is_outcome(column: Column, metrics: Collection[str], plain: Collection[frozenset[str]]) -> bool:
    words = words_of(column.key)
    if column.key in metrics or words[:1] and words[0] in _BEST:
        return True
    if words[-1:] and words[-1] in _TIMES and (len(words) == 1 or _MEASURED & set(words)):
        return True
    deviation = frozenset(words) - AVERAGES - DEVIATIONS
    if deviation in plain and len(deviation) < len(set(words)):
        return True
    many = 2 * len(np.unique(column.codes)) > len(column.codes)
    return many and bool(_SCORES & set(words))


# One param ----------------------------------------------------------------------------------------------------------


def coding_of(column: Column, count: int) -> Coding:
    """The param as the additive model uses it, over `count` runs in all."""
    if column.numbers is None:
        return coding(column.key, column.rows, None, column.codes, True, count)
    ranks = average_ranks(column.codes)
    return coding(column.key, column.rows, ranks, _parts(column.codes, ranks), len(column.numbers) <= MAX_LEVELS, count)


def effect_of(column: Column, better_first: Floats, values: Floats) -> ParamEffect:
    n, levels = len(column.rows), int(column.codes.max()) + 1
    kind: Literal["number", "text"] = "text" if column.numbers is None else "number"
    bare = ParamEffect(column.key, kind, n, levels, "chance")
    if n < FEWEST_RUNS:
        return replace(bare, verdict="few")
    if kind == "text" and n < FEWEST_A_LEVEL * levels:
        return replace(bare, verdict="own")
    ranks = average_ranks(better_first)
    if bool((ranks == ranks[0]).all()):
        return bare
    if column.numbers is None:
        return _effect_of_words(bare, column, ranks, values)
    return _effect_of_numbers(bare, column, column.numbers, ranks, values)


def _effect_of_words(bare: ParamEffect, column: Column, ranks: Floats, values: Floats) -> ParamEffect:
    groups = _grouped(column.codes, ranks)
    found = replace(
        bare,
        share=corrected(groups.share, bare.n, bare.levels),
        chance=chance(groups.share, bare.n, bare.levels),
        shape="groups",
    )
    # A value that one run has is not called the best.
    enough = np.flatnonzero(groups.sizes >= FEWEST_A_LEVEL)
    if len(enough):
        best = int(enough[groups.means[enough].argmin()])
        of_best = values[groups.codes == best]
        place = Place(0.0, 0.0, column.texts[best], _median(of_best), len(of_best))
        found = replace(found, place=place)
    return found


def _effect_of_numbers(bare: ParamEffect, column: Column, scale: Floats, ranks: Floats, values: Floats) -> ParamEffect:
    """The effect by a straight line through the ranks, or by groups where they explain clearly more: a bend, a best
    range."""
    n, param_ranks = bare.n, average_ranks(column.codes)
    # Ranks of the objective count from the best, so a correlation below 0 means that higher is better.
    rho = correlation(param_ranks, ranks) or 0.0
    value_rho = correlation(param_ranks, average_ranks(values))
    share, likely = corrected(rho * rho, n, 2), chance(rho * rho, n, 2)
    straight = replace(bare, rho=value_rho, share=share, chance=likely, shape="higher" if rho < 0 else "lower")
    parts = _parts(column.codes, param_ranks)
    if parts is None:
        return straight
    groups, count = _grouped(parts, ranks), int(parts.max()) + 1
    bent_share = corrected(groups.share, n, count)
    bent_chance = chance(groups.share, n, count)
    # Two questions were asked of one param.
    likely = min(1.0, 2 * min(likely, bent_chance))
    if bent_share - share < BENT or bent_chance >= CHANCE / 2:
        return replace(straight, chance=likely)
    shape, at = _shape(groups, straight.shape, told=straight.chance < CHANCE / 2)
    inside = groups.codes == at
    stretch = scale[column.codes[inside]]
    place = Place(float(stretch.min()), float(stretch.max()), "", _median(values[inside]), int(inside.sum()))
    return replace(straight, share=bent_share, chance=likely, shape=shape, place=place)


def _parts(codes: Codes, ranks: Floats) -> Codes | None:
    """Groups of neighbouring numbers: each value where there are few, else parts of equal size; None below three."""
    n, levels = len(codes), int(codes.max()) + 1
    if levels <= MAX_LEVELS:
        return codes if levels > 2 and n >= FEWEST_A_LEVEL * levels else None
    count = min(PARTS, n // FEWEST_A_PART)
    # Equal numbers have one rank, so they are never cut apart.
    parts = np.unique(((ranks - 0.5) * count / n).astype(np.int64), return_inverse=True)[1]
    return parts if parts.max() > 1 else None


def _grouped(codes: Codes, ranks: Floats) -> _Groups:
    sizes = np.bincount(codes)
    means = np.bincount(codes, weights=ranks) / sizes
    within = ranks - means[codes]
    error = float(np.sqrt(within @ within / max(1, len(ranks) - len(sizes))))
    return _Groups(codes, means, sizes, share_of_groups(ranks, codes) or 0.0, error)


def _shape(groups: _Groups, straight: Shape, told: bool) -> tuple[Shape, int]:
    """The shape of a bend and the group where it turns; `told` if the straight line alone is significant too."""
    best, worst, last = int(groups.means.argmin()), int(groups.means.argmax()), len(groups.means) - 1
    inside = 0 < best < last
    if inside and groups.apart(0, best) and groups.apart(last, best):
        return "around", best
    if told and inside:
        end, start = (last, 0) if straight == "higher" else (0, last)
        if groups.apart(start, best) and not groups.apart(end, best):
            return ("up to" if straight == "higher" else "down to"), best
    if told and not inside and best == (last if straight == "higher" else 0):
        return straight, best
    if 0 < worst < last and groups.apart(worst, 0) and groups.apart(worst, last):
        return "not around", worst
    return "uneven", best


def _median(values: Floats) -> float:
    """The median; of an even number of values the lower of the two in the middle, a value that a run has."""
    return float(np.sort(values)[(len(values) - 1) // 2])
