"""Folders that mlflow-export-import writes: `experiment.json`, and `run.json` and `artifacts/` of each run.

One experiment, or several below `experiments/`. Params, tags, metric histories and artifacts are read; registered
models and traces, which newer versions write too, are not.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sitegen.errors import StoreError
from sitegen.model import STATUSES, ArtifactFolder, Catalog, Experiment, MetricHistory, Run, RunRef, id_order
from sitegen.stores.artifacts import UriFinder, finder_beside, list_files
from sitegen.stores.contract import ReadOptions, RunBatch
from sitegen.stores.disk import ProblemLog, folders, inner_folders, printable, read_bytes, reason
from sitegen.stores.footprint import size_of
from sitegen.stores.history import INT64, SECONDS, history_of, restored
from sitegen.stores.locations import place_of
from sitegen.stores.meta import lifecycle_of, text_of, texts_of, time_of, whole_of
from sitegen.stores.stamps import WholeSnapshot, rows_of, stamp_of

GIVE = "a folder of mlflow-export-import"
NAMES: tuple[str, ...] = ()
KIND = "mlflow-export-import folder"
MAX_BYTES = 1 << 28
"""Maximum number of bytes of one JSON file that are read."""

_EXPERIMENT, _RUN = "experiment.json", "run.json"


def find(location: str, options: ReadOptions) -> Sequence[ExportImportStore]:
    """See `contract.Reader`."""
    path = place_of(location)
    if path is None or not path.is_dir():
        return []
    root = os.path.abspath(path)
    found = [where for where in _experiment_folders(root) if os.path.isfile(os.path.join(root, where, _EXPERIMENT))]
    return [ExportImportStore(root, location, options, tuple(found))] if found else []


def _experiment_folders(root: str) -> Iterator[str]:
    """The folders, as paths from the root, that may be an experiment: the root, those in it, or those in
    `experiments`."""
    yield "."
    yield from folders(root)
    yield from (f"experiments/{name}" for name in inner_folders(root, "experiments"))


@dataclass(frozen=True, slots=True)
class ExportImportStore:
    """The export in the folder `root`; `experiments` are the folders of its experiments, as paths from there."""

    root: str
    location: str
    options: ReadOptions
    experiments: tuple[str, ...]

    @property
    def name(self) -> str:
        """The name of its folder."""
        return printable(os.path.basename(self.root))

    def catalog(self) -> Catalog:
        """Experiments and the list of runs. Raises StoreError when no experiment can be read."""
        log = ProblemLog(self.root)
        found: dict[str, Experiment] = {}
        refs: list[RunRef] = []
        for where in self.experiments:
            record = _read(os.path.join(self.root, where, _EXPERIMENT), log)
            if record is not None:
                experiment = _experiment(record, printable(os.path.basename(where)))
                found[experiment.experiment_id] = experiment
                refs += self._refs(where, experiment.experiment_id)
        if not found:
            raise StoreError(
                f"{self.location} is an mlflow-export-import folder whose experiment.json cannot be read; "
                "export it again."
            )
        refs.sort(key=lambda ref: (id_order(ref.experiment_id), ref.run_id))
        experiments = sorted(found.values(), key=lambda experiment: id_order(experiment.experiment_id))
        if os.path.isdir(os.path.join(self.root, "models")):
            log.add(
                os.path.join(self.root, "models"), "are not read from an mlflow-export-import folder", left_out=True
            )
        return Catalog(KIND, self.location, tuple(experiments), tuple(refs), problems=tuple(log.problems))

    def _refs(self, where: str, experiment_id: str) -> Iterator[RunRef]:
        folder = os.path.join(self.root, where)
        for name in folders(folder):
            if os.path.isfile(f"{folder}/{name}/{_RUN}"):
                yield RunRef(printable(name), experiment_id, f"{where}/{name}")

    def read_runs(self, refs: Sequence[RunRef]) -> RunBatch:
        """The runs behind `refs`, whole, in order; deleted ones only with `options.deleted`."""
        log = ProblemLog(self.root)
        finder = finder_beside(self.root, self.options, log)
        batch = RunBatch(problems=log.problems)
        for ref in refs:
            folder = os.path.join(self.root, ref.where)
            record = _read(os.path.join(folder, _RUN), log)
            if record is None:
                continue
            run = _run(ref, record, folder, finder)
            if run.lifecycle_stage == "deleted" and not self.options.deleted:
                batch.deleted += 1
            else:
                batch.runs.append(run)
        return batch

    def signature(self) -> str:
        """Changes with the size or time of the JSON file of any run or experiment."""
        digest = hashlib.blake2b(digest_size=16)
        for where in self.experiments:
            folder = os.path.join(self.root, where)
            for path in (f"{folder}/{_EXPERIMENT}", *(f"{folder}/{name}/{_RUN}" for name in folders(folder))):
                if os.path.isfile(path):
                    stat = os.stat(path)
                    digest.update(f"{path} {stat.st_mtime_ns} {stat.st_size}\n".encode(errors="replace"))
        return digest.hexdigest()

    def snapshot(self) -> WholeSnapshot | None:
        """See `HasSnapshots`."""
        return (
            None
            if self.options.artifact_roots or self.options.artifact_map
            else WholeSnapshot(stamp_of(rows_of(self.root, self.options.by_content)))
        )

    def bytes_on_disk(self) -> int:
        """See `Store`."""
        return size_of(self.root)


def _read(path: str, log: ProblemLog) -> dict[str, Any] | None:
    """The MLflow record in a JSON file; None, with a problem recorded, if it cannot be read."""
    try:
        data = read_bytes(path, MAX_BYTES)
        said = json.loads(data)["mlflow"] if len(data) <= MAX_BYTES else None
    except OSError as error:
        log.add(path, f"could not be read ({reason(error)}); left out", left_out=True)
        return None
    except (ValueError, KeyError, TypeError, RecursionError):
        said = None
    if not isinstance(said, dict):
        log.add(path, "is not JSON of mlflow-export-import; left out", left_out=True)
        return None
    return said


def _part(record: Mapping[str, Any], key: str) -> dict[str, Any]:
    found = record.get(key)
    return found if isinstance(found, dict) else {}


def _experiment(record: Mapping[str, Any], folder: str) -> Experiment:
    said = _part(record, "experiment")
    experiment_id = text_of(said, "experiment_id") or folder
    return Experiment(
        experiment_id=experiment_id,
        name=text_of(said, "name") or experiment_id,
        lifecycle_stage=lifecycle_of(said, ""),
        artifact_location=text_of(said, "artifact_location"),
        creation_time=time_of(said, "creation_time"),
        last_update_time=time_of(said, "last_update_time"),
        tags=texts_of(said, "tags"),
    )


def _run(ref: RunRef, record: Mapping[str, Any], folder: str, finder: UriFinder) -> Run:
    info, tags, metrics = _part(record, "info"), texts_of(record, "tags"), _part(record, "metrics")
    status = text_of(info, "status").upper()
    return Run(
        run_id=ref.run_id,
        experiment_id=ref.experiment_id,
        name=text_of(info, "run_name") or tags.get("mlflow.runName") or ref.run_id[:8],
        status=status if status in STATUSES else "UNKNOWN",
        lifecycle_stage=lifecycle_of(info, ""),
        start_time=time_of(info, "start_time"),
        end_time=time_of(info, "end_time"),
        user=tags.get("mlflow.user") or text_of(info, "user_id"),
        source_name=tags.get("mlflow.source.name", ""),
        source_type=tags.get("mlflow.source.type", ""),
        artifacts=_artifacts(folder, text_of(info, "artifact_uri"), ref.run_id, finder),
        params=texts_of(record, "params"),
        tags=tags,
        metrics={printable(key): _history(printable(key), metrics[key]) for key in sorted(metrics)},
    )


def _artifacts(folder: str, uri: str, run_id: str, finder: UriFinder) -> ArtifactFolder:
    """The files that were exported with the run, else those at its address."""
    own = os.path.join(folder, "artifacts")
    if os.path.isdir(own) and not os.path.islink(own):
        return ArtifactFolder(uri, Path(own), list_files(own, finder.log))
    return finder.find_by_uri(uri, run_id, folder, has_logged=False)


def _history(key: str, said: object) -> MetricHistory:
    points = [_point(point) for point in said if isinstance(point, dict)] if isinstance(said, list) else []
    return history_of(key, [point for point in points if point])


def _point(said: Mapping[str, Any]) -> tuple[int, int, float] | None:
    step, time, value = whole_of(said, "step") or 0, whole_of(said, "timestamp"), said.get("value")
    try:
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        return None
    if time is None or not -INT64 <= time < INT64:
        return None
    return step, time * 1000 if 0 < time < SECONDS else time, restored(number)
