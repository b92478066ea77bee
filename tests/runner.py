"""A machine on which sitegen is installed, as recipes and the documentation have it, for commands that tests run."""

from __future__ import annotations

import os
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def installed(tools: Path) -> dict[str, str]:
    """An environment in which `sitegen` and `python` are those of the tests: small programs in the new folder `tools`.

    Without the store that MLflow would use: tests that ask MLflow set one.
    """
    tools.mkdir(parents=True)
    for name, runs in (("sitegen", "-m sitegen "), ("python", ""), ("python3", "")):
        (tools / name).write_text(f'#!/bin/sh\nexec "{sys.executable}" {runs}"$@"\n')
        (tools / name).chmod(0o755)
    kept = {key: value for key, value in os.environ.items() if key != "MLFLOW_TRACKING_URI"}
    path = f"{tools}{os.pathsep}{kept['PATH']}"
    return kept | {"PATH": path, "PYTHONPATH": str(ROOT), "MLFLOW_DISABLE_TELEMETRY": "true"}
