"""Which store is read: `build`, `serve`, `inspect`, `export` and `best` all ask `find_stores`."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from sitegen.errors import StoreError, UsageError
from sitegen.output import check_output
from sitegen.stores import find_stores, open_stores
from sitegen.stores.contract import ReadOptions
from tests.stores.databases import add_run, database
from tests.stores.mlruns_builder import OTHER_RUN, RUN, experiment, run, write


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty folder to work in, below a folder that holds no `.git`."""
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)


def database_at(path: str, *runs: str) -> None:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    with database(Path(path)) as connection:
        for run_id in runs:
            add_run(connection, run_id)


def artifacts(folder: str, run_id: str = RUN) -> None:
    write(Path(folder) / "1" / run_id / "artifacts" / "x.txt", "x")


def mlruns(folder: str, *runs: str) -> None:
    home = experiment(Path(folder), "1")
    for run_id in runs:
        run(home, run_id)


def found(*named: str) -> tuple[tuple[str, ...], str]:
    stores = find_stores(named)
    return stores.locations, stores.why


@pytest.mark.parametrize("named", [(), (".",), ("mlflow.db",), ("./mlruns",), ("mlruns",)])
def test_the_default_layout_of_mlflow_3_is_found_from_all_sides(named: tuple[str, ...]) -> None:
    database_at("mlflow.db", RUN)
    artifacts("mlruns")
    assert found(*named)[0] == ("mlflow.db",)


def test_the_artifact_folder_may_be_missing_or_be_where_one_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    database_at("mlflow.db", RUN)
    assert found("./mlruns") == (("mlflow.db",), "the database beside ./mlruns, which does not exist")
    artifacts("mlruns")
    assert found("mlruns") == (("mlflow.db",), "the database beside mlruns, which holds only artifacts")
    monkeypatch.chdir("mlruns")
    assert found(".")[0] == ("../mlflow.db",)


def test_a_database_of_any_name_is_found_beside_its_artifacts() -> None:
    database_at("tracking.db", RUN)
    artifacts("mlartifacts")
    assert found("mlartifacts")[0] == found(".")[0] == ("tracking.db",)


def test_another_folder_that_does_not_exist_does_not_stand_for_the_database_beside_it() -> None:
    database_at("mlflow.db", RUN)
    with pytest.raises(StoreError, match="^nowhere does not exist; give an? "):
        open_stores(["nowhere"])


def test_a_link_out_of_a_folder_is_read_only_if_it_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "theirs").mkdir()
    for name in ("mlflow.db", "mlruns"):
        Path(name).symlink_to(tmp_path / "theirs" / name)
    monkeypatch.chdir(tmp_path / "theirs")
    database_at("mlflow.db", RUN)
    mlruns("mlruns", RUN)
    monkeypatch.chdir(tmp_path / "work")
    with pytest.raises(UsageError, match="mlflow.db is a link that leaves this folder: name it to read it"):
        found()
    with pytest.raises(StoreError, match="not followed; name what mlflow.db leads to"):
        open_stores(["."])
    for name in ("mlflow.db", "mlruns"):
        assert [ref.run_id for ref in open_stores([name]).catalog().runs] == [RUN]
    Path("sub").symlink_to(tmp_path / "theirs")
    with pytest.raises(UsageError):
        found()


def test_a_folder_of_both_kinds_stands_for_both_and_a_path_for_itself() -> None:
    database_at("mlflow.db", RUN)
    mlruns("mlruns", OTHER_RUN)
    assert found(".")[0] == found()[0] == ("mlflow.db", "mlruns")
    assert {ref.run_id for ref in open_stores(["."]).catalog().runs} == {RUN, OTHER_RUN}
    assert found("mlruns") == (("mlruns",), "")
    assert found("mlflow.db") == (("mlflow.db",), "")


def test_what_a_database_was_migrated_from_is_not_read_a_second_time() -> None:
    database_at("mlflow.db", RUN, OTHER_RUN)
    mlruns("mlruns", RUN)
    assert found(".") == (("mlflow.db",), "as the runs of mlruns are all there too")
    database_at("old.db", RUN)
    assert found(".")[0] == ("mlflow.db",)


def test_an_empty_database_is_passed_over_where_runs_lie_beside_it() -> None:
    database_at("mlflow.db")
    mlruns("mlruns", RUN)
    assert found(".")[0] == found()[0] == found("mlruns")[0] == ("mlruns",)
    with pytest.raises(
        StoreError, match="^mlflow.db holds no runs, but mlruns does; name that one to read it"
    ) as caught:
        find_stores(["mlflow.db"])
    assert caught.value.exit_code == 4


