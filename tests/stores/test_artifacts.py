"""Artifacts are found again wherever the store went, and nothing outside is ever read."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from sitegen.build import build
from sitegen.cli.printing import closing_summary
from sitegen.commands.inspect import inspect_stores, lines_of
from sitegen.config import Config
from sitegen.model import ArtifactFolder, Problem
from sitegen.stores import open_store
from sitegen.stores.artifacts import OUTSIDE, open_artifact
from sitegen.stores.contract import ReadOptions
from tests.stores.databases import add_run, database
from tests.stores.mlruns_builder import OTHER_RUN, RUN, experiment, run, write, write_meta


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
        (f"s3://bucket/some/prefix/1/{RUN}/artifacts", f"mlruns/prefix/1/{RUN}/artifacts"),
        (f"file:///gone/with%20space/{RUN}/artifacts", f"mlartifacts/with space/{RUN}/artifacts"),
        (f"./mlruns/relative/{RUN}/artifacts", f"mlruns/relative/{RUN}/artifacts"),
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


@pytest.mark.parametrize("place", ["x/y", "beside"])
def test_a_local_uri_outside_is_followed_only_into_a_named_folder(store: Path, tmp_path: Path, place: str) -> None:
    """Also where its folder is called as MLflow calls a run's: whoever wrote the store may know another store's ids."""
    own = write(tmp_path / place / RUN / "artifacts" / "a.txt", "a").parent
    folder, problems = find(store, own.as_uri())
    assert (folder.root, folder.files, [problem.what for problem in problems]) == (None, (), [OUTSIDE])
    folder, problems = find(store, own.as_uri(), tmp_path / place)
    assert (paths(folder), problems) == (["a.txt"], [])


@pytest.mark.parametrize("place", ["mlruns", ".", "mlruns/1", f"mlruns/1/{RUN}", "mlruns/1/tags", "mlartifacts", ".."])
def test_a_uri_that_names_the_store_itself_gives_nothing(store: Path, tmp_path: Path, place: str) -> None:
    """Its meta.yaml files and params would become files of the run; --artifacts does not change that."""
    write(tmp_path / "mlartifacts" / "a.txt", "a")
    write(store / "1" / "tags" / "a", "a")
    for roots in ([], [tmp_path]):
        folder, problems = find(store, (tmp_path / place).resolve().as_uri(), *roots)
        assert (folder.root, folder.files, [problem.what for problem in problems]) == (None, (), [OUTSIDE])


def test_the_artifact_root_of_a_database_may_be_anywhere_below_its_folder(tmp_path: Path) -> None:
    kept, other = tmp_path / "p" / "files", tmp_path / "files"
    for folder in (kept, other):
        write(folder / RUN / "artifacts" / "a.txt", "a")
        write(folder / "holiday" / "artifacts" / "a.txt", "a")
    with database(tmp_path / "p" / "mlflow.db") as connection:
        add_run(connection, RUN, uri=(kept / RUN / "artifacts").as_uri())
        add_run(connection, "holiday", uri=(kept / "holiday" / "artifacts").as_uri())
        add_run(connection, OTHER_RUN, uri=(other / RUN / "artifacts").as_uri())
    store = open_store(str(tmp_path / "p" / "mlflow.db"))
    batch = store.read_runs(store.catalog().runs)
    assert {one.run_id: paths(one.artifacts) for one in batch.runs} == {RUN: ["a.txt"], "holiday": [], OTHER_RUN: []}
    assert [problem.what for problem in batch.problems] == [OUTSIDE, OUTSIDE]


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


def stored(folder: Path, *runs: tuple[str, str], location: str = "/gone/mlruns/1") -> Path:
    """A database beside which artifacts belong: runs by id, each with the key of a tag or ''."""
    with database(folder / "mlflow.db") as connection:
        connection.execute("UPDATE experiments SET artifact_location = ?", [location])
        for run_id, tag in runs:
            add_run(connection, run_id, uri=f"{location}/{run_id}/artifacts")
            if tag:
                connection.execute("INSERT INTO tags VALUES (?, 'x', ?)", [tag, run_id])
    return folder / "mlflow.db"


def found_in(path: Path) -> tuple[str, dict[str, ArtifactFolder]]:
    store = open_store(str(path))
    catalog = store.catalog()
    return catalog.missing_artifacts, {run.run_id: run.artifacts for run in store.read_runs(catalog.runs).runs}


@pytest.mark.parametrize("location", ["/gone/mlruns/1", "file:///C:/Users/Ada/proj/mlruns/1", "./mlruns/1"])
def test_a_database_without_its_artifact_folder_says_where_files_belong(tmp_path: Path, location: str) -> None:
    tag = "mlflow.loggedArtifacts"
    missing, found = found_in(stored(tmp_path, (RUN, tag), (OTHER_RUN, ""), location=location))
    assert missing == "mlruns"
    assert [found[one].expected for one in (RUN, OTHER_RUN)] == [
        f"mlruns/1/{RUN}/artifacts", f"mlruns/1/{OTHER_RUN}/artifacts",
    ]  # fmt: skip
    assert found[RUN].root is None, "a table was logged: it is lost"
    assert found[OTHER_RUN].root is not None, "nothing tells that this run has logged a file"


def test_a_run_without_a_folder_beside_those_of_others_has_logged_none(tmp_path: Path) -> None:
    path = stored(tmp_path, (RUN, ""), (OTHER_RUN, "mlflow.loggedArtifacts"))
    write(tmp_path / "mlruns" / "1" / RUN / "artifacts" / "a.txt", "x")
    missing, found = found_in(path)
    assert missing == ""
    assert [file.path for file in found[RUN].files] == ["a.txt"]
    assert (found[OTHER_RUN].expected, found[OTHER_RUN].files) == ("", ()) and found[OTHER_RUN].root is not None


def test_artifacts_in_a_bucket_are_elsewhere_and_not_missing(tmp_path: Path) -> None:
    missing, found = found_in(stored(tmp_path, (RUN, ""), location="s3://bucket/mlruns/1"))
    assert (missing, found[RUN].expected, found[RUN].root) == ("", "", None)


def test_the_name_of_a_home_is_not_in_what_is_said_of_a_missing_folder(tmp_path: Path) -> None:
    missing, found = found_in(stored(tmp_path, (RUN, ""), location="/home/ada/files"))
    assert (missing, found[RUN].expected) == ("files", f"{RUN}/artifacts")


def test_summary_inspect_and_pages_say_where_artifacts_were_expected(tmp_path: Path) -> None:
    path = stored(tmp_path, (RUN, "mlflow.loggedArtifacts"), (OTHER_RUN, ""))
    built = build(Config(store=str(path), output=tmp_path / "site"))
    expected = "Artifacts were expected in mlruns beside the store, which is not there."
    assert expected in closing_summary(built).split("\n")
    [inspected] = inspect_stores([str(path)])
    [line] = [line for line in lines_of([inspected]) if line.startswith("artifacts")]
    assert line.endswith(
        "those of 1 run were not found or are elsewhere; expected in mlruns beside the store, which is not there"
    )
    pages = {run_id: (tmp_path / "site" / "runs" / f"{run_id}.html").read_text() for run_id in (RUN, OTHER_RUN)}
    assert f"The artifacts were expected in mlruns/1/{RUN}/artifacts beside the store" in pages[RUN]
    assert "Artifacts of this run, if it has logged any, were expected in mlruns/1/" in pages[OTHER_RUN]
    assert "/gone/" not in pages[RUN]
