"""Run the tasks of a build on a Dask cluster, over a file system that all its workers share.

The store and the output must have the same paths on every machine, and every worker the same sitegen. Tasks of a worker
that is lost are run again by another one. Needs `pip install 'mlruns-sitegen[dask]'`.
"""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import CancelledError, Executor, Future
from contextlib import contextmanager, suppress
from typing import Any

from sitegen.build.context import Worker, WorkerContext
from sitegen.build.task import Output, Task
from sitegen.errors import UsageError
from sitegen.output.files import UMASK

SCHEME = "dask://"
RETRIES = 3
"""How often a task is run again after its worker was lost."""
CONNECT_SECONDS = 10
_ADDRESS = re.compile(r"dask://((?:[^/\s:]+|\[[0-9a-fA-F:]+\]):\d{1,5})/?\Z")


class ClusterPool:
    """Runs the tasks of one build on the workers behind `executor`; those of the parent in this process."""

    def __init__(self, context: WorkerContext, executor: Executor, shared: object) -> None:
        self._here = Worker(context)
        self._executor = executor
        self._shared = shared
        self._root = context.root

    def run(self, tasks: Sequence[Task]) -> Iterator[Output]:
        """The output of each task, in the order of the tasks. Raises UsageError when too many workers are lost."""
        from distributed import KilledWorker

        sent: dict[int, Future[Output]] = {
            at: self._executor.submit(run_there, self._root, self._shared, task)  # type: ignore[arg-type]
            for at, task in enumerate(tasks)
            if not task.in_parent
        }
        here = {at: self._here.run(task) for at, task in enumerate(tasks) if task.in_parent}
        try:
            for at in range(len(tasks)):
                yield here.pop(at) if at in here else sent.pop(at).result()
        except (KilledWorker, CancelledError) as error:
            raise UsageError("The Dask cluster lost its workers, often because memory ran out.") from error


@contextmanager
def cluster_pool(address: str, context: WorkerContext) -> Iterator[ClusterPool]:
    """A pool on the cluster at `dask://HOST:PORT`. Raises UsageError when there is none."""
    found = _ADDRESS.match(address)
    if not found:
        raise UsageError(
            f"--executor {address} is not the address of a scheduler; write it like dask://localhost:8786."
        )
    try:
        from distributed import Client
    except ModuleNotFoundError:
        raise UsageError(
            "Building on a Dask cluster needs a library that is not installed; "
            "run pip install 'mlruns-sitegen[dask]' and build again."
        ) from None
    try:
        client: Any = Client(f"tcp://{found[1]}", timeout=CONNECT_SECONDS, set_as_default=False)  # type: ignore[no-untyped-call]
    except (OSError, TimeoutError):
        raise UsageError(f"No Dask scheduler could be reached at {address}; check the address.") from None
    with client:
        shared = client.scatter(context, broadcast=True, hash=False)
        executor = client.get_executor(retries=RETRIES, pure=False)
        try:
            yield ClusterPool(context, executor, shared)
        finally:
            with suppress(OSError, TimeoutError):
                executor.shutdown(wait=False)  # cancels what has not begun


# In a worker of the cluster -----------------------------------------------------------------------------------------

_lock = threading.Lock()
"""Workers of a cluster may have threads; a `Worker` runs one task at a time."""
_workers: dict[str, Worker] = {}


def run_there(root: str, context: WorkerContext, task: Task) -> Output:
    """The output of `task`, made in this process for the build in the folder `root`."""
    with _lock:
        if root not in _workers:
            _workers.clear()
            _workers[root] = Worker(context)
        before = os.umask(UMASK)
        try:
            return _workers[root].run(task)
        finally:
            os.umask(before)