def test_an_empty_file_store_is_passed_over_where_a_database_beside_it_has_runs() -> None:
    mlruns("mlruns")
    database_at("mlflow.db", RUN)
    assert found(".")[0] == found()[0] == ("mlflow.db",)
    assert found("mlruns") == (("mlflow.db",), "the database beside mlruns, which holds no runs")


def test_an_empty_store_above_runs_is_passed_over() -> None:
    database_at("mlflow.db")
    mlruns("project/mlruns", RUN)
    assert found() == found(".") == (("project/mlruns",), "one folder below")
    with pytest.raises(StoreError, match="holds no runs, but project/mlruns does"):
        find_stores(["mlflow.db"])


def test_an_empty_store_alone_is_read() -> None:
    database_at("mlflow.db")
    assert found("mlflow.db") == (("mlflow.db",), "")
    assert found() == (("mlflow.db",), "found here, which holds no runs")


def test_deleted_runs_count_when_they_are_asked_for() -> None:
    with database(Path("mlflow.db")) as connection:
        add_run(connection, RUN)
        connection.execute("UPDATE runs SET lifecycle_stage = 'deleted'")
    mlruns("mlruns", OTHER_RUN)
    assert find_stores(["."]).locations == ("mlruns",)
    assert find_stores(["."], ReadOptions(deleted=True)).locations == ("mlflow.db", "mlruns")


def test_runs_in_several_folders_below_have_to_be_named() -> None:
    mlruns("a/mlruns", RUN)
    database_at("b/mlflow.db", RUN)
    for named in ((), (".",)):
        with pytest.raises(
            StoreError, match="There are runs in several folders: a/mlruns and b/mlflow.db; name the ones"
        ):
            find_stores(named)


def test_without_a_name_the_environment_speaks_first(monkeypatch: pytest.MonkeyPatch) -> None:
    database_at("mlflow.db", RUN)
    mlruns("elsewhere/mlruns", OTHER_RUN)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "./elsewhere/mlruns")
    assert found() == (("./elsewhere/mlruns",), "which MLFLOW_TRACKING_URI names")
    assert found("mlflow.db")[0] == ("mlflow.db",)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://ada:secret@host:5000")
    assert find_stores([]).sentence == "Read http://host:5000, which MLFLOW_TRACKING_URI names."
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "sqlite:///gone.db")
    with pytest.raises(StoreError, match="^MLFLOW_TRACKING_URI is sqlite:///gone.db, which does not exist"):
        find_stores([])


def test_without_a_name_the_top_of_the_project_is_looked_at_last(monkeypatch: pytest.MonkeyPatch) -> None:
    Path(".git").mkdir()
    database_at("mlflow.db", RUN)
    Path("src/deep").mkdir(parents=True)
    monkeypatch.chdir("src/deep")
    assert found() == (("../../mlflow.db",), "found at the top of the project")
    mlruns("below/mlruns", OTHER_RUN)
    assert found()[0] == ("below/mlruns",)
    mlruns("mlruns", OTHER_RUN)
    assert found() == (("mlruns",), "found here")


def test_nothing_at_all_is_said_with_what_was_looked_for() -> None:
    with pytest.raises(UsageError, match="no mlflow.db or mlruns folder here, one folder below, or at the top"):
        find_stores([])


def test_artifacts_without_their_database_are_named_as_such() -> None:
    artifacts("mlruns")
    with pytest.raises(StoreError, match="^mlruns holds only artifacts: MLflow 3 keeps runs in a database") as caught:
        open_stores(["mlruns"])
    assert caught.value.exit_code == 4


def test_a_folder_above_a_folder_of_runs_is_looked_into(tmp_path: Path) -> None:
    mlruns("project/mlruns", RUN)
    os.chdir(tmp_path)
    assert found("work")[0] == ("work/project/mlruns",)
    shutil.move("work/project/mlruns", "work/renamed")
    assert found("work/renamed") == (("work/renamed",), "")


def test_looking_changes_nothing() -> None:
    database_at("mlflow.db", RUN)
    mlruns("mlruns", OTHER_RUN)
    before = {path: path.stat().st_mtime_ns for path in Path().rglob("*")}
    find_stores([])
    assert before == {path: path.stat().st_mtime_ns for path in Path().rglob("*")}


def test_the_output_may_lie_beside_a_store_but_not_among_its_artifacts() -> None:
    database_at("mlflow.db", RUN)
    artifacts("mlruns")
    assert find_stores(["."]).places == [Path("mlflow.db"), Path("mlruns"), Path("mlartifacts")]
    check_output(Path("site"), find_stores(["."]).places, False)
    for output in ("mlruns/site", "mlruns", "."):
        with pytest.raises(UsageError, match="inside"):
            check_output(Path(output), find_stores(["."]).places, False)
