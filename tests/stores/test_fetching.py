"""Artifacts that are brought from elsewhere: which names are safe, what is fetched, and what is said of the others."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest

from sitegen.model import Artifact, ArtifactFolder
from sitegen.stores import fetching
from sitegen.stores.fetching import FetchError, fetch, is_safe


class Shelf:
    """A source in memory: what it lists may differ from what it gives."""

    def __init__(self, listed: Sequence[Artifact], content: dict[str, bytes]) -> None:
        self.listed = listed
        self.content = content
        self.read_paths: list[str] = []

    def files(self) -> Iterable[Artifact]:
        return self.listed

    def read(self, path: str, limit: int) -> bytes:
        self.read_paths.append(path)
        if path not in self.content:
            raise FetchError("it is not there")
        return self.content[path][: limit + 1]


def fetched(
    tmp_path: Path, listed: Sequence[Artifact], content: dict[str, bytes]
) -> tuple[ArtifactFolder, list[str], Shelf]:
    notes: list[str] = []
    source = Shelf(listed, content)
    folder = fetch("s3://b/run", source, str(tmp_path / "run"), lambda file: file.size < 10, notes.append)
    return folder, notes, source


@pytest.mark.parametrize("path", ["a", "a/b.txt", ".hidden", "..a", "a b/ü.png", "x" * 255, "a/..b/c"])
def test_paths_that_lead_down_are_safe(path: str) -> None:
    assert is_safe(path)


@pytest.mark.parametrize(
    "path",
    ["", "/a", "a/", "a//b", ".", "..", "a/../b", "a/. ./b", " ", "c:a", "a\\b", "a\0", "a\nb", "\x1f", "a?", "a*b"]
    + ['"', "<", ">", "|", "\ud800", "\udfff", "x" * 256, "ü" * 128],
)
def test_paths_that_lead_elsewhere_or_are_none_on_some_system_are_not_safe(path: str) -> None:
    assert not is_safe(path)


def test_wanted_files_are_written_and_the_others_only_listed_by_path(tmp_path: Path) -> None:
    listed = [Artifact("z/big.bin", 10), Artifact("a/b.txt", 3), Artifact("a/.DS_Store", 1)]
    folder, notes, source = fetched(tmp_path, listed, {"a/b.txt": b"abc", "z/big.bin": b"x" * 10})
    assert folder == ArtifactFolder("s3://b/run", tmp_path / "run", (Artifact("a/b.txt", 3), Artifact("z/big.bin", 10)))
    assert [path.name for path in (tmp_path / "run").rglob("*") if path.is_file()] == ["b.txt"]
    assert (tmp_path / "run/a/b.txt").read_bytes() == b"abc"
    assert (notes, source.read_paths) == ([], ["a/b.txt"])


def test_a_file_that_is_there_from_an_earlier_reading_is_not_fetched_again(tmp_path: Path) -> None:
    for expected in (["a"], []):
        assert fetched(tmp_path, [Artifact("a", 1)], {"a": b"1"})[2].read_paths == expected


def test_files_with_unsafe_names_or_sizes_below_zero_are_counted_and_left_out(tmp_path: Path) -> None:
    listed = [Artifact("../up", 1), Artifact("less", -1), Artifact("none", 0)]
    folder, notes, source = fetched(tmp_path, listed, {"none": b""})
    assert (folder.files, source.read_paths) == ((Artifact("none", 0),), ["none"])
    assert notes == ["has 2 artifacts with impossible names or sizes; left out"]


@pytest.mark.parametrize("content", [b"ab", b"abcd"])
def test_a_file_whose_size_has_changed_is_not_kept(tmp_path: Path, content: bytes) -> None:
    folder, notes, _ = fetched(tmp_path, [Artifact("a", 3), Artifact("b", 1)], {"a": content, "b": b"b"})
    assert notes == ["has an artifact a that could not be fetched (it changed in the meantime)"]
    assert [path.name for path in (tmp_path / "run").iterdir()] == ["b"], "the others are fetched all the same"
    assert folder.files == (Artifact("a", 3), Artifact("b", 1))


def test_a_folder_that_cannot_be_written_is_noted(tmp_path: Path) -> None:
    (tmp_path / "run").write_text("a file where the folder would be")
    _, notes, _ = fetched(tmp_path, [Artifact("x/a", 1)], {"x/a": b"1"})
    assert len(notes) == 1
    assert notes[0].startswith("has an artifact x/a that could not be saved on this machine (")
    assert str(tmp_path) not in notes[0]


def test_no_more_files_than_the_limit_are_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "FILES", 2)
    listed = [Artifact(name, 99) for name in "abc"]
    assert fetched(tmp_path, listed[:2], {})[1] == []
    folder, notes, _ = fetched(tmp_path, listed, {})
    assert [file.path for file in folder.files] == ["a", "b"]
    assert notes == ["has more than 2 artifacts; the others are left out"]
