"""The records of runs: what a run's page is made from, kept on disk between reading the runs and making their pages.

A run is read once. Its histories are thinned, its artifacts copied, and the rest goes into a record in a scratch file
of the build, one file per shard, from which a page, a parent's page or an experiment's curves read it. Records
are plain data (MessagePack by msgspec), never pickled objects.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import IO, NamedTuple

from sitegen.analysis.curves import Curve
from sitegen.analysis.runs_table import RunRow
from sitegen.build.digests import hashed
from sitegen.build.packing import DamagedRecordError, decode, encode
from sitegen.model import Run
from sitegen.output import SCRATCH
from sitegen.viewers.copies import CopiedArtifact
from sitegen.viewers.failures import Failure
from sitegen.viewers.models import ModelFolder


@dataclass(frozen=True, slots=True)
class RunRecord:
    """A run as its page needs it: cleaned, its `run.metrics` empty, since `row` has the summaries, `curves` the points.

    `copies` are its artifacts in the site, `models` the model folders among them.
    """

    run: Run
    row: RunRow
    curves: Mapping[str, Curve]
    copies: tuple[CopiedArtifact, ...]
    models: tuple[ModelFolder, ...] = ()
    failure: Failure | None = None
    """What its artifacts say of why it failed."""


class RecordRef(NamedTuple):
    """Where a record is: the file of its shard, and first byte and number of bytes in it."""

    file: str
    start: int
    size: int
    digest: str
    """The digest of its bytes."""
    content: str = ""
    """The digest of all that pages are made from: the record, the copies of the artifacts, the experiment."""


class RecordWriter:
    """Appends records to the scratch file of one shard."""

    def __init__(self, root: str, shard: str) -> None:
        """`root` is the folder that the site is being built in."""
        self.at = 0
        folder = Path(root, SCRATCH)
        folder.mkdir(exist_ok=True)
        file = folder / shard
        self.path = str(file)
        self._file: IO[bytes] = file.open("wb")

    def __enter__(self) -> RecordWriter:
        return self

    def __exit__(self, kind: object, *error: object) -> None:
        with (
            suppress(OSError) if kind else nullcontext()
        ):  # the first error is the one to tell: a full disk says it twice
            self._file.close()

    def add(self, record: RunRecord) -> RecordRef:
        """Append a record, and return where it is."""
        return self.add_bytes(encode(record))

    def add_bytes(self, data: bytes) -> RecordRef:
        """Append a record that is encoded already, or what follows the records; return where it is."""
        self._file.write(data)
        ref = RecordRef(self.path, self.at, len(data), hashed(data))
        self.at += len(data)
        return ref


def read_records(refs: Iterable[RecordRef]) -> Iterator[RunRecord]:
    """The records at `refs`, one at a time, in their order. Raises DamagedRecordError."""
    return (decode(data, RunRecord) for data in read_bytes(refs))


def read_bytes(refs: Iterable[RecordRef]) -> Iterator[bytes]:
    """The bytes of the records at `refs`. Raises DamagedRecordError."""
    for path, several in groupby(refs, key=lambda ref: ref.file):
        with _opened(path) as file:
            for ref in several:
                file.seek(ref.start)
                data = file.read(ref.size)
                if hashed(data) != ref.digest:
                    raise DamagedRecordError(path)
                yield data


def _opened(path: str) -> IO[bytes]:
    try:
        return Path(path).open("rb")
    except OSError as error:
        raise DamagedRecordError(path) from error
