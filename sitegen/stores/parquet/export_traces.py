"""The traces of an export, read back: two tables in the same order, read in parallel."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from sitegen.errors import StoreError
from sitegen.model import Assessment, Span, Trace
from sitegen.stores.parquet.export_format import COLUMNS
from sitegen.stores.parquet.export_rows import Row, rows_of

Key = tuple[str, str]


def read_traces(traces: Any, spans: Any, experiment_id: str) -> Iterator[Trace]:
    """The traces of an experiment out of the tables `traces` and `spans`, in their order, each with its spans.

    Raises StoreError when a table cannot be decoded.
    """
    waiting = groupby(_rows("spans", spans, experiment_id), key=lambda row: str(row["trace_id"]))
    following = next(waiting, None)
    for row in _rows("traces", traces, experiment_id):
        own: tuple[Span, ...] = ()
        if following is not None and following[0] == row["trace_id"]:
            own = tuple(map(_span, following[1]))
            following = next(waiting, None)
        assessments = tuple(Assessment(**found) for found in row.pop("assessments"))
        yield Trace(assessments=assessments, spans=own, **row)


def count_traces(traces: Any, experiment_id: str) -> int:
    """How many rows of the table `traces` are of the experiment. Raises StoreError as `read_traces`."""
    import pyarrow
    import pyarrow.compute as pc

    try:
        ids = traces.read(columns=["experiment_id"], use_threads=False)["experiment_id"]
        return int(pc.sum(pc.equal(ids, experiment_id)).as_py() or 0)
    except (pyarrow.ArrowException, OSError) as error:
        raise _damaged("traces", error) from None


def _rows(table: str, file: Any, experiment_id: str) -> Iterator[Row]:
    """The rows of an experiment, out of the row groups that may hold some, one group at a time."""
    import pyarrow
    import pyarrow.compute as pc

    try:
        for group in range(file.num_row_groups):
            if _may_hold(file.metadata.row_group(group), experiment_id):
                found = file.read_row_group(group, columns=list(COLUMNS[table]), use_threads=False)
                yield from rows_of(table, found.filter(pc.equal(found["experiment_id"], experiment_id)))
    except (pyarrow.ArrowException, OSError, ValueError, TypeError) as error:
        raise _damaged(table, error) from None


def _damaged(table: str, error: Exception) -> StoreError:
    return StoreError(f"The table {table} of the export is damaged ({type(error).__name__}); export the store again.")


def _may_hold(group: Any, experiment_id: str) -> bool:
    found = group.column(0).statistics
    return found is None or not found.has_min_max or found.min <= experiment_id <= found.max


def _span(row: Row) -> Span:
    del row["experiment_id"], row["trace_id"]
    return Span(**row)
