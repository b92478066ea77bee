"""What `sitegen publish` does: find or build the site, check it, publish it, and say what changed."""

from __future__ import annotations

import contextlib
import os
import re
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sitegen import __version__
from sitegen.analysis.words import plural, size
from sitegen.build import Built, build
from sitegen.config import Config
from sitegen.config.places import store_around
from sitegen.errors import UsageError, nearest
from sitegen.output import MANIFEST
from sitegen.publish import (
    Branch,
    Changes,
    Folder,
    Publication,
    Target,
    branch_of,
    is_site,
    no_preview,
    preview,
    whole_site,
)
from sitegen.publish.branch import address_of
from sitegen.publish.bucket import bucket_at
from sitegen.publish.changes import manifest_of, small_file
from sitegen.publish.folder import check_apart
from sitegen.publish.hosts import HOSTS, title_of
from sitegen.publish.parts import preview_folder
from sitegen.publish.reports import Kept
from sitegen.publish.source import files_of
from sitegen.render.themes import load_theme
from sitegen.stores.contract import Progress

BRANCH = "gh-pages"
"""The target that is a branch of a git remote."""
NAMES = (BRANCH, *HOSTS)
SHOWN_PATHS = 20
"""Files that a dry run names of each kind."""


@dataclass(frozen=True)
class Order:
    """What is to be published where, as the command line says it."""

    target: str
    remote: str = "origin"
    branch: str = BRANCH
    history: bool = False
    prefix: str = ""
    preview: int = 0
    remove_preview: int = 0
    keep: int = 0
    report: str = ""
    output: Path | None = None
    adopt: bool = False

    @property
    def folder(self) -> Path | None:
        """The folder that is published to, or prepared for a host; None for other targets."""
        if self.target in HOSTS:
            return self.output or Path(f"{self.target}-site")
        return Path(self.target) if _is_path(self.target) else None

    def check(self) -> None:
        """Raises UsageError for what cannot be, or not together."""
        if self.preview and self.remove_preview:
            raise UsageError("--preview and --remove-preview exclude each other.")
        if self.output and self.target not in HOSTS:
            raise UsageError(f"-o names the folder that is prepared for {' or '.join(HOSTS)}; leave it out.")
        if self.target in HOSTS and (self.preview or self.remove_preview or self.keep or self.prefix):
            raise UsageError(f"{self.target} takes whole sites; leave out --preview, --keep and --prefix.")
        if self.keep and (self.preview or self.remove_preview or self.prefix):
            raise UsageError("--keep has folders of its own; leave out --preview, --remove-preview and --prefix.")
        if self.report and not self.keep:
            raise UsageError("--report names one of several reports; say with --keep how many are kept.")
        if self.prefix and (self.preview or self.remove_preview):
            raise UsageError("A preview has a folder of its own; leave out --prefix.")
        if self.prefix and not re.fullmatch(r"[\w-][\w.-]*(/[\w-][\w.-]*)*", self.prefix, re.ASCII):
            raise UsageError(f"{self.prefix} cannot be a folder of the target; give a name such as runs with --prefix.")


@contextlib.contextmanager
def opened(order: Order, confirm: Callable[[str], bool]) -> Iterator[Target]:
    """The target that is named. Raises UsageError if there is no such target."""
    if order.target == BRANCH:
        with branch_of(order.remote, order.branch) as branch:
            branch.history, branch.adopt, branch.confirm = order.history, order.adopt, confirm
            yield branch
    elif "://" in order.target:
        yield bucket_at(order.target, order.adopt)
    elif order.folder:
        if store_around(order.folder):
            raise UsageError(f"{order.folder} is inside a store, which is never written to; publish to another folder.")
        yield Folder(order.folder, order.adopt)
    else:
        near = nearest(order.target, NAMES)
        hint = f"did you mean {near}" if near else f"give {', '.join(NAMES)}"
        raise UsageError(f"{order.target} is not a target; {hint}, or a folder with a slash, such as ./{order.target}.")


def _is_path(target: str) -> bool:
    return "://" not in target and "/" in target or os.sep in target or target in (".", "..")


def host_of(order: Order) -> str:
    """The host whose limits the site must keep to; '' for none."""
    return {BRANCH: "github", "netlify": "netlify", "cloudflare": "cloudflare"}.get(order.target, "")


