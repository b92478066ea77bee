"""The pages of registered models, prompts, logged models and datasets."""

from __future__ import annotations

from sitegen.build.analyse import Analysed
from sitegen.build.task import RenderPages, Task
from sitegen.pages.datasets import dataset_pages
from sitegen.pages.library import Library
from sitegen.pages.logged_models import logged_model_page_of
from sitegen.pages.models import models_pages
from sitegen.pages.page import Page
from sitegen.pages.prompts import prompt_page_of
from sitegen.pages.registered_models import registered_model_page

PAGES_A_TASK = 100


def tasks(analysed: Analysed) -> list[Task]:
    """All these pages, some at a time."""
    pages = _pages(analysed)
    return [RenderPages(tuple(pages[at : at + PAGES_A_TASK])) for at in range(0, len(pages), PAGES_A_TASK)]


def _pages(analysed: Analysed) -> list[Page]:
    """The pages of models, prompts and datasets."""
    catalog, contents, places = analysed.catalog, analysed.contents, analysed.version_places
    if not (catalog.registered_models or catalog.logged_models or contents.relations):
        return []  # without asking for the reports
    library = Library(catalog, analysed.reports, contents.relations, contents.forms, contents.files, analysed.store)
    pages: list[Page] = [*models_pages(library), *dataset_pages(library)]
    for at, model in enumerate(catalog.registered_models):
        if model.is_prompt:
            pages.append(prompt_page_of(model, library))
        else:
            own = {version: place for (of, version), place in places.items() if of == at}
            pages.append(registered_model_page(model, library, own))
    pages += (logged_model_page_of(model, library) for model in catalog.logged_models)
    # Two models of one name (of two workspaces of a database, or masked to the same) would share an address.
    return list({page.path: page for page in reversed(pages)}.values())[::-1]
