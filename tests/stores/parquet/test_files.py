"""Rows of some runs out of Parquet files: row groups, times, and files that are none."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sitegen.errors import StoreError
from sitegen.stores.parquet.files import array_of, milliseconds, open_parquet, rows_of_shards, signature_of
from sitegen.stores.parquet.places import Place
from tests.stores.mlruns_builder import START, write


class Counted:
    """A Parquet file that remembers which row groups were read."""

    def __init__(self, file: pq.ParquetFile) -> None:
        self.file = file
        self.groups: list[int] = []
        self.num_row_groups, self.metadata, self.schema_arrow = file.num_row_groups, file.metadata, file.schema_arrow

    def read_row_groups(self, groups: list[int], use_threads: bool) -> pa.Table:
        self.groups = list(groups)
        return self.file.read_row_groups(groups, use_threads=use_threads)


def sharded(tmp_path: Path, statistics: bool = True) -> Counted:
    """Shards 0, 2 | 4, 6 | 8: three row groups of two rows at most."""
    table = pa.table({"shard": pa.array([0, 2, 4, 6, 8], pa.int64()), "v": list("abcde")})
    pq.write_table(table, tmp_path / "t.parquet", row_group_size=2, write_statistics=statistics)
    return Counted(pq.ParquetFile(tmp_path / "t.parquet"))


@pytest.mark.parametrize(
    ("shards", "groups", "values"),
    [
        ({0}, [0], "a"),
        ({2}, [0], "b"),
        ({3}, [], ""),
        ({4, 8}, [1, 2], "ce"),
        ({5}, [1], ""),
        ({9}, [], ""),
        (set(), [], ""),
    ],
)
def test_only_row_groups_that_may_hold_a_shard_are_read(
    tmp_path: Path, shards: set[int], groups: list[int], values: str
) -> None:
    file = sharded(tmp_path)
    table = rows_of_shards(file, shards)
    assert (file.groups, "".join(table["v"].to_pylist())) == (groups, values)
    assert table.schema.names == ["shard", "v"]


def test_without_statistics_every_row_group_is_read(tmp_path: Path) -> None:
    file = sharded(tmp_path, statistics=False)
    assert rows_of_shards(file, {4})["v"].to_pylist() == ["c"]
    assert file.groups == [0, 1, 2]


def test_a_column_in_pieces_is_one_array() -> None:
    column = pa.chunked_array([pa.array([1, 2, 3]).slice(1), pa.array([], pa.int64()), pa.array([4])])
    assert array_of(column, np.int64).tolist() == [2, 3, 4]
    empty = array_of(pa.chunked_array([], pa.float64()), np.float64)
    assert (empty.tolist(), str(empty.dtype)) == ([], "float64")


@pytest.mark.parametrize(("unit", "factor"), [("s", 0.001), ("ms", 1), ("us", 1000), ("ns", 1_000_000)])
@pytest.mark.parametrize("zone", [None, "UTC", "Europe/Vienna"])
def test_times_of_every_unit_and_zone_are_milliseconds(unit: str, factor: float, zone: str | None) -> None:
    column = pa.chunked_array([pa.array([int(START * factor), None], pa.timestamp(unit, zone))])
    assert milliseconds(column).to_pylist() == [START, None]


def test_a_file_that_is_not_parquet_is_refused_with_what_to_do(tmp_path: Path) -> None:
    write(tmp_path / "cut.parquet", b"PAR1 cut")
    write(tmp_path / "pointer.parquet", b"version https://git-lfs.github.com/spec/v1\n")
    place = Place(str(tmp_path))
    with pytest.raises(StoreError, match=r"cut\.parquet is not a complete Parquet file; copy or export it again\.$"):
        open_parquet(place, "cut.parquet", "1")
    with pytest.raises(
        StoreError, match=r"pointer\.parquet is a Git LFS pointer, not the file itself; run git lfs pull"
    ):
        open_parquet(place, "pointer.parquet", "1")


def test_the_signature_changes_with_a_file_and_not_otherwise(tmp_path: Path) -> None:
    place = Place(str(tmp_path))
    write(tmp_path / "a.parquet", b"1")
    before = signature_of(place)
    write(tmp_path / ".hidden", b"1")
    assert signature_of(place) == before
    write(tmp_path / "a.parquet", b"12")
    assert signature_of(place) != before
