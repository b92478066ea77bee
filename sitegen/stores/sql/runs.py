"""Runs out of MLflow's tables, a chunk at a time: the same `Run` values as the file store's reader makes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sitegen.model import STATUSES, Dataset, DatasetInput, MetricHistory, ModelOutput, Run, RunRef
from sitegen.stores.artifacts import UriFinder
from sitegen.stores.disk import ProblemLog
from sitegen.stores.meta import text_of, time_of, whole_of
from sitegen.stores.sql.points import Points, with_latest
from sitegen.stores.sql.schema import METRICS, Row, TableError, Tables, records, text, texts

CHUNK = 64
"""Number of runs that are read in one transaction: about 20 ms, during which a training job's commit may have to
wait."""

_FIELDS = (
    "run_uuid",
    "name",
    "status",
    "start_time",
    "end_time",
    "user_id",
    "source_name",
    "source_type",
    "lifecycle_stage",
    "artifact_uri",
)
_LOGGED = frozenset({"mlflow.log-model.history", "mlflow.loggedArtifacts"})
"""Tags of a run that has logged a model or a table: other files are not recorded in the database."""
_DATASETS = ("dataset_uuid", "name", "digest", "dataset_source_type", "dataset_source")
_OPTIONAL = ("dataset_schema", "dataset_profile")


@dataclass(slots=True)
class Around:
    """The content of the tables for some runs, without their points; rows by run id."""

    runs: dict[str, list[Row]]
    params: dict[str, list[Row]]
    tags: dict[str, list[Row]]
    latest: dict[str, list[Row]] | None
    datasets: dict[str, list[DatasetInput]]
    model_inputs: dict[str, list[Row]]
    model_outputs: dict[str, list[Row]]


class RunReader:
    """Reads runs out of `tables`; keeps what they share (datasets, places of artifacts) while it lives."""

    def __init__(self, tables: Tables, finder: UriFinder, log: ProblemLog, deleted: bool) -> None:
        self.tables = tables
        self.log = log
        self.runs: list[Run] = []
        self.deleted = 0
        self._finder = finder
        self._with_deleted = deleted
        self._datasets: dict[str, Dataset | None] = {}
        self._has_inputs: bool | None = None

    def read(self, refs: Sequence[RunRef]) -> None:
        """Add the runs behind `refs` to `runs`; what went wrong is in `log`, the deleted are counted in `deleted`."""
        for start in range(0, len(refs), CHUNK):
            chunk = refs[start : start + CHUNK]
            try:
                self._read(chunk)
            except TableError:
                for ref in chunk:
                    self._read_alone(ref)

    def _read_alone(self, ref: RunRef) -> None:
        """One run of a chunk in which something is damaged; without its datasets and models if those are."""
        try:
            self._read([ref])
            return
        except TableError:
            before, self._has_inputs = self._has_inputs, False
        try:
            self._read([ref])
            self._note(ref.run_id, "has datasets or models that could not be read; left out")
        except TableError as error:
            self._note(ref.run_id, f"could not be read ({error}); the run is left out", left_out=True)
        finally:
            self._has_inputs = before

    def _read(self, refs: Sequence[RunRef]) -> None:
        run_ids = [ref.where for ref in refs]
        # Points first: a point that is logged between the two reads is then missing, rather than ahead of the latest.
        histories = self.histories(run_ids)
        around = self.around(run_ids)
        for ref, found in zip(refs, histories, strict=True):
            self.add(ref, found, around)

    def histories(self, run_ids: Sequence[str]) -> list[dict[str, MetricHistory]]:
        """The history of each metric of each run."""
        points = Points()
        for index, rows in self.tables.points(run_ids):
            points.add(index, rows)
        for index, count in points.bad.items():
            self._note(run_ids[index], f"has {count} rows of metrics that are not points; skipped")
        found: list[dict[str, MetricHistory]] = [{} for _ in run_ids]
        for (index, key), history in points.histories().items():
            found[index][key] = history
        return found

    def around(self, run_ids: Sequence[str]) -> Around:
        """Everything but the points, in one transaction."""
        read = self.tables.read_by
        with self.tables.moment():
            return Around(
                runs=read("runs", _FIELDS, "run_uuid", run_ids),
                params=read("params", ("key", "value"), "run_uuid", run_ids),
                tags=read("tags", ("key", "value"), "run_uuid", run_ids),
                latest=read("latest_metrics", METRICS, "run_uuid", run_ids) if self._has_latest() else None,
                datasets=self._inputs(run_ids),
                model_inputs=self._links("RUN_INPUT", run_ids),
                model_outputs=self._links("RUN_OUTPUT", run_ids),
            )

    def _has_latest(self) -> bool:
        return self.tables.has("latest_metrics")

    def _has_any_inputs(self) -> bool:
        """Whether any run has a dataset or a logged model: many stores have none, which saves three queries per run."""
        if self._has_inputs is None:
            self._has_inputs = self.tables.has("inputs") and not self.tables.is_empty("inputs")
        return self._has_inputs

    def _links(self, kind: str, run_ids: Sequence[str]) -> dict[str, list[Row]]:
        """Id and step of the logged models that the runs used or made, by id."""
        if not self._has_any_inputs():
            return {run: [] for run in run_ids}
        names = ("destination_id", "step")
        found = self.tables.read_by("inputs", names, "source_id", run_ids, only=("source_type", kind))
        return {run: sorted(rows, key=lambda row: text(row[0])) for run, rows in found.items()}

    def _inputs(self, run_ids: Sequence[str]) -> dict[str, list[DatasetInput]]:
        """The datasets that went into the runs, by name and digest."""
        if not self._has_any_inputs():
            return {run: [] for run in run_ids}
        names = ("source_type", "source_id", "input_uuid")
        links = self.tables.read_by("inputs", names, "destination_id", run_ids, only=("destination_type", "RUN"))
        wanted = {run: [row for row in rows if row[0] == "DATASET"] for run, rows in links.items()}
        chosen = [row for rows in wanted.values() for row in rows]
        self._read_datasets(sorted({text(row[1]) for row in chosen}))
        tags = self.tables.read_by("input_tags", ("name", "value"), "input_uuid", sorted({text(r[2]) for r in chosen}))
        return {run: self._dataset_inputs(run, rows, tags) for run, rows in wanted.items()}

    def _dataset_inputs(self, run: str, rows: Sequence[Row], tags: Mapping[str, list[Row]]) -> list[DatasetInput]:
        inputs = []
        for _, source, link in rows:
            dataset = self._datasets[text(source)]
            if dataset is None:
                self._note(run, "has an input whose dataset is missing or damaged; left out")
            else:
                inputs.append(DatasetInput(dataset, texts(tags[text(link)], f"{self.log.root}/runs/{run}", self.log)))
        return sorted(inputs, key=lambda item: (item.dataset.name, item.dataset.digest, item.context))

    def _read_datasets(self, uuids: Sequence[str]) -> None:
        """Load these into `_datasets` if they are not there yet."""
        unknown = [uuid for uuid in uuids if uuid not in self._datasets]
        found = self.tables.read_by("datasets", (*_DATASETS, *_OPTIONAL), "dataset_uuid", unknown)
        self._datasets |= {uuid: _dataset(rows[0]) if rows else None for uuid, rows in found.items()}

    def add(self, ref: RunRef, histories: Mapping[str, MetricHistory], around: Around) -> None:
        """Add one run to `runs`, made of what was read before."""
        rows = around.runs[ref.where]
        if not rows:
            self._note(ref.run_id, "was deleted while the store was read; the run is left out", left_out=True)
            return
        record = records(_FIELDS, rows)[0]
        if record["lifecycle_stage"] == "deleted" and not self._with_deleted:
            self.deleted += 1
            return
        self.runs.append(self._run(ref, record, histories, around))

    def _run(
        self, ref: RunRef, record: Mapping[str, Any], histories: Mapping[str, MetricHistory], around: Around
    ) -> Run:
        where = f"{self.log.root}/runs/{ref.run_id}"
        tags = texts(around.tags[ref.where], where, self.log)
        source_name, source_type = _source(record, tags)
        return Run(
            run_id=ref.run_id,
            experiment_id=ref.experiment_id,
            name=text_of(record, "name") or tags.get("mlflow.runName") or ref.run_id[:8],
            status=self._status(ref.run_id, record),
            lifecycle_stage="deleted" if record["lifecycle_stage"] == "deleted" else "active",
            start_time=time_of(record, "start_time"),
            end_time=time_of(record, "end_time"),
            user=tags.get("mlflow.user") or text_of(record, "user_id"),
            source_name=source_name,
            source_type=source_type,
            artifacts=self._finder.find_by_uri(
                text_of(record, "artifact_uri"), ref.run_id, where, has_logged=not _LOGGED.isdisjoint(tags)
            ),
            params=texts(around.params[ref.where], where, self.log),
            tags=tags,
            metrics=with_latest(histories, None if around.latest is None else around.latest[ref.where]),
            inputs=tuple(around.datasets[ref.where]),
            model_inputs=tuple(text(model) for model, _ in around.model_inputs[ref.where]),
            model_outputs=tuple(_output(row) for row in around.model_outputs[ref.where]),
        )

    def _status(self, run_id: str, record: Mapping[str, Any]) -> str:
        status = text_of(record, "status").upper()
        if status not in STATUSES:
            self._note(run_id, "has a status that MLflow does not know; shown as UNKNOWN")
            return "UNKNOWN"
        return status

    def _note(self, run_id: str, what: str, left_out: bool = False) -> None:
        self.log.add(f"{self.log.root}/runs/{run_id}", what, left_out)


def _source(record: Mapping[str, Any], tags: Mapping[str, str]) -> tuple[str, str]:
    """Name and type of the source. Since MLflow 1.0 they are only in the tags; the columns exist, but are empty."""
    name = text_of(record, "source_name")
    kind = text_of(record, "source_type") if name else ""
    return tags.get("mlflow.source.name") or name, tags.get("mlflow.source.type") or kind.replace("UNKNOWN", "")


def _dataset(row: Row) -> Dataset:
    _, name, digest, source_type, source = map(text, row[:5])
    schema, profile = row[5:]
    return Dataset(name, digest, source_type, source, text(schema) or None, text(profile) or None)


def _output(row: Row) -> ModelOutput:
    return ModelOutput(text(row[0]), whole_of({"step": row[1]}, "step") or 0)
