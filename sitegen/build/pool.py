"""The pool that runs tasks: in processes of their own where there is work for them, else in this process."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing.context import BaseContext

from sitegen.build import context as worker
from sitegen.build.context import Worker, WorkerContext
from sitegen.build.task import Output, Task
from sitegen.errors import UsageError

PROCESSES_FROM = 300
"""Number of runs from which starting worker processes pays off."""


class Pool:
    """Runs the tasks of one build."""

    def __init__(self, context: WorkerContext, executor: ProcessPoolExecutor | None) -> None:
        self._here = Worker(context)
        self._executor = executor

    def run(self, tasks: Sequence[Task]) -> Iterator[Output]:
        """The output of each task, in the order of the tasks; those of the parent are made while workers are busy."""
        if self._executor is None:
            yield from map(self._here.run, tasks)
            return
        sent = [None if task.in_parent else self._executor.submit(worker.run, task) for task in tasks]
        here = [self._here.run(task) for task in tasks if task.in_parent]
        own = iter(here)
        yield from (future.result() if future else next(own) for future in sent)


@contextmanager
def start_pool(jobs: int, context: WorkerContext, runs: int) -> Iterator[Pool]:
    """A pool of `jobs` processes; with 0, one for each core if there are enough `runs` to make that worthwhile."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    count = jobs or (cores if runs >= PROCESSES_FROM else 1)
    if count == 1:
        yield Pool(context, None)
        return
    with _safe_path():  # also the helper that counts semaphores, which the executor starts
        executor = ProcessPoolExecutor(count, mp_context=_processes(), initializer=worker.start, initargs=(context,))
        try:
            yield Pool(context, executor)
        except BrokenProcessPool as error:
            raise UsageError("A worker process was killed, often because memory ran out; try --jobs 1.") from error
        finally:
            executor.shutdown(cancel_futures=True)


@contextmanager
def _safe_path() -> Iterator[None]:
    """While it lasts, Python processes that are started do not search the working folder for modules: it may be in a
    store."""
    before = os.environ.get("PYTHONSAFEPATH")
    os.environ["PYTHONSAFEPATH"] = "1"
    try:
        yield
    finally:
        if before is None:
            del os.environ["PYTHONSAFEPATH"]
        else:
            os.environ["PYTHONSAFEPATH"] = before


def run_planned(planned: Sequence[Task | Output], pool: Pool) -> Iterator[Output]:
    """The output of each task, in their order; in place of some there are outputs that are known already."""
    made = pool.run([task for task in planned if isinstance(task, Task)])
    for one in planned:
        yield next(made) if isinstance(one, Task) else one


def joined(outputs: Iterable[Output]) -> Output:
    """One output of several."""
    whole = Output()
    for output in outputs:
        whole.join(output)
    return whole


def _processes() -> BaseContext:
    """Clean processes: from a fork server that has preloaded the modules, where available, else started one by one.

    Never a plain fork, which copies whatever threads the caller's libraries are running.
    """
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["sitegen.build"])
    return context
