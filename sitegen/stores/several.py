"""Several stores as one, under ids that are unique across all of them.

The first store's ids stay as they are, so adding a store breaks no address. In every other store an experiment's id
always gets the store's slug behind it (`3-churn`), since MLflow numbers experiments 1, 2, 3 in every database; a run or
a logged model, whose ids are random, only gets it when an earlier store has one of that id: then one is a copy.
Equal names are shown with the store's name, so that users can tell them apart: `sweep (churn)`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from sitegen.errors import StoreError, UsageError
from sitegen.model import (
    Catalog,
    Experiment,
    LoggedModel,
    ModelMetric,
    ModelVersion,
    Problem,
    RegisteredModel,
    Run,
    RunRef,
    Trace,
)
from sitegen.stores.contract import HasSnapshots, HasTraces, RunBatch, Store, with_traces
from sitegen.stores.locations import place_of, shown
from sitegen.stores.names import distinct, first_free, names_for, slug_of
from sitegen.stores.stamps import Snapshot, Stamp, joined

_PARENT = "mlflow.parentRunId"


def join(locations: Sequence[str], open_store: Callable[[str], Store]) -> SeveralStores:
    """The stores at several locations as one; `open_store` opens each.

    Raises UsageError when a location is given twice, and StoreError, naming it, when one of them cannot be read.
    """
    _check_distinct(locations)
    names = names_for(locations)
    slugs = distinct(map(slug_of, names), "-")
    parts = []
    for location, name, slug in zip(locations, names, slugs, strict=True):
        with _naming(location):
            parts.append(Part(open_store(location), location, name, slug))
    return SeveralStores(tuple(parts))


def _check_distinct(locations: Sequence[str]) -> None:
    places = [str(place.resolve()) if (place := place_of(location)) else location for location in locations]
    twice = [location for at, location in enumerate(locations) if places[at] in places[:at]]
    if twice:
        raise UsageError(f"{shown(twice[0])} is given twice; give each store once.")


@contextmanager
def _naming(location: str) -> Iterator[None]:
    """Adds the location to errors of the store inside."""
    try:
        yield
    except StoreError as error:
        if location in str(error) or shown(location) in str(error):
            raise
        raise StoreError(f"{shown(location)}: {error}") from None


@dataclass(frozen=True, slots=True)
class Part:
    """One of the stores. `name` and `slug` are unique among them, for people and for ids.

    `runs` and `models` hold the new ids of those that an earlier store has too, `experiments` the ids that they have in
    the store by those that they have in the whole. They are filled by `catalog()` and go with the store to the workers.
    """

    store: Store
    location: str = field(repr=False)
    name: str
    slug: str
    runs: dict[str, str] = field(default_factory=dict)
    models: dict[str, str] = field(default_factory=dict)
    experiments: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SeveralStores:
    """Stores that are read as one. `RunRef.where` begins with the number of the store."""

    parts: tuple[Part, ...]

    @property
    def name(self) -> str:
        """The names of all."""
        return ", ".join(part.name for part in self.parts)

    def catalog(self) -> Catalog:
        """The catalogs of all, store by store. Raises StoreError when one of them cannot be read."""
        joiner = _Joiner()
        for number, part in enumerate(self.parts):
            with _naming(part.location):
                joiner.add(number, part, part.store.catalog())
        return joiner.catalog()

    def read_runs(self, refs: Sequence[RunRef]) -> RunBatch:
        """The runs behind `refs`, whole, in order, under their ids in the whole."""
        batch = RunBatch()
        found: dict[str, Run] = {}
        for number, part in enumerate(self.parts):
            own = {ref.run_id: ref for ref in refs if _split(ref)[0] == number}
            if own:
                found |= _read_part(part, list(own.values()), batch)
        batch.runs = [found[ref.run_id] for ref in refs if ref.run_id in found]
        return batch

    def traces(self, experiment_id: str, problems: list[Problem]) -> Iterator[Trace]:
        """See `HasTraces`; the id of a trace of any store but the first gets the store's slug behind it."""
        for number, part, store in self._with_traces(experiment_id):
            own: list[Problem] = []
            for trace in store.traces(part.experiments[experiment_id], own):
                yield _joined_trace(trace, experiment_id, part, number)
            problems += _problems(part, own)

    def trace_count(self, experiment_id: str) -> int:
        """See `HasTraces`."""
        found = self._with_traces(experiment_id)
        return sum(store.trace_count(part.experiments[experiment_id]) for _, part, store in found)

    def _with_traces(self, experiment_id: str) -> Iterator[tuple[int, Part, HasTraces]]:
        for number, part in enumerate(self.parts):
            store = with_traces(part.store)
            if store is not None and experiment_id in part.experiments:
                yield number, part, store

    def signature(self) -> str:
        """The signatures of all."""
        return "\n".join(part.store.signature() for part in self.parts)

    def snapshot(self) -> Snapshot | None:
        """See `HasSnapshots`; the runs of a store that has none are always read."""
        stores = [part.store for part in self.parts]
        return _Snapshots(self.parts, [one.snapshot() if isinstance(one, HasSnapshots) else None for one in stores])

    def bytes_on_disk(self) -> int | None:
        """See `Store`."""
        sizes = [size for part in self.parts if (size := part.store.bytes_on_disk()) is not None]
        return sum(sizes) if sizes else None


