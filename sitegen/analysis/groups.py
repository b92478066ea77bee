"""Runs that belong together: repeats that differ only in a seed or a fold, children of one parent, runs of one kind.

A group is judged by the mean of its runs, with a 95 % confidence interval (`statistics.py`). Only runs that the ranking
counts go into a mean: the others are counted beside it. Where nothing is configured, only what is surely a repetition
is grouped: runs under one parent (or none) that have the same params but for seeds and folds, of which one differs; or
children of one parent that have the same params altogether. A search over params is never averaged unasked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from sitegen.analysis.best import Ranking, rank
from sitegen.analysis.direction import words_of
from sitegen.analysis.goals import Aim, Objective
from sitegen.analysis.objective import choose_objective, judged_rows
from sitegen.analysis.runs_table import ExperimentTable, RunRow, metric_keys, natural
from sitegen.analysis.statistics import Mean, mean_of
from sitegen.analysis.verdict import verdict_on
from sitegen.analysis.words import listed, plural, shortened
from sitegen.model import Experiment

SEEDS = frozenset(
    ["seed", "seeds", "random seed", "randomseed", "random seeds", "random state", "randomstate", "rng", "rng state"]
    + ["pythonhashseed", "repeat", "repetition", "replicate", "replica", "rep", "restart"]
)
FOLDS = frozenset(
    ["fold", "cv fold", "fold id", "fold idx", "fold index", "fold number", "fold num", "fold no", "kfold index"]
    + ["split", "cv split", "split id", "split idx", "split index", "split number"]
)
"""Names of params that tell repetitions apart, in lower case with spaces between words; so do those that end with
`SEED_ENDS`. Of a dotted or slashed name (`trainer/seed`) the last part counts."""
SEED_ENDS = (" seed", " random state")
_NONE = frozenset(["", "none", "null"])

K = TypeVar("K", bound=Hashable)
Found = Sequence[tuple[Sequence[RunRow], RunRow | None]]
"""Groups as they are found: their runs, and the parent where they are its children."""

MAX_METRICS = 4
MAX_LABELS = 4


@dataclass(frozen=True, slots=True)
class Group:
    """Runs that belong together, `counted` those among them that go into the means.

    `label` says what they share as against the other groups; `means` are of the metrics of the grouping, None where no
    run has a value; `rank` is None where the first metric has fewer than two values.
    """

    label: str
    rows: tuple[RunRow, ...]
    counted: tuple[RunRow, ...]
    means: tuple[Mean | None, ...]
    rank: int | None
    run: RunRow | None = None
    """The parent, where the group is its children."""

    @property
    def mean(self) -> Mean | None:
        return self.means[0]


@dataclass(frozen=True, slots=True)
class Grouping:
    """The groups of an experiment, best mean first. `how` says what was grouped and why, `verdict` what a reader may
    conclude; `alone` counts runs without a group, `left_out` those of a group that the ranking does not count."""

    how: str
    verdict: str
    targets: tuple[Aim, ...]
    groups: tuple[Group, ...]
    alone: int
    left_out: int


def find_groups(
    table: ExperimentTable, ranking: Ranking | None, keys: Sequence[str] = (), group_by: str = ""
) -> Grouping | None:
    """The groups of `table`, None where there are none.

    `keys` name what runs of a group share (`params.model`, `tags.variant`); without them `group_by` is `seeds`,
    `parents`, `none`, or empty: seeds, else parents.
    """
    rows = [row for row in table.rows if row.lifecycle_stage != "deleted"]
    if group_by == "none" or len(rows) < 2:
        return None
    if keys:
        return _by_keys(rows, keys, ranking, table)
    if group_by == "parents":
        return _by_parent(rows, ranking, table, asked=True)
    found = _by_seed(rows, ranking, table)
    return found if found or group_by == "seeds" else _by_parent(rows, ranking, table, asked=False)


# What belongs together


def is_seed(key: str) -> bool:
    """Whether a param of this name only tells repetitions apart."""
    plain = _plain(key)
    return plain in SEEDS or plain in FOLDS or plain.endswith(SEED_ENDS)


def _seeds(rows: Sequence[RunRow]) -> list[str]:
    """The seed- and fold-like params of `rows`: by their name, and with a digit in each value.

    `split = train` and `repeat = True` are choices, not repetitions.
    """
    keys = [key for key in {key for row in rows for key in row.params} if is_seed(key)]
    found = {key: {row.params[key] for row in rows if key in row.params} for key in keys}
    numbered = (key for key, values in found.items() if all(map(_is_numbered, values)))
    return sorted(numbered, key=natural)


def _is_numbered(value: str) -> bool:
    return value.strip().lower() in _NONE or any(character.isdecimal() for character in value)


def _plain(key: str) -> str:
    last = key.replace(".", "/").rpartition("/")[2]
    return " ".join(last.lower().replace("_", " ").replace("-", " ").split())


def _gathered(rows: Sequence[RunRow], key_of: Callable[[RunRow], K | None]) -> dict[K, list[RunRow]]:
    found: dict[K, list[RunRow]] = {}
    for row in rows:
        key = key_of(row)
        if key is not None:
            found.setdefault(key, []).append(row)
    return {key: members for key, members in found.items() if len(members) > 1}


def _leaves(rows: Sequence[RunRow]) -> list[RunRow]:
    """The runs that are nobody's parent: a parent's params are its children's, its result is one of theirs."""
    parents = {row.parent_id for row in rows}
    return [row for row in rows if row.run_id not in parents]


