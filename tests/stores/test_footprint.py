"""How much room a store takes on the disk."""

from __future__ import annotations

from pathlib import Path

from sitegen.stores.footprint import size_of
from tests.stores.mlruns_builder import write


def test_a_file_counts_its_bytes_and_what_is_missing_counts_nothing(tmp_path: Path) -> None:
    assert size_of(str(write(tmp_path / "a", b"12345"))) == 5
    assert size_of(str(tmp_path / "missing")) == 0


def test_a_folder_counts_all_files_below_it(tmp_path: Path) -> None:
    for path, size in (("a", 1), ("b/c", 20), ("b/d/e", 300), (".hidden/f", 4000)):
        write(tmp_path / path, b"x" * size)
    (tmp_path / "empty").mkdir()
    assert size_of(str(tmp_path)) == 4321


def test_links_in_a_folder_count_nothing(tmp_path: Path) -> None:
    write(tmp_path / "elsewhere/big", b"x" * 1000)
    write(tmp_path / "store/a", b"12")
    (tmp_path / "store/file").symlink_to(tmp_path / "elsewhere/big")
    (tmp_path / "store/folder").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "store/loop").symlink_to(tmp_path / "store")
    assert size_of(str(tmp_path / "store")) == 2
