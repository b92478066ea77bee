"""Charts over the logged models of an experiment: two metrics against each other, params against a metric.

They are drawn at build time and stay as they are: the browser has the runs' data, not the models'.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sitegen.addresses import file_name
from sitegen.analysis.runs_table import natural, number_of
from sitegen.analysis.words import plural
from sitegen.charts import Chart, Mark, Measure, Point, scatter_chart, strip_chart
from sitegen.model import LoggedModel
from sitegen.pages.figures import cell_text
from sitegen.pages.library import Library, Link

MIN_MODELS = 3
"""Fewer models than this are a table, not a chart."""
MAX_MODELS = 5_000
MAX_EXPERIMENTS = 6
MAX_PARAMS = 3
MAX_WORDS = 12
"""A param with more different words is not drawn."""


@dataclass(frozen=True, slots=True)
class StillChart:
    """A drawing with its data as a table; scripts leave it as it is."""

    title: str
    """Its title: `accuracy against loss`."""
    caption: str
    """How many models it shows; may say what it leaves out."""
    svg: str
    """The finished drawing."""
    columns: tuple[str, ...]
    """The headings of the table behind the drawing."""
    rows: tuple[tuple[str, ...], ...]
    """The rows of that table; at most 200."""


@dataclass(frozen=True, slots=True)
class ModelCharts:
    """The charts over the logged models of one experiment."""

    experiment: Link
    """The experiment."""
    charts: tuple[StillChart, ...]
    """One of two metrics where there are two, then at most 3 of a param and a metric."""


def model_charts(library: Library) -> tuple[ModelCharts, ...]:
    """The charts of the experiments that have most logged models with metrics; at most 6 experiments."""
    by_experiment: dict[str, list[LoggedModel]] = {}
    for model in sorted(library.catalog.logged_models, key=lambda one: (one.creation_time or 0, one.model_id)):
        if model.metrics:
            by_experiment.setdefault(model.experiment_id, []).append(model)
    largest = sorted(by_experiment, key=lambda key: (-len(by_experiment[key]), natural(key)))[:MAX_EXPERIMENTS]
    found = ((key, tuple(_charts(by_experiment[key][:MAX_MODELS]))) for key in largest)
    return tuple(ModelCharts(library.experiment(key), charts) for key, charts in found if charts)


def _charts(models: Sequence[LoggedModel]) -> Iterator[StillChart]:
    values = [_metrics(model) for model in models]
    counts = Counter(key for found in values for key in found)
    keys = sorted((key for key in counts if counts[key] >= MIN_MODELS), key=lambda key: (-counts[key], natural(key)))
    if not keys:
        return
    if len(keys) > 1:
        yield _scatter(models, keys[1], keys[0], [found.get(keys[1]) for found in values], values)
    for param in _varying(models)[:MAX_PARAMS]:
        yield _of_param(models, param, keys[0], values)


def _metrics(model: LoggedModel) -> dict[str, float]:
    """The finite metrics of a model: of several datasets the first by name."""
    found: dict[str, float] = {}
    for metric in sorted(model.metrics, key=lambda m: (m.key, m.dataset_name or "", m.dataset_digest or "")):
        if math.isfinite(metric.value):
            found.setdefault(metric.key, metric.value)
    return found


def _varying(models: Sequence[LoggedModel]) -> list[str]:
    """The params that differ among the models, that many of them have, and that can be drawn."""
    seen: dict[str, list[str]] = {}
    for model in models:
        for key, value in model.params.items():
            seen.setdefault(key, []).append(value)
    wanted = [key for key, found in seen.items() if len(found) >= MIN_MODELS and len(set(found)) > 1]
    return sorted((key for key in wanted if _is_drawable(seen[key])), key=lambda key: (-len(seen[key]), natural(key)))


def _is_drawable(values: Sequence[str]) -> bool:
    return all(_finite(value) is not None for value in values) or len(set(values)) <= MAX_WORDS


def _finite(text: str) -> float | None:
    value = number_of(text)
    return value if value is not None and math.isfinite(value) else None


def _of_param(
    models: Sequence[LoggedModel], param: str, metric: str, values: Sequence[Mapping[str, float]]
) -> StillChart:
    """The metric by a param: over its numbers, or in rows of its words."""
    given = [model.params.get(param) for model in models]
    numbers = [_finite(text) if text is not None else None for text in given]
    if all(number is not None for text, number in zip(given, numbers, strict=True) if text is not None):
        return _scatter(models, param, metric, numbers, values)
    marks = [
        Mark(found[metric], model.model_id, model.name, category=text)
        for model, text, found in zip(models, given, values, strict=True)
        if text is not None and metric in found
    ]
    chart = _chart(strip_chart, f"{metric} by {param}", marks, metric, param)
    return _still(chart, (param, "Models", *chart.columns[2:]))


def _scatter(
    models: Sequence[LoggedModel],
    across: str,
    metric: str,
    places: Iterable[float | None],
    values: Sequence[Mapping[str, float]],
) -> StillChart:
    points = [
        Point(place, found[metric], model.model_id, model.name)
        for model, place, found in zip(models, places, values, strict=True)
        if place is not None and metric in found
    ]
    chart = _chart(scatter_chart, f"{metric} against {across}", points, across, metric)
    return _still(chart, ("Model", across, metric), 3)


def _chart(make: Callable[..., Chart], title: str, models: Sequence[Mark | Point], across: str, up: str) -> Chart:
    """A chart with one of `models` in each mark; `across` and `up` name its axes."""
    counted = plural(len(models), "model")
    return make(file_name(title), title, counted, models, x=Measure("", across), y=Measure("", up), experiment="")


def _still(chart: Chart, columns: tuple[str, ...], cells: int | None = None) -> StillChart:
    rows = tuple(tuple(map(cell_text, row[:cells])) for row in chart.rows)
    return StillChart(chart.title, chart.caption, chart.svg, columns, rows)