def _by_seed(rows: Sequence[RunRow], ranking: Ranking | None, table: ExperimentTable) -> Grouping | None:
    seeds = _seeds(rows)
    if not seeds:
        return None
    known = set(seeds)
    leaves = _leaves(rows)

    def shared(row: RunRow) -> Hashable | None:
        if known.isdisjoint(row.params):
            return None
        # Sets are made and subtracted as a whole: a loop over ten thousand runs' params would be half of the time.
        return row.parent_id, frozenset(row.params.items()).difference((key, row.params.get(key)) for key in seeds)

    def seed_of(row: RunRow) -> tuple[str | None, ...]:
        return tuple(row.params.get(key) for key in seeds)

    found = [members for members in _gathered(leaves, shared).values() if len({*map(seed_of, members)}) > 1]
    if not found:
        return None
    varied = [key for key in seeds if any(len({row.params.get(key) for row in group}) > 1 for group in found)]
    names = listed([f"“{shortened(key, 30)}”" for key in varied])
    how = f"{_groups_of(found)} that differ only in the {'param' if len(varied) == 1 else 'params'} {names}."
    folds = any(_plain(key) in FOLDS for key in varied)
    groups = [(members, None) for members in found]
    return _grouping(how, groups, ranking, table, runs=len(leaves), labels=_labels(groups, known), folds=folds)


def _by_parent(
    rows: Sequence[RunRow], ranking: Ranking | None, table: ExperimentTable, *, asked: bool
) -> Grouping | None:
    by_id = {row.run_id: row for row in rows}
    leaves = _leaves(rows)
    families = _gathered(leaves, lambda row: row.parent_id if row.parent_id in by_id else None)
    found = [
        (children, by_id[str(parent)])
        for parent, children in families.items()
        if asked or len({frozenset(child.params.items()) for child in children}) == 1
    ]
    if not found:
        return None
    how = f"{_groups_of([children for children, _ in found])} that are nested under one parent"
    how += "." if asked else " and have the same params."
    return _grouping(how, found, ranking, table, runs=len(leaves), labels=_labels(found, set()), folds=not asked)


def _by_keys(
    rows: Sequence[RunRow], keys: Sequence[str], ranking: Ranking | None, table: ExperimentTable
) -> Grouping | None:
    pairs = [_key(key) for key in keys]

    def values(row: RunRow) -> tuple[str | None, ...] | None:
        found = tuple(getattr(row, kind).get(name) for kind, name in pairs)
        return None if all(value is None for value in found) else found

    leaves = _leaves(rows)
    found = _gathered(leaves, values)
    if not found:
        return None
    names = [name for _, name in pairs]
    description = listed([f"“{shortened(name, 30)}”" for name in names])
    how = f"{_groups_of(list(found.values()))} that share {description}, as the settings ask."
    labels = [_pairs_text(list(zip(names, shared, strict=True))) for shared in found]
    groups = [(members, None) for members in found.values()]
    return _grouping(how, groups, ranking, table, runs=len(leaves), labels=labels)


def _key(key: str) -> tuple[str, str]:
    """`params.model` as (params, model); without a group a param is meant."""
    group, dot, name = key.partition(".")
    kinds = {"params": "params", "param": "params", "tags": "tags", "tag": "tags"}
    return (kinds[group], name) if dot and group in kinds else ("params", key)


def _groups_of(groups: Sequence[Sequence[RunRow]]) -> str:
    """`5 groups of 3 runs`, `5 groups of 2 to 4 runs`, `1 group of 3 runs`."""
    sizes = sorted({len(group) for group in groups})
    runs = f"{sizes[0]} runs" if len(sizes) == 1 else f"{sizes[0]} to {sizes[-1]} runs"
    return f"{plural(len(groups), 'group')} of {runs}"


# Means and ranks


