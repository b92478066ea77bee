"""File stores as a whole: what is found where, and that one bad record never sinks the rest."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any

import pytest

from sitegen.errors import StoreError
from sitegen.model import Catalog, Problem, Run
from sitegen.stores import open_store
from sitegen.stores.contract import ReadOptions, RunBatch
from tests.stores.mlruns_builder import OTHER_RUN, RUN, START, dataset_input, experiment, run, write, write_meta

DELETED = ReadOptions(deleted=True)


def read(location: Path, options: ReadOptions = ReadOptions()) -> tuple[Catalog, RunBatch]:
    store = open_store(str(location), options)
    catalog = store.catalog()
    return catalog, store.read_runs(catalog.runs)


def read_one(location: Path) -> tuple[Run, list[Problem]]:
    catalog, batch = read(location)
    assert len(batch.runs) == 1
    return batch.runs[0], [*catalog.problems, *batch.problems]


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "mlruns"


def test_a_run_is_read_whole(store: Path) -> None:
    folder = run(
        experiment(store, "1"),
        params={"lr": "1e-05", "opt/name": "adam\n", ".hidden": ""},
        metrics={"loss": "1700000000000 2 0\n1700000000001 1 1\n", "val/loss": "1700000000000 nan 0\n"},
        tags={"mlflow.user": "grace", "mlflow.source.name": "train.py", "mlflow.source.type": "LOCAL"},
        artifacts={"plots/a.png": "png"},
    )
    dataset_input(folder, "train", "b690", "training")
    write_meta(folder / "inputs" / "m-1", {"source_id": "m-1", "source_type": "MODEL", "tags": {}})
    write_meta(folder / "outputs" / "m-2", {"source_id": "m-2", "source_type": "RUN_OUTPUT", "step": 3, "tags": {}})
    found, problems = read_one(store)
    assert problems == []
    assert (found.run_id, found.experiment_id, found.name, found.status) == (RUN, "1", "first try", "FINISHED")
    assert (found.start_time, found.duration, found.lifecycle_stage) == (START, 5000, "active")
    assert (found.user, found.source_name, found.source_type) == ("grace", "train.py", "LOCAL")
    assert list(found.params.items()) == [(".hidden", ""), ("lr", "1e-05"), ("opt/name", "adam\n")]
    assert [(key, len(history), history.last) for key, history in found.metrics.items()] == [
        ("loss", 2, 1),
        ("val/loss", 1, 0),
    ]
    assert [(item.dataset.name, item.dataset.schema, item.context) for item in found.inputs] == [
        ("train", None, "training")
    ]
    assert found.model_inputs == ("m-1",)
    assert [(model.model_id, model.step) for model in found.model_outputs] == [("m-2", 3)]
    assert [(artifact.path, artifact.size) for artifact in found.artifacts.files] == [("plots/a.png", 3)]


def test_experiments_come_by_number_with_their_tags_and_text_ids(store: Path) -> None:
    for name in ("10", "9", "867425949714733037"):
        experiment(store, name, tags={"mlflow.note.content": "note"})
    experiments = read(store)[0].experiments
    assert [found.experiment_id for found in experiments] == ["9", "10", "867425949714733037"]
    assert {found.note for found in experiments} == {"note"}
    assert experiments[0].artifact_location == "file:///gone/mlruns/9"


def test_a_run_of_mlflow_0_2_is_read(store: Path) -> None:
    folder = experiment(store, "0", experiment_id=0, lifecycle_stage=..., creation_time=...)
    old: dict[str, Any] = {"run_id": ..., "run_name": ..., "lifecycle_stage": ..., "experiment_id": 0}
    run(folder, run_uuid=RUN, name="Run 0", source_name="/p/train.py", metrics={"m": "1500000000 1.5\n"}, **old)
    found, problems = read_one(store)
    assert problems == []
    assert (found.name, found.lifecycle_stage, found.source_type) == ("Run 0", "active", "LOCAL")
    assert found.metrics["m"].timestamps.tolist() == [1500000000000]


def test_a_name_falls_back_to_the_tag_and_then_to_the_id(store: Path) -> None:
    folder = experiment(store)
    run(folder, RUN, run_name="", tags={"mlflow.runName": "tagged"})
    run(folder, OTHER_RUN, run_name=...)
    assert [found.name for found in read(store)[1].runs] == ["tagged", "bbbbbbbb"]


@pytest.mark.parametrize(
    ("status", "word", "problems"), [(1, "RUNNING", 0), ("FAILED", "FAILED", 0), ("5", "KILLED", 0), (9, "UNKNOWN", 1)]
)
def test_a_status_is_a_number_or_a_word(store: Path, status: object, word: str, problems: int) -> None:
    run(experiment(store), status=status)
    found, description = read_one(store)
    assert (found.status, len(description)) == (word, problems)


def test_times_may_be_null(store: Path) -> None:
    run(experiment(store), start_time=None, end_time=None)
    found, problems = read_one(store)
    assert (found.start_time, found.duration, problems) == (None, None, [])


@pytest.mark.parametrize(
    ("content", "description"),
    [
        (None, "has no meta.yaml"),
        ("", "has an empty meta.yaml"),
        ("lif", "has a meta.yaml that is not a list of fields"),
        ("x: !!python/object/apply:os.getcwd []\n", "has a meta.yaml that is not valid YAML"),
    ],
)
def test_a_damaged_run_is_left_out_and_the_others_are_read(store: Path, content: str | None, description: str) -> None:
    folder = experiment(store)
    run(folder, OTHER_RUN)
    path = run(folder, RUN) / "meta.yaml"
    path.unlink()
    if content is not None:
        os.utime(write(path, content), (1, 1))
    _, batch = read(store)
    assert [found.run_id for found in batch.runs] == [OTHER_RUN]
    assert batch.problems == [Problem(f"1/{RUN}", f"{description}; the run is left out", left_out=True)]


def test_an_experiment_without_meta_yaml_is_shown_only_if_it_has_runs(store: Path) -> None:
    run(experiment(store, "1"))
    (store / "1" / "meta.yaml").unlink()
    experiment(store, "2")
    (store / "stray" / RUN / "artifacts").mkdir(parents=True)
    catalog, batch = read(store)
    assert [(found.experiment_id, found.name) for found in catalog.experiments] == [("1", "1"), ("2", "experiment 2")]
    assert [problem.where for problem in catalog.problems] == ["1"]
    assert len(batch.runs) == 1


def test_the_folder_decides_where_meta_yaml_disagrees(store: Path) -> None:
    run(experiment(store, "1"), RUN, run_id=OTHER_RUN, experiment_id="77")
    found, problems = read_one(store)
    assert (found.run_id, found.experiment_id, len(problems)) == (RUN, "1", 2)


def test_a_renamed_run_folder_keeps_its_id_and_copies_are_kept_apart(store: Path) -> None:
    run(experiment(store, "1"), RUN)
    run(experiment(store, "1"), "best-run", run_id=OTHER_RUN)
    run(experiment(store, "2"), RUN)
    run(experiment(store, "2"), "copy", run_id=RUN)
    catalog, batch = read(store)
    assert [found.run_id for found in batch.runs] == [RUN, OTHER_RUN, f"{RUN}-2", f"{RUN}-2-2"]
    assert [ref.run_id for ref in catalog.runs] == [found.run_id for found in batch.runs]
    assert len(catalog.problems) == 4


def test_the_deleted_are_counted_unless_asked_for(store: Path) -> None:
    folder = experiment(store, "1")
    run(folder, RUN)
    run(folder, OTHER_RUN, lifecycle_stage="deleted")
    run(experiment(store, ".trash/5"), "c" * 32)
    catalog, batch = read(store)
    assert (len(catalog.experiments), catalog.deleted, len(batch.runs), batch.deleted) == (1, 2, 1, 1)
    catalog, batch = read(store, DELETED)
    assert (len(catalog.experiments), catalog.deleted, len(batch.runs), batch.deleted) == (2, 0, 3, 0)
    assert {found.run_id: found.lifecycle_stage for found in batch.runs} == {
        RUN: "active",
        OTHER_RUN: "deleted",
        "c" * 32: "deleted",
    }


def test_links_to_runs_and_experiments_are_read_once_and_loops_end(store: Path, tmp_path: Path) -> None:
    folder = experiment(store, "1")
    run(folder, RUN)
    (folder / OTHER_RUN).symlink_to(run(store / "kept" / "deep", OTHER_RUN))
    (folder / ("d" * 32)).symlink_to(folder / RUN)
    (folder / "up").symlink_to(store)
    (store / "again").symlink_to(folder)
    (store / "loop").symlink_to(store)
    catalog, batch = read(store)
    assert [found.experiment_id for found in catalog.experiments] == ["1"]
    assert [found.run_id for found in batch.runs] == [RUN, OTHER_RUN]
    assert catalog.problems == ()


def test_links_that_leave_the_store_are_named_and_not_followed(store: Path, tmp_path: Path) -> None:
    """Wherever a folder or file of a store may be: what is elsewhere on this machine is not for the public."""
    outside = experiment(tmp_path / "elsewhere", "7", name="secret")
    theirs = run(outside, OTHER_RUN, params={"p": "secret"}, metrics={"m": "1700000000000 1 1\n"})
    write_meta(outside / "models" / "m-1", {"model_id": "m-1", "name": "secret"})
    write_meta(outside / "datasets" / "d", {"name": "secret", "digest": "d"})
    folder = experiment(store, "1", name="ours")
    ours = run(folder, RUN, metrics={"m": "1700000000000 1 1\n"})
    write_meta(ours / "inputs" / "i", {"source_id": "d", "source_type": "DATASET", "tags": {}})
    experiment(store, "2", name="no meta")
    run(store / "2", "d" * 32)
    links = {
        "7": outside, "hop": store / "7", "gone": tmp_path / "nowhere", "models": outside / "models", ".trash": outside.parent,
        f"1/{OTHER_RUN}": theirs, f"1/{'c' * 32}": folder / OTHER_RUN, "1/models": outside / "models",
        "1/datasets": outside / "datasets", "1/tags": outside / "tags", f"1/{RUN}/params": theirs / "params",
        f"1/{RUN}/metrics/stolen": theirs / "metrics" / "m", f"2/{'d' * 32}/meta.yaml": theirs / "meta.yaml",
    }  # fmt: skip
    for place, target in links.items():
        link = store / place
        for old in (path for path in (link,) if path.is_dir() and not path.is_symlink()):
            old.rmdir()
        link.unlink(missing_ok=True)
        link.symlink_to(target)
    (store / "loop").symlink_to("loop")
    catalog, batch = read(store, DELETED)
    assert "secret" not in repr((catalog, batch))
    assert [found.run_id for found in batch.runs] == [RUN]
    named = {problem.where for problem in (*catalog.problems, *batch.problems)}
    assert named == {*links, "loop", f"1/{RUN}", f"2/{'d' * 32}"} - {f"2/{'d' * 32}/meta.yaml"}


def test_a_store_that_is_named_by_a_link_is_read(store: Path, tmp_path: Path) -> None:
    folder = run(experiment(store, "1"), RUN)
    for number, target in enumerate((store, store / "1", folder)):
        (tmp_path / f"link{number}").symlink_to(target)
        _, batch = read(tmp_path / f"link{number}")
        assert [found.run_id for found in batch.runs] == [RUN], target


def test_links_and_pipes_in_place_of_params_are_not_read(store: Path, tmp_path: Path) -> None:
    folder = run(experiment(store), params={"lr": "1"})
    secret = write(tmp_path / "secret", "secret")
    (folder / "params" / "stolen").symlink_to(secret)
    (folder / "metrics" / "m").symlink_to(secret)
    (folder / "tags").rmdir()
    (folder / "tags").symlink_to(tmp_path)
    os.mkfifo(folder / "params" / "pipe")
    found, problems = read_one(store)
    assert (dict(found.params), dict(found.metrics), dict(found.tags)) == ({"lr": "1"}, {}, {})
    assert len(problems) == 4


def test_what_systems_and_editors_drop_is_ignored_everywhere(store: Path) -> None:
    folder = run(experiment(store), params={"lr": "1"}, metrics={"m": "1700000000000 1 1\n"}, artifacts={"a": ""})
    for place in (store, store / "1", folder, *(folder / name for name in ("params", "metrics", "tags", "artifacts"))):
        for name in (".DS_Store", "._m", "Thumbs.db", "desktop.ini", ".lr.swp"):
            write(place / name, b"\0\xff")
    found, problems = read_one(store)
    assert problems == []
    assert (len(found.params), len(found.metrics), len(found.tags), len(found.artifacts.files)) == (1, 1, 0, 1)


def test_odd_contents_are_read_with_a_problem(store: Path) -> None:
    folder = run(experiment(store), params={"p": b"caf\xe9"}, metrics={"m": "junk\n1700000000000 1 1\n", "none": ""})
    (folder / "tags").rmdir()
    write(folder / "tags", "a file")
    found, problems = read_one(store)
    assert found.params == {"p": "caf\ufffd"}
    assert {name: len(history) for name, history in found.metrics.items()} == {"m": 1, "none": 0}
    assert {problem.where.rpartition("/")[2]: problem.what for problem in problems} == {
        "p": "is not UTF-8; what could not be decoded is replaced",
        "m": "has 1 line that is not a point; skipped",
        "none": "has no points",
        "tags": "is not a folder where one is expected; left out",
    }


def test_folders_that_git_dropped_are_empty(store: Path) -> None:
    folder = run(experiment(store))
    for name in ("params", "metrics", "tags", "artifacts"):
        (folder / name).rmdir()
    found, problems = read_one(store)
    assert (dict(found.params), dict(found.metrics), found.artifacts.files, problems) == ({}, {}, (), [])


def test_an_input_whose_dataset_is_missing_or_outside_is_left_out(store: Path) -> None:
    folder = run(experiment(store))
    for number, source in enumerate(("gone", "../../..", "")):
        write_meta(folder / "inputs" / str(number), {"source_id": source, "source_type": "DATASET", "tags": {}})
    found, problems = read_one(store)
    assert found.inputs == ()
    assert len(problems) == 3


def test_stores_are_found_from_above_and_below_and_by_uri(store: Path, tmp_path: Path) -> None:
    run(experiment(store, "1"), RUN)
    run(experiment(store, "2"), OTHER_RUN)
    for location, runs in {
        str(store): 2,
        str(tmp_path): 2,
        store.as_uri(): 2,
        str(store / "1"): 1,
        str(store / "1" / RUN): 1,
        str(store / "1" / RUN) + "/": 1,
    }.items():
        found = open_store(location)
        assert len(found.read_runs(found.catalog().runs).runs) == runs, location


def test_a_deleted_experiment_can_be_given_itself(store: Path) -> None:
    run(experiment(store, ".trash/5"))
    catalog, batch = read(store / ".trash" / "5")
    assert [found.lifecycle_stage for found in catalog.experiments] == ["deleted"]
    assert len(batch.runs) == 1


def test_what_is_no_store_is_said_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    write(tmp_path / "mlflow.db", b"SQLite format 3\0...")
    write(tmp_path / "notes.txt", "x")
    write(tmp_path / "lfs", "version https://git-lfs.github.com/spec/v1\n")
    write(tmp_path / "other" / "x.txt", "x")
    for location, words in {
        "sqlite:///nowhere.db": "does not exist",
        "ftp://host/mlruns": "ftp address",
        "file://server/mlruns": "on the machine server",
        str(tmp_path / "gone"): "does not exist",
        str(tmp_path / "empty"): "is empty",
        str(tmp_path / "mlflow.db"): "cannot be read",
        str(tmp_path / "notes.txt"): "is a file that holds no MLflow runs",
        str(tmp_path / "lfs"): "Git LFS pointer",
        str(tmp_path / "other"): "holds no MLflow runs",
        str(tmp_path): "mlflow.db is not a run store",
    }.items():
        with pytest.raises(StoreError, match=words) as caught:
            open_store(location)
        assert str(caught.value).count("\n") == 0


def test_a_name_that_is_not_utf8_can_be_printed(store: Path) -> None:
    folder = run(experiment(store))
    (store / os.fsdecode(b"\xff")).mkdir()
    (folder / "params" / os.fsdecode(b"p\xff")).write_text("v")
    found, _ = read_one(store)
    assert found.params == {"p\ufffd": "v"}


def test_reading_changes_nothing_and_works_where_nothing_may_be_written(store: Path) -> None:
    run(experiment(store), params={"lr": "1"}, metrics={"m": "1700000000000 1 1\n"}, artifacts={"a": "x"})
    folders = [store, *(path for path in store.rglob("*") if path.is_dir())]
    before = {path: (path.stat().st_mtime_ns, path.is_file() and hash_of(path)) for path in store.rglob("*")}
    for folder in folders:
        folder.chmod(0o555)
    try:
        found = open_store(str(store))
        found.signature()
        assert len(found.read_runs(found.catalog().runs).runs) == 1
    finally:
        for folder in folders:
            folder.chmod(0o755)
    assert before == {path: (path.stat().st_mtime_ns, path.is_file() and hash_of(path)) for path in store.rglob("*")}


def hash_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
