"""MLflow's file store, the `mlruns` folder: how to recognise one, and how to read

it. Links to experiments and runs elsewhere in the store are followed; others are not (see `disk` and `artifacts`),
since the store is untrusted.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sitegen.errors import StoreError
from sitegen.model import Catalog, Experiment, LoggedModel, Problem, RunRef, Trace, id_order
from sitegen.stores.artifacts import ArtifactFinder
from sitegen.stores.contract import ReadOptions, RunBatch
from sitegen.stores.disk import ProblemLog, child_folders, kinds, printable, read_folder_texts, reason
from sitegen.stores.files.registry import read_logged_models, read_registered_models
from sitegen.stores.files.runs import RunReader
from sitegen.stores.files.signature import signature_of
from sitegen.stores.files.snapshot import FileSnapshot
from sitegen.stores.files.traces import count_traces, read_traces
from sitegen.stores.footprint import size_of
from sitegen.stores.meta import MetaError, lifecycle_of, read_meta, text_of, time_of

KIND = "MLflow file store"

_RUN_ID = re.compile(r"[0-9a-f]{32}")
_NOT_EXPERIMENTS = frozenset({".trash", "models"})
_NOT_RUNS = frozenset({"tags", "datasets", "traces", "models"})


def find_at(folder: str, location: str, options: ReadOptions) -> list[MlrunsStore]:
    """The store at `folder`, or that `folder` is an experiment or run of; None if there is none."""
    meta = _meta_or_none(folder)
    if meta and os.path.islink(folder):
        folder = os.path.realpath(folder)
    if _is_run(meta):
        return [_part(os.path.dirname(folder), location, options, only_run=os.path.basename(folder))]
    if "artifact_location" in meta:
        return [_part(folder, location, options)]
    return [MlrunsStore(folder, location, options)] if _is_root(folder) else []


def _part(experiment: str, location: str, options: ReadOptions, only_run: str = "") -> MlrunsStore:
    """The store that holds the folder `experiment`, cut down to that experiment."""
    root, name = os.path.split(experiment)
    if os.path.basename(root) == ".trash":
        root, name = os.path.dirname(root), f".trash/{name}"
        options = replace(options, deleted=True)
    return MlrunsStore(root, location, options, only_experiment=name, only_run=only_run)


def _meta_or_none(folder: str) -> dict[str, Any]:
    try:
        return read_meta(f"{folder}/meta.yaml")
    except MetaError:
        return {}


def _is_run(meta: dict[str, Any]) -> bool:
    return any(key in meta for key in ("run_id", "run_uuid", "artifact_uri"))


def _era_of(meta: dict[str, Any]) -> str:
    """The MLflow versions that write a run's meta.yaml with these fields."""
    if "run_id" not in meta:
        return "MLflow 0.9 or older"
    if "run_uuid" not in meta:
        return "MLflow 3.0 or newer"
    return "MLflow 1.30 to 2.22" if "run_name" in meta else "MLflow 1.0 to 1.29"


def _is_root(folder: str) -> bool:
    """Whether a child of `folder`, or of its `.trash`, is an experiment, or at least has runs in it."""
    root = os.path.realpath(folder)
    children = [f"{folder}/{name}" for name in child_folders(folder, root) if name != "models"]
    children += [f"{folder}/.trash/{name}" for name in child_folders(f"{folder}/.trash", root)]
    is_experiment = any("artifact_location" in _meta_or_none(child) for child in children)
    return is_experiment or any(_has_runs(child, root) for child in children)


def _has_runs(folder: str, root: str) -> bool:
    return any(
        _RUN_ID.fullmatch(name) and os.path.isfile(f"{folder}/{name}/meta.yaml") for name in child_folders(folder, root)
    )


