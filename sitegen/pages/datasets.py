"""The list of datasets and a page for each digest: what it is, and which runs and models used it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sitegen.addresses import DATASETS_PAGE, Href, dataset_page, experiment_page, logged_model_page, run_page
from sitegen.analysis.relations import Use
from sitegen.analysis.runs_table import natural
from sitegen.analysis.words import listed, plural
from sitegen.markup.notes import note_excerpt
from sitegen.model import Dataset
from sitegen.pages.dataset_facts import Source, profile_rows, source_of
from sitegen.pages.library import Library, Link, value_text
from sitegen.pages.page import Fact, NavEntry
from sitegen.pages.signature import SchemaTable, dataset_tables
from sitegen.search import NOTE_WEIGHT, SearchEntry

MAX_RUNS = 500
MAX_METRICS = 200
MAX_SOURCES = 5
NO_CONTEXT = "no context"


@dataclass(frozen=True, slots=True)
class DatasetLine:
    """A dataset in the list."""

    dataset: Link
    """The dataset's name, with its page."""
    digest: str
    """MLflow's digest of the data."""
    source_type: str
    """The kind of its source: `http`."""
    size: str
    """What is known of its size."""
    contexts: str
    """What it was used for: `training, validation`."""
    runs: str
    """How many runs used it."""
    experiments: tuple[Link, ...]
    """The experiments of those runs."""


@dataclass(frozen=True)
class DatasetsPage:
    """The list of datasets."""

    lines: tuple[DatasetLine, ...]
    """The datasets, by name and digest."""
    lede: str
    """How many datasets there are, in a sentence."""
    path: Href = DATASETS_PAGE
    title: str = "Datasets"
    template: str = "datasets.html"
    kind: str = "datasets"

    @property
    def nav(self) -> tuple[NavEntry, ...]:
        """The page's entries on the home page: a count and a link."""
        return (NavEntry("Datasets", len(self.lines), self.path),)


@dataclass(frozen=True, slots=True)
class UseRow:
    """A run that used the dataset."""

    run: Link
    """The run."""
    status: str
    """MLflow's word for the run's status: `FINISHED`."""
    contexts: str
    """What it used the dataset for."""
    value: tuple[str, str]
    """Its value of the experiment's metric, rounded and in all its digits; both empty if it has none."""
    rank: str
    """Its rank in the experiment; empty if it has none."""


@dataclass(frozen=True, slots=True)
class UseTable:
    """The runs of one experiment that used the dataset, the best first."""

    id: str
    """Its id on the page."""
    experiment: Link
    """The experiment."""
    metric: str
    """The metric by which its runs are judged; empty if there is none."""
    rows: tuple[UseRow, ...]
    """The runs, the best first; at most 500."""
    hint: str
    """How many runs there are, in words."""
    has_ranks: bool
    """Whether any of them has a rank."""


@dataclass(frozen=True, slots=True)
class ModelValue:
    """A metric of a logged model on the dataset."""

    model: Link
    """The logged model."""
    key: str
    """The metric's key."""
    value: tuple[str, str]
    """Its value, rounded and in all its digits."""
    step: str
    """The step of the model that was measured."""


@dataclass(frozen=True, slots=True)
class NamedDataset:
    """The data under one of its names."""

    id: str
    """Its id on the page."""
    name: str
    """Its name."""
    sources: tuple[Source, ...]
    """Where it came from; at most 5."""
    sources_hint: str
    """How many sources there are, where that is not all of them."""
    profile: tuple[tuple[str, str], ...]
    """What is known of its size and content, as label and value."""
    schema: tuple[SchemaTable, ...]
    """Its columns, or its features and targets."""
    tables: tuple[UseTable, ...]
    """The runs that used it, by experiment."""
    models: tuple[ModelValue, ...]
    """Metrics of logged models that were measured on it."""
    models_hint: str
    """How many of those are shown, where that is not all of them."""


@dataclass(frozen=True)
class DatasetPage:
    """The page of a digest. Texts are final: the template only lays them out."""

    path: str
    title: str
    digest: str
    """MLflow's digest of the data."""
    description: str
    """The page in a sentence, for search engines and link previews; at most 200 characters."""
    facts: tuple[Fact, ...]
    """Digest, contexts and the number of runs."""
    several: str
    """A sentence where the same data has several names; else empty."""
    named: tuple[NamedDataset, ...]
    """The data under each of its names."""
    template: str = "dataset.html"
    kind: str = "dataset"

    @property
    def search(self) -> SearchEntry:
        """What the search finds of it: its digest and names."""
        texts = (self.digest, *(named.name for named in self.named))
        return SearchEntry("dataset", "dataset", tuple((text, NOTE_WEIGHT) for text in texts))


