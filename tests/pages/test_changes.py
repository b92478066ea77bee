"""The page of what changed since an earlier site (`sitegen.build.sections.changes`), and its feeds."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import feedparser
import pytest

from sitegen.build import build
from sitegen.build.sections import PAGES, changes
from sitegen.config import Config
from sitegen.earlier import BestRun, KnownRun, SiteRecord
from sitegen.pages.changes import MAX_LINES, changes_page
from sitegen.pages.page import Site
from sitegen.render.feeds import feeds
from tests import html
from tests.stores.mlruns_builder import START, experiment, run

SITE = Site("My <runs>", "1", "assets/", "", 1, site_url="https://example.org/runs/")


def known(run_id: str, **other: object) -> KnownRun:
    given: dict[str, object] = {"run_id": run_id, "experiment_id": "1", "name": f"run {run_id}", "status": "FINISHED"}
    given |= {"start_time": START, "end_time": START + 1000, "state": "s", **other}
    return KnownRun(**given)  # type: ignore[arg-type]


def best(run_id: str, value: float, lead: str = "clear") -> BestRun:
    return BestRun("1", "sweep", "min loss", "loss", "min", run_id, f"run {run_id}", value, lead)


def record(bests: list[BestRun], runs: list[KnownRun] | None) -> SiteRecord:
    listed = None if runs is None else {one.run_id: one for one in runs}
    return SiteRecord("before", {one.experiment_id: one for one in bests}, listed)


def test_new_changed_and_gone_runs_are_told_apart() -> None:
    earlier = record([best("a", 0.5)], [known("a"), known("b", status="RUNNING", state="t"), known("c")])
    runs = {one.run_id: one for one in (known("a"), known("b"), known("d", end_time=START + 9000))}
    page = changes_page(earlier, {"1": best("a", 0.5)}, runs, False)
    assert [one.name for one in page.new] == ["run d"] and [one.name for one in page.gone] == ["run c"]
    assert [(one.name, one.what) for one in page.changed] == [("run b", "RUNNING before")]
    assert page.bests == () and page.lede == "1 run new · 1 run changed · 1 run gone."


def test_a_new_best_says_what_was_before() -> None:
    earlier = record([best("a", 0.5)], [known("a")])
    page = changes_page(earlier, {"1": best("b", 0.25)}, {"a": known("a"), "b": known("b")}, False)
    (one,) = page.bests
    assert (one.before, one.after, one.verdict, one.note) == ("run a · 0.5", "run b · 0.25", "clear", "")
    assert page.lede == "1 new best · 1 run new."


def test_a_site_without_a_list_of_runs_is_compared_by_its_bests() -> None:
    page = changes_page(record([best("a", 0.5)], None), {"1": best("a", 0.5)}, {"a": known("a")}, False)
    assert page.new == () and page.lede.startswith("No new best. It was built by an older sitegen")


def test_a_page_of_very_many_runs_counts_all_and_lists_the_newest() -> None:
    runs = {str(n): known(str(n), end_time=START + n) for n in range(MAX_LINES + 5)}
    page = changes_page(record([], []), {}, runs, False)
    assert len(page.new) == MAX_LINES and page.new_hint == f"the newest {MAX_LINES} of {MAX_LINES + 5}"
    assert page.new[0].name == f"run {MAX_LINES + 4}"


@pytest.mark.parametrize("url", ["https://example.org/runs/", ""])
def test_the_feeds_are_read_by_readers(url: str) -> None:
    hostile = known("d", name="a\x00\x0b <b>&]]></title>", end_time=START + 60_000)
    page = changes_page(record([], [known("a")]), {"1": best("d", 0.25)}, {"a": known("a"), "d": hostile}, False)
    files = dict(feeds(page, Site("My <runs>", "1", "assets/", "", 1, site_url=url)))
    parsed = feedparser.parse(files["feed.xml"])
    assert not parsed.bozo and parsed.version == "atom10" and len(parsed.entries) == 2
    assert len({one.id for one in parsed.entries}) == 2 and all(one.updated_parsed for one in parsed.entries)
    assert {one.link for one in parsed.entries} == {f"{url}runs/d.html"}
    ElementTree.fromstring(files["feed.xml"])
    feed = json.loads(files["feed.json"])
    assert feed["version"] == "https://jsonfeed.org/version/1.1" and len(feed["items"]) == 2
    assert all(("url" in one) == bool(url) and one["id"] and one["content_text"] for one in feed["items"])


def test_a_build_with_an_earlier_site_says_what_changed(tmp_path: Path) -> None:
    store = tmp_path / "mlruns"
    sweep = experiment(store, "1", name="sweep")
    for n, loss in enumerate((0.5, 0.7)):
        run(sweep, f"{n}a" * 16, run_name=f"old {n}", metrics={"loss": f"{START} {loss} 0\n"})
    build(Config(store=str(store), output=tmp_path / "before"))
    run(sweep, "2a" * 16, run_name="new one", metrics={"loss": f"{START} 0.1 0\n"}, end_time=START + 9_000_000)
    (store / "1" / ("1a" * 16)).rename(tmp_path / "moved")
    config = Config(store=str(store), output=tmp_path / "after", since=str(tmp_path / "before"))
    build(config)
    page = html.read(tmp_path / "after" / "changes.html")
    assert [one["Run"] for one in html.cells(html.section(page, "new"))] == ["new one"]
    assert [one["Run"] for one in html.cells(html.section(page, "gone"))] == ["old 1"]
    (line,) = html.cells(html.section(page, "bests"))
    assert line["Best before"].startswith("old 0 · 0.5") and line["Best now"].startswith("new one · 0.1")
    assert changes in PAGES
    home = (tmp_path / "after" / "index.html").read_text("utf-8")
    assert 'href="changes.html"' in home and not (tmp_path / "before" / "changes.html").exists()
    first = {path: path.read_bytes() for path in (tmp_path / "after").rglob("*") if path.is_file()}
    build(config)
    assert first == {path: path.read_bytes() for path in (tmp_path / "after").rglob("*") if path.is_file()}


def test_another_earlier_site_gives_another_page(tmp_path: Path) -> None:
    """The store is as it was, so that nothing but the earlier site says that there is something to build."""
    store = tmp_path / "mlruns"
    run(experiment(store, "1", name="sweep"), "a" * 32, metrics={"loss": f"{START} 0.5 0\n"})
    build(Config(store=str(store), output=tmp_path / "one"))
    run(store / "1", "b" * 32, metrics={"loss": f"{START} 0.5 0\n"})
    build(Config(store=str(store), output=tmp_path / "two"))
    config = Config(store=str(store), output=tmp_path / "out", since=str(tmp_path / "earlier"))
    (tmp_path / "earlier").symlink_to(tmp_path / "one")
    build(config)
    assert "1 run new" in (tmp_path / "out" / "changes.html").read_text("utf-8")
    (tmp_path / "earlier").unlink()
    (tmp_path / "earlier").symlink_to(tmp_path / "two")
    build(config)
    assert "Nothing has changed" in (tmp_path / "out" / "changes.html").read_text("utf-8")
