"""The workers of a build: processes of their own where there is work for them, else this process."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing.context import BaseContext

from sitegen.build import worker
from sitegen.errors import UsageError

PROCESSES_FROM = 300
"""Runs from which on worker processes pay for their start."""


@contextmanager
def start_workers(jobs: int, worker_context: worker.WorkerContext, runs: int) -> Iterator[Executor]:
    """Processes where there is work for them, else this process doing each thing when asked."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    count = jobs or (cores if runs >= PROCESSES_FROM else 1)
    if count == 1:
        worker.start(worker_context)
        yield worker.InThisProcess()
        return
    pool = ProcessPoolExecutor(
        count, mp_context=_context(), initializer=worker.start_process, initargs=(worker_context,)
    )
    try:
        yield pool
    except BrokenProcessPool as error:
        raise UsageError("A worker process was ended from outside, often for want of memory; try --jobs 1.") from error
    finally:
        pool.shutdown(cancel_futures=True)


def _context() -> BaseContext:
    """Clean processes: from a server that has loaded what all need where there is one, else each by itself.

    Never a plain fork, which copies whatever threads the caller's libraries were in the middle of.
    """
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["sitegen.build.worker"])
    return context
