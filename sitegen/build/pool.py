"""The pool that runs tasks: in processes of their own where there is work for them, else in this process."""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from functools import partial
from multiprocessing.context import BaseContext
from types import ModuleType
from typing import Protocol

from sitegen.build import context as worker
from sitegen.build.context import Worker, WorkerContext
from sitegen.build.task import Output, Task
from sitegen.config import Config
from sitegen.errors import UsageError

Start = Callable[[int], ProcessPoolExecutor]

PROCESSES_FROM = 300
"""Number of runs from which starting worker processes pays off."""


class Pool:
    """Runs the tasks of one build: in this process, or in workers that `start` starts, given their number."""

    def __init__(self, context: WorkerContext, count: int = 1, start: Start | None = None) -> None:
        self._here = Worker(context)
        self._count = count
        self._start = start
        self._executor = start(count) if start else None

    def run(self, tasks: Sequence[Task]) -> Iterator[Output]:
        """The output of each task, in the order of the tasks; those of the parent are made while workers are busy.

        Tasks whose worker has ended are run once more, each alone. Raises UsageError when that ends a worker too.
        """
        if self._executor is None:
            yield from map(self._here.run, tasks)
            return
        sent = {at: self._submit(task) for at, task in enumerate(tasks) if not task.in_parent}
        here = {at: self._here.run(task) for at, task in enumerate(tasks) if task.in_parent}
        for at in range(len(tasks)):
            yield here.pop(at) if at in here else self._result(at, tasks, sent)

    def _result(self, at: int, tasks: Sequence[Task], sent: dict[int, Future[Output]]) -> Output:
        try:
            return sent.pop(at).result()
        except MemoryError:
            return self._alone(tasks[at])
        except BrokenProcessPool:
            # Those that may have been in a worker, or on their way to one; the executor sends one ahead for each.
            waiting = [at, *(other for other in sorted(sent) if not _is_done(sent[other]))]
            suspects = waiting[: 2 * self._count + 1]
            self._restart()
            sent |= {other: self._submit(tasks[other]) for other in waiting[len(suspects) :]}
            for suspect in suspects:
                sent[suspect] = Future()
                sent[suspect].set_result(self._alone(tasks[suspect]))
            return sent.pop(at).result()

    def _submit(self, task: Task) -> Future[Output]:
        assert self._executor, "there are workers"
        try:
            return _submit(self._executor, task)
        except BrokenProcessPool:  # a worker has ended since; who was at work is found when results are asked for
            self._restart()
            return _submit(self._executor, task)

    def _restart(self) -> None:
        assert self._start and self._executor, "a worker has ended"
        self._executor.shutdown(cancel_futures=True)
        self._executor = self._start(self._count)

    def _alone(self, task: Task) -> Output:
        """The output of `task`, or of what takes its place, from a worker of its own."""
        assert self._start, "a worker has ended"
        careful = task.again(self._here.context) or task
        while True:
            with self._start(1) as executor:
                try:
                    return _submit(executor, careful).result()
                except (BrokenProcessPool, MemoryError) as error:
                    smaller = careful.again(self._here.context)
                    if smaller is None:
                        raise UsageError(
                            "A worker process was killed twice, often because memory ran out; try --jobs 1."
                        ) from error
                    careful = smaller

    def close(self) -> None:
        """End the workers."""
        if self._executor:
            self._executor.shutdown(cancel_futures=True)


def _submit(executor: ProcessPoolExecutor, task: Task) -> Future[Output]:
    """Have a worker of `executor` run `task`; it starts its workers with the first one."""
    with _without_main():
        return executor.submit(worker.run, task)


@contextmanager
def _without_main() -> Iterator[None]:
    """While it lasts, processes that are started do not import the caller's main module: they do

    not need it, and a script that builds a site without `if __name__ == "__main__"` would start over in each of them.
    """
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


def _is_done(future: Future[Output]) -> bool:
    """Whether it has an output; all others of an executor that is broken end with the same exception."""
    return future.done() and not future.cancelled() and future.exception() is None


class RunsTasks(Protocol):
    """A pool, wherever its workers are."""

    def run(self, tasks: Sequence[Task]) -> Iterator[Output]:
        """The output of each task, in the order of the tasks."""


@contextmanager
def start_pool(config: Config, context: WorkerContext, runs: int) -> Iterator[RunsTasks]:
    """The pool that `config` asks for: on a cluster, or of `jobs` processes; with 0, one for each core if there are

    enough `runs` to make that worthwhile. Raises UsageError.
    """
    if config.executor:
        from sitegen.build.cluster import cluster_pool

        with cluster_pool(config.executor, context) as pool:
            yield pool
        return
    with _processes_of(config.jobs, context, runs) as pool:
        yield pool


@contextmanager
def _processes_of(jobs: int, context: WorkerContext, runs: int) -> Iterator[Pool]:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    count = jobs or (cores if runs >= PROCESSES_FROM else 1)
    if count == 1:
        yield Pool(context)
        return
    start = partial(ProcessPoolExecutor, mp_context=_processes(), initializer=worker.start, initargs=(context,))
    with _safe_path():  # also the helper that counts semaphores, which the executor starts
        pool = Pool(context, count, start)
        try:
            yield pool
        finally:
            pool.close()


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


def run_planned(planned: Sequence[Task | Output], pool: RunsTasks) -> Iterator[Output]:
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
    context.set_forkserver_preload(["sitegen.build.steps"])
    return context
