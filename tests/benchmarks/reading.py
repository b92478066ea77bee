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


# Last values without histories are no use to a site: the reader's own parts are put together here.
TABLE = """
import sys
from sitegen.stores import open_store
from sitegen.stores.artifacts import finder_beside
from sitegen.stores.sql.runs import CHUNK, RunReader
store = open_store(sys.argv[1])
refs = store.catalog().runs
log = store.new_log()
values = 0
with store.tables(log) as tables:
    reader = RunReader(tables, finder_beside(log.root, store.options, log), log, False)
    for start in range(0, len(refs), CHUNK):
        chunk = refs[start:start + CHUNK]
        around = reader.around([ref.where for ref in chunk])
        for ref in chunk:
            reader.add(ref, {}, around)
    values = sum(len(run.metrics) for run in reader.runs)
print(len(reader.runs), "runs,", values, "last values")
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
