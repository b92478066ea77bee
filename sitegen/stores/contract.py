"""The store contract: the interface of every reader and store. A reader is a

module or package of this room with the interface `Reader`, named in `READERS` of
`sitegen/stores/__init__.py`. Its stores are small picklable values (paths and options, no open files), so that each
worker can receive one and read its own runs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, runtime_checkable

from sitegen.model import Artifact, Catalog, Problem, Run, RunRef, Trace
from sitegen.stores.stamps import Snapshot


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How to read. `artifact_roots` are further folders in which artifacts may be looked for.

    `artifact_map` maps beginnings of artifact URIs to folders; see `moves.Moves`. `fetch_artifacts`

    decides whether to fetch an artifact that is not on this machine, by its path and size; without it such artifacts
    are not even listed. It has to be a function that can be pickled. `tell_era` asks for the MLflow version that wrote
    the store, for which a file store opens two of its runs.
    """

    deleted: bool = False
    artifact_roots: tuple[Path, ...] = ()
    fetch_artifacts: Callable[[Artifact], bool] | None = None
    artifact_map: tuple[tuple[str, Path], ...] = ()
    tell_era: bool = False
    by_content: bool = False
    """Whether files are compared with those of an earlier build by content, where times say nothing."""


@dataclass(slots=True)
class RunBatch:
    """Runs as read, in the order of the given refs; those that could not be read are missing and named in `problems`.

    `deleted` counts the runs that are deleted and were left out, which is only known once they are read.
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
        """A string that changes when the store does; cheap enough to ask every second."""
        ...

    def bytes_on_disk(self) -> int | None:
        """The bytes of all its files, artifacts only if they are in it; None when it is not on this machine."""
        ...


@runtime_checkable
class HasTraces(Protocol):
    """A store whose traces can be read. They are private and may be many, so they are not part of `catalog()`, nor of a
    site unless asked for."""

    def traces(self, experiment_id: str, problems: list[Problem]) -> Iterator[Trace]:
        """The traces of an experiment by id, read a few at a time; none if it has none or is not there.

        What cannot be read is named in `problems` as the iterator comes to it.
        """
        ...

    def trace_count(self, experiment_id: str) -> int:
        """How many there are, without reading them."""
        ...


@runtime_checkable
class CountsTraceParts(Protocol):
    """A store that counts what belongs to its traces without reading them: databases do."""

    def trace_parts(self) -> dict[str, int]:
        """How many assessments, expectations and sessions there are, by the word in the singular."""
        ...


@runtime_checkable
class HasSnapshots(Protocol):
    """A store that can tell what has changed in it since an earlier build; others are read whole in each build."""

    def snapshot(self) -> Snapshot | None:
        """The store as it is now, before it is read; None if a part of it cannot tell. Raises StoreError."""
        ...


@runtime_checkable
class KnowsWhetherItHasRuns(Protocol):
    """A store that can check faster than by its catalog whether it has runs."""

    def has_runs(self) -> bool:
        """Whether its catalog would list a run."""
        ...


def with_traces(store: Store) -> HasTraces | None:
    """The store as one whose traces can be read, None if it is of a kind that has none."""
    while not isinstance(store, HasTraces):
        inner = getattr(store, "store", None)  # of a folder's stores the chosen one, or one whose artifacts are fetched
        if inner is None:
            return None
        store = inner
    return store


RUNS_A_CHUNK = 64
"""Number of runs that are read, and in memory with their histories, at a time."""

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how much of it is done, and the total."""


def no_progress(what: str, done: int, total: int) -> None:
    """Ignore the progress."""


def read_in_chunks(store: Store, refs: Sequence[RunRef], progress: Progress = no_progress) -> Iterator[RunBatch]:
    """The runs behind `refs`, some at a time, in their order."""
    for at in range(0, len(refs), RUNS_A_CHUNK):
        yield store.read_runs(refs[at : at + RUNS_A_CHUNK])
        progress("Runs", min(at + RUNS_A_CHUNK, len(refs)), len(refs))


class Reader(Protocol):
    """The interface of a reader, which is a module or package."""

    GIVE: str
    """What a user can give for it to read, with an article: "an mlruns folder"."""
    NAMES: tuple[str, ...]
    """Patterns of the names that its stores have in a folder that holds them, most usual first.

    A reader without any has to look at all files of a folder: it is tried if the others find nothing.
    """

    def find(self, location: str, options: ReadOptions) -> Sequence[Store]:
        """The stores at exactly a location: a path that exists, or an address. None if it is not for this reader.

        Raises StoreError, with one sentence, for what is of its kind but cannot be read.
        """
        ...
