"""One chart without a site: the runs are read as for a build, and the chart is handed back with its pictures."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from sitegen.addresses import chart_page, file_name
from sitegen.build.analyse import Analysed, analyse
from sitegen.build.context import WorkerContext
from sitegen.build.open import open_build, read_catalog, worker_context
from sitegen.build.pool import start_pool
from sitegen.build.read import read_store, read_tasks
from sitegen.build.sections import charts, experiments
from sitegen.build.task import Later, task_of
from sitegen.config import Config
from sitegen.errors import UsageError
from sitegen.output import Stage
from sitegen.pages.chart_files import PICTURES, ChartPage, files_of_chart
from sitegen.pages.declared_charts import read_charts
from sitegen.pages.figures import FigureView
from sitegen.stores.contract import Progress, no_progress


class OneChart(NamedTuple):
    """A chart, and its pictures and data by ending: `.svg`, `-dark.svg`, `.png`, `.vl.json`."""

    view: FigureView
    files: dict[str, str | bytes]


def one_chart(config: Config, name: str, progress: Progress = no_progress) -> OneChart:
    """The chart with this name in the config, or with this id in the address of its page.

    Raises UsageError where there is none, and as `build`.
    """
    opened = open_build(config)
    declared = {chart.config.name: chart.id for chart in read_charts(config.charts)}
    path = chart_page(declared.get(name) or name.removeprefix("charts/").removesuffix(".html"))
    with tempfile.TemporaryDirectory() as folder:
        catalog = read_catalog(opened)
        context = worker_context(opened, catalog, "", Stage(Path(folder)))
        tasks = read_tasks(catalog.catalog.runs, context.site.digits)
        with start_pool(config, context, len(catalog.catalog.runs)) as pool:
            runs, catalog = read_store(opened, catalog, tasks, pool, progress)
            analysed = analyse(opened, catalog, runs, context.site)
        page = next((page for page in _pages(analysed, context, path) if page.path == path), None)
    if page is None:
        known = ", ".join(f'"{name}"' for name in declared) or "none"
        raise UsageError(f'There is no chart "{name}"; give the id in its address, or a declared chart ({known}).')
    view = replace(page.chart, pictures=PICTURES)
    files = dict(files_of_chart(view, page.source, context.site))
    return OneChart(view, {file.removeprefix(view.stem): data for file, data in files.items()})


def _pages(analysed: Analysed, context: WorkerContext, path: str) -> Iterator[ChartPage]:
    """The pages of declared charts, then those of the experiment whose charts have such paths."""
    makers: tuple[Callable[[], list[Later]], ...] = (
        lambda: charts.tasks(analysed),
        lambda: _of_experiment(analysed, path),
    )
    for tasks in makers:
        for one in tasks():
            for part in task_of(one).make(context):
                yield from (page for page in part.pages if isinstance(page, ChartPage))


def _of_experiment(analysed: Analysed, path: str) -> list[Later]:
    begins = [chart_page(f"{file_name(one.experiment_id)}-").removesuffix(".html") for one in analysed.experiments]
    tasks = experiments.tasks(analysed)
    return [task for task, begin in zip(tasks, begins, strict=True) if path.startswith(begin)]
