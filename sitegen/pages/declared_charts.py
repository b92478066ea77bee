"""Charts that `sitegen.toml` declares: read, given an address, and joined with the runs of their experiment.

`[charts."val loss"]` is the page `charts/val-loss.html`. The address depends on the name alone, and the chart on its
own runs alone: neither on which run is best, nor on what else the site has.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from sitegen.addresses import file_name
from sitegen.analysis.runs_table import ExperimentTable, RunRow
from sitegen.analysis.words import shortened
from sitegen.config import ChartConfig
from sitegen.errors import QueryError, UsageError, did_you_mean, nearest
from sitegen.pages.chart_recipes import MAX_RUNS, OVER, Recipe, key_of, rows_of
from sitegen.pages.view_rows import ATTRIBUTES, value_of
from sitegen.query import filter_of
from sitegen.query.nodes import Key

MAX_GROUPS = 12
SHORTEST_ID = 6
TAKEN = frozenset({"curve", "embed", "table"})
"""Addresses in `charts/` that other pages and files have."""


@dataclass(frozen=True)
class DeclaredChart:
    """A chart of the config that was parsed: only its experiment, and keys that no run has, can still be wrong."""

    config: ChartConfig
    id: str
    test: Callable[[RunRow], bool]
    group: Key | None


def read_charts(configs: Sequence[ChartConfig]) -> list[DeclaredChart]:
    """The charts of the config, each with an id of its own. Raises UsageError where one of them cannot be read."""
    found: list[DeclaredChart] = []
    for config in configs:
        taken = {one.id for one in found} | TAKEN
        try:
            found.append(_read(config, taken))
        except QueryError as error:
            raise UsageError(f'The chart "{config.name}" cannot be read: {error}') from error
    return found


def chart_id(name: str, taken: Iterable[str] = TAKEN) -> str:
    """What the page of a chart called `name` is named after. Those of an experiment begin with its id, a digit."""
    slug = re.sub(r"[^0-9a-z]+", "-", name.lower()).strip("-")
    id = file_name(slug or name)
    id = f"chart-{id}" if id[0].isdigit() else id
    return file_name(name + " ") if id in taken else id


def _read(config: ChartConfig, taken: Iterable[str]) -> DeclaredChart:
    if config.x not in OVER:
        keys = [key_of(config.x), *map(key_of, config.metrics)]
        for key in keys:
            if key.group in ("dataset", "any") or (key.group == "attribute" and key.name not in ATTRIBUTES):
                raise QueryError(f'"{key}" is not a column of a table of runs; write params.lr.', 0, len(str(key)))
        if len(config.metrics) > 1 or config.group:
            raise UsageError(
                f'The chart "{config.name}" has an x axis of its own: then it has one metric, and no group.'
            )
    elif "x" in config.log:
        raise UsageError(f'The chart "{config.name}" has curves, of which only the y axis can be logarithmic.')
    group = key_of(config.group) if config.group else None
    return DeclaredChart(config, chart_id(config.name, taken), filter_of(config.filter), group)


# With the runs of a site ---------------------------------------------------------------------------------------------


def experiment_of(chart: DeclaredChart, names: Iterable[tuple[str, ...]]) -> int:
    """Which of several experiments, each with its id and names, `chart` is about. Raises UsageError for none."""
    wanted, all_names = chart.config.experiment, list(names)
    for at, known in enumerate(all_names):
        if wanted in known:
            return at
    hint = did_you_mean(wanted, (name for known in all_names for name in known))
    raise UsageError(
        f'The chart "{chart.config.name}" is about the experiment "{wanted}", which is not in the site.{hint}'
    )


def recipe_of(chart: DeclaredChart, table: ExperimentTable) -> Recipe:
    """What `chart` shows of the experiment. Raises UsageError for a run or a metric that it does not have."""
    config = chart.config
    rows = [_run(chart, table, text) for text in config.runs] or [row for row in table.rows if chart.test(row)]
    _check_columns(chart, table)
    recipe = Recipe(
        id=chart.id,
        title=config.title or config.name,
        experiment_id=table.experiment.experiment_id,
        metrics=tuple(_plain(text) if config.x in OVER else text for text in config.metrics),
        x=config.x,
        log=config.log,
        smoothing=float(config.smoothing),
        width=config.width,
        height=config.height,
        note=config.note,
    )
    return _with_runs(recipe, table, rows, chart.group)


def _with_runs(recipe: Recipe, table: ExperimentTable, rows: Sequence[RunRow], group: Key | None) -> Recipe:
    if not rows:
        return replace(recipe, runs=("-",))
    having = rows_of(replace(recipe, runs=tuple(row.run_id for row in rows)), table)
    if not recipe.has_curves:
        return replace(recipe, runs=tuple(row.run_id for row in having) or ("-",))
    note = recipe.note
    if len(having) > MAX_RUNS:
        note = f"{note} · " * bool(note) + f"{MAX_RUNS} of {len(having)} runs"
    kept = having[:MAX_RUNS]
    groups: dict[str, list[str]] = {}
    for row in kept if group else []:
        value = value_of(row, group) if group else None
        if value is not None:
            groups.setdefault(shortened(str(value), 60), []).append(row.run_id)
    return replace(
        recipe,
        runs=tuple(row.run_id for row in kept) or ("-",),
        groups=tuple((label, tuple(groups[label])) for label in sorted(groups)[:MAX_GROUPS]),
        note=note,
    )


def _run(chart: DeclaredChart, table: ExperimentTable, text: str) -> RunRow:
    """The run whose id is `text`, or begins with it."""
    found = [row for row in table.rows if row.run_id == text]
    if not found and len(text) >= SHORTEST_ID:
        found = [row for row in table.rows if row.run_id.startswith(text)]
    if len(found) > 1:
        raise UsageError(f'The chart "{chart.config.name}" names the run "{text}", with which several ids begin.')
    if not found:
        raise UsageError(f'The chart "{chart.config.name}" names the run "{text}", which the experiment does not have.')
    return found[0]


def _check_columns(chart: DeclaredChart, table: ExperimentTable) -> None:
    """Raises UsageError for a metric, param or tag that no run of the experiment has."""
    config = chart.config
    keys = [Key("metric", _plain(text)) if config.x in OVER else key_of(text) for text in config.metrics]
    keys += [key_of(config.x)] if config.x not in OVER else []
    keys += [chart.group] if chart.group else []
    for key in keys:
        if table.rows and all(value_of(row, key) is None for row in table.rows):
            known = {name for row in table.rows for name in _names(row, key)}
            near = nearest(key.name, known)
            hint = f" (the nearest is {near})" if near else ""
            raise UsageError(f'The chart "{config.name}" shows the {key.group} "{key.name}", which no run has{hint}.')


def _names(row: RunRow, key: Key) -> Iterable[str]:
    return {"metric": row.metrics, "param": row.params, "tag": row.tags}.get(key.group, ())


def _plain(text: str) -> str:
    """The name of a metric, which may be written as a key of the search language."""
    return key_of(text).name if text.startswith(("metrics.", "metric.")) else text
