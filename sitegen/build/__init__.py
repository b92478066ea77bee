"""Build a site from a store: `build` reads as the table of contents of the product.

Runs are read once, a shard at a time, by workers, which return a row for each and keep on disk what its page needs.
When all runs have been read, they are analysed; then tasks make the pages (the contract is in `task.py`, the tasks are
in `sections/`).
No process holds the histories of more than one shard.
"""

from __future__ import annotations

import time
from functools import partial

from sitegen.build.analyse import analyse
from sitegen.build.assets import write_assets
from sitegen.build.cache import Cache, open_cache
from sitegen.build.finish import Built, finish
from sitegen.build.make import make_pages
from sitegen.build.open import Opened, open_build, read_catalog, read_options, worker_context
from sitegen.build.pool import start_pool
from sitegen.build.read import read_store, read_tasks, runs_to_read
from sitegen.build.records import DamagedRecordError
from sitegen.build.reuse import Reuse
from sitegen.build.settings_key import program_key
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
    opened = open_build(config)
    cache = open_cache(config, program_key())
    try:
        built = _build(opened, cache, progress)
    except DamagedRecordError:
        if cache is None:
            raise
        cache.clear()
        built = _build(opened, cache, progress)
    built.seconds = time.perf_counter() - started
    return built


def _build(opened: Opened, cache: Cache | None, progress: Progress) -> Built:
    config = opened.config
    with staged(config.output, stores=opened.found.places, adopt=config.force_adopt) as stage:
        reuse = Reuse(opened, cache, stage) if cache else None
        if reuse and (built := reuse.unchanged(opened)):
            stage.drop()
            return built
        catalog = read_catalog(opened)
        context = worker_context(opened, catalog, write_assets(opened.theme, stage), stage, cache)
        tasks = read_tasks(catalog.catalog.runs, context.site.digits)
        planned = reuse.plan(tasks, context) if reuse else tasks
        with start_pool(config, context, runs_to_read(planned)) as pool:
            runs, catalog = read_store(opened, catalog, planned, pool, progress)
            analysed = analyse(opened, catalog, runs, context.site)
            made = make_pages(analysed, pool, progress, reuse)
        built = finish(opened, catalog, analysed, runs, made, stage)
        if reuse:
            reuse.save_runs()
            stage.when_placed = partial(reuse.save, built, config.output.absolute())
    built.renamed = stage.renamed
    return built
