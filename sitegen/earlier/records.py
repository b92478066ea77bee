"""What an earlier site says of itself: the best run of each experiment, and the list of its runs.

`data/best.json` is documented in docs/best.md; `data/runs.json` is written by `run_list` here.
"""

from __future__ import annotations

import json
import math
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sitegen.analysis.runs_table import RunRow
from sitegen.earlier.places import MARK, EarlierSite
from sitegen.errors import UsageError

RUNS = "data/runs.json"
VERSION = 1
"""The version of `data/runs.json`."""
MAX_NAME = 200
Clean = Callable[[str], str]


class KnownRun(NamedTuple):
    """A run as a site lists it, in this order.

    `state` changes when anything about the run does that the site shows in tables.
    """

    run_id: str
    experiment_id: str
    name: str
    status: str
    start_time: int | None
    end_time: int | None
    state: str


@dataclass(frozen=True, slots=True)
class BestRun:
    """The best run of an experiment as a site has it; `run_id` is empty where none is the best."""

    experiment_id: str
    experiment: str
    objective: str
    metric: str
    direction: str
    run_id: str = ""
    name: str = ""
    value: float | None = None
    lead: str = ""
    headline: str = ""
    """The best run and its lead in a line, as the page says it."""
    runs: int = 0
    """How many runs the experiment has."""
    metrics: Mapping[str, float] = field(default_factory=dict)
    """The last values of its metrics."""


@dataclass(frozen=True, slots=True)
class SiteRecord:
    """What a site says of itself. `runs` is None where it has no list: it was built by an older sitegen."""

    title: str
    best: Mapping[str, BestRun]
    """By experiment id."""
    runs: Mapping[str, KnownRun] | None
    """By run id."""


# Writing ------------------------------------------------------------------------------------------------------------


def listed_runs(rows: Iterable[RunRow]) -> str:
    """The entries of some runs in `data/runs.json`: one a line, without a comma at the end."""
    return ",\n".join(json.dumps(known_run(row), ensure_ascii=False, separators=(",", ":")) for row in rows)


def run_list(parts: Iterable[str]) -> str:
    """The content of `data/runs.json` from the entries of each experiment."""
    entries = ",\n".join(filter(None, parts))
    return f'{{"version":{VERSION},"runs":[\n{entries}\n]}}\n'


def known_run(row: RunRow) -> KnownRun:
    """A run as a site lists it."""
    values = sorted((key, one.last, one.count) for key, one in row.metrics.items())
    texts = sorted(row.params.items()), sorted(row.tags.items())
    said = repr((row.name, row.status, row.start_time, row.end_time, *texts, values))
    state = f"{zlib.crc32(said.encode('utf-8', 'surrogatepass')):08x}"
    return KnownRun(row.run_id, row.experiment_id, row.name, row.status, row.start_time, row.end_time, state)


# Reading ------------------------------------------------------------------------------------------------------------


def read_record(site: EarlierSite, clean: Clean = str) -> SiteRecord:
    """What `site` says, every text put through `clean`. Raises UsageError where its files are not what they should
    be."""
    best = _json(site.read(MARK), MARK)
    found = {one.experiment_id: one for one in (read_best(e, clean) for e in _list(best.get("experiments"))) if one}
    listed = site.read(RUNS)
    runs = read_runs(listed, clean) if listed is not None else None
    return SiteRecord(clean(_text(best.get("title"))), found, runs)


def read_runs(listed: bytes | str, clean: Clean = str) -> dict[str, KnownRun]:
    """The runs of a list, by id. Raises UsageError."""
    known = (_run(entry, clean) for entry in _list(_json(listed, RUNS).get("runs")))
    return {one.run_id: one for one in known if one}


def _json(data: bytes | str | None, path: str) -> Mapping[str, Any]:
    try:
        found = json.loads(data or b"")
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise UsageError(f"{path} of the earlier site cannot be read; build that site again, or name another.")
    return found


def read_best(entry: object, clean: Clean = str) -> BestRun | None:
    """What an entry of `best.json` says; None if it is none."""
    if not isinstance(entry, Mapping) or not _text(entry.get("id")):
        return None
    objective, best = _dict(entry.get("objective")), _dict(entry.get("best"))
    metric = _dict(next(iter(_list(objective.get("metrics"))), None))
    metrics = {clean(key): value for key, value in _dict(best.get("metrics")).items() if _is_number(value)}
    return BestRun(
        experiment_id=_text(entry.get("id")),
        experiment=clean(_text(entry.get("name"))),
        objective=clean(_text(objective.get("text"))),
        metric=clean(_text(metric.get("metric"))),
        direction="max" if metric.get("direction") == "max" else "min",
        run_id=_text(best.get("run_id")),
        name=clean(_text(best.get("name"))),
        value=best["value"] if _is_number(best.get("value")) else None,
        lead=clean(_text(_dict(entry.get("verdict")).get("lead"))),
        headline=clean(_text(_dict(entry.get("verdict")).get("headline"))),
        runs=entry["runs"] if type(entry.get("runs")) is int else 0,
        metrics=metrics,
    )


def _run(entry: object, clean: Clean) -> KnownRun | None:
    if not isinstance(entry, list) or len(entry) < 7 or not isinstance(entry[0], str):
        return None
    start, end = (time if type(time) is int else None for time in entry[4:6])
    run_id, experiment, name, status, state = (_text(entry[n]) for n in (0, 1, 2, 3, 6))
    return KnownRun(run_id, experiment, clean(name), clean(status), start, end, state)


def _text(value: object) -> str:
    return value[:MAX_NAME] if isinstance(value, str) else ""


def _list(value: object) -> Sequence[Any]:
    return value if isinstance(value, list | tuple) else ()


def _dict(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _is_number(value: object) -> bool:
    return type(value) in (int, float) and math.isfinite(value)  # type: ignore[arg-type]
