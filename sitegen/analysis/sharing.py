"""Keep what the rows of runs have in common once: rows that come from other processes repeat every key and value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sitegen.analysis.curves import MetricSummary
from sitegen.analysis.runs_table import RunRow

MAX_KNOWN = 200_000
"""How many strings are remembered: those that come often are among the first."""


class Shared:
    """Replaces strings by equal ones that were met before, and the numbers of metrics of one point by one of them."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}

    def row(self, row: RunRow) -> RunRow:
        """An equal row, of about half the size in memory."""
        return replace(
            row,
            experiment_id=self._text(row.experiment_id),
            status=self._text(row.status),
            lifecycle_stage=self._text(row.lifecycle_stage),
            user=self._text(row.user),
            source_name=self._text(row.source_name),
            params=self._texts(row.params),
            tags=self._texts(row.tags),
            mlflow_tags=self._texts(row.mlflow_tags),
            metrics={self._text(key): _once(summary) for key, summary in row.metrics.items()},
        )

    def _text(self, text: str) -> str:
        known = self._known.get(text)
        if known is None:
            if len(self._known) >= MAX_KNOWN:
                return text
            known = self._known[text] = text
        return known

    def _texts(self, texts: Mapping[str, str]) -> dict[str, str]:
        one = self._text
        return {one(key): one(text) for key, text in texts.items()}


def _once(summary: MetricSummary) -> MetricSummary:
    """Equal to `summary`; with the same object for the same number, where there is one point."""
    if summary.count != 1:
        return summary
    last, step = summary.last, summary.last_step
    if last and last == summary.first == summary.min == summary.max == summary.mean:  # 0.0 equals -0.0
        return summary._replace(first=last, min=last, max=last, mean=last, min_step=step, max_step=step)
    return summary