def site_among(source: tuple[str, ...], flags: Mapping[str, Any]) -> Path | None:
    """The site that is named, or the folder `site` if nothing is; None if a store is to be built.

    Raises UsageError for a site together with options of a build.
    """
    site = Path(source[0] if source else "site")
    if len(source) > 1 or not is_site(site):
        return None
    if given := [name for name, value in flags.items() if value not in (None, (), {})]:
        raise UsageError(
            f"{site} is built already, so that --{given[0].replace('_', '-')} has no effect; give the store, or leave "
            "the option out."
        )
    return site


@contextlib.contextmanager
def build_for(config: Config, strict: bool | None, progress: Progress) -> Iterator[tuple[Path, Built]]:
    """A site of the stores of `config`, for the moment, with its counts; with `strict` unless that is False.

    Raises what a build raises.
    """
    with tempfile.TemporaryDirectory(prefix="sitegen-publish-") as folder:
        site = Path(folder, "site")
        settings = replace(config, output=site, no_cache=True, strict=strict is not False, force_adopt=False)
        built = build(settings, progress)
        yield site, built


def maker(order: Order, site: Path | None, config: Config) -> Callable[[Target], Publication]:
    """What makes the publication for what a target holds."""
    if order.remove_preview:
        return lambda target: no_preview(order.remove_preview)
    assert site
    files = files_of(site)
    if order.folder:
        check_apart(order.folder, site)
    if order.target in HOSTS:
        beside = HOSTS[order.target].files(title_of(files))
        files = {path: small_file(data) for path, data in beside.items()} | files
        files[MANIFEST] = manifest_of(files)
    if order.keep:
        return Kept(files, order.report, order.keep, load_theme(config.theme, config.trust_theme), __version__)
    if order.preview:
        return lambda target: preview(files, order.preview)
    prefix = f"{order.prefix}/" if order.prefix else ""
    return lambda target: whole_site(files, prefix)


def lines_of(order: Order, target: Target, changes: Changes, dry_run: bool) -> Iterator[str]:
    """What was changed, or would be; the paths are not made safe."""
    what = f"preview {order.preview or order.remove_preview}" if order.preview or order.remove_preview else "the site"
    there = target.describe()
    if not changes:
        yield f"Nothing to do: {there} has {'no' if order.remove_preview else 'just this'} {what.removeprefix('the ')}."
    elif dry_run:
        yield f"Would {_verb(order, 'publish', 'remove')} {what} {_to(order)} {there}: {_counts(changes)}."
        for word, paths in (("add", changes.added), ("change", changes.changed), ("delete", changes.deleted)):
            yield from (f"  {word} {path}" for path in sorted(paths, key=_pages_first)[:SHOWN_PATHS])
            if len(paths) > SHOWN_PATHS:
                yield f"  {word} {len(paths) - SHOWN_PATHS:,} more"
    elif order.target in HOSTS:
        yield f"Prepared {what} in {there}: {_counts(changes)}."
    else:
        yield f"{_verb(order, 'Published', 'Removed')} {what} {_to(order)} {there}: {_counts(changes)}."


def _pages_first(path: str) -> tuple[bool, bool, str]:
    return "/" in path, not path.endswith(".html"), path


def _verb(order: Order, publishing: str, removing: str) -> str:
    return removing if order.remove_preview else publishing


def _to(order: Order) -> str:
    return "from" if order.remove_preview else "to"


def _counts(changes: Changes) -> str:
    """The numbers of files, and the bytes of those that are new."""
    added, changed, deleted = map(len, (changes.added, changes.changed, changes.deleted))
    return f"{plural(added, 'file')} added, {changed:,} changed, {deleted:,} deleted, {size(changes.size)}"


def closing_lines(order: Order, target: Target) -> Iterator[str]:
    """Where the site can be seen, if that is known, and what is left to do."""
    if order.target in HOSTS:
        yield "To publish it, run:"
        yield from (f"  {line.format(folder=order.folder)}" for line in HOSTS[order.target].commands)
    address = address_of(target) if isinstance(target, Branch) and not order.remove_preview else ""
    folder = preview_folder(order.preview) if order.preview else f"{order.prefix}/" if order.prefix else ""
    if address:
        yield f"It will be at {address}{folder} once the host has taken it from the branch."