class _Snapshots:
    """The snapshots of several stores. What a run is called, and what it names, depends on the other stores too."""

    def __init__(self, parts: Sequence[Part], snapshots: Sequence[Snapshot | None]) -> None:
        self._parts = parts
        self._snapshots = snapshots

    @property
    def stamp(self) -> Stamp | None:
        """See `Snapshot`."""
        stamps = [one.stamp if one else None for one in self._snapshots]
        found = [stamp for stamp in stamps if stamp]
        return joined(found) if len(found) == len(stamps) else None

    def runs(self, refs: Sequence[RunRef]) -> Mapping[str, Stamp]:
        """See `Snapshot`; the catalog has been read."""
        found = {}
        for number, (part, snapshot) in enumerate(zip(self._parts, self._snapshots, strict=True)):
            own = {_split(ref)[1]: ref for ref in refs if _split(ref)[0] == number}
            local = [replace(ref, run_id=run_id, where=_split(ref)[2]) for run_id, ref in own.items()]
            names = repr((part.name, part.slug, part.runs, part.models, part.experiments))
            for run_id, stamp in snapshot.runs(local).items() if snapshot else ():
                found[own[run_id].run_id] = joined((stamp, Stamp(names)))
        return found


def _read_part(part: Part, refs: Sequence[RunRef], batch: RunBatch) -> dict[str, Run]:
    """The runs of one store by their ids in the whole; problems and counts go into `batch`."""
    joined = {_split(ref)[1]: ref for ref in refs}
    local = [replace(ref, run_id=run_id, where=_split(ref)[2]) for run_id, ref in joined.items()]
    with _naming(part.location):
        read = part.store.read_runs(local)
    batch.problems += _problems(part, read.problems)
    batch.deleted += read.deleted
    return {joined[run.run_id].run_id: _joined_run(run, joined[run.run_id], part) for run in read.runs}


def _where(number: int, ref: RunRef) -> str:
    """The number of the store, the run's id there, and the `where` of the store's reader."""
    return f"{number} {len(ref.run_id)} {ref.run_id}{ref.where}"


def _split(ref: RunRef) -> tuple[int, str, str]:
    number, length, rest = ref.where.split(" ", 2)
    return int(number), rest[: int(length)], rest[int(length) :]


def _problems(part: Part, problems: Iterable[Problem]) -> list[Problem]:
    return [replace(problem, where=f"{part.name}/{problem.where}") for problem in problems]


def _joined_run(run: Run, ref: RunRef, part: Part) -> Run:
    """The run under its id in the whole; the runs and models that it names are those of its own store."""
    tags = run.tags
    if tags.get(_PARENT) in part.runs:
        tags = {**tags, _PARENT: part.runs[tags[_PARENT]]}
    return replace(
        run,
        run_id=ref.run_id,
        experiment_id=ref.experiment_id,
        tags=tags,
        model_inputs=tuple(part.models.get(model, model) for model in run.model_inputs),
        model_outputs=tuple(
            replace(output, model_id=part.models.get(output.model_id, output.model_id)) for output in run.model_outputs
        ),
    )


def _joined_trace(trace: Trace, experiment_id: str, part: Part, number: int) -> Trace:
    """The trace under an id of its own; the run that it names is that of its own store."""
    metadata = trace.metadata
    if trace.source_run_id in part.runs:
        metadata = {**metadata, "mlflow.sourceRun": part.runs[trace.source_run_id]}
    trace_id = f"{trace.trace_id}-{part.slug}" if number else trace.trace_id
    judged = tuple(replace(one, run_id=part.runs.get(one.run_id, one.run_id)) for one in trace.assessments)
    return replace(trace, trace_id=trace_id, experiment_id=experiment_id, metadata=metadata, assessments=judged)


