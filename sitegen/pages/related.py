"""Links to the pages of models, datasets, tables and traces, on experiment pages and on the home page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sitegen.addresses import (
    DATASETS_PAGE,
    NOWHERE,
    Href,
    dataset_page,
    logged_model_page,
    models_page,
    tables_page,
    traces_page,
    with_anchor,
)
from sitegen.analysis.evaluated import is_results_table
from sitegen.analysis.relations import Relations
from sitegen.analysis.runs_table import natural
from sitegen.analysis.words import plural
from sitegen.model import Catalog
from sitegen.pages.evaluations import evaluations_link
from sitegen.pages.library import Link, version_link

MAX_LINKS = 12


@dataclass(frozen=True, slots=True)
class Related:
    """Things of one kind that belong to an experiment."""

    label: str
    """What they are: `Datasets`."""
    links: tuple[Link, ...]
    """The first of them; at most 12."""
    more: Link
    """How many more there are, with a link to the list of all; its text is empty if all are shown."""


def related_of(
    catalog: Catalog,
    home: Mapping[str, str],
    relations: Sequence[Relations],
    traces: Mapping[str, int],
    evaluated: Iterable[str] = (),
) -> dict[str, tuple[Related, ...]]:
    """By experiment: the datasets of its runs, the models that came out of them, its traces if they are shown.

    `home` is the experiment of each run, `evaluated` are the runs whose evaluations were read from traces.
    """
    found: dict[str, list[Related]] = {}
    for experiment_id, links in _datasets(relations, home).items():
        found.setdefault(experiment_id, []).append(_related("Datasets", links, DATASETS_PAGE))
    for experiment_id, links in _versions(catalog, home).items():
        found.setdefault(experiment_id, []).append(_related("Registered models", links, models_page(1)))
    logged_models = with_anchor(models_page(1), "logged")
    for experiment_id, links in _logged(catalog).items():
        found.setdefault(experiment_id, []).append(_related("Logged models", links, logged_models))
    for experiment_id, paths in _tables(relations, home).items():
        link = Link(plural(len(paths), "logged table"), tables_page(experiment_id), "compared row by row")
        found.setdefault(experiment_id, []).append(_related("Tables", [link], NOWHERE))
    for experiment_id, several in _evaluations(relations, evaluated, home).items():
        found.setdefault(experiment_id, []).append(
            _related("Evaluations", [evaluations_link(experiment_id, len(several))], NOWHERE)
        )
    for experiment_id, count in traces.items():
        link = Link(plural(count, "trace"), traces_page(experiment_id))
        found.setdefault(experiment_id, []).append(_related("Traces", [link], NOWHERE))
    return {experiment_id: tuple(several) for experiment_id, several in found.items()}


def _related(label: str, links: Sequence[Link], more: Href) -> Related:
    left = len(links) - MAX_LINKS
    return Related(label, tuple(links[:MAX_LINKS]), Link(f"and {left} more" if left > 0 else "", more))


def _datasets(relations: Iterable[Relations], home: Mapping[str, str]) -> dict[str, list[Link]]:
    runs: dict[str, dict[tuple[str, str], set[str]]] = {}
    contexts: dict[tuple[str, str, str], set[str]] = {}
    for one in relations:
        experiment_id = home.get(one.run_id)
        for use in one.uses if experiment_id is not None else ():
            assert experiment_id is not None
            runs.setdefault(experiment_id, {}).setdefault((use.name, use.digest), set()).add(one.run_id)
            contexts.setdefault((experiment_id, use.name, use.digest), set()).add(use.context)
    return {
        experiment_id: [
            Link(
                name or "(no name)",
                dataset_page(digest),
                ", ".join(
                    [
                        plural(len(used[name, digest]), "run"),
                        *sorted(filter(None, contexts[experiment_id, name, digest])),
                    ]
                ),
            )
            for name, digest in sorted(used, key=lambda key: (natural(key[0]), key[1]))
        ]
        for experiment_id, used in runs.items()
    }


def _tables(relations: Iterable[Relations], home: Mapping[str, str]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for one in relations:
        if one.tables and one.run_id in home:
            found.setdefault(home[one.run_id], set()).update(one.tables)
    return found


def _evaluations(
    relations: Iterable[Relations], evaluated: Iterable[str], home: Mapping[str, str]
) -> dict[str, set[str]]:
    """The runs of each experiment whose evaluations have rows."""
    found: dict[str, set[str]] = {}
    logged = (one.run_id for one in relations if any(map(is_results_table, one.tables)))
    for run_id in (*evaluated, *logged):
        if run_id in home:
            found.setdefault(home[run_id], set()).add(run_id)
    return found


def _versions(catalog: Catalog, home: Mapping[str, str]) -> dict[str, list[Link]]:
    found: dict[str, list[Link]] = {}
    for version in (v for m in catalog.registered_models if not m.is_prompt for v in m.versions):
        experiment_id = home.get(version.run_id or "")
        if experiment_id is not None:
            found.setdefault(experiment_id, []).append(version_link(version))
    return found


def _logged(catalog: Catalog) -> dict[str, list[Link]]:
    found: dict[str, list[Link]] = {}
    for model in sorted(catalog.logged_models, key=lambda m: (-(m.creation_time or 0), m.model_id)):
        link = Link(model.name, logged_model_page(model.model_id), model.model_id[:10])
        found.setdefault(model.experiment_id, []).append(link)
    return found
