"""Short ways to write down the models, datasets and runs that the tests of their pages are about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sitegen.analysis.best import rank
from sitegen.analysis.objective import parse_objective
from sitegen.analysis.relations import Forms, Relations
from sitegen.analysis.report import Report
from sitegen.analysis.runs_table import RunRow, gather
from sitegen.analysis.summary import summarise_experiment
from sitegen.model import (
    ArtifactFolder,
    Catalog,
    Dataset,
    Experiment,
    LoggedModel,
    ModelFile,
    ModelMetric,
    ModelVersion,
    RegisteredModel,
)
from sitegen.pages.library import Library

TIME = 1_700_000_000_000
"""2023-11-14 22:13 UTC."""


def library(
    *rows: RunRow,
    objective: str = "",
    logged: Sequence[LoggedModel] = (),
    registered: Sequence[RegisteredModel] = (),
    relations: Iterable[Relations] = (),
    datasets: Iterable[Dataset] = (),
    files: Mapping[Any, ModelFile] | None = None,
) -> Library:
    """A library of the runs, whose experiments are named after their ids: `experiment 1`."""
    ids = sorted({row.experiment_id for row in rows})
    experiments = [Experiment(one, f"experiment {one}") for one in ids]
    reports = [
        Report(table, summarise_experiment(table), rank(table, parse_objective(objective)) if objective else None)
        for table in gather(rows, experiments)
    ]
    forms = Forms()
    forms.add(datasets)
    catalog = Catalog("k", "l", tuple(experiments), (), tuple(registered), tuple(logged))
    return Library(catalog, reports, relations, forms, files or {})


def logged_model(model_id: str = "m-1", *metrics: ModelMetric, **fields: Any) -> LoggedModel:
    """A logged model of experiment 1 that is ready."""
    usual = {"experiment_id": "1", "name": "net", "status": "READY", "status_message": "", "model_type": ""}
    usual |= {"source_run_id": None, "lifecycle_stage": "active", "creation_time": None, "last_update_time": None}
    return LoggedModel(model_id, **{**usual, "artifacts": ArtifactFolder(""), "metrics": metrics, **fields})


def version(number: str = "1", **fields: Any) -> ModelVersion:
    """A version of the model `wine` that is ready."""
    usual = {"name": "wine", "stage": "None", "description": "", "source": "", "run_id": None, "run_link": ""}
    usual |= {"status": "READY", "status_message": "", "user": "", "creation_time": None, "last_update_time": None}
    return ModelVersion(version=number, **{**usual, **fields})


def registered_model(*versions: ModelVersion, **fields: Any) -> RegisteredModel:
    """The registered model `wine`; versions are given newest first."""
    usual = {"name": "wine", "description": "", "creation_time": None, "last_update_time": None}
    return RegisteredModel(versions=versions, **{**usual, **fields})
