"""The section on which params mattered, on an experiment's page."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sitegen.analysis.effects import FEWEST_RUNS, ParamEffect, Place
from sitegen.analysis.interactions import Interaction
from sitegen.analysis.matters import Matters
from sitegen.analysis.runs_table import natural
from sitegen.analysis.words import listed, number, percent, plural, shortened
from sitegen.pages.charts import param_chart_id
from sitegen.pages.heat_map import HeatMap, heat_map

MAX_LINES = 20
MAX_TOGETHER = 3
WORDS = {"strong": "strong", "clear": "clear", "weak": "weak", "none": "hardly any", "chance": "may be chance"}
MAX_SENTENCES = 5
TOGETHER = (
    "Params are tested together; the strongest also in pairs, to see whether the effect of one depends on the other."
)
CAUTION = (
    "The share is what a param explains of the variance of {} beside the others, p how often chance alone explains as "
    "much. That two things go together does not prove a cause."
)


@dataclass(frozen=True, slots=True)
class EffectLine:
    """A param, and how strongly it is associated with the objective."""

    key: str
    """The param's key."""
    better: str
    """Which values are associated with better results, in words."""
    word: str
    """How strong the association is, in a word."""
    told_apart: bool
    """Whether it stands out from chance."""
    bar: str
    """The share of it that is explained, in whole percent."""
    share: str
    """That share in words."""
    share_full: str
    """That share with its uncertainty, shown on hover."""
    sure: str
    """How often chance alone explains as much: `p < 0.001`."""
    n: str
    """How many runs were counted."""
    caution: str
    """A reason for caution; else empty."""
    chart: str
    """The id of the param's chart on the page; empty if it has none."""


@dataclass(frozen=True, slots=True)
class MattersView:
    """The section: a sentence, a table, and what could not be judged."""

    hint: str
    """What the section lists, in words."""
    sentence: str
    """The finding on the strongest param, in a sentence."""
    others: tuple[str, ...]
    """A sentence for each other param that matters, and for each two that depend on each other; at most 5 of each."""
    heat_map: HeatMap | None
    """The objective over two params that form a grid; none if no two do."""
    caution: str
    """The limits of the finding, in sentences."""
    lines: tuple[EffectLine, ...]
    """The params that stand out from chance, the strongest first; at most 20."""
    more: tuple[EffectLine, ...]
    """The other params."""
    more_line: str
    """How many those are."""
    unjudged: tuple[tuple[str, str], ...]
    """Key of each param that could not be judged, and why."""
    unjudged_line: str
    """How many those are; empty if there are none."""


def matters_view(matters: Matters | None, stem: str, charts: Collection[str]) -> MattersView | None:
    """The section, None if no param varies; `stem` is the experiment's file name, `charts` the ids on the page."""
    if matters is None or not matters.effects:
        return None
    metric = matters.objective.metric
    judged = [effect for effect in matters.effects if effect.judged]
    chart_ids = {effect.key: param_chart_id(stem, effect.key, metric) for effect in judged}
    lines = [_line(effect, chart if (chart := chart_ids[effect.key]) in charts else "") for effect in judged]
    shown = [line for line in lines if line.told_apart][:MAX_LINES]
    # Where there are too few runs for all of them, the sentence says it once.
    unjudged = [e for e in matters.effects if not e.judged] if matters.n >= FEWEST_RUNS else []
    return MattersView(
        hint=f"params most related to {shortened(matters.objective.label)}",
        sentence=_describe(matters, judged),
        others=(*_next(matters, judged), *map(_interaction, matters.interactions[:MAX_SENTENCES])),
        heat_map=heat_map(matters.grid, matters.objective),
        caution=_cautions(matters, len(shown), len(judged)),
        lines=tuple(shown),
        more=tuple(lines[len(shown) :]),
        more_line=_rest(len(lines) - len(shown), bool(shown)),
        unjudged=tuple((effect.key, _why_not(effect)) for effect in unjudged),
        unjudged_line=f"{plural(len(unjudged), 'param')} could not be judged" if unjudged else "",
    )


def _cautions(matters: Matters, shown: int, judged: int) -> str:
    label = shortened(matters.objective.label)
    runs, are = plural(matters.lost, "run"), "is" if matters.lost == 1 else "are"
    lost = f"{runs} whose {label} is NaN or infinite {are} not in it."
    cautions = [TOGETHER if judged > 1 else "", CAUTION.format(shortened(matters.objective.metric)) if shown else ""]
    cautions += [lost] if matters.lost and judged else []
    return " ".join(filter(None, cautions))


def _rest(count: int, some: bool) -> str:
    what = "more param" if some else "param"
    return f"{plural(count, what)} without a clear effect" if count else ""


