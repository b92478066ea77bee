"""What the rest of the site shows of an experiment: its line on the home page, the places of its runs, and so on.

These facts are kept in the cache. A build that finds the runs of an experiment unchanged takes its facts from there,
and neither decodes its rows nor analyses them again, unless something asks for more.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sitegen.analysis.families import by_parent
from sitegen.analysis.health import depends_on_now, newest_time
from sitegen.analysis.objective import Objective
from sitegen.analysis.report import Report
from sitegen.analysis.runs_table import ExperimentTable, RunRow, gather
from sitegen.analysis.sharing import Shared
from sitegen.build.digests import Known, digest_of, hashed
from sitegen.build.indexed import experiment_entry, run_entries
from sitegen.build.packing import decode, encode
from sitegen.build.task import PackedRow
from sitegen.earlier import listed_runs
from sitegen.model import Experiment
from sitegen.pages.best import best_entry
from sitegen.pages.compared import judged_metrics
from sitegen.pages.data import by_shard, judged, places
from sitegen.pages.home_experiment import HomeExperiment, home_experiment
from sitegen.pages.nested_runs import Children, children_of


@dataclass(frozen=True, slots=True)
class Families:
    """The nested runs of an experiment: the lines about them by the id of their parent, and the parent of each."""

    children: Mapping[str, Children]
    parents: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Facts:
    """What the rest of the site shows of an experiment."""

    digest: str
    """That of its report."""
    now: int | None
    """The store's newest time, where its health depends on that; else None."""
    newest: int | None
    """The newest time of its own runs."""
    runs: int
    home: HomeExperiment
    best: Mapping[str, Any]
    """See `best_entry`."""
    judged: Sequence[Any]
    """See `pages.data.judged`."""
    metrics: Sequence[Sequence[Any]]
    """See `judged_metrics`."""
    families: Families
    indexed: str
    """The digest of what the search index says of it and its runs."""
    names: Mapping[str, Sequence[str]]
    """The names of the metrics, params and tags of its runs, by group."""
    listed: str
    """Its runs in `data/runs.json` (`earlier/records.py`)."""
    places: Mapping[str, bytes]
    """The entries of its runs in `data/places`, by shard, encoded."""


class ExperimentRuns:
    """An experiment with the rows of its runs, in part encoded. `judge` makes the report."""

    def __init__(
        self, experiment: Experiment, rows: Sequence[RunRow], packed: Sequence[PackedRow], facts: Facts | None = None
    ) -> None:
        self.experiment = experiment
        self.known = facts
        self.judge: Callable[[ExperimentTable], Report]
        self._rows = {row.run_id: row for row in rows}
        self._packed = {row.run_id: row.data for row in packed}

    @property
    def run_ids(self) -> list[str]:
        """The ids of its runs."""
        return [*self._rows, *self._packed]

    def row(self, run_id: str) -> RunRow:
        """The row of one of its runs."""
        return self._rows.get(run_id) or decode(self._packed[run_id], RunRow)

    @cached_property
    def table(self) -> ExperimentTable:
        """All its rows."""
        shared = Shared()
        rows = [*self._rows.values(), *(shared.row(decode(data, RunRow)) for data in self._packed.values())]
        [table] = gather(rows, [self.experiment])
        return table

    @cached_property
    def report(self) -> Report:
        """The results of its analysis."""
        return self.judge(self.table)

    @property
    def newest(self) -> int | None:
        """The newest time of its runs."""
        return self.known.newest if self.known else newest_time([self.table])


def facts_of(report: Report, contents: Mapping[str, str], now: int | None, digits: int) -> Facts:
    """The facts of an experiment. `contents` are the digests of the records of its runs, by id."""
    table, ranking = report.table, report.ranking
    entries = [experiment_entry(table), *run_entries(table)]
    rows: Known = {RunRow: lambda row: contents[row.run_id]}
    return Facts(
        digest=digest_of([table.experiment, table.rows, report.health], rows),
        now=now if depends_on_now(table) else None,
        newest=newest_time([table]),
        runs=len(table.rows),
        home=home_experiment(report),
        best=best_entry(report),
        judged=judged(table, ranking),
        metrics=judged_metrics(ranking),
        families=families_of(table.rows, ranking.objective if ranking else None),
        indexed=hashed(*(repr(entry).encode("utf-8", "surrogatepass") for entry in entries)),
        names={
            "metric": sorted({key for row in table.rows for key in row.metrics}),
            "param": sorted({key for row in table.rows for key in row.params}),
            "tag": sorted({key for row in table.rows for key in row.tags}),
        },
        listed=listed_runs(sorted(table.rows, key=lambda row: row.run_id)),
        places={shard: encode(found) for shard, found in by_shard(places(table, ranking), digits).items()},
    )


def families_of(rows: Sequence[RunRow], objective: Objective | None) -> Families:
    """The nested runs among `rows`: of each parent in the order in which they were started."""
    metric, direction = (objective.metric, objective.direction) if objective else ("", "max")
    found = by_parent(reversed(rows))
    return Families(
        {row.run_id: children_of(row, found[row.run_id], metric, direction) for row in rows if row.run_id in found},
        {row.run_id: row.parent_id for row in rows if row.parent_id},
    )
