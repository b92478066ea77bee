"""Which way a metric is better, read from its name.

The name is cut into parts at `/` and `.`, the parts into words: at everything that is neither letter nor digit and at
camelCase humps. Words and runs of words are looked up in `vocabulary.py`; a longer run wins over the words inside it.
The last part with a known word decides, and in it the last known word, since the last noun names the kind:
`recall_loss` is a loss, `valid_loss_Accuracy` an accuracy. Words after `at`, `per`, `of`, ... are not heads.
Weak heads (`rate`, `count`, `score`, `hit`) take their direction from the words that they go with.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from sitegen.analysis.vocabulary import (
    BAD,
    COST,
    COUNTED,
    COUNTS,
    DEVICES,
    GOOD,
    HIGHER,
    LOWER,
    NEITHER,
    RELATIONS,
    SPREADS,
    SUFFIXES,
    THINGS,
    TURNS,
    WEAKEST,
)

Better = Literal["min", "max"]

_DIRECTIONS: dict[str, Better | None] = {
    **dict.fromkeys(LOWER, "min"),
    **dict.fromkeys(BAD, "min"),
    **dict.fromkeys(HIGHER, "max"),
    **dict.fromkeys(NEITHER, None),
}
"""The direction of each entry that decides alone."""

_DECISIVE = frozenset((*SPREADS, *DEVICES))
_ENTRIES = frozenset((*_DIRECTIONS, *THINGS, *GOOD, *COUNTS, *SUFFIXES, *_DECISIVE, *TURNS, WEAKEST, "raw"))
_WORDS = frozenset(word for entry in _ENTRIES for word in entry.split()) | RELATIONS
_LONGEST = max(len(entry.split()) for entry in _ENTRIES)
_NAMESPACE = "time"
_RANK = "rank test"
"""A rank by scikit-learn's searches (`rank_test_neg_mean_squared_error`): 1 is the best, whatever was scored."""
_PARTS = re.compile(r"[/.]")
_SEPARATORS = re.compile(r"[\W_]+")
# A hump needs two characters before it, so that `mAP50` stays whole.
_HUMP = re.compile(r"(?<=[A-Za-z0-9][a-z0-9])(?=[A-Z])|(?<=[A-Za-z0-9][A-Z])(?=[A-Z][a-z])")
_FRONTS = ("train", "valid", "val", "test", "eval", "avg", "mean", "best")
_ENDS = ("macro", "micro", "weighted", "weight", "mean", "avg", "score")


@dataclass(frozen=True, slots=True)
class Direction:
    """Which way is better, the entry of the vocabulary that decided, and the word that turned it around."""

    value: Better
    token: str
    turned_by: str = ""

    @property
    def reason(self) -> str:
        """How the direction is known, as the end of a sentence: `because of the word “loss” in its name`."""
        word = f"because of the {'words' if ' ' in self.token else 'word'} “{self.token}”"
        return f"{word}, turned around by “{self.turned_by}”, in its name" if self.turned_by else f"{word} in its name"


@lru_cache(maxsize=16_384)
def direction_of(name: str) -> Direction | None:
    """Which way the metric `name` is better, or None if its name does not say."""
    parts = [_found(part) for part in _PARTS.split(name)]
    if parts[0] == [_NAMESPACE] and len(parts) > 1:  # Stable-Baselines3: `time/fps`, `time/iterations`
        del parts[0]
    found = [entry for part in parts for entry in part]
    if name.startswith("system/") or not _DECISIVE.isdisjoint(found):
        return None
    head = next((head for part in reversed(parts) if (head := _head(part))), "")
    if not head and WEAKEST in found and {*COUNTS, "raw"}.isdisjoint(found):
        head = WEAKEST
    value = "max" if head in GOOD or head == WEAKEST else _DIRECTIONS.get(head)
    turns = [entry for entry in found if entry in TURNS] if head != _RANK else []
    if value is None or len(turns) % 2 == 0:
        return Direction(value, head) if value else None
    return Direction("max" if value == "min" else "min", head, turns[0])


def _head(found: Sequence[str]) -> str:
    """The entry that decides among those `found` in a part of a name, '' if none does."""
    for phrase in _phrases(found):
        if phrase[:1] == [_RANK]:
            return _RANK
        if head := next((entry for entry in reversed(phrase) if entry in _DIRECTIONS), ""):
            return head
        good = [entry for entry in phrase if entry in GOOD]
        counted = not {*COUNTS, *THINGS, "raw"}.isdisjoint(phrase)
        if good and not (counted and ("raw" in phrase or good[-1] not in COUNTED)):
            return good[-1]
    return ""


def _phrases(found: Sequence[str]) -> list[list[str]]:
    """`found`, cut at prepositions."""
    phrases: list[list[str]] = [[]]
    for entry in found:
        if entry in RELATIONS:
            phrases.append([])
        else:
            phrases[-1].append(entry)
    return phrases


def is_cost(name: str) -> bool:
    """Whether the metric `name` is a cost, a rank or a count."""
    known = direction_of(name)
    return known is not None and known.token in COST


def is_unknown(name: str) -> bool:
    """Whether `name` has no known word, as opposed to naming a metric without a better direction (`epoch`,
    `acc_std`)."""
    return set(matches(name)) <= {"value", "response", "answer", "total"} and not name.startswith("system/")


@lru_cache(maxsize=16_384)
def matches(name: str) -> tuple[str, ...]:
    """The entries of the vocabulary that `name` holds, in their order; a longer run hides the words inside it."""
    return tuple(entry for part in _PARTS.split(name) for entry in _found(part) if entry not in RELATIONS)


def _found(part: str) -> list[str]:
    """The entries of the vocabulary in a part of a name, and the words that relate them."""
    tokens = words_of(part)
    found, at = [], 0
    while at < len(tokens):
        entry = _entry_at(tokens, at)
        if entry:
            found.append(entry)
        at += len(entry.split()) or 1
    return found


def _entry_at(tokens: Sequence[str], at: int) -> str:
    for length in range(_LONGEST, 0, -1):
        entry = " ".join(tokens[at : at + length])
        if entry in _ENTRIES:
            return entry
    return tokens[at] if tokens[at] in RELATIONS else ""


def is_word(word: str) -> bool:
    """Whether `word`, as `words_of` gives it, is part of an entry of the vocabulary."""
    return word in _WORDS


def words_of(name: str) -> list[str]:
    """The words of a metric's name in lower case: `val/MeanAbsoluteErrors` is val, mean, absolute, error."""
    return [word for part in _SEPARATORS.split(name.replace("@", " at ")) if part for word in _humps(part)]


def _humps(part: str) -> Iterable[str]:
    if part.lower() in _WORDS:
        return [part.lower()]
    return [_known_form(piece.lower()) for piece in _HUMP.split(part)]


def _known_form(word: str) -> str:
    """`word`, or the word of the vocabulary of which it is a variant, such as `errors`, `acc5`, `valloss` or
    `f1macro`."""
    if word in _WORDS or len(word) < 4:
        return word if word in _WORDS else _without_digits(word)
    plain = word.removesuffix("ies") + "y" if word.endswith("ies") else word.removesuffix("s")
    if plain in _WORDS:
        return plain
    if _without_digits(word) in _WORDS:
        return _without_digits(word)
    cut = [word.removeprefix(front) for front in _FRONTS] + [word.removesuffix(end) for end in _ENDS]
    return next((rest for rest in cut if rest != word and len(rest) > 1 and rest in _DIRECTIONS), word)


def _without_digits(word: str) -> str:
    rest = word.rstrip("0123456789")
    return rest if len(rest) > 1 and rest in _DIRECTIONS else word
