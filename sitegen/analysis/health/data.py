"""Whether runs that are compared used the same data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sitegen.analysis.runs_table import RunRow, natural
from sitegen.analysis.words import listed, plural, shortened

NAMED = 3
MAX_KINDS = 40
"""With more kinds of data than this, kinds that are a part of others are not looked for."""

Data = frozenset[tuple[str, str]]
"""The data that a run used: (name, digest) of its datasets, and (name, version) where tags or params say one."""


@dataclass(frozen=True, slots=True)
class UnlikeData:
    """Runs on data of several kinds: `count` of them are not on the commonest; `fewer` are these."""

    sentence: str
    count: int
    fewer: tuple[RunRow, ...]
    data: Mapping[str, Data]
    """By run id."""
    one_name: bool
    """Whether it is one dataset of which there are several versions."""

    def note(self, row: RunRow) -> str:
        """The data that the run used."""
        return _named(self.data[row.run_id], self.one_name)


def unlike_data(rows: Sequence[RunRow]) -> UnlikeData | None:
    """How the data of `rows` differ; None if they do not. Runs that name no dataset are left out.

    A run that names only a part of another's datasets, as training data without validation data, is on the same.
    """
    used = [(row, frozenset((*row.datasets, *row.data_versions))) for row in rows if row.datasets or row.data_versions]
    kinds = Counter(data for _, data in used)
    whole = wholes(list(kinds))
    counts = Counter(whole[data] for _, data in used)
    if len(counts) < 2:
        return None
    commonest = min(counts, key=lambda data: (-counts[data], sorted(data)))
    fewer = tuple(row for row, data in used if whole[data] != commonest)
    by_run = {row.run_id: data for row, data in used}
    one_name = len({name for data in counts for name, _ in data}) == 1
    return UnlikeData(_describe(counts, one_name), len(fewer), fewer, by_run, one_name)


def wholes(kinds: Sequence[Data]) -> dict[Data, Data]:
    """For each kind of data the largest that holds all of it."""
    if len(kinds) > MAX_KINDS:
        return {kind: kind for kind in kinds}
    ordered = sorted(kinds, key=lambda kind: (-len(kind), sorted(kind)))
    return {kind: next(larger for larger in ordered if kind <= larger) for kind in kinds}


def _describe(counts: Counter[Data], one_name: bool) -> str:
    runs = plural(counts.total(), "ranked run")
    if one_name:
        name = next(name for data in counts for name, _ in data)
        return f"{runs} used {len(counts)} versions of the dataset {shortened(name, 40)}: {_list(counts, one_name)}."
    same_names = len({frozenset(name for name, _ in data) for data in counts}) == 1
    what = "versions of the same datasets" if same_names else "different sets of data"
    return f"{runs} used {len(counts)} {what}: {_list(counts, one_name)}."


def _list(counts: Counter[Data], one_name: bool) -> str:
    ordered = sorted(counts, key=lambda data: (-counts[data], sorted(data)))
    shown = [f"{_named(data, one_name)} in {plural(counts[data], 'run')}" for data in ordered[:NAMED]]
    return "; ".join([*shown, f"{len(ordered) - NAMED} more"] if len(ordered) > NAMED else shown)


def _named(data: Data, one_name: bool) -> str:
    ordered = sorted(data, key=lambda pair: (natural(pair[0]), pair[1]))
    digests = [shortened(digest, 12) for _, digest in ordered]
    names = [shortened(name, 40) for name, _ in ordered]
    shown = digests if one_name else [f"{name} ({digest})" for name, digest in zip(names, digests, strict=True)]
    return listed([*shown[:NAMED], f"{len(shown) - NAMED} more"] if len(shown) > NAMED else shown)
