"""Readers of run stores, and the one function that chooses among them.

A reader is a small picklable value (paths and options, no open files), so that workers can each take it and read
their own runs. A new kind of store is one module whose `find` gives the stores at a path, and one word in `open_store`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol, runtime_checkable

from sitegen.errors import StoreError
from sitegen.model import Artifact, Catalog, Problem, Run, RunRef, Trace


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How to read. `artifact_roots` are further folders in which artifacts may be looked for.

    `artifact_map` says of beginnings of artifact URIs which folder they stand for; see `moves.Moves`.

    `fetch_artifacts` says of an artifact that is not on this machine, by its path and size, whether to fetch it;
    without it such artifacts are not even listed. It has to be a function that can be pickled.
    """

    deleted: bool = False
    artifact_roots: tuple[Path, ...] = ()
    fetch_artifacts: Callable[[Artifact], bool] | None = None
    artifact_map: tuple[tuple[str, Path], ...] = ()


@dataclass(slots=True)
class RunBatch:
    """Runs as read, in the order of the given refs; what could not be read is missing here and named in `problems`.

    `deleted` counts the runs that are deleted and were left out, which only shows when they are read.
    """

    runs: list[Run] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    deleted: int = 0


class Store(Protocol):
    """A store that was found at a location; see `model.Catalog` and `model.Run` for what its methods give."""

    @property
    def name(self) -> str:
        """The name of its folder, file or database."""
        ...

    def catalog(self) -> Catalog:
        """Experiments, models and the list of runs; reads no run. Raises StoreError when nothing is readable."""
        ...

    def read_runs(self, refs: Sequence[RunRef]) -> RunBatch:
        """The runs behind `refs`, whole, histories included. Called in worker processes, a chunk at a time."""
        ...

    def signature(self) -> str:
        """A text that changes when the store does; cheap enough to ask every second."""
        ...


@runtime_checkable
class HasTraces(Protocol):
    """A store whose traces can be read. They are private and may be many: no part of `catalog()` or of a site."""

    def traces(self, experiment_id: str, problems: list[Problem]) -> Iterator[Trace]:
        """The traces of an experiment by id, read a few at a time; none where it has none or is not there.

        What cannot be read is named in `problems` as the iterator comes to it.
        """
        ...

    def trace_count(self, experiment_id: str) -> int:
        """How many there are, without reading them."""
        ...


def with_traces(store: Store) -> HasTraces | None:
    """The store as one whose traces can be read, None if it is of a kind that has none."""
    while not isinstance(store, HasTraces):
        inner = getattr(store, "store", None)  # of a folder's stores the chosen one, or one whose artifacts are fetched
        if inner is None:
            return None
        store = inner
    return store


def open_store(location: str, options: ReadOptions = ReadOptions()) -> Store:
    """The store at `location`: a path, an MLflow URI such as `file:///p/mlruns`, the address of a server or a bucket.

    Raises StoreError with one sentence when there is none that sitegen can read.
    """
    store = _open(location, options)
    if options.fetch_artifacts is None:
        return store
    from sitegen.stores import remote

    return remote.RemoteArtifacts(store, options.fetch_artifacts)


def _open(location: str, options: ReadOptions) -> Store:
    from sitegen.stores import locations, mlruns, parquet, sqlite

    if locations.is_tracking_server(location):
        from sitegen.stores.tracking import server

        return server.open_server(location, options)
    if locations.server_kind(location):
        from sitegen.stores import servers

        return servers.open_server(location, options)
    if locations.is_bucket(location):
        return parquet.open_bucket(location, options)
    path = locations.local_path(location)
    if not path.exists():
        raise StoreError(f"There is nothing at {location}; give the path of an mlruns folder or an mlflow.db.")
    found: list[Store] = [*sqlite.find(path, location, options), *mlruns.find(path, location, options)]
    found = found or parquet.find(path, location, options)
    if not found:
        describe = mlruns.describe_missing if path.is_dir() else mlruns.describe_file
        raise StoreError(describe(path, location))
    return found[0] if len(found) == 1 else _the_one_with_runs(found)


def _the_one_with_runs(stores: Sequence[Store]) -> Store:
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
