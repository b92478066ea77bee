"""The pages of named views, and the pictures that links to them show."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sitegen.build.analyse import Analysed
from sitegen.build.context import WorkerContext
from sitegen.build.task import Output, Task
from sitegen.pages.cards import view_card
from sitegen.pages.views import ViewPage


@dataclass(frozen=True, slots=True)
class ViewPages(Task):
    """A named view, whose page is known already."""

    page: ViewPage

    def make(self, context: WorkerContext) -> Iterator[Output]:
        """The page, and its card."""
        yield Output(pages=[self.page], files=[view_card(self.page, context.site)] if context.site.has_cards else [])


def tasks(analysed: Analysed) -> list[Task]:
    """All named views."""
    return [ViewPages(page) for page in analysed.views]
