"""An MLflow tracking server, read through its REST API 2.0.

`catalog` pages through experiments, runs and models once. A page of runs holds all of a run but its histories, so each
is kept, as the server gave it, in a private file; workers read it there and request only histories (see
`histories`). With E experiments, N runs, M metrics and C runs a chunk the server gets

    1 + E/1000 + E/50 + N/1000 requests for experiments and runs,
    about 4 + E/50                for models, and
    M a chunk                     for histories, plus one per 25,000 points:

some 0.1 a run where a chunk has 100 runs with 10 metrics. Artifacts are listed and fetched only when asked for (one
request per folder and file).
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

from sitegen.errors import StoreError
from sitegen.model import (
    ArtifactFolder,
    Catalog,
    Experiment,
    LoggedModel,
    MetricHistory,
    Problem,
    RegisteredModel,
    Run,
    RunRef,
    Trace,
    id_order,
)
from sitegen.stores.artifacts import UriFinder, finder_beside
from sitegen.stores.contract import ReadOptions, RunBatch
from sitegen.stores.disk import ProblemLog
from sitegen.stores.fetching import fetch
from sitegen.stores.meta import text_of
from sitegen.stores.scratch import Scratch
from sitegen.stores.tracking.address import Address, parse_address
from sitegen.stores.tracking.api import Api, ApiError, objects, refusal
from sitegen.stores.tracking.artifacts import ServerArtifacts, is_served
from sitegen.stores.tracking.histories import HistoryAsker
from sitegen.stores.tracking.records import (
    Json,
    Point,
    experiment_of,
    inputs_of,
    lifecycle,
    logged_model_of,
    model_inputs_of,
    model_outputs_of,
    pairs,
    part,
    point_of,
    registered_model_of,
    run_fields,
)
from sitegen.stores.tracking.spool import Spool, kept
from sitegen.stores.tracking.traces import count_traces, read_traces

KIND = "MLflow tracking server"

_PAGE = 1000
_EXPERIMENTS = 50
"""Number of experiments whose runs are searched at once: few, because MLflow fails the whole search on one damaged
run."""
_MODELS = 100
_ROOT = "/"


def open_server(location: str, options: ReadOptions) -> ServerStore:
    """The tracking server at an `http(s)://` address; sends no request yet. Raises StoreError for a bad address."""
    return ServerStore(parse_address(location), options)


@dataclass(frozen=True, slots=True)
class ServerStore:
    """The tracking server at `address`; `scratch` holds the runs as the catalog received them."""

    address: Address
    options: ReadOptions
    scratch: Scratch = field(default_factory=Scratch, repr=False)

    @property
    def name(self) -> str:
        """Its address without user and password."""
        return self.address.shown

    def catalog(self) -> Catalog:
        """Experiments, models and the list of runs. Raises StoreError when the server cannot be asked."""
        with Api(self.address) as api, Spool.create(self.scratch.path) as spool:
            return _Cataloguer(self, api, spool).catalog()

    def read_runs(self, refs: Sequence[RunRef]) -> RunBatch:
        """The runs behind `refs`, whole, in order."""
        with Api(self.address) as api:
            return _RunReader(self, api).read(refs)

    def traces(self, experiment_id: str, problems: list[Problem]) -> Iterator[Trace]:
        """See `HasTraces`. One request for 100 traces, and one for the spans of each."""
        log = ProblemLog(_ROOT)
        log.problems = problems
        with Api(self.address) as api:
            yield from read_traces(api, experiment_id, log)

    def trace_count(self, experiment_id: str) -> int:
        """See `HasTraces`. One request, or, before MLflow 3.9, one for 500 traces."""
        with Api(self.address) as api:
            return count_traces(api, experiment_id)

    def signature(self) -> str:
        """A string that changes with the experiments, the newest run, the run that ended last, and any running one.

        One request for each 1,000 experiments and three for each 50. It does not notice edits of older runs.
        """
        digest = blake2b(digest_size=16)
        with Api(self.address) as api:
            experiments = _experiments(api)
            for answer in (*experiments, *_news(api, [text_of(found, "experiment_id") for found in experiments])):
                digest.update(json.dumps(answer, sort_keys=True).encode())
        return digest.hexdigest()

    def bytes_on_disk(self) -> int | None:
        """See `Store`."""
        return None

    def finder(self, log: ProblemLog) -> UriFinder:
        """Looks for artifacts on this machine, where a server's URIs sometimes point."""
        return finder_beside(None, self.options, log)


# What there is ------------------------------------------------------------------------------------------------------


