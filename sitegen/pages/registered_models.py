"""The pages of registered models: their versions, what changed from one to the next, and how to load each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sitegen.addresses import Href, model_page, version_anchor
from sitegen.analysis.runs_table import natural
from sitegen.analysis.words import plural, when
from sitegen.markup.notes import note_excerpt, note_html
from sitegen.model import ModelFile, ModelVersion, RegisteredModel
from sitegen.pages.library import NO_LINK, Library, Link, value_text
from sitegen.pages.model_card import ModelCard, load_line, model_card
from sitegen.pages.model_snippets import ModelAddress, model_snippets, version_addresses
from sitegen.pages.page import Fact
from sitegen.pages.snippet import Snippet
from sitegen.pages.version_changes import MAX_CHANGES, Change, changes_line, changes_of, last_of
from sitegen.search import NOTE_WEIGHT, SearchEntry

MAX_METRICS = 5
MAX_VERSIONS = 1000
"""Maximum number of versions in the table of a registered model; a note says if there are more."""
MAX_CARDS = 50
"""Versions with a section of their own: the newest."""
MAX_WITH_SNIPPETS = 5
"""Versions that have snippets: the newest, and the newest of those that have an alias or a stage."""


@dataclass(frozen=True, slots=True)
class MetricColumn:
    """A column for a metric of the source runs."""

    key: str
    """The metric's key."""
    title: str
    """Why the metric has a column, shown on hover."""


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A version in the table."""

    version: str
    """Its number, as text."""
    id: str
    """Its id on the page; empty if a section further down has it."""
    href: Href
    """Where that section is; empty if it has none."""
    stage: str
    """Its stage; empty for none."""
    aliases: tuple[str, ...]
    """Its aliases, without `@`."""
    status: str
    """MLflow's word for its status: `READY`."""
    run: Link
    """The run that made it."""
    values: tuple[tuple[str, str], ...]
    """For each metric column the source run's value, rounded and in all its digits; empty if it has none."""
    created: str
    """When it was made, in UTC; empty if that is not known."""
    user: str
    """Who made it."""


@dataclass(frozen=True, slots=True)
class VersionSection:
    """A version's own part of the page."""

    id: str
    """Its id on the page."""
    title: str
    """Its heading: `Version 3`."""
    stage: str
    """Its stage; empty for none."""
    aliases: tuple[str, ...]
    """Its aliases, without `@`."""
    facts: tuple[Fact, ...]
    """Status, source run, logged model, source, times, user."""
    status_message: str
    """MLflow's message about its status; may be empty."""
    description: str
    """Its description as finished HTML, sanitised."""
    tags: tuple[tuple[str, str], ...]
    """Key and value of its tags."""
    changes: tuple[Change, ...]
    """Params and metrics in which its source run differs from that of the version before; at most 100."""
    changes_title: str
    """The heading of those; empty for the first version."""
    changes_line: str
    """A sentence in place of the changes or above them; empty if none is needed."""
    card: ModelCard
    """The content of its `MLmodel` file."""
    addresses: tuple[ModelAddress, ...]
    """The addresses by which it can be loaded."""
    snippets: tuple[Snippet, ...]
    """How to load it, predict with it and serve it; only of the newest version and of some with an alias or stage."""
    load: str
    """The line of Python that loads it, where there are no snippets."""


