"""One pass over a string for everything that may have to be hidden: secrets by shape, secrets by key, private facts.

Each rule has anchors, short lower-case strings of which every text that the rule finds contains one. All anchors are
looked for at once (Aho-Corasick), and a rule is tried only where one of its own was found, so that a text without any
costs a single pass. A rule looks at a bounded piece of text around its anchor, which keeps hostile texts linear.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property
from typing import NamedTuple

import ahocorasick_rs

MAX_EFFORT = 1_500_000
"""How often rules are tried on one string at the most, which takes less than a second."""
FIND_EFFORT = 10
TOO_MUCH = "texts that are too much to check"
"""The rule, or kind of private fact, of what was not looked at any more."""
_WINDOW, _MAX_ANCHOR = 65_536, 64
"""Characters that are looked at at once, and that no anchor exceeds."""


class Found(NamedTuple):
    """What is to be hidden: where it is in the string, the rule that found it, and what is shown in its place."""

    start: int
    end: int
    rule: str
    shown: str
    is_secret: bool


class Rule(NamedTuple):
    """A rule: `find` gets the string and where an anchor begins and ends, and returns what it finds there."""

    anchors: tuple[str, ...]
    find: Callable[[str, int, int], Found | None]


class Scanner:
    """Finds what `rules` find."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._rules = tuple(rules)

    @cached_property
    def _by_anchor(self) -> dict[str, tuple[int, ...]]:
        """For each anchor, the numbers of its rules."""
        found: dict[str, tuple[int, ...]] = {}
        for number, rule in enumerate(self._rules):
            for anchor in rule.anchors:
                found[anchor] = (*found.get(anchor, ()), number)
        return found

    @cached_property
    def _automaton(self) -> ahocorasick_rs.AhoCorasick:
        # The default kind is chosen by the number of anchors and is three times slower here.
        return ahocorasick_rs.AhoCorasick(list(self._by_anchor), implementation=ahocorasick_rs.Implementation.DFA)

    @cached_property
    def _tried(self) -> tuple[tuple[tuple[int, Callable[[str, int, int], Found | None]], ...], ...]:
        """For each anchor, in the automaton's order, number and function of its rules."""
        return tuple(tuple((n, self._rules[n].find) for n in numbers) for numbers in self._by_anchor.values())

    def find(self, text: str, effort: int = MAX_EFFORT) -> list[Found]:
        """What the rules find in `text`, in order; overlapping finds are joined to one.

        `effort` bounds how often a rule is tried (a find counts as `FIND_EFFORT` tries): where it is used up, all that
        follows in the text is a find of the rule `TOO_MUCH`.
        """
        found: list[Found] = []
        done: dict[int, int] = {}
        lower, tried = _lower(text), self._tried
        for base in range(0, len(text), _WINDOW):
            piece = lower if len(text) <= _WINDOW else lower[base : base + _WINDOW + _MAX_ANCHOR]
            for anchor, start, end in self._automaton.find_matches_as_indexes(piece, overlapping=True):
                if start >= _WINDOW and len(text) > _WINDOW:
                    continue  # the next piece begins with it
                for number, find in tried[anchor]:
                    effort -= 1
                    if base + start >= done.get(number, 0) and (one := find(text, base + start, base + end)):
                        found.append(one)
                        done[number] = one.end
                        effort -= FIND_EFFORT
            if effort < 0:
                rest = min(max(base + _WINDOW, *done.values(), 0), len(text))
                return joined([*found, Found(rest, len(text), TOO_MUCH, "•••", False)] if rest < len(text) else found)
        return joined(found) if len(found) > 1 else found


def _lower(text: str) -> str:
    """`text` with its ASCII letters in lower case, as long as before; half a surrogate pair becomes `?`."""
    return text.lower() if text.isascii() else text.encode("utf-8", "replace").lower().decode("utf-8")


def joined(found: list[Found]) -> list[Found]:
    """`found` in order, overlapping ones as one: a secret if one of them is, by the rule of the first or longest."""
    apart: list[Found] = []
    for one in sorted(found, key=lambda one: (one.start, -one.end, not one.is_secret)):
        last = apart[-1] if apart else None
        if last is None or one.start >= last.end:
            apart.append(one)
        elif one.is_secret and not last.is_secret:
            apart[-1] = one._replace(start=last.start, end=max(one.end, last.end))
        elif one.end > last.end:
            shown = last.shown if last.is_secret else "•••"
            apart[-1] = last._replace(end=one.end, shown=shown)
    return apart


def hidden_in(text: str, found: Iterable[Found]) -> str:
    """`text` with what was `found` in it replaced."""
    pieces, at = [], 0
    for one in found:
        pieces += [text[at : one.start], one.shown]
        at = one.end
    return "".join(pieces) + text[at:]