@dataclass(frozen=True, slots=True)
class MlrunsStore:
    """The file store at `root`, or one experiment or run of it (`only_experiment` is a path inside the root)."""

    root: str
    location: str
    options: ReadOptions
    only_experiment: str = ""
    only_run: str = ""

    @property
    def name(self) -> str:
        """The name of its folder."""
        return printable(os.path.basename(self.root))

    def catalog(self) -> Catalog:
        """Experiments, models and the list of runs. Raises StoreError when the root cannot be listed."""
        try:
            os.scandir(self.root).close()
        except OSError as error:
            raise StoreError(f"{self.location} cannot be read ({reason(error)}); check its permissions.") from None
        return _Cataloguer(self).catalog()

    def read_runs(self, refs: Sequence[RunRef]) -> RunBatch:
        """The runs behind `refs`, whole, in order; deleted ones only with `options.deleted`."""
        reader = RunReader(self.root, self.options)
        reader.read(refs)
        return RunBatch(reader.runs, reader.log.problems, reader.deleted)

    def has_runs(self) -> bool:
        """See `KnowsWhetherItHasRuns`."""
        return _Cataloguer(self).has_runs()

    def traces(self, experiment_id: str, problems: list[Problem]) -> Iterator[Trace]:
        """See `HasTraces`. Of a store that is one run only the traces recorded in it."""
        cataloguer = _Cataloguer(self)
        cataloguer.log.problems = problems
        where = cataloguer.experiment_folder(experiment_id)
        if where is None:
            return
        for trace in read_traces(os.path.join(self.root, where), experiment_id, cataloguer.finder):
            if not self.only_run or trace.source_run_id == self.only_run:
                yield trace

    def trace_count(self, experiment_id: str) -> int:
        """See `HasTraces`."""
        where = _Cataloguer(self).experiment_folder(experiment_id)
        if where is None:
            return 0
        if self.only_run:
            return sum(1 for _ in self.traces(experiment_id, []))
        return count_traces(os.path.join(self.root, where))

    def signature(self) -> str:
        """See `signature`. The same for the same store, in any process."""
        return signature_of(self.root)

    def snapshot(self) -> FileSnapshot:
        """See `HasSnapshots`."""
        return FileSnapshot(self.root, self.options, os.path.join(self.only_experiment, self.only_run).rstrip("/"))

    def bytes_on_disk(self) -> int:
        """See `Store`."""
        return size_of(os.path.join(self.root, self.only_experiment, self.only_run))


