"""Files and folders on this disk and in buckets: names, what is listed, and how errors are worded."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from sitegen.errors import StoreError
from sitegen.stores.parquet import places
from sitegen.stores.parquet.files import open_parquet
from sitegen.stores.parquet.places import Place
from tests.stores.mlruns_builder import write


def test_a_place_is_named_by_its_last_part_and_shown_without_a_password() -> None:
    place = Place("s3://user:secret@bucket/some/runs/")
    assert (place.is_bucket, place.name, place.bytes_on_disk()) == (True, "runs", None)
    assert "secret" not in place.shown
    assert "secret" not in place.shown_file("a.parquet")
    assert Place("/data/runs").shown_file("a/b.parquet") == "/data/runs/a/b.parquet"
    assert Place("/data/runs").shown_file("") == "/data/runs"
    assert not Place("/data/runs").is_bucket


def test_hidden_files_and_those_of_spark_are_not_listed(tmp_path: Path) -> None:
    for path in ("z.parquet", "b/a.parquet", "_SUCCESS", ".hidden", "b/_log/x.parquet", ".git/x", "b/x.swp"):
        write(tmp_path / path, "12")
    (tmp_path / "loop").symlink_to(tmp_path)
    found = Place(str(tmp_path)).files()
    assert list(found) == ["b/a.parquet", "z.parquet"]
    assert found["z.parquet"].startswith("2 ")


def test_links_out_of_the_folder_and_pipes_are_neither_listed_nor_opened(tmp_path: Path) -> None:
    root = tmp_path / "store"
    write(tmp_path / "secret.parquet", "secret")
    write(root / "a.parquet", "12")
    (root / "inside.parquet").symlink_to("a.parquet")
    (root / "out.parquet").symlink_to(tmp_path / "secret.parquet")
    (root / "hop.parquet").symlink_to("out.parquet")
    os.mkfifo(root / "pipe.parquet")
    place = Place(str(root))
    assert list(place.files()) == ["a.parquet", "inside.parquet"]
    for path, words in {
        "out.parquet": "link",
        "hop.parquet": "link",
        "../secret.parquet": "link",
        "pipe.parquet": "not a file",
    }.items():
        with pytest.raises(StoreError, match=words):
            place.open(path)
        with pytest.raises(StoreError):
            open_parquet(place, path, "")


def test_a_file_has_itself_and_opens(tmp_path: Path) -> None:
    place = Place(str(write(tmp_path / "_runs.csv", b"123")))
    assert (list(place.files()), place.is_file(), place.bytes_on_disk()) == ([""], True, 3)
    with place.open() as file:
        assert file.read() == b"123"
    folder = Place(str(tmp_path))
    assert not folder.is_file()
    with folder.open("_runs.csv") as file:
        assert file.read() == b"123"


def test_a_folder_at_the_limit_is_listed_and_a_larger_one_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places, "MAX_ENTRIES", 3)
    for name in ("a", "b", ".c"):
        write(tmp_path / name, "")
    assert list(Place(str(tmp_path)).files()) == ["a", "b"]
    write(tmp_path / "d", "")
    with pytest.raises(StoreError, match="holds more than 3 files; give the Parquet file itself"):
        Place(str(tmp_path)).files()


def test_what_cannot_be_opened_is_said_with_its_path(tmp_path: Path) -> None:
    place = Place(str(tmp_path))
    with pytest.raises(StoreError) as caught:
        place.open("gone.parquet")
    assert str(caught.value) == f"{tmp_path}/gone.parquet does not exist."
    with pytest.raises(StoreError) as caught:
        place.open()
    assert str(caught.value) == f"{tmp_path} cannot be read (Is a directory)."


def test_an_error_of_a_bucket_does_not_tell_the_password(monkeypatch: pytest.MonkeyPatch) -> None:
    root = "s3://user:secret@bucket/runs"

    def fail(place: Place) -> tuple[object, str]:
        raise RuntimeError(f"denied: {place.root}")

    monkeypatch.setattr(Place, "_filesystem", fail)
    with pytest.raises(StoreError) as caught:
        Place(root).is_file()
    assert "denied" in str(caught.value)
    assert "secret" not in str(caught.value)
