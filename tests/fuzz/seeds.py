"""The whole stores that mutations start from: small ones, in which everything that sitegen reads occurs."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.stores.databases import FIXTURES
from tests.stores.mlruns_builder import START, dataset_input, experiment, run, write, write_meta

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763f8cfc0000003010100c9fe92ef"
    "0000000049454e44ae426082"
)
NOTEBOOK = {"cells": [{"cell_type": "markdown", "source": ["# Results"]}], "metadata": {}, "nbformat": 4}
CHART = {"$schema": "https://vega.github.io/schema/vega-lite/v5.json", "mark": "point", "data": {"values": [{"x": 1}]}}
ARTIFACTS = {
    "MLmodel": 'flavors:\n  sklearn:\n    code: null\nmodel_uuid: 1\nsignature:\n  inputs: \'[{"type": "double"}]\'\n',
    "notes.md": "# Notes\n\n| a | b |\n|---|---|\n| 1 | `x` |\n",
    "cells.csv": 'a,b\n1,"x ""y"""\n2,=cmd()\n',
    "params.json": '{"lr": 0.1, "layers": [1, 2, {"x": null}]}',
    "eval/table.json": '{"columns": ["q", "a"], "data": [["1", 2.5]]}',
    "report.html": "<h1>Report</h1><script>1</script>",
    "conf.yaml": "a: &x [1, 2]\nb: *x\n",
}


@dataclass(frozen=True)
class Seed:
    """A store to damage: `make` copies it to a folder and returns its place there."""

    name: str
    make: Callable[[Path], Path]
    is_database: bool = False


def seeds(folder: Path) -> list[Seed]:
    """The stores, which are made once, in `folder`."""
    store = file_store(folder / "mlruns")
    found = [Seed("mlruns", lambda place: Path(shutil.copytree(store, place / "mlruns")))]
    found += [
        Seed(f"mlflow-{version}", _copier(FIXTURES / f"mlflow-{version}.db"), is_database=True)
        for version in ("1.30.1", "3.17.2")
    ]
    return found


def _copier(database: Path) -> Callable[[Path], Path]:
    return lambda place: Path(shutil.copyfile(database, place / "mlflow.db"))


def file_store(store: Path) -> Path:
    """A file store of five runs in two experiments, with a logged and a registered model, at the path `store`."""
    sweep = experiment(store, "1", name="sweep", tags={"mlflow.note.content": "# Sweep\n\nprimary metric: `loss`"})
    parent = run(sweep, f"{1:032x}", tags={"mlflow.runName": "parent"}, params={"seed": "7"})
    for number in (2, 3):
        one = run(
            sweep, f"{number:032x}",
            params={"lr": f"0.{number}", "model/layers": "[1, 2]"},
            metrics={
                "loss": "".join(f"{START + step} {1 / (step + number)} {step}\n" for step in range(12)),
                "val/acc": f"{START} 0.{number} 0\n", "odd": f"{START} nan 1\n{START} -inf 2\n",
            },
            tags={"mlflow.parentRunId": parent.name, "mlflow.source.git.commit": "ab" * 20},
            artifacts=ARTIFACTS if number == 2 else {},
        )  # fmt: skip
        dataset_input(one, "train", "abc", "training")
    write(sweep / f"{2:032x}" / "artifacts" / "plot.png", PNG)
    write(sweep / f"{2:032x}" / "artifacts" / "book.ipynb", json.dumps(NOTEBOOK))
    write(sweep / f"{2:032x}" / "artifacts" / "chart.json", json.dumps(CHART))
    _logged_model(sweep)
    other = experiment(store, "2", name="other")
    run(other, f"{4:032x}", metrics={"loss": f"{START} 0.5 1\n"}, params={"lr": "0.1"})
    run(other, f"{5:032x}", status=4, params={"lr": "0.2"})
    _registered_model(store / "models" / "classifier")
    return store


def _logged_model(sweep: Path) -> None:
    folder = sweep / "models" / f"m-{1:032x}"
    write_meta(
        folder,
        {"model_id": folder.name, "name": "model", "experiment_id": 1, "source_run_id": f"{2:032x}", "status": 2,
         "creation_timestamp": START, "artifact_location": f"file:///gone/1/models/{folder.name}/artifacts"},
    )  # fmt: skip
    write(folder / "metrics" / "acc", f"{START} 0.9 1 {2:032x} train abc\n")
    write(folder / "params" / "depth", "3")


def _registered_model(folder: Path) -> None:
    write_meta(folder, {"name": "classifier", "creation_timestamp": START, "description": "**ours**"})
    version = {"name": "classifier", "version": 1, "current_stage": "None", "run_id": f"{2:032x}", "status": "READY"}
    write_meta(folder / "version-1", {**version, "source": f"models:/m-{1:032x}", "creation_timestamp": START})
    write(folder / "aliases" / "best", "1")
