"""How much CPU reading a file store with all its histories takes, beside a C program that only reads, and MLflow.

    python -m tests.benchmarks.read_store MLRUNS [--mlflow-python PYTHON] [--times 3]

Prints CPU seconds (user and system, of whole processes, the median of several) and two ratios: of the floor
(`readall.c`; the bar is 4) and of `mlflow.search_runs` (the bar is 1/5), which reads last values only. Seconds differ
between machines; ratios hardly do.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.benchmarks.peers import c_program
from tests.benchmarks.reading import HISTORIES, arguments

HERE = Path(__file__).resolve().parent

MLFLOW = """
import sys, warnings
warnings.simplefilter("ignore")
import mlflow
mlflow.set_tracking_uri("file://" + sys.argv[1])
print(len(mlflow.search_runs(search_all_experiments=True, max_results=10**6)), "runs")
"""


def cpu_seconds(command: Sequence[str]) -> tuple[float, str]:
    """CPU time of one run of `command`, and what it printed."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    environment = {**os.environ, "MLFLOW_ALLOW_FILE_STORE": "true", "PYTHONPATH": str(HERE.parents[1])}
    done = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime, done.stdout.strip()


def measure(commands: dict[str, Sequence[str]], times: int) -> dict[str, float]:
    """The median CPU time of each command, run in turns after one turn that fills the page cache."""
    seconds: dict[str, list[float]] = {name: [] for name in commands}
    for turn in range(times + 1):
        for name, command in commands.items():
            if turn or name == "floor":
                seconds[name].append(cpu_seconds(command)[0])
    return {name: statistics.median(found[-times:]) for name, found in seconds.items()}


def main() -> None:
    """Measure and print."""
    options = arguments(__doc__).parse_args()
    store = str(options.store.resolve())
    with tempfile.TemporaryDirectory() as folder:
        commands: dict[str, Sequence[str]] = {}
        floor = c_program("readall", Path(folder))
        if floor:
            commands["floor"] = [floor, store]
        commands["sitegen"] = [sys.executable, "-c", HISTORIES, store]
        print(cpu_seconds(commands["sitegen"])[1])
        seconds = measure(commands, options.times)
    if options.mlflow_python:
        seconds["search_runs"] = cpu_seconds([options.mlflow_python, "-c", MLFLOW, store])[0]
    for name, value in seconds.items():
        print(f"{name:12} {value:8.2f} CPU s   sitegen takes {seconds['sitegen'] / value:.2f} of it")


if __name__ == "__main__":
    main()
