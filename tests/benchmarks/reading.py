"""What the benchmarks of readers have sitegen do: read every run of a store with all its histories."""

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
