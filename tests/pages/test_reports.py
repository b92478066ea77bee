"""The page that lists kept reports."""

from __future__ import annotations

from sitegen.addresses import Href
from sitegen.pages.reports import ReportLine, reports_page


def line(name: str, title: str = "Wine") -> ReportLine:
    return ReportLine(name, Href(f"reports/{name}/index.html"), title, "21 Nov 2026", 1, 2)


def test_the_sentence_says_how_many_there_are_and_how_many_are_kept() -> None:
    assert reports_page([line("b"), line("a")], 10).lede == "2 reports, the newest first. The newest 10 are kept."
    assert reports_page([line("a")], 3).lede == "1 report. The newest 3 are kept."
    assert reports_page([line("a")], 1).lede == "Only the newest report is kept."


def test_title_and_scripts_are_those_of_the_newest() -> None:
    page = reports_page([line("b", "Wine 2"), line("a")], 10)
    assert (page.title, page.newest, page.has_titles) == ("Wine 2", "reports/b/", True)
    assert not reports_page([line("b"), line("a")], 10).has_titles
