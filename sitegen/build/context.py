"""What is the same for every task of a build, and the worker that runs tasks: make, render, write."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Mapping
from dataclasses import dataclass, field
from multiprocessing.process import BaseProcess
from pathlib import Path
from threading import Thread

from sitegen.analysis.direction import Better
from sitegen.analysis.goals import Objective
from sitegen.analysis.reducers import Wanted
from sitegen.build.cache import Cache
from sitegen.build.collection import collect_rarely
from sitegen.build.task import Output, Task
from sitegen.child import limit_memory
from sitegen.model import Experiment
from sitegen.output import Written, write_file
from sitegen.pages.page import Site, nav_of, search_of
from sitegen.privacy import Privacy
from sitegen.query import Query
from sitegen.render import Renderer
from sitegen.render.themes import Theme
from sitegen.stores.contract import Store


@dataclass(frozen=True)
class WorkerContext:
    """What every task may use; small enough to be sent to each worker once."""

    store: Store
    experiments: Mapping[str, Experiment]
    """Every experiment, cleaned, by id."""
    theme: Theme
    site: Site
    privacy: Privacy
    root: str
    """The folder that the site is being built in."""
    previous: str = ""
    """The folder of the site that was built before; '' for none. Files that stay the same are taken from it."""
    wanted: Mapping[str, tuple[Wanted, ...]] = field(default_factory=dict)
    """By experiment id, the reducers of its objective that need a metric's whole history."""
    judged: Mapping[str, tuple[str, Better]] = field(default_factory=dict)
    """By experiment id, the metric and direction that its configured objective judges runs by first."""
    objectives: Mapping[str, Objective | None] = field(default_factory=dict)
    """By experiment id, the configured objective."""
    query: Query | None = None
    """Which runs are in the site; None for all."""
    model_paths: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Where among a run's artifacts versions of registered models lie, by run id."""

    cache: Cache | None = None
    """What is kept for the next build."""

    def experiment(self, experiment_id: str) -> Experiment:
        """The experiment with this id; if the store has none, one named after the id."""
        return self.experiments.get(experiment_id) or Experiment(experiment_id, experiment_id)


class Worker:
    """Runs tasks; one lives in each process."""

    def __init__(self, context: WorkerContext) -> None:
        self.context = context
        self.renderer = Renderer(context.theme, context.site)
        self._folders: set[str] = set()

    def run(self, task: Task) -> Output:
        """The output of `task`, all of it written."""
        whole = Output()
        for part in task.make(self.context):
            for page in part.pages:
                part.written.append(self._write(page.path, self.renderer.render(page)))
                part.nav += nav_of(page)
                if entry := search_of(page):
                    part.found.append((page.path, page.title, entry))
            part.written += [self._write(path, content) for path, content in part.files]
            part.pages, part.files = [], []
            whole.join(part)
        return whole

    def _write(self, path: str, content: str | bytes) -> Written:
        folder = path.rpartition("/")[0]
        if folder not in self._folders:
            Path(self.context.root, folder).mkdir(parents=True, exist_ok=True)
            self._folders.add(folder)
        return write_file(self.context.root, path, content, self.context.previous)


# In a worker process ------------------------------------------------------------------------------------------------

MAX_MEMORY = 2 << 30
"""Bytes of memory that a worker may write to; after 1,000 runs it has 1.2 GB, of which it uses 0.13."""
_worker: Worker | None = None


def start(context: WorkerContext) -> None:
    """Make this process a worker.

    Objects loaded so far live as long as the process, so they are frozen out of garbage collection. Ctrl-C reaches this
    process too and is ignored, since the parent ends it.
    """
    global _worker
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    end_with_parent()
    limit_memory(MAX_MEMORY)
    _worker = Worker(context)
    collect_rarely()


def end_with_parent() -> None:
    """End this process when the one that started it ends; after a kill it would wait for tasks for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        Thread(target=_wait_for, args=(parent,), daemon=True).start()


def _wait_for(parent: BaseProcess) -> None:
    parent.join()
    os._exit(1)


def run(task: Task) -> Output:
    """The output of `task`, made in this worker process."""
    assert _worker is not None, "start() comes first"
    return _worker.run(task)
