"""The last reports: each publication in a folder of its own, with a list of them at the root, the oldest removed.

`reports/reports.json` says which reports there are, the newest first. It is read from the target, so it is checked as
anything that others may have written: a name that could lead elsewhere, or a report that is not there, is left out.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from sitegen.addresses import Href
from sitegen.errors import UsageError
from sitegen.output import MANIFEST
from sitegen.pages.page import Site
from sitegen.pages.reports import ReportLine, reports_page
from sitegen.publish.changes import Publication, SiteFile, manifest_of, small_file
from sitegen.publish.target import Target
from sitegen.render import Renderer
from sitegen.render.themes import Theme

FOLDER = "reports/"
LIST = FOLDER + "reports.json"
SCHEMA = 1
"""The version of the list, which grows when a key changes its meaning."""
_NAME = re.compile(r"[A-Za-z0-9][\w.+-]{0,99}", re.ASCII)
_AS_OF = re.compile(rb'"asOf":"(\d{1,2} [A-Z][a-z]{2} \d{4})"')
_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
_STYLES = re.compile(r"assets/[0-9a-f]+/site\.css")


@dataclass(frozen=True, slots=True)
class Report:
    """A kept report, as the list has it."""

    name: str
    title: str
    as_of: str
    experiments: int
    runs: int

    @property
    def folder(self) -> str:
        """Where it is, with a slash at its end."""
        return f"{FOLDER}{self.name}/"

    def line(self) -> ReportLine:
        """It on the page."""
        href = Href(f"{self.folder}index.html")
        return ReportLine(self.name, href, self.title, self.as_of, self.experiments, self.runs)


@dataclass(frozen=True)
class Kept:
    """What makes the publication of a report: the site's files, its name ('' for its date), how many are kept."""

    files: Mapping[str, SiteFile]
    name: str
    keep: int
    theme: Theme
    version: str

    def __call__(self, target: Target) -> Publication:
        """The site as the newest report, with those that the target has.

        Raises UsageError for a name that cannot be a folder, or if there is neither a name nor a date.
        """
        newest = report_of(self.files, self.name)
        earlier = [one for one in reports_in(target.read(LIST) or b"", target.paths()) if one.name != newest.name]
        kept, gone = [newest, *earlier][: self.keep], earlier[self.keep - 1 :]
        listing = {"schema": SCHEMA, "reports": [asdict(one) for one in kept]}
        root = {
            "index.html": small_file(self._page(kept).encode()),
            LIST: small_file((json.dumps(listing, indent=1) + "\n").encode()),
        }
        site = {newest.folder + path: file for path, file in self.files.items()}
        removes = (newest.folder, *(one.folder for one in gone))
        return Publication({**site, **root, MANIFEST: manifest_of(root)}, replaces="", removes=removes)

    def _page(self, kept: list[Report]) -> str:
        """The list as a page, with the styles and scripts of the newest report."""
        styles = next(path for path in self.files if _STYLES.fullmatch(path))
        assets = kept[0].folder + styles.removesuffix("site.css")
        site = Site(kept[0].title, self.version, assets, "Published with sitegen publish", 0)
        return Renderer(self.theme, site).render(reports_page([one.line() for one in kept], self.keep))


def report_of(files: Mapping[str, SiteFile], name: str) -> Report:
    """The entry of a site in the list, read from its `data/`. Its name is `name`, else the day of SOURCE_DATE_EPOCH,
    else that of the newest time in its store."""
    best = json.loads(files["data/best.json"].read())
    found = _AS_OF.search(files["data/site.js"].read())
    as_of = found[1].decode() if found else ""
    experiments = best["experiments"]
    name = name or _day(as_of)
    if not _NAME.fullmatch(name):
        raise UsageError(f'"{name}" cannot be the name of a report; give letters, digits, ".", "-", "_" with --report.')
    return Report(name, str(best["title"]), as_of, len(experiments), sum(one["runs"] for one in experiments))


def _day(as_of: str) -> str:
    """The name of a report that was given none: `2026-11-21`."""
    if epoch := os.environ.get("SOURCE_DATE_EPOCH"):
        return datetime.fromtimestamp(int(epoch), UTC).strftime("%Y-%m-%d")
    if not as_of:
        raise UsageError("The site has no date to name the report after; give it a name with --report.")
    day, month, year = as_of.split()
    return f"{year}-{_MONTHS.index(month) + 1:02}-{int(day):02}"


def reports_in(listing: bytes, paths: Iterable[str]) -> list[Report]:
    """The reports that a list names and that are there, in its order; none if it cannot be read."""
    there, found = set(paths), dict[str, Report]()
    try:
        entries = json.loads(listing)["reports"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return []
    for entry in entries if isinstance(entries, list) else ():
        match entry:
            case {"name": str(name), "title": str(), "as_of": str(), "experiments": int(), "runs": int()} if (
                _NAME.fullmatch(name) and f"{FOLDER}{name}/index.html" in there
            ):
                found.setdefault(name, Report(**{key: entry[key] for key in Report.__slots__}))
    return list(found.values())
