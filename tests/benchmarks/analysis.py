"""How long the analysis of an experiment's runs takes: seconds for each part, over 10,000 runs in memory.

    python tests/benchmarks/analysis.py [--experiments 5] [--runs 2000] [--times 3]

Prints a line for each part: the median of its seconds over all experiments together. The bar: all parts under 2 s.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from sitegen.analysis.best import rank
from sitegen.analysis.curves import MetricSummary
from sitegen.analysis.groups import find_groups
from sitegen.analysis.objective import choose_objective, parse_objective
from sitegen.analysis.runs_table import ExperimentTable, RunRow, gather
from sitegen.model import Experiment

METRICS = ("val_acc", "val_loss", "train_acc", "train_loss", "latency_ms", "val_f1", "system/cpu", "epoch")
SEVERAL = parse_objective("max val_acc, min latency_ms, min val_loss")
LIMITED = parse_objective("max val_acc with latency_ms < 90, params.depth >= 2 ties by min val_loss, fastest")


def tables(experiments: int, runs: int) -> list[ExperimentTable]:
    """Experiments of random runs: 15 params, a seed of four values, a run in thirty failed, values missing or NaN."""
    chance = random.Random(1)
    rows = [_row(str(e), n, chance) for e in range(experiments) for n in range(runs)]
    return list(gather(rows, [Experiment(str(e), f"experiment {e}") for e in range(experiments)]))


def _row(experiment: str, n: int, chance: random.Random) -> RunRow:
    group = n // 4
    params = {f"p{at}": str((group * (at + 3)) % 11) for at in range(12)}
    params |= {"lr": str(10 ** -(group % 5)), "depth": str(group), "seed": str(n % 4)}
    metrics = {key: _summary(chance) for key in METRICS if chance.random() > 0.02}
    return RunRow(
        f"{experiment}-{n:031}", experiment, f"run {n}", "FAILED" if n % 30 == 7 else "FINISHED", "active",
        1_700_000_000_000 + n, 1_700_000_060_000 + n, "ada", "train.py", "c0ffee", None, "", params, {"variant": str(n % 3)},
        metrics, (), 0,
    )  # fmt: skip


def _summary(chance: random.Random) -> MetricSummary:
    value = float("nan") if chance.random() < 0.01 else chance.random() * 100
    return MetricSummary(value, 9, 1_700_000_000_000, 0.0, value, 9, value, 9, value, 10, int(value != value))


def timed(work: Callable[[ExperimentTable], object], found: list[ExperimentTable], times: int) -> float:
    seconds = []
    for _ in range(times):
        start = time.perf_counter()
        for table in found:
            work(table)
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


def choose_and_rank(table: ExperimentTable) -> None:
    objective = choose_objective(table)
    assert objective is not None
    rank(table, objective)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--experiments", type=int, default=5)
    parser.add_argument("--runs", type=int, default=2000)
    parser.add_argument("--times", type=int, default=3)
    options = parser.parse_args()
    found = tables(options.experiments, options.runs)
    rankings = {table.experiment.experiment_id: rank(table, LIMITED) for table in found}
    parts: dict[str, Callable[[ExperimentTable], object]] = {
        "objective chosen, runs ranked": choose_and_rank,
        "constraints and ties": lambda table: rank(table, LIMITED),
        "Pareto front of three metrics": lambda table: rank(table, SEVERAL),
        "groups": lambda table: find_groups(table, rankings[table.experiment.experiment_id]),
    }
    for name, work in parts.items():
        print(f"{name:32} {timed(work, found, options.times):.3f} s")


if __name__ == "__main__":
    main()