def _grouping(
    how: str,
    found: Found,
    ranking: Ranking | None,
    table: ExperimentTable,
    *,
    runs: int,
    labels: Sequence[str],
    folds: bool = False,
) -> Grouping | None:
    members = [row for rows, _ in found for row in rows]
    counted = {entry.row.run_id for entry in ranking.ranked} if ranking else set()
    if ranking and counted.isdisjoint(row.run_id for row in members):
        missing, ranking = ranking.objective.label, _own_ranking(members, ranking.objective, table)
        how += f" They are compared by {ranking.objective.label}: they did not log {missing}." if ranking else ""
    targets = _aims(ExperimentTable(table.experiment, members), ranking)
    if not targets:
        return None
    counted = {entry.row.run_id for entry in ranking.ranked} if ranking else {row.run_id for row in judged_rows(table)}
    groups = []
    for (rows, parent), label in zip(found, labels, strict=True):
        used = [row for row in rows if row.run_id in counted]
        groups.append(
            Group(label, tuple(rows), tuple(used), tuple(_mean(used, target) for target in targets), None, parent)
        )
    ranked = _ranked(groups, targets[0]) if ranking else sorted(groups, key=lambda group: natural(group.label))
    means = [(group.label, group.mean) for group in ranked if group.rank is not None and group.mean]
    verdict = verdict_on(means, targets[0], folds) if ranking else ""
    left_out = sum(row.run_id not in counted for row in members)
    return Grouping(how, verdict, targets, tuple(ranked), runs - len(members), left_out)


def _own_ranking(members: Sequence[RunRow], objective: Objective, table: ExperimentTable) -> Ranking | None:
    """The ranking of runs that lack the experiment's metric, as folds do whose parent logs `avg_roc_auc`.

    They are judged by the metric that it is the average of, else by what would be chosen for them alone.
    """
    experiment = Experiment(table.experiment.experiment_id, table.experiment.name)
    own = ExperimentTable(experiment, members)
    wanted = [word for word in words_of(objective.metric) if word not in _AVERAGES]
    same = [key for key in metric_keys(own) if words_of(key) == wanted]
    found = Objective(same[0], objective.direction, "last", "") if same else choose_objective(own)
    return rank(own, found) if found else None


_AVERAGES = frozenset(["avg", "average", "mean", "cv"])


def _mean(rows: Sequence[RunRow], target: Aim) -> Mean | None:
    return mean_of([value for row in rows if (value := target.value_of(row)) is not None])


def _aims(table: ExperimentTable, ranking: Ranking | None) -> tuple[Aim, ...]:
    """The metrics of the objective, then the commonest others, `MOST_METRICS` in all."""
    targets = list(ranking.objective.targets) if ranking else []
    taken = {target.metric for target in targets}
    counts = Counter(key for row in table.rows for key in row.metrics if not key.startswith("system/"))
    others = sorted((key for key in counts if key not in taken), key=lambda key: (-counts[key], natural(key)))
    return tuple([*targets, *(Aim(key, "max") for key in others)][:MAX_METRICS])


def _ranked(groups: Sequence[Group], target: Aim) -> list[Group]:
    """Groups with at least two values by their mean, groups of one mean sharing a rank, then the others by label."""
    usable = [(target.sign * group.mean.mean, group) for group in groups if group.mean and group.mean.n > 1]
    usable.sort(key=lambda pair: (pair[0], natural(pair[1].label)))
    ranked: list[Group] = []
    for at, (cost, group) in enumerate(usable):
        tied = at > 0 and usable[at - 1][0] == cost
        ranked.append(replace(group, rank=ranked[-1].rank if tied else at + 1))
    others = [group for group in groups if not (group.mean and group.mean.n > 1)]
    return ranked + sorted(others, key=lambda group: natural(group.label))


# Labels


def _labels(found: Found, ignored: set[str]) -> list[str]:
    """What tells each group from the others: its parent's name, or the params that differ between groups."""
    firsts = [members[0] for members, parent in found if parent is None]
    keys = sorted({key for row in firsts for key in row.params if key not in ignored}, key=natural)
    differing = [key for key in keys if len({row.params.get(key) for row in firsts}) > 1]
    names = [
        parent.name if parent else _pairs_text([(key, members[0].params.get(key)) for key in differing])
        for members, parent in found
    ]
    same = Counter(names)
    ids = [(parent or members[0]).run_id[:8] for members, parent in found]
    return [name if same[name] == 1 else f"{name} ({run_id})" for name, run_id in zip(names, ids, strict=True)]


def _pairs_text(pairs: Sequence[tuple[str, str | None]]) -> str:
    description = [f"{shortened(key, 30)} = {_value(value)}" for key, value in pairs]
    more = f" and {len(description) - MAX_LABELS} more" if len(description) > MAX_LABELS else ""
    return ", ".join(description[:MAX_LABELS]) + more if description else "all params alike"


def _value(value: str | None) -> str:
    return "(none)" if value is None else shortened(value, 40) or "(empty)"
