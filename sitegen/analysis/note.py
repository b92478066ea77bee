"""The metric that an experiment's note names as the one that decides."""

from __future__ import annotations

import re
from collections.abc import Collection

from sitegen.analysis.direction import Better

MAX_NOTE = 20_000
"""Maximum number of characters of a note that are searched."""

_DECIDING = re.compile(
    r"\b(?:primary|main|key|target|selection) metric|\bobjective\b|\bjudged?\b|\b(?:compared?|ranked?|select(?:ed)?) by"
    r"|\bbest by|\boptimi[sz]e|\bminimi[sz]|\bmaximi[sz]|\b(?:lower|higher) is better",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")
_LOWER = re.compile(r"\bminimi[sz]|\blower\b|\blowest\b|\bsmallest\b|\bleast\b", re.IGNORECASE)
_HIGHER = re.compile(r"\bmaximi[sz]|\bhigher\b|\bhighest\b|\blargest\b", re.IGNORECASE)


def find_noted(note: str, metrics: Collection[str]) -> tuple[str, Better | None] | None:
    """The one of `metrics` that `note` names in a sentence on what decides, with the direction that it says, if any.

    None if it names none or several there: a note that lists what was logged chooses nothing.
    """
    for sentence in _SENTENCE.split(note[:MAX_NOTE]):
        if not _DECIDING.search(sentence):
            continue
        named = [metric for metric in metrics if metric in sentence and _stands_alone(metric, sentence)]
        longest = [one for one in named if not any(one != other and one in other for other in named)]
        if len(longest) == 1:
            return longest[0], _direction(sentence)
    return None


def _stands_alone(metric: str, sentence: str) -> bool:
    return re.search(rf"(?<![\w/.-]){re.escape(metric)}(?![\w/-])", sentence) is not None


def _direction(sentence: str) -> Better | None:
    lower, higher = _LOWER.search(sentence) is not None, _HIGHER.search(sentence) is not None
    return None if lower == higher else "min" if lower else "max"
