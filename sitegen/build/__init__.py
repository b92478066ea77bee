"""Build a site from a store: `build` reads as the table of contents of the product.

Runs are read once, a shard at a time, by workers, which return a row for each and keep on disk what its page needs.
When all runs have been read, they are analysed; then tasks make the pages (the contract is in `task.py`, the tasks are
in `sections/`).
No process holds the histories of more than one shard.
"""

from __future__ import annotations

import time

from sitegen.build.analyse import analyse
from sitegen.build.assets import write_assets
from sitegen.build.finish import Built, finish
from sitegen.build.make import make_pages
from sitegen.build.open import open_build, read_catalog, read_options, worker_context
from sitegen.build.pool import start_pool
from sitegen.build.read import read_store
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
    catalog = read_catalog(opened)
    with staged(config.output, stores=opened.found.places, adopt=config.force_adopt) as stage:
        context = worker_context(opened, catalog, write_assets(opened.theme, stage), stage)
        with start_pool(config.jobs, context, len(catalog.catalog.runs)) as pool:
            runs, catalog = read_store(opened, catalog, context.site, pool, progress)
            analysed = analyse(opened, catalog, runs, context.site)
            made = make_pages(analysed, pool, progress)
        built = finish(opened, catalog, analysed, runs, made, stage)
    built.renamed = stage.renamed
    built.seconds = time.perf_counter() - started
    return built
