"""Building again: what is read, made and written follows what has changed, and the site equals a clean one."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sitegen import build as rooms
from sitegen.addresses import experiment_page
from sitegen.analysis.report import Report
from sitegen.build import build
from sitegen.build.cache import SECRET, Cache, open_cache
from sitegen.build.facts import Facts, facts_of
from sitegen.build.shards import Shard
from sitegen.build.unchanged import SETTLED_NS, State
from sitegen.config import Config
from sitegen.model import Problem, RunRef
from sitegen.stores.sql.sqlite import SqliteStore
from tests.build import edits
from tests.build.edits import EDITS, Counts, Place, build_again, build_clean, check, differences, files_of, make_place
from tests.stores.databases import FIXTURES

EVERY_RUN = 99
ALWAYS = {"ReadModels", "TablesPages"}
"""Tasks that read the store, which are made whenever anything has changed."""
RUNS_READ: dict[Callable[[Place], None], int] = {
    edits.nothing: 0,
    edits.append_point: 1,
    edits.rename_run: 1,
    edits.change_artifact: 1,
    edits.add_artifact: 1,
    edits.move_run: 1,
    edits.change_model: 0,
    edits.edit_site: 0,
    edits.delete_run: 0,
    edits.add_run: 1,
    edits.rename_experiment: 4,
    edits.note_experiment: 4,
    edits.change_dataset: 4,
    edits.damage_run: 1,
    edits.fresh_times: EVERY_RUN,
    edits.change_config: EVERY_RUN,
    edits.change_template: EVERY_RUN,
    edits.change_version: EVERY_RUN,
    edits.flip_objective: 4,
    edits.damage_cache: EVERY_RUN,
    edits.delete_site: EVERY_RUN,
}
"""The most that each kind of edit may read; 4 for the runs of one experiment."""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    before = rooms.program_key
    place = make_place(tmp_path_factory.mktemp("edited"), 5)
    build_again(place)
    yield place
    rooms.program_key = before  # type: ignore[attr-defined]


@pytest.mark.parametrize("edit", RUNS_READ, ids=lambda edit: edit.__name__)
def test_a_site_that_is_built_again_equals_a_clean_one(place: Place, edit: Callable[[Place], None]) -> None:
    counts, differing = check(place, edit)
    assert differing == []
    assert counts.runs <= RUNS_READ[edit]


def test_every_kind_of_edit_is_known() -> None:
    """Those that are not in the table above are only run by `python -m tests.build.edits`."""
    assert set(RUNS_READ) < set(EDITS)


def test_an_unchanged_store_is_not_read_and_no_file_is_touched(place: Place) -> None:
    build_again(place)
    before = {path: (path.stat().st_ino, path.stat().st_mtime_ns, path.stat().st_ctime_ns) for path in site_of(place)}
    assert build_again(place) == Counts()
    assert build(place.config).is_unchanged
    assert {path: (path.stat().st_ino, path.stat().st_mtime_ns, path.stat().st_ctime_ns) for path in before} == before


def test_one_appended_point_makes_the_pages_that_show_it(place: Place) -> None:
    build_again(place)
    counts, differing = check(place, edits.append_point)
    assert differing == []
    assert counts.runs == 1
    assert counts.tasks["ReadRuns"] == counts.tasks["RunPages"] == counts.tasks["ExperimentPages"] == 1
    assert counts.files <= 21  # five of them are pictures of the first chart


def test_only_the_experiment_that_has_changed_is_analysed(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    build_again(place)
    analysed: list[str] = []

    def noted(report: Report, *rest: Any) -> Facts:
        analysed.append(report.table.experiment.experiment_id)
        return facts_of(report, *rest)

    monkeypatch.setattr("sitegen.build.analyse.facts_of", noted)
    run = place.runs()[0]
    place.write(run / "params" / "lr", "0.125")
    build_again(place)
    assert analysed == [run.parent.name]


def test_a_run_is_silent_for_longer_when_another_experiment_has_logged_later(place: Place) -> None:
    """The health of an experiment that has not changed depends on the newest time of the store."""
    running = place.runs()[0].parent
    other = next(run for run in place.runs() if run.parent != running)
    for run in running.glob("*/meta.yaml"):
        text = re.sub(r"(?m)^end_time: .*$", "end_time: null", run.read_text())
        place.write(run, re.sub(r"(?m)^status: .*$", "status: 1", text))
    build_again(place)
    page = place.root / "site" / experiment_page(running.name)
    before = page.read_text()

    def log_later(place: Place) -> None:
        place.write(other / "metrics" / "late", "2000000000000 0.5 0\n")

    _, differing = check(place, log_later)
    assert differing == []
    assert "stalled" in page.read_text() != before


def test_fresh_times_alone_make_no_page(place: Place) -> None:
    """As in a fresh checkout: the runs are read, and say what they said."""
    build_again(place)
    counts, differing = check(place, edits.fresh_times)
    assert differing == []
    assert set(counts.tasks) == {"ReadRuns", *ALWAYS}
    assert counts.files == 0


def test_by_content_fresh_times_are_no_change_and_changes_are_seen(place: Place) -> None:
    place.config = replace(place.config, by_content=True)
    build_again(place)
    edits.fresh_times(place)
    assert build_again(place) == Counts()
    counts, differing = check(place, edits.change_artifact)  # of the same size
    assert differing == []
    assert counts.runs == 1
    place.config = replace(place.config, by_content=False)


def test_a_change_within_the_resolution_of_times_is_seen(place: Place) -> None:
    """Two changes of one size and time, one before and one after a build."""
    path = place.a_run() / "params" / "lr"
    for value in ("0.111", "0.222"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(value)
        os.utime(path, ns=(2**61, 2**61))  # later than the build, so that it is not settled
        build_again(place)
        build_clean(place)
        assert differences(place) == []
    place.age(path)
    assert SETTLED_NS >= 2_000_000_000


def test_no_cache_means_that_nothing_is_kept_or_taken(place: Place, tmp_path: Path) -> None:
    config = replace(place.config, output=tmp_path / "site", cache=tmp_path / "cache", no_cache=True)
    assert not build(config).is_unchanged
    assert not build(config).is_unchanged
    assert not (tmp_path / "cache").exists()


def test_a_cache_written_without_the_secret_counts_for_nothing(
    place: Place, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Whoever fills the cache and the folder of the site, without the secret, can cost a build and no more."""
    config = replace(place.config, output=tmp_path / "site", cache=tmp_path / "cache")
    monkeypatch.setenv(SECRET, "ours")
    build(config)
    page = tmp_path / "site" / "index.html"
    good, time = page.read_bytes(), page.stat().st_mtime_ns
    page.write_bytes(good[:-1] + b"!")  # of the same size and time: the cache says that it is as it was written
    os.utime(page, ns=(time, time))
    assert not build(config).is_unchanged
    assert page.read_bytes() == good
    assert build(config).is_unchanged
    monkeypatch.setenv(SECRET, "theirs")
    assert not build(config).is_unchanged


