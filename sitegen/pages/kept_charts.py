"""Charts of an earlier site that stay: what a site writes down of its charts, and what the next one reads of that.

Which charts an experiment has is chosen anew in every build: with another objective there are others, and a chart that
a page elsewhere embeds would be gone. So each site has its charts as recipes in `data/charts/<experiment>.json`, and a
build that is given an earlier site makes those again that it would not make by itself, at their address, as long as
there are runs for them. Of that file nothing is shown: titles are made of what the new site has.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sitegen.addresses import file_name
from sitegen.analysis.runs_table import ExperimentTable, RunRow, natural
from sitegen.charts import Chart
from sitegen.errors import QueryError
from sitegen.pages.chart_recipes import OVER, Recipe, key_of, rows_of
from sitegen.pages.figures import FigureView
from sitegen.pages.view_rows import label_of
from sitegen.query.nodes import REDUCERS, Key

MAX_KEPT = 200
"""Charts of an experiment that are kept."""
MAX_KEPT_RUNS = 12
"""Runs of a chart of curves that is kept: those that it shows by now, then those of before."""
MAX_BYTES = 2_000_000
"""Size of the file of an experiment; a larger one is not read."""
_ID = re.compile(r"[0-9a-z][0-9a-z-]{0,250}")
_VERSION = 1


def charts_file(experiment_id: str) -> str:
    """Where a site has the recipes of an experiment's charts."""
    return f"data/charts/{file_name(experiment_id)}.json"


# Writing ------------------------------------------------------------------------------------------------------------


def recipes_text(recipes: Iterable[Recipe]) -> str:
    """The content of that file."""
    charts = [
        {
            "id": one.id,
            "metrics": one.metrics,
            "x": one.x,
            "runs": one.runs,
            "log": one.log,
            "groups": one.groups,
        }
        for one in recipes
    ]
    return json.dumps({"version": _VERSION, "charts": charts}, ensure_ascii=False, separators=(",", ":")) + "\n"


def recipe_of_figure(view: FigureView, experiment_id: str) -> Recipe:
    """The recipe of a chart that an experiment's page has."""
    chart, hooks = view.chart, view.attributes
    if chart.kind == "curves":
        found = Recipe(chart.id, "", experiment_id, (hooks["data-metric"],), runs=tuple(hooks["data-runs"].split()))
        groups = json.loads(hooks.get("data-groups", "[]"))
        return replace(found, groups=tuple((_without_count(label), tuple(ids)) for label, _, ids in groups))
    return Recipe(chart.id, "", experiment_id, *_columns(chart))


def _columns(chart: Chart) -> tuple[tuple[str, ...], str, tuple[str, ...], tuple[str, ...]]:
    """The metric, the x axis, no runs, and the logarithmic axes of a chart with a value of each run."""
    if chart.kind == "histogram":
        return (_key_text(chart.x.key),), "", (), ()
    x, y = (chart.y, chart.x) if chart.kind == "strip" else (chart.x, chart.y)
    log = tuple(name for name, measure in (("x", x), ("y", y)) if measure.log)
    return (_key_text(y.key),), _key_text(x.key), (), log


def _key_text(column: str) -> str:
    """The id of a column as a key of the search language: `metric:loss:min` is `metrics.loss.min`."""
    group, _, name = column.partition(":")
    if group != "metric":
        return str(Key("param", name))
    name, _, reducer = name.rpartition(":")
    return str(Key("metric", name, reducer if reducer in REDUCERS else "last"))


def _without_count(label: str) -> str:
    return re.sub(r" \(\d+ runs?\)\Z", "", label)


# Reading ------------------------------------------------------------------------------------------------------------


def kept_charts(
    read: Callable[[str], bytes | None], experiment_ids: Iterable[str], clean: Callable[[str], str]
) -> Mapping[str, tuple[Recipe, ...]]:
    """The charts that an earlier site had, by experiment id. `read` gives the content of a file of that site, or None.

    `clean` hides what this site must not show in the labels of groups. What cannot be read counts as not there.
    """
    found = {}
    for experiment_id in experiment_ids:
        data = read(charts_file(experiment_id))
        if data and len(data) <= MAX_BYTES:
            found[experiment_id] = tuple(_recipes(data, experiment_id, clean))[:MAX_KEPT]
    return found


def _recipes(data: bytes, experiment_id: str, clean: Callable[[str], str]) -> Iterator[Recipe]:
    try:
        content = json.loads(data)
    except (ValueError, RecursionError):
        return
    charts = content.get("charts") if isinstance(content, dict) and content.get("version") == _VERSION else None
    for one in charts if isinstance(charts, list) else ():
        try:
            yield _recipe(one, experiment_id, clean)
        except (KeyError, TypeError, ValueError, QueryError):
            continue


def _recipe(one: Any, experiment_id: str, clean: Callable[[str], str]) -> Recipe:
    """One entry of the file. Raises KeyError, TypeError, ValueError or QueryError for one that is not as written."""
    id, x, metrics = one["id"], one["x"], _strings(one["metrics"])
    if not _ID.fullmatch(id) or not id.startswith(f"{file_name(experiment_id)}-") or len(metrics) != 1:
        raise ValueError("not a chart of this experiment")
    keys = [key_of(x)] if x not in (*OVER, "") else []
    keys += [key_of(metrics[0])] if x not in OVER else []
    if any(key.group not in ("metric", "param") for key in keys):
        raise ValueError("not a column")
    return Recipe(
        id=id,
        title=_title(x, metrics[0]),
        experiment_id=experiment_id,
        metrics=metrics,
        x=x,
        runs=_strings(one["runs"]),
        log=tuple(name for name in _strings(one["log"]) if name in ("x", "y")),
        groups=tuple((clean(_string(label)), _strings(ids)) for label, ids in one["groups"]),
        width=440 if x not in OVER else 720,
    )


def _title(x: str, metric: str) -> str:
    if x in OVER:
        return metric
    return f"{label_of(key_of(metric))} against {label_of(key_of(x))}" if x else label_of(key_of(metric))


def _string(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("not a string")
    return value


def _strings(values: object) -> tuple[str, ...]:
    if not isinstance(values, list):
        raise TypeError("not a list")
    return tuple(_string(value) for value in values)


# With the charts of a new site --------------------------------------------------------------------------------------


def runs_of(kept: Sequence[Recipe], table: ExperimentTable) -> list[RunRow]:
    """The runs whose histories kept charts need."""
    rows = (row for one in kept if one.has_curves for row in rows_of(one, table))
    return list({row.run_id: row for row in rows}.values())


def still_there(kept: Sequence[Recipe], made: Mapping[str, Recipe], table: ExperimentTable) -> list[Recipe]:
    """The charts to be made beside those that the site makes by itself (`made`, by id), or in place of their page.

    A chart that no run is left for is gone. The page of curves shows the runs that the chart has by now, and those
    that it had before.
    """
    found = []
    for one in kept:
        now = made.get(one.id)
        if now is None:
            if rows_of(one, table):
                found.append(one)
        elif one.has_curves and not one.groups:
            had = [row.run_id for row in rows_of(one, table)]
            runs = tuple(dict.fromkeys([*now.runs, *had]))[:MAX_KEPT_RUNS]
            if len(runs) > len(now.runs):
                found.append(replace(one, runs=runs))
    return sorted(found, key=lambda one: natural(one.id))
