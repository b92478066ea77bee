"""The signature changes when the store does."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from sitegen.stores import open_store
from tests.stores.mlruns_builder import OTHER_RUN, RUN, experiment, run, write, write_meta

POINT = "1700000000000 1 1\n"


def append_point(store: Path) -> None:
    with (store / "1" / OTHER_RUN / "metrics" / "val" / "m").open("a") as file:
        file.write(POINT)


@pytest.mark.parametrize(
    "change",
    [
        lambda store: run(store / "1", "c" * 32),
        lambda store: experiment(store, "2"),
        lambda store: write(store / "1" / RUN / "params" / "new", "1"),
        lambda store: write(store / "1" / RUN / "metrics" / "new", POINT),
        lambda store: write(store / "1" / RUN / "tags" / "mlflow.note.content", "a longer note"),
        lambda store: write(store / "1" / "tags" / "mlflow.note.content", "note"),
        lambda store: write(store / "1" / RUN / "artifacts" / "a", "x"),
        lambda store: write_meta(store / "models" / "net", {"name": "net"}),
        lambda store: (store / "1" / RUN).rename(store / "1" / ("d" * 32)),
        append_point,
    ],
    ids=[
        "run",
        "experiment",
        "param",
        "metric",
        "note",
        "experiment note",
        "artifact",
        "model",
        "rename",
        "live point",
    ],
)
def test_a_change_shows(tmp_path: Path, change: Callable[[Path], object]) -> None:
    folder = experiment(tmp_path)
    run(folder, RUN, metrics={"val/m": POINT}, tags={"mlflow.note.content": "note"})
    run(folder, OTHER_RUN, metrics={"val/m": POINT}, status=1, end_time=None)
    store = open_store(str(tmp_path))
    before = store.signature()
    assert store.signature() == before
    change(tmp_path)
    assert store.signature() != before
