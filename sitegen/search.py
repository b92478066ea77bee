"""The word index: which experiments, runs, models and pages contain a word, as small files that a browser loads on
demand.

Below `data/`, all of them data scripts (`markup/data_js.py`), `SG.put('search/...', ...)`:

- `search/meta.js`: `{docs: count, shards: [hex, ...]}`.
- `search/docs-<n>.js`: `{docs: [[kind, url, title, subtitle], ...]}`, 1,000 docs a file; a doc's number is
  n * 1000 + index.
- `search/<hex>.js`: the words whose first character has that code point (hexadecimal), `{words: text}`, one line a
  word, sorted by code point: `word<TAB>docs`. The docs are ascending numbers, each minus the one before, in base 36,
  separated by spaces, each with `*` and a digit 2-9 if the word has a weight above 1 in it.

A word is a case-folded run of letters, digits, `_`, `.` and `-`, at most 40 characters of it; its parts (split at those
and at camelCase) are words too. Not indexed: numbers of more than 6 digits; of a 32-digit id only the first 8.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from operator import sub
from typing import Literal, NamedTuple

from sitegen.markup.data_js import data_script

Kind = Literal["experiment", "run", "model", "dataset", "page"]
TITLE_WEIGHT, FIELD_WEIGHT, NOTE_WEIGHT = 9, 3, 1
DOCS_PER_FILE = 1000
_LONGEST, _MAX_DIGITS = 40, 6
SHORT = 100
"""Characters up to which the words of a string are kept: strings as short as that often repeat."""

_RUN = re.compile(r"[\w.-]+")
_SEPARATORS = re.compile(r"[_.-]+")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?(?:e[+-]?[0-9]+)?")
_ID = re.compile(r"[0-9a-f]{32}")
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class SearchEntry:
    """What the search finds and shows of a page besides its title: `fields` are (text, weight from 1 to 9)."""

    kind: Kind
    subtitle: str
    fields: tuple[tuple[str, int], ...]


class _Doc(NamedTuple):
    kind: Kind
    url: str
    title: str
    subtitle: str


class IndexBuilder:
    """Gathers documents, then gives the files of the index. The order of `add` is the order of the docs."""

    def __init__(self) -> None:
        self._docs: list[_Doc] = []
        # word -> number * 10 + weight of each doc that holds it: 8 bytes a posting, where a list of ints takes 40.
        self._postings: dict[str, array[int]] = {}

    def add(self, kind: Kind, url: str, title: str, subtitle: str, fields: Iterable[tuple[str, int]]) -> None:
        """A document and its searchable strings with their weights (1-9); the title is always searchable. Put

        a run's id among the fields with `FIELD_WEIGHT`: it is found by its first 8 characters.
        """
        number = len(self._docs)
        self._docs.append(_Doc(kind, url, title, subtitle))
        weights: dict[str, int] = {}
        for text, weight in (*fields, (title, TITLE_WEIGHT)):
            for word in _words_of_short(text) if len(text) <= SHORT else words(text):
                if weights.get(word, 0) < weight:
                    weights[word] = weight
        postings, entry = self._postings, number * 10
        for word, weight in weights.items():
            if word in postings:
                postings[word].append(entry + weight)
            else:
                postings[word] = array("Q", (entry + weight,))

    def files(self) -> Iterator[tuple[str, str]]:
        """(path below `data/`, content) of every file of the index, in a fixed order."""
        for start in range(0, len(self._docs), DOCS_PER_FILE):
            name = f"search/docs-{start // DOCS_PER_FILE}"
            yield f"{name}.js", data_script(name, {"docs": self._docs[start : start + DOCS_PER_FILE]})
        shards = []
        for first, group in groupby(sorted(self._postings), key=lambda word: word[0]):
            shard = f"{ord(first):x}"
            shards.append(shard)
            lines = "\n".join(f"{word}\t{_posting_text(self._postings[word])}" for word in group)
            yield f"search/{shard}.js", data_script(f"search/{shard}", {"words": lines})
        yield "search/meta.js", data_script("search/meta", {"docs": len(self._docs), "shards": shards})


def words(text: str) -> set[str]:
    """The words of `text` as they are indexed, and as a query is cut into them."""
    found: set[str] = set()
    for run in _RUN.findall(text):
        found |= _words_of(run[:200])
    return found


@lru_cache(maxsize=4096)
def _words_of_short(text: str) -> frozenset[str]:
    """As `words`, for what runs have in common: most params and tags."""
    return frozenset(words(text))


@lru_cache(maxsize=4096)
def _words_of(run: str) -> frozenset[str]:
    whole = run.strip("._-").casefold()
    if _ID.fullmatch(whole):
        return frozenset((whole[:8],))
    if _NUMBER.fullmatch(whole):
        return frozenset((whole,) if sum(map(str.isdigit, whole)) <= _MAX_DIGITS else ())
    parts = _SEPARATORS.split(run)
    humps = (hump for part in parts for hump in _HUMP.split(part))
    found = (word.casefold()[:_LONGEST] for word in (whole, *parts, *humps))
    return frozenset(word for word in found if word and not (word.isdigit() and len(word) > _MAX_DIGITS))


def _posting_text(posting: Sequence[int]) -> str:
    before = [0, *(entry - entry % 10 for entry in posting[:-1])]
    return " ".join(map(_step_text, map(sub, posting, before)))


@lru_cache(maxsize=10_000)
def _step_text(step: int) -> str:
    """How far a doc is from the one before, times 10, and its weight."""
    distance, weight = divmod(step, 10)
    return _base36(distance) + (f"*{weight}" if weight > 1 else "")


def _base36(number: int) -> str:
    text = _DIGITS[number % 36]
    while number := number // 36:
        text = _DIGITS[number % 36] + text
    return text
