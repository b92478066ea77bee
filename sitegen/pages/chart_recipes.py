"""What a chart shows, as plain data from which it is drawn: of a declared chart, or one of an earlier site."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from sitegen.addresses import NOWHERE, file_name, run_page
from sitegen.analysis.bands import band_of
from sitegen.analysis.curve_axes import CurveAxis, axis_asked_for
from sitegen.analysis.curves import Curve
from sitegen.analysis.labels import run_labels
from sitegen.analysis.runs_table import ExperimentTable, RunRow, number_of
from sitegen.analysis.smoothing import smoothed
from sitegen.analysis.words import plural
from sitegen.charts import (
    BEST_COLOUR,
    Chart,
    Mark,
    Measure,
    Point,
    Series,
    curves_chart,
    histogram_chart,
    scatter_chart,
    strip_chart,
)
from sitegen.pages.figures import FigureView, LegendEntry, attempts_note, colours_of, figure_of, series_of
from sitegen.pages.group_charts import groups_hook
from sitegen.pages.page import Site
from sitegen.pages.view_rows import column_id, label_of, value_of
from sitegen.query import parse_order
from sitegen.query.nodes import Key

MAX_RUNS = 60
"""Runs whose curves one chart draws."""
OVER = ("step", "relative", "time")
"""What curves are drawn over; with another `x`, a run is a dot."""

Curves = Mapping[str, Mapping[str, Curve]]
"""Thinned histories by run id and metric."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """A chart of runs of one experiment.

    `x` is one of `OVER` (then `metrics` are names of metrics), a key of the search language, or empty for a histogram
    (then `metrics` is one key). `runs` are ids; without any, all runs of the experiment. `groups` are labels, each with
    ids of its runs.
    """

    id: str
    title: str
    experiment_id: str
    metrics: tuple[str, ...]
    x: str = "step"
    runs: tuple[str, ...] = ()
    log: tuple[str, ...] = ()
    smoothing: float = 0.0
    groups: tuple[tuple[str, tuple[str, ...]], ...] = ()
    width: int = 720
    height: int = 320
    note: str = ""

    @property
    def has_curves(self) -> bool:
        """Whether it needs the histories of its runs."""
        return self.x in OVER


def rows_of(recipe: Recipe, table: ExperimentTable) -> list[RunRow]:
    """The runs of `table` that the chart shows, in its order; those without its metrics left out."""
    known = {row.run_id: row for row in table.rows}
    rows = [known[one] for one in recipe.runs if one in known] if recipe.runs else list(table.rows)
    if recipe.has_curves:
        return [row for row in rows if any(key in row.metrics and row.metrics[key].curved for key in recipe.metrics)]
    keys = [key_of(recipe.metrics[0]), *([key_of(recipe.x)] if recipe.x else [])]
    return [row for row in rows if all(value_of(row, key) is not None for key in keys)]


def figure_of_recipe(
    recipe: Recipe, table: ExperimentTable, rows: Sequence[RunRow], curves: Curves, site: Site
) -> FigureView:
    """The chart of `rows`; `curves` has their histories where it is one of curves, `table` the experiment's columns."""
    if recipe.has_curves and recipe.groups:
        return _bands(recipe, rows, curves, site)
    if recipe.has_curves:
        return _curves(recipe, rows, curves, site)
    return _of_values(recipe, table, rows, site)


def key_of(text: str) -> Key:
    """The column that `text` names: a key of the search language, or the name of a metric alone. Raises QueryError."""
    [rule] = (
        parse_order(text) if text.startswith(("metrics.", "params.", "tags.", "metric.", "param.", "tag.")) else [None]
    )
    return rule.key if rule else Key("metric", text)


# Curves -------------------------------------------------------------------------------------------------------------


def _curves(recipe: Recipe, rows: Sequence[RunRow], curves: Curves, site: Site) -> FigureView:
    names, ids = run_labels((row.run_id, row.name) for row in rows), [row.run_id for row in rows]
    by_run = len(ids) > 1 or len(recipe.metrics) == 1
    keys = ids if by_run else list(recipe.metrics)
    colours = colours_of(keys) if len(keys) > 1 else {keys[0]: BEST_COLOUR} if keys else {}
    drawn = [(id, key, curves[id][key]) for id in ids for key in recipe.metrics if key in curves.get(id, {})]
    axis = axis_asked_for(recipe.x, [curve for _, _, curve in drawn])
    series: list[Series] = []
    for id, key, curve in drawn:
        label = _label(names[id], key, len(ids), len(recipe.metrics))
        series += _smooth(series_of(label, colours[id if by_run else key], curve, axis, id), recipe.smoothing)
    chart = _curves_chart(recipe, series, ids, axis, plural(len(ids), "run"), attempts_note([c for _, _, c in drawn]))
    hooks = {"data-colours": " ".join(str(colours[id]) for id in ids)} if by_run else {}
    hooks |= {"data-named": ""} if 'class="strong"' in chart.svg else {}
    legend = [LegendEntry(colours[id], names[id], run_page(id)) for id in ids] if by_run else [
        LegendEntry(colours[key], key, NOWHERE) for key in recipe.metrics
    ]  # fmt: skip
    return figure_of(replace(chart, attributes={**chart.attributes, **hooks}), site, legend)


def _label(name: str, metric: str, runs: int, metrics: int) -> str:
    """What a curve is called, as curve-data.js calls it."""
    return name if metrics == 1 else metric if runs == 1 else f"{name} · {metric}"