class _Joiner:
    """Puts one catalog together out of several; lives as long as that takes."""

    def __init__(self) -> None:
        self.kinds: list[str] = []
        self.locations: list[str] = []
        self.eras: list[str] = []
        self.experiments: dict[str, tuple[Experiment, Part]] = {}
        self.runs: dict[str, RunRef] = {}
        self.registered: dict[str, RegisteredModel] = {}
        self.logged: dict[str, LoggedModel] = {}
        self.problems: list[Problem] = []
        self.deleted = 0
        self.beside: Counter[str] = Counter()
        self.article = "an"
        self.missing: list[str] = []

    def add(self, number: int, part: Part, catalog: Catalog) -> None:
        """Add the catalog of a store; fills `part.runs` and `part.models`."""
        if not self.kinds:
            self.article = catalog.article
        if catalog.missing_artifacts:
            self.missing.append(f"{part.name}/{catalog.missing_artifacts}")
        self.kinds.append(catalog.kind)
        self.locations.append(catalog.location)
        self.eras.append(catalog.era)
        self.problems += _problems(part, catalog.problems)
        self.deleted += catalog.deleted
        self.beside.update(catalog.beside)
        experiments = self._add_experiments(number, part, catalog)
        self._add_runs(number, part, catalog.runs, experiments)
        self._add_logged(part, catalog.logged_models, experiments)
        self._add_registered(part, catalog.registered_models)

    def _add_experiments(self, number: int, part: Part, catalog: Catalog) -> dict[str, str]:
        """The ids of the store's experiments in the whole, by the ids that they have there."""
        ids = {}
        part.experiments.clear()
        used = {ref.experiment_id for ref in catalog.runs}
        for experiment in catalog.experiments:
            old = experiment.experiment_id
            new = first_free(f"{old}-{part.slug}" if number else old, "-", self.experiments)
            ids[old] = new
            part.experiments[new] = old
            # A site leaves out MLflow's empty `Default`, which it knows by its id; so it goes before that changes.
            if old != "0" or old in used:
                self.experiments[new] = (replace(experiment, experiment_id=new), part)
        return ids

    def _add_runs(self, number: int, part: Part, refs: Iterable[RunRef], experiments: Mapping[str, str]) -> None:
        part.runs.clear()
        for ref in refs:
            new = self._free_id(ref.run_id, part, self.runs, part.runs)
            experiment_id = experiments.get(ref.experiment_id, ref.experiment_id)
            self.runs[new] = RunRef(new, experiment_id, _where(number, ref))

    def _add_logged(self, part: Part, models: Iterable[LoggedModel], experiments: Mapping[str, str]) -> None:
        part.models.clear()
        for model in models:
            new = self._free_id(model.model_id, part, self.logged, part.models)
            self.logged[new] = replace(
                model,
                model_id=new,
                experiment_id=experiments.get(model.experiment_id, model.experiment_id),
                source_run_id=_renamed(model.source_run_id, part.runs),
                metrics=tuple(_joined_metric(metric, part) for metric in model.metrics),
                earlier=tuple(_joined_metric(metric, part) for metric in model.earlier),
            )

    def _add_registered(self, part: Part, models: Iterable[RegisteredModel]) -> None:
        for model in models:
            name = model.name if model.name not in self.registered else f"{model.name} ({part.name})"
            name = first_free(name, " ", self.registered)
            versions = tuple(_joined_version(version, name, part) for version in model.versions)
            self.registered[name] = replace(model, name=name, versions=versions)

    @staticmethod
    def _free_id(old: str, part: Part, taken: Mapping[str, object], renamed: dict[str, str]) -> str:
        """`old`, or one like it, noted in `renamed`, when it is taken."""
        if old not in taken:
            return old
        renamed[old] = first_free(f"{old}-{part.slug}", "-", taken)
        return renamed[old]

    def catalog(self) -> Catalog:
        """The combined catalog."""
        names = Counter(experiment.name for experiment, _ in self.experiments.values())
        return Catalog(
            kind=" and ".join(dict.fromkeys(self.kinds)),
            location=", ".join(self.locations),
            experiments=tuple(
                replace(one, name=f"{one.name} ({part.name})") if names[one.name] > 1 else one
                for one, part in self.experiments.values()
            ),
            runs=tuple(self.runs.values()),
            registered_models=tuple(self.registered.values()),
            logged_models=tuple(self.logged.values()),
            problems=tuple(self.problems),
            deleted=self.deleted,
            missing_artifacts=", ".join(dict.fromkeys(self.missing)),
            article=self.article,
            era=", ".join(dict.fromkeys(filter(None, self.eras))),
            beside=dict(self.beside),
        )


def _renamed(old: str | None, names: Mapping[str, str]) -> str | None:
    return names.get(old, old) if old else old


def _joined_metric(metric: ModelMetric, part: Part) -> ModelMetric:
    return replace(metric, run_id=part.runs.get(metric.run_id, metric.run_id))


def _joined_version(version: ModelVersion, name: str, part: Part) -> ModelVersion:
    return replace(
        version,
        name=name,
        run_id=_renamed(version.run_id, part.runs),
        model_id=_renamed(version.model_id, part.models),
    )
