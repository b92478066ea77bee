"""A store that the tests of the Python API share."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.stores.mlruns_builder import OTHER_RUN, RUN, START, experiment, run


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """Two experiments, of which the second has two runs."""
    folder = tmp_path / "mlruns"
    run(experiment(folder, "1", name="old"), "c" * 32, params={"lr": "1"}, start_time=START - 1)
    sweep = experiment(folder, "2", name="sweep")
    run(
        sweep,
        RUN,
        params={"lr": "0.1"},
        metrics={"loss": "1700000000000 0.5 1\n1700000000001 nan 2\n"},
        tags={"b": "1", "a": "2"},
    )
    run(sweep, OTHER_RUN, metrics={"acc": "1700000000000 inf 0\n"}, end_time=None)
    return folder
