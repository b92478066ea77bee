"""An experiment of any size as a site, from run rows that were made up: no store is read and no run page written."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from sitegen.addresses import shard_digits, shard_of
from sitegen.analysis.best import Ranking, rank
from sitegen.analysis.curves import MetricSummary
from sitegen.analysis.objective import choose_objective
from sitegen.analysis.report import Report
from sitegen.analysis.runs_table import ExperimentTable, RunRow, gather
from sitegen.analysis.summary import summarise_experiment
from sitegen.build.assets import PAGE_STYLES, STYLES
from sitegen.markup.data_js import data_script
from sitegen.model import Experiment
from sitegen.pages.columnfiles import experiment_files
from sitegen.pages.experiments import experiment_page_of
from sitegen.pages.page import PlainPage, Site
from sitegen.pages.run_data import run_records
from sitegen.render import Renderer
from sitegen.render.themes import load_theme

METRICS = ("val_loss", "accuracy", "f1", "train_loss", "auc", "latency", "precision", "recall", "mae", "epoch_time")
DETAILED = 1000
"""Most runs whose details are written, for the compare page."""
START = 1_700_000_000_000


def one_value(value: float) -> MetricSummary:
    bad = int(not math.isfinite(value))
    return MetricSummary(value, 0, START, value, value, 0, value, 0, value, 1, bad)


def curved(value: float) -> MetricSummary:
    """A history of 20 points that began at twice its last value."""
    return MetricSummary(value, 19, START, 2 * value, value, 19, 2 * value, 0, 1.5 * value, 20, 0)


def fake_rows(count: int, seed: int = 7) -> list[RunRow]:
    """Runs with 12 params, 10 metrics and 6 tags; every tenth run of the first hundred has two nested runs."""
    chance = random.Random(seed)
    return [fake_row(i, chance) for i in range(count)]


def fake_row(i: int, chance: random.Random) -> RunRow:
    start = START - i * 60_000
    params = {
        "model": chance.choice(["resnet", "vit", "mlp", "gbm"]),
        "lr": repr(10.0 ** -chance.randint(1, 5)),
        "seed": str(chance.randint(0, 9)),
        "note": f"run {i}, \"quoted\" & 'odd' <b>",
        **{f"p{k}": str(chance.randint(0, 4 + k)) for k in range(8)},
    }
    if i % 7 == 0:
        del params["seed"]
    loss = chance.random()
    values = {key: chance.random() * 10 ** chance.randint(-2, 2) for key in METRICS[2:]}
    metrics = {"val_loss": curved(loss), "accuracy": one_value(1 - loss / 2)}
    metrics |= {key: one_value(value) for key, value in values.items()}
    if i % 11 == 3:
        del metrics["f1"]
    if i % 13 == 5:
        metrics["auc"] = one_value((math.nan, math.inf, -math.inf)[i % 3])
    nested = i < 100 and i % 10 in (1, 2)
    return RunRow(
        run_id=f"{chance.getrandbits(128):032x}", experiment_id="1", name=f"{chance.choice(['bold', 'calm', 'dire'])}-run-{i}",
        status=("FINISHED", "FINISHED", "FINISHED", "FAILED", "RUNNING")[chance.randint(0, 4)], lifecycle_stage="active",
        start_time=start, end_time=start + chance.randint(1000, 9_000_000), user=chance.choice(["ada", "bob"]),
        source_name="train.py", git_commit="", parent_id=str(i // 10 * 10) if nested else None, note="", params=params,
        tags={f"tag{k}": chance.choice(["x", "y", "z"]) for k in range(6)}, metrics=metrics, datasets=(), artifact_count=0,
        sketches={"val_loss": "zyxwvutsrq543210"},
    )  # fmt: skip


def with_parents(rows: Sequence[RunRow]) -> list[RunRow]:
    """`rows`, whose parents were told by position, with the ids of those."""
    return [replace(row, parent_id=rows[int(row.parent_id)].run_id) if row.parent_id else row for row in rows]


def table_of(rows: Sequence[RunRow]) -> tuple[ExperimentTable, Ranking | None]:
    (table,) = gather(with_parents(rows), [Experiment("1", "fake", tags={})])
    objective = choose_objective(table, "min val_loss")
    return table, rank(table, objective) if objective else None


def report_of(rows: Sequence[RunRow]) -> Report:
    table, ranking = table_of(rows)
    return Report(table, summarise_experiment(table), ranking)


def renderer(count: int) -> Renderer:
    """What renders the pages of a site of `count` runs."""
    return Renderer(load_theme("default"), Site("Fake", "0", "assets/", "Made up", shard_digits(count)))


def write_fake(folder: Path, rows: Sequence[RunRow]) -> Path:
    """Write the experiment's page and data files, the compare page and the assets; returns the experiment's page."""
    theme = load_theme("default")
    table, ranking = table_of(rows)
    files = {path: file.read_bytes() for path, file in theme.files("assets").items()}
    shipped = {path: data for path, data in files.items() if not path.startswith("assets/css/")}
    shipped["assets/analysis.css"] = files["assets/css/analysis.css"]
    shipped["assets/site.css"] = b"".join(files[f"assets/css/{name}.css"] for name in STYLES)
    shipped |= {f"assets/{name}.css": files[f"assets/css/{name}.css"] for name in PAGE_STYLES}
    for path, data in shipped.items():
        put(folder, path, data)
    digits = shard_digits(len(rows))
    page = experiment_page_of(report_of(rows), [])
    put(folder, page.path, renderer(len(rows)).render(page).encode())
    compare = PlainPage("compare.html", "compare.html", "compare", "Compare runs", ())
    put(folder, "compare.html", renderer(len(rows)).render(compare).encode())
    site = {"title": "Fake", "digits": digits, "experiments": [["1", "1", "fake", len(rows)]]}
    shards: dict[str, list[Any]] = {}
    for row in table.rows[:DETAILED]:
        shards.setdefault(shard_of(row.run_id, digits), []).extend(run_records([(row, {})]))
    runs = {f"runs/{shard}": {"runs": found} for shard, found in shards.items()}
    for key, value in {"site": site, **experiment_files(table, ranking), **runs}.items():
        put(folder, f"data/{key}.js", data_script(key, value).encode())
    return folder / page.path


def put(folder: Path, path: str, data: bytes) -> None:
    target = folder / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(data)
