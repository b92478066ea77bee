"""What a check of a site finds, and the rules by which it does."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

RULES = {
    "manifest": "every file that sitegen wrote is there, with its size and hash",
    "link": "every link inside the site leads to a file and a place in it that is there",
    "executable": "no file of an artifact is one that a browser would run, by its name or content",
    "secret": "no file holds what looks like a secret",
    "policy": "every page has the content security policy first, and nothing that it would stop",
    "html": "every page is HTML whose elements are closed in order, with each id once",
    "limit": "the site is within the limits of its host",
}
"""The rules by name, each with what it asks for."""
MAX_LISTED = 10_000
"""Number of problems that are kept; further ones are only counted."""


@dataclass(frozen=True, slots=True)
class SiteProblem:
    """Something that is wrong with a file of the site: its path, the rule, and what is wrong as a phrase."""

    path: str
    rule: str
    what: str


@dataclass
class Checked:
    """What was found in a site. `size` is in bytes."""

    problems: list[SiteProblem] = field(default_factory=list)
    """The first `MAX_LISTED`, in the order of paths."""
    counts: Counter[str] = field(default_factory=Counter)
    """All problems, by rule."""
    files: int = 0
    pages: int = 0
    size: int = 0
    unlisted: int = 0
    """Files that are not in the manifest: the user's own."""
    allowed: int = 0
    """Values that look like secrets and that the settings allow."""
    hosts: dict[str, list[str]] = field(default_factory=dict)
    """What the site exceeds of each host, as phrases; empty lists where it fits."""
    near: dict[str, list[str]] = field(default_factory=dict)
    """What comes near a limit of a host."""

    def add(self, path: str, rule: str, what: str) -> None:
        """Add a problem."""
        self.counts[rule] += 1
        if len(self.problems) < MAX_LISTED:
            self.problems.append(SiteProblem(path, rule, what))

    @property
    def is_good(self) -> bool:
        return not self.counts
