"""Open what a build needs: the settings, read and checked; the stores; their catalog as the site may show it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from sitegen import __version__, project
from sitegen.addresses import file_name, shard_digits
from sitegen.analysis.objective import Objective, read_objective
from sitegen.build.cache import Cache
from sitegen.build.context import WorkerContext
from sitegen.build.misspelt import check_folders
from sitegen.build.model_versions import VersionPlaces, paths_by_run, version_places
from sitegen.build.source import Source, find_source
from sitegen.build.titles import with_titles
from sitegen.charts.pictures import has_pictures
from sitegen.config import Config
from sitegen.config.privacy import privacy_of
from sitegen.earlier import EarlierSite, open_site
from sitegen.errors import UsageError
from sitegen.model import Catalog, RunRef
from sitegen.output import Stage
from sitegen.pages.declared_charts import DeclaredChart, read_charts
from sitegen.pages.page import Site
from sitegen.pages.store_address import UNKNOWN_STORE, StoreAddress, store_address
from sitegen.pages.views import View, read_views
from sitegen.privacy import (
    Finding,
    Hidden,
    Privacy,
    clean_experiment,
    clean_logged_model,
    clean_registered_model,
    clean_text,
    hides,
)
from sitegen.query import Query, describe, filter_of, parse
from sitegen.render.themes import Theme, load_theme
from sitegen.stores.contract import RunBatch, Store
from sitegen.stores.find import FoundStores
from sitegen.stores.names import names_of

Objectives = Mapping[str, Objective | None]
"""The configured objective by experiment id; None if it is to be chosen."""


@dataclass(frozen=True)
class Opened:
    """The settings of a build as values, and the store that is read; no run has been read."""

    config: Config
    found: FoundStores
    """Where the stores are, and why they were taken."""
    store: Store
    theme: Theme
    privacy: Privacy
    query: Query | None
    """Which runs are in the site; None for all."""
    views: tuple[View, ...]
    charts: tuple[DeclaredChart, ...] = ()
    """The charts that the settings declare."""
    earlier: EarlierSite | None = None
    """The earlier site that the settings name."""


@dataclass(frozen=True)
class CleanCatalog:
    """The catalog as the site may show it, and what follows from the catalog as it was read."""

    catalog: Catalog
    objectives: Objectives
    version_places: VersionPlaces
    store: StoreAddress = UNKNOWN_STORE
    """How snippets reach the store."""
    findings: tuple[Finding, ...] = ()
    """Secrets that were masked in it."""
    hidden: Hidden = field(default_factory=Hidden)


def open_build(config: Config) -> Opened:
    """Find the stores, and check the settings. Raises as `find_source` and `open_source`."""
    return open_source(find_source(config))


def open_source(source: Source) -> Opened:
    """The settings, checked, with the store. Raises UsageError, for the filter a QueryError."""
    config = source.config
    check_folders(config)
    query = parse(config.filter) if config.filter.strip() else None
    views, charts = tuple(read_views(config.views)), tuple(read_charts(config.charts))
    earlier = open_site(config.since) if config.since else None
    privacy = privacy_of(config)
    return Opened(config, source.found, source.store, source.theme, privacy, query, views, charts, earlier)


class NoStore:
    """Stands for the store where all its runs have been read: in parts, on other machines."""

    name = ""

    def catalog(self) -> Catalog:
        """Not available: the parts have the catalog."""
        raise NotImplementedError

    def read_runs(self, refs: Sequence[RunRef]) -> RunBatch:
        """Not available: the parts have the runs."""
        raise NotImplementedError

    def signature(self) -> str:
        """It never changes."""
        return ""

    def bytes_on_disk(self) -> int | None:
        """Not known."""
        return None


def open_merge(config: Config, locations: tuple[str, ...], why: str) -> Opened:
    """The same without the store, which was at `locations` and taken because of `why`. Raises UsageError."""
    theme = load_theme(config.theme, config.trust_theme)
    return open_source(Source(config, FoundStores(locations, why), NoStore(), theme))


def read_catalog(opened: Opened) -> CleanCatalog:
    """The catalog of the store, cleaned. Raises StoreError; UsageError for an objective that cannot be read."""
    raw = opened.store.catalog()
    hidden = Hidden()
    experiments = [clean_experiment(one, opened.privacy, hidden) for one in raw.experiments]
    registered = [clean_registered_model(one, opened.privacy, hidden) for one in raw.registered_models]
    logged = [clean_logged_model(one, opened.privacy, hidden) for one in raw.logged_models]
    catalog = replace(
        raw,
        experiments=with_titles([one for one, _ in experiments]),
        registered_models=tuple(one for one, _ in registered),
        logged_models=tuple(one for one, _ in logged),
    )
    findings = tuple(one for _, found in (*experiments, *registered, *logged) for one in found)
    # Where files lie is asked of the catalog as read: a public site hides it, and may mask a model's name.
    location = clean_text(raw.location, opened.privacy)[0]
    return CleanCatalog(
        catalog=catalog,
        objectives=objectives_of(catalog, opened.config),
        version_places=version_places(raw),
        store=store_address(replace(raw, location=location), opened.privacy.public),
        findings=findings,
        hidden=hidden,
    )


def objectives_of(catalog: Catalog, config: Config) -> Objectives:
    """The configured objectives, read before any run: workers need them, and a mistake should stop the build early."""
    written = {e.experiment_id: config.objective_of(e.experiment_id, e.logged_name) for e in catalog.experiments}
    found = {experiment_id: read_objective(text) if text else None for experiment_id, text in written.items()}
    for objective in filter(None, found.values()):
        filter_of(objective.where)
    return found


def worker_context(
    opened: Opened, found: CleanCatalog, assets: str, stage: Stage, cache: Cache | None = None
) -> WorkerContext:
    """What every task of the build may use; `assets` is the folder of styles and scripts in the site."""
    wanted = {key: objective.wanted for key, objective in found.objectives.items() if objective and objective.wanted}
    return WorkerContext(
        store=opened.store,
        experiments={experiment.experiment_id: experiment for experiment in found.catalog.experiments},
        theme=opened.theme,
        site=_site(opened, found.catalog, assets),
        privacy=opened.privacy,
        root=stage.root,
        previous=stage.previous,
        wanted=wanted,
        judged={key: (one.metric, one.direction) for key, one in found.objectives.items() if one},
        objectives=found.objectives,
        query=opened.query,
        model_paths=paths_by_run(found.version_places),
        cache=cache,
    )


def _site(opened: Opened, catalog: Catalog, assets: str) -> Site:
    config, query = opened.config, opened.query
    about = describe(query, opened.privacy.public, partial(hides, opened.privacy)) if query else ""
    return Site(
        title=config.title or _name_of_only(catalog) or names_of(opened.found.locations) or "Runs",
        version=__version__,
        assets=assets,
        footer=f"Made from {catalog.article} {catalog.kind}{about}",
        digits=shard_digits(len(catalog.runs)),
        site_url=config.site_url,
        has_cards=_has_cards(config),
        every_card=_has_cards(config) and config.cards == "all",
        is_indexed=config.index,
        home=project.home(),
        is_packed=_is_packed(catalog, config.max_run_pages),
    )


def _has_cards(config: Config) -> bool:
    """Whether links show pictures: those need the site's address, and what draws them, which only `all` insists on."""
    if not config.site_url or config.cards == "none":
        return False
    if config.cards == "all" and not has_pictures():
        raise UsageError("Cards for every run need vl-convert; pip install 'mlruns-sitegen[images]'.")
    return has_pictures()


def _name_of_only(catalog: Catalog) -> str:
    """The name of the only experiment with runs; empty if there are several, or MLflow named it."""
    having = {ref.experiment_id for ref in catalog.runs}
    names = [one.name for one in catalog.experiments if one.experiment_id in having]
    return names[0] if len(names) == 1 and names[0] != "Default" else ""


def _is_packed(catalog: Catalog, limit: int) -> bool:
    """Whether there are too many runs for a page each. Ids that are no file names need pages, which tell them apart."""
    return len(catalog.runs) > limit and all(file_name(ref.run_id) == ref.run_id for ref in catalog.runs)
