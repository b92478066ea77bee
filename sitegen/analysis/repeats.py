"""Which runs belong together: repeats that differ only in a seed or a fold, children of one parent, runs of one kind.

Where nothing is configured, only what is surely a repetition is grouped: runs under one parent (or none) that have the
same params but for seeds and folds, of which one differs; or children of one parent that have the same params
altogether. A search over params is never averaged unasked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from sitegen.analysis.runs_table import ExperimentTable, RunRow, natural
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
    parent: RunRow | None = None


@dataclass(frozen=True, slots=True)
class FoundGroups:
    """The groups of an experiment: `how` says what was grouped and why, `folds` whether they may share training data,
    `alone` how many runs that are no parents are in no group."""

    how: str
    groups: tuple[Repeats, ...]
    folds: bool
    alone: int


Found = Sequence[tuple[Sequence[RunRow], RunRow | None]]


def find_repeats(table: ExperimentTable, keys: Sequence[str] = (), group_by: str = "") -> FoundGroups | None:
    """The groups of `table`, None where there are none.

    `keys` name what runs of a group share (`params.model`, `tags.variant`); without them `group_by` is `seeds`,
    `parents`, `none`, or empty: seeds, else parents.
    """
    rows = [row for row in table.rows if row.lifecycle_stage != "deleted"]
    if group_by == "none" or len(rows) < 2:
        return None
    if keys:
        return _by_keys(rows, keys)
    if group_by == "parents":
        return _by_parent(rows, asked=True)
    found = _by_seed(rows)
    return found if found or group_by == "seeds" else _by_parent(rows, asked=False)


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


def _by_seed(rows: Sequence[RunRow]) -> FoundGroups | None:
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
    return _made(how, groups, _labels(groups, known), len(leaves), folds)


def _by_parent(rows: Sequence[RunRow], *, asked: bool) -> FoundGroups | None:
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
    return _made(how, found, _labels(found, set()), len(leaves), not asked)


def _by_keys(rows: Sequence[RunRow], keys: Sequence[str]) -> FoundGroups | None:
    pairs = [_key(key) for key in keys]

    def values(row: RunRow) -> tuple[str | None, ...] | None:
        found = tuple(getattr(row, kind).get(name) for kind, name in pairs)
        return None if all(value is None for value in found) else found

    leaves = _leaves(rows)
    found = _gathered(leaves, values)
    if not found:
        return None
    names = [name for _, name in pairs]
    shared_keys = listed([f"“{shortened(name, 30)}”" for name in names])
    how = f"{_groups_of(list(found.values()))} that share {shared_keys}, as the settings ask."
    labels = [_pairs_text(list(zip(names, shared, strict=True))) for shared in found]
    groups = [(members, None) for members in found.values()]
    return _made(how, groups, labels, len(leaves))


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


def _made(how: str, found: Found, labels: Sequence[str], runs: int, folds: bool = False) -> FoundGroups:
    groups = tuple(Repeats(label, tuple(rows), parent) for (rows, parent), label in zip(found, labels, strict=True))
    return FoundGroups(how, groups, folds, runs - sum(len(group.rows) for group in groups))


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
    pairs_shown = [f"{shortened(key, 30)} = {_value(value)}" for key, value in pairs]
    more = f" and {len(pairs_shown) - MAX_LABELS} more" if len(pairs_shown) > MAX_LABELS else ""
    return ", ".join(pairs_shown[:MAX_LABELS]) + more if pairs_shown else "all params alike"


def _value(value: str | None) -> str:
    return "(none)" if value is None else shortened(value, 40) or "(empty)"
