"""`--keep`: a folder for each report, a page that lists them, the oldest removed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import html5lib
import pytest

from sitegen.errors import UsageError
from sitegen.output import MANIFEST
from sitegen.publish import Changes, Folder, no_preview, preview, publish, whole_site
from sitegen.publish.changes import SiteFile, small_file
from sitegen.publish.reports import LIST, Kept, report_of, reports_in
from sitegen.render.themes import load_theme
from tests.publish.conftest import Sites, git, on_branch

ToBranch = Callable[..., Changes]
ROOT = {"index.html", LIST, MANIFEST}
ENTRY = {"title": "x", "as_of": "", "experiments": 1, "runs": 1}


def kept(files: dict[str, SiteFile], name: str, keep: int = 3) -> Kept:
    return Kept(files, name, keep, load_theme("default"), "1.0")


def reports_of(paths: set[str]) -> set[str]:
    return {path.split("/")[1] for path in paths if path.startswith("reports/") and path != LIST}


def test_the_last_three_are_kept_with_a_page_that_lists_them(sites: Sites, work: Path, to_branch: ToBranch) -> None:
    to_branch(preview(sites.after, 7))
    for number in range(1, 6):
        to_branch(kept(sites.before, f"v{number}"))
    paths = on_branch(work)
    assert reports_of(paths) == {"v3", "v4", "v5"}
    assert paths >= ROOT | {f"reports/v4/{path}" for path in sites.before} | {"pr-preview/pr-7/index.html"}
    page = git(work.parent / "remote.git", "show", "gh-pages:index.html")
    read = html5lib.parse(page, namespaceHTMLElements=False)
    links = [a.get("href") for a in read.iter("a") if a.get("href", "").startswith("reports/")]
    assert links == [f"reports/v{n}/index.html" for n in (5, 5, 4, 3)], "the newest has a button too"
    assert "3 reports, the newest first. The newest 3 are kept." in page
    assert f"{read.get('data-root')}data/site.js" in paths, "search finds what is in the newest"
    loaded = [one.get("href") or one.get("src") for one in (*read.iter("link"), *read.iter("script"))]
    assert {one for one in loaded if one} <= paths


def test_the_same_report_again_takes_its_own_place(sites: Sites, work: Path, to_branch: ToBranch) -> None:
    for name in ("a", "b"):
        to_branch(kept(sites.after, name))
    changes = to_branch(kept(sites.before, "a"))
    assert reports_of(on_branch(work)) == {"a", "b"}
    assert changes.deleted and all(path.startswith("reports/a/") for path in changes.deleted)
    listing = json.loads(git(work.parent / "remote.git", "show", f"gh-pages:{LIST}"))
    assert [(one["name"], one["runs"]) for one in listing["reports"]] == [("a", 1), ("b", 2)]
    assert not to_branch(kept(sites.before, "a"))


def test_a_plain_site_gives_way_to_reports_and_they_to_it(sites: Sites, work: Path, to_branch: ToBranch) -> None:
    to_branch(whole_site(sites.before))
    to_branch(kept(sites.before, "a"))
    assert on_branch(work) == ROOT | {".nojekyll"} | {f"reports/a/{path}" for path in sites.before}
    to_branch(whole_site(sites.before))
    assert on_branch(work) == {*sites.before, LIST, ".nojekyll"} - {LIST} | {f"reports/a/{p}" for p in sites.before}


def test_a_folder_keeps_reports_too(sites: Sites, tmp_path: Path) -> None:
    root = tmp_path / "www"
    for name in ("a", "b", "c"):
        publish(Folder(root), kept(sites.before, name, 2), "")
    publish(Folder(root), lambda target: no_preview(1), "")
    there = {file.relative_to(root).as_posix() for file in root.rglob("*") if file.is_file()}
    assert there == ROOT | {f"reports/{name}/{path}" for name in "bc" for path in sites.before}
    assert not publish(Folder(root), kept(sites.before, "c", 2), "")


def test_a_report_is_named_after_its_date(sites: Sites, monkeypatch: pytest.MonkeyPatch) -> None:
    assert b'"asOf":"14 Nov 2023"' in sites.before["data/site.js"].read()
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    report = report_of(sites.after, "")
    assert (report.name, report.title, report.as_of, report.experiments, report.runs) == (
        "2023-11-14", "Runs", "14 Nov 2023", 1, 2,
    )  # fmt: skip
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1800000000")
    assert report_of(sites.after, "").name == "2027-01-15"
    assert report_of(sites.after, "v1").name == "v1"
    monkeypatch.delenv("SOURCE_DATE_EPOCH")
    with pytest.raises(UsageError, match="--report"):
        report_of({**sites.after, "data/site.js": small_file(b"SG.put('site')")}, "")
    for name in ("../x", "a/b", ".git", "-x", "ä", "x" * 101):
        with pytest.raises(UsageError, match="cannot be the name of a report"):
            report_of(sites.after, name)


@pytest.mark.parametrize(
    "listing",
    [b"", b"{}", b"[]", b"\xff", b"[" * 100_000, b'{"reports": 3}', b'{"reports": [3, {}, {"name": "a"}]}'],
)
def test_a_list_that_cannot_be_read_names_nothing(listing: bytes) -> None:
    assert reports_in(listing, ["reports/a/index.html"]) == []


def test_a_list_cannot_lead_elsewhere() -> None:
    names = ["a", "gone", "../x", "a", ".git", "b/c", 7]
    listing = json.dumps({"reports": [{"name": name, "evil": "x", **ENTRY} for name in names]}).encode()
    there = ["reports/a/index.html", "reports/../x/index.html", "reports/.git/index.html", "reports/b/c/index.html"]
    assert [one.name for one in reports_in(listing, there)] == ["a"]


def test_titles_that_differ_are_shown_and_escaped(sites: Sites, work: Path, to_branch: ToBranch) -> None:
    to_branch(kept(sites.before, "a"))
    best = json.loads(sites.before["data/best.json"].read()) | {"title": "<script>x</script>"}
    to_branch(kept({**sites.before, "data/best.json": small_file(json.dumps(best).encode())}, "b"))
    page = git(work.parent / "remote.git", "show", "gh-pages:index.html")
    assert "&lt;script&gt;x" in page and "<script>x" not in page and '<th scope="col">Title</th>' in page
