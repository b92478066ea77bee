"""Builds of damaged stores: every run that the damage did not touch is in the site, or the build says why there is none."""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from unittest.mock import patch

from sitegen.stores.sql import sqlite_driver
from tests.fuzz.builds import Outcome, build
from tests.fuzz.mutations import mutate_database, mutate_files
from tests.fuzz.seeds import Seed, seeds

BY_RUN = ("runs", "metrics", "latest_metrics", "params", "tags")


def damaged_stores(work: Path, numbers: Iterable[int], seed: int) -> Iterator[tuple[str, list[str]]]:
    """The faults of builds of the stores of these numbers, each with a name under which it can be made again."""
    chosen = seeds(work / "seeds")
    shown = [_shown_undamaged(one, work / f"whole-{one.name}") for one in chosen]
    for number in numbers:
        one, runs = chosen[number % len(chosen)], shown[number % len(chosen)]
        yield (
            f"{one.name} --seed {seed} --only {number}",
            faults_of(one, runs, work / "case", random.Random(f"{seed}/{number}")),
        )


def _shown_undamaged(seed: Seed, place: Path) -> set[str]:
    """The runs that the site of the store shows before it is damaged."""
    place.mkdir()
    outcome = build(seed.make(place), place / "site")
    assert not outcome.faults() and outcome.code == 0, outcome
    return {path.stem for path in (place / "site" / "runs").glob("*.html")}


def faults_of(seed: Seed, runs: set[str], place: Path, draw: random.Random) -> list[str]:
    """What is wrong with the build of one damaged store, which has shown `runs` before."""
    store = place / "here"
    shutil.rmtree(store, ignore_errors=True)
    store.mkdir(parents=True)
    made = seed.make(store)
    if seed.is_database:
        before = _rows(made)
        mutate_database(made, draw)
        after = _rows(made)
        readable = {run for run in runs if run in before and before[run] == after.get(run)}
    else:
        touched = mutate_files(made, draw)
        readable = {run for run in runs if not _is_touched(made, run, touched)}
    # Which driver reads it is else decided by what else runs in this process.
    with patch.object(sqlite_driver, "_is_loaded", partial(draw.choice, (True, False))):
        outcome = build(
            made, place / "site", *draw.choice(([], [], ["--profile", "internal", "--traces"], ["--deleted"]))
        )
    return [*outcome.faults(), *missing_runs(outcome, place / "site", readable), *left_behind(place, {"here", "site"})]


def missing_runs(outcome: Outcome, site: Path, readable: set[str]) -> list[str]:
    if outcome.code == 0:
        return [f"run {run} is missing" for run in sorted(readable) if not (site / "runs" / f"{run}.html").is_file()]
    return [f"{len(readable)} runs can be read: {outcome.err}"] if readable and outcome.code == 4 else []


def left_behind(place: Path, expected: set[str]) -> list[str]:
    return [f"{path.name} is left" for path in sorted(place.iterdir()) if path.name not in expected]


def _is_touched(store: Path, run: str, touched: set[Path]) -> bool:
    """Whether damage may concern a run: it is in its folder or above it, or it gave another folder its name."""
    [folder] = list(store.glob(f"*/{run}")) or [store / "gone" / run]
    return any(
        path == folder or folder in path.parents or path in folder.parents or run in path.name or not folder.exists()
        for path in touched
    )


def _rows(database: Path) -> dict[str, object]:
    """By run, all of its rows as SQLite reads them, with the index and without; none for what it cannot read."""
    found: dict[str, object] = {}
    try:
        with closing(sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)) as connection:
            tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            if not tables >= {"runs", "metrics", "params", "tags", "experiments"}:
                return {}  # a view may compute for ever, so none is read
            ids = {run for (run,) in connection.execute("SELECT run_uuid FROM runs NOT INDEXED")}
            experiments = connection.execute("SELECT * FROM experiments").fetchall()
            for run in filter(lambda one: isinstance(one, str), ids):
                try:
                    found[run] = (experiments, [_of_run(connection, table, run) for table in BY_RUN])
                except (sqlite3.Error, UnicodeDecodeError):
                    continue
    except (sqlite3.Error, UnicodeDecodeError):
        return {}
    return found


def _of_run(connection: sqlite3.Connection, table: str, run: str) -> object:
    by_index = connection.execute(f"SELECT * FROM {table} WHERE run_uuid = ? ORDER BY 1, 2, 3", (run,)).fetchall()
    by_scan = connection.execute(
        f"SELECT * FROM {table} NOT INDEXED WHERE run_uuid = ? ORDER BY 1, 2, 3", (run,)
    ).fetchall()
    if sorted(map(repr, by_index)) != sorted(map(repr, by_scan)):
        raise sqlite3.DatabaseError("the index is damaged")
    return sorted(map(repr, by_scan))
