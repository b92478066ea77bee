"""What an export costs, beside `mlflow.search_runs(...).to_parquet()`, which writes last values only.

    python -m tests.benchmarks.export MLRUNS [--mlflow-python PYTHON] [--times 3]

Prints CPU seconds (user and system, of whole processes, the median of several, after one run that fills the page
cache), the peak memory of each process, and what sitegen takes of MLflow's. `read` is a build's way of reading the
export: every shard of the site, histories included.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.benchmarks.reading import arguments

HERE = Path(__file__).resolve().parent

EXPORT = """
import sys
from pathlib import Path
from sitegen.export import export_store
from sitegen.stores import open_store
export_store(open_store(sys.argv[1]), Path(sys.argv[2]))
"""

READ = """
import sys
from sitegen.build.read import read_tasks
from sitegen.addresses import shard_digits
from sitegen.stores import open_store
store = open_store(sys.argv[2])
refs = store.catalog().runs
runs = sum(len(store.read_runs(job.refs).runs) for job in read_tasks(refs, shard_digits(len(refs))))
assert runs == len(refs)
"""

FRAME = """
import sys, sitegen
sitegen.load(sys.argv[1]).to_frame().to_parquet(sys.argv[2] + ".parquet")
"""

MLFLOW = """
import sys, warnings
warnings.simplefilter("ignore")
import mlflow
mlflow.set_tracking_uri("file://" + sys.argv[1])
mlflow.search_runs(search_all_experiments=True, max_results=10**6).to_parquet(sys.argv[2] + "-mlflow.parquet")
"""


def measure(command: Sequence[str]) -> tuple[float, float]:
    """CPU seconds and peak memory in MiB of one run of `command`."""
    environment = {**os.environ, "MLFLOW_ALLOW_FILE_STORE": "true", "PYTHONPATH": str(HERE.parents[1])}
    process = subprocess.Popen(command, env=environment)
    _, status, used = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"failed: {command[2]}")
    process.returncode = 0
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def main() -> None:
    """Measure and print."""
    options = arguments(__doc__).parse_args()
    with tempfile.TemporaryDirectory() as folder:
        places = [str(options.store.resolve()), f"{folder}/out"]
        commands = {
            "export": [sys.executable, "-c", EXPORT, *places],
            "read": [sys.executable, "-c", READ, *places],
            "to_frame": [sys.executable, "-c", FRAME, *places],
        }
        measure(commands["export"])
        found = {name: [measure(command) for _ in range(options.times)] for name, command in commands.items()}
        if options.mlflow_python:
            found["search_runs"] = [measure([options.mlflow_python, "-c", MLFLOW, *places])]
        size = sum(file.stat().st_size for file in Path(folder, "out").iterdir())
    report(found, size)


def report(found: dict[str, list[tuple[float, float]]], size: int) -> None:
    """Print the figures, the export's size in bytes last."""
    medians = {name: [statistics.median(column) for column in zip(*runs, strict=True)] for name, runs in found.items()}
    base = medians.get("search_runs")
    for name, (seconds, memory) in medians.items():
        ratio = f"   {seconds / base[0]:.2f} and {memory / base[1]:.2f} of search_runs" if base else ""
        print(f"{name:12} {seconds:8.2f} CPU s {memory:8.0f} MiB{ratio}")
    print(f"size         {size / 2**20:8.1f} MiB")


if __name__ == "__main__":
    main()
