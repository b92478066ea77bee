"""Artifacts of a store that was moved are found where the user says that its addresses are now."""

from __future__ import annotations

import string
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sitegen.export import export_store
from sitegen.model import ArtifactFolder, Problem
from sitegen.stores import open_store
from sitegen.stores.contract import ReadOptions
from sitegen.stores.moves import Moves, parts_of
from tests.stores.mlruns_builder import RUN, experiment, run, write


def place(uri: str, *pairs: tuple[str, str]) -> str | None:
    return Moves([(start, Path(folder)) for start, folder in pairs]).place_of(uri)


@pytest.mark.parametrize(
    ("start", "uri", "found"),
    [
        ("s3://old/x", "s3://old/x/1/r/artifacts", "/new/1/r/artifacts"),
        ("s3://old/x/", "s3://old/x/1", "/new/1"),
        ("s3://old/x", "s3://old/x", "/new"),
        ("s3://old/x", "s3://old/xy/1", None),
        ("s3://old/x", "s3://old", None),
        ("s3://old/x", "gs://old/x/1", None),
        ("S3://old/x", "s3://old//x/./1", "/new/1"),
        ("s3://old/a b", "s3://old/a%20b/1", None),
        ("s3://old", "s3://old/a%20b/c=1", "/new/a%20b/c=1"),
        ("s3://", "s3://old/x", "/new/old/x"),
        ("mlflow-artifacts:/", "mlflow-artifacts:/1/r/artifacts", "/new/1/r/artifacts"),
        ("dbfs:/databricks", "dbfs:/databricks/1", "/new/1"),
        ("/home/me/mlruns", "file:///home/me/mlruns/1", "/new/1"),
        ("file:///home/me/mlruns", "/home/me/mlruns/1", "/new/1"),
        ("file:///home/my%20runs", "/home/my runs/1", "/new/1"),
        ("/home/my runs", "file:///home/my%20runs/a%2520b", "/new/a%20b"),
        ("file:/home/me", "file://localhost/home/me/1", "/new/1"),
        ("/home/me", "home/me/1", None),
        ("./mlruns", "mlruns/1", "/new/1"),
        ("file:///C:/Users/me/mlruns", "file:///C:/Users/me/mlruns/6/r/artifacts", "/new/6/r/artifacts"),
        ("file:///C:/Users/me/mlruns", "c:\\users\\Me\\mlruns\\6/r/Artifacts", "/new/6/r/Artifacts"),
        ("C:\\Users\\me", "file:///c:/Users/me/1", "/new/1"),
        ("C:\\Users\\me", "file://C:/Users/me/1", "/new/1"),
        ("C:\\", "file:///C%3A/x", "/new/x"),
        ("C:/Users", "D:/Users/x", None),
        ("\\\\nas\\runs", "file://NAS/runs/1", "/new/1"),
    ],
)
def test_a_beginning_is_compared_part_by_part(start: str, uri: str, found: str | None) -> None:
    assert place(uri, (start, "/new")) == found


def test_the_longest_beginning_wins_whatever_the_order() -> None:
    pairs = [("s3://b", "/one"), ("s3://b/x/y", "/three"), ("s3://b/x", "/two")]
    for order in (pairs, pairs[::-1]):
        assert place("s3://b/x/y/z", *order) == "/three/z"
        assert place("s3://b/x/z", *order) == "/two/z"
        assert place("s3://b/xy", *order) == "/one/xy"


@pytest.mark.parametrize(
    "uri", ["s3://b/../x", "s3://b/x/..", "s3://b/a\\..\\..\\x", "s3://b/\0", "file:///b/%2e%2e/x"]
)
def test_a_uri_that_climbs_is_nowhere(uri: str) -> None:
    assert place(uri, ("s3://b", "/new"), ("file:///b", "/new")) is None


@given(
    st.text(string.ascii_letters + "/\\.:%C2 \0", max_size=30), st.text(string.ascii_letters + "/\\.:%", max_size=12)
)
@example("file:", "file:")
@example("", "")
def test_any_text_is_taken_apart_and_stays_below_the_folder(uri: str, start: str) -> None:
    assert parts_of(uri)
    found = place(uri, (start, "/new/folder"))
    assert found is None or f"{found}/".startswith("/new/folder/")


# ------------------------------------------------------------------------------------------------------------ in stores


def find(location: Path, start: str, folder: Path) -> tuple[ArtifactFolder, list[Problem]]:
    """The artifacts of the only run of a store."""
    store = open_store(str(location), ReadOptions(artifact_map=((start, folder),)))
    batch = store.read_runs(store.catalog().runs)
    return batch.runs[0].artifacts, batch.problems


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A file store whose run logged its artifacts to a bucket, and a mirror of that bucket."""
    run(experiment(tmp_path / "mlruns", "1"), RUN, artifact_uri=f"s3://old/x/team/{RUN}/artifacts")
    write(tmp_path / "mirror" / "team" / RUN / "artifacts" / "a.txt", "a")
    return tmp_path / "mlruns"


def test_artifacts_are_read_from_the_folder_that_stands_for_their_bucket(store: Path, tmp_path: Path) -> None:
    folder, problems = find(store, "s3://old/x", tmp_path / "mirror")
    assert (folder.root, problems) == (tmp_path / "mirror" / "team" / RUN / "artifacts", [])
    assert [artifact.path for artifact in folder.files] == ["a.txt"]
    assert folder.uri == f"s3://old/x/team/{RUN}/artifacts"
    assert find(store, "s3://new", tmp_path / "mirror")[0].root is None


def test_an_export_and_a_run_table_are_read_with_the_map_too(store: Path, tmp_path: Path) -> None:
    export_store(open_store(str(store)), tmp_path / "out")
    table = tmp_path / "runs.csv"
    header = "run_id,experiment_id,status,artifact_uri,start_time,end_time"
    table.write_text(f"{header}\n{RUN},1,FINISHED,s3://old/x/team/{RUN}/artifacts,,\n")
    for location in (tmp_path / "out", table):
        folder, _ = find(location, "s3://old/x", tmp_path / "mirror")
        assert [artifact.path for artifact in folder.files] == ["a.txt"], location


def test_a_mapped_folder_is_followed_only_as_far_as_it_stays_inside(store: Path, tmp_path: Path) -> None:
    write(tmp_path / "secret" / "s.txt", "s")
    (tmp_path / "mirror" / "team" / RUN / "artifacts" / "a.txt").unlink()
    (tmp_path / "mirror" / "team" / RUN / "artifacts").rmdir()
    (tmp_path / "mirror" / "team" / RUN / "artifacts").symlink_to(tmp_path / "secret")
    folder, problems = find(store, "s3://old/x", tmp_path / "mirror")
    assert (folder.root, folder.files) == (None, ())
    assert [p.what for p in problems] == ["has artifacts that lead out of the folder they are mapped to; not followed"]


def test_a_mapped_folder_that_is_not_there_leaves_the_usual_search(store: Path, tmp_path: Path) -> None:
    write(tmp_path / "mlartifacts" / "team" / RUN / "artifacts" / "b.txt", "b")
    folder, problems = find(store, "s3://old/x", tmp_path / "gone")
    assert ([artifact.path for artifact in folder.files], problems) == (["b.txt"], [])
