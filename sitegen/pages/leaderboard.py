"""The best run of an experiment and the ranking, as shown on its page and at its permanent address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sitegen.addresses import NOWHERE, Href, best_page, run_page
from sitegen.analysis.best import RankedRun, Ranking
from sitegen.analysis.digits import Digits, digits_of
from sitegen.analysis.goals import Objective
from sitegen.analysis.labels import run_labels, value_labels
from sitegen.analysis.ranking import Study, UnrankedRun, Verdict
from sitegen.analysis.runs_table import RunRow
from sitegen.analysis.verdict_words import headline_parts
from sitegen.analysis.why import beside_headline, gap_text
from sitegen.analysis.words import number, plural, shortened
from sitegen.pages.dots import Dot, DotAxis, dot_plot

LEADERS = 8
MAX_LEADERS = 24
MAX_LEFT_OUT = 50
MAX_DIFFERENCES = 4
NOT_SET = "not set"


@dataclass(frozen=True, slots=True)
class Leader:
    """A line of the leaderboard: a run, or a group of repeats."""

    rank: str
    """Its rank, or `front` for a run on the Pareto front."""
    href: Href
    """Where its page is."""
    name: str
    """Its name; for a group, what distinguishes it from the others."""
    sub: str
    """What a group's mean is over, its spread, and its best run; empty for a single run without a known spread."""
    status: str
    """MLflow's word for its status: `FINISHED`."""
    is_best: bool
    """Whether it is the best, or on the front."""
    values: tuple[tuple[str, str], ...]
    """Its value of each metric, rounded and in all its digits."""
    behind: str
    """How far it is behind the best; empty for the best."""
    change: str
    """How it compares with the baseline, in words; empty if there is no baseline."""
    differs: tuple[tuple[str, str], ...]
    """Key and value of params in which it differs from the best; at most 4."""
    dot: Dot | None
    """Where it is on the axis of the leaderboard; none if there is no axis."""


@dataclass(frozen=True, slots=True)
class VerdictView:
    """How sure it is which run is best."""

    chip: str
    """The lead: `Within noise`."""
    kind: str
    """The same as a class name: `within-noise`."""
    name: str
    """The best run's name, with what tells it from the next; empty if no run is the best."""
    line: str
    """The rest of the line on it: its value, how far it is ahead; without a best run the whole line."""
    evidence: str
    """The evidence for the lead, in a sentence."""
    notes: tuple[str, ...]
    """What else to know before trusting it, in sentences."""
    metric: str
    """`metric guessed`; empty if the metric was set or recorded."""


def verdict_view(ranking: Ranking) -> VerdictView:
    """The verdict of a ranking as pages show it."""
    verdict, (name, line) = ranking.verdict, headline_parts(ranking)
    return VerdictView(
        chip=chip_of(verdict),
        kind=verdict.lead.partition(",")[0].replace(" ", "-"),
        name=name,
        line=line,
        evidence=verdict.evidence,
        notes=verdict.notes,
        metric="metric guessed" if verdict.metric == "guessed" else "",
    )


def chip_of(verdict: Verdict) -> str:
    """How sure it is which run is best, for a chip: `Within noise`."""
    return verdict.lead[0].upper() + verdict.lead[1:]


@dataclass(frozen=True, slots=True)
class StudyLine:
    """A study that is ranked apart from the experiment's others."""

    label: str
    """What sets it apart: `dataset = cifar100`."""
    href: Href
    """The page of its best run; empty if none is the best."""
    headline: str
    """The line on its best run."""
    chip: str
    """How sure that is: `Within noise`."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A run without a rank, and why."""

    href: Href
    """Where the run's page is."""
    name: str
    """The run's name."""
    why: str
    """Why it has no rank, in words."""


