"""What the benchmarks of stores share: their arguments, and how sitegen reads every run with all its histories."""

from __future__ import annotations

import argparse
from pathlib import Path

HISTORIES = """
import sys
from sitegen.stores import open_store
store = open_store(sys.argv[1])
refs = store.catalog().runs
runs = points = 0
for start in range(0, len(refs), 256):
    for run in store.read_runs(refs[start:start + 256]).runs:
        runs += 1
        points += sum(map(len, run.metrics.values()))
print(runs, "runs,", points, "points")
"""


def arguments(description: str | None) -> argparse.ArgumentParser:
    """A store, perhaps a Python that has MLflow, and how often each is measured."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("store", type=Path)
    parser.add_argument(
        "--mlflow-python", help="a Python interpreter that has MLflow; without it that part is left out"
    )
    parser.add_argument("--times", type=int, default=3)
    return parser
