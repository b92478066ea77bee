"""Models, datasets and logged tables: what the workers find of them in each run, gathered, and the pages made of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sitegen.analysis.relations import Forms, Relations, relations_of
from sitegen.analysis.report import Report
from sitegen.analysis.words import plural
from sitegen.model import Catalog, LoggedModel, ModelFile, ModelVersion, Run
from sitegen.pages.datasets import DatasetPage, dataset_pages
from sitegen.pages.library import Library
from sitegen.pages.logged_models import LoggedModelPage, logged_model_page_of
from sitegen.pages.models import RegisteredModelPage, models_pages, registered_model_page
from sitegen.pages.page import Page
from sitegen.pages.prompts import PromptPage, prompt_page_of
from sitegen.privacy import Finding, Hidden, Privacy, clean_model_file
from sitegen.search import Kind
from sitegen.stores.modelfile import artifact_path_of, read_model_file

PAGES_A_JOB = 100
MODELS_A_JOB = 100

FileKey = str | tuple[str, str]
"""Whose `MLmodel` file: a logged model's id, or a run's id and a path among its artifacts."""


@dataclass(frozen=True, slots=True)
class SearchEntry:
    """What the search shows and finds of a page beside its title."""

    kind: Kind
    subtitle: str
    texts: tuple[str, ...]


@dataclass(slots=True)
class RunContents:
    """What the runs of a shard hold."""

    relations: list[Relations] = field(default_factory=list)
    forms: Forms = field(default_factory=Forms)
    files: dict[FileKey, ModelFile] = field(default_factory=dict)

    def take(self, run: Run, paths: Iterable[str], privacy: Privacy, hidden: Hidden) -> list[Finding]:
        """Take in a run, which is clean; `paths` are where versions of registered models lie in its artifacts."""
        relations = relations_of(run)
        if relations:
            self.relations.append(relations)
        self.forms.add(used.dataset for used in run.inputs)
        secrets: list[Finding] = []
        for path in paths:
            raw = read_model_file(run.artifacts, path)
            if raw:
                file, found = clean_model_file(raw, privacy, f"run {run.run_id}", hidden)
                self.files[run.run_id, path] = file
                secrets += found
        return secrets

    def models(self) -> set[str]:
        """The ids of the logged models that the runs made or used."""
        found = {model_id for relations in self.relations for model_id in relations.models_used}
        return found | {made.model_id for relations in self.relations for made in relations.models_made}

    def join(self, other: RunContents) -> None:
        """Take in what another shard holds."""
        self.relations += other.relations
        self.forms.add(other.forms)
        self.files |= other.files


def version_places(catalog: Catalog) -> dict[tuple[int, str], FileKey]:
    """Where the files of each version are, by the model's place in the catalog and the version.

    To be asked of the catalog as read: a public site hides where files lie, and may mask a model's name.
    """
    return {
        (at, version.version): place
        for at, model in enumerate(catalog.registered_models)
        for version in model.versions
        if not model.is_prompt and (place := _place(version))
    }


def _place(version: ModelVersion) -> FileKey | None:
    if version.model_id:
        return version.model_id
    path = artifact_path_of(version.source, version.run_id) if version.run_id else None
    return (version.run_id, path) if version.run_id and path else None


def paths_by_run(places: Mapping[tuple[int, str], FileKey]) -> dict[str, tuple[str, ...]]:
    """The paths among each run's artifacts at which versions lie."""
    found: dict[str, list[str]] = {}
    for place in sorted({place for place in places.values() if not isinstance(place, str)}):
        found.setdefault(place[0], []).append(place[1])
    return {run_id: tuple(paths) for run_id, paths in found.items()}


def read_files(
    models: Sequence[LoggedModel], privacy: Privacy, hidden: Hidden
) -> tuple[dict[FileKey, ModelFile], list[Finding]]:
    """The `MLmodel` files of logged models, clean, and the secrets they held."""
    files: dict[FileKey, ModelFile] = {}
    secrets: list[Finding] = []
    for model in models:
        raw = read_model_file(model.artifacts, "")
        if raw:
            files[model.model_id], found = clean_model_file(raw, privacy, f"logged model {model.model_id}", hidden)
            secrets += found
    return files, secrets


def pages_of(
    catalog: Catalog, reports: Sequence[Report], contents: RunContents, places: Mapping[tuple[int, str], FileKey]
) -> list[Page]:
    """The pages of models, prompts and datasets."""
    library = Library(catalog, reports, contents.relations, contents.forms, contents.files)
    pages: list[Page] = [*models_pages(library), *dataset_pages(library)]
    for at, model in enumerate(catalog.registered_models):
        if model.is_prompt:
            pages.append(prompt_page_of(model))
        else:
            pages.append(
                registered_model_page(model, library, {v: place for (of, v), place in places.items() if of == at})
            )
    pages += (logged_model_page_of(model, library) for model in catalog.logged_models)
    # Two models of one name (of two workspaces of a database, or masked to the same) would share an address.
    return list({page.path: page for page in reversed(pages)}.values())[::-1]


def search_entry(page: Page) -> SearchEntry | None:
    """What the search finds of `page`; None for lists."""
    if isinstance(page, RegisteredModelPage):
        words = (*page.words, *(f"{key} {value}" for key, value in page.tags), *(alias for alias, _, _ in page.aliases))
        return SearchEntry("model", f"registered model, {plural(len(page.versions), 'version')}", words)
    if isinstance(page, PromptPage):
        texts = (message.text for version in page.versions for message in version.messages)
        return SearchEntry("model", f"prompt, {plural(len(page.versions), 'version')}", (*page.words, *texts))
    if isinstance(page, LoggedModelPage):
        params = (f"{key} {value}" for key, value in page.params)
        subtitle = ", ".join(filter(None, ("logged model", page.experiment.text)))
        return SearchEntry("model", subtitle, (page.model_id, *params))
    if isinstance(page, DatasetPage):
        return SearchEntry("dataset", "dataset", (page.digest, *(named.name for named in page.named)))
    return None
