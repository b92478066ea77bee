"""What changed between two texts, line by line, as pages show it."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass

MAX_LINES = 500
"""Texts with more lines are not compared: the time grows with the square."""
CONTEXT = 2


@dataclass(frozen=True, slots=True)
class DiffLine:
    """A line of a diff."""

    sign: str
    """`-` for a line that is gone, `+` for one that came, a space for one that stayed, `…` where lines are left out."""
    look: str
    """The class that colours it: `gone`, `come`, `skipped` or empty."""
    text: str
    """The line."""


def line_diff(before: str, after: str) -> tuple[DiffLine, ...]:
    """The lines that differ with two lines around them; none if the texts are equal or too long to be compared."""
    old, new = before.splitlines(), after.splitlines()
    if old == new or max(len(old), len(new)) > MAX_LINES:
        return ()
    return tuple(_lines(old, new))


def _lines(old: list[str], new: list[str]) -> Iterator[DiffLine]:
    groups = difflib.SequenceMatcher(None, old, new, autojunk=False).get_grouped_opcodes(CONTEXT)
    for at, group in enumerate(groups):
        if at:
            yield DiffLine("…", "skipped", "")
        for tag, a, b, c, d in group:
            if tag == "equal":
                yield from (DiffLine(" ", "", line) for line in old[a:b])
                continue
            yield from (DiffLine("-", "gone", line) for line in old[a:b])
            yield from (DiffLine("+", "come", line) for line in new[c:d])
