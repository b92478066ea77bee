"""The page of what changed since an earlier site, and its feeds; only where the settings name one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from sitegen.build.analyse import Analysed
from sitegen.build.context import WorkerContext
from sitegen.build.task import Output, Task
from sitegen.earlier import read_best, read_runs, run_list
from sitegen.pages.changes import ChangesPage, changes_page
from sitegen.render.feeds import feeds


@dataclass(frozen=True, slots=True)
class Changes(Task):
    """The page, and the feeds of the same."""

    page: ChangesPage
    in_parent: ClassVar[bool] = True

    def make(self, context: WorkerContext) -> Iterator[Output]:
        """The page and the two feeds."""
        yield Output(pages=[self.page], files=[*feeds(self.page, context.site)])


def tasks(analysed: Analysed) -> list[Task]:
    """The page where there is an earlier site."""
    earlier = analysed.earlier
    if earlier is None:
        return []
    best = [found for one in analysed.experiments if (found := read_best(one.facts.best))]
    runs = read_runs(run_list(one.facts.listed for one in analysed.experiments))
    page = changes_page(earlier, {one.experiment_id: one for one in best}, runs, analysed.site.is_packed)
    return [Changes(page)]
