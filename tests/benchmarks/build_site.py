"""How long a whole build takes, beside `mlflow.search_runs` reading the same store, in one run.

    python tests/benchmarks/build_site.py MLRUNS [--mlflow-python PYTHON] [--times 3]

Prints wall and CPU seconds of whole processes (medians), the seconds that the call of `search_runs` itself took, peak
memory, and the size of the pages a reader loads. The bar: the build takes less time than `search_runs`, which reads
last values only and draws nothing.
"""

from __future__ import annotations

import gzip
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from reading import arguments

ROOT = Path(__file__).resolve().parents[2]
MLFLOW = """
import sys, time, warnings
warnings.simplefilter("ignore")
import mlflow
mlflow.set_tracking_uri("file://" + sys.argv[1])
start = time.perf_counter()
mlflow.search_runs(search_all_experiments=True, max_results=10**6)
print(time.perf_counter() - start)
"""


class Cost(NamedTuple):
    """Of one process with its children: wall and CPU seconds, peak memory of the largest in MiB, what it printed."""

    wall: float
    cpu: float
    peak: float
    description: str


def cost(command: Sequence[str]) -> Cost:
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    environment = {**os.environ, "MLFLOW_ALLOW_FILE_STORE": "true", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        command, env=environment, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return Cost(wall, cpu, after.ru_maxrss / 1024, done.stdout.strip())


def medians(costs: Sequence[Cost]) -> tuple[float, float]:
    return statistics.median(c.wall for c in costs), statistics.median(c.cpu for c in costs)


def page_sizes(site: Path) -> str:
    """The largest run page, and the largest other page, in bytes as they are and compressed."""
    runs, others = [], []
    for page in site.rglob("*.html"):
        data = page.read_bytes()
        (runs if page.parent.name == "runs" else others).append((len(data), len(gzip.compress(data)), page.name))
    (run, run_gz, _), (other, other_gz, name) = max(runs), max(others)
    return f"largest run page {run:,} B ({run_gz:,} gz); largest other page {name} {other:,} B ({other_gz:,} gz)"


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--jobs", type=int, default=0)
    options = parser.parse_args()
    store = str(options.store.resolve())
    with tempfile.TemporaryDirectory() as folder:
        build = [sys.executable, "-m", "sitegen", "build", store, "-o", f"{folder}/site", "--jobs", str(options.jobs)]
        search = [options.mlflow_python, "-c", MLFLOW, store] if options.mlflow_python else []
        builds: list[Cost] = []
        searches: list[Cost] = []
        for _ in range(options.times):  # in turns, so that both meet the same machine
            builds.append(cost(build))
            if search:
                searches.append(cost(search))
        wall, cpu = medians(builds)
        print(builds[-1].description.splitlines()[0])
        print(
            f"sitegen build   {wall:6.2f} s wall   {cpu:6.2f} s CPU   {builds[0].peak:5.0f} MiB in the largest process"
        )
        if searches:
            other_wall, other_cpu = medians(searches)
            call = statistics.median(float(c.description) for c in searches)
            print(f"search_runs     {other_wall:6.2f} s wall   {other_cpu:6.2f} s CPU   of which the call {call:.2f} s")
            print(f"the build takes {wall / other_wall:.2f} of the process, {wall / call:.2f} of the call")
        print(page_sizes(Path(folder, "site")))


if __name__ == "__main__":
    main()
