"""The private folder of a reader: made late, private, shared with workers, gone with the store that made it."""

from __future__ import annotations

import pickle
import stat
import sys
import tempfile
from pathlib import Path

import pytest

from sitegen.stores.scratch import Scratch


@pytest.fixture(autouse=True)
def _temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))


def test_the_folder_is_made_when_it_is_first_asked_for_and_stays_the_same(tmp_path: Path) -> None:
    scratch = Scratch()
    assert list(tmp_path.iterdir()) == []
    path = scratch.path
    assert [str(found) for found in tmp_path.iterdir()] == [path] == [scratch.path]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has other permissions")
def test_only_this_user_can_read_it() -> None:
    scratch = Scratch()
    assert stat.S_IMODE(Path(scratch.path).stat().st_mode) == 0o700


def test_it_is_gone_with_the_store_that_made_it() -> None:
    scratch = Scratch()
    path = Path(scratch.path)
    (path / "runs").write_text("x")
    del scratch
    assert not path.exists()


def test_a_worker_gets_the_same_folder_and_does_not_remove_it() -> None:
    scratch = Scratch()
    sent = pickle.loads(pickle.dumps(scratch))
    assert sent.path == scratch.path
    del sent
    assert Path(scratch.path).is_dir()
