"""Large stores of made-up runs: as a file store and as a database, the same runs in both.

Each run has 12 params, 10 metrics (two of them with 200 steps) and 8 tags; five experiments share the runs unevenly.
"""

from __future__ import annotations

import math
import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from tests.stores.databases import START

EXPERIMENTS = ("resnet", "bert finetune", "churn", "tagger", "speech")
STEPS = 200
CHOICES = ("batch_size", "depth", "width", "warmup_steps", "max_len", "epochs", "seed", "num_workers")
METRICS = ("train/loss", "val/loss", "val/accuracy", "val/f1", "test/accuracy", "test/auc", "throughput", "gpu_mem_gb",
           "epoch_time_s", "grad_norm")  # fmt: skip
SCHEMA = """
CREATE TABLE IF NOT EXISTS experiments (experiment_id INTEGER PRIMARY KEY, name TEXT, artifact_location TEXT, lifecycle_stage TEXT,
  creation_time BIGINT, last_update_time BIGINT);
CREATE TABLE IF NOT EXISTS experiment_tags ("key" TEXT, value TEXT, experiment_id INTEGER, PRIMARY KEY ("key", experiment_id));
CREATE TABLE IF NOT EXISTS runs (run_uuid VARCHAR(32) PRIMARY KEY, name TEXT, source_type TEXT, source_name TEXT, entry_point_name TEXT,
  user_id TEXT, status TEXT, start_time BIGINT, end_time BIGINT, source_version TEXT, lifecycle_stage TEXT,
  artifact_uri TEXT, experiment_id INTEGER, deleted_time BIGINT);
CREATE TABLE IF NOT EXISTS latest_metrics ("key" TEXT, value FLOAT, timestamp BIGINT, step BIGINT, is_nan BOOLEAN, run_uuid VARCHAR(32),
  PRIMARY KEY ("key", run_uuid));
CREATE TABLE IF NOT EXISTS metrics ("key" TEXT NOT NULL, value FLOAT NOT NULL, timestamp BIGINT NOT NULL, run_uuid VARCHAR(32) NOT NULL,
  step BIGINT NOT NULL, is_nan BOOLEAN NOT NULL, PRIMARY KEY ("key", timestamp, step, run_uuid, value, is_nan));
CREATE TABLE IF NOT EXISTS params ("key" TEXT, value TEXT, run_uuid VARCHAR(32), PRIMARY KEY ("key", run_uuid));
CREATE TABLE IF NOT EXISTS tags ("key" TEXT, value TEXT, run_uuid VARCHAR(32), PRIMARY KEY ("key", run_uuid));
CREATE INDEX IF NOT EXISTS index_metrics_run_uuid ON metrics (run_uuid);
CREATE INDEX IF NOT EXISTS index_latest_metrics_run_uuid ON latest_metrics (run_uuid);
CREATE INDEX IF NOT EXISTS index_params_run_uuid ON params (run_uuid);
CREATE INDEX IF NOT EXISTS index_tags_run_uuid ON tags (run_uuid);
"""

_RUN = """INSERT INTO runs (run_uuid, name, source_type, source_name, entry_point_name, user_id, status, start_time, end_time,
  source_version, lifecycle_stage, artifact_uri, experiment_id)
  VALUES (?, ?, 'UNKNOWN', '', '', ?, 'FINISHED', ?, ?, '', 'active', ?, ?)"""
_POINT = 'INSERT INTO metrics ("key", value, timestamp, run_uuid, step, is_nan) VALUES (?, ?, ?, ?, ?, 0)'
_LATEST = 'INSERT INTO latest_metrics ("key", value, timestamp, step, is_nan, run_uuid) VALUES (?, ?, ?, ?, 0, ?)'


class MadeRun(NamedTuple):
    """A run as it is written; `points` are (timestamp, value, step) by metric."""

    run_id: str
    experiment: int
    name: str
    start: int
    end: int
    params: dict[str, str]
    tags: dict[str, str]
    points: dict[str, list[tuple[int, float, int]]]


