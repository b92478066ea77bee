"""Make the pages: ask each section for its tasks, have the pool run them, join their outputs."""

from __future__ import annotations

from collections.abc import Sequence

from sitegen.build.analyse import Analysed
from sitegen.build.pool import Pool
from sitegen.build.sections import PAGES, WHOLE_SITE
from sitegen.build.task import Output, Task
from sitegen.stores.contract import Progress


def make_pages(analysed: Analysed, pool: Pool, progress: Progress) -> Output:
    """Every page and file of the site but the assets, all of them written."""
    made = Output()
    _run([task for section in PAGES for task in section.tasks(analysed)], pool, progress, made)
    _run([task for section in WHOLE_SITE for task in section.tasks(analysed, made)], pool, progress, made)
    return made


def _run(tasks: Sequence[Task], pool: Pool, progress: Progress, made: Output) -> None:
    """Run `tasks`, their outputs joined into `made`."""
    for at, output in enumerate(pool.run(tasks)):
        made.join(output)
        progress("Pages", at + 1, len(tasks))
