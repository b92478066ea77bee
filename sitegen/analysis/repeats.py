"""Which runs belong together: repeats that differ only in a seed or a fold, children of one parent, runs of one kind.

Where nothing is configured, only certain repetitions are grouped: runs under one parent (or none) that have the
same params but for seeds and folds, of which one differs; children of one parent that have the same params altogether
and names that differ in a number only; and runs that repeat one configuration, code, data and tags included. A search
over params is never averaged unless asked for.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Hashable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from sitegen.analysis.runs_table import ExperimentTable, RunRow, natural
from sitegen.analysis.spread import Kind
from sitegen.analysis.words import listed, plural, shortened

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

MAX_LABELS = 4


@dataclass(frozen=True, slots=True)
class Repeats:
    """Runs that belong together. `label` says what they share as against the other groups; `parent` is theirs, where
    the group is its children."""

    label: str
    rows: tuple[RunRow, ...]
    kind: Kind
    parent: RunRow | None = None


@dataclass(frozen=True, slots=True)
class FoundGroups:
    """The groups of an experiment: `how` says what was grouped and why, `alone` counts the runs that are not parents
    and in no group."""

    how: str
    groups: tuple[Repeats, ...]
    alone: int

    @property
    def folds(self) -> bool:
        """Whether runs of a group may share training data."""
        return any(group.kind == "folds" for group in self.groups)


@dataclass(frozen=True, slots=True)
class _Found:
    """Groups of one kind as they are found: a sentence on them, the runs of each, and their parents."""

    how: str
    groups: Sequence[tuple[Sequence[RunRow], RunRow | None]]
    kind: Kind
    labels: Sequence[str] = ()


def find_repeats(table: ExperimentTable, keys: Sequence[str] = (), group_by: str = "") -> FoundGroups | None:
    """The groups of `table`, None if there are none.

    `keys` name what runs of a group share (`params.model`, `tags.variant`); without them `group_by` is `seeds`,
    `parents`, `none`, or empty: seeds, then children of one parent, then repeats of one configuration.
    """
    rows = [row for row in table.rows if row.lifecycle_stage != "deleted"]
    if group_by == "none" or len(rows) < 2:
        return None
    leaves = _leaves(rows)
    seeds = _seeds(rows)
    if keys:
        found = [_by_keys(leaves, keys)]
    elif group_by == "parents":
        found = [_by_parent(rows, leaves, asked=True)]
    else:
        found = _unasked(rows, leaves, seeds, group_by)
    kept = [one for one in found if one is not None]
    return _made(kept, set(seeds) if not keys else set(), len(leaves)) if kept else None


def _unasked(
    rows: Sequence[RunRow], leaves: Sequence[RunRow], seeds: Sequence[str], group_by: str
) -> list[_Found | None]:
    """The results of each way of finding repeats, on the runs that the earlier ways left over."""
    found = [_by_seed(rows, leaves, seeds)]
    if group_by != "seeds":
        found.append(_by_parent(rows, _left(leaves, found), asked=False))
        found.append(_by_configuration(_left(leaves, found)))
    return found


def _left(leaves: Sequence[RunRow], found: Sequence[_Found | None]) -> list[RunRow]:
    taken = {row.run_id for one in found if one for members, _ in one.groups for row in members}
    return [row for row in leaves if row.run_id not in taken]


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
    """The runs without nested runs: a parent repeats the params and a result of its children."""
    parents = {row.parent_id for row in rows}
    return [row for row in rows if row.run_id not in parents]


def _by_seed(rows: Sequence[RunRow], leaves: Sequence[RunRow], seeds: Sequence[str]) -> _Found | None:
    if not seeds:
        return None
    known = set(seeds)

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
    return _Found(how, _with_parents(found, rows, leaves), "folds" if folds else "seeds")


def _with_parents(
    found: Sequence[Sequence[RunRow]], rows: Sequence[RunRow], leaves: Sequence[RunRow]
) -> list[tuple[Sequence[RunRow], RunRow | None]]:
    """The groups with the parents whose nested runs they are, all of them."""
    by_id = {row.run_id: row for row in rows}
    children = Counter(row.parent_id for row in leaves)
    pairs = []
    for members in found:
        parent = members[0].parent_id
        whole = parent in by_id and children[parent] == len(members)
        pairs.append((members, by_id[str(parent)] if whole else None))
    return pairs


def _by_parent(rows: Sequence[RunRow], leaves: Sequence[RunRow], *, asked: bool) -> _Found | None:
    by_id = {row.run_id: row for row in rows}
    families = _gathered(leaves, lambda row: row.parent_id if row.parent_id in by_id else None)
    found = [
        (children, by_id[str(parent)])
        for parent, children in families.items()
        if asked or len({(frozenset(child.params.items()), _stem(child)) for child in children}) == 1
    ]
    if not found:
        return None
    how = f"{_groups_of([children for children, _ in found])} that are nested under one parent"
    how += "." if asked else " and have the same params."
    return _Found(how, found, "runs" if asked else "folds")


_RANDOM_NAME = re.compile(r"[a-z]+-[a-z]+-[0-9]{1,4}")
_NUMBERED = re.compile(r"[\W_]*[0-9][0-9\W_]*$")


def _stem(row: RunRow) -> str:
    """A run's name without the number at its end; empty for names that MLflow generates."""
    return "" if _RANDOM_NAME.fullmatch(row.name) else _NUMBERED.sub("", row.name)


