"""Everything that a profile hides in a string: secrets, and in the profile `public` private facts, in one pass."""

from __future__ import annotations

import re
from functools import lru_cache

from sitegen.privacy.assigned import without_program_text
from sitegen.privacy.hosts import HOST_RULES
from sitegen.privacy.places import PLACE_RULES, windows_paths
from sitegen.privacy.scanner import MAX_EFFORT, Found, Scanner, joined
from sitegen.privacy.secrets import SECRET_RULES

_SECRETS = Scanner(SECRET_RULES)
_ALL = Scanner((*SECRET_RULES, *PLACE_RULES, *HOST_RULES))
_FIELD_EFFORT = 10_000
_MEMO_CHARACTERS = 200
"""Strings up to this length are remembered: most names, params and tags are those of other runs too."""
_ESCAPE = re.compile(r"\\[nrtfb](?=[A-Za-z0-9/])")
"""An escape of Python or JSON before a word, which hides where the word begins."""
_MAX_BACKSLASHES = 50
_ESCAPES = {"n": 1, "r": 1, "t": 1, "f": 1, "b": 1, "x": 3, "u": 5}
"""Characters of an escape behind its backslash."""


def scan(text: str, public: bool, is_code: bool = False, effort: int = MAX_EFFORT) -> list[Found]:
    """What is to be hidden in `text`, in order, without overlaps; `is_code`: all of it is JavaScript or CSS.

    `effort` bounds the work (`Scanner.find`).
    """
    scanner = _ALL if public else _SECRETS
    flat = _ESCAPE.sub("\n\n", text) if "\\" in text else text
    found = scanner.find(flat, effort)
    if flat != text and public and not is_code:
        found = joined([*found, *windows_paths(text)])
    if found and "\\" in text:
        found = [_behind_escape(text, one) for one in found]
    return without_program_text(text, found, is_code)


def _behind_escape(text: str, found: Found) -> Found:
    r"""`found` without the letter of an escape that it begins with: of `\nada@example.org`, `ada@example.org`."""
    start = found.start
    if text[start] in _ESCAPES and is_escaped(text, start):
        start += _ESCAPES[text[start]]
    return found._replace(start=start) if start < found.end else found


def is_escaped(text: str, at: int) -> bool:
    """Whether an odd number of backslashes stands before the character at `at`."""
    before = text[max(0, at - _MAX_BACKSLASHES) : at]
    return (len(before) - len(before.rstrip("\\"))) % 2 == 1


def scan_short(text: str, public: bool) -> tuple[Found, ...]:
    """As `scan` for a field of a record: remembered for short strings, with less effort for long ones."""
    if len(text) <= _MEMO_CHARACTERS:
        return _remembered(text, public)
    return tuple(scan(text, public, effort=_FIELD_EFFORT + len(text) // 40))


@lru_cache(maxsize=20_000)
def _remembered(text: str, public: bool) -> tuple[Found, ...]:
    return tuple(scan(text, public))
