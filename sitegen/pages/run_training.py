"""What training did, in words, for the page of a run."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from sitegen.analysis.curves import Curve, MetricSummary
from sitegen.analysis.direction import Better
from sitegen.analysis.runs_table import RunRow
from sitegen.analysis.training import MIN_POINTS, Training, judged_curve, training_curve, training_of
from sitegen.analysis.words import number, shortened
from sitegen.model import Experiment
from sitegen.pages.run_metrics import MetricLine, metric_line

MAX_STEP = 10**9
"""Steps from here on are times, or not for a sentence."""


@dataclass(frozen=True, slots=True)
class TrainingLine:
    """What training did, by one curve of the run."""

    label: str
    """The verdict in a word or two: `Converged`."""
    text: str
    """The metric, its best value, and what it did since, without a full stop."""
    rule: str
    """By which rule that is said, in a sentence."""


_RULES = {
    "converged": "Converged: in its last quarter the curve gained at most 3.5% of all it gained, or only noise.",
    "improving": "Improving: in its last quarter the curve gained over 3.5% of all it gained, and more than noise.",
    "worse": "Worse at the end: the curve lost over 7% of what it had gained, and more than noise.",
    "overfits": "Overfits: the curve lost over 7% of what it had gained, while training data went on to improve.",
    "diverged": "Diverged: the curve ends in a value that is not a number, or no better than where it began.",
    "unchanged": "No change: from start to end the curve gained no more than noise.",
    "unclear": "Noisy: the last quarter of the curve scatters too much to tell whether it is flat.",
    "short": f"Fewer than {MIN_POINTS} points are too few to tell what training did.",
}

_LABELS = {
    "worse": "Past its best",
    "unchanged": "No change",
    "unclear": "Noisy at the end",
    "short": "Too short to tell",
}
"""The verdicts that are not a label by themselves."""


def training_line(
    row: RunRow, curves: Mapping[str, Curve], experiment: Experiment, judged: tuple[str, Better] | None = None
) -> TrainingLine | None:
    """What training did, by the curve that `judged_curve` chooses.

    None for a run without a curve of which it is known which way is better.
    """
    chosen = judged_curve(row, curves, experiment, judged) if curves else None
    if chosen is None:
        return None
    metric, better = chosen
    found, other = training_of(curves[metric], better), None
    if found.verdict in ("worse", "diverged") and (other := training_curve(metric, curves)):
        found = training_of(curves[metric], better, curves[other])
    words = _Words(metric, better, row.metrics[metric], other or "", found)
    return TrainingLine(words.label, words.text, _RULES[found.verdict])


@dataclass(frozen=True, slots=True)
class _Words:
    """The words for what one curve did."""

    metric: str
    better: Better
    summary: MetricSummary
    training: str
    found: Training

    @property
    def label(self) -> str:
        if self.found.verdict == "improving":
            return "Still falling" if self.better == "min" else "Still rising"
        return _LABELS.get(self.found.verdict, self.found.verdict.capitalize())

    @property
    def text(self) -> str:
        name, line = shortened(self.metric), metric_line(self.metric, self.summary, "", full=False)
        best = self._best(line)
        match self.found.verdict:
            case "converged":
                flat = self.summary.last_step - self.found.since
                since = f"for the last {flat:,} steps" if self._is_stepped and flat > 0 else "at its end"
                return f"{name} is flat {since}, {best}"
            case "diverged":
                return f"{name} {self._end(line)}, {best}"
            case "worse":
                return f"{name} {self._end(line)}, {best}"
            case "overfits":
                way = "falling" if self.better == "min" else "rising"
                return f"{name} {self._end(line)} while {shortened(self.training)} kept {way}, {best}"
            case "unchanged":
                return f"{name} did not change by more than noise, {best}"
            case "short":
                return f"{name} has {self.summary.count} points, {best}"
        return f"{name} is {best}"

    def _best(self, line: MetricLine) -> str:
        value = line.min if self.better == "min" else line.max
        if not self._is_stepped:
            return f"best {value}"
        return f"best {value} at step {self.found.best_at:,} of {self.summary.last_step:,}"

    def _end(self, line: MetricLine) -> str:
        """How it got from its best to its last value."""
        last = self.found.ended_in
        if last is not None and not math.isfinite(last):
            at = f" after step {self.found.since:,}" if self._is_stepped else " at the end"
            return f"is {number(last)}{at}"
        return f"{'rose' if self.better == 'min' else 'fell'} to {line.last} at the end"

    @property
    def _is_stepped(self) -> bool:
        s = self.summary
        return 0 < s.last_step < MAX_STEP and (s.min_step != s.max_step or s.min_step != s.last_step)
