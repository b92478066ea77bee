"""The tables of an export, open for writing: Parquet in row groups, or CSV."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pyarrow
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet

from sitegen.addresses import fnv1a
from sitegen.model import MetricHistory, Run
from sitegen.stores.disk import printable
from sitegen.stores.parquet.export_format import COLUMNS, INT64, arrow_schema, step_columns

Format = Literal["parquet", "csv"]

GROUP_ROWS = 1 << 12
"""Rows from which on a row group of a small table is closed."""
GROUP_LETTERS = 1 << 23
"""Characters of spans from which on a row group of spans is closed."""
GROUP_POINTS = 1 << 14
"""The same for metric_history; a run with more points is still one group, up to `MAX_ROWS`."""
MAX_ROWS = 1 << 20

_REPEATED = ("shard", "run_id", "key", "experiment_id", "status", "user", "source_name", "source_type", "dataset_id")
_FORMULA = r"^([=+\-@\t\r])"
_FIRST_YEAR, _LAST_YEAR = -62_135_596_800_000, 253_402_300_799_999


class Tables(ExitStack):
    """All tables of an export, open for writing; rows are held back until there are enough for a row group."""

    def __init__(self, folder: Path, format: Format, names: Iterable[str]) -> None:
        super().__init__()
        opener = _ParquetFile if format == "parquet" else _CsvFile
        self._files = {name: opener(folder / f"{name}.{format}", name) for name in names}
        self._waiting: dict[str, list[tuple[Any, ...]]] = {name: [] for name in self._files}
        self._points: list[tuple[Run, MetricHistory]] = []
        self._point_count = 0
        self.rows: dict[str, int] = dict.fromkeys(self._files, 0)
        for file in self._files.values():
            self.callback(file.close)

    def add(self, table: str, rows: Iterable[tuple[Any, ...]]) -> None:
        """Add rows, whose values are in the order of the table's columns."""
        self._waiting[table].extend(rows)

    def add_history(self, run: Run, history: MetricHistory) -> None:
        self._points.append((run, history))
        self._point_count += len(history)

    def end_of_run(self) -> None:
        """Write out full row groups. Only between runs, so that a run is in one group of each table."""
        for name, rows in self._waiting.items():
            if len(rows) >= GROUP_ROWS:
                self._flush(name)
        if self._point_count >= GROUP_POINTS:
            self._flush_points()

    def end_of_trace(self) -> None:
        """Write out full row groups of spans, which may be long strings."""
        spans = self._waiting["spans"]
        if len(spans) >= GROUP_ROWS or sum(len(str(span[-1])) + len(span[-2]) for span in spans) >= GROUP_LETTERS:
            self._flush("spans")
        if len(self._waiting["traces"]) >= GROUP_ROWS:
            self._flush("traces")

    def finish(self) -> None:
        for name in self._waiting:
            self._flush(name)
        self._flush_points()

    def _flush(self, name: str) -> None:
        rows = self._waiting[name]
        if rows:
            columns = zip(*rows, strict=True)
            schema = arrow_schema(name)
            arrays = [_array(list(values), field.type) for values, field in zip(columns, schema, strict=True)]
            self._write(name, pyarrow.Table.from_arrays(arrays, schema=schema))
            rows.clear()

    def _flush_points(self) -> None:
        if self._points:
            self._write("metric_history", _history_table(self._points))
            self._points.clear()
            self._point_count = 0

    def _write(self, name: str, table: Any) -> None:
        self.rows[name] += table.num_rows
        self._files[name].write(table)


class _ParquetFile:
    """One Parquet file. No Arrow schema inside: strings are then plain strings for every reader."""

    def __init__(self, path: Path, table: str) -> None:
        self._writer = pyarrow.parquet.ParquetWriter(
            path,
            arrow_schema(table),
            compression="zstd",
            store_schema=False,
            use_dictionary=[name for name, kind in COLUMNS[table].items() if name in _REPEATED or kind == "json"],
        )

    def write(self, table: Any) -> None:
        self._writer.write_table(table, row_group_size=MAX_ROWS)

    def close(self) -> None:
        self._writer.close()


class _CsvFile:
    """One CSV file in UTF-8: every string quoted, formulas of spreadsheets disarmed, no shards."""

    def __init__(self, path: Path, table: str) -> None:
        schema = arrow_schema(table)
        self._kept = [name for name in schema.names if name != "shard"]
        self._writer = pyarrow.csv.CSVWriter(path, pyarrow.schema([schema.field(name) for name in self._kept]))

    def write(self, table: Any) -> None:
        kept = table.select(self._kept)
        columns = [_for_spreadsheet(column) for column in kept.columns]
        self._writer.write(pyarrow.Table.from_arrays(columns, schema=kept.schema))

    def close(self) -> None:
        self._writer.close()


def _for_spreadsheet(column: Any) -> Any:
    if pyarrow.types.is_string(column.type):
        return pc.replace_substring_regex(column, _FORMULA, r"'\1")
    if pyarrow.types.is_timestamp(column.type):
        whole = column.cast(pyarrow.int64())
        is_year = pc.and_(pc.greater_equal(whole, _FIRST_YEAR), pc.less_equal(whole, _LAST_YEAR))
        return pc.if_else(is_year, column, pyarrow.scalar(None, column.type))
    return column


def _array(values: list[Any], kind: Any) -> Any:
    """A column; lone surrogates, which have no encoding, are replaced, and whole numbers are clipped to 64 bits."""
    try:
        return pyarrow.array(values, kind)
    except UnicodeEncodeError:
        return pyarrow.array([text if text is None else printable(text) for text in values], kind)
    except OverflowError:
        return pyarrow.array([n if n is None else max(-INT64, min(n, INT64 - 1)) for n in values], kind)


def _history_table(points: Sequence[tuple[Run, MetricHistory]]) -> Any:
    lengths = [len(history) for _, history in points]
    steps, step_texts = _step_arrays([history.steps for _, history in points])
    columns = {
        "shard": np.repeat(np.array([fnv1a(run.run_id) for run, _ in points], np.int64), lengths),
        "run_id": _repeated([run.run_id for run, _ in points], lengths),
        "key": _repeated([history.key for _, history in points], lengths),
        "step": steps,
        "step_text": step_texts,
        "timestamp": np.concatenate([history.timestamps for _, history in points]),
        "value": np.concatenate([history.values for _, history in points]),
    }
    schema = arrow_schema("metric_history")
    arrays = [pyarrow.array(columns[field.name]).cast(field.type) for field in schema]
    return pyarrow.Table.from_arrays(arrays, schema=schema)


def _repeated(texts: Sequence[str], lengths: Sequence[int]) -> Any:
    places = {text: place for place, text in enumerate(dict.fromkeys(texts))}
    codes = np.repeat(np.array([places[text] for text in texts], np.int32), lengths)
    return pyarrow.DictionaryArray.from_arrays(pyarrow.array(codes), _array(list(places), pyarrow.string()))


def _step_arrays(parts: Sequence[Any]) -> tuple[Any, Any]:
    """The columns step and step_text of joined step arrays, of which some may be of Python's long integers."""
    if all(part.dtype != object for part in parts):
        steps = np.concatenate(parts)
        return steps, pyarrow.nulls(len(steps), pyarrow.string())
    pairs = [step_columns(step) for part in parts for step in part.tolist()]
    whole, texts = zip(*pairs, strict=True)
    return pyarrow.array(whole, pyarrow.int64()), pyarrow.array(texts, pyarrow.string())
