"""What a store contains, in the words of MLflow. Longer than other modules, since it is the one list of these.

Values only: nothing here reads, writes or computes more than a name. Readers (`stores/`) make these values, everything
after them (`analysis/`, `pages/`, ...) only reads them. Ids are text always; times are whole milliseconds since 1970
UTC; a missing time is None.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

STATUSES = ("RUNNING", "SCHEDULED", "FINISHED", "FAILED", "KILLED", "UNKNOWN")


FIRST_TIME, LAST_TIME = 946_684_800_000, 4_102_444_800_000
"""The years 2000 to 2100 in milliseconds since 1970: a time outside was not written in milliseconds, or the clock was
wrong."""


def is_possible(time: int) -> bool:
    """Whether a recorded time, in milliseconds since 1970, can be right."""
    return FIRST_TIME <= time <= LAST_TIME


def span(start: int | None, end: int | None) -> int | None:
    """Milliseconds from start to end; None if one is not known, cannot be right, or the end is before the start."""
    if start is None or end is None or end < start or not (is_possible(start) and is_possible(end)):
        return None
    return end - start


@dataclass(frozen=True, slots=True)
class Problem:
    """A record that could not be read properly."""

    where: str
    """Its path inside the store."""
    what: str
    """What is wrong and what was done about it, in a few words."""
    left_out: bool = False
    """Whether a whole run, experiment or model is missing from the site because of it."""

    @property
    def fingerprint(self) -> str:
        """Eight hex digits of place and words, by which the settings let it pass."""
        text = f"{self.where}\0{self.what}"
        return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=4).hexdigest()


@dataclass(frozen=True, slots=True, eq=False)
class MetricHistory:
    """The logged points of one metric of one run, ordered by (step, timestamp, order of logging).

    `steps` is int64 (an object array of Python ints where a step does not fit), `timestamps` int64 milliseconds,
    `values` float64 with NaN and infinities as logged; all of one length, which may be 0. `last` is the index of the
    point that MLflow calls the latest: the largest (step, timestamp, value); -1 when there is no point.
    """

    key: str
    steps: NDArray[Any]
    timestamps: NDArray[np.int64]
    values: NDArray[np.float64]
    last: int

    def __len__(self) -> int:
        return len(self.values)


@dataclass(frozen=True, slots=True)
class Dataset:
    """A dataset as `mlflow.log_input` recorded it; `schema` and `profile` are JSON text or None."""

    name: str
    digest: str
    source_type: str
    source: str
    schema: str | None = None
    profile: str | None = None


@dataclass(frozen=True, slots=True)
class TrackedFile:
    """A file or folder of data that DVC tracks: its path, its hash, and its bytes where they are known."""

    path: str
    digest: str
    size: int | None


@dataclass(frozen=True, slots=True)
class DatasetInput:
    """A run's use of a dataset; `tags` holds `mlflow.data.context` where one was given."""

    dataset: Dataset
    tags: Mapping[str, str] = field(default_factory=dict)

    @property
    def context(self) -> str:
        return self.tags.get("mlflow.data.context", "")


@dataclass(frozen=True, slots=True)
class ModelOutput:
    """A logged model that a run produced, at a step."""

    model_id: str
    step: int = 0


@dataclass(frozen=True, slots=True)
class Artifact:
    """A regular file below a run's artifact root: `path` with `/` between its parts, `size` in bytes."""

    path: str
    size: int


@dataclass(frozen=True, slots=True)
class ArtifactFolder:
    """Where the artifacts of a run or model are, and what is there.

    `root` is the folder on this machine, or None when the files were not found or live elsewhere; then `uri`, as
    logged, is all that is known. `files` is sorted by path; links that leave the root are not in it.
    """

    uri: str
    root: Path | None = None
    files: tuple[Artifact, ...] = ()
    expected: str = ""
    """Where the files should be, as a path from the store, if the artifact folder of all runs does not exist; else
    ''."""
    stored: Mapping[str, str] = field(default_factory=dict)
    """Paths below the root, by path in `files`, of files that are shown under another name."""
    storage: str = ""
    """The kind of storage that they are in (`Amazon S3`) if they are not on this machine; known where `uri` is
    hidden."""


