"""The list of models: registered ones, prompts and logged models."""

from __future__ import annotations

from dataclasses import dataclass

from sitegen.addresses import Href, model_page, models_page, prompt_page, with_anchor
from sitegen.analysis.words import day
from sitegen.markup.notes import note_excerpt
from sitegen.model import RegisteredModel
from sitegen.pages.library import NO_LINK, Library, Link
from sitegen.pages.logged_models import LoggedLine, logged_lines
from sitegen.pages.model_charts import ModelCharts, model_charts
from sitegen.pages.page import NavEntry
from sitegen.pages.registered_models import stage_of

LOGGED_A_PAGE = 500


@dataclass(frozen=True, slots=True)
class RegisteredLine:
    """A registered model or prompt in the list."""

    model: Link
    """The model's or prompt's name, with its page."""
    description: str
    """The beginning of its description as plain text; at most 120 characters."""
    versions: str
    """How many versions it has."""
    aliases: str
    """Its aliases with their versions: `@champion v2`."""
    stages: str
    """Versions that have a stage: `Production v1`; at most 6."""
    updated: str
    """The day of the last change; empty if it is not known."""
    run: Link
    """The run that made the newest version."""


@dataclass(frozen=True)
class ModelsPage:
    """The list of models; only the first of its pages has the registered ones."""

    path: str
    registered: tuple[RegisteredLine, ...]
    """The registered models; on the first page of the list alone."""
    prompts: tuple[RegisteredLine, ...]
    """The prompts; on the first page of the list alone."""
    logged: tuple[LoggedLine, ...]
    """The logged models of this page, the newest first; at most 500."""
    logged_hint: str
    """Which of the logged models these are."""
    has_types: bool
    """Whether any of them has a type."""
    charts: tuple[ModelCharts, ...]
    """Charts over the logged models of an experiment; on the first page of the list alone."""
    pages: tuple[tuple[Href, str, bool], ...]
    """Address and label (`1–500`) of each page of the list, and whether it is this one; empty for a single page."""
    title: str = "Models"
    template: str = "models.html"
    kind: str = "models"

    @property
    def nav(self) -> tuple[NavEntry, ...]:
        """The page's entries on the home page: a count and a link."""
        return (
            NavEntry("Registered models", len(self.registered), models_page(1)),
            NavEntry("Prompts", len(self.prompts), with_anchor(models_page(1), "prompts")),
            NavEntry("Logged models", len(self.logged), with_anchor(models_page(1), "logged")),
        )


def models_pages(library: Library) -> list[ModelsPage]:
    """The pages of the list; none if the store has no models."""
    models = library.catalog.registered_models
    registered = tuple(_registered_line(model, library) for model in models if not model.is_prompt)
    prompts = tuple(_registered_line(model, library) for model in models if model.is_prompt)
    logged = logged_lines(library)
    if not (registered or prompts or logged):
        return []
    parts = [logged[at : at + LOGGED_A_PAGE] for at in range(0, len(logged), LOGGED_A_PAGE)] or [()]
    labels = [f"{at * LOGGED_A_PAGE + 1}–{at * LOGGED_A_PAGE + len(part)}" for at, part in enumerate(parts)]
    return [
        ModelsPage(
            path=models_page(at + 1),
            registered=registered if at == 0 else (),
            prompts=prompts if at == 0 else (),
            logged=tuple(part),
            logged_hint=f"{labels[at]} of {len(logged)}, newest first" if len(parts) > 1 else "newest first",
            has_types=any(line.type for line in part),
            charts=model_charts(library) if at == 0 else (),
            pages=tuple((models_page(to + 1), label, to == at) for to, label in enumerate(labels))
            if len(parts) > 1
            else (),
        )
        for at, part in enumerate(parts)
    ]


def _registered_line(model: RegisteredModel, library: Library) -> RegisteredLine:
    newest = model.versions[0] if model.versions else None
    address = prompt_page if model.is_prompt else model_page
    stages = [f"{v.stage} v{v.version}" for v in model.versions if stage_of(v)]
    return RegisteredLine(
        model=Link(model.name, address(model.name)),
        description=note_excerpt(model.description, 120),
        versions=str(len(model.versions)),
        aliases=", ".join(f"@{alias} v{version}" for alias, version in sorted(model.aliases.items())),
        stages=", ".join(stages[:6]),
        updated=day(model.last_update_time) if model.last_update_time is not None else "",
        run=library.run(newest.run_id) if newest and newest.run_id else NO_LINK,
    )
