"""The page that lists the reports that `sitegen publish --keep` keeps, the newest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sitegen.addresses import Href
from sitegen.analysis.words import plural


@dataclass(frozen=True, slots=True)
class ReportLine:
    """A published site in the list."""

    name: str
    """What the report is called: a date, a commit, or another name that was given."""
    href: Href
    """Its home page."""
    title: str
    """The title of its site."""
    as_of: str
    """The day of the newest time in its store, in words; empty if it has none."""
    experiments: int
    """How many experiments it has."""
    runs: int
    """How many runs it has."""


@dataclass(frozen=True, slots=True)
class ReportsPage:
    """The list of kept reports, at the root of what is published."""

    title: str
    """The title of the newest report."""
    lede: str
    """How many reports are kept, in a sentence."""
    reports: tuple[ReportLine, ...]
    """The reports, the newest first."""
    newest: str
    """The folder of the newest report, with a slash at its end: what scripts load is there."""
    has_titles: bool
    """Whether the reports have different titles, so that each is shown."""
    path: str = "index.html"
    template: str = "reports.html"
    kind: str = "reports"


def reports_page(reports: Sequence[ReportLine], keep: int) -> ReportsPage:
    """The page for the reports that there are, the newest first, of which the newest `keep` are kept."""
    titles = {report.title for report in reports}
    what = "1 report" if len(reports) == 1 else f"{plural(len(reports), 'report')}, the newest first"
    lede = f"{what}. The newest {keep:,} are kept." if keep > 1 else "Only the newest report is kept."
    newest = str(reports[0].href).removesuffix("index.html")
    return ReportsPage(reports[0].title, lede, tuple(reports), newest, len(titles) > 1)
