"""Build a site from a store: `build` reads as the table of contents of the product.

First the build looks whether anything has changed since the last one (`unchanged.py`). If so (`steps.py`), runs are
read once, a shard at a time, by workers, which return a row for each and keep on disk what its page needs.
When all runs have been read, they are analysed; then tasks make the pages (the contract is in `task.py`, the tasks are
in `sections/`).
No process holds the histories of more than one shard.
"""

from __future__ import annotations

import time

from sitegen.build.built import Built
from sitegen.build.cache import Cache, open_cache
from sitegen.build.collection import collecting_rarely
from sitegen.build.packing import DamagedRecordError
from sitegen.build.settings_key import program_key
from sitegen.build.source import Source, find_source, read_options
from sitegen.build.unchanged import Before
from sitegen.config import Config
from sitegen.output import staged
from sitegen.stores.contract import Progress, no_progress

__all__ = ["Built", "build", "read_options"]


def build(config: Config, progress: Progress = no_progress) -> Built:
    """Build the site that `config` asks for; the previous one stays as it is until the new one is complete.

    Raises StoreError, UsageError (for the filter a QueryError), or StrictError when `config.strict` and a record could
    not be read.
    """
    started = time.perf_counter()
    source = find_source(config)
    cache = open_cache(config, program_key())
    with collecting_rarely():
        try:
            built = _build(source, cache, progress)
        except DamagedRecordError:
            if cache is None:
                raise
            cache.clear()
            built = _build(source, cache, progress)
    built.seconds = time.perf_counter() - started
    return built


def _build(source: Source, cache: Cache | None, progress: Progress) -> Built:
    config = source.config
    with staged(config.output, stores=source.found.places, adopt=config.force_adopt) as stage:
        before = Before(source, cache, stage) if cache else None
        if before and (built := before.unchanged(config.output)):
            stage.drop()
            return built
        from sitegen.build.steps import build_site  # loads all that a build needs

        built = build_site(source, before, stage, progress)
    built.renamed = stage.renamed
    return built