def _experiments(api: Api) -> list[dict[str, Any]]:
    """All experiments, as the server returns them. Raises StoreError if it does not answer, since nothing else would
    work."""
    try:
        asked = {"max_results": _PAGE, "view_type": "ALL"}
        return list(api.pages("experiments/search", asked, "experiments"))
    except ApiError as error:
        if error.status == 403:
            raise StoreError(refusal(api.address, 403)) from None
        raise StoreError(
            f"{api.address.shown} does not answer as an MLflow tracking server does ({error}); "
            "check the address, and that the server is MLflow 1.28 or newer."
        ) from None


def _chunks(ids: Sequence[str], size: int) -> Iterator[list[str]]:
    for start in range(0, len(ids), size):
        yield list(ids[start : start + size])


def _news(api: Api, experiment_ids: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Answers that change when a run starts, logs or ends."""
    newest = {"max_results": 1, "order_by": ["attributes.start_time DESC"]}
    ended = {"max_results": 1, "order_by": ["attributes.end_time DESC"]}
    running = {
        "max_results": 100,
        "filter": "attributes.status = 'RUNNING'",
        "order_by": ["attributes.start_time DESC"],
    }
    for chunk in _chunks(experiment_ids, _EXPERIMENTS):
        for question in (newest, ended, running):
            try:
                yield api.post("runs/search", {"experiment_ids": chunk, "run_view_type": "ALL", **question})
            except ApiError as error:
                yield {"error": str(error)}


class _Cataloguer:
    """Gathers one catalog; lives as long as that takes."""

    def __init__(self, store: ServerStore, api: Api, spool: Spool) -> None:
        self.store = store
        self.api = api
        self.spool = spool
        self.log = ProblemLog(_ROOT)
        self.finder = store.finder(self.log)
        self.runs: dict[str, RunRef] = {}
        self.deleted = 0
        self._deleted_runs: set[str] = set()

    def catalog(self) -> Catalog:
        experiments = self._experiments()
        ids = sorted((e.experiment_id for e in experiments), key=id_order)
        for chunk in _chunks(ids, _EXPERIMENTS):
            self._add_runs(chunk)
        shown = {e.experiment_id: e for e in experiments if self._is_shown(e.lifecycle_stage)}
        runs = [ref for ref in self.runs.values() if ref.experiment_id in shown]
        hidden = len(experiments) - len(shown) + len(self.runs) - len(runs) + len(self._deleted_runs)
        models = self._logged_models([key for key in ids if key in shown])
        return Catalog(
            kind=KIND,
            location=self.store.address.shown,
            experiments=tuple(sorted(shown.values(), key=lambda experiment: id_order(experiment.experiment_id))),
            runs=tuple(sorted(runs, key=lambda ref: (id_order(ref.experiment_id), ref.run_id))),
            registered_models=tuple(self._registered_models()),
            logged_models=tuple(sorted(models, key=lambda model: model.model_id)),
            problems=tuple(self.log.problems),
            deleted=hidden,
        )

    def _is_shown(self, lifecycle_stage: str) -> bool:
        return self.store.options.deleted or lifecycle_stage != "deleted"

    def _experiments(self) -> list[Experiment]:
        found = {text_of(answer, "experiment_id"): answer for answer in _experiments(self.api)}
        return [experiment_of(answer) for experiment_id, answer in found.items() if experiment_id]

    def _add_runs(self, experiment_ids: list[str]) -> None:
        """Store the runs of some experiments; if the server refuses, of one after another."""
        # Oldest first: a run that starts while pages are turned comes at the end and shifts none.
        order = ["attributes.start_time ASC"]
        asked = {"experiment_ids": experiment_ids, "run_view_type": "ALL", "max_results": _PAGE, "order_by": order}
        try:
            for run in self.api.pages("runs/search", asked, "runs"):
                self._add_run(run)
        except ApiError as error:
            if len(experiment_ids) == 1:
                what = f"has runs that the server did not return ({error}); they are left out"
                self.log.add(f"/experiments/{experiment_ids[0]}", what, left_out=True)
                return
            for experiment_id in experiment_ids:
                self._add_runs([experiment_id])

    def _add_run(self, run: dict[str, Any]) -> None:
        info = part(run, "info")
        run_id = text_of(info, "run_id") or text_of(info, "run_uuid")
        if not self._is_shown(lifecycle(info)):
            self._deleted_runs.add(run_id)
        elif run_id and run_id not in self.runs:
            self.runs[run_id] = RunRef(run_id, text_of(info, "experiment_id"), self.spool.keep(run))

    def _registered_models(self) -> list[RegisteredModel]:
        """Models and prompts, by name; none if the server has no registry."""
        models: dict[str, dict[str, Any]] = {}
        versions: dict[str, dict[str, dict[str, Any]]] = {}
        # Without a filter MLflow leaves the prompts out.
        for filtered in ({}, {"filter": "tags.`mlflow.prompt.is_prompt` = 'true'"}):
            asked = {"max_results": _PAGE, **filtered}
            models |= {
                text_of(m, "name"): m for m in self._registry("registered-models/search", asked, "registered_models")
            }
            for version in self._registry("model-versions/search", asked, "model_versions") if models else ():
                versions.setdefault(text_of(version, "name"), {})[text_of(version, "version")] = version
        return [registered_model_of(models[name], versions.get(name, {}).values()) for name in sorted(models) if name]

    def _registry(self, path: str, asked: Mapping[str, Any], items: str) -> list[dict[str, Any]]:
        try:
            return list(self.api.pages(path, asked, items, "GET"))
        except ApiError as error:
            if error.status not in (400, 403, 404, 405, 501):
                self.log.add("/models", f"were not returned by the server ({error}); left out", left_out=True)
            return []

    def _logged_models(self, experiment_ids: Sequence[str]) -> list[LoggedModel]:
        """The logged models of some experiments; none if the server is older than MLflow 3."""
        found: dict[str, LoggedModel] = {}
        try:
            for chunk in _chunks(experiment_ids, _EXPERIMENTS):
                for answer in self.api.pages(
                    "logged-models/search", {"experiment_ids": chunk, "max_results": _MODELS}, "models"
                ):
                    model = logged_model_of(answer, self._find_model)
                    found[model.model_id] = model
        except ApiError as error:
            if error.status not in (403, 404, 405):
                self.log.add("/logged-models", f"were not returned by the server ({error}); left out", left_out=True)
        return [model for key, model in found.items() if key and self._is_shown(model.lifecycle_stage)]

    def _find_model(self, uri: str, model_id: str) -> ArtifactFolder:
        return self.finder.find_by_uri(uri, model_id, f"/logged-models/{model_id}")


# Runs ---------------------------------------------------------------------------------------------------------------


class _RunReader:
    """Reads one chunk of runs."""

    def __init__(self, store: ServerStore, api: Api) -> None:
        self.store = store
        self.api = api
        self.log = ProblemLog(_ROOT)
        self.finder = store.finder(self.log)

    def read(self, refs: Sequence[RunRef]) -> RunBatch:
        found = [(ref, run) for ref in refs if (run := self._answer(ref)) is not None]
        wanted = {ref.run_id: self._latest(ref.run_id, run) for ref, run in found}
        histories = HistoryAsker(self.api, self._note).read(wanted)
        runs = [self._run(ref, run, histories[ref.run_id]) for ref, run in found]
        return RunBatch(runs, self.log.problems)

    def _answer(self, ref: RunRef) -> dict[str, Any] | None:
        """The run as the catalog received it, or else as the server returns it now."""
        run = kept(self.store.scratch.path, ref.where)
        if run is not None:
            return run
        try:
            return part(self.api.get("runs/get", [("run_id", ref.run_id)]), "run")
        except ApiError as error:
            self.log.add(f"/runs/{ref.run_id}", f"was not returned by the server ({error}); left out", left_out=True)
            return None

    def _latest(self, run_id: str, run: Json) -> dict[str, Point]:
        found = {text_of(metric, "key"): point_of(metric) for metric in objects(part(run, "data"), "metrics")}
        for key in (key for key, point in found.items() if point is None):
            self._note(run_id, f"has a metric {key} whose latest point is not valid; left out")
        return {key: point for key, point in found.items() if key and point}

    def _run(self, ref: RunRef, run: Json, histories: Mapping[str, MetricHistory]) -> Run:
        info, data = part(run, "info"), part(run, "data")
        tags = pairs(data, "tags")
        fields = run_fields(info, tags, ref.run_id)
        if text_of(info, "status").upper() != fields["status"]:
            self._note(ref.run_id, "has a status that MLflow does not know; shown as UNKNOWN")
        return Run(
            run_id=ref.run_id,
            experiment_id=ref.experiment_id,
            artifacts=self._artifacts(ref.run_id, text_of(info, "artifact_uri")),
            params=pairs(data, "params"),
            tags=tags,
            metrics=histories,
            inputs=inputs_of(run),
            model_inputs=model_inputs_of(run),
            model_outputs=model_outputs_of(run),
            **fields,
        )

    def _artifacts(self, run_id: str, uri: str) -> ArtifactFolder:
        found = self.finder.find_by_uri(uri, run_id, f"/runs/{run_id}")
        wanted = self.store.options.fetch_artifacts
        if found.root is not None or wanted is None or not is_served(uri, run_id):
            return found
        source = ServerArtifacts(self.api, run_id, uri)
        folder = os.path.join(self.store.scratch.path, "artifacts", run_id)
        return fetch(uri, source, folder, wanted, lambda what: self._note(run_id, what))

    def _note(self, run_id: str, what: str) -> None:
        self.log.add(f"/runs/{run_id}", what)
