"""Which kind of store Parquet and CSV files are, by name, content and what lies beside them."""

from __future__ import annotations

from pathlib import Path

import pytest

from sitegen.errors import StoreError
from sitegen.stores.contract import ReadOptions
from sitegen.stores.parquet.export import ExportStore
from sitegen.stores.parquet.export_format import DESCRIPTION
from sitegen.stores.parquet.recognise import find_at, open_bucket
from sitegen.stores.parquet.run_tables import RunTableStore
from tests.stores.mlruns_builder import write


def found(path: Path) -> list[object]:
    return list(find_at(path, "data/x", ReadOptions()))


@pytest.mark.parametrize(
    ("name", "content"), [("runs.parquet", b"PAR1x"), ("runs", b"PAR1x"), ("runs.CSV", b"run_id\n"), ("r.csv", b"")]
)
def test_a_file_with_parquet_in_it_or_csv_by_name_is_a_run_table(tmp_path: Path, name: str, content: bytes) -> None:
    (store,) = found(write(tmp_path / name, content))
    assert isinstance(store, RunTableStore)
    assert (store.paths, store.location, store.name) == (("",), "data/x", name)


@pytest.mark.parametrize(
    ("name", "content"), [("notes.txt", b"run_id\n"), ("pointer", b"version https://git-lfs.github.com/spec/v1")]
)
def test_other_files_are_for_other_readers(tmp_path: Path, name: str, content: bytes) -> None:
    assert found(write(tmp_path / name, content)) == []
    assert found(tmp_path / "missing") == []


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("runs.PARQUET", b"run_id,a\n", "data/x is not a Parquet file, despite its name."),
        ("a.parquet", b"version https://git-lfs.github.com/", "data/x is a Git LFS pointer, not the file itself; run git lfs pull."),
        ("a.csv", b"version https://git-lfs.github.com/", "data/x is a Git LFS pointer, not the file itself; run git lfs pull."),
    ],
)  # fmt: skip
def test_what_is_called_parquet_and_is_not_is_refused(tmp_path: Path, name: str, content: bytes, sentence: str) -> None:
    with pytest.raises(StoreError) as caught:
        found(write(tmp_path / name, content))
    assert str(caught.value) == sentence


def test_a_folder_is_an_export_if_it_is_described_else_its_parquet_files_in_order(tmp_path: Path) -> None:
    for name in ("b.parquet", "a.parquet", "c.csv"):
        write(tmp_path / name, b"PAR1")
    (tables,) = found(tmp_path)
    assert isinstance(tables, RunTableStore)
    assert tables.paths == ("a.parquet", "b.parquet")
    write(tmp_path / DESCRIPTION, "{}")
    for path in (tmp_path, tmp_path / "a.parquet"):
        (export,) = found(path)
        assert isinstance(export, ExportStore), "a table of an export stands for the export"
        assert export.place.root == str(tmp_path)
    (csv,) = found(tmp_path / "c.csv")
    assert isinstance(csv, RunTableStore)


def test_a_folder_without_parquet_is_for_other_readers_but_a_bucket_without_it_is_refused(tmp_path: Path) -> None:
    write(tmp_path / "notes.csv", "x")
    assert found(tmp_path) == []
    with pytest.raises(StoreError) as caught:
        open_bucket("memory://sitegen-nothing-here/", ReadOptions())
    assert str(caught.value) == (
        "memory://sitegen-nothing-here holds no Parquet files; give a run table or an export of sitegen."
    )