def test_a_site_that_was_restored_with_other_times_is_known_by_its_content(place: Place) -> None:
    build_again(place)
    for path in site_of(place):
        os.utime(path, (1, 1))
    assert build_again(place) == Counts()


def test_a_cache_that_cannot_be_written_costs_only_itself(place: Place, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    build(replace(place.config, output=tmp_path / "site", cache=tmp_path / "file"))
    build_clean(place)
    assert len(files_of(tmp_path / "site")) == len(files_of(place.root / "clean"))


def test_a_record_that_is_damaged_on_the_disk_starts_the_build_over(place: Place) -> None:
    build_again(place)
    [shard] = (place.root / "cache").rglob("runs/all")
    data = bytearray(shard.read_bytes())
    data[: len(data) // 3] = bytes(len(data) // 3)  # the records come first
    shard.write_bytes(data)
    counts, differing = check(place, edits.rename_run)
    assert differing == []
    assert counts.runs > 1


def test_what_was_read_and_is_gone_leaves_the_cache(place: Place, tmp_path: Path) -> None:
    cache = Cache(tmp_path, "1")
    (tmp_path / "runs").mkdir()
    (tmp_path / "runs" / "0").write_text("")
    cache.take_shards(tmp_path / "nothing", {"1"})
    assert list((tmp_path / "runs").iterdir()) == []


def test_a_cache_of_another_version_is_empty(tmp_path: Path) -> None:
    Cache(tmp_path, "1").save("state", State("key", [], build_nothing()))
    assert Cache(tmp_path, "1").load("state", State)
    assert Cache(tmp_path, "2").load("state", State) is None
    assert Cache(tmp_path, "1", "secret").load("state", State) is None
    shutil.copy(tmp_path / "state", tmp_path / "tasks")
    assert Cache(tmp_path, "1").load("tasks", State) is None


def build_nothing() -> rooms.Built:
    return rooms.Built(Path("site"))


def test_each_site_has_a_cache_of_its_own_and_the_oldest_are_dropped(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr("sitegen.build.cache.MAX_SITES", 3)
    caches = [open_cache(Config("store", tmp_path / str(number)), "1") for number in range(5)]
    folders = [cache.folder for cache in caches if cache]
    assert len(set(folders)) == 5
    assert [folder.exists() for folder in folders] == [False, False, True, True, True]
    assert all(folder.stat().st_mode & 0o077 == 0 for folder in folders if folder.exists())


def test_building_an_unchanged_site_loads_nothing_of_a_build(place: Place) -> None:
    site, cache = place.root / "light", place.root / "light-cache"
    command = [
        sys.executable,
        "-X",
        "importtime",
        "-m",
        "sitegen",
        "build",
        str(place.store),
        "-o",
        str(site),
        "--cache",
    ]
    for _ in range(2):
        done = subprocess.run([*command, str(cache)], cwd=edits.ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("Nothing has changed since it was built; left ")
    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert "sitegen.build.unchanged" in loaded
    heavy = {"pandas", "pyarrow", "altair", "vl_convert", "sqlalchemy", "mlflow", "PIL", "pygments"}
    assert {*heavy, "sitegen.build.steps", "sitegen.build.context", "sitegen.analysis.judge"} & loaded == set()


def test_of_a_database_the_run_that_changed_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "mlflow.db"
    shutil.copy(FIXTURES / "mlflow-3.17.2.db", path)
    os.utime(path, (1, 1))
    read: list[int] = []
    read_runs = SqliteStore.read_runs
    monkeypatch.setattr(
        SqliteStore, "read_runs", lambda store, refs: (read.append(len(refs)), read_runs(store, refs))[1]
    )
    config = Config(str(path), tmp_path / "site", cache=tmp_path / "cache", jobs=1)
    build(config)
    assert build(config).is_unchanged
    connection = sqlite3.connect(path)
    with connection:
        [run_id] = connection.execute("SELECT run_uuid FROM params LIMIT 1").fetchone()
        connection.execute("UPDATE params SET value = 'changed' WHERE run_uuid = ?", (run_id,))
    connection.close()
    assert not build(config).is_unchanged
    assert sum(read) - 1 == read[0] > 1
    build(replace(config, output=tmp_path / "clean", no_cache=True))
    sites = [
        {file.relative_to(tmp_path / site): file.read_bytes() for file in files_of(tmp_path / site)}
        for site in ("site", "clean")
    ]
    assert sites[0] == sites[1]


def site_of(place: Place) -> list[Path]:
    return files_of(place.root / "site")


def test_problems_belong_to_the_run_in_whose_folder_they_are() -> None:
    refs = [RunRef("a" * 32, "1", "1/" + "a" * 32), RunRef("b" * 32, "1", "1/" + "b" * 32)]
    shard = Shard("all", refs, {}, (), None)  # type: ignore[arg-type]
    problems = [
        Problem(f"1/{'a' * 32}/metrics/loss", "torn"),
        Problem("1/datasets/d", "gone"),
        Problem("1/" + "b" * 32, "x"),
    ]
    own, others = shard._by_run(problems)
    assert own == {"a" * 32: problems[:1], "b" * 32: problems[2:]}
    assert others == problems[1:2]
