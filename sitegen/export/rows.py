"""The rows of an export's tables: runs, experiments, models and traces."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from sitegen.addresses import fnv1a
from sitegen.analysis.curves import summarise
from sitegen.export.tables import Tables
from sitegen.model import Catalog, Dataset, LoggedModel, MetricHistory, RegisteredModel, Run, Trace
from sitegen.stores.parquet.export_format import step_columns


def write_run(run: Run, tables: Tables, datasets: dict[str, Dataset]) -> None:
    """Add the rows of a run; the datasets that it used go into `datasets` by id, since several runs share one."""
    own = (fnv1a(run.run_id), run.run_id)
    tables.add("runs", [(*own, *_run_fields(run))])
    tables.add("params", ((*own, key, value) for key, value in run.params.items()))
    tables.add("tags", ((*own, key, value) for key, value in run.tags.items()))
    tables.add("metrics", ((*own, *_metric_fields(history)) for history in run.metrics.values()))
    tables.add("artifacts", ((*own, file.path, file.size) for file in run.artifacts.files))
    for history in run.metrics.values():
        tables.add_history(run, history)
    for used in run.inputs:
        dataset_id = _dataset_id(used.dataset)
        datasets[dataset_id] = used.dataset
        tables.add("inputs", [(*own, dataset_id, _json(used.tags))])
    tables.add("model_inputs", ((*own, model_id) for model_id in run.model_inputs))
    tables.add("model_outputs", ((*own, made.model_id, *step_columns(made.step)) for made in run.model_outputs))


def _run_fields(run: Run) -> tuple[Any, ...]:
    return (
        run.experiment_id,
        run.name,
        run.status,
        run.lifecycle_stage,
        run.start_time,
        run.end_time,
        run.user,
        run.source_name,
        run.source_type,
        run.artifacts.uri,
        str(run.artifacts.root) if run.artifacts.root else None,
    )


def _metric_fields(history: MetricHistory) -> tuple[Any, ...]:
    found = summarise(history)
    if found is None:
        return (history.key, None, None, None, None, None, None, None, None, 0, 0, -1)
    return (
        history.key,
        found.last,
        *step_columns(found.last_step),
        found.last_time,
        found.first,
        found.min,
        found.max,
        found.mean,
        found.count,
        found.bad,
        history.last,
    )


def _dataset_id(dataset: Dataset) -> str:
    """An id that equal datasets share: MLflow has none that is the same in every store."""
    content = json.dumps(dataset_fields(dataset))
    return hashlib.sha256(content.encode()).hexdigest()[:32]


def dataset_fields(dataset: Dataset) -> tuple[str | None, ...]:
    """A row of the table of datasets without its id."""
    return (dataset.name, dataset.digest, dataset.source_type, dataset.source, dataset.schema, dataset.profile)


def write_catalog(catalog: Catalog, tables: Tables) -> None:
    """Add the rows of experiments, registered models and logged models."""
    tables.add(
        "experiments",
        (
            (
                e.experiment_id,
                e.name,
                e.lifecycle_stage,
                e.artifact_location,
                e.creation_time,
                e.last_update_time,
                _json(e.tags),
            )
            for e in catalog.experiments
        ),
    )
    for registered in catalog.registered_models:
        _write_registered_model(registered, tables)
    for logged in catalog.logged_models:
        _write_logged_model(logged, tables)


def _write_registered_model(model: RegisteredModel, tables: Tables) -> None:
    times = (model.creation_time, model.last_update_time)
    tables.add("registered_models", [(model.name, model.description, *times, _json(model.tags), _json(model.aliases))])
    tables.add(
        "model_versions",
        (
            (
                v.name,
                v.version,
                v.stage,
                v.description,
                v.source,
                v.run_id,
                v.run_link,
                v.status,
                v.status_message,
                v.user,
                v.model_id,
                v.creation_time,
                v.last_update_time,
                _json(v.tags),
                _json(v.aliases),
            )
            for v in model.versions
        ),
    )


def _write_logged_model(model: LoggedModel, tables: Tables) -> None:
    row = (
        model.model_id,
        model.experiment_id,
        model.name,
        model.status,
        model.status_message,
        model.model_type,
        model.source_run_id,
        model.lifecycle_stage,
        model.creation_time,
        model.last_update_time,
        _json(model.tags),
        _json(model.params),
        model.artifacts.uri,
        str(model.artifacts.root) if model.artifacts.root else None,
    )
    tables.add("logged_models", [row])
    tables.add(
        "logged_model_metrics",
        (
            (
                model.model_id,
                m.key,
                m.value,
                *step_columns(m.step),
                m.timestamp,
                m.run_id,
                m.dataset_name,
                m.dataset_digest,
            )
            for m in (*model.metrics, *model.earlier)
        ),
    )
    tables.add("logged_model_artifacts", ((model.model_id, file.path, file.size) for file in model.artifacts.files))


def write_trace(trace: Trace, tables: Tables) -> None:
    """Add the rows of a trace and its spans."""
    own = (trace.experiment_id, trace.trace_id)
    row = (
        trace.request_time,
        trace.duration,
        trace.state,
        trace.request_preview,
        trace.response_preview,
        _json(trace.tags),
        _json(trace.metadata),
        json.dumps([asdict(assessment) for assessment in trace.assessments], ensure_ascii=False),
    )
    tables.add("traces", [(*own, *row)])
    tables.add(
        "spans",
        (
            (
                *own,
                span.span_id,
                span.parent_id,
                span.name,
                span.start_time_ns,
                span.end_time_ns,
                span.status,
                _json(span.attributes),
                span.events,
            )
            for span in trace.spans
        ),
    )


def _json(value: Mapping[str, str] | Sequence[str]) -> str:
    return json.dumps(dict(value) if isinstance(value, Mapping) else list(value), ensure_ascii=False)
