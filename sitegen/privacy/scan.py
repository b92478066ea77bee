"""Everything that a profile hides in a string: secrets, and in the profile `public` private facts, in one pass."""

from __future__ import annotations

from functools import lru_cache

from sitegen.privacy.assigned import without_program_text
from sitegen.privacy.hosts import HOST_RULES
from sitegen.privacy.places import PLACE_RULES
from sitegen.privacy.scanner import Found, Scanner
from sitegen.privacy.secrets import SECRET_RULES

_SECRETS = Scanner(SECRET_RULES)
_ALL = Scanner((*SECRET_RULES, *PLACE_RULES, *HOST_RULES))
_MEMO_CHARACTERS = 200
"""Strings up to this length are remembered: most names, params and tags are those of other runs too."""


def scan(text: str, public: bool, is_code: bool = False) -> list[Found]:
    """What is to be hidden in `text`, in order, without overlaps; `is_code`: all of it is JavaScript or CSS."""
    return without_program_text(text, (_ALL if public else _SECRETS).find(text), is_code)


def scan_short(text: str, public: bool) -> tuple[Found, ...]:
    """As `scan`, remembered for short strings."""
    return _remembered(text, public) if len(text) <= _MEMO_CHARACTERS else tuple(scan(text, public))


@lru_cache(maxsize=20_000)
def _remembered(text: str, public: bool) -> tuple[Found, ...]:
    return tuple(scan(text, public))
