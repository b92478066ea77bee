"""A verdict in words: the line on the best run, what its lead rests on, and what to know before trusting it."""

from __future__ import annotations

from collections.abc import Sequence

from sitegen.analysis.agreement import disagreement, of_tie
from sitegen.analysis.digits import digits_of
from sitegen.analysis.goals import Objective
from sitegen.analysis.ranking import MAX_COMPARED, UNFINISHED, Lead, RankedRun, Ranking, UnrankedRun
from sitegen.analysis.spread import Noise
from sitegen.analysis.why import distance, label, named_runs
from sitegen.analysis.words import listed, number, plural, shortened

MAX_NAMES = 3


def headline(ranking: Ranking) -> str:
    """`cnn-more-dropout · best_val_loss 0.5429 · 0.2156 (28%) below cnn-baseline`."""
    return " · ".join(filter(None, headline_parts(ranking)))


def headline_parts(ranking: Ranking) -> tuple[str, str]:
    """The best run's name, empty if no run is the best, and the rest of the headline."""
    best = ranking.best
    if best is None or not ranking.ranked:
        return "", _no_best(ranking)
    ranked, objective = ranking.ranked, ranking.objective
    written = zip(objective.targets, ranking.digits, best.values, strict=True)
    parts = [f"{target.label} {digits.text(value)}" for target, digits, value in written]
    if not objective.also and len(ranked) > 1:
        parts.append(f"{distance(best.value, ranked[1].value, objective)} {label(ranked[1], ranked[:2])}")
    return label(best, ranked[:2]), " · ".join(parts)


def _no_best(ranking: Ranking) -> str:
    ranked, objective = ranking.ranked, ranking.objective
    if not ranked:
        return f"No run has a {listed([target.label for target in objective.targets])} that can be compared"
    if ranking.tied:
        return (
            f"{named_runs(ranking.tied)} share the {objective.description}: {ranking.digits[0].text(ranked[0].value)}"
        )
    return f"{plural(len(ranking.front), 'run')} on the Pareto front of {_metrics(objective)}"


def _metrics(objective: Objective) -> str:
    return listed([target.label for target in objective.targets])


# What the lead rests on ---------------------------------------------------------------------------------------------


def evidence(ranking: Ranking, lead: Lead, noise: Noise | None, margin: float) -> str:
    """The sentence that says why the lead is what it is; `margin` is how far apart the two would have to be."""
    if lead == "no verdict":
        return _no_verdict(ranking)
    if lead == "only one run":
        return "There is no other run to compare it with."
    if lead == "tie":
        return "Nothing in this metric tells them apart."
    if noise is None:
        if ranking.objective.also:
            return "No other run is better in any of these metrics; how far results scatter is not looked at."
        return "How far results scatter is unknown: no seeds, no folds, no logged standard deviation."
    gap, scatter = ranking.ranked[0].lead or 0.0, _scatter(ranking.ranked, noise)
    if lead == "clear":
        return f"The lead of {number(gap)} is beyond noise: {scatter}, so one above {number(margin)} is hardly chance."
    if gap <= margin:
        return f"The lead of {number(gap)} is within noise: {scatter}, so one below {number(margin)} may be chance."
    return f"The lead is within noise: {scatter}, but a run further behind scatters so much that it may be better."


def _no_verdict(ranking: Ranking) -> str:
    if not ranking.ranked:
        return "No run can be compared."
    if ranking.best is None and ranking.front:
        return "Which of them is best depends on what each metric is worth."
    return "No run has finished, so none is called the best yet."


def _scatter(ranked: Sequence[RankedRun], noise: Noise) -> str:
    """`standard deviation 0.037, from 6 groups of 5 folds`."""
    known = [run.spread for run in ranked if run.spread]
    sizes = sorted({spread.n for spread in known})
    kinds = sorted({spread.kind for spread in known})
    kind = kinds[0] if len(kinds) == 1 and kinds[0] != "repeats" else "runs"
    size = f"{sizes[0]}" if len(sizes) == 1 else f"{sizes[0]} to {sizes[-1]}"
    logged = "logged " if all(spread.logged for spread in known) else ""
    each = f" each of {len(known)} results" if len(known) > 1 else ""
    return f"{logged}standard deviation {number(noise.std)} over {size} {kind}{each}"


# What else to know --------------------------------------------------------------------------------------------------


