"""What mattered: how strongly each param is associated with the objective over the ranked runs of an experiment.

docs/what-mattered.md explains the same to users. Params are looked at together, as main effects of an additive model
(`additive.py`); what is better is then read from the objective without what the other params explain (`effects.py`).
Two params that depend on each other are found by `interactions.py`. Repeats of one configuration count once, by their
mean.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from sitegen.analysis.additive import Explained, explained, response, sample
from sitegen.analysis.association import Codes, Floats, average_ranks, correlation, cramers_v, holm
from sitegen.analysis.best import Ranking
from sitegen.analysis.effects import (
    CHANCE,
    FEWEST_A_LEVEL,
    FEWEST_RUNS,
    MAX_LEVELS,
    PARTS,
    Column,
    ParamEffect,
    Verdict,
    coding_of,
    columns_of,
    effect_of,
    outcomes_of,
)
from sitegen.analysis.interactions import MAX_ROWS, Interaction, interactions_of
from sitegen.analysis.objective import Objective
from sitegen.analysis.param_grid import ParamGrid, grid_of
from sitegen.analysis.runs_table import natural

STRONG, CLEAR, WEAK = 0.5, 0.25, 0.09
"""Shares of the variance of ranks from which on these words are used; the last two: Cohen's large and medium (1988)."""
NEARLY = 0.9
MAX_COMPARED = 24
"""Params that are compared with each other for changing nearly together, the strongest first."""


@dataclass(frozen=True, slots=True)
class Matters:
    """The params that vary between the ranked runs, the strongest first, those that were not judged last.

    `n` runs were ranked. `alike` means that all of them have one value of the objective. `lost` runs are not among them
    because their value is NaN or infinite: what made them diverge does not show. `grid` is that of the strongest two
    params that form one.
    """

    objective: Objective
    n: int
    alike: bool
    lost: int
    effects: tuple[ParamEffect, ...]
    interactions: tuple[Interaction, ...] = ()
    grid: ParamGrid | None = None


def what_mattered(ranking: Ranking) -> Matters:
    """How much each varying param explains of the objective in addition to the others, over the ranked runs of
    `ranking`.

    A ranked run is left out for a param where one of its nested runs is ranked and has that param too: otherwise a
    search and its trials would count twice.
    """
    ranked = ranking.ranked
    values = np.array([run.value for run in ranked], dtype=np.float64)
    better_first = values if ranking.objective.direction == "min" else -values
    columns = columns_of(ranked)
    alike = bool(len(values)) and bool((values == values[0]).all())
    effects = [effect_of(column, better_first[column.rows], values[column.rows]) for column in columns]
    outcomes = outcomes_of(columns, {key for run in ranked for key in run.row.metrics})
    effects = [replace(e, verdict="outcome") if e.key in outcomes else e for e in effects]
    effects = _with_chances(_together(effects, columns, better_first, values))
    effects.sort(key=lambda effect: (_ORDER[effect.verdict], -effect.share, natural(effect.key)))
    by_key = {column.key: column for column in columns}
    interactions = _interactions([(by_key[effect.key], effect) for effect in effects if effect.judged], better_first)
    together = {interactions[0].key, interactions[0].on} if interactions else set()
    settings = [by_key[effect.key] for effect in effects if effect.verdict not in ("own", "outcome")]
    return Matters(
        ranking.objective,
        len(ranked),
        alike,
        _lost(ranking),
        _with_company(effects, columns, len(ranked)),
        interactions,
        None
        if alike
        else grid_of(
            sorted(settings, key=lambda one: one.key not in together), values, ranking.objective.direction == "min"
        ),
    )


def _interactions(judged: Sequence[tuple[Column, ParamEffect]], better_first: Floats) -> tuple[Interaction, ...]:
    """Pairs of params whose effects depend on each other; of many runs, over evenly spaced ones."""
    if len(judged) < 2:
        return ()
    count = len(better_first)
    kept = np.unique(np.linspace(0, count - 1, min(count, MAX_ROWS)).astype(np.int64))
    sampled = [one for column, _ in judged if (one := _sampled(column, kept, count))]
    return interactions_of(sampled, [e.key for _, e in judged if e.told_apart], response(better_first[kept]))


def _lost(ranking: Ranking) -> int:
    values = (ranking.objective.value_of(run.row) for run in ranking.unranked if run.reason == "missing")
    return sum(value is not None and not math.isfinite(value) for value in values)


_ORDER: Mapping[Verdict, int] = {
    "strong": 0,
    "clear": 0,
    "weak": 0,
    "none": 1,
    "chance": 1,
    "few": 2,
    "own": 3,
    "outcome": 4,
}


# All params together -----------------------------------------------------------------------------------------------


def _together(
    effects: Sequence[ParamEffect], columns: Sequence[Column], better_first: Floats, values: Floats
) -> list[ParamEffect]:
    """The effects in one model: shares and probabilities of the additive model, and what is better after the other
    params."""
    judged = {effect.key for effect in effects if effect.judged}
    if not judged or bool((values == values[0]).all()):
        return list(effects)
    by_key = {column.key: column for column in columns if column.key in judged}
    kept = sample(len(values))
    y = response(better_first[kept])
    codings = [coding_of(sampled, len(kept)) for c in by_key.values() if (sampled := _sampled(c, kept, len(values)))]
    found = explained(codings, y, _companions(by_key, len(values)))
    return [_beside(e, by_key, found, better_first, values) if e.key in found else e for e in effects]


