"""Read one shard of runs, those apart that are known from the build before, and leave the shard's file for the next."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import TYPE_CHECKING

from sitegen.analysis.sketch import sketches_of_runs
from sitegen.build.digests import digest_of, hashed
from sitegen.build.records import RecordWriter, read_bytes
from sitegen.build.saved import SavedRun, SavedShard, saved_run
from sitegen.build.task import Output
from sitegen.model import Problem, Run, RunRef
from sitegen.stores.contract import RunBatch

if TYPE_CHECKING:
    from sitegen.build.context import WorkerContext

ReadOne = Callable[[Run, RecordWriter], Iterator[Output]]
ReadRun = Callable[[Run, RecordWriter, Mapping[str, str]], Iterator[Output]]
"""Reads one run, whose sketches are made for all of the shard at once; what it gives is written before it is asked for
more."""


@dataclass(frozen=True)
class Shard:
    """The runs of one shard. `keys` and `taken` are those of `ReadRuns`."""

    name: str
    refs: Sequence[RunRef]
    keys: Mapping[str, str]
    taken: Sequence[str]
    context: WorkerContext
    _runs: dict[str, SavedRun] = field(default_factory=dict)

    def outputs(self, read_run: ReadRun) -> Iterator[Output]:
        """The output of each run, in the order of `refs`."""
        batch, known = self._batch()
        runs = {run.run_id: run for run in batch.runs}
        sketches = dict(zip(runs, sketches_of_runs(run.metrics for run in runs.values()), strict=True))

        def read_one(run: Run, records: RecordWriter) -> Iterator[Output]:
            return read_run(run, records, sketches.pop(run.run_id))

        problems, others = self._by_run(batch.problems)
        without = [ref for ref in self.refs if ref.run_id not in {*known, *runs, *problems}]
        is_shared = bool(others) or batch.deleted != len(without)
        shared = Output(problems=others, deleted=batch.deleted if is_shared else 0)
        yield shared
        with RecordWriter(self.context.root, self.name) as records:
            for ref in self.refs:
                if ref.run_id in known:
                    yield self._take(ref.run_id, known[ref.run_id], records)
                else:
                    first = Output(problems=problems.get(ref.run_id, []))
                    if not is_shared:
                        first.deleted = int(ref in without)
                    yield from self._read(ref, runs.pop(ref.run_id, None), first, read_one, records)
            if self.context.cache:
                kept = SavedShard(self.keys, self._runs, shared.result() if is_shared else None)
                records.add_bytes(self.context.cache.sealed(f"runs/{self.name}", kept))

    def _batch(self) -> tuple[RunBatch, Mapping[str, SavedRun]]:
        """The runs that have to be read, and those that are known."""
        store, cache = self.context.store, self.context.cache
        shard = cache.load(f"runs/{self.name}", SavedShard) if cache and self.taken else None
        known = {run_id: shard.runs[run_id] for run_id in self.taken if run_id in shard.runs} if shard else {}
        batch = store.read_runs([ref for ref in self.refs if ref.run_id not in known])
        if known and self._by_run(batch.problems)[1]:  # they may be about the runs that are known, too
            return store.read_runs(self.refs), {}
        return batch, known

    def _take(self, run_id: str, known: SavedRun, records: RecordWriter) -> Output:
        output = Output()
        output.join(known.result)
        output.packed += known.packed_row(run_id)
        if known.size:
            assert self.context.cache
            [data] = read_bytes([known.ref(self.context.cache.shard_file(self.name))])
            output.records[run_id] = ref = records.add_bytes(data)._replace(content=known.content)
            known = replace(known, start=ref.start, size=ref.size, digest=ref.digest)
        self._runs[run_id] = known
        return output

    def _read(
        self,
        ref: RunRef,
        run: Run | None,
        first: Output,
        read_run: Callable[[Run, RecordWriter], Iterator[Output]],
        records: RecordWriter,
    ) -> Iterator[Output]:
        """What `first` says of a run, and the run, if it could be read."""
        whole = Output()
        for part in chain((first,), read_run(run, records) if run else ()):
            yield part
            whole.join(part)
        record = whole.records.get(ref.run_id)
        if record:
            experiment = digest_of(self.context.experiment(ref.experiment_id))
            content = hashed(record.digest.encode(), repr(whole.written).encode(), experiment.encode())
            record = record._replace(content=content)
            yield Output(records={ref.run_id: record})
        if self.context.cache:
            self._runs[ref.run_id] = saved_run(whole, record)

    def _by_run(self, problems: Iterable[Problem]) -> tuple[dict[str, list[Problem]], list[Problem]]:
        """The problems in the folder of a run, or at `runs/<id>` of a database, by the run's id, and all others."""
        folders = {where: ref.run_id for ref in self.refs for where in (ref.where, f"runs/{ref.run_id}")}
        found: dict[str, list[Problem]] = {}
        others: list[Problem] = []
        for problem in problems:
            parts = problem.where.split("/")
            starts = ("/".join(parts[:count]) for count in range(len(parts), 0, -1))
            run_id = next((folders[start] for start in starts if start in folders), None)
            (found.setdefault(run_id, []) if run_id else others).append(problem)
        return found, others
