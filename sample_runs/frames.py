"""Ask MLflow for the run table of each sample store: what `sitegen.load(...).to_frame()` has to equal.

    v3/bin/python sample_runs/frames.py        # writes tests/golden_frames/<store>.parquet

The columns are sorted within their groups; MLflow gives them in any order.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

SAMPLES = Path(__file__).parent
GOLDEN = SAMPLES.parent / "tests" / "golden_frames"


def ask(store: Path) -> Any:
    """`mlflow.search_runs` over a copy of `store`, deleted runs included."""
    os.environ |= {"MLFLOW_ALLOW_FILE_STORE": "true", "MLFLOW_DISABLE_TELEMETRY": "true"}
    import mlflow
    from mlflow.entities import ViewType

    before = mlflow.get_tracking_uri()
    with tempfile.TemporaryDirectory() as folder:
        copy = shutil.copytree(store, Path(folder) / "mlruns")
        mlflow.set_tracking_uri(copy.as_uri())
        try:
            frame = mlflow.search_runs(search_all_experiments=True, run_view_type=ViewType.ALL)
        finally:
            mlflow.set_tracking_uri(before)
    return frame[[*frame.columns[:6], *sorted(frame.columns[6:])]]


def main() -> None:
    GOLDEN.mkdir(exist_ok=True)
    for store in sorted(SAMPLES.glob("*/mlruns")):
        ask(store).to_parquet(GOLDEN / f"{store.parent.name}.parquet")


if __name__ == "__main__":
    main()
