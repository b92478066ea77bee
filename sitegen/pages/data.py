"""The data files that scripts load: columns of an experiment, places of runs.

The formats are in docs/architecture.md, "Data files"; those of runs are in `run_data.py`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np

from sitegen.addresses import file_name, shard_of
from sitegen.analysis.best import RankedRun, Ranking
from sitegen.analysis.families import by_parent
from sitegen.analysis.runs_table import ExperimentTable, RunRow, metric_keys, param_keys, tag_keys
from sitegen.analysis.words import number
from sitegen.pages.kept import as_whole, kept_of
from sitegen.pages.packing import dictionary_column, texts_column

REDUCERS = ("last", "min", "max")

Json = dict[str, object]


def experiment_data(table: ExperimentTable, ranking: Ranking | None) -> Json:
    """All runs of an experiment as columns, in the table's order."""
    objective = ranking.objective if ranking else None
    best = ranking.best.row.run_id if ranking and ranking.best else None
    return {
        "id": table.experiment.experiment_id,
        "name": table.experiment.name,
        "n": len(table.rows),
        "objective": objective
        and {"metric": objective.metric, "direction": objective.direction, "reducer": objective.reducer},
        "best": best,
        **({"front": [run.row.run_id for run in ranking.front]} if ranking and ranking.front else {}),
        **_files(row.run_id for row in table.rows),
        "columns": [
            *_run_columns(table.rows),
            _rank_column(table, ranking),
            *_param_columns(table),
            *_metric_columns(table, ranking),
            *_tag_columns(table),
        ],
    }


def _run_columns(rows: Sequence[RunRow]) -> list[Json]:
    return [
        {"g": "run", "n": "run_id", "t": "s", "v": [row.run_id for row in rows]},
        {"g": "run", "n": "name", "t": "s", "v": [row.name for row in rows]},
        {"g": "run", "n": "status", **dictionary_column([row.status for row in rows])},
        {"g": "run", "n": "start_time", **_whole([row.start_time for row in rows])},
        {"g": "run", "n": "end_time", **_whole([row.end_time for row in rows])},
        {"g": "run", "n": "duration", **_whole([row.duration for row in rows])},
        {"g": "run", "n": "user", **dictionary_column([row.user or None for row in rows])},
        {"g": "run", "n": "source", **dictionary_column([row.source_name or None for row in rows])},
        {"g": "run", "n": "parent", **dictionary_column([row.parent_id for row in rows])},
    ]


def _rank_column(table: ExperimentTable, ranking: Ranking | None) -> Json:
    ranks = ranking.ranks if ranking else {}
    return {"g": "run", "n": "rank", **_whole([ranks.get(row.run_id) for row in table.rows])}


def _param_columns(table: ExperimentTable) -> list[Json]:
    return [
        {"g": "param", "n": key, **texts_column([row.params.get(key) for row in table.rows])}
        for key in param_keys(table)
    ]


def _tag_columns(table: ExperimentTable) -> list[Json]:
    return [
        {"g": "tag", "n": key, **texts_column([row.tags.get(key) for row in table.rows])} for key in tag_keys(table)
    ]


def _metric_columns(table: ExperimentTable, ranking: Ranking | None) -> list[Json]:
    """The last value of each metric; min and max of those with curves, and what the objective asks for."""
    targets = ranking.objective.targets if ranking else ()
    columns: list[Json] = []
    for key in metric_keys(table):
        found = [row.metrics.get(key) for row in table.rows]
        curved = any(s is not None and s.count > 1 for s in found)
        reducers = REDUCERS if curved else REDUCERS[:1]
        for reducer in reducers:
            columns.append(_metric_column(key, reducer, [None if s is None else getattr(s, reducer) for s in found]))
        for target in targets:
            if target.metric == key and target.reducer not in reducers:
                columns.append(_metric_column(key, target.reducer, [target.value_of(row) for row in table.rows]))
    return columns


def _metric_column(key: str, reducer: str, values: Sequence[float | None]) -> Json:
    return {"g": "metric", "n": key, "r": reducer, **_numbers(values)}


def _numbers(values: Sequence[float | None]) -> Json:
    """Numbers cut as `kept_of` says, whole ones as such; those that are not finite are listed by their rows."""
    kept = kept_of(values)
    finite = np.array([v for v in values if v is not None and math.isfinite(v)], np.float64)
    cut = iter(kept.cut(finite).tolist())
    shown = [as_whole(next(cut)) if v is not None and math.isfinite(v) else None for v in values]
    odd: dict[str, list[int]] = {}
    for at, v in enumerate(values):
        if v is not None and not math.isfinite(v):
            odd.setdefault("nan" if math.isnan(v) else "inf" if v > 0 else "ninf", []).append(at)
    return {"t": "f", **kept.named(), "v": shown, **odd}


