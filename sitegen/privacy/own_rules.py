"""The user's own rules: what `[privacy]` in `sitegen.toml` adds to the built-in ones, and what it takes back.

Own patterns are matched by RE2, whose time grows with the text whatever the pattern, so that no pattern together with
no text of a store can stop a build. It comes with the extra `patterns`, and is imported only when a pattern is given.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Any

from sitegen.privacy.assigned import mask
from sitegen.privacy.profile import MASK, Privacy
from sitegen.privacy.scan import scan, scan_short
from sitegen.privacy.scanner import Found, joined

MAX_PATTERN = 1_000
"""Characters of an own pattern."""
_ASSIGNED_KEY = re.compile(r"([A-Za-z0-9_.-]{1,80})\\?[\"']?[ \t]{0,4}[=: ][ \t]{0,4}\\?[\"']?\Z")
_MAX_BEFORE = 100
"""Characters before a value in which its key is looked for."""


class PatternError(ValueError):
    """An own pattern that cannot be used, as the end of a sentence: "is not ..."."""


def found_in(text: str, privacy: Privacy, is_code: bool = False, is_document: bool = False) -> Sequence[Found]:
    """What is to be hidden in `text` by the built-in rules and the own patterns, in order, without overlaps.

    Without the values of keys that are to be shown; values that are allowed are still among them (`privacy.allows`).
    `is_code`: all of it is JavaScript or CSS. `is_document`: it is a whole file, which may take longer than a field.
    """
    whole = is_code or is_document
    found: Sequence[Found] = scan(text, privacy.public, is_code) if whole else scan_short(text, privacy.public)
    if found and MASK in text:  # what has been cleaned already stays as it is
        found = [one for one in found if not (one.is_secret and MASK in text[one.start : one.end])]
    if found and privacy.show_keys:
        found = [one for one in found if not _is_shown(text, one, privacy)]
    if privacy.patterns:
        found = joined([*found, *_own(text, privacy.patterns)])
    return found


def secrets_in(text: str, privacy: Privacy, is_code: bool = False) -> list[Found]:
    """Those of `found_in` that are secrets."""
    return [one for one in found_in(text, privacy, is_code) if one.is_secret]


def is_listed(key: str, names: tuple[str, ...]) -> bool:
    """Whether `key` is one of `names`, which may be globs such as `billing.*`."""
    return any(fnmatchcase(key, name) for name in names)


def check_pattern(pattern: str) -> None:
    """Raises PatternError for a pattern that is too long, that RE2 does not take, or that matches nothing at all."""
    if len(pattern) > MAX_PATTERN:
        raise PatternError(f"is longer than {MAX_PATTERN:,} characters")
    try:
        compiled = _compiled(pattern)
    except ImportError as error:
        raise PatternError("needs an extra: pip install 'mlruns-sitegen[patterns]'") from error
    except Exception as error:  # the library's own class, which cannot be named without importing it
        message = error.args[0] if error.args else error
        text = message.decode("utf-8", "replace") if isinstance(message, bytes) else str(message)
        raise PatternError(f"is not a pattern of RE2 ({text})") from error
    if compiled.search(""):
        raise PatternError("matches an empty string, so it would match everywhere")


@lru_cache(maxsize=100)
def _compiled(pattern: str) -> Any:
    import re2

    options = re2.Options()
    options.log_errors = False
    return re2.compile(pattern, options)


def _own(text: str, patterns: tuple[tuple[str, str], ...]) -> Iterator[Found]:
    text = text.encode("utf-8", "replace").decode("utf-8")  # half a surrogate pair is not text for RE2
    for name, pattern in patterns:
        for match in _compiled(pattern).finditer(text):
            start, end = match.span()
            if end > start:
                yield Found(start, end, name, mask(name), True)


def _is_shown(text: str, secret: Found, privacy: Privacy) -> bool:
    """Whether a secret is one only by its key, and the key is to be shown."""
    if not secret.rule.startswith("key-"):
        return False
    key = _ASSIGNED_KEY.search(text[max(0, secret.start - _MAX_BEFORE) : secret.start])
    return key is not None and is_listed(key[1].lstrip("-"), privacy.show_keys)
