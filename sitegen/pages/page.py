"""The fields that every page has, and the values that all pages of a site share. A page is a value before it is
HTML."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from sitegen.addresses import NOWHERE, Href
from sitegen.search import SearchEntry

# Every page of ours: nothing from elsewhere, nothing inline. Put first in <head>, before anything it governs.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "media-src 'self'; frame-src 'self'; worker-src 'none'; base-uri 'none'; form-action 'none'"
)


@dataclass(frozen=True)
class Site:
    """What all pages share."""

    title: str
    """The site's title."""
    version: str
    """The version of sitegen that made the site."""
    assets: str
    """The folder of styles and scripts, from the site's root, with a slash at its end."""
    footer: str
    """What the site was made from, in a sentence without a full stop."""
    digits: int
    """How many hexadecimal digits name the shard of a run's data."""
    site_url: str = ""
    """Where the site will be, with its scheme; empty if that is not known."""
    policy: str = POLICY
    """The content security policy of every page without one of its own."""
    has_cards: bool = False
    """Whether experiments, named views and best runs have pictures that links to them show."""
    every_card: bool = False
    """Whether each run has one of its own."""
    is_indexed: bool = False
    """Whether search engines may list the site."""
    home: str = ""
    """Where readers learn more about sitegen; empty if that is not known."""
    is_packed: bool = False
    """Whether runs have no pages of their own: `runs.html` draws them from data, since there are very many."""


class Page(Protocol):
    """A page to be rendered: its path, its template, its title. A page that the search finds

    also has `search` (a `SearchEntry`), one that the home page links to has `nav` (`NavEntry`s); see `search_of` and
    `nav_of`.
    """

    @property
    def path(self) -> str:
        """Where the page goes, from the site's root."""

    @property
    def template(self) -> str:
        """The template that lays it out."""

    @property
    def kind(self) -> str:
        """What kind of page it is, in a word, for scripts and styles: `run`."""

    @property
    def title(self) -> str:
        """Its title, in its heading and in the browser."""


@dataclass(frozen=True, slots=True)
class NavEntry:
    """An entry of the home page for a family of pages: how many items they show, and a link; equal labels are
    summed."""

    label: str
    count: int
    href: Href


def search_of(page: Page) -> SearchEntry | None:
    """The search entry of `page`; None for a page that the search does not find."""
    entry: SearchEntry | None = getattr(page, "search", None)
    return entry


def nav_of(page: Page) -> tuple[NavEntry, ...]:
    """The entries of `page` on the home page; none for most."""
    entries: tuple[NavEntry, ...] = getattr(page, "nav", ())
    return entries


@dataclass(frozen=True, slots=True)
class Fact:
    """A label over a value at the top of a page."""

    label: str
    """What it is: `Duration`."""
    value: str
    """The value as text; facts without one are left out."""
    href: Href = NOWHERE
    """Where it leads; empty if it is not a link."""
    mono: bool = False
    """Whether it is shown in a monospaced font, as ids are."""
    copy: str = ""
    """What a button beside it copies; empty for no button."""


@dataclass(frozen=True, slots=True)
class PlainPage:
    """A page without content of its own besides links to the experiments: compare, search, 404, frames."""

    path: str
    template: str
    kind: str
    title: str
    experiments: tuple[tuple[Href, str], ...] = ()
    """Address and name of every experiment, for readers without scripts."""