@dataclass(frozen=True, slots=True)
class Leaderboard:
    """The best run, or the runs on the front, in words and numbers. `name` is empty if no run is the best."""

    title: str
    """Its heading: `Best run`."""
    name: str
    """The name of the best run; empty if several are on the front."""
    href: Href
    """Where the best run's page is; empty if there is none."""
    metrics: tuple[str, ...]
    """The metrics that decide, the first first."""
    objective: str
    """The objective in words: `lowest val_loss`."""
    value: str
    """The best run's value of the first metric, rounded, or the number of runs on the front."""
    why: str
    """What the best run differs in from the next, and what is not ranked, in sentences."""
    because: str
    """How the metric and its direction were chosen, in a sentence."""
    leaders: tuple[Leader, ...]
    """The first runs, in order."""
    more: tuple[Leader, ...]
    """The runs behind those; at most 24 in all."""
    more_line: str
    """How many more runs there are; empty if there are none."""
    left_out: tuple[LeftOut, ...]
    """Runs without a rank; at most 50."""
    left_out_line: str
    """How many those are; empty if there are none."""
    baseline: str
    """The name of the run that all are compared with; empty if there is none."""
    axis: DotAxis | None
    """The axis on which the runs are dots; none where several metrics decide or the values do not differ."""
    has_differs: bool
    """Whether any run differs in a param from the best."""
    has_behind: bool
    """Whether there is one metric, so that distances between runs mean something."""
    verdict: VerdictView
    """How sure it is which run is best."""
    studies: tuple[StudyLine, ...]
    """The studies of the experiment that are ranked apart; empty if it is one."""
    permanent: Href
    """The address that always shows the best run."""


def leaderboard_of(
    ranking: Ranking, experiment_id: str, baseline: RunRow | None = None, most: int = MAX_LEADERS
) -> Leaderboard:
    """The leaderboard of a ranking in which at least one run has a rank: its first `most` runs."""
    best, front, objective = ranking.best, ranking.front or ranking.tied, ranking.objective
    shown = len(front) if front and best is None else LEADERS
    looks = _looks(ranking, most)
    leaders = tuple(_leader(entry, ranking, baseline, looks) for entry in ranking.ranked[:most])
    cut = min(max(shown, LEADERS), 2 * LEADERS)
    return Leaderboard(
        title="Best run" if best else "Best runs",
        name=looks.names[best.row.run_id] if best else "",
        href=run_page(best.row.run_id) if best else NOWHERE,
        metrics=tuple(target.metric for target in objective.targets),
        objective=_describe(objective),
        value=looks.digits[0].text(ranking.ranked[0].value) if best or ranking.tied else f"{len(front)} runs",
        why=beside_headline(ranking),
        because=objective.because,
        leaders=leaders[:cut],
        more=leaders[cut:],
        more_line=_more_line(cut, len(ranking.ranked), most),
        left_out=tuple(_left_out(ranking, looks)),
        left_out_line=_left_out_line(ranking),
        baseline=shortened(baseline.name, 30) if baseline else "",
        axis=looks.axis,
        has_differs=any(leader.differs for leader in leaders),
        has_behind=not objective.also,
        verdict=verdict_view(ranking),
        studies=tuple(_study_line(study) for study in ranking.studies),
        permanent=best_page(experiment_id),
    )


def _study_line(study: Study) -> StudyLine:
    best = study.ranking.best
    return StudyLine(
        label=study.label,
        href=run_page(best.row.run_id) if best else NOWHERE,
        headline=study.ranking.verdict.headline,
        chip=chip_of(study.ranking.verdict),
    )


def _describe(objective: Objective) -> str:
    """`lowest val_loss`, `lowest val_loss (minimum over steps)`, `highest accuracy and lowest latency_ms`."""
    if objective.also or objective.reducer.startswith(("mean of last", "at step")):
        return objective.description
    over = {"min": " (min over steps)", "max": " (max over steps)", "first": " (first value)", "mean": " (mean)"}
    return f"{objective.target.superlative} {objective.metric}{over.get(objective.reducer, '')}"


@dataclass(frozen=True, slots=True)
class _Looks:
    """How the leaders are labelled, so that different values look different: names by run id, numbers of each
    metric, distances to the best, values of each param, dots by run id on their axis.
    """

    names: Mapping[str, str]
    digits: Sequence[Digits]
    gaps: Digits
    params: Mapping[str, Mapping[str, str]]
    axis: DotAxis | None
    dots: Mapping[str, Dot]


