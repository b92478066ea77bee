"""The order of an experiment's runs as a value; `best.py` makes it, `verdict.py` and `why.py` say what it means."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from sitegen.analysis.digits import Digits, digits_of
from sitegen.analysis.goals import Objective, Source
from sitegen.analysis.runs_table import RunRow
from sitegen.analysis.spread import Kind, Spread
from sitegen.analysis.words import plural, shortened

UNFINISHED = {"RUNNING": "is still running", "FAILED": "failed", "KILLED": "was killed"}

Reason = Literal["deleted", "filter", "missing", "constraint", "unfinished", "pruned", "diverged", "parent", "study"]
Lead = Literal["clear", "within noise", "tie", "ahead, spread unknown", "only one run", "no verdict"]


@dataclass(frozen=True, slots=True)
class Group:
    """Repeats of one configuration, which compete by the mean of their values: those that count, and their parent."""

    label: str
    members: tuple[RunRow, ...]
    kind: Kind
    parent: RunRow | None = None

    @property
    def size(self) -> str:
        """How many they are: `5 folds`."""
        return plural(len(self.members), {"repeats": "run"}.get(self.kind, self.kind.removesuffix("s")))


@dataclass(frozen=True, slots=True)
class RankedRun:
    """A run in the order: `rank` counts from 1, `margin` is its distance to the best value (0 or more), `lead` its
    distance to the next run in the order (0 in a tie, None for the last).

    `values` are those of all metrics of the objective; with several, `margin` is 0 and `lead` None. Where the run
    stands for a `group`, values are the means of the group; `row` is then its parent or its best member. `spread` is
    the scatter of the values that `value` is the mean of, if known.
    """

    row: RunRow
    value: float
    rank: int
    margin: float
    lead: float | None
    values: tuple[float, ...] = ()
    group: Group | None = None
    spread: Spread | None = None

    @property
    def name(self) -> str:
        """The run's name; of a group what tells it from the others: its parent's name or its params."""
        return self.group.label if self.group else self.row.name

    @property
    def described(self) -> str:
        """The name as written in a sentence: `lr = 0.1 (mean of 5 seeds)`."""
        return f"{shortened(self.name)} (mean of {self.group.size})" if self.group else shortened(self.name)

    @property
    def params(self) -> Mapping[str, str]:
        """The run's params; of a group those that all of its runs have in common."""
        if not self.group:
            return self.row.params
        first, *others = [member.params.items() for member in self.group.members]
        return dict(sorted(set(first).intersection(*others))) or self.row.params

    @property
    def run_ids(self) -> tuple[str, ...]:
        """The runs whose values count here."""
        return tuple(member.run_id for member in self.group.members) if self.group else (self.row.run_id,)


@dataclass(frozen=True, slots=True)
class UnrankedRun:
    """A run out of the order; `why` completes "dashing-owl-12: ..." ("never logged val_loss")."""

    row: RunRow
    why: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class Verdict:
    """How sure it is which run is best.

    `lead` and `metric` (how the metric was chosen) are the two facts; `headline` is the line on the best run,
    `evidence` the sentence on what the lead rests on, `notes` are what else a reader should know before trusting it.
    `gap` is the distance of the best two, `error` its standard error, None if that is unknown.
    """

    lead: Lead
    metric: Source
    headline: str
    evidence: str
    notes: tuple[str, ...] = ()
    gap: float | None = None
    error: float | None = None

    @property
    def record(self) -> dict[str, object]:
        """The verdict for programs: in best.json, from `sitegen best --json` and in Python."""
        return {
            "lead": self.lead,
            "metric": self.metric,
            "headline": self.headline,
            "evidence": self.evidence,
            "notes": list(self.notes),
            "gap": _finite(self.gap),
            "standard_error": _finite(self.error),
        }


def _finite(value: float | None) -> float | None:
    """`value`, None if it overflowed: JSON has no infinity."""
    return value if value is not None and math.isfinite(value) else None


MAX_COMPARED = 50
"""The number of first runs whose values are written with enough digits to tell them apart."""

NOT_JUDGED = Verdict(
    "no verdict", "guessed", "No metric says which run is best", "No metric was logged whose better direction is known."
)


@dataclass(frozen=True, slots=True)
class Study:
    """Runs of an experiment that are ranked apart from the others; `label` says what sets them apart."""

    label: str
    ranking: Ranking


@dataclass(frozen=True, slots=True)
class Ranking:
    """An experiment's runs by `objective`: best first, then what could not be ranked, in the table's order.

    Where the experiment holds several studies this is the largest of them, named by `study`; `studies` are the others.
    """

    objective: Objective
    ranked: tuple[RankedRun, ...]
    unranked: tuple[UnrankedRun, ...]
    why: str = ""
    verdict: Verdict = NOT_JUDGED
    study: str = ""
    studies: tuple[Study, ...] = ()

    @property
    def best(self) -> RankedRun | None:
        """The first of the ranked; None if no run is ranked, if several share the first rank, or if runs on the
        Pareto front differ."""
        if not self.ranked or self.tied or any(run.values != self.ranked[0].values for run in self.front):
            return None
        return self.ranked[0]

    @property
    def tied(self) -> tuple[RankedRun, ...]:
        """The runs that share the first rank, empty if one has it alone or several metrics decide."""
        first = tuple(run for run in self.ranked if run.rank == 1)
        return first if len(first) > 1 and not self.objective.also else ()

    @property
    def front(self) -> tuple[RankedRun, ...]:
        """The runs on the Pareto front; empty if one metric decides."""
        return tuple(run for run in self.ranked if run.rank == 1) if self.objective.also else ()

    @property
    def digits(self) -> tuple[Digits, ...]:
        """How to write the values of each metric, so that those of the first runs are told apart."""
        first = self.ranked[:MAX_COMPARED]
        columns = [[run.values[at] for run in first] for at in range(len(self.objective.targets))]
        return tuple(digits_of(column) if column else Digits() for column in columns)

    @property
    def ranks(self) -> dict[str, int]:
        """The rank of every run that has one, runs of a group have that of the group."""
        return {run_id: run.rank for run_id, run in self.by_run.items()}

    @property
    def by_run(self) -> dict[str, RankedRun]:
        """By run id, the entry in the order of every run that has one: its own, or that of its group."""
        members = {run_id: run for run in self.ranked for run_id in run.run_ids}
        return members | {run.row.run_id: run for run in self.ranked}
