"""What a build keeps of each run for the next one, as plain data that `records.encode` can write."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sitegen.build.packing import encode
from sitegen.build.records import RecordRef
from sitegen.build.task import Output, PackedRow, Result


@dataclass(frozen=True, slots=True)
class SavedRun:
    """A run that was read: its result without its row, and where its record is in the shard's file.

    See `RecordRef`; a size of 0 says that the site leaves the run out. The row is encoded: most builds do not need it.
    """

    result: Result
    experiment_id: str = ""
    row: bytes = b""
    start: int = 0
    size: int = 0
    digest: str = ""
    content: str = ""

    def packed_row(self, run_id: str) -> list[PackedRow]:
        """Its row, if it has one."""
        return [PackedRow(run_id, self.experiment_id, self.row)] if self.row else []

    def ref(self, file: str) -> RecordRef:
        """Where its record is in `file`, the shard's file."""
        return RecordRef(file, self.start, self.size, self.digest, self.content)


@dataclass(frozen=True, slots=True)
class SavedShard:
    """The runs of a shard by id, in the order of the catalog.

    `keys` has the key of each run's inputs, also of those that could not be read; '' is never taken. What was met while
    several runs were read belongs to no single one: it is in `shared`, and then the runs can only be taken together.
    """

    keys: Mapping[str, str]
    runs: Mapping[str, SavedRun]
    shared: Result | None = None


def saved_run(output: Output, ref: RecordRef | None) -> SavedRun:
    """The run whose output and record these are."""
    result = replace(output.result(), rows=[])
    if ref is None:
        return SavedRun(result)
    where = (ref.start, ref.size, ref.digest, ref.content)
    return next((SavedRun(result, row.experiment_id, encode(row), *where) for row in output.rows), SavedRun(result))


def output_of(shard: SavedShard, file: str) -> Output:
    """The output of a shard whose runs are all taken from `file`."""
    whole = Output()
    if shard.shared:
        whole.join(shard.shared)
    for run_id, run in shard.runs.items():
        whole.join(run.result)
        whole.packed += run.packed_row(run_id)
        if run.size:
            whole.records[run_id] = run.ref(file)
    return whole
