"""The tags of an untrusted page that load something, lead somewhere or open a connection, one by one.

A tag is taken apart as a browser does it (the tokenizer of the HTML standard). Tags are found wherever their text is,
in comments, scripts and values of attributes too, since where a browser sees them depends on all that stands before.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

NEVER = ("link", "meta", "base", "iframe", "frame", "frameset", "fencedframe", "portal", "object", "embed", "applet")
"""Elements that no frame holds. A browser looks up the host of a `link`, and connects to it, whatever the policy says;
it does the same for the page that a nested frame or a `meta` asks for, before it refuses to load it; and a nested frame
has objects of its own, which `frame-guard.js`, with the same list, would not have changed."""
VOID = frozenset(("link", "meta", "base", "frame", "embed"))
EMPTY = "<meta>"
"""Stands for a void element: one that says nothing, and that is allowed in the head of a page."""
LOADING = ("img", "script", "source", "video", "audio", "image", "use", "input")
LINKS = ("a", "area")
ANIMATIONS = ("animate", "set")

_TAGS = "|".join(sorted((*NEVER, *LOADING, *LINKS, *ANIMATIONS), key=len, reverse=True))
_NAME = r"=?[^\t\n\f\r /=<>]+|="
_VALUE = r"\"[^\"]*\"|'[^']*'|[^\t\n\f\r <>\"'][^\t\n\f\r <>]*"
_EQUALS = r"[\t\n\f\r ]*=[\t\n\f\r ]*"
_ANY = rf"[\t\n\f\r /]*(?:{_NAME})(?:{_EQUALS}(?:{_VALUE})?)?"
_ATTRIBUTE = re.compile(rf"(?P<before>[\t\n\f\r /]*)(?P<name>{_NAME})(?:{_EQUALS}(?P<value>{_VALUE})?)?")
MAX_ATTRIBUTES = 32
"""Maximum number of attributes of a tag that is taken apart; bounds the time for each `<` of a hostile page."""
_TAG = re.compile(
    rf"<(?P<name>{_TAGS})(?=[\t\n\f\r />])(?P<whole>(?P<attributes>(?:{_ANY}){{0,{MAX_ATTRIBUTES}}}+[\t\n\f\r /]*)>)?",
    re.IGNORECASE | re.ASCII,
)
_INNER = re.compile(rf"<(?=(?:{'|'.join((*LINKS, *ANIMATIONS))})\b)", re.IGNORECASE | re.ASCII)
_LEFT = re.compile(rf"(</?)(?!meta>)(?=(?:{'|'.join(NEVER)})(?![a-z0-9-]))", re.IGNORECASE | re.ASCII)

Attribute = Callable[[str, str], str | None]
"""What stands in the place of an attribute, given its name and value: "" for nothing, None where it stays as it is."""


def each_tag(text: str, change: Callable[[str, str], str | None]) -> str:
    """`text` with its tags changed.

    `change` takes the lower-case name and the text of the attributes, and returns what stands there, or None for a tag
    that must not be there. One that is too odd to be taken apart is renamed, unless it could only load a file.
    """

    def changed(found: re.Match[str]) -> str:
        name = found["name"].lower()
        if found["whole"] is None:
            return found[0] if name in LOADING else f"<sitegen-{found['name']}"
        # A browser may see the tag that is inside a value, and not this one.
        made = change(name, _INNER.sub("&lt;", found["attributes"]))
        if made is None:
            return EMPTY if name in VOID else f"<sitegen-{found['name']}>"
        return made

    return _LEFT.sub(r"\1sitegen-", _TAG.sub(changed, text))


def each_attribute(attributes: str, change: Attribute) -> str:
    """`attributes`, the text of them all, with each one changed. Of equal names the first counts, and is kept."""
    seen: set[str] = set()

    def changed(found: re.Match[str]) -> str:
        name = found["name"].lower()
        made = "" if name in seen else change(name, value_of(found["value"] or ""))
        seen.add(name)
        return found[0] if made is None else f"{found['before'] or ' '}{made}"

    return _ATTRIBUTE.sub(changed, attributes)


def attribute(attributes: str, name: str) -> str:
    """The value of the first attribute that is called `name`; empty if there is none."""
    every = ((found["name"].lower(), found["value"] or "") for found in _ATTRIBUTE.finditer(attributes))
    return next((value_of(value) for key, value in every if key == name), "")


def value_of(written: str) -> str:
    """The value of an attribute from how it is written."""
    quoted = written[:1] in ("'", '"')
    return unescape(written[1:-1] if quoted else written).strip()
