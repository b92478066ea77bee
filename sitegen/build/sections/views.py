"""The pages of named views."""

from __future__ import annotations

from sitegen.build.analyse import Analysed
from sitegen.build.task import RenderPages, Task


def tasks(analysed: Analysed) -> list[Task]:
    """All named views."""
    return [RenderPages(tuple(analysed.views))] if analysed.views else []
