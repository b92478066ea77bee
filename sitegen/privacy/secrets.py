"""Find the secrets in a text: by their shape, and by the key that they are assigned to.

No rule looks for random strings: commit ids and run ids are data.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from functools import partial

from sitegen.privacy.assigned import ASSIGNED, mask
from sitegen.privacy.scanner import Found, Rule, Scanner
from sitegen.privacy.shapes import SHAPES, Shape


def _of_shape(shape: Shape, text: str, at: int, end: int) -> Found | None:
    match = shape.pattern.match(text, at)
    if not match:
        return None
    start, end = match.span(match.lastindex or 0)
    if shape.before:
        before = text[max(0, at - _MAX_BEFORE) : at]
        start -= len(before) - len(before.rstrip(shape.before))
    return Found(start, end, shape.rule, mask(shape.rule), True)


_MAX_BEFORE = 80
_ENCODED = re.compile(r"eyJ[A-Za-z0-9+/]{40,4000}={0,2}(?![A-Za-z0-9+/=])")


def _encoded(text: str, at: int, end: int) -> Found | None:
    """A JSON object in base64 that holds a secret, as the tokens of Neptune and Comet and registries' logins do."""
    match = _ENCODED.match(text, at)
    if not match or text[match.end() : match.end() + 1] == ".":
        return None
    whole = match[0][: len(match[0]) // 4 * 4]
    decoded = base64.b64decode(whole).decode("utf-8", "replace")
    inside = _PLAIN.find(decoded)
    return Found(*match.span(), inside[0].rule, mask(inside[0].rule), True) if inside else None


def _rules() -> Iterator[Rule]:
    for shape in SHAPES:
        yield Rule(tuple(dict.fromkeys(anchor.lower() for anchor in shape.anchors)), partial(_of_shape, shape))
    yield ASSIGNED


_PLAIN = Scanner(_rules())
SECRET_RULES = (*_rules(), Rule(("eyj",), _encoded))
