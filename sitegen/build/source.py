"""What a site is made from: the stores, found and opened, and the theme. Little is loaded for that, and no run read."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from sitegen.config import Config
from sitegen.render.themes import Theme, load_theme
from sitegen.stores import find_stores, open_found
from sitegen.stores.contract import ReadOptions, Store
from sitegen.stores.find import FoundStores


@dataclass(frozen=True)
class Source:
    """The stores and the theme that the settings name."""

    config: Config
    found: FoundStores
    """Where the stores are, and why they were taken."""
    store: Store
    theme: Theme


def find_source(config: Config) -> Source:
    """Find the theme and the stores. Raises UsageError, StoreError."""
    theme = load_theme(config.theme, config.trust_theme)
    found = find_stores(config.stores, read_options(config))
    return Source(config, found, open_found(found, read_options(config)), theme)


def read_options(config: Config) -> ReadOptions:
    """How the store is read."""
    wanted = None
    if config.fetch_artifacts:
        from sitegen.config.privacy import privacy_of  # what artifacts may be is not asked otherwise
        from sitegen.viewers.copying import may_copy

        wanted = partial(may_copy, privacy_of(config))
    moved = tuple(config.artifact_map.items())
    return ReadOptions(config.deleted, config.artifacts, wanted, moved, by_content=config.by_content)
