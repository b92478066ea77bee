"""The dataset that `sitegen export` writes, read back to the catalog and runs it was made from.

A run is found by its `shard`, the hash of its id, by which all tables of runs are sorted: the statistics of the row
groups say which to read. Texts and numbers come back as they were; of artifacts there is the list only, and their files
where they can still be found.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sitegen.errors import StoreError
from sitegen.model import (
    Artifact,
    ArtifactFolder,
    Catalog,
    Dataset,
    DatasetInput,
    Experiment,
    LoggedModel,
    MetricHistory,
    ModelMetric,
    ModelOutput,
    ModelVersion,
    Problem,
    RegisteredModel,
    Run,
    RunRef,
    Trace,
)
from sitegen.stores.contract import RunBatch
from sitegen.stores.models import split_points
from sitegen.stores.parquet.export_format import COLUMNS, DESCRIPTION, FORMAT, TABLES
from sitegen.stores.parquet.export_rows import Row, rows_of
from sitegen.stores.parquet.export_traces import count_traces, read_traces
from sitegen.stores.parquet.files import (
    array_of,
    find_artifacts,
    finder_for,
    milliseconds,
    open_parquet,
    rows_of_shards,
    signature_of,
)
from sitegen.stores.parquet.places import Place
from sitegen.stores.parquet.snapshot import snapshot_of
from sitegen.stores.stamps import WholeSnapshot

if TYPE_CHECKING:
    from sitegen.stores.artifacts import UriFinder
    from sitegen.stores.contract import ReadOptions

_LINKS = ("params", "tags", "artifacts", "inputs", "model_inputs", "model_outputs")
"""Tables that have any number of rows for a run."""

_DAMAGED = "has points in metric_history that do not match the table metrics; its metrics are left out"


@dataclass(frozen=True, slots=True)
class ExportStore:
    """The export in the folder `place`; `stamp` is its signature when it was opened."""

    place: Place
    location: str
    options: ReadOptions
    stamp: str

    @property
    def name(self) -> str:
        """The name of its folder or file."""
        return self.place.name

    def catalog(self) -> Catalog:
        """Experiments, models and the list of runs. Raises StoreError when a table is missing or not whole."""
        description = self._description()
        for table in TABLES:
            self.file(table)
        experiments = tuple(map(_experiment, self.rows("experiments")))
        kept = tuple(e for e in experiments if self._is_wanted(e.lifecycle_stage))
        runs, deleted_runs = self._refs(kept)
        return Catalog(
            kind=f"export of an {description['kind']}",
            location=self.location,
            experiments=kept,
            runs=runs,
            registered_models=tuple(self._registered_models()),
            logged_models=tuple(self._logged_models()),
            problems=tuple(Problem(str(where), str(what), bool(out)) for where, what, out in description["problems"]),
            deleted=description["deleted_left_out"] + len(experiments) - len(kept) + deleted_runs,
        )

    def read_runs(self, refs: Sequence[RunRef]) -> RunBatch:
        """The runs behind `refs`, whole, in order."""
        return _RunReader(self, refs).batch()

    def traces(self, experiment_id: str, problems: list[Problem]) -> Iterator[Trace]:
        """See `HasTraces`. Read one row group at a time; none if the export was made without traces."""
        if "traces" in self._description()["tables"]:
            yield from read_traces(self.file("traces"), self.file("spans"), experiment_id)
        else:
            problems.append(Problem("traces", "are not in this export; export the store again with --traces"))

    def trace_count(self, experiment_id: str) -> int:
        """See `HasTraces`."""
        return count_traces(self.file("traces"), experiment_id) if "traces" in self._description()["tables"] else 0

    def signature(self) -> str:
        """Changes with the size or time of any of its files."""
        return signature_of(self.place)

    def snapshot(self) -> WholeSnapshot | None:
        """See `HasSnapshots`; None in a bucket, or if the export is damaged."""
        return snapshot_of(self.place, self.options, self._artifact_folders)

    def _artifact_folders(self) -> Iterator[str]:
        """The folders of artifacts that are read of its runs and models, found as their reader finds them."""
        finder = finder_for(self.place, self.options)
        for table, owner in (("runs", "run_id"), ("logged_models", "model_id")):
            for row in self.file(table).read([owner, "artifact_uri", "artifact_root"], use_threads=False).to_pylist():
                if root := artifacts_of(row, row[owner], (), finder).root:
                    yield str(root)

    def bytes_on_disk(self) -> int | None:
        """See `Store`."""
        return self.place.bytes_on_disk()

    def file(self, table: str) -> Any:
        """A table's file, whose columns are checked. Raises StoreError."""
        repeated = ("run_id", "key") if table == "metric_history" else ()
        file = open_parquet(self.place, f"{table}.parquet", self.stamp, repeated)
        missing = sorted(set(COLUMNS[table]) - set(file.schema_arrow.names))
        if missing:
            raise StoreError(f"{self.location} is not a complete export: its table {table} has no column {missing[0]}.")
        return file

    def rows(self, table: str) -> list[Row]:
        """All rows of a table; for those that have one row for each experiment, model or dataset."""
        return rows_of(table, self.file(table).read(use_threads=False))

    def _description(self) -> dict[str, Any]:
        try:
            with self.place.open(DESCRIPTION) as file:
                description = json.loads(file.read())
            version, files = description["format"], description["files"]
            description["kind"], description["deleted_left_out"], description["problems"], set(description["tables"])
        except (ValueError, KeyError, TypeError, RecursionError):
            raise StoreError(f"{self.location}/{DESCRIPTION} is damaged; export the store again.") from None
        if version != FORMAT:
            raise StoreError(
                f"{self.location} is an export of format {version}, this sitegen reads {FORMAT}; update it."
            )
        if files != "parquet":
            raise StoreError(
                f"{self.location} is an export for spreadsheets; export with --format parquet to build from."
            )
        return dict(description)

    def _is_wanted(self, lifecycle_stage: str) -> bool:
        return self.options.deleted or lifecycle_stage != "deleted"

    def _refs(self, experiments: Sequence[Experiment]) -> tuple[tuple[RunRef, ...], int]:
        """The runs in the order of the catalog, and how many more there are that are deleted."""
        columns = ["shard", "run_id", "experiment_id", "lifecycle_stage"]
        order = {experiment.experiment_id: place for place, experiment in enumerate(experiments)}
        rows = self.file("runs").read(columns=columns, use_threads=False).to_pylist()
        kept = [row for row in rows if row["experiment_id"] in order and self._is_wanted(row["lifecycle_stage"])]
        kept.sort(key=lambda row: (order[row["experiment_id"]], row["run_id"]))
        refs = tuple(RunRef(row["run_id"], row["experiment_id"], str(row["shard"])) for row in kept)
        return refs, len(rows) - len(kept)

    def _registered_models(self) -> Iterator[RegisteredModel]:
        versions: dict[str, list[ModelVersion]] = {}
        for row in self.rows("model_versions"):
            versions.setdefault(row["name"], []).append(_version(row))
        for row in self.rows("registered_models"):
            yield RegisteredModel(**row, versions=tuple(versions.get(row["name"], ())))

    def _logged_models(self) -> Iterator[LoggedModel]:
        metrics = _by(self.rows("logged_model_metrics"), "model_id")
        files = _by(self.rows("logged_model_artifacts"), "model_id")
        finder = finder_for(self.place, self.options)
        for row in self.rows("logged_models"):
            if self._is_wanted(row["lifecycle_stage"]):
                model_id = row["model_id"]
                artifacts = artifacts_of(row, model_id, files.get(model_id, []), finder)
                latest, earlier = split_points(map(_model_metric, metrics.get(model_id, [])))
                yield LoggedModel(**row, artifacts=artifacts, metrics=latest, earlier=earlier)


