"""Small helpers around MLflow's client, so that make.py says what a project logs and not how.

MLflow stamps everything with the present moment and the present user. The samples should look like weeks of work by
two people, so runs are made through `MlflowClient`, which takes start times, end times and tags as given.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import mlflow
import mlflow.sklearn
from mlflow import MlflowClient
from mlflow.entities import Metric, Param
from mlflow.models import infer_signature
from numpy.typing import NDArray

MLFLOW = int(mlflow.__version__.split(".")[0])
MINUTE = 60_000

Numbers = Sequence[Any] | NDArray[Any]


def at(moment: str) -> int:
    """Milliseconds since 1970 of `moment`, such as "2026-10-05 09:30", in UTC."""
    return int(datetime.fromisoformat(moment).replace(tzinfo=UTC).timestamp() * 1000)


def fake_commit(words: str) -> str:
    """Forty hex digits that look like a git commit; the same words give the same ones."""
    return hashlib.sha1(words.encode()).hexdigest()


def experiment(name: str, note: str, **tags: str) -> str:
    """A new experiment with a Markdown note; its id."""
    return str(MlflowClient().create_experiment(name, tags={"mlflow.note.content": note, **tags}))


class Recorder:
    """One run being written: everything logged through it lands `minutes` after the run's start at the latest."""

    def __init__(
        self,
        experiment_id: str,
        name: str,
        start: int,
        *,
        minutes: float = 2,
        user: str = "ada",
        source: str = "train.py",
        parent: Recorder | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        self.client = MlflowClient()
        self.start, self.end = start, start + int(minutes * MINUTE)
        given = {
            "mlflow.runName": name,
            "mlflow.user": user,
            "mlflow.source.name": source,
            "mlflow.source.type": "NOTEBOOK" if source.endswith(".ipynb") else "LOCAL",
            "mlflow.source.git.commit": fake_commit(f"{source} {start // (7 * 24 * 60 * MINUTE)}"),
            **({"mlflow.parentRunId": parent.id} if parent else {}),
            **(tags or {}),
        }
        self.id: str = self.client.create_run(experiment_id, start_time=start, tags=given, run_name=name).info.run_id

    def params(self, **values: Any) -> None:
        """Log params; MLflow keeps them as text."""
        self.client.log_batch(self.id, params=[Param(key, str(value)) for key, value in values.items()])

    def metrics(self, values: Mapping[str, float], step: int = 0) -> None:
        """Log one point of each metric, at the end of the run."""
        self.client.log_batch(self.id, metrics=[Metric(k, float(v), self.end, step) for k, v in values.items()])

    def curve(self, key: str, values: Numbers, steps: Numbers | None = None) -> None:
        """Log a metric over steps (0, 1, 2, ... if not given), spread evenly over the run's time."""
        steps = range(len(values)) if steps is None else steps
        pause = (self.end - self.start) / (len(values) + 1)
        points = [
            Metric(key, float(value), self.start + int(pause * (i + 1)), int(step))
            for i, (step, value) in enumerate(zip(steps, values, strict=True))
        ]
        for first in range(0, len(points), 1000):  # MLflow takes at most 1000 metrics in one batch
            self.client.log_batch(self.id, metrics=points[first : first + 1000])

    def note(self, markdown: str) -> None:
        """The description that MLflow's page shows above a run."""
        self.client.set_tag(self.id, "mlflow.note.content", markdown)

    @contextmanager
    def active(self) -> Iterator[None]:
        """Make this the active run, for what only MLflow's fluent functions can do: models, datasets, autologging."""
        with mlflow.start_run(run_id=self.id):
            yield

    def model(self, model: Any, inputs: Any) -> None:
        """Log a scikit-learn model named `model` with its signature and an input example."""
        options: dict[str, Any] = {
            "signature": infer_signature(inputs, model.predict(inputs)),
            "input_example": inputs[:3],
            "pip_requirements": ["scikit-learn", "mlflow"],  # given, because looking for them takes seconds a model
        }
        if MLFLOW >= 3:
            # Pickle as in MLflow 2: the newer default, skops, writes files several times as large.
            options |= {"name": "model", "serialization_format": "cloudpickle", "pyfunc_predict_fn": "predict"}
        else:
            options["artifact_path"] = "model"
        with self.active():
            mlflow.sklearn.log_model(model, **options)

    def dataset(self, frame: Any, name: str, source: str, context: str, targets: str | None = None) -> None:
        """Record that the run used a dataset (MLflow 2.4 and newer)."""
        if MLFLOW >= 2:
            with self.active():
                mlflow.log_input(mlflow.data.from_pandas(frame, source=source, name=name, targets=targets), context)

    def finish(self, status: str = "FINISHED") -> None:
        """End the run at its planned time. A run for which this is never called stays RUNNING, as after a crash."""
        self.client.set_terminated(self.id, status, end_time=self.end)

    def delete(self) -> None:
        """Move the run to MLflow's bin."""
        self.client.delete_run(self.id)


@contextmanager
def script(name: str, user: str) -> Iterator[None]:
    """Let MLflow believe that `user` runs `name`, for runs that autologging makes on its own."""
    argv, login = sys.argv[0], os.environ["LOGNAME"]
    sys.argv[0], os.environ["LOGNAME"] = name, user
    try:
        yield
    finally:
        sys.argv[0], os.environ["LOGNAME"] = argv, login