@dataclass(frozen=True, slots=True)
class Run:
    """One run with everything logged to it. `name` is never empty (the id's first 8 characters at the least)."""

    run_id: str
    experiment_id: str
    name: str
    status: str
    lifecycle_stage: str
    start_time: int | None
    end_time: int | None
    user: str
    source_name: str
    source_type: str
    artifacts: ArtifactFolder
    params: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    metrics: Mapping[str, MetricHistory] = field(default_factory=dict)
    inputs: tuple[DatasetInput, ...] = ()
    model_inputs: tuple[str, ...] = ()
    model_outputs: tuple[ModelOutput, ...] = ()
    tracked: tuple[TrackedFile, ...] = ()
    """The data that files of DVC among its artifacts point to."""

    @property
    def parent_id(self) -> str | None:
        """The parent run's id; None for a run that names itself."""
        parent = self.tags.get("mlflow.parentRunId")
        return parent if parent and parent != self.run_id else None

    @property
    def note(self) -> str:
        return self.tags.get("mlflow.note.content", "")

    @property
    def git_commit(self) -> str:
        return self.tags.get("mlflow.source.git.commit", "")

    @property
    def duration(self) -> int | None:
        """Milliseconds from start to end, None while it has not ended or where its times cannot be right."""
        return span(self.start_time, self.end_time)


@dataclass(frozen=True, slots=True)
class Experiment:
    """An experiment; its runs are listed in the catalog."""

    experiment_id: str
    name: str
    lifecycle_stage: str = "active"
    artifact_location: str = ""
    creation_time: int | None = None
    last_update_time: int | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    path: str = ""
    """The whole name where `name` is only the last part of a path, as a site shows it."""

    @property
    def note(self) -> str:
        return self.tags.get("mlflow.note.content", "")

    @property
    def logged_name(self) -> str:
        """The name as MLflow has it."""
        return self.path or self.name


@dataclass(frozen=True, slots=True)
class ModelMetric:
    """A metric logged to a logged model."""

    key: str
    value: float
    step: int
    timestamp: int
    run_id: str
    dataset_name: str | None = None
    dataset_digest: str | None = None


@dataclass(frozen=True, slots=True)
class LoggedModel:
    """A logged model (MLflow 3); `status` is PENDING, READY, FAILED or UNKNOWN."""

    model_id: str
    experiment_id: str
    name: str
    status: str
    status_message: str
    model_type: str
    source_run_id: str | None
    lifecycle_stage: str
    creation_time: int | None
    last_update_time: int | None
    artifacts: ArtifactFolder
    params: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    metrics: tuple[ModelMetric, ...] = ()
    """Of each metric and dataset the latest point, as MLflow's client gives them."""
    earlier: tuple[ModelMetric, ...] = ()
    """The points before those, by metric, dataset and step."""