class _Uses:
    """The uses of datasets: by digest and name, then by run, the contexts."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self.runs: dict[tuple[str, str], dict[str, list[Use]]] = {}
        for found in library.relations:
            for use in found.uses:
                if found.run_id in library.rows:
                    self.runs.setdefault((use.digest, use.name), {}).setdefault(found.run_id, []).append(use)
        self.models: dict[tuple[str, str], list[ModelValue]] = {}
        for model in library.catalog.logged_models:
            for metric in model.metrics:
                if metric.dataset_name:
                    link = Link(model.name, logged_model_page(model.model_id))
                    line = ModelValue(link, metric.key, value_text(metric.value), str(metric.step))
                    self.models.setdefault((metric.dataset_digest or "", metric.dataset_name), []).append(line)

    def of(self, digest: str, name: str) -> Mapping[str, Sequence[Use]]:
        return self.runs.get((digest, name), {})


def dataset_pages(library: Library) -> list[DatasetsPage | DatasetPage]:
    """The list and the page of each digest; none if no run used a dataset."""
    uses = _Uses(library)
    digests = {
        digest: {name: forms for name, forms in names.items() if uses.of(digest, name)}
        for digest, names in library.forms.by_digest.items()
    }
    known = {digest: names for digest, names in sorted(digests.items()) if names}
    if not known:
        return []
    return [_list(known, uses), *(_page(digest, names, uses) for digest, names in known.items())]


# The list -----------------------------------------------------------------------------------------------------------


def _list(known: Mapping[str, Mapping[str, Sequence[Dataset]]], uses: _Uses) -> DatasetsPage:
    lines = [_line(digest, name, forms, uses) for digest, names in known.items() for name, forms in names.items()]
    lines.sort(key=lambda line: (natural(line.dataset.text), line.digest))
    runs = {run_id for (digest, name), found in uses.runs.items() for run_id in found}
    return DatasetsPage(tuple(lines), f"{plural(len(lines), 'dataset')}, used by {plural(len(runs), 'run')}.")


def _line(digest: str, name: str, forms: Sequence[Dataset], uses: _Uses) -> DatasetLine:
    library, found = uses.library, uses.of(digest, name)
    experiments = dict.fromkeys(library.rows[run_id].experiment_id for run_id in found)
    return DatasetLine(
        dataset=Link(name or "(no name)", dataset_page(digest)),
        digest=digest,
        source_type=forms[0].source_type,
        size=_size(forms[0].profile),
        contexts=_contexts(use for several in found.values() for use in several),
        runs=str(len(found)),
        experiments=tuple(Link(library.names[key], experiment_page(key)) for key in sorted(experiments, key=natural)),
    )


def _size(profile: str | None) -> str:
    rows = dict(profile_rows(profile)).get("num rows", "")
    return f"{rows} {'row' if rows == '1' else 'rows'}" if rows else ""


def _contexts(uses: Iterable[Use]) -> str:
    """In which contexts, in words; a run that measured by a dataset gave it none."""
    return ", ".join(sorted({use.context for use in uses if use.context}))


# A page -------------------------------------------------------------------------------------------------------------


def _page(digest: str, names: Mapping[str, Sequence[Dataset]], uses: _Uses) -> DatasetPage:
    ordered = sorted(names, key=natural)
    runs = {run_id for name in ordered for run_id in uses.of(digest, name)}
    experiments = {uses.library.rows[run_id].experiment_id for run_id in runs}
    first = names[ordered[0]][0]
    facts = [
        Fact("Digest", digest, mono=True, copy=digest),
        Fact("Source type", first.source_type),
        Fact("Size", _size(first.profile)),
        Fact("Runs", str(len(runs))),
        Fact("Experiments", str(len(experiments))),
    ]
    title = listed([name or "(no name)" for name in ordered[:4]])
    return DatasetPage(
        path=dataset_page(digest),
        title=title,
        digest=digest,
        description=note_excerpt(f"Dataset {title}, used by {plural(len(runs), 'run')}.", 200),
        facts=tuple(fact for fact in facts if fact.value),
        several=f"The same digest stands under {plural(len(names), 'name')}." if len(names) > 1 else "",
        named=tuple(_named(digest, name, names[name], uses, at) for at, name in enumerate(ordered)),
    )


def _named(digest: str, name: str, forms: Sequence[Dataset], uses: _Uses, at: int) -> NamedDataset:
    sources = list(dict.fromkeys(map(source_of, forms)))
    models = uses.models.get((digest, name), [])
    runs = uses.of(digest, name)
    by_experiment: dict[str, list[str]] = {}
    for run_id in runs:
        by_experiment.setdefault(uses.library.rows[run_id].experiment_id, []).append(run_id)
    return NamedDataset(
        id=f"data-{at + 1}",
        name=name or "(no name)",
        sources=tuple(source for source in sources[:MAX_SOURCES] if source.place or source.facts),
        sources_hint=f"the first {MAX_SOURCES} of several" if len(sources) > MAX_SOURCES else "",
        profile=tuple(profile_rows(forms[0].profile)),
        schema=dataset_tables(forms[0].schema),
        tables=tuple(
            _uses_in(experiment_id, by_experiment[experiment_id], runs, uses.library, f"data-{at + 1}-{number_ + 1}")
            for number_, experiment_id in enumerate(sorted(by_experiment, key=natural))
        ),
        models=tuple(models[:MAX_METRICS]),
        models_hint=f"the first {MAX_METRICS} of {len(models)}" if len(models) > MAX_METRICS else "",
    )


def _uses_in(
    experiment_id: str, run_ids: Sequence[str], runs: Mapping[str, Sequence[Use]], library: Library, id: str
) -> UseTable:
    ranking = library.rankings.get(experiment_id)
    ranks = ranking.ranks if ranking else {}
    ordered = sorted(run_ids, key=lambda run_id: (ranks.get(run_id, len(ranks) + 1), run_id))
    rows = tuple(_use_row(run_id, runs[run_id], ranks.get(run_id), library) for run_id in ordered[:MAX_RUNS])
    hint = plural(len(ordered), "run")
    return UseTable(
        id=id,
        experiment=Link(library.names[experiment_id], experiment_page(experiment_id)),
        metric=ranking.objective.label if ranking else "",
        rows=rows,
        hint=f"the first {MAX_RUNS} of {hint}" if len(ordered) > MAX_RUNS else hint,
        has_ranks=bool(ranks),
    )


def _use_row(run_id: str, uses: Sequence[Use], rank: int | None, library: Library) -> UseRow:
    row = library.rows[run_id]
    judged = library.objective(row)
    return UseRow(
        run=Link(row.name, run_page(run_id)),
        status=row.status,
        contexts=_contexts(uses),
        value=value_text(judged[1] if judged else None),
        rank=str(rank) if rank is not None else "",
    )
