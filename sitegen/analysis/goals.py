"""What an objective is: the metrics that decide, what must hold, what breaks a tie."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, cast

from sitegen.analysis.constraints import Constraint, quoted
from sitegen.analysis.direction import Better
from sitegen.analysis.reducers import PLAIN, Wanted, named
from sitegen.analysis.runs_table import RunRow
from sitegen.analysis.words import listed, shortened

Source = Literal["set", "recorded", "guessed"]
"""Where an objective is from: the settings, MLflow's tags or a framework's record, or names and values of metrics."""
Recency = Literal["newest", "oldest", "fastest"]
RECENCY: tuple[Recency, ...] = ("newest", "oldest", "fastest")


@dataclass(frozen=True, slots=True)
class Target:
    """One metric, which way it is better, and how its history is reduced to one number (see `reducers.py`)."""

    metric: str
    direction: Better
    reducer: str = "last"

    def value_of(self, row: RunRow) -> float | None:
        """The number of `row`, NaN and infinities as they are; None if it never logged the metric."""
        if self.reducer not in PLAIN:
            return row.reduced.get((self.metric, self.reducer))
        summary = row.metrics.get(self.metric)
        return None if summary is None else cast(float, getattr(summary, self.reducer))

    @property
    def label(self) -> str:
        """The metric as a sentence names it, with the reducer where that is not the usual one."""
        return named(shortened(self.metric), self.reducer)

    @property
    def sign(self) -> int:
        """The factor by which values are multiplied so that the smallest is best."""
        return 1 if self.direction == "min" else -1

    @property
    def superlative(self) -> str:
        return "lowest" if self.direction == "min" else "highest"

    @property
    def text(self) -> str:
        """The target in the form that `parse_objective` reads."""
        metric = self.metric if _is_plain(self.metric) else quoted(self.metric, always=True)
        return f"{self.direction} {metric}" + (f" {self.reducer}" if self.reducer != "last" else "")


TieBreak = Target | Recency


@dataclass(frozen=True, slots=True)
class Objective:
    """What runs are judged by: one metric, or several at once (`also`); `because` is a sentence for the page,
    `source` says where the metric is from.

    Runs that `where` filters out, or that do not meet a constraint, have no rank; `tie_break` orders equal ones.
    """

    metric: str
    direction: Better
    reducer: str
    because: str
    also: tuple[Target, ...] = ()
    constraints: tuple[Constraint, ...] = ()
    tie_break: tuple[TieBreak, ...] = ()
    where: str = ""
    source: Source = "set"

    @property
    def target(self) -> Target:
        """The first metric, by which runs are ordered."""
        return Target(self.metric, self.direction, self.reducer)

    @property
    def targets(self) -> tuple[Target, ...]:
        return (self.target, *self.also)

    def value_of(self, row: RunRow) -> float | None:
        """The number `row` is judged by first; see `Target.value_of`."""
        return self.target.value_of(row)

    @property
    def label(self) -> str:
        return self.target.label

    @property
    def description(self) -> str:
        """What is best, in words: `lowest val_loss`, `highest accuracy and lowest latency_ms`."""
        return listed([f"{target.superlative} {target.label}" for target in self.targets])

    @property
    def wanted(self) -> tuple[Wanted, ...]:
        """The reducers that need whole histories; workers compute these."""
        targets = [*self.targets, *(one for one in self.tie_break if isinstance(one, Target))]
        return tuple(
            dict.fromkeys((target.metric, target.reducer) for target in targets if target.reducer not in PLAIN)
        )

    @property
    def text(self) -> str:
        """The objective in the form that `parse_objective` reads."""
        parts = [", ".join(target.text for target in self.targets)]
        parts += _clause("with", [constraint.text for constraint in self.constraints])
        parts += _clause("ties by", [one.text if isinstance(one, Target) else one for one in self.tie_break])
        parts += [f"where {self.where}"] if self.where else []
        return " ".join(parts)


KEYWORDS = frozenset(["with", "where", "ties", "by", "min", "minimize", "minimise", "max", "maximize", "maximise"])
"""Keywords of the language; a metric with such a name must be in quotes."""


def _is_plain(metric: str) -> bool:
    return metric.lower() not in KEYWORDS | set(RECENCY) and quoted(metric) == metric


def _clause(word: str, items: Sequence[str]) -> list[str]:
    return [f"{word} {', '.join(items)}"] if items else []
