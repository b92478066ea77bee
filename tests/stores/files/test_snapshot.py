"""The stamp of a run changes with all that is read of it, and with nothing else."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from sitegen.stores import open_store
from sitegen.stores.artifacts import ArtifactFinder
from sitegen.stores.contract import HasSnapshots, ReadOptions
from sitegen.stores.files.snapshot import FileSnapshot
from sitegen.stores.stamps import Stamp, joined, stamp_of
from tests.stores.mlruns_builder import OTHER_RUN, RUN, experiment, run, write


@pytest.fixture
def store(tmp_path: Path) -> Path:
    folder = experiment(tmp_path / "mlruns", "1")
    point = "1700000000000 0.5 1\n"
    run(folder, RUN, params={"lr": "1"}, metrics={"a/loss": point}, tags={"t": "1"}, artifacts={"a.txt": "1"})
    run(folder, OTHER_RUN, params={"lr": "1"}, artifact_uri=f"file://{tmp_path}/away/1/{OTHER_RUN}/artifacts")
    write(folder / "datasets" / "d" / "meta.yaml", "name: d\n")
    write(tmp_path / "mlartifacts" / "1" / OTHER_RUN / "artifacts" / "b.txt", "1")
    return tmp_path / "mlruns"


def stamps(store: Path) -> tuple[Stamp, dict[str, Stamp]]:
    found = open_store(str(store))
    assert isinstance(found, HasSnapshots)
    snapshot = found.snapshot()
    assert snapshot
    return snapshot.stamp, dict(snapshot.runs(found.catalog().runs))


def changed(store: Path, change: Callable[[], object]) -> set[str]:
    """What has another stamp after a change."""
    whole, runs = stamps(store)
    change()
    after, runs_after = stamps(store)
    different = {run_id for run_id in {*runs, *runs_after} if runs.get(run_id) != runs_after.get(run_id)}
    return different | ({"store"} if whole != after else set())


def later(path: Path) -> Callable[[], object]:
    return lambda: os.utime(path, (1, 1))


def test_nothing_changes_by_reading(store: Path) -> None:
    assert changed(store, lambda: open_store(str(store)).catalog()) == set()
    assert set(stamps(store)[1]) == {RUN, OTHER_RUN}


@pytest.mark.parametrize("path", ["meta.yaml", "params/lr", "metrics/a/loss", "tags/t", "artifacts/a.txt"])
def test_each_file_of_a_run_is_looked_at(store: Path, path: str) -> None:
    file = store / "1" / RUN / path
    assert changed(store, later(file)) == {"store", RUN}
    assert changed(store, lambda: file.chmod(0o600)) == {"store", RUN}
    assert changed(store, lambda: file.with_name("more").write_text("")) == {"store", RUN}
    assert changed(store, file.unlink) >= {"store", RUN}


def test_artifacts_are_looked_at_where_they_are(store: Path) -> None:
    away = store.parent / "mlartifacts" / "1" / OTHER_RUN / "artifacts"
    whole, before = open_store(str(store)), stamps(store)
    assert whole
    write(away / "c.txt", "1")
    assert {key for key, stamp in stamps(store)[1].items() if stamp != before[1][key]} == {OTHER_RUN}


def test_the_rest_belongs_to_the_store_and_datasets_to_the_runs_of_their_experiment(store: Path) -> None:
    assert changed(store, later(store / "1" / "meta.yaml")) == {"store"}
    assert changed(store, lambda: write(store / "models" / "m" / "meta.yaml", "name: m\n")) == {"store"}
    assert changed(store, lambda: write(store / "1" / "tags" / "mlflow.note.content", "x")) == {"store"}
    assert changed(store, later(store / "1" / "datasets" / "d" / "meta.yaml")) == {"store", RUN, OTHER_RUN}
    assert changed(store, lambda: run(experiment(store, "2"), "c" * 32)) == {"store", "c" * 32}


def test_a_link_out_of_the_store_is_not_followed(store: Path, tmp_path: Path) -> None:
    outside = experiment(tmp_path / "outside", "9")
    run(outside, "d" * 32)
    (store / "9").symlink_to(outside)
    assert changed(store, later(outside / ("d" * 32) / "meta.yaml")) == set()


def test_a_part_of_a_store_is_stamped_alone(store: Path) -> None:
    run(experiment(store, "2"), "c" * 32)
    assert changed(store / "1", later(store / "2" / ("c" * 32) / "meta.yaml")) == set()
    assert changed(store / "1" / RUN, later(store / "1" / OTHER_RUN / "meta.yaml")) == set()
    assert changed(store / "1" / RUN, later(store / "1" / RUN / "meta.yaml")) == {"store", RUN}


def test_a_stamp_has_the_newest_time_of_what_it_stamps(store: Path) -> None:
    file = store / "1" / RUN / "params" / "lr"
    os.utime(file, ns=(2**62, 2**62))
    whole, runs = stamps(store)
    assert whole.newest == runs[RUN].newest == 2**62
    assert runs[OTHER_RUN].newest < 2**62
    assert joined([stamp_of([("b", 1, 5, 1), ("a", 1, 7, 1)]), stamp_of([])]).newest == 7
    assert stamp_of([("b", 1, 5, 1), ("a", 1, 7, 1)]) == stamp_of([("a", 1, 7, 1), ("b", 1, 5, 1)])


def test_artifacts_in_a_named_folder_are_looked_at(store: Path, tmp_path: Path) -> None:
    options = ReadOptions(artifact_roots=(tmp_path / "named",))
    file = write(tmp_path / "named" / OTHER_RUN / "artifacts" / "b.txt", "1")
    found = open_store(str(store), options)
    assert isinstance(found, HasSnapshots)
    before = found.snapshot()
    os.utime(file, (1, 1))
    after = found.snapshot()
    assert before and after and before.stamp != after.stamp


def test_the_place_of_a_run_counts(store: Path) -> None:
    experiment(store, "2")
    assert changed(store, lambda: (store / "1" / RUN).rename(store / "2" / RUN)) == {"store", RUN}
    assert changed(store, lambda: (store / "2" / RUN).rename(store / "2" / ("e" * 32))) == {"store", RUN, "e" * 32}


@pytest.mark.parametrize("prefix", ["file://", ""])
def test_no_other_place_is_searched_for_a_run_that_names_its_own_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, prefix: str
) -> None:
    folder = experiment(tmp_path / "mlruns", "1")
    run(folder, RUN, artifact_uri=f"{prefix}{folder / RUN}/artifacts")
    monkeypatch.setattr(ArtifactFinder, "find", lambda *_: pytest.fail("searched"))
    snapshot = FileSnapshot(str(tmp_path / "mlruns"), ReadOptions())
    assert snapshot.stamp.newest
