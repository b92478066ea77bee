"""Runs in Python and pandas: `sitegen.load(store)`, `catalog.to_frame()`, `run.history("loss")` (`docs/python-api.md`).

Reads what `sitegen build` reads, without MLflow. `to_frame()` gives the table of `mlflow.search_runs`, so that a
notebook keeps working when that one line is replaced.
"""

from __future__ import annotations

from sitegen.api.actions import best, build, export
from sitegen.api.catalog import Catalog, Objective, Order, load
from sitegen.api.runs import Run, Runs, Traces

__all__ = ["Catalog", "Objective", "Order", "Run", "Runs", "Traces", "best", "build", "export", "load"]
