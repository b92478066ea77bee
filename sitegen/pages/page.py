"""What every page has, and what all pages of a site share. A page is a value before it is HTML."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from sitegen.addresses import NOWHERE, Href

# Every page of ours: nothing from elsewhere, nothing inline. Put first in <head>, before anything it governs.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "media-src 'self'; frame-src 'self'; worker-src 'none'; base-uri 'none'; form-action 'none'"
)


@dataclass(frozen=True)
class Site:
    """What all pages share. `assets` is the folder of styles and scripts, from the root, with a slash at its end."""

    title: str
    version: str
    assets: str
    footer: str
    digits: int
    """Hex digits that name a run's shard."""
    site_url: str = ""
    policy: str = POLICY


class Page(Protocol):
    """A page to be rendered: where it goes, which template lays it out, what it is called."""

    @property
    def path(self) -> str: ...

    @property
    def template(self) -> str: ...

    @property
    def kind(self) -> str: ...

    @property
    def title(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Fact:
    """A label over a value at the top of a page."""

    label: str
    value: str
    href: Href = NOWHERE
    mono: bool = False
    copy: str = ""


@dataclass(frozen=True, slots=True)
class PlainPage:
    """A page with nothing of its own but links to the experiments: compare, search, 404, the curve frame."""

    path: str
    template: str
    kind: str
    title: str
    experiments: tuple[tuple[Href, str], ...] = ()
