"""The folder of an export: whole or not at all, and never over files that are not of an export."""

from __future__ import annotations

from pathlib import Path

import pytest

from sitegen.errors import UsageError
from sitegen.export.folder import staged_export
from sitegen.stores.parquet.export_format import DESCRIPTION

OLD = {DESCRIPTION: "{}", "runs.parquet": "old", "params.parquet": "old"}


def write(folder: Path, files: dict[str, str]) -> None:
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text)


def export(output: Path, files: dict[str, str], source: Path | None = None) -> None:
    with staged_export(output, [source]) as folder:
        write(folder, files)


def held(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in folder.iterdir()}


def test_an_export_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    output = tmp_path / "new" / "deep" / "out"
    export(output, OLD)
    export(output, {DESCRIPTION: "{2}", "runs.csv": "new"})
    assert held(output) == {DESCRIPTION: "{2}", "runs.csv": "new"}
    assert [path.name for path in output.parent.iterdir()] == ["out"], "nothing is left beside it"


def test_an_error_leaves_the_old_export(tmp_path: Path) -> None:
    export(tmp_path / "out", OLD)
    with pytest.raises(RuntimeError), staged_export(tmp_path / "out", []) as folder:
        write(folder, {"runs.parquet": "half"})
        raise RuntimeError
    assert held(tmp_path / "out") == OLD and [path.name for path in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize(
    ("files", "named"),
    [
        (OLD | {"thesis.tex": "mine"}, "thesis.tex"),
        (OLD | {"z.txt": "", "a.txt": ""}, "a.txt"),
        ({"runs.parquet": "mine"}, "files"),
    ],
)
def test_files_that_are_not_of_an_export_are_refused_and_kept(
    tmp_path: Path, files: dict[str, str], named: str
) -> None:
    write(tmp_path / "out", files)
    with pytest.raises(UsageError, match=f"out holds {named}, which is not part of an export"):
        export(tmp_path / "out", OLD)
    assert held(tmp_path / "out") == files


def test_an_empty_folder_is_taken_and_the_store_itself_is_not(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    export(tmp_path / "out", OLD)
    assert held(tmp_path / "out") == OLD
    with pytest.raises(UsageError, match="inside the store"):
        export(tmp_path / "out" / "x", OLD, source=tmp_path / "out")


def test_a_folder_that_must_stay_gets_the_new_files_and_loses_the_old_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    export(tmp_path / "out", OLD)
    monkeypatch.chdir(tmp_path / "out")
    inode = (tmp_path / "out").stat().st_ino
    moved: list[str] = []
    rename = Path.rename
    monkeypatch.setattr(Path, "rename", lambda self, to: moved.append(self.name) or rename(self, to))
    export(tmp_path / "out", {DESCRIPTION: "{2}", "tags.parquet": "new"})
    assert moved[-1] == DESCRIPTION, "a folder is an export once all of it is there"
    assert held(tmp_path / "out") == {DESCRIPTION: "{2}", "tags.parquet": "new"}
    assert (tmp_path / "out").stat().st_ino == inode


def test_a_parent_that_cannot_be_written_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(UsageError, match="Cannot write to .*: Permission denied; choose another folder with -o"):
        export(tmp_path / "out", OLD)
