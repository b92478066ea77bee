"""Runs of a server in a private file: found again by their place, and only in the folder that is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from sitegen.stores.tracking.spool import Spool, kept
from tests.stores.mlruns_builder import write


def test_each_run_is_found_again_at_its_place(tmp_path: Path) -> None:
    runs = [{"id": "a", "name": "naïve \ud800"}, {}, {"id": "c", "data": {"metrics": [1, 2.5]}}]
    with Spool.create(str(tmp_path)) as spool:
        places = [spool.keep(run) for run in runs]
    assert [kept(str(tmp_path), place) for place in places] == runs


def test_two_files_in_a_folder_do_not_mix(tmp_path: Path) -> None:
    with Spool.create(str(tmp_path)) as one, Spool.create(str(tmp_path)) as other:
        places = one.keep({"id": 1}), other.keep({"id": 2})
    assert [kept(str(tmp_path), place) for place in places] == [{"id": 1}, {"id": 2}]


@pytest.mark.parametrize("where", ["gone:0:2", "list:0:2", "record:1:2", "../record:0:1", "../outside:0:2"])
def test_what_is_not_a_run_or_not_in_the_folder_is_none(tmp_path: Path, where: str) -> None:
    write(tmp_path / "in/list", "[]")
    write(tmp_path / "in/record", "{}")
    write(tmp_path / "outside", "{}")
    assert kept(str(tmp_path / "in"), where) is None
    assert kept(str(tmp_path / "in"), "record:0:2") == {}
