"""A store in a database as it is at one moment: the stamp of each run, and of the whole where that is a file.

A run is its rows, all but its points; of these how many there are and, for each metric, the latest. MLflow only adds
points: what changes one of them in place, leaving out MLflow, is not noticed. Artifacts are found as the reader finds
them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager

from sitegen.model import RunRef
from sitegen.stores.artifacts import UriFinder
from sitegen.stores.disk import ProblemLog
from sitegen.stores.sql.runs import CHUNK, RunReader
from sitegen.stores.sql.schema import TableError, Tables, text
from sitegen.stores.stamps import Row, Stamp, joined, rows_of, stamp_of

Open = Callable[[ProblemLog], AbstractContextManager[Tables]]


class SqlSnapshot:
    """The stamps of a store: `open_tables` opens it, `files` are those of the database, None for a server's."""

    def __init__(
        self, open_tables: Open, finder: UriFinder, files: Sequence[Row] | None, by_content: bool = False
    ) -> None:
        self._open = open_tables
        self._finder = finder
        self._files = files
        self._by_content = by_content

    @property
    def stamp(self) -> Stamp | None:
        """See `Snapshot`: that of the files, and of the artifacts of all runs and models."""
        if self._files is None:
            return None
        with self._open(self._finder.log) as tables:
            owners = [
                *tables.read("runs", ("run_uuid", "artifact_uri")),
                *tables.read("logged_models", ("model_id", "artifact_location")),
            ]
        artifacts = (self._artifacts(text(owner), text(uri)) for owner, uri in sorted(owners, key=repr))
        return joined((stamp_of(self._files), *artifacts))

    def runs(self, refs: Sequence[RunRef]) -> Mapping[str, Stamp]:
        """See `Snapshot`. None for a database without a table of the latest points."""
        log = ProblemLog(self._finder.log.root)
        with self._open(log) as tables:
            if not tables.has("latest_metrics"):
                return {}
            reader = RunReader(tables, self._finder, log, deleted=True)
            return dict(
                stamp for at in range(0, len(refs), CHUNK) for stamp in self._stamps(refs[at : at + CHUNK], reader)
            )

    def _stamps(self, refs: Sequence[RunRef], reader: RunReader) -> Iterator[tuple[str, Stamp]]:
        run_ids = [ref.where for ref in refs]
        try:
            around = reader.around(run_ids)
            counts = _counts(reader.tables, run_ids)
        except TableError:
            return
        parts = (
            around.params,
            around.tags,
            around.latest or {},
            around.datasets,
            around.model_inputs,
            around.model_outputs,
        )
        for ref in refs:
            key = ref.where
            rows = [around.runs[key], counts.get(key), *(_sorted(part.get(key, ())) for part in parts)]
            digest = _digest(rows)
            uri = text(around.runs[key][0][-1]) if around.runs[key] else ""
            yield ref.run_id, joined((Stamp(digest), self._artifacts(ref.run_id, uri)))

    def _artifacts(self, owner: str, uri: str) -> Stamp:
        """The stamp of the artifacts of a run or model, wherever they are."""
        found = self._finder.find_by_uri(uri, owner, self._finder.log.root)
        where = hashlib.blake2b(
            repr((uri, str(found.root), found.expected)).encode("utf-8", "surrogatepass")
        ).hexdigest()
        files = rows_of(str(found.root), self._by_content) if found.root and found.files else []
        return joined((Stamp(where), stamp_of(files)))


def _sorted(rows: Sequence[object]) -> list[object]:
    return sorted(rows, key=repr)


def _counts(tables: Tables, run_ids: Sequence[str]) -> dict[str, int]:
    """How many points each run has."""
    marks = ", ".join([tables.placeholder] * len(run_ids))
    query = f'SELECT "run_uuid", COUNT(*) FROM "metrics" WHERE "run_uuid" IN ({marks}) GROUP BY "run_uuid"'
    return {text(run_id): count for run_id, count in tables.fetch(query, tuple(run_ids))}


def _digest(value: object) -> str:
    return hashlib.blake2b(repr(value).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
