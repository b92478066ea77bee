"""Values that are assigned to keys which name secrets: `password: hunter2`, `--api-key=...`, `"client_secret": "..."`.

They are looked for in configuration, notes and Python code. In JavaScript, and in the scripts of an HTML page, such a
value counts only if it is a quoted string that looks random: `credentials:"same-origin"` is program text.
"""

from __future__ import annotations

import re
import string

from sitegen.privacy.keys import is_ordinary, is_placeholder, secret_key
from sitegen.privacy.scanner import Found, Rule

# Lower-case parts of the keys that `secret_key` knows; it judges the whole key.
_KEY_PARTS = (
    "pass pwd secret credential dsn token key connection db_url dburl database webhook auth cookie session sas bearer"
    " otp pin b_pat f_api"
).split()
_KEY_CHARACTERS = string.ascii_letters + string.digits + "_.-"
_REST_OF_KEY = re.compile(
    r"[A-Za-z0-9_.-]{0,40}+(?=\\?[\"']?[ \t]{0,4}[=:])|([A-Za-z0-9_.-]{0,40}+)(?=[ \t]{1,4}[^\s=:-])"
)
"""The rest of a key that has a value; the group is there if the value is that of an argument."""
_MAX_KEY = 80
_VALUE = re.compile(
    r"\\?[\"']?[ \t]{0,4}[=:][ \t]{0,4}"
    r"(?:\\?\"([^\"\n\\]{1,400})|'([^'\n]{1,400})|(?![\w.]*[(\[])([^\s\"',;&<>{}()\[\]$]{4,400}))"
)
_ARGUMENT = re.compile(r"[ \t]{1,4}(?:\"([^\"\n\\]{1,400})|'([^'\n]{1,400})|(?!-)([^\s\"',;&<>{}()\[\]$]{4,400}))")
"""The value behind `--password`, in a command line."""
_CODE = re.compile(r"(?:os|self|args|config|cfg|str|settings|env|secrets?)\b[.:]?|(?:Bearer|Basic)$|[*•x.]+$|\$|%\(|//")
_DRAWN = re.compile(r"(?=[^\"']{0,400}[0-9])(?=[^\"']{0,400}[A-Za-z])[A-Za-z0-9_+/=.~-]{12,}")
_CLOSING = {name: re.compile(rf"<\\?/{name}", re.IGNORECASE) for name in ("script", "style")}
_SCRIPT = re.compile(r"<(script|style)\b(?![^>]{0,300}json)[^>]{0,1000}>", re.IGNORECASE)


def assigned(text: str, at: int, end: int) -> Found | None:
    """The value of the key around `at`."""
    if end - at == 3 and text[at] in "kK" and text[at - 1 : at] not in _KEY_CHARACTERS:
        return None  # `key` alone is no secret's
    behind = _REST_OF_KEY.match(text, end)
    if not behind:
        return None
    end = behind.end()
    start = max(0, at - _MAX_KEY)
    start += len(text[start:at].rstrip(_KEY_CHARACTERS))
    is_argument = behind[1] is not None
    if is_argument and not text.startswith("--", start):
        return None
    rule = secret_key(text[start:end])
    match = (_ARGUMENT if is_argument else _VALUE).match(text, end) if rule else None
    if not match:
        return None
    group = match.lastindex or 0
    if not rule or not _is_secret(match[group], text[start:end]):
        return None
    return Found(*match.span(group), rule, mask(rule), True)


def _is_secret(value: str, key: str) -> bool:
    if is_placeholder(value) or _CODE.match(value) or value == key:
        return False
    return not (is_ordinary(key) and value.isalpha())


ASSIGNED = Rule(tuple(_KEY_PARTS), assigned)


def mask(rule: str) -> str:
    """Replaces a secret. No spaces, so that an address around it stays one word."""
    return f"•••({rule})"


def without_program_text(text: str, found: list[Found], is_code: bool) -> list[Found]:
    """`found` in `text` without assigned values that are program text; `is_code`: all of it is JavaScript or CSS."""
    if not any(one.rule.startswith("key-") for one in found):
        return found
    spans = [(0, len(text))] if is_code else _scripts(text)
    return [one for one in found if not one.rule.startswith("key-") or _counts(text, one, spans)] if spans else found


def _counts(text: str, found: Found, spans: list[tuple[int, int]]) -> bool:
    """Whether a value that may be program text, which is in `spans`, is a secret anyway."""
    if not any(start <= found.start < end for start, end in spans):
        return True
    return text[found.start - 1] in "\"'" and bool(_DRAWN.fullmatch(text, found.start, found.end))


def _scripts(text: str) -> list[tuple[int, int]]:
    """Where the scripts and styles of HTML are; in JSON their ends may be written `<\\/script>`."""
    spans: list[tuple[int, int]] = []
    for match in _SCRIPT.finditer(text):
        if not spans or match.start() >= spans[-1][1]:
            end = _CLOSING[match[1].lower()].search(text, match.end())
            spans.append((match.end(), end.start() if end else len(text)))
    return spans