def made(number: int) -> MadeRun:
    """The run of that number; the same each time."""
    r = random.Random(number)
    start, length = START + number * 61_000, r.randrange(20_000, 7_200_000)
    name = f"{r.choice('bold calm eager fair glad keen neat rare'.split())}-{r.choice('ant bear crow deer ibis lynx owl'.split())}-{r.randrange(1000)}"
    params = {"lr": repr(10 ** r.uniform(-5, -1)), "optimizer": r.choice(["adam", "adamw", "sgd", "lion"])}
    params |= {"dropout": repr(round(r.random(), 3)), "scheduler": r.choice(["cosine", "linear", "constant"])}
    params |= {key: str(r.choice([8, 16, 32, 64, 128, 256])) for key in CHOICES}
    tags = {"mlflow.runName": name, "mlflow.user": "ada", "mlflow.source.name": "train.py", "mlflow.source.type": "LOCAL",
            "mlflow.source.git.commit": f"{r.getrandbits(160):040x}", "dataset": r.choice(["v1", "v2"]), "team": r.choice(["vision", "text"]),
            "release": f"2.{r.randrange(30)}"}  # fmt: skip
    points = {key: _points(r, key, STEPS if at < 2 else 1, start, length) for at, key in enumerate(METRICS)}
    return MadeRun(
        f"{r.getrandbits(128):032x}", 1 + int(5 * r.random() ** 2), name, start, start + length, params, tags, points
    )


def _points(r: random.Random, key: str, steps: int, start: int, length: int) -> list[tuple[int, float, int]]:
    final, rate = r.uniform(0.05, 0.95), r.uniform(2, 8)
    if steps == 1:
        return [(start + length, final, 0)]
    return [
        (start + step * length // steps, final + 2 * math.exp(-rate * step / steps) + 0.05 * (r.random() - 0.5), step)
        for step in range(steps)
    ]


def write_files(root: Path, runs: range) -> None:
    """Add these runs to the file store at `root`, which is made if it is not there."""
    for at, name in enumerate(EXPERIMENTS, 1):
        _put(
            root / str(at) / "meta.yaml",
            f"artifact_location: {root}/{at}\ncreation_time: {START}\nexperiment_id: '{at}'\nlast_update_time: {START}\nlifecycle_stage: active\nname: {name}\n",
        )
    for number in runs:
        run = made(number)
        folder = root / str(run.experiment) / run.run_id
        _put(folder / "meta.yaml", _meta(root, run))
        (folder / "artifacts").mkdir()
        for kind, values in (("params", run.params), ("tags", run.tags)):
            for key, value in values.items():
                _put(folder / kind / key, value)
        for key, points in run.points.items():
            _put(folder / "metrics" / key, "".join(f"{time} {value!r} {step}\n" for time, value, step in points))


def _meta(root: Path, run: MadeRun) -> str:
    return (
        f"artifact_uri: {root}/{run.experiment}/{run.run_id}/artifacts\nend_time: {run.end}\nentry_point_name: ''\n"
        f"experiment_id: '{run.experiment}'\nlifecycle_stage: active\nrun_id: {run.run_id}\nrun_name: {run.name}\n"
        f"source_name: ''\nsource_type: 4\nsource_version: ''\nstart_time: {run.start}\nstatus: 3\ntags: []\nuser_id: ada\n"
    )


def _put(path: Path, text: str) -> None:
    try:
        path.write_text(text, "utf-8")
    except FileNotFoundError:
        path.parent.mkdir(parents=True)
        path.write_text(text, "utf-8")


def write_database(path: Path, runs: range) -> None:
    """Add these runs to the database at `path`: one that MLflow has made, else a new one with the tables that hold runs."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(path)) as db, db:
        db.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;" + SCHEMA)
        db.executemany(
            "INSERT INTO experiments (experiment_id, name, artifact_location, lifecycle_stage, creation_time, last_update_time) VALUES (?, ?, ?, 'active', ?, ?)",
            [(at, name, f"{path.parent}/mlruns/{at}", START, START) for at, name in enumerate(EXPERIMENTS, 1)],
        )
        for number in runs:
            run = made(number)
            uri = f"{path.parent}/mlruns/{run.experiment}/{run.run_id}/artifacts"
            row = (run.run_id, run.name, "ada", run.start, run.end, uri, run.experiment)
            db.execute(_RUN, row)
            db.executemany(
                'INSERT INTO params ("key", value, run_uuid) VALUES (?, ?, ?)',
                [(*one, run.run_id) for one in run.params.items()],
            )
            db.executemany(
                'INSERT INTO tags ("key", value, run_uuid) VALUES (?, ?, ?)',
                [(*one, run.run_id) for one in run.tags.items()],
            )
            db.executemany(_POINT, _rows(run))
            latest = [(key, value, time, step, run.run_id) for key, ((time, value, step),) in _last(run)]
            db.executemany(_LATEST, latest)


def _rows(run: MadeRun) -> Iterator[tuple[str, float, int, str, int]]:
    return ((key, value, time, run.run_id, step) for key, points in run.points.items() for time, value, step in points)


def _last(run: MadeRun) -> list[tuple[str, list[tuple[int, float, int]]]]:
    return [(key, points[-1:]) for key, points in run.points.items()]