def notes(ranking: Ranking) -> tuple[str, ...]:
    """The notes beside a verdict: better runs that do not count, and too few that do."""
    if ranking.objective.also or not ranking.ranked:
        return ()
    found = [_closer(ranking), _constrained(ranking), _diverged(ranking), _few(ranking), _stands_for(ranking)]
    found += [disagreement(ranking), of_tie(ranking), _studies(ranking)]
    return tuple(filter(None, found))


def _studies(ranking: Ranking) -> str:
    """Which studies are ranked apart."""
    if not ranking.studies:
        return ""
    named = [f"{study.label} ({plural(len(study.ranking.ranks), 'run')})" for study in ranking.studies[:MAX_NAMES]]
    named += [f"{len(ranking.studies) - MAX_NAMES} more"] if len(ranking.studies) > MAX_NAMES else []
    this = f"This is about {ranking.study}. " if ranking.study else ""
    return f"{this}Ranked apart, as their results cannot be compared: {listed(named)}."


def _closer(ranking: Ranking) -> str:
    """The unfinished runs that are better than the second best, and so may become the best."""
    best, sign = ranking.ranked[0], ranking.objective.target.sign
    limit = sign * ranking.ranked[1].value if len(ranking.ranked) > 1 else sign * best.value
    rivals = sorted(_beyond(ranking, "unfinished", limit), key=lambda pair: pair[0])
    if not rivals:
        return ""
    if len(rivals) == 1:
        [text] = _texts(ranking, [sign * rivals[0][0]])
        (cost, run), state = rivals[0], UNFINISHED.get(rivals[0][1].row.status, "has not finished")
        better = f"reached {text} but {state}, so it does not count"
        nearer = f"comes closer ({text}) but {state}"
        return f"{shortened(run.row.name)} {better if cost < sign * best.value else nearer}."
    values = ", ".join(_texts(ranking, [sign * cost for cost, _ in rivals[:MAX_NAMES]]))
    more = ", …" if len(rivals) > MAX_NAMES else ""
    word = "are better" if all(cost < sign * best.value for cost, _ in rivals) else "come closer"
    return f"{len(rivals)} unfinished runs {word} ({values}{more}) but do not count."


def _texts(ranking: Ranking, values: Sequence[float]) -> list[str]:
    """`values` of runs that do not count, with the digits of the ranked ones, told apart from them and each other."""
    digits = digits_of([*(run.value for run in ranking.ranked[:MAX_COMPARED]), *values])
    return [digits.text(value) for value in values]


def _beyond(ranking: Ranking, reason: str, limit: float) -> list[tuple[float, UnrankedRun]]:
    """The runs that are out for `reason` and better than `limit`, with what is smallest for the best."""
    objective = ranking.objective
    return [
        (objective.target.sign * value, run)
        for run in ranking.unranked
        if run.reason == reason
        and (value := objective.value_of(run.row)) is not None
        and objective.target.sign * value < limit
    ]


def _constrained(ranking: Ranking) -> str:
    sign = ranking.objective.target.sign
    rivals = _beyond(ranking, "constraint", sign * ranking.ranked[0].value)
    if not rivals:
        return ""
    cost, rival = min(rivals, key=lambda pair: (pair[0], pair[1].row.run_id))
    [text] = _texts(ranking, [sign * cost])
    return f"{shortened(rival.row.name)} reached {text} but {rival.why}."


def _diverged(ranking: Ranking) -> str:
    found = [run for run in ranking.unranked if run.reason == "diverged"]
    if not found:
        return ""
    more = f" {plural(len(found) - 1, 'more run')} likewise." if len(found) > 1 else ""
    return f"{shortened(found[0].row.name)} is not ranked: {found[0].why}.{more}"


def _few(ranking: Ranking) -> str:
    """A note that most runs lack the metric; runs nested in ranked ones do not count as lacking."""
    ranked = {run.row.run_id for run in ranking.ranked} | {run_id for run in ranking.ranked for run_id in run.run_ids}
    missing = sum(run.reason == "missing" and run.row.parent_id not in ranked for run in ranking.unranked)
    if len(ranked) == 1 or missing <= len(ranked):
        return ""
    return f"Only {len(ranked):,} of {plural(len(ranked) + missing, 'run')} have a {ranking.objective.label}."


def _stands_for(ranking: Ranking) -> str:
    """Which run is named where a group is best."""
    best = ranking.best
    if best is None or best.group is None:
        return ""
    name, size = shortened(best.row.name), best.group.size
    if best.group.parent is not None and best.row is best.group.parent:
        return f"Its {ranking.objective.label} is the mean of {size}."
    return f"It is the mean of {size}; the run that is named, {name}, is the best of them."