def _beside(
    effect: ParamEffect,
    columns: Mapping[str, Column],
    found: Mapping[str, Explained],
    better_first: Floats,
    values: Floats,
) -> ParamEffect:
    one, column = found[effect.key], columns[effect.key]
    if len(one.adjusted) == len(values):
        effect = effect_of(column, one.adjusted[column.rows], values[column.rows])
    return replace(effect, share=one.share, chance=one.chance)


def _sampled(column: Column, kept: Codes, count: int) -> Column | None:
    """The column over the runs `kept`, None if it does not vary there."""
    if len(kept) == count:
        return column
    whole = _whole(column, count)[kept]
    rows = np.flatnonzero(whole >= 0)
    used, codes = np.unique(whole[rows], return_inverse=True)
    if len(used) < 2:
        return None
    numbers = None if column.numbers is None else column.numbers[used]
    texts = [column.texts[at] for at in used] if column.texts else []
    return Column(column.key, rows, codes, texts, numbers)


def _companions(columns: Mapping[str, Column], count: int) -> dict[str, set[str]]:
    """For each param, those that change together with it, or nearly, among the first `MAX_COMPARED`."""
    keys = sorted(columns, key=natural)
    whole = {key: _whole(columns[key], count) for key in keys}
    found: dict[str, set[str]] = {key: set() for key in keys}
    for at, left in enumerate(keys[:MAX_COMPARED]):
        for right in keys[at + 1 : MAX_COMPARED]:
            if _change_nearly_together(columns[left], columns[right], whole):
                found[left].add(right)
                found[right].add(left)
    return found


def _with_chances(effects: Sequence[ParamEffect]) -> list[ParamEffect]:
    """The effects with chances corrected for the number of params that were judged, and the verdicts."""
    judged = [effect for effect in effects if effect.judged]
    chances = dict(zip((e.key for e in judged), holm([e.chance for e in judged]), strict=True))
    return [
        replace(e, chance=chances[e.key], verdict=_verdict(e.share, chances[e.key])) if e.judged else e for e in effects
    ]


def _verdict(share: float, likely: float) -> Verdict:
    if likely >= CHANCE:
        return "chance"
    if share < WEAK:
        return "none"
    return "strong" if share >= STRONG else "clear" if share >= CLEAR else "weak"


def _with_company(effects: Sequence[ParamEffect], columns: Sequence[Column], n: int) -> tuple[ParamEffect, ...]:
    """The effects with the params that change together with each."""
    by_key = {column.key: column for column in columns}
    partitions: dict[bytes, list[str]] = {}
    whole = {key: _whole(column, n) for key, column in by_key.items()}
    for key, codes in whole.items():
        # Where every run has a value of its own, two params cut the runs alike without having to do with each other.
        if len(by_key[key].rows) >= FEWEST_A_LEVEL * (codes.max() + 1):
            partitions.setdefault(_partition(codes), []).append(key)
    same: dict[str, list[str]] = dict.fromkeys(by_key, [])
    same |= {key: [other for other in keys if other != key] for keys in partitions.values() for key in keys}
    told = [effect.key for effect in effects if effect.told_apart][:MAX_COMPARED]
    nearly: dict[str, list[str]] = {}
    for at, left in enumerate(told):
        for right in told[at + 1 :]:
            if right not in same[left] and _change_nearly_together(by_key[left], by_key[right], whole):
                nearly.setdefault(left, []).append(right)
                nearly.setdefault(right, []).append(left)
    return tuple(
        replace(e, same=tuple(same[e.key]), nearly=tuple(sorted(nearly.get(e.key, ()), key=natural))) for e in effects
    )


def _whole(column: Column, n: int) -> Codes:
    """The codes of all `n` ranked runs, -1 if the param does not count."""
    codes = np.full(n, -1, dtype=np.int64)
    codes[column.rows] = column.codes
    return codes


def _partition(codes: Codes) -> bytes:
    """The same bytes for any two columns that divide the runs into the same groups."""
    _, first, inverse = np.unique(codes, return_index=True, return_inverse=True)
    order = np.empty(len(first), dtype=np.int64)
    order[first.argsort()] = np.arange(len(first))
    return order[inverse].tobytes() + bytes(int((codes < 0).any()))


def _change_nearly_together(left: Column, right: Column, whole: Mapping[str, Codes]) -> bool:
    both = (whole[left.key] >= 0) & (whole[right.key] >= 0)
    if both.sum() < FEWEST_RUNS:
        return False
    a, b = whole[left.key][both], whole[right.key][both]
    if left.numbers is not None and right.numbers is not None:
        return abs(correlation(average_ranks(a), average_ranks(b)) or 0.0) >= NEARLY
    return cramers_v(_few(a, left), _few(b, right)) >= NEARLY


def _few(codes: Codes, column: Column) -> Codes:
    """Codes with few groups: numbers with many values are binned."""
    return codes if column.numbers is None or column.codes.max() < MAX_LEVELS else _cut(codes)


def _cut(codes: Codes) -> Codes:
    return ((average_ranks(codes) - 0.5) * PARTS / len(codes)).astype(np.int64)
