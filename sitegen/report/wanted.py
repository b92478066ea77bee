"""What a report is asked for, found in the store: runs by id, the beginning of one, or name; experiments likewise."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from sitegen.analysis.words import shortened
from sitegen.errors import UsageError, did_you_mean
from sitegen.model import Catalog, RunRef
from sitegen.stores.contract import RunBatch, Store, read_in_chunks

LEAST = 6
"""Characters of the beginning of an id."""
MAX_NAMED = 5


@dataclass(frozen=True, slots=True)
class Item:
    """A run or an experiment."""

    kind: Literal["run", "experiment"]
    experiment_id: str
    ref: RunRef | None = None


@dataclass(frozen=True, slots=True)
class SomeExperiments:
    """A store of which only some experiments are read; a small picklable value like any store."""

    store: Store
    experiments: frozenset[str]

    @property
    def name(self) -> str:
        """That of the whole store."""
        return self.store.name

    def catalog(self) -> Catalog:
        """The catalog without the other experiments and their runs."""
        found = self.store.catalog()
        return replace(
            found,
            experiments=tuple(one for one in found.experiments if one.experiment_id in self.experiments),
            runs=tuple(ref for ref in found.runs if ref.experiment_id in self.experiments),
        )

    def read_runs(self, refs: Sequence[RunRef]) -> RunBatch:
        """As the whole store."""
        return self.store.read_runs(refs)

    def signature(self) -> str:
        """As the whole store."""
        return self.store.signature()

    def bytes_on_disk(self) -> int | None:
        """As the whole store."""
        return self.store.bytes_on_disk()


def choose(store: Store, catalog: Catalog, wanted: Sequence[str]) -> list[Item]:
    """The runs and experiments that `wanted` names, in that order, each once.

    Names of runs are read only if an id does not match. Raises UsageError for one that is not there (with the nearest)
    or that several have.
    """
    if not wanted:
        raise UsageError("Name what the report is about: runs or an experiment, by their ids or names.")
    items = [_by_id(catalog, text) for text in wanted]
    if None in items:
        names = [(run.name, run.run_id) for batch in read_in_chunks(store, catalog.runs) for run in batch.runs]
        items = [item or _by_name(catalog, text, names) for item, text in zip(items, wanted, strict=True)]
    return list(dict.fromkeys(item for item in items if item))


def _by_id(catalog: Catalog, text: str) -> Item | None:
    for ref in catalog.runs:
        if ref.run_id == text:
            return Item("run", ref.experiment_id, ref)
    for experiment in catalog.experiments:
        if text in (experiment.experiment_id, experiment.name):
            return Item("experiment", experiment.experiment_id)
    beginning = [ref for ref in catalog.runs if len(text) >= LEAST and ref.run_id.startswith(text)]
    if len(beginning) > 1:
        ids = _named(ref.run_id for ref in beginning)
        raise UsageError(f"Several runs begin with {text} ({ids}); give more of it.")
    return Item("run", beginning[0].experiment_id, beginning[0]) if beginning else None


def _by_name(catalog: Catalog, text: str, names: Sequence[tuple[str, str]]) -> Item:
    ids = {run_id for name, run_id in names if name == text}
    if len(ids) > 1:
        raise UsageError(f"Several runs are called {shortened(text)} ({_named(sorted(ids))}); give an id.")
    for ref in catalog.runs:
        if ref.run_id in ids:
            return Item("run", ref.experiment_id, ref)
    known = [*(name for name, _ in names), *(one.name for one in catalog.experiments)]
    raise UsageError(f"The store has no run and no experiment {shortened(text)}.{did_you_mean(text, known)}")


def _named(ids: Iterable[str]) -> str:
    found = list(ids)
    return ", ".join(found[:MAX_NAMED]) + (", ..." if len(found) > MAX_NAMED else "")
