"""Find the secrets in a text: by their shape, and by the key that they are assigned to.

`password: hunter2`, `--api-key=...` and `"client_secret": "..."` are looked for in configuration, notes and Python
code. In JavaScript, and in the scripts of an HTML page, such a value counts only if it is a quoted string that looks
random: `credentials:"same-origin"` is program text. No rule looks for random strings elsewhere.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterator
from typing import NamedTuple

from sitegen.privacy.keys import is_placeholder, secret_key
from sitegen.privacy.shapes import ANCHORED, MAX_STEM, SHAPES, STEMS, Shape

# In a short text one search for all anchors costs less than one for each.
_SHORT = 500
_ANCHOR = re.compile("|".join(re.escape(anchor) for shape in SHAPES for anchor in shape.anchors))
# Lower-case parts of the keys that `secret_key` knows; it judges the whole key.
_KEY_PARTS = tuple(
    "pass pwd secret credential dsn token key connection db_url dburl database webhook auth cookie session sas bearer"
    " otp pin b_pat f_api".split()
)
_ASSIGNED_HINT = re.compile(r"[A-Za-z0-9_][\"']?[ \t]{0,4}[=:]|--[A-Za-z]")
_ALPHANUMERIC = string.ascii_letters + string.digits
_KEY_CHARACTERS = _ALPHANUMERIC + "_.-"
_RUN = re.compile(r"[_.-](?=[A-Za-z0-9_.-]{12})")
_KEY_REST = re.compile(r"[A-Za-z0-9_.-]{0,40}")
_MAX_KEY = 80
_VALUE = re.compile(
    r"\\?[\"']?[ \t]{0,4}[=:][ \t]{0,4}"
    r"(?:\\?\"([^\"\n\\]{1,400})|'([^'\n]{1,400})|(?![\w.]*[(\[])([^\s\"',;&<>{}()\[\]$]{4,400}))"
)
_ARGUMENT = re.compile(r"[ \t]{1,4}(?:\"([^\"\n\\]{1,400})|'([^'\n]{1,400})|(?!-)([^\s\"',;&<>{}()\[\]$]{4,400}))")
"""The value behind `--password`, in a command line."""
_CODE = re.compile(r"(?:os|self|args|config|cfg|str|settings|env|secrets?)\b[.:]?|(?:Bearer|Basic)$|[*•x.]+$|\$|%\(|//")
_DRAWN = re.compile(r"(?=[^\"']{0,400}[0-9])(?=[^\"']{0,400}[A-Za-z])[A-Za-z0-9_+/=.~-]{12,}")
_SCRIPT = re.compile(r"<(script|style)\b(?![^>]{0,300}json)[^>]{0,1000}>", re.IGNORECASE)


class Secret(NamedTuple):
    """Where in a string a secret is, and which rule found it."""

    start: int
    end: int
    rule: str


def mask(rule: str) -> str:
    """Replaces a secret. No spaces, so that an address around it stays one word."""
    return f"•••({rule})"


def find_secrets(text: str, is_code: bool = False) -> list[Secret]:
    """The secrets in `text`, in order, without overlaps; `is_code`: all of it is JavaScript or CSS."""
    found: list[Secret] = []
    if len(text) > _SHORT or _ANCHOR.search(text):
        found += _of_stems(text)
        found += (secret for shape in ANCHORED for secret in _of_shape(shape, text))
    if len(text) > _SHORT or _ASSIGNED_HINT.search(text):
        found += _assigned(text, is_code)
    return apart(sorted(found)) if found else found


def masked(text: str, secrets: list[Secret]) -> str:
    """`text` with `secrets` (from `find_secrets`) masked."""
    pieces, at = [], 0
    for secret in secrets:
        pieces += [text[at : secret.start], mask(secret.rule)]
        at = secret.end
    return "".join(pieces) + text[at:]


def _of_stems(text: str) -> Iterator[Secret]:
    """Tokens such as `ghp_...` and `sk-...`, by the word before the first `_`, `-` or `.` of a long run."""
    end = 0
    for match in _RUN.finditer(text):
        at = match.start()
        if at < end:
            continue
        before = text[max(0, at - MAX_STEM - 1) : at]
        start = at - len(before) + len(before.rstrip(_ALPHANUMERIC))
        for shape in STEMS.get(text[start:at], ()):
            if token := shape.pattern.match(text, start):
                end = token.end()
                yield Secret(*token.span(token.lastindex or 0), shape.rule)
                break


def _of_shape(shape: Shape, text: str) -> Iterator[Secret]:
    for anchor in shape.anchors:
        at = text.find(anchor)
        while at >= 0:
            match = shape.pattern.match(text, at)
            if match:
                yield Secret(*match.span(match.lastindex or 0), shape.rule)
            at = text.find(anchor, match.end() if match else at + len(anchor))


def _assigned(text: str, is_code: bool) -> Iterator[Secret]:
    """Values assigned to keys that name secrets."""
    lower = text.replace("\u0130", "I").lower()  # the one letter that is longer in lower case
    scripts: list[tuple[int, int]] | None = None
    for part in _KEY_PARTS:
        at = lower.find(part)
        while at >= 0:
            rest = _KEY_REST.match(text, at + len(part))
            end = rest.end() if rest else at + len(part)
            secret = _value_of(text, at, end)
            if secret and (is_code or "<script" in lower or "<style" in lower):
                scripts = _scripts(text, lower) if scripts is None else scripts
                secret = secret if _counts(text, secret, is_code, scripts) else None
            if secret:
                yield secret
            at = lower.find(part, max(end, secret.end if secret else 0))


def _value_of(text: str, at: int, end: int) -> Secret | None:
    """The secret behind the key around `at`, which ends at `end`."""
    match = _VALUE.match(text, end) or _ARGUMENT.match(text, end)
    if not match:
        return None
    start = max(0, at - _MAX_KEY)
    start += len(text[start:at].rstrip(_KEY_CHARACTERS))
    if match.re is _ARGUMENT and not text.startswith("--", start):
        return None
    rule = secret_key(text[start:end])
    if not rule:
        return None
    group = match.lastindex or 0
    value = match[group]
    if is_placeholder(value) or _CODE.match(value) or value == text[start:end]:
        return None
    if rule in ("key-token", "key-pass") and not any(map(str.isdigit, value)):
        return None  # `token: word` is grammar far more often than a password
    return Secret(*match.span(group), rule)


def _counts(text: str, secret: Secret, is_code: bool, scripts: list[tuple[int, int]]) -> bool:
    """Whether a value that may be program text is a secret anyway."""
    if not is_code and not any(start <= secret.start < end for start, end in scripts):
        return True
    return text[secret.start - 1] in "\"'" and bool(_DRAWN.fullmatch(text, secret.start, secret.end))


def _scripts(text: str, lower: str) -> list[tuple[int, int]]:
    """Where the scripts and styles of HTML are; in JSON their ends may be written `<\\/script>`."""
    spans: list[tuple[int, int]] = []
    for match in _SCRIPT.finditer(text):
        if not spans or match.start() >= spans[-1][1]:
            name = match[1].lower()
            ends = [end for mark in (f"</{name}", f"<\\/{name}") if (end := lower.find(mark, match.end())) >= 0]
            spans.append((match.end(), min(ends, default=len(text))))
    return spans


def apart(secrets: list[Secret]) -> list[Secret]:
    """`secrets` (sorted) with overlapping ones joined."""
    apart: list[Secret] = []
    for secret in secrets:
        if apart and secret.start < apart[-1].end:
            last = apart.pop()
            secret = Secret(last.start, max(last.end, secret.end), last.rule)
        apart.append(secret)
    return apart
