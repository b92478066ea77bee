"""The store that is read where a folder holds several."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sitegen.model import Catalog, Problem, RunRef
from sitegen.stores.contract import RunBatch, Store


def the_one_with_runs(stores: Sequence[Store]) -> Store:
    """Of several stores in a folder the first with runs: a database rather than the folder it was migrated from."""
    with_runs = [store for store in stores if store.catalog().runs]
    if len(with_runs) < 2:
        return (with_runs or stores)[0]
    return Chosen(with_runs[0], tuple(store.name for store in with_runs[1:]))


@dataclass(frozen=True, slots=True)
class Chosen:
    """The store that was chosen where a folder holds several; `others` names those that were not."""

    store: Store
    others: tuple[str, ...]

    @property
    def name(self) -> str:
        """The name of the chosen one."""
        return self.store.name

    def catalog(self) -> Catalog:
        """The catalog of the chosen store, with a note of the others."""
        catalog = self.store.catalog()
        what = f"holds runs too and was not read: {self.name} was; give its path to read it"
        others = (Problem(name, what) for name in self.others)
        return replace(catalog, problems=(*catalog.problems, *others))

    def read_runs(self, refs: Sequence[RunRef]) -> RunBatch:
        """The runs behind `refs`."""
        return self.store.read_runs(refs)

    def signature(self) -> str:
        """The signature of the chosen store."""
        return self.store.signature()

    def bytes_on_disk(self) -> int | None:
        """See `Store`."""
        return self.store.bytes_on_disk()