def _by(rows: Sequence[Row], key: str) -> dict[str, list[Row]]:
    """Rows by one of their columns, which goes."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row.pop(key), []).append(row)
    return found


def _step(row: Row) -> int:
    text = row.pop("step_text")
    step = row.pop("step")
    return int(text) if step is None else int(step)


def _experiment(row: Row) -> Experiment:
    return Experiment(**row)


def _version(row: Row) -> ModelVersion:
    return ModelVersion(**{**row, "aliases": tuple(row["aliases"])})


def _model_metric(row: Row) -> ModelMetric:
    return ModelMetric(step=_step(row), **row)


def artifacts_of(row: Row, owner: str, files: Sequence[Row], finder: UriFinder) -> ArtifactFolder:
    """The artifacts of a run or model, whose address and folder are taken out of its row.

    They are looked for where they were when the export was made, then where a store at this address would have them;
    else the list is used. A known folder without files is not searched for.
    """
    uri, root = row.pop("artifact_uri"), row.pop("artifact_root")
    for place in (root, uri):
        found = find_artifacts(finder, place, owner) if place else ArtifactFolder(uri)
        if found.root and found.root.is_dir():
            return replace(found, uri=uri)
    if root and not files:
        return ArtifactFolder(uri, Path(root))
    return ArtifactFolder(uri, None, tuple(Artifact(file["path"], file["size"]) for file in files))


class _RunReader:
    """Reads the runs behind some refs; lives as long as that takes."""

    def __init__(self, store: ExportStore, refs: Sequence[RunRef]) -> None:
        self._store = store
        self._refs = refs
        self._shards = {int(ref.where) for ref in refs}
        self._finder = finder_for(store.place, store.options)
        self._problems: list[Problem] = []

    def batch(self) -> RunBatch:
        """The runs, in the order of the refs. What cannot be decoded leaves all of them out."""
        import pyarrow

        try:
            runs = {run.run_id: run for run in self._runs()}
        except (pyarrow.ArrowException, OSError, ValueError, TypeError, KeyError) as error:
            what = f"could not be read ({type(error).__name__}); the run is left out"
            return RunBatch(problems=[Problem(ref.run_id, what, left_out=True) for ref in self._refs])
        found = [runs[ref.run_id] for ref in self._refs if ref.run_id in runs]
        return RunBatch(found, self._problems + self._finder.log.problems)

    def _runs(self) -> Iterator[Run]:
        links = {table: self._grouped(table) for table in _LINKS}
        datasets = self._datasets() if links["inputs"] else {}
        metrics = self._metrics()
        for row in rows_of("runs", self._table("runs")):
            del row["shard"]
            own = {table: found.get(row["run_id"], []) for table, found in links.items()}
            yield Run(
                artifacts=artifacts_of(row, row["run_id"], own["artifacts"], self._finder),
                params={param["key"]: param["value"] for param in own["params"]},
                tags={tag["key"]: tag["value"] for tag in own["tags"]},
                metrics=metrics.get(row["run_id"], {}),
                inputs=tuple(DatasetInput(datasets[used["dataset_id"]], used["tags"]) for used in own["inputs"]),
                model_inputs=tuple(used["model_id"] for used in own["model_inputs"]),
                model_outputs=tuple(ModelOutput(made["model_id"], _step(made)) for made in own["model_outputs"]),
                **row,
            )

    def _table(self, table: str) -> Any:
        return rows_of_shards(self._store.file(table), self._shards)

    def _grouped(self, table: str) -> dict[str, list[Row]]:
        return _by(rows_of(table, self._table(table)), "run_id")

    def _datasets(self) -> dict[str, Dataset]:
        return {row.pop("dataset_id"): Dataset(**row) for row in self._store.rows("datasets")}

    def _metrics(self) -> dict[str, dict[str, MetricHistory]]:
        """The histories of each run: metrics says how many points each has, metric_history has them in that order."""
        rows = rows_of("metrics", self._table("metrics"))
        points = _Points(self._table("metric_history"))
        found: dict[str, dict[str, MetricHistory]] = {}
        start = 0
        for run_id, metrics in groupby(rows, key=lambda row: str(row["run_id"])):
            histories = found.setdefault(run_id, {})
            for row in metrics:
                end = start + row["count"]
                if not points.are_of(run_id, row["key"], start, end):
                    self._problems.append(Problem(f"{run_id}/metrics/{row['key']}", _DAMAGED))
                    return {}
                histories[row["key"]] = points.history(row, start, end)
                start = end
        return found


class _Points:
    """The columns of metric_history for some runs."""

    def __init__(self, table: Any) -> None:
        import pyarrow.compute as pc

        self._run_ids = table["run_id"]
        self._keys = table["key"]
        self._steps = array_of(pc.fill_null(table["step"], 0), np.int64)
        self._step_texts = table["step_text"]
        self._has_texts = table["step_text"].null_count < len(table)
        self._timestamps = array_of(milliseconds(table["timestamp"]), np.int64)
        self._values = array_of(table["value"], np.float64)

    def are_of(self, run_id: str, key: str, start: int, end: int) -> bool:
        """Whether there are points from `start` to `end`, of which the first and last are of this metric."""
        ends = (start, end - 1) if end > start else ()
        return end <= len(self._values) and all(
            self._run_ids[at].as_py() == run_id and self._keys[at].as_py() == key for at in ends
        )

    def history(self, row: Row, start: int, end: int) -> MetricHistory:
        return MetricHistory(
            row["key"],
            self._steps_between(start, end),
            self._timestamps[start:end],
            self._values[start:end],
            row["last_point"],
        )

    def _steps_between(self, start: int, end: int) -> NDArray[Any]:
        steps = self._steps[start:end]
        if not self._has_texts:
            return steps
        texts = self._step_texts[start:end].to_pylist()
        if not any(texts):
            return steps
        whole = [step if text is None else int(text) for step, text in zip(steps.tolist(), texts, strict=True)]
        return np.array(whole, dtype=object)
