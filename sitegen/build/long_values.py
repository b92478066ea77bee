"""Params and tags that are far longer than MLflow writes them, cut: a page shows them whole, and each is scanned,
searched and sorted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sitegen.model import Problem, Run

MAX_VALUE = 100_000
"""Characters of the longest param or tag; MLflow's longest are the texts of prompts."""
MAX_VALUES = 1_000_000
"""Characters of all params and tags of a run; where there are more, each is cut to `MAX_OF_MANY`."""
MAX_OF_MANY = 6_000
"""MLflow's own limit for a param."""


def within_limits(run: Run) -> tuple[Run, list[Problem]]:
    """`run` with its params and tags cut (the same object if none is long), and how many were."""
    size = sum(map(len, run.params.values())) + sum(map(len, run.tags.values()))
    if size <= MAX_VALUE:
        return run, []
    values = (*run.params.values(), *run.tags.values())
    most = MAX_VALUE if sum(min(len(value), MAX_VALUE) for value in values) <= MAX_VALUES else MAX_OF_MANY
    count = sum(len(value) > most for value in values)
    if not count:
        return run, []
    what = f"has {count} params or tags of more than {most:,} characters; truncated"
    return replace(run, params=_cut(run.params, most), tags=_cut(run.tags, most)), [Problem(f"run {run.run_id}", what)]


def _cut(values: Mapping[str, str], most: int) -> Mapping[str, str]:
    return {key: value if len(value) <= most else value[:most] + "…" for key, value in values.items()}
