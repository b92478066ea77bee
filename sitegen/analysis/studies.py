"""Several studies in one experiment: runs on different data, with a different target, or with different metrics.

Their values cannot be compared, so they are ranked apart. A param that names the data or the target tells studies
apart, else the datasets that runs were evaluated on (those of any use where none is said to be for evaluation), where
at least two studies have two runs. Runs that repeat each other are never put into different studies: in that case the
data vary between repeats, as a random split does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from sitegen.analysis.health.data import wholes
from sitegen.analysis.repeats import FoundGroups
from sitegen.analysis.runs_table import RunRow, number_of
from sitegen.analysis.words import listed, shortened

TARGETS = frozenset(
    ["target", "targetcol", "targetcolumn", "targetvariable", "targetname", "labelcol", "labelcolumn", "depvar", "task"]
    + ["taskname", "dataset", "datasetname", "benchmark", "envid", "envname", "game", "corpus"]
)
"""Params that name the data or the target; compared without case, `_` and `-`."""
EVALUATION = ("eval", "valid", "val", "test", "dev", "holdout")
FEWEST_RUNS = 2
MAX_STUDIES = 12


def studies_of(rows: Sequence[RunRow], repeats: FoundGroups | None) -> dict[str, list[RunRow]]:
    """The runs of each study by its label, in the order of their first run; empty if there is but one."""
    for key_of in (_target, _data):
        labels = _with_family({row.run_id: key_of(row) for row in rows}, rows)
        if key_of is _data:
            labels = _of_larger(labels, rows)
        found: dict[str, list[RunRow]] = {}
        for row in rows:
            found.setdefault(labels[row.run_id], []).append(row)
        if _are_studies(found) and not _tears(repeats, labels):
            return found
    return {}


def _are_studies(found: Mapping[str, Sequence[RunRow]]) -> bool:
    """Whether all runs are in a study, and enough studies have enough runs."""
    several = sum(len(members) >= FEWEST_RUNS for members in found.values())
    return "" not in found and several > 1 and len(found) <= MAX_STUDIES


def _tears(repeats: FoundGroups | None, labels: Mapping[str, str]) -> bool:
    groups = repeats.groups if repeats else ()
    return any(len({labels.get(row.run_id) for row in group.rows}) > 1 for group in groups)


def _with_family(labels: Mapping[str, str], rows: Sequence[RunRow]) -> dict[str, str]:
    """The labels; a run without one gets that of its parent, or else that of a run nested in it."""
    found = {row.run_id: labels[row.run_id] or labels.get(row.parent_id or "", "") for row in rows}
    for row in rows:
        if row.parent_id in found and not found[row.parent_id]:
            found[row.parent_id] = found[row.run_id]
    return found


def _target(row: RunRow) -> str:
    """`dataset = cifar10, target = price`, '' if no param says it."""
    found = [
        (key, value)
        for key, value in row.params.items()
        if _plain(key) in TARGETS and value.strip() and number_of(value) is None
    ]
    return ", ".join(f"{shortened(key, 30)} = {shortened(value, 40)}" for key, value in sorted(found))


@lru_cache(maxsize=8192)  # the runs of a store have the same keys
def _plain(key: str) -> str:
    return key.rpartition(".")[2].rpartition("/")[2].lower().replace("_", "").replace("-", "")


def _data(row: RunRow) -> str:
    pairs = list(zip(row.datasets, row.dataset_contexts or [None] * len(row.datasets), strict=False))
    evaluated = [pair for pair, context in pairs if context and context.lower().startswith(EVALUATION)]
    used = sorted(set(evaluated or row.datasets))
    return listed([f"{shortened(name, 40)} ({shortened(digest, 10)})" for name, digest in used])


def _of_larger(labels: Mapping[str, str], rows: Sequence[RunRow]) -> dict[str, str]:
    """The labels; runs that name only a part of the data of others get the label of those."""
    data = {labels[row.run_id]: frozenset(row.datasets) for row in rows if labels[row.run_id] and row.datasets}
    whole = wholes(list(dict.fromkeys(data.values())))
    by_data = {found: label for label, found in reversed(list(data.items()))}
    return {key: by_data.get(whole[data[label]], label) if label in data else label for key, label in labels.items()}
