"""What a site may show, and what was found and hidden: the value types of this room."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass
from typing import Literal

MASK = "•••"
"""What stands in place of anything hidden; behind it may be a rule in parentheses."""
Hidden = Counter[str]
"""How many private facts were hidden, by kind in the plural: `user names`, `paths`, `emails`, `host names`, ..."""


@dataclass(frozen=True, slots=True)
class Privacy:
    """What a site may show: `public` hides private facts, `internal` shows them; neither shows a secret."""

    profile: Literal["public", "internal"] = "public"
    allow: frozenset[str] = frozenset()
    """Fingerprints of values that are shown although a rule takes them for secrets."""
    patterns: tuple[tuple[str, str], ...] = ()
    """Own rules: name and pattern (`own_rules.py`), whose matches are masked like secrets."""
    hide_keys: tuple[str, ...] = ()
    """Names or globs of params, metrics and tags that are left out."""
    show_keys: tuple[str, ...] = ()
    """Names or globs of keys that neither make their value a secret nor a private fact."""

    @property
    def public(self) -> bool:
        return self.profile == "public"

    def finding(self, where: str, rule: str, value: str) -> Finding:
        """The finding of `value` by `rule` at the place `where`."""
        mark = fingerprint(rule, value)
        return Finding(where, rule, mark, mark in self.allow)


@dataclass(frozen=True, slots=True)
class Finding:
    """A secret that was found: where (`run 4f..: params.api_key`), by which rule, and a name for it.

    `fingerprint` is 8 hex digits of a hash of rule and value: enough for a config to allow it, too little to confirm
    a guessed password, since thousands of values share it.
    """

    where: str
    rule: str
    fingerprint: str
    is_allowed: bool = False
    """Whether the settings allow this value, which then is not masked."""


def fingerprint(rule: str, value: str) -> str:
    """The name of a value that a rule found: see `Finding`."""
    return hashlib.sha256(f"{rule}\0{value}".encode("utf-8", "surrogatepass")).hexdigest()[:8]