def _by_configuration(leaves: Sequence[RunRow]) -> _Found | None:
    """Runs that agree in all that was logged before training: params, code, data, tags, and names but for a number."""

    def shared(row: RunRow) -> Hashable | None:
        if not row.params:
            return None
        said = frozenset(row.params.items()), frozenset(row.tags.items()), row.datasets
        return said, row.git_commit, row.source_name, row.parent_id, _stem(row)

    found = _gathered(leaves, shared)
    if not found:
        return None
    how = f"{_groups_of(list(found.values()))} that repeat one configuration."
    return _Found(how, [(members, None) for members in found.values()], "repeats")


def _by_keys(leaves: Sequence[RunRow], keys: Sequence[str]) -> _Found | None:
    pairs = [_key(key) for key in keys]

    def values(row: RunRow) -> tuple[str | None, ...] | None:
        found = tuple(getattr(row, kind).get(name) for kind, name in pairs)
        return None if all(value is None for value in found) else found

    found = _gathered(leaves, values)
    if not found:
        return None
    names = [name for _, name in pairs]
    quoted_names = listed([f"“{shortened(name, 30)}”" for name in names])
    how = f"{_groups_of(list(found.values()))} that share {quoted_names}, as the settings ask."
    labels = [_pairs_text(list(zip(names, shared, strict=True))) for shared in found]
    return _Found(how, [(members, None) for members in found.values()], "runs", labels)


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


def _made(found: Sequence[_Found], ignored: Collection[str], runs: int) -> FoundGroups:
    """The groups that were found, of all kinds, with labels that tell them apart."""
    pairs = [pair for one in found for pair in one.groups]
    kinds = [one.kind for one in found for _ in one.groups]
    labels = found[0].labels or _labels(pairs, ignored)
    groups = tuple(
        Repeats(label, tuple(rows), kind, parent)
        for (rows, parent), kind, label in zip(pairs, kinds, labels, strict=True)
    )
    how = " ".join(one.how for one in found)
    return FoundGroups(how, groups, runs - sum(len(group.rows) for group in groups))


# Labels


def _labels(found: Sequence[tuple[Sequence[RunRow], RunRow | None]], ignored: Collection[str]) -> list[str]:
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
    pairs_shown = [f"{shortened(key, 30)} = {_value(value)}" for key, value in pairs]
    more = f" and {len(pairs_shown) - MAX_LABELS} more" if len(pairs_shown) > MAX_LABELS else ""
    return ", ".join(pairs_shown[:MAX_LABELS]) + more if pairs_shown else "all params alike"


def _value(value: str | None) -> str:
    return "(none)" if value is None else shortened(value, 40) or "(empty)"
