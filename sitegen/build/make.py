"""Make the pages: ask each section for its tasks, have the pool run them, join their outputs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Protocol

from sitegen.build.analyse import Analysed
from sitegen.build.pool import RunsTasks, run_planned
from sitegen.build.sections import PAGES, WHOLE_SITE
from sitegen.build.task import Later, Output, Task, task_of
from sitegen.stores.contract import Progress


class Planner(Protocol):
    """Knows the outputs of tasks that were made before: by the last build (`reuse.py`), or by a part (`parts.py`)."""

    def use(self, analysed: Analysed) -> None:
        """Look at what the fields of tasks are made of."""

    def planned(self, tasks: Sequence[Task | Later]) -> list[tuple[str, Task | Output]]:
        """Each task with the key of its fields ('' if it has none), or its output, if it is known."""

    def keep(self, key: str, output: Output) -> None:
        """Keep the output of the task with this key."""


def make_pages(analysed: Analysed, pool: RunsTasks, progress: Progress, reuse: Planner | None = None) -> Output:
    """Every page and file of the site but the assets, all of them written; `reuse` has those that were made before."""
    made = Output()
    if reuse:
        reuse.use(analysed)
    _run(
        [task for section in PAGES for task in section.tasks(analysed)],
        pool,
        partial(progress, "Making pages"),
        made,
        reuse,
    )
    _run(
        [task for section in WHOLE_SITE for task in section.tasks(analysed, made)],
        pool,
        partial(progress, "Making lists and search"),
        made,
        reuse,
    )
    return made


def _run(
    tasks: Sequence[Task | Later],
    pool: RunsTasks,
    progress: Callable[[int, int], None],
    made: Output,
    reuse: Planner | None,
) -> None:
    """Run `tasks`, their outputs joined into `made`."""
    planned = reuse.planned(tasks) if reuse else [("", task_of(task)) for task in tasks]
    outputs = run_planned([one for _, one in planned], pool)
    sizes = [_size(one) for _, one in planned]
    done, total = 0, sum(sizes)
    for size, (key, _), output in zip(sizes, planned, outputs, strict=True):
        if reuse:
            reuse.keep(key, output)
        made.join(output)
        done += size
        progress(done, total)


def _size(task: Task | Output) -> int:
    """How much of the work a task is: the pages of a shard of runs count one by one."""
    return max(1, len(getattr(task, "records", ())))