class _Cataloguer:
    """Gathers one catalog; lives as long as that takes."""

    def __init__(self, store: MlrunsStore) -> None:
        self.store = store
        self.log = ProblemLog(store.root)
        self.finder = ArtifactFinder(store.root, store.options, self.log)
        self.experiments: list[Experiment] = []
        self.runs: list[RunRef] = []
        self.logged_models: list[LoggedModel] = []
        self.deleted = 0
        self._run_ids: set[str] = set()
        self._real_folders: set[str] = set()
        self._real_root = os.path.realpath(store.root)

    def catalog(self) -> Catalog:
        for where in self._experiment_folders():
            self._add_experiment(where)
        return Catalog(
            kind=KIND,
            location=self.store.location,
            experiments=tuple(self.experiments),
            runs=tuple(self.runs),
            registered_models=() if self._is_part() else tuple(read_registered_models(self.store.root, self.log)),
            logged_models=tuple(sorted(self.logged_models, key=lambda model: model.model_id)),
            problems=tuple(self.log.problems),
            deleted=self.deleted,
            era=self._era() if self.store.options.tell_era else "",
        )

    def has_runs(self) -> bool:
        """Whether an experiment that is to be shown has a run, decided by the names of folders if possible."""
        if self._is_part():
            return bool(self.catalog().runs)
        shown = (
            where
            for where in self._experiment_folders()
            if self.store.options.deleted
            or lifecycle_of(_meta_or_none(os.path.join(self.store.root, where)), where) == "active"
        )
        if any(_has_runs(os.path.join(self.store.root, where), self._real_root) for where in shown):
            return True
        return bool(self.catalog().runs)

    def _era(self) -> str:
        """The MLflow versions that wrote the first and the last run of the list, by the fields of their meta.yaml."""
        runs = dict.fromkeys(self.runs[:1] + self.runs[-1:])
        metas = (_meta_or_none(os.path.join(self.store.root, ref.where)) for ref in runs)
        return " and ".join(dict.fromkeys(_era_of(meta) for meta in metas if _is_run(meta)))

    def _is_part(self) -> bool:
        return bool(self.store.only_experiment)

    def _experiment_folders(self) -> list[str]:
        """The folders that may be experiments, as paths inside the root, in the order of their ids."""
        if self._is_part():
            return [self.store.only_experiment]
        names = [name for name in self._children(self.store.root) if name not in _NOT_EXPERIMENTS]
        names = self._unseen(".", names)
        trash = self._unseen(".trash", self._children(f"{self.store.root}/.trash"))
        return sorted([*names, *(f".trash/{name}" for name in trash)], key=_folder_order)

    def _children(self, folder: str) -> list[str]:
        return child_folders(folder, self._real_root, self.log)

    def experiment_folder(self, experiment_id: str) -> str | None:
        """The path inside the root of the experiment that the catalog has under this id."""
        ids: dict[str, str] = {}
        # Another folder than one of this name may have the id only where two have one name.
        names = (experiment_id, experiment_id.removesuffix("-deleted"))
        for where in (found for found in self._experiment_folders() if printable(os.path.basename(found)) in names):
            name = printable(os.path.basename(where))
            meta = _meta_or_none(os.path.join(self.store.root, where))
            if self.store.options.deleted or lifecycle_of(meta, where) == "active":
                ids[f"{name}-deleted" if name in ids else name] = where
        return ids.get(experiment_id)

    def _unseen(self, where: str, names: list[str]) -> list[str]:
        """Those of the folders `names` in `where` that are not a link to a folder seen before."""
        parent = os.path.join(self.store.root, where)
        real_parent = os.path.realpath(parent)
        unseen = []
        for name in names:
            path = f"{parent}/{name}"
            real = os.path.realpath(path) if os.path.islink(path) else f"{real_parent}/{name}"
            if real not in self._real_folders and not self._real_root.startswith(real + os.sep):
                self._real_folders.add(real)
                unseen.append(name)
        return unseen

    def _add_experiment(self, where: str) -> None:
        folder = os.path.join(self.store.root, where)
        try:
            found = kinds(folder)
        except OSError as error:
            self.log.add(folder, f"could not be read ({reason(error)}); left out", left_out=True)
            return
        try:
            meta, damage = read_meta(f"{folder}/meta.yaml"), ""
        except MetaError as error:
            meta, damage = {}, str(error)
        if damage and not _has_runs(folder, self._real_root) and not self._is_part():
            return
        is_deleted = where.startswith(".trash/") or text_of(meta, "lifecycle_stage") == "deleted"
        if is_deleted and not self.store.options.deleted:
            self.deleted += 1 + sum(_RUN_ID.fullmatch(name) is not None for name in found)
            return
        if damage:
            self.log.add(folder, f"{damage}; shown under the folder's name")
        experiment = self._experiment(where, folder, meta, found, is_deleted)
        self.experiments.append(experiment)
        self._add_runs(where, experiment.experiment_id, bool(damage))
        if not self.store.only_run:
            self.logged_models += read_logged_models(folder, where, self.store.options.deleted, self.finder)

    def _experiment(
        self, where: str, folder: str, meta: dict[str, Any], found: dict[str, str], is_deleted: bool
    ) -> Experiment:
        name = printable(os.path.basename(where))
        if text_of(meta, "experiment_id") not in ("", name):
            self.log.add(folder, "has another experiment id in its meta.yaml; the folder's name is used")
        return Experiment(
            experiment_id=self._unique_experiment(name),
            name=text_of(meta, "name") or name,
            lifecycle_stage="deleted" if is_deleted else "active",
            artifact_location=text_of(meta, "artifact_location"),
            creation_time=time_of(meta, "creation_time"),
            last_update_time=time_of(meta, "last_update_time"),
            tags=read_folder_texts(folder, "tags", found, self.log),
        )

    def _unique_experiment(self, name: str) -> str:
        """The id of an experiment; one in `.trash` may have the id of one outside."""
        is_taken = any(experiment.experiment_id == name for experiment in self.experiments)
        return f"{name}-deleted" if is_taken else name

    def _add_runs(self, where: str, experiment_id: str, is_damaged: bool) -> None:
        folder = os.path.join(self.store.root, where)
        names = self._unseen(where, [name for name in self._children(folder) if name not in _NOT_RUNS])
        refs = []
        for name in [self.store.only_run] if self.store.only_run else sorted(names):
            run_id = self._run_id(f"{folder}/{name}", name, is_damaged)
            if run_id:
                refs.append(
                    RunRef(
                        self._unique_run(run_id, experiment_id, f"{folder}/{name}"), experiment_id, f"{where}/{name}"
                    )
                )
        self.runs += sorted(refs, key=lambda ref: ref.run_id)

    def _run_id(self, folder: str, name: str, is_damaged: bool) -> str | None:
        """The id of the run in `folder`, None when it holds no run.

        A name of 32 hex digits is accepted without reading the folder, but not in an experiment without a meta.yaml,
        which may be an artifact folder.
        """
        if _RUN_ID.fullmatch(name):
            return name if not is_damaged or os.path.isfile(f"{folder}/meta.yaml") else None
        meta = _meta_or_none(folder)
        if not _is_run(meta):
            return None
        self.log.add(folder, "is a run whose folder has another name; its id is taken from meta.yaml")
        return text_of(meta, "run_id") or text_of(meta, "run_uuid") or printable(name)

    def _unique_run(self, run_id: str, experiment_id: str, folder: str) -> str:
        """`run_id`, or one like it if there was such a run before."""
        unique, number = run_id, 1
        while unique in self._run_ids:
            unique = f"{run_id}-{experiment_id}" if number == 1 else f"{run_id}-{experiment_id}-{number}"
            number += 1
        if unique != run_id:
            self.log.add(folder, f"has the id of a run met before; called {unique}")
        self._run_ids.add(unique)
        return unique


def _folder_order(where: str) -> tuple[bool, int, str, bool]:
    """Numbers as numbers, then the rest as text; of two equal ids the deleted one last."""
    return *id_order(os.path.basename(where)), where.startswith(".trash/")