@dataclass(frozen=True)
class RegisteredModelPage:
    """A registered model's page. Texts are final: the template only lays them out."""

    path: str
    title: str
    description: str
    """The page in a sentence, for search engines and link previews; at most 200 characters."""
    facts: tuple[Fact, ...]
    """Number of versions, the latest one, times."""
    note: str
    """The model's description as finished HTML, sanitised."""
    tags: tuple[tuple[str, str], ...]
    """Key and value of its tags."""
    aliases: tuple[tuple[str, str, str], ...]
    """Alias, version, and the line of Python that loads it."""
    metrics: tuple[MetricColumn, ...]
    """The metrics of the source runs that have a column; at most 5."""
    versions: tuple[VersionRow, ...]
    """The versions, the newest first; at most 1,000."""
    versions_hint: str
    """How the versions are sorted, and how many are shown where that is not all of them."""
    has_stages: bool
    """Whether any version has a stage."""
    has_aliases: bool
    """Whether any version has an alias."""
    has_users: bool
    """Whether it is known of any version who made it."""
    sections: tuple[VersionSection, ...]
    """The newest versions in detail; at most 50."""
    sections_hint: str
    """Which versions have a section, where that is not all of them."""
    words: tuple[str, ...]
    """What the search finds besides the title."""
    template: str = "model.html"
    kind: str = "model"

    @property
    def search(self) -> SearchEntry:
        """What the search finds of it: its words, tags and aliases."""
        words = (*self.words, *(f"{key} {value}" for key, value in self.tags), *(alias for alias, _, _ in self.aliases))
        subtitle = f"registered model, {plural(len(self.versions), 'version')}"
        return SearchEntry("model", subtitle, tuple((word, NOTE_WEIGHT) for word in words))


def stage_of(version: ModelVersion) -> str:
    return "" if version.stage in ("", "None") else version.stage


def registered_model_page(
    model: RegisteredModel, library: Library, places: Mapping[str, object]
) -> RegisteredModelPage:
    """The page of a registered model; `places` gives the key in `library.files` of each version's file."""
    shown = model.versions[:MAX_VERSIONS]
    keys = _metric_keys(shown, library)
    used = _with_snippets(shown[:MAX_CARDS])
    sections = tuple(
        _section(model, at, library, library.files.get(places.get(version.version)), at in used)
        for at, version in enumerate(shown[:MAX_CARDS])
    )
    return RegisteredModelPage(
        path=model_page(model.name),
        title=model.name,
        description=note_excerpt(f"Registered model {model.name}: {plural(len(model.versions), 'version')}.", 200),
        facts=registered_facts(model),
        note=note_html(model.description) if model.description.strip() else "",
        tags=tuple(sorted(model.tags.items())),
        aliases=tuple(
            (alias, version, load_line(f"models:/{model.name}@{alias}"))
            for alias, version in sorted(model.aliases.items())
        ),
        metrics=tuple(keys),
        versions=tuple(_row(version, keys, library, at < MAX_CARDS) for at, version in enumerate(shown)),
        versions_hint=cut("newest first", len(shown), len(model.versions)),
        has_stages=any(map(stage_of, shown)),
        has_aliases=any(version.aliases for version in shown),
        has_users=any(version.user for version in shown),
        sections=sections,
        sections_hint=cut("", len(sections), len(shown)),
        words=(model.description, *(version.description for version in shown)),
    )


def cut(usually: str, shown: int, of: int) -> str:
    return usually if shown == of else f"the newest {shown} of {of}"


def registered_facts(model: RegisteredModel) -> tuple[Fact, ...]:
    """Versions and times of a registered model or prompt."""
    newest = model.versions[0].version if model.versions else ""
    facts = [
        Fact("Versions", str(len(model.versions))),
        Fact("Latest version", newest, Href(f"#{version_anchor(newest)}" if newest else "")),
        Fact("Created", when(model.creation_time) if model.creation_time is not None else ""),
        Fact("Last change", when(model.last_update_time) if model.last_update_time is not None else ""),
    ]
    return tuple(fact for fact in facts if fact.value)


def _metric_keys(versions: Sequence[ModelVersion], library: Library) -> list[MetricColumn]:
    """The metrics by which the source runs are judged, then those that most of them have."""
    rows = [row for version in versions if (row := library.rows.get(version.run_id or ""))]
    judged = dict.fromkeys(found[0] for row in rows if (found := library.objective(row)))
    counts: dict[str, int] = {}
    for row in rows:
        for key in row.metrics:
            if not key.startswith("system/"):
                counts[key] = counts.get(key, 0) + 1
    common = sorted(counts, key=lambda key: (-counts[key], natural(key)))
    columns = [MetricColumn(key, "what the runs of its experiment are judged by") for key in judged]
    columns += [MetricColumn(key, "last value of the source run") for key in common if key not in judged]
    return columns[:MAX_METRICS]


