"""Which charts an experiment has."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from sitegen.addresses import file_name, run_page
from sitegen.analysis.best import Ranking
from sitegen.analysis.curve_axes import axis_of
from sitegen.analysis.curve_choice import curve_of_objective, is_counter, is_informative
from sitegen.analysis.curves import Curve
from sitegen.analysis.goals import Target
from sitegen.analysis.labels import run_labels
from sitegen.analysis.report import Report
from sitegen.analysis.runs_table import ExperimentTable, RunRow, natural, number_of
from sitegen.analysis.summary import ExperimentSummary, ParamSummary
from sitegen.analysis.words import plural
from sitegen.charts import (
    BEST_COLOUR,
    OTHER_COLOUR,
    Chart,
    Mark,
    Measure,
    Point,
    curves_chart,
    histogram_chart,
    scatter_chart,
    strip_chart,
)
from sitegen.pages.chart_files import PICTURES
from sitegen.pages.figures import (
    ChartGroup,
    FigureView,
    LegendEntry,
    attempts_note,
    colours_of,
    every_chart,
    figure_of,
    series_of,
)
from sitegen.pages.group_charts import band_figures, band_rows
from sitegen.pages.page import Site

BEST_CURVES = 5
"""Runs whose curves an experiment page overlays: the best ones."""
MAX_CURVES = 8
OPEN_CURVES = 6
"""Small curves beside the one of the objective that are not folded."""
WIDE, WIDE_HEIGHT = 1000, 280
SMALL, SMALL_HEIGHT = 360, 180
MAX_PARAMS = 6
MAX_HISTOGRAMS = 8
MAX_WORDS = 40
"""Number of distinct values from which on a param of strings is more an id than a choice."""
FEWEST_FOR_HISTOGRAM = 20
FEWEST_TO_COMPARE = 3
"""The least number of ranked runs for charts of their results: two are compared in words, by the verdict."""


def chart_groups(report: Report, curves: Mapping[str, Mapping[str, Curve]], site: Site) -> list[ChartGroup]:
    """The charts of an experiment. `curves` holds the thinned histories of `curve_rows`: by run id, by metric."""
    table, summary, ranking = report.table, report.summary, report.ranking
    # What went with the result most clearly is drawn first.
    first = [effect.key for effect in report.matters.effects] if report.matters else []
    stem = file_name(table.experiment.experiment_id)
    best = {row.run_id: curves[row.run_id] for row in best_rows(ranking, table) if row.run_id in curves}
    groups = [
        _curve_group(stem, table, ranking, best, site),
        ChartGroup(
            "group-curves",
            "Curves of the groups",
            "mean of the runs by step; shaded: one standard deviation to each side",
            tuple(band_figures(stem, report.grouping, curves, site)),
        ),
        ChartGroup("results", "Results", _against_hint(ranking), tuple(_results(stem, summary, ranking, site, first))),
        ChartGroup(
            "distributions",
            "Distributions",
            "last values over all runs",
            tuple(_histograms(stem, table, summary, site)),
        ),
    ]
    return list(_with_pictures((group for group in groups if every_chart(group)), site))


def _with_pictures(groups: Iterable[ChartGroup], site: Site) -> Iterator[ChartGroup]:
    """The first chart, which is that of the objective, gets pictures.

    As PNG only where the site's address is known: that takes 0.07 s, and is for places that need a whole address.
    """
    endings = PICTURES if site.site_url else PICTURES.removesuffix(" png")
    for at, group in enumerate(groups):
        if at:
            yield group
        elif group.wide:
            yield replace(group, wide=replace(group.wide, pictures=endings))
        else:
            first, *rest = group.charts
            yield replace(group, charts=(replace(first, pictures=endings), *rest))


# Curves -------------------------------------------------------------------------------------------------------------


def best_rows(ranking: Ranking | None, table: ExperimentTable) -> list[RunRow]:
    """The runs whose curves are overlaid: the best ones, or the newest where none is best."""
    rows = [entry.row for entry in ranking.ranked] if ranking and ranking.ranked else list(table.rows)
    curved = [row for row in rows if any(s.curved for s in row.metrics.values())]
    return curved[:BEST_CURVES]


def curve_rows(report: Report) -> list[RunRow]:
    """The runs whose curves the page draws: the best ones, and those of the best groups; each once."""
    rows = [*best_rows(report.ranking, report.table), *band_rows(report.grouping)]
    return list({row.run_id: row for row in rows}.values())


Curves = Mapping[str, Mapping[str, Curve]]
"""Thinned histories by run id and metric."""


def _curve_group(stem: str, table: ExperimentTable, ranking: Ranking | None, curves: Curves, site: Site) -> ChartGroup:
    """The curves of the best runs: that of the objective across the page, the others small."""
    keys = _curve_keys(curves)
    first = curve_of_objective(ranking.objective.metric, keys) if ranking else None
    names = run_labels((row.run_id, row.name) for row in table.rows if row.run_id in curves)
    best = ranking.best.row.run_id if ranking and ranking.best and ranking.best.row.run_id in curves else ""
    drawn = [
        _curve_figure(stem, key, curves, names, best, site, wide=key == first)
        for key in sorted(keys, key=lambda key: key != first)[:MAX_CURVES]
    ]
    wide, rest = (drawn[0], drawn[1:]) if first else (None, drawn)
    more = tuple(rest[OPEN_CURVES:])
    return ChartGroup(
        "curves",
        "Curves of the best runs" if ranking and ranking.ranked else "Curves of the newest runs",
        _curve_hint(ranking, first),
        tuple(rest[:OPEN_CURVES]),
        wide,
        more,
        f"{plural(len(more), 'more curve')}" if more else "",
    )


def _curve_hint(ranking: Ranking | None, first: str | None) -> str:
    """Which curve comes first, where it is not called as the objective is."""
    if not ranking or not first or first == ranking.objective.metric:
        return ""
    return f"first {first}, from which {ranking.objective.label} is taken"


def _curve_figure(
    stem: str, key: str, curves: Curves, names: Mapping[str, str], best: str, site: Site, *, wide: bool
) -> FigureView:
    having = [run_id for run_id in curves if key in curves[run_id]]
    drawn = [curves[run_id][key] for run_id in having]
    colours = colours_of(list(curves), best, is_chosen=not best)
    axis = axis_of(drawn)
    # The best run last, so that no other curve is drawn over it.
    ordered = sorted(having, key=lambda run_id: run_id == best)
    chart = curves_chart(
        id=f"{stem}-curve-{file_name(key)}",
        title=key,
        caption=", ".join(filter(None, [plural(len(having), "run"), axis.note, attempts_note(drawn)])),
        series=[one for r in ordered for one in series_of(names[r], colours[r], curves[r][key], axis, r)],
        runs=ordered,
        metrics=[key],
        x_title=axis.title,
        dates=axis.dates,
        width=WIDE if wide else SMALL,
        height=WIDE_HEIGHT if wide else SMALL_HEIGHT,
    )
    hooks = {"data-best": best} if best else {"data-colours": " ".join(str(colours[r]) for r in ordered)}
    drawings = [one for one in (chart.svg, chart.narrow) if one]
    hooks |= {"data-named": ""} if all('class="lead' in one for one in drawings) else {}
    legend = [LegendEntry(colours[r], names[r], run_page(r)) for r in ordered]
    return figure_of(replace(chart, attributes={**chart.attributes, **hooks}), site, legend)


def _curve_keys(curves: Curves) -> list[str]:
    """Metrics with an informative curve, those that most of the runs logged first."""
    counts: dict[str, int] = {}
    for found in curves.values():
        for key in (key for key, curve in found.items() if is_informative(key, curve)):
            counts[key] = counts.get(key, 0) + 1
    shown = [key for key in counts if not key.startswith("system/")]
    return sorted(shown, key=lambda key: (-counts[key], natural(key)))


# One value a run ----------------------------------------------------------------------------------------------------


def _finite(ranking: Ranking) -> list[tuple[RunRow, float]]:
    return [(entry.row, entry.value) for entry in ranking.ranked if math.isfinite(entry.value)]


def _measure(target: Target) -> Measure:
    title = target.metric if target.reducer == "last" else f"{target.metric} {target.reducer}"
    return Measure(f"metric:{target.metric}:{target.reducer}", title)


def _against_hint(ranking: Ranking | None) -> str:
    return f"{ranking.objective.metric} against each param; one dot per run" if ranking else ""


def _results(
    stem: str, summary: ExperimentSummary, ranking: Ranking | None, site: Site, first: Sequence[str]
) -> Iterator[FigureView]:
    if ranking and ranking.objective.also:
        yield from _trade_offs(stem, ranking, site)
    yield from _against(stem, summary, ranking, site, first)


def _trade_offs(stem: str, ranking: Ranking, site: Site) -> Iterator[FigureView]:
    """The first metric against each of the others, with the Pareto front."""
    targets = ranking.objective.targets
    for n, target in enumerate(targets[1:], start=1):
        points = [
            Point(
                e.values[n],
                e.value,
                e.row.run_id,
                e.row.name,
                e.row.status,
                BEST_COLOUR if e.rank == 1 else OTHER_COLOUR,
            )
            for e in ranking.ranked
        ]
        # With more than two metrics the front is not a line in the plane of two of them.
        ways = (target.direction, targets[0].direction) if len(targets) == 2 else None
        chart = scatter_chart(
            f"{stem}-front-{file_name(targets[0].metric)}-{file_name(target.metric)}",
            f"{targets[0].label} against {target.label}",
            f"{plural(len(points), 'run')}; coloured: the Pareto front, {plural(len(ranking.front), 'run')}",
            points,
            x=_measure(target),
            y=_measure(targets[0]),
            experiment=stem,
            front=ways,
        )
        hooks = {"data-ranked": "", "data-marked": " ".join(e.row.run_id for e in ranking.front)}
        yield figure_of(replace(chart, attributes={**chart.attributes, **hooks}), site)


def _against(
    stem: str, summary: ExperimentSummary, ranking: Ranking | None, site: Site, first: Sequence[str]
) -> Iterator[FigureView]:
    if not ranking or len(_finite(ranking)) < FEWEST_TO_COMPARE:
        return
    place = {key: at for at, key in enumerate(first)}
    varying = sorted((p for p in summary.varying if p.distinct > 1), key=lambda p: place.get(p.key, len(place)))
    for param in varying[:MAX_PARAMS]:
        chart = _param_chart(stem, param, ranking)
        if chart:
            # The live chart draws from all runs of the experiment; this one shows those that could be ranked.
            yield figure_of(replace(chart, attributes={**chart.attributes, "data-ranked": ""}), site)


def param_chart_id(stem: str, param: str, metric: str) -> str:
    """The id, and the page, of the chart of `metric` against `param` in the experiment with the file name `stem`."""
    return f"{stem}-{file_name(param)}-{file_name(metric)}"


def _param_chart(stem: str, param: ParamSummary, ranking: Ranking) -> Chart | None:
    """A scatter chart for a numeric param, strips for one of few strings, None if a chart would show nothing.

    Versions (1.1 beside 1.10) are strings: as numbers, two of them would be at one place.
    """
    having = [(row, value) for row, value in _finite(ranking) if param.key in row.params]
    if len({row.params[param.key] for row, _ in having}) < 2:
        return None
    id = param_chart_id(stem, param.key, ranking.objective.metric)
    title = f"{ranking.objective.metric} against {param.key}"
    caption, y = plural(len(having), "run"), _measure(ranking.objective.target)
    best = ranking.best.row.run_id if ranking.best else ""
    numbers = [number_of(row.params[param.key]) for row, _ in having]
    if param.kind == "number" and param.distinct > 2 and not _has_versions(row.params[param.key] for row, _ in having):
        points = [
            Point(x, v, r.run_id, r.name, r.status) for (r, v), x in zip(having, numbers, strict=True) if x is not None
        ]
        x = Measure(f"param:{param.key}", param.key, param.log_scale)
        return scatter_chart(id, title, caption, points, x=x, y=y, experiment=stem, best=best)
    if param.distinct > MAX_WORDS:
        return None
    marks = [Mark(v, r.run_id, r.name, r.status, category=r.params[param.key]) for r, v in having]
    return strip_chart(
        id, title, caption, marks, x=y, y=Measure(f"param:{param.key}", param.key), experiment=stem, best=best
    )


def _has_versions(texts: Iterable[str]) -> bool:
    """Whether two of `texts` differ in the zeros at their end alone: 1.1 and 1.10, but not 1 and 1.0."""
    decimals = {text for text in texts if "." in text and "e" not in text.lower()}
    return len({text.rstrip("0") for text in decimals}) < len(decimals)


def _histograms(stem: str, table: ExperimentTable, summary: ExperimentSummary, site: Site) -> Iterator[FigureView]:
    shown = [
        m.key
        for m in summary.metrics
        if not m.key.startswith("system/") and not is_counter(m.key) and m.n >= FEWEST_FOR_HISTOGRAM and m.min != m.max
    ]
    for key in shown[:MAX_HISTOGRAMS]:
        found = [(row, row.metrics[key].last) for row in table.rows if key in row.metrics]
        marks = [Mark(value, row.run_id, row.name, row.status) for row, value in found]
        measure = Measure(f"metric:{key}:last", key)
        chart = histogram_chart(
            f"{stem}-hist-{file_name(key)}", key, plural(len(marks), "run"), marks, x=measure, experiment=stem
        )
        yield figure_of(chart, site)
