"""The steps of a build in which something has changed: read, analyse, make, finish; with all that these need."""

from __future__ import annotations

from functools import partial

from sitegen.build.analyse import analyse
from sitegen.build.assets import write_assets
from sitegen.build.built import Built
from sitegen.build.finish import finish
from sitegen.build.make import make_pages
from sitegen.build.open import open_source, read_catalog, worker_context
from sitegen.build.pool import start_pool
from sitegen.build.read import read_store, read_tasks, runs_to_read
from sitegen.build.reuse import Reuse
from sitegen.build.source import Source
from sitegen.build.unchanged import Before
from sitegen.output import Stage
from sitegen.stores.contract import Progress


def build_site(source: Source, before: Before | None, stage: Stage, progress: Progress) -> Built:
    """Fill `stage` with the site, taking over what has not changed since `before`; what was made. Raises as `build`."""
    opened = open_source(source)
    reuse = Reuse(before) if before else None
    catalog = read_catalog(opened)
    cache = before.cache if before else None
    context = worker_context(opened, catalog, write_assets(opened.theme, stage), stage, cache)
    tasks = read_tasks(catalog.catalog.runs, context.site.digits)
    planned = reuse.plan(tasks, context) if reuse else tasks
    with start_pool(opened.config, context, runs_to_read(planned)) as pool:
        runs, catalog = read_store(opened, catalog, planned, pool, progress)
        analysed = analyse(opened, catalog, runs, context.site, reuse)
        made = make_pages(analysed, pool, progress, reuse)
    built = finish(opened, catalog, analysed, runs, made, stage)
    if reuse:
        reuse.save_runs()
        stage.when_placed = partial(reuse.save, built, opened.config.output.absolute())
    return built
