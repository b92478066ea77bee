"""The results of the analysis of one experiment: the value that pages are made from."""

from __future__ import annotations

from dataclasses import dataclass

from sitegen.analysis.best import Ranking
from sitegen.analysis.groups import Grouping
from sitegen.analysis.health import Health
from sitegen.analysis.matters import Matters
from sitegen.analysis.ranking import NOT_JUDGED, Verdict
from sitegen.analysis.runs_table import ExperimentTable, RunRow
from sitegen.analysis.summary import ExperimentSummary


@dataclass(frozen=True, slots=True)
class Report:
    """An experiment with the results of its analysis."""

    table: ExperimentTable
    summary: ExperimentSummary
    ranking: Ranking | None
    grouping: Grouping | None = None
    baseline: RunRow | None = None
    matters: Matters | None = None
    health: Health | None = None

    @property
    def best(self) -> RunRow | None:
        return self.ranking.best.row if self.ranking and self.ranking.best else None

    @property
    def verdict(self) -> Verdict:
        """How sure it is which run is best, also where no metric decides."""
        return self.ranking.verdict if self.ranking else NOT_JUDGED