def _whole(values: Sequence[int | None]) -> Json:
    out: list[int] = []
    missing: list[int] = []
    before = 0
    for at, value in enumerate(values):
        if value is None:
            missing.append(at)
            out.append(0)
        else:
            out.append(value - before)
            before = value
    return {"t": "i", "v": out, **({"x": missing} if missing else {})}


# Places -------------------------------------------------------------------------------------------------------------

SIBLINGS = 12
MAX_VARYING = 60
"""Varying params of an experiment that each shard of places names."""


def places(table: ExperimentTable, ranking: Ranking | None) -> dict[str, list[object]]:
    """The place of each run among the others: by run id, the list that `data/places` holds."""
    ranked = ranking.by_run if ranking else {}
    best = ranking.best.row if ranking and ranking.best else None
    family = by_parent(table.rows)
    found: dict[str, list[object]] = {}
    for at, row in enumerate(table.rows):
        before = table.rows[at - 1] if at else None
        after = table.rows[at + 1] if at + 1 < len(table.rows) else None
        entry = ranked.get(row.run_id)
        found[row.run_id] = [
            row.run_id,
            entry.rank if entry else None,
            len(ranking.ranked) if ranking else 0,
            _margin(entry, bool(ranking and ranking.front) and best is None),
            *_named(before),
            *_named(after),
            *_named(best),
            _siblings(row, family, ranking),
            row.experiment_id,
            _value_text(row, ranking),
        ]
    return found


def judged(table: ExperimentTable, ranking: Ranking | None) -> list[object]:
    """What a run's page needs of its experiment: its id, the objective in words, the params that vary."""
    values = {key: {row.params[key] for row in table.rows if key in row.params} for key in param_keys(table)}
    varying = [key for key, found in values.items() if len(found) > 1]
    return [table.experiment.experiment_id, ranking.objective.label if ranking else "", varying[:MAX_VARYING]]


def _margin(entry: RankedRun | None, has_front: bool) -> str:
    """How far behind the best a run is, or whether it is on the Pareto front if no single run is the best."""
    if entry is None:
        return ""
    if has_front:
        return "on the Pareto front" if entry.rank == 1 else "behind the Pareto front"
    margin = f"{number(entry.margin)} behind" if entry.margin else ""
    return ", ".join(filter(None, [margin, f"by the mean of {entry.group.size}" if entry.group else ""]))


def _named(row: RunRow | None) -> list[object]:
    return [row.run_id, row.name] if row else [None, None]


def _siblings(row: RunRow, families: Mapping[str, list[RunRow]], ranking: Ranking | None) -> list[object]:
    brothers = families.get(row.parent_id, []) if row.parent_id else []
    others = [r for r in brothers if r.run_id != row.run_id][:SIBLINGS]
    return [[r.run_id, r.name, r.status, _value_text(r, ranking)] for r in others]


def _value_text(row: RunRow, ranking: Ranking | None) -> str:
    value = ranking.objective.value_of(row) if ranking else None
    return number(value) if value is not None else ""


def by_shard(entries: Mapping[str, list[object]], digits: int) -> dict[str, list[list[object]]]:
    """The entries of `places` by the shard of their run, in their order."""
    shards: dict[str, list[list[object]]] = {}
    for run_id, entry in entries.items():
        shards.setdefault(shard_of(run_id, digits), []).append(entry)
    return shards


def places_data(entries: Sequence[Sequence[object]], experiments: Sequence[Sequence[object]]) -> Json:
    """The content of the `data/places` file with these `entries`; `experiments` come from `judged`."""
    return {"places": entries, "experiments": _of(entries, experiments), **_files(_ids_in(entries))}


def _of(found: Sequence[Sequence[object]], experiments: Sequence[Sequence[object]]) -> list[Sequence[object]]:
    wanted = {entry[-2] for entry in found}
    return [experiment for experiment in experiments if experiment[0] in wanted]


def _ids_in(entries: Sequence[Sequence[object]]) -> Iterator[str]:
    """The ids of every run that the entries name."""
    for run_id, _, _, _, before, _, after, _, best, _, siblings, *_ in entries:
        assert isinstance(siblings, list)
        yield from (str(i) for i in (run_id, before, after, best, *(s[0] for s in siblings)) if i)


def _files(run_ids: Iterable[str]) -> Json:
    """The page files of runs whose file name is not simply their id; None if there are none."""
    odd = {run_id: file for run_id in run_ids if (file := file_name(run_id)) != run_id}
    return {"files": [[run_id, file] for run_id, file in sorted(odd.items())]} if odd else {}
