"""HTML artifacts, shown in a frame that can reach nothing: not the site, not the network, not the reader's storage."""

from __future__ import annotations

import re

from sitegen.viewers.blocks import Block, Frame, Sentence
from sitegen.viewers.reading import Unreadable

HTML_CAP = 6_000_000
"""Characters of a page that is shown. Figures of plotly that bring their library have 4.6 MB."""

FRAME_POLICY = (
    "default-src 'none'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'none'; frame-src 'none'; worker-src 'none'; "
    "base-uri 'none'; form-action 'none'"
)
"""The policy of a page with such a frame, which inherits it: any script and style, no network at all."""

_LOADS = r"<(?:script|link|iframe|img)\b[^>]{0,2000}?\b(?:src|href)\s*=\s*[\"']?"
_OUTSIDE = re.compile(_LOADS + r"(?:https?:)?//", re.IGNORECASE)
_SIBLING = re.compile(_LOADS + r"(?!data:|#|//|[a-z]+:)[\w./]", re.IGNORECASE)


def frame_view(text: str) -> tuple[Block, ...]:
    """A page in its frame, and what will be missing from it. Raises Unreadable."""
    if len(text) > HTML_CAP:
        raise Unreadable("The page is too large to be shown in a frame; its text is linked above.")
    notes = []
    if _OUTSIDE.search(text):
        notes.append("It asks for files from the web, which are not loaded here; what depends on them stays blank.")
    if _SIBLING.search(text):
        notes.append("It refers to files beside it, which are not loaded here.")
    return (*(Sentence(note) for note in notes), Frame(text))
