"""How sure it is which run is best: the one rule that page, best.json, `sitegen best` and Python share.

The best is *clear* where its lead over every other exceeds what scatter alone makes of it: Student's t for the
difference of two means, with the variance pooled over all configurations that were repeated. Picking the best after
seeing the results needs no correction when it is compared with the second best: S. Gutmann and Z. Maymin, Is the
selected population the best?, The Annals of Statistics 15 (1987). docs/best.md explains the same to users.
"""

from __future__ import annotations

import math

from sitegen.analysis.goals import Objective
from sitegen.analysis.ranking import Lead, RankedRun, Ranking, Verdict
from sitegen.analysis.spread import Noise, Spread, is_alike, pooled
from sitegen.analysis.statistics import t_quantile
from sitegen.analysis.verdict_words import evidence, headline, notes

DOUBT = 0.008
"""The probability of calling a lead clear if there is none."""
FEWEST_FREEDOM = 2
"""With fewer degrees of freedom than this (two repeats of one configuration) the scatter counts as unknown."""
MAX_RIVALS = 200
"""The number of runs behind the best that it is compared with, in addition to all groups."""


def verdict_on(ranking: Ranking) -> Verdict:
    """The verdict on a ranking; the `verdict` and `why` that it has are ignored."""
    lead, noise, margin = _lead(ranking)
    ranked = ranking.ranked
    single = len(ranked) > 1 and not ranking.objective.also
    return Verdict(
        lead,
        ranking.objective.source,
        headline(ranking),
        evidence(ranking, lead, noise, margin),
        notes(ranking),
        ranked[0].lead if single else None,
        _error(ranked[0], ranked[1], noise) if noise and single else None,
    )


def _lead(ranking: Ranking) -> tuple[Lead, Noise | None, float]:
    """The lead, the scatter it was judged by, and the distance below which it would be within noise."""
    ranked = ranking.ranked
    if not ranked or not any(run.row.status == "FINISHED" for run in ranked):
        return "no verdict", None, 0.0
    if len(ranked) == 1:
        return "only one run", None, 0.0
    if ranking.objective.also:
        return _lead_on_front(ranking), None, 0.0
    if ranked[0].value == ranked[1].value:
        return "tie", None, 0.0
    noise = pooled([run.spread for run in ranked if run.spread])
    if noise is None or noise.freedom < FEWEST_FREEDOM:
        return "ahead, spread unknown", None, 0.0
    rivals = [*ranked[1:MAX_RIVALS], *(run for run in ranked[MAX_RIVALS:] if run.group)]
    unsure = [run for run in rivals if _may_be_better(run, ranked[0], noise, ranking.objective)]
    return "within noise" if unsure else "clear", noise, _reach(ranked[0], unsure[0] if unsure else ranked[1], noise)


def reach_of_two_runs(ranking: Ranking) -> tuple[float, int] | None:
    """How far apart two values must be for their difference to be clear, and of how many values the result of a run
    that is no child is the mean (the folds of a cross-validation; else 1); None if it is not known how far results
    scatter."""
    known = [(run, run.spread) for run in ranking.ranked if run.spread]
    noise = pooled([spread for _, spread in known])
    if noise is None or noise.freedom < FEWEST_FREEDOM:
        return None
    sizes = [1 if run.group and run.row in run.group.members else spread.n for run, spread in known]
    return t_quantile(noise.freedom, 1 - DOUBT) * noise.std * math.sqrt(2), min(sizes)


def _may_be_better(run: RankedRun, best: RankedRun, noise: Noise, objective: Objective) -> bool:
    """Whether scatter can explain that `run` is behind `best`.

    Repeats that scatter far more than others, as with a diverged seed, may be better only if one of them is.
    """
    if run.group and run.spread and not is_alike(run.spread, noise.std**2):
        values = [objective.value_of(member) for member in run.group.members]
        if all(value is None or objective.target.sign * (value - best.value) > 0 for value in values):
            return False
    return abs(best.value - run.value) <= _reach(best, run, noise)


def _lead_on_front(ranking: Ranking) -> Lead:
    if ranking.best is None:
        return "no verdict"
    return "tie" if len(ranking.front) > 1 else "ahead, spread unknown"


def _reach(first: RankedRun, second: RankedRun, noise: Noise) -> float:
    """How far apart two results must be for their difference to be clear."""
    freedom = noise.freedom
    for run in (first, second):
        if run.spread and not is_alike(run.spread, noise.std**2):
            freedom = min(freedom, run.spread.n - 1)
    return t_quantile(freedom, 1 - DOUBT) * _error(first, second, noise)


def _error(first: RankedRun, second: RankedRun, noise: Noise) -> float:
    """The standard error of the difference of two results."""
    return math.sqrt(_variance(first.spread, noise) + _variance(second.spread, noise))


def _variance(spread: Spread | None, noise: Noise) -> float:
    """The variance of a result: pooled over all repeats, or that of its own repeats if they scatter far more than
    the others."""
    if spread is None:
        return noise.std**2
    return (noise.std**2 if is_alike(spread, noise.std**2) else spread.std**2) / spread.n