def _describe(matters: Matters, judged: Sequence[ParamEffect]) -> str:
    metric = shortened(matters.objective.label)
    if matters.n < FEWEST_RUNS:
        return f"Not enough runs to tell ({matters.n}; needs {FEWEST_RUNS})."
    if matters.alike:
        return f"All {plural(matters.n, 'run')} have the same {metric}, so no param made a difference to it."
    if not judged:
        return "No param could be judged; below it says why."
    top = judged[0]
    if top.told_apart:
        return _headline(top, metric)
    keys = [shortened(key, 40) for key in sorted((effect.key for effect in judged), key=natural)]
    which = " or ".join(keys) if len(keys) < 3 else f"any of {plural(len(keys), 'param')}"
    return f"No clear effect of {which} on {metric} in {plural(matters.n, 'run')}."


def _headline(top: ParamEffect, metric: str) -> str:
    """`C matters most for accuracy: it explains 55% (higher is better), over 12 runs.`"""
    together = f" It changes together with {_keys(top.same)}: either may be the reason." if top.same else ""
    start = f"{shortened(top.key)} matters most for {metric}: it explains {percent(top.share)} ({_short(top)})"
    return f"{start}, over {plural(top.n, 'run')}.{together}"


def _next(matters: Matters, judged: Sequence[ParamEffect]) -> list[str]:
    """`dropout explains 21% (best with 0.3).`, a sentence for each param behind the strongest."""
    if matters.n < FEWEST_RUNS or matters.alike:
        return []
    others = [effect for effect in judged[1:] if effect.told_apart and effect.key not in judged[0].same]
    return [f"{shortened(e.key)} explains {percent(e.share)} ({_short(e)})." for e in others[:MAX_SENTENCES]]


def _interaction(one: Interaction) -> str:
    """`lr matters only with optimizer = sgd.`"""
    key, on = shortened(one.key, 40), shortened(one.on, 40)
    more = f"together they explain {percent(one.share)} more than each alone"
    return (
        f"{key} matters only with {on} = {_text(one.only)}."
        if one.only
        else f"The effect of {key} depends on {on}: {more}."
    )


def _sure(chance: float) -> str:
    return "p < 0.001" if chance < 0.001 else f"p {chance:.3f}" if chance < 0.1 else f"p {chance:.2f}"


def _line(effect: ParamEffect, chart: str) -> EffectLine:
    return EffectLine(
        key=effect.key,
        better=_better(effect) if effect.told_apart else "",
        word=WORDS[effect.verdict],
        told_apart=effect.told_apart,
        bar=str(round(100 * effect.share)),
        share=percent(effect.share),
        share_full=_full(effect),
        sure=_sure(effect.chance),
        n=str(effect.n),
        caution=_caution(effect),
        chart=chart,
    )


def _full(effect: ParamEffect) -> str:
    rho = f"; rank correlation {number(effect.rho)}" if effect.rho is not None else ""
    return f"share of the variance {number(effect.share)}{rho}; p {number(effect.chance)}"


def _short(effect: ParamEffect) -> str:
    if effect.shape == "groups" and effect.place:
        return f"best with {_text(effect.place.text)}"
    return _better(effect)


def _better(effect: ParamEffect) -> str:
    """Which values are better, as the end of a sentence; '' if there is no clear answer."""
    place = effect.place
    if effect.shape in ("higher", "lower") or place is None:
        return {"higher": "higher is better", "lower": "lower is better"}.get(effect.shape, "its values differ")
    if effect.shape == "groups":
        return f"best with {_text(place.text)} (median {number(place.median)} in {plural(place.n, 'run')})"
    where = _stretch(place)
    return {
        "up to": f"higher is better up to {where}",
        "down to": f"lower is better down to {where}",
        "around": f"best {_at(place)} {where}",
        "not around": f"worst {_at(place)} {where}, better on both sides",
    }.get(effect.shape, f"no steady direction, best {_at(place)} {where}")


def _at(place: Place) -> str:
    return "at" if place.low == place.high else "from"


def _stretch(place: Place) -> str:
    return number(place.low) if place.low == place.high else f"{number(place.low)} to {number(place.high)}"


def _text(text: str) -> str:
    return shortened(text, 40) or "an empty value"


def _keys(keys: Sequence[str]) -> str:
    shown = [shortened(key, 40) for key in keys[:MAX_TOGETHER]]
    return listed([*shown, f"{len(keys) - MAX_TOGETHER} more"] if len(keys) > MAX_TOGETHER else shown)


def _caution(effect: ParamEffect) -> str:
    cautions = []
    if effect.same:
        cautions.append(f"changes together with {_keys(effect.same)}")
    if effect.nearly:
        cautions.append(f"changes nearly together with {_keys(effect.nearly)}")
    return "; ".join(cautions)


def _why_not(effect: ParamEffect) -> str:
    if effect.verdict == "outcome":
        return "a result, not a setting"
    if effect.verdict == "own":
        return f"{effect.levels} values in {plural(effect.n, 'run')}: more a name than a choice"
    return f"only {plural(effect.n, 'run')} with it can be compared"