@dataclass(frozen=True, slots=True)
class InputExample:
    """The example of an input that was logged with a model.

    `kind` is MLflow's word for it (`dataframe`, `ndarray`, `json_object`), `shape` its size in words. A table has
    `columns` (name and type) and `rows`; all else is `text`, as JSON. `request` is the body of a request to a model
    server, as JSON; '' where it is too long.
    """

    kind: str
    shape: str = ""
    columns: tuple[tuple[str, str], ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    text: str = ""
    request: str = ""


@dataclass(frozen=True, slots=True)
class ModelFile:
    """What is written beside a model's weights: its `MLmodel` file, `requirements.txt` and the input example.

    `path` is its folder among the artifacts, '' if they are the model's own. The signature's `inputs`, `outputs` and
    `params` are JSON text or ''. `size` is that of all files in the folder, in bytes, `entries` are the first of them.
    """

    path: str
    flavors: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    inputs: str = ""
    outputs: str = ""
    params: str = ""
    mlflow_version: str = ""
    created: str = ""
    size: int = 0
    files: int = 0
    requirements: tuple[str, ...] = ()
    entries: tuple[Artifact, ...] = ()
    metadata: Mapping[str, str] = field(default_factory=dict)
    """What the user wrote about the model, each value as text."""
    code_paths: tuple[str, ...] = ()
    """The folders of code that are put on Python's path when it is loaded."""
    resources: tuple[str, ...] = ()
    """What it uses on a platform: `serving_endpoint: chat`."""
    is_from_type_hints: bool = False
    """Whether its signature was read from the type hints of its function: such a model takes a list of inputs."""
    example: InputExample | None = None


@dataclass(frozen=True, slots=True)
class ModelVersion:
    """A version of a registered model; `version` is text, as MLflow's client gives it."""

    name: str
    version: str
    stage: str
    description: str
    source: str
    run_id: str | None
    run_link: str
    status: str
    status_message: str
    user: str
    creation_time: int | None
    last_update_time: int | None
    model_id: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RegisteredModel:
    """A registered model with its versions, newest first; prompts are registered models too (`is_prompt`)."""

    name: str
    description: str
    creation_time: int | None
    last_update_time: int | None
    tags: Mapping[str, str] = field(default_factory=dict)
    aliases: Mapping[str, str] = field(default_factory=dict)
    versions: tuple[ModelVersion, ...] = ()

    @property
    def is_prompt(self) -> bool:
        return self.tags.get("mlflow.prompt.is_prompt", "").lower() == "true"


@dataclass(frozen=True, slots=True)
class Span:
    """One step of a trace; times are nanoseconds since 1970 UTC.

    `span_id` and `parent_id` are hex digits, whatever MLflow wrote. `status` is OK, ERROR or UNSET. The values
    of `attributes` are JSON text (`mlflow.spanInputs`, `mlflow.spanOutputs`, ...), `events` the JSON text of a list.
    """

    span_id: str
    parent_id: str | None
    name: str
    start_time_ns: int
    end_time_ns: int | None
    status: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    events: str = "[]"


@dataclass(frozen=True, slots=True)
class Assessment:
    """A judgement on a trace: `kind` is feedback, expectation or issue, `value` JSON text.

    `source_type` says what kind of judge it was (HUMAN, CODE, LLM_JUDGE, ...), `source` which one.
    """

    assessment_id: str
    name: str
    kind: str
    value: str
    source_type: str
    source: str
    rationale: str = ""
    run_id: str = ""
    """The evaluation run that made it; empty for any other judgement."""


@dataclass(frozen=True, slots=True)
class Trace:
    """One recorded call of an application, with its spans by time of start.

    Holds what users of the application wrote and the answers they got. Not part of a catalog: it is read only when
    asked for.
    """

    trace_id: str
    experiment_id: str
    request_time: int | None
    duration: int | None
    """Milliseconds, None while it has not ended."""
    state: str
    """OK, ERROR, IN_PROGRESS or UNKNOWN."""
    request_preview: str
    response_preview: str
    tags: Mapping[str, str] = field(default_factory=dict)
    metadata: Mapping[str, str] = field(default_factory=dict)
    assessments: tuple[Assessment, ...] = ()
    spans: tuple[Span, ...] = ()

    @property
    def source_run_id(self) -> str | None:
        """The run in which it was recorded."""
        return self.metadata.get("mlflow.sourceRun") or None

    @property
    def session(self) -> str:
        """The conversation that it belongs to."""
        return self.metadata.get("mlflow.trace.session", "")


@dataclass(frozen=True, slots=True)
class RunRef:
    """A run of the store, not yet read. `run_id` is unique in the catalog; `where` is private to the reader."""

    run_id: str
    experiment_id: str
    where: str


def id_order(experiment_id: str) -> tuple[bool, int, str]:
    """A key that sorts the ids of experiments: numbers as numbers, then the rest as text."""
    is_number = experiment_id.isascii() and experiment_id.isdigit() and len(experiment_id) < 100
    return not is_number, int(experiment_id) if is_number else 0, experiment_id


@dataclass(frozen=True, slots=True)
class Catalog:
    """All that a store holds except the content of its

    runs. `kind` names the kind of store for users, `location` is its path or address as given. Experiments come in
    order of id (numbers as numbers), runs by (experiment, run_id); several stores joined come one after another.
    """

    kind: str
    location: str
    experiments: tuple[Experiment, ...]
    runs: tuple[RunRef, ...]
    registered_models: tuple[RegisteredModel, ...] = ()
    logged_models: tuple[LoggedModel, ...] = ()
    problems: tuple[Problem, ...] = ()
    deleted: int = 0
    """Runs and experiments that are deleted and were left out."""
    missing_artifacts: str = ""
    """The folder for the artifacts of all runs, as a path from the store, where it is not there; else ''."""
    article: str = "an"
    """The indefinite article of `kind`."""
    era: str = ""
    """The MLflow version that wrote the store, as far as its layout shows; '' if it does not."""
    beside: Mapping[str, int] = field(default_factory=dict)
    """How many registered scorers and evaluation datasets there are, which no page shows, by MLflow's word in the
    singular."""
