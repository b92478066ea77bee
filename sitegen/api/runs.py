"""Runs in Python: one with its histories as tables, and many that are read a few at a time."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import fields
from typing import TYPE_CHECKING, overload

from sitegen import model
from sitegen.analysis.words import plural
from sitegen.api.frames import run_frame, run_row
from sitegen.api.html import run_html, runs_html
from sitegen.errors import did_you_mean
from sitegen.model import Problem, RunRef, Trace
from sitegen.stores.contract import RUNS_A_CHUNK, HasTraces, Store

if TYPE_CHECKING:
    import pandas

MAX_COUNTED = 1_000
"""Runs that a notebook reads to say how many there are; of more, only the first are shown."""


class Run(model.Run):
    """A run with its params, tags, metrics and artifacts; see `sitegen.model.Run` for its fields."""

    __slots__ = ()

    def history(self, key: str) -> pandas.DataFrame:
        """The logged points of the metric `key`: columns step, timestamp (UTC) and value, in order of steps.

        Raises KeyError when the run has no such metric; it names the nearest.
        """
        import pandas as pd

        if key not in self.metrics:
            hint = did_you_mean(key, self.metrics) or f" It has: {', '.join(self.metrics) or 'none'}."
            raise KeyError(f"Run {self.run_id} has no metric {key!r}.{hint}")
        found = self.metrics[key]
        timestamps = pd.DatetimeIndex(found.timestamps.view("M8[ms]"), tz="UTC")
        return pd.DataFrame({"step": found.steps, "timestamp": timestamps, "value": found.values})

    def __repr__(self) -> str:
        held = f"{plural(len(self.params), 'param')}, {plural(len(self.metrics), 'metric')}"
        return f"<Run {self.run_id} {self.name!r}: {self.status}, {held}>"

    def _repr_html_(self) -> str:
        return run_html(self)


class Readable:
    """Which of some runs can be read: a record that is damaged or deleted shows itself only when it is read.

    Reads forward as far as it is asked, a few runs at a time, and remembers the answer.
    """

    def __init__(self, store: Store, refs: Sequence[RunRef], found: Sequence[RunRef] | None = None) -> None:
        self.store = store
        self.refs = refs
        self._good = list(found or ())
        self._at = 0 if found is None else len(refs)

    def first(self, count: int | None = None) -> Sequence[RunRef]:
        """The first `count` runs that can be read, all without a count; more where more are known."""
        while self._at < len(self.refs) and (count is None or len(self._good) < count):
            self.chunk(self._at)
        return self._good

    def chunk(self, at: int) -> list[model.Run]:
        """The runs of the chunk that begins at `at`."""
        part = self.refs[at : at + RUNS_A_CHUNK]
        runs = self.store.read_runs(part).runs
        if at == self._at:
            ids = {run.run_id for run in runs}
            self._good += [ref for ref in part if ref.run_id in ids]
            self._at += len(part)
        return runs

    @property
    def is_small(self) -> bool:
        """Whether counting them costs little."""
        return self._at >= len(self.refs) or len(self.refs) <= MAX_COUNTED


class Runs(Collection[Run]):
    """Runs of a catalog: all, by experiment and id, or those of a search, in their order.

    `runs[0]`, `runs[-1]` and `runs[:5]` work as for a list. Each loop reads the runs again, a few at a time. Runs that
    cannot be read are not among them, so the first `len` reads those that were not read yet, once.
    """

    def __init__(self, readable: Readable) -> None:
        self._readable = readable

    def __len__(self) -> int:
        return len(self._readable.first())

    def __contains__(self, run_id: object) -> bool:
        """Whether there is a run with this id."""
        if not any(ref.run_id == run_id for ref in self._readable.refs):
            return False
        return any(ref.run_id == run_id for ref in self._readable.first())

    def __iter__(self) -> Iterator[Run]:
        for at in range(0, len(self._readable.refs), RUNS_A_CHUNK):
            yield from map(with_methods, self._readable.chunk(at))

    @overload
    def __getitem__(self, place: int) -> Run: ...
    @overload
    def __getitem__(self, place: slice) -> Runs: ...
    def __getitem__(self, place: int | slice) -> Run | Runs:
        """The run at a place, or the runs of a slice. Raises IndexError where there is none."""
        store = self._readable.store
        if isinstance(place, slice):
            ends = (place.start, place.stop)
            forward = place.stop is not None and all(end is None or end >= 0 for end in ends) and (place.step or 1) > 0
            found = self._readable.first(place.stop if forward else None)[place]
            return Runs(Readable(store, found, found))
        known = self._readable.first(place + 1 if place >= 0 else None)
        if not -len(known) <= place < len(known):
            raise IndexError(f"There are {len(known)} runs; there is none at {place}.")
        return with_methods(store.read_runs([known[place]]).runs[0])

    def to_frame(self) -> pandas.DataFrame:
        """These runs as a table with the columns of `Catalog.to_frame`, in their order."""
        return run_frame([run_row(run) for run in self])

    def __repr__(self) -> str:
        return f"<Runs: {len(self)}>" if self._readable.is_small else f"<Runs: more than {MAX_COUNTED:,}>"

    def _repr_html_(self) -> str:
        first = list(self[:10])
        return runs_html(first, len(self) if self._readable.is_small else None)


def with_methods(run: model.Run) -> Run:
    """The run as notebooks use it."""
    return Run(**{field.name: getattr(run, field.name) for field in fields(run)})


class Traces(Iterable[Trace]):
    """The traces of an experiment, ordered by id. Each loop reads them again, a few at a time."""

    def __init__(self, store: HasTraces, experiment_id: str) -> None:
        self._store = store
        self._experiment_id = experiment_id
        self.problems: list[Problem] = []
        """What the last loop could not read properly."""

    def __iter__(self) -> Iterator[Trace]:
        self.problems = []
        return self._store.traces(self._experiment_id, self.problems)
