"""Check a site file by file: first which files there are, then what is in each, then the places that links name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from sitegen.check.content import check_content
from sitegen.check.links import Anchors, check_links
from sitegen.check.page import check_parser
from sitegen.check.problems import Checked
from sitegen.check.walk import Entry, Paths, walk
from sitegen.errors import UsageError
from sitegen.output import MANIFEST, entries
from sitegen.output.hosts import HOSTS, NEAR, Sizes
from sitegen.privacy import Privacy
from sitegen.stores.contract import Progress, no_progress


@dataclass
class _Manifest:
    """The manifest beside the walk: both are in the order of paths, so that one entry is in memory."""

    site: Path
    checked: Checked
    _next: tuple[str, int, str] | None = None
    _rest: Iterator[tuple[str, int, str]] = field(init=False)

    def __post_init__(self) -> None:
        self._rest = entries(self.site)
        self._advance()

    def _advance(self) -> None:
        try:
            self._next = next(self._rest, None)
        except (ValueError, RecursionError) as error:
            self._next = None
            self.checked.add(MANIFEST, "manifest", f"is damaged: {error}")
        except OSError as error:
            self._next = None
            self.checked.add(MANIFEST, "manifest", f"cannot be read ({error.strerror})")

    def of(self, path: str) -> tuple[int, str] | None:
        """Size and hash of the file `path`; what is listed before it and was not asked for is missing."""
        self.up_to(path)
        if self._next is None or self._next[0] != path:
            return None
        _, size, sha256 = self._next
        self._advance()
        return size, sha256

    def up_to(self, path: str | None) -> None:
        """Report what is listed before `path`, all that is left with None, as missing."""
        while self._next is not None and (path is None or self._next[0] < path):
            self.checked.add(self._next[0], "manifest", "is missing")
            self._advance()


def check_site(
    site: Path,
    privacy: Privacy = Privacy(),
    host: str = "",
    strict_html: bool = False,
    progress: Progress = no_progress,
) -> Checked:
    """Everything that is wrong with the site in the folder `site`, by the rules in `problems.RULES`.

    `privacy` has the values that are allowed and the own patterns, `host` names the one of `HOSTS` whose limits are a
    rule, `strict_html` asks for every parse error of HTML5 (needs the extra `html`). Raises UsageError if `site` is not
    a site that sitegen built.
    """
    if not (site / MANIFEST).is_file():
        raise UsageError(f"{site} is not a site that sitegen built: it has no {MANIFEST}.")
    if strict_html:
        check_parser()
    checked, sizes = Checked(), Sizes()
    paths = Paths(one.path for one in _measured(site, sizes))
    anchors = Anchors(site)
    manifest = _Manifest(site, checked)
    for entry in walk(site):
        if entry.kind == "folder" or entry.path == MANIFEST:
            continue
        if entry.kind != "file":
            checked.add(entry.path, "manifest", f"is {entry.kind}")
            continue
        _check_file(site, entry, manifest.of(entry.path), privacy, strict_html, checked, paths, anchors)
        progress("Files", checked.files, sizes.files)
    manifest.up_to(None)
    for path, what in anchors.missing():
        checked.add(path, "link", what)
    checked.size = sizes.total
    _check_hosts(sizes, host, checked)
    checked.problems.sort(key=lambda one: one.path)
    return checked


def _measured(site: Path, sizes: Sizes) -> Iterator[Entry]:
    """Every file of the site, counted into `sizes`."""
    in_folder: dict[str, int] = {}
    for entry in walk(site):
        sizes.folders += entry.kind == "folder"
        if entry.kind != "file":
            continue
        folder = entry.path.rpartition("/")[0]
        in_folder[folder] = in_folder.get(folder, 0) + 1
        sizes.files += 1
        sizes.total += entry.size
        if entry.size > sizes.largest:
            sizes.largest, sizes.largest_path = entry.size, entry.path
        yield entry
    sizes.fullest_folder = max(in_folder, key=in_folder.__getitem__, default="")
    sizes.most_in_folder = in_folder.get(sizes.fullest_folder, 0)


def _check_file(
    site: Path,
    entry: Entry,
    listed: tuple[int, str] | None,
    privacy: Privacy,
    strict_html: bool,
    checked: Checked,
    paths: Paths,
    anchors: Anchors,
) -> None:
    checked.files += 1
    checked.unlisted += listed is None
    found = check_content(site, entry.path, listed, privacy, strict_html)
    checked.allowed += found.allowed
    for rule, what in found.problems:
        checked.add(entry.path, rule, what)
    if found.page:
        checked.pages += 1
        anchors.add_page(entry.path, found.page.anchors)
    for what in check_links(entry.path, found.links, paths, anchors):
        checked.add(entry.path, "link", what)


def _check_hosts(sizes: Sizes, host: str, checked: Checked) -> None:
    for name, limits in HOSTS.items():
        beyond = list(sizes.beyond(limits))
        checked.hosts[name] = beyond
        checked.near[name] = [] if beyond else list(sizes.beyond(limits, NEAR))
    for what in checked.hosts.get(host, ()):
        checked.add(".", "limit", f"{host}: {what}")
