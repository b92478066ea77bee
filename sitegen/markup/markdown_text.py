"""Text of a store inside Markdown that a host renders: every character that means something there as an entity."""

from __future__ import annotations

import re

from sitegen.analysis.labels import one_line

_SPECIAL = re.compile(r"[&<>|`*_\[\](){}\\~#!@$:^+-]")
# Between letters and digits these mean nothing, and numbers, ids and names stay readable in the source.
_PLAIN = re.compile(r"(?<=\w)[-_](?=\w)")


def markdown_text(text: str) -> str:
    """`text` for one cell or line of Markdown on GitHub or GitLab: no markup, mention, link or command of CI."""
    shown = one_line(text)
    kept = {match.start() for match in _PLAIN.finditer(shown)}
    return _SPECIAL.sub(lambda match: match[0] if match.start() in kept else f"&#{ord(match[0])};", shown)
