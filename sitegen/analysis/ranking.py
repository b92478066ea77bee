"""The order of an experiment's runs as a value; `best.py` makes it, `why.py` puts it into words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sitegen.analysis.goals import Objective
from sitegen.analysis.runs_table import RunRow

UNFINISHED = {"RUNNING": "is still running", "FAILED": "failed", "KILLED": "was killed"}

Reason = Literal["deleted", "filter", "missing", "constraint", "unfinished"]


@dataclass(frozen=True, slots=True)
class RankedRun:
    """A run in the order: `rank` counts from 1, `margin` is its distance to the best value (0 or more), `lead` its
    distance to the next run in the order (0 in a tie, None for the last).

    `values` are those of all metrics of the objective; with several, `margin` is 0 and `lead` None.
    """

    row: RunRow
    value: float
    rank: int
    margin: float
    lead: float | None
    values: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class UnrankedRun:
    """A run out of the order; `why` completes "dashing-owl-12: ..." ("never logged val_loss")."""

    row: RunRow
    why: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class Ranking:
    """An experiment's runs by `objective`: best first, then what could not be ranked, in the table's order."""

    objective: Objective
    ranked: tuple[RankedRun, ...]
    unranked: tuple[UnrankedRun, ...]
    why: str = ""

    @property
    def best(self) -> RankedRun | None:
        """The first of the ranked; in a tie that nothing breaks the newest.

        None where no run is ranked, and where runs on the Pareto front differ: then none is the best.
        """
        if not self.ranked or any(run.values != self.ranked[0].values for run in self.front):
            return None
        return self.ranked[0]

    @property
    def front(self) -> tuple[RankedRun, ...]:
        """The runs on the Pareto front; empty where one metric decides."""
        return tuple(run for run in self.ranked if run.rank == 1) if self.objective.also else ()
