"""How long it takes to say what mattered and how healthy the runs of a large experiment are.

    PYTHONPATH=. python tests/benchmarks/analysis_matters.py [--runs 10000] [--params 20] [--metrics 15]

Makes up a run table (numbers, words, missing values, failed runs, NaN, duplicates, datasets, nested runs) and prints the
CPU seconds of each part, the best of several. The bar is 1 s together for 10,000 runs. Ranking is shown beside it.
"""

from __future__ import annotations

import argparse
import math
import random
import time
from collections.abc import Callable

from sitegen.analysis.best import rank
from sitegen.analysis.curves import MetricSummary
from sitegen.analysis.health import health_of, newest_time
from sitegen.analysis.matters import what_mattered
from sitegen.analysis.objective import parse_objective
from sitegen.analysis.runs_table import ExperimentTable, RunRow, gather
from sitegen.model import Experiment

START = 1_700_000_000_000
WORDS = ["adam", "adamw", "sgd", "lion"]


def made_up(runs: int, params: int, metrics: int) -> ExperimentTable:
    """A table of `runs` runs, the same every time."""
    drawn = random.Random(1)
    rows = [_row(at, params, metrics, drawn) for at in range(runs)]
    (table,) = gather(rows, [Experiment("1", "made up")])
    return table


def _row(at: int, params: int, metrics: int, drawn: random.Random) -> RunRow:
    values = {f"param_{key}": _param(key, drawn) for key in range(params) if key % 7 != 5 or drawn.random() < 0.6}
    loss = math.nan if drawn.random() < 0.02 else drawn.gauss(0, 1) + (math.log10(float(values["param_0"])) + 3) ** 2
    start = START + 60_000 * at
    return RunRow(
        run_id=f"{at:032x}",
        experiment_id="1",
        name=f"run-{at}",
        status=drawn.choices(["FINISHED", "FAILED", "KILLED", "RUNNING"], [90, 5, 4, 1])[0],
        lifecycle_stage="active",
        start_time=start,
        end_time=start + 50_000,
        user="ada",
        source_name="train.py",
        git_commit="abc" if drawn.random() < 0.9 else "",
        parent_id=f"{at - at % 50:032x}" if at % 50 else None,
        note="",
        params=values,
        tags={},
        metrics={f"metric_{key}": _summary(drawn.random(), start) for key in range(metrics)}
        | {"val_loss": _summary(loss, start)},
        datasets=(("train.parquet", drawn.choice(["d1", "d2"])),),
        artifact_count=3,
    )


def _param(key: int, drawn: random.Random) -> str:
    if key % 4 == 0:
        return repr(10 ** drawn.uniform(-5, -1))
    return drawn.choice(WORDS) if key % 4 == 1 else str(drawn.choice([8, 16, 32, 64])) if key % 4 == 2 else "same"


def _summary(value: float, time_: int) -> MetricSummary:
    bad = int(value != value)
    return MetricSummary(value, 9, time_ + 9000, 1.0, value, 9, 1.0, 0, value, 10, bad, 9 if bad else None)


def best_of(times: int, what: Callable[[], object]) -> float:
    """The least CPU seconds of `times` calls."""
    seconds = []
    for _ in range(times):
        before = time.process_time()
        what()
        seconds.append(time.process_time() - before)
    return min(seconds)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=10_000)
    parser.add_argument("--params", type=int, default=20)
    parser.add_argument("--metrics", type=int, default=15)
    asked = parser.parse_args()
    table = made_up(asked.runs, asked.params, asked.metrics)
    ranking = rank(table, parse_objective("min val_loss"))
    parts: dict[str, Callable[[], object]] = {
        "ranking": lambda: rank(table, parse_objective("min val_loss")),
        "what mattered": lambda: what_mattered(ranking),
        "newest time": lambda: newest_time([table]),
        "health": lambda: health_of(table, ranking, START + 60_000 * asked.runs),
    }
    seconds = {name: best_of(3, part) for name, part in parts.items()}
    print(f"{asked.runs:,} runs, {asked.params} params, {asked.metrics + 1} metrics")
    for name, spent in seconds.items():
        print(f"{name:>14} {spent:6.3f} s")
    print(f"{'together':>14} {sum(seconds.values()) - seconds['ranking']:6.3f} s without ranking")


if __name__ == "__main__":
    main()