def _smooth(series: Sequence[Series], weight: float) -> Iterator[Series]:
    """Each series, behind it what was logged where it is smoothed."""
    for one in series:
        if weight:
            yield one._replace(label=f"{one.label} (as logged)", faint=True)
            values = np.asarray(one.values, dtype=np.float64)
            one = one._replace(values=smoothed(np.asarray(one.steps, dtype=np.float64).tolist(), values, weight))
        yield one


def _bands(recipe: Recipe, rows: Sequence[RunRow], curves: Curves, site: Site) -> FigureView:
    """The mean of the runs of each group, and a band around it; of the first metric."""
    key, having = recipe.metrics[0], {row.run_id for row in rows}
    colours = colours_of([label for label, _ in recipe.groups])
    found: list[tuple[str, int, tuple[str, ...], Series]] = []
    for label, ids in recipe.groups:
        members = tuple(id for id in ids if id in having and key in curves.get(id, {}))
        band = band_of([_smooth_curve(curves[id][key], recipe.smoothing) for id in members])
        if band is not None:
            name = f"{label} ({plural(band.members, 'run')})"
            series = Series(name, colours[label], band.steps, band.mean, band.low, band.high, id=label)
            found.append((name, colours[label], members, series))
    axis = CurveAxis("step", "step", "", False, lambda curve: curve.steps)
    runs = [id for _, _, members, _ in found for id in members]
    chart = _curves_chart(recipe, [one for *_, one in found], runs, axis, plural(len(found), "group"))
    hooks = groups_hook([(name, colour, members) for name, colour, members, _ in found])
    legend = [LegendEntry(colour, name, NOWHERE) for name, colour, _, _ in found]
    return figure_of(replace(chart, attributes={**chart.attributes, **hooks}), site, legend)


def _smooth_curve(curve: Curve, weight: float) -> Curve:
    return curve._replace(values=smoothed(np.asarray(curve.steps, dtype=np.float64).tolist(), curve.values, weight))


def _curves_chart(recipe: Recipe, series: Sequence[Series], runs: Sequence[str], axis: CurveAxis, *notes: str) -> Chart:
    chart = curves_chart(
        id=recipe.id,
        title=recipe.title,
        caption=" · ".join(filter(None, [recipe.note, *notes, axis.note])),
        series=series,
        runs=runs,
        metrics=recipe.metrics,
        x_title=axis.title,
        y_title=", ".join(recipe.metrics),
        log_y="y" in recipe.log,
        width=recipe.width,
        height=recipe.height,
        dates=axis.dates,
    )
    hooks = {"data-axis": recipe.x} if recipe.x != "step" else {}
    hooks |= {"data-smooth": f"{recipe.smoothing:g}"} if recipe.smoothing else {}
    return replace(chart, attributes={**chart.attributes, **hooks})


# One value a run ----------------------------------------------------------------------------------------------------


def _of_values(recipe: Recipe, table: ExperimentTable, rows: Sequence[RunRow], site: Site) -> FigureView:
    y = _measure(recipe, recipe.metrics[0], "y", table)
    values = [_number(value_of(row, key_of(recipe.metrics[0]))) for row in rows]
    if not recipe.x:
        marks = [Mark(value, r.run_id, r.name, r.status) for r, value in zip(rows, values, strict=True)]
        chart = histogram_chart(
            recipe.id, recipe.title, _caption(recipe, rows), marks, x=y, experiment=file_name(recipe.experiment_id)
        )
    else:
        chart = _against(recipe, table, rows, values, y)
    hooks = {"data-runs": " ".join(row.run_id for row in rows)} if recipe.runs else {}
    # In a chart that is of these runs alone, which run is best says nothing.
    return figure_of(replace(chart, attributes={**chart.attributes, **hooks, "data-marked": "-"}), site)


def _against(
    recipe: Recipe, table: ExperimentTable, rows: Sequence[RunRow], values: Sequence[float], y: Measure
) -> Chart:
    """Dots over numbers, strips where some value of `x` is not one."""
    x, found = _measure(recipe, recipe.x, "x", table), [value_of(row, key_of(recipe.x)) for row in rows]
    numbers = [_number(value) for value in found]
    caption, stem = _caption(recipe, rows), file_name(recipe.experiment_id)
    if all(number == number or str(value).lower() == "nan" for number, value in zip(numbers, found, strict=True)):
        points = [
            Point(number, value, row.run_id, row.name, row.status)
            for row, number, value in zip(rows, numbers, values, strict=True)
        ]
        return scatter_chart(recipe.id, recipe.title, caption, points, x=x, y=y, experiment=stem)
    marks = [
        Mark(value, row.run_id, row.name, row.status, category=str(text))
        for row, value, text in zip(rows, values, found, strict=True)
    ]
    return strip_chart(recipe.id, recipe.title, caption, marks, x=y, y=x._replace(log=False), experiment=stem)


def _measure(recipe: Recipe, text: str, axis: Literal["x", "y"], table: ExperimentTable) -> Measure:
    key = key_of(text)
    return Measure(column_id(key, table), label_of(key), axis in recipe.log)


def _number(value: str | float | None) -> float:
    found = number_of(value) if isinstance(value, str) else value
    return float("nan") if found is None else float(found)


def _caption(recipe: Recipe, rows: Sequence[RunRow]) -> str:
    return " · ".join(filter(None, [recipe.note, plural(len(rows), "run")]))