def _looks(ranking: Ranking, most: int) -> _Looks:
    leaders = ranking.ranked[:most]
    keys = {key for entry in leaders for key in entry.params}
    named = [(entry.row.run_id, entry.name) for entry in leaders]
    axis, dots = (None, {}) if ranking.objective.also else dot_plot(leaders, ranking.objective.label)
    return _Looks(
        names=run_labels([*((run.row.run_id, run.row.name) for run in _shown_unranked(ranking)), *named]),
        digits=ranking.digits,
        gaps=digits_of(entry.margin for entry in leaders if entry.margin),
        params={key: value_labels({e.params[key] for e in leaders if key in e.params}) for key in keys},
        axis=axis,
        dots=dots,
    )


def _leader(entry: RankedRun, ranking: Ranking, baseline: RunRow | None, looks: _Looks) -> Leader:
    first = ranking.ranked[0]
    single = not ranking.objective.also
    return Leader(
        rank=str(entry.rank) if single or ranking.best else "front" if entry.rank == 1 else "",
        href=run_page(entry.row.run_id),
        name=looks.names[entry.row.run_id],
        sub=_sub(entry),
        status=entry.row.status,
        is_best=entry.rank == 1,
        values=tuple((d.text(value), repr(value)) for d, value in zip(looks.digits, entry.values, strict=True)),
        behind=looks.gaps.text(entry.margin) if entry.margin else "",
        change=_change(entry, ranking, baseline) if baseline else "",
        differs=_differs(entry, first, looks) if single or ranking.best else (),
        dot=looks.dots.get(entry.row.run_id),
    )


def _sub(entry: RankedRun) -> str:
    """What a value is the mean of, and its spread: `mean of 5 folds ± 0.021`."""
    parts = [f"mean of {entry.group.size}"] if entry.group else []
    parts += [f"± {number(entry.spread.std)}"] if entry.spread else []
    if entry.group and entry.row is not entry.group.parent:
        parts.append(f"best of them: {shortened(entry.row.name, 40)}")
    return " · ".join(parts)


def _differs(entry: RankedRun, best: RankedRun, looks: _Looks) -> tuple[tuple[str, str], ...]:
    mine, others = entry.params, best.params
    keys = sorted({*mine, *others})
    differs = [key for key in keys if mine.get(key) != others.get(key)]
    return tuple((k, looks.params[k][mine[k]] if k in mine else NOT_SET) for k in differs[:MAX_DIFFERENCES])


def _change(entry: RankedRun, ranking: Ranking, baseline: RunRow) -> str:
    """How a run compares with the baseline: `0.0031 (7.0%) better`."""
    target = ranking.objective.target
    value = target.value_of(baseline)
    if entry.row.run_id == baseline.run_id:
        return "the baseline"
    if value is None or value - value != 0:
        return "baseline has no value"
    if entry.value == value:
        return "equal"
    return f"{gap_text(entry.value, value)} {'better' if target.sign * entry.value < target.sign * value else 'worse'}"


def _more_line(cut: int, ranked: int, most: int) -> str:
    """The summary line of the folded runs below the first ones."""
    if ranked <= cut:
        return ""
    if ranked == cut + 1:
        return "1 more run"
    first = f", the first {most - cut} of them" if ranked > most else ""
    return f"{ranked - cut:,} more runs{first}"


_ELSEWHERE = ("deleted", "study")
"""Reasons for having no rank for which runs are not listed as unranked."""


def _left_out(ranking: Ranking, looks: _Looks) -> Sequence[LeftOut]:
    found = _shown_unranked(ranking)
    return [LeftOut(run_page(run.row.run_id), looks.names[run.row.run_id], run.why) for run in found]


def _shown_unranked(ranking: Ranking) -> Sequence[UnrankedRun]:
    return [run for run in ranking.unranked if run.reason not in _ELSEWHERE][:MAX_LEFT_OUT]


def _left_out_line(ranking: Ranking) -> str:
    count = sum(run.reason not in _ELSEWHERE for run in ranking.unranked)
    first = f", the first {MAX_LEFT_OUT} of them" if count > MAX_LEFT_OUT else ""
    return f"{plural(count, 'unranked run')}{first}" if count else ""


def short(text: str, length: int = 40) -> str:
    """`text`, cut with an ellipsis where it is longer than `length` characters."""
    return text if len(text) <= length else text[: length - 1] + "…"