def _row(version: ModelVersion, keys: Sequence[MetricColumn], library: Library, has_section: bool) -> VersionRow:
    row = library.rows.get(version.run_id or "")
    return VersionRow(
        version=version.version,
        id="" if has_section else version_anchor(version.version),
        href=Href(f"#{version_anchor(version.version)}" if has_section else ""),
        stage=stage_of(version),
        aliases=tuple(sorted(version.aliases)),
        status=version.status,
        run=library.run(version.run_id) if version.run_id else NO_LINK,
        values=tuple(value_text(last_of(row, column.key)) for column in keys),
        created=when(version.creation_time) if version.creation_time is not None else "",
        user=version.user,
    )


def _with_snippets(versions: Sequence[ModelVersion]) -> set[int]:
    """The places of the versions that have snippets."""
    named = [at for at, version in enumerate(versions) if at == 0 or version.aliases or stage_of(version)]
    return set(named[:MAX_WITH_SNIPPETS])


def _section(
    model: RegisteredModel, at: int, library: Library, file: ModelFile | None, has_snippets: bool
) -> VersionSection:
    version = model.versions[at]
    uri = f"models:/{model.name}/{version.version}"
    snippets = model_snippets(file, uri, library.store, model.name) if file and has_snippets else ()
    before = model.versions[at + 1] if at + 1 < len(model.versions) else None
    changes = changes_of(before, version, library)
    return VersionSection(
        id=version_anchor(version.version),
        title=f"Version {version.version}",
        stage=stage_of(version),
        aliases=tuple(sorted(version.aliases)),
        facts=_version_facts(version, library),
        status_message=version.status_message,
        description=note_html(version.description) if version.description.strip() else "",
        tags=tuple(sorted(version.tags.items())),
        changes=tuple(changes[:MAX_CHANGES]),
        changes_title=f"What changed since version {before.version}" if before else "",
        changes_line=changes_line(before, version, changes, library),
        card=model_card(file, "The files of this model are not with the store, or not where its source says."),
        addresses=tuple(_addresses(version, library, file)),
        snippets=snippets,
        load="" if snippets else load_line(uri),
    )


def _addresses(version: ModelVersion, library: Library, file: ModelFile | None) -> Iterator[ModelAddress]:
    """By number, alias and stage; by the run and the logged model that it was made from."""
    yield from version_addresses(version, library.newest_of_stage(version))
    logged = library.logged.get(version.model_id or "")
    path = logged.name if logged else file.path if file else ""
    if version.run_id and path:
        yield ModelAddress("Run", f"runs:/{version.run_id}/{path}")
    if version.model_id:
        yield ModelAddress("Logged model", f"models:/{version.model_id}")


def _version_facts(version: ModelVersion, library: Library) -> tuple[Fact, ...]:
    run = library.run(version.run_id) if version.run_id else NO_LINK
    logged = library.model(version.model_id) if version.model_id else NO_LINK
    facts = [
        Fact("Status", version.status.capitalize()),
        Fact("Source run", run.text, run.href),
        Fact("Logged model", logged.text, logged.href),
        Fact("Source", version.source, mono=True),
        Fact("Created", when(version.creation_time) if version.creation_time is not None else ""),
        Fact("Last change", _later(version)),
        Fact("User", version.user),
    ]
    return tuple(fact for fact in facts if fact.value)


def _later(version: ModelVersion) -> str:
    """When it was changed, unless that was in the same minute as its creation."""
    if version.last_update_time is None:
        return ""
    changed = when(version.last_update_time)
    return "" if version.creation_time is not None and changed == when(version.creation_time) else changed
