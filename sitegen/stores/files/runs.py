"""The run folders of a file store to `Run` values, a chunk at a time.

A run is read in two steps: its small files one by one, then the metric files of many runs together, because that is
where the time goes (see `histories`).
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sitegen.model import STATUSES, Dataset, DatasetInput, MetricHistory, ModelOutput, Run, RunRef
from sitegen.stores.artifacts import ArtifactFinder
from sitegen.stores.disk import (
    ProblemLog,
    has_folder,
    kinds,
    leaves,
    read_bytes,
    read_folder_texts,
    reason,
)
from sitegen.stores.files.histories import parse_files
from sitegen.stores.meta import (
    MetaError,
    lifecycle_of,
    parse_meta,
    read_meta,
    status_of,
    text_of,
    texts_of,
    time_of,
    whole_of,
)

if TYPE_CHECKING:
    from sitegen.stores.contract import ReadOptions

METRIC_LIMIT = 1 << 28
"""Maximum number of bytes of a metric file that are read: some five million points."""

_FLUSH_BYTES = 1 << 24
_NUMBERED_STATUSES = {1: "RUNNING", 2: "SCHEDULED", 3: "FINISHED", 4: "FAILED", 5: "KILLED"}
_SOURCE_TYPES = {1: "NOTEBOOK", 2: "JOB", 3: "PROJECT", 4: "LOCAL"}


@dataclass(slots=True)
class _Draft:
    """A run whose metric files are read but not parsed yet."""

    folder: str
    fields: dict[str, Any]
    metrics: list[tuple[str, bytes]]


class RunReader:
    """Reads runs of the store at `root`; keeps what they share (datasets, places of artifacts) while it lives."""

    def __init__(self, root: str, options: ReadOptions) -> None:
        self.root = root
        self.log = ProblemLog(root)
        self.runs: list[Run] = []
        self.deleted = 0
        self._with_deleted = options.deleted
        self._finder = ArtifactFinder(root, options, self.log)
        self._datasets: dict[str, Dataset | None] = {}
        self._links: dict[bytes, dict[str, Any]] = {}
        self._drafts: list[_Draft] = []
        self._waiting = 0

    def read(self, refs: Sequence[RunRef]) -> None:
        """Add the runs behind `refs` to `runs`; what went wrong is in `log`, the deleted are counted in `deleted`."""
        for ref in refs:
            draft = self._draft(ref)
            if draft is None:
                continue
            self._drafts.append(draft)
            self._waiting += sum(len(content) for _, content in draft.metrics)
            if self._waiting > _FLUSH_BYTES:
                self._finish()
        self._finish()

    def _draft(self, ref: RunRef) -> _Draft | None:
        folder = os.path.join(self.root, ref.where)
        try:
            found = kinds(folder)
            meta = read_meta(folder + "/meta.yaml")
        except OSError as error:
            self.log.add(folder, f"could not be read ({reason(error)}); the run is left out", left_out=True)
            return None
        except MetaError as error:
            self.log.add(folder, f"{error}; the run is left out", left_out=True)
            return None
        lifecycle = lifecycle_of(meta, ref.where)
        if lifecycle == "deleted" and not self._with_deleted:
            self.deleted += 1
            return None
        self._compare_ids(ref, folder, meta)
        fields = self._fields(ref, folder, meta, found)
        return _Draft(folder, {**fields, "lifecycle_stage": lifecycle}, self._metric_files(folder, found))

    def _compare_ids(self, ref: RunRef, folder: str, meta: Mapping[str, Any]) -> None:
        logged = text_of(meta, "run_id") or text_of(meta, "run_uuid")
        if logged and logged != ref.run_id and not ref.run_id.startswith(logged + "-"):
            self.log.add(folder, "has another run id in its meta.yaml; the folder's name is used")
        home = text_of(meta, "experiment_id")
        if home and home != os.path.basename(os.path.dirname(folder)):
            self.log.add(folder, "has another experiment id in its meta.yaml; the experiment of its folder is used")

    def _fields(self, ref: RunRef, folder: str, meta: Mapping[str, Any], found: dict[str, str]) -> dict[str, Any]:
        """All fields of the run but its metrics and lifecycle stage."""
        tags = read_folder_texts(folder, "tags", found, self.log)
        inputs, model_inputs = self._inputs(folder, found)
        source_name, source_type = _source(meta, tags)
        return {
            "run_id": ref.run_id,
            "experiment_id": ref.experiment_id,
            "name": _name(meta, tags) or ref.run_id[:8],
            "status": self._status(meta, folder),
            "start_time": time_of(meta, "start_time"),
            "end_time": time_of(meta, "end_time"),
            "user": tags.get("mlflow.user") or text_of(meta, "user_id"),
            "source_name": source_name,
            "source_type": source_type,
            "artifacts": self._finder.find(folder, found, text_of(meta, "artifact_uri"), _owner(ref, folder, meta)),
            "params": read_folder_texts(folder, "params", found, self.log),
            "tags": tags,
            "inputs": inputs,
            "model_inputs": model_inputs,
            "model_outputs": self._outputs(folder, found),
        }

    def _status(self, meta: Mapping[str, Any], folder: str) -> str:
        status = status_of(meta, _NUMBERED_STATUSES)
        if status not in STATUSES:
            self.log.add(folder, "has a status that MLflow does not know; shown as UNKNOWN")
            return "UNKNOWN"
        return status

    def _metric_files(self, folder: str, found: dict[str, str]) -> list[tuple[str, bytes]]:
        if not has_folder(folder, "metrics", found, self.log):
            return []
        files = []
        for key, path in leaves(folder + "/metrics", self.log):
            try:
                content = read_bytes(path, METRIC_LIMIT)
            except OSError as error:
                self.log.add(path, f"could not be read ({reason(error)}); left out")
                continue
            if len(content) > METRIC_LIMIT:
                self.log.add(path, "is longer than 256 MB; left out")
                continue
            files.append((key, content))
        return files

    def _inputs(self, folder: str, found: dict[str, str]) -> tuple[tuple[DatasetInput, ...], tuple[str, ...]]:
        """The datasets and the ids of the logged models that went into the run."""
        datasets: list[DatasetInput] = []
        models: list[str] = []
        for link in self._read_links(folder, "inputs", found):
            source = text_of(link, "source_id")
            if text_of(link, "source_type") != "DATASET":
                models.append(source)
                continue
            dataset = self._dataset(os.path.dirname(folder), source)
            if dataset is None:
                self.log.add(folder, "has an input whose dataset is missing or damaged; left out")
            else:
                datasets.append(DatasetInput(dataset, texts_of(link, "tags")))
        return tuple(datasets), tuple(models)

    def _outputs(self, folder: str, found: dict[str, str]) -> tuple[ModelOutput, ...]:
        links = self._read_links(folder, "outputs", found)
        return tuple(ModelOutput(text_of(link, "source_id"), whole_of(link, "step") or 0) for link in links)

    def _read_links(self, folder: str, name: str, found: dict[str, str]) -> list[dict[str, Any]]:
        """The meta.yaml files below `inputs` or `outputs`, in order of their folders' names."""
        if not has_folder(folder, name, found, self.log):
            return []
        links = []
        for key, path in leaves(f"{folder}/{name}", self.log):
            if key.count("/") == 1 and key.endswith("/meta.yaml"):
                try:
                    links.append(self._link(path))
                except (OSError, MetaError):
                    self.log.add(path, "could not be read; left out")
        return links

    def _link(self, path: str) -> dict[str, Any]:
        """One link; equal files, as in runs that share a dataset, are parsed once."""
        data = read_bytes(path)
        if data not in self._links:
            self._links[data] = parse_meta(data)
        return self._links[data]

    def _dataset(self, experiment: str, name: str) -> Dataset | None:
        folder = f"{experiment}/datasets/{name}"
        if folder not in self._datasets:
            is_inside = is_plain_name(name) and not any(map(os.path.islink, (f"{experiment}/datasets", folder)))
            self._datasets[folder] = read_dataset(folder) if is_inside else None
        return self._datasets[folder]

    def _finish(self) -> None:
        """Parse the metric files of all drafts and turn these into runs."""
        parsed = iter(parse_files([file for draft in self._drafts for file in draft.metrics]))
        for draft in self._drafts:
            metrics: dict[str, MetricHistory] = {}
            for key, _ in draft.metrics:
                history, problem = next(parsed)
                metrics[key] = history
                if problem:
                    self.log.add(f"{draft.folder}/metrics/{key}", problem)
            self.runs.append(Run(metrics=metrics, **draft.fields))
        self._drafts.clear()
        self._waiting = 0


