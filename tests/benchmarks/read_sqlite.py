"""How much CPU and memory reading an SQLite store takes, beside `mlflow.search_runs`, which reads last values only.

    python -m tests.benchmarks.read_sqlite mlflow.db [--mlflow-python PYTHON] [--times 3]

Prints CPU seconds (user and system, of whole processes, the median of several) and peak memory, of reading all runs
with their last values (the bar is 1/20 of MLflow's CPU) and of reading them with all histories (1/5); memory is to be
below MLflow's. Seconds differ between machines; ratios hardly do.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.benchmarks.reading import HISTORIES, TABLE, arguments

ROOT = Path(__file__).resolve().parents[2]
TABLE_BAR, HISTORIES_BAR = 20, 5

MLFLOW = """
import sys, warnings
warnings.simplefilter("ignore")
import mlflow
mlflow.set_tracking_uri("sqlite:///" + sys.argv[1])
print(len(mlflow.search_runs(search_all_experiments=True, max_results=10**6)), "runs")
"""


def measure(command: Sequence[str]) -> tuple[float, float, str]:
    """CPU seconds and peak MiB of one run of `command`, and what it printed."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    description = process.stdout.read().strip()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{command[0]} failed with {process.returncode}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, description


def main() -> None:
    """Measure and print."""
    options = arguments(__doc__).parse_args()
    store = str(options.store.resolve())
    commands = {"table": [sys.executable, "-c", TABLE, store], "histories": [sys.executable, "-c", HISTORIES, store]}
    measured = {name: [measure(command) for _ in range(options.times)] for name, command in commands.items()}
    if options.mlflow_python:
        measured["search_runs"] = [measure([options.mlflow_python, "-c", MLFLOW, store])]
    seconds = {name: statistics.median(one[0] for one in found) for name, found in measured.items()}
    for name, found in measured.items():
        print(f"{name:12} {seconds[name]:8.2f} CPU s {max(one[1] for one in found):8.0f} MiB   {found[0][2]}")
    if "search_runs" in seconds:
        for name, bar in (("table", TABLE_BAR), ("histories", HISTORIES_BAR)):
            print(f"{name} takes 1/{seconds['search_runs'] / seconds[name]:.1f} of search_runs; the bar is 1/{bar}")


if __name__ == "__main__":
    main()
