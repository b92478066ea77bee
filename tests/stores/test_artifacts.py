"""Artifacts are found again wherever the store went, and nothing outside is ever read."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from sitegen.model import ArtifactFolder, Problem
from sitegen.stores import open_store
from sitegen.stores.artifacts import open_artifact
from sitegen.stores.contract import ReadOptions
from tests.stores.mlruns_builder import RUN, experiment, run, write, write_meta


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "mlruns"


def find(store: Path, uri: str, *roots: Path) -> tuple[ArtifactFolder, list[Problem]]:
    """The artifacts of a run that logged `uri` and whose own folder is empty."""
    run(experiment(store, "1"), RUN, artifact_uri=uri)
    found = open_store(str(store), ReadOptions(artifact_roots=roots))
    batch = found.read_runs(found.catalog().runs)
    return batch.runs[0].artifacts, batch.problems


def paths(folder: ArtifactFolder) -> list[str]:
    return [artifact.path for artifact in folder.files]


@pytest.mark.parametrize(
    ("uri", "place"),
    [
        (f"mlflow-artifacts:/1/{RUN}/artifacts", f"mlartifacts/1/{RUN}/artifacts"),
        (f"mlflow-artifacts://host:5000/1/{RUN}/artifacts", f"mlruns/mlartifacts/1/{RUN}/artifacts"),
        (f"http://h/api/2.0/mlflow-artifacts/artifacts/1/{RUN}/artifacts", f"mlartifacts/1/{RUN}/artifacts"),
        (f"s3://bucket/some/prefix/1/{RUN}/artifacts", f"prefix/1/{RUN}/artifacts"),
        (f"file:///gone/with%20space/{RUN}/artifacts", f"with space/{RUN}/artifacts"),
        (f"./relative/{RUN}/artifacts", f"relative/{RUN}/artifacts"),
        (f"c:\\Users\\me\\mlruns\\6/{RUN}/artifacts", f"mlruns/6/{RUN}/artifacts"),
    ],
)
def test_files_are_found_by_the_tail_of_the_uri(store: Path, tmp_path: Path, uri: str, place: str) -> None:
    write(tmp_path / place / "a.txt", "a")
    folder, problems = find(store, uri)
    assert (paths(folder), problems) == (["a.txt"], [])
    assert folder.root == tmp_path / place


def test_files_are_found_below_a_named_artifact_root(store: Path, tmp_path: Path) -> None:
    mirror = tmp_path / "x" / "mirror"
    write(mirror / "1" / RUN / "artifacts" / "a.txt", "a")
    assert paths(find(store, f"s3://bucket/1/{RUN}/artifacts", mirror)[0]) == ["a.txt"]


def test_a_local_uri_outside_is_followed_only_to_the_runs_own_folder(store: Path, tmp_path: Path) -> None:
    outside = tmp_path / "x" / "y"
    write(outside / RUN / "artifacts" / "a.txt", "a")
    assert paths(find(store, (outside / RUN / "artifacts").as_uri())[0]) == ["a.txt"]
    folder, problems = find(store, outside.as_uri())
    assert (folder.root, folder.files) == (None, ())
    assert [problem.what for problem in problems] == ["has an artifact_uri outside the store; not followed"]


def test_a_uri_cannot_climb_or_use_a_link_to_get_outside(store: Path, tmp_path: Path) -> None:
    secret = write(tmp_path / "x" / "secret" / "s.txt", "s").parent
    (store / RUN).mkdir(parents=True)
    (store / RUN / "artifacts").symlink_to(secret)
    for uri in (f"s3://b/../x/{RUN}/artifacts", (store / RUN / "artifacts").as_uri(), f"{store}/../x/secret"):
        folder, _ = find(store, uri)
        assert (folder.root, folder.files) == (None, ()), uri


def test_an_artifacts_folder_that_is_a_link_to_outside_is_not_entered(store: Path, tmp_path: Path) -> None:
    secret = write(tmp_path / "secret" / "s.txt", "s").parent
    own = run(experiment(store, "1"), RUN) / "artifacts"
    own.rmdir()
    own.symlink_to(secret)
    for uri in (own.as_uri(), f"file:///gone/1/{RUN}/artifacts"):
        write_meta(own.parent, {"run_id": RUN, "artifact_uri": uri, "status": 3})
        found = open_store(str(store))
        folder = found.read_runs(found.catalog().runs).runs[0].artifacts
        assert (folder.root, folder.files) == (None, ()), uri


def test_unfound_files_leave_the_uri_and_an_empty_own_folder_is_no_artifacts(store: Path) -> None:
    folder, problems = find(store, f"s3://bucket/1/{RUN}/artifacts")
    assert (folder.uri, folder.root, problems) == (f"s3://bucket/1/{RUN}/artifacts", None, [])
    assert find(store, f"file:///gone/1/{RUN}/artifacts")[0].root == store / "1" / RUN / "artifacts"


def hostile_folder(store: Path, tmp_path: Path) -> Path:
    own = run(experiment(store, "1"), RUN, artifacts={"a.txt": "a", "ü ✓/b.txt": "bb"}) / "artifacts"
    write(tmp_path / "secret.txt", "secret")
    (own / "inside.txt").symlink_to("a.txt")
    (own / "passwd").symlink_to(tmp_path / "secret.txt")
    (own / "loop").symlink_to(".")
    (own / "up").symlink_to("..")
    (own / "self").symlink_to("self")
    os.mkfifo(own / "pipe")
    return own


def test_only_regular_files_that_stay_inside_are_listed(store: Path, tmp_path: Path) -> None:
    hostile_folder(store, tmp_path)
    found = open_store(str(store))
    batch = found.read_runs(found.catalog().runs)
    listed = [(artifact.path, artifact.size) for artifact in batch.runs[0].artifacts.files]
    assert listed == [("a.txt", 1), ("inside.txt", 1), ("ü ✓/b.txt", 2)]
    assert sorted(problem.where.rpartition("/")[2] for problem in batch.problems) == ["passwd", "pipe", "self", "up"]


def test_an_artifact_opens_only_if_it_is_a_regular_file_inside(store: Path, tmp_path: Path) -> None:
    folder = ArtifactFolder("", hostile_folder(store, tmp_path))
    for path in ("a.txt", "inside.txt"):
        with open_artifact(folder, path) as file:
            assert file.read() == b"a"
    for path in ("passwd", "pipe", "loop", "../meta.yaml", "/etc/passwd", "self", "gone"):
        with pytest.raises(OSError):
            open_artifact(folder, path)
    with pytest.raises(OSError):
        open_artifact(ArtifactFolder("s3://b"), "a.txt")