def _owner(ref: RunRef, folder: str, meta: Mapping[str, Any]) -> str:
    """The id that the run's artifacts are stored under, which may differ from the name of a copied or renamed
    folder."""
    return text_of(meta, "run_id") or text_of(meta, "run_uuid") or os.path.basename(folder) or ref.run_id


def _name(meta: Mapping[str, Any], tags: Mapping[str, str]) -> str:
    return text_of(meta, "run_name") or tags.get("mlflow.runName") or text_of(meta, "name")


def _source(meta: Mapping[str, Any], tags: Mapping[str, str]) -> tuple[str, str]:
    """Name and type of the source. Since MLflow 1.0 they are only in the tags; the fields exist, but are empty."""
    name = text_of(meta, "source_name")
    kind = _SOURCE_TYPES.get(whole_of(meta, "source_type") or 0, "") if name else ""
    return tags.get("mlflow.source.name") or name, tags.get("mlflow.source.type") or kind


def read_dataset(folder: str) -> Dataset | None:
    """The dataset in `folder`, None if it is missing or damaged."""
    try:
        meta = read_meta(folder + "/meta.yaml")
    except MetaError:
        return None
    return Dataset(
        name=text_of(meta, "name"),
        digest=text_of(meta, "digest"),
        source_type=text_of(meta, "source_type"),
        source=text_of(meta, "source"),
        schema=text_of(meta, "schema") or None,
        profile=text_of(meta, "profile") or None,
    )


def is_plain_name(name: str) -> bool:
    """Whether `name` is a single, safe part of a path."""
    return bool(name) and name not in (".", "..") and not any(letter in name for letter in "/\\\0")
