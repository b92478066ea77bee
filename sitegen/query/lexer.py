"""A query split into tokens, as in MLflow (which uses sqlparse; the pattern for strings is from there)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, NoReturn

from sitegen.errors import QueryError

MAX_CHARACTERS = 10_000

_SPACE = re.compile(r"\s*")
_WORD = re.compile(r"[^\s()'\"`<>=!~,]+")
_OPERATOR = re.compile(r"[<>=!~]+")
# Two quotes and a quote behind a backslash stand inside; neither is changed: MLflow takes the text as it is written.
_STRINGS = {
    "'": re.compile(r"'(?:''|\\'|[^'])*'"),
    '"': re.compile(r'"(?:""|\\"|[^"])*"'),
    "`": re.compile(r"`(?:``|[^`])*`"),
}


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a query: `raw` is as written, from the character `at` on."""

    kind: Literal["word", "string", "operator", "(", ")", ",", "end"]
    raw: str
    at: int

    def is_keyword(self, *words: str) -> bool:
        return self.kind == "word" and self.raw.upper() in words

    @property
    def text(self) -> str:
        """The content of a string."""
        return self.raw[1:-1]

    def __str__(self) -> str:
        return "the end" if self.kind == "end" else self.raw


def tokens(text: str) -> list[Token]:
    """The tokens of `text`, the last of which is its end. Raises QueryError."""
    if len(text) > MAX_CHARACTERS:
        refuse(f"a query has at most {MAX_CHARACTERS:,} characters", MAX_CHARACTERS, len(text) - MAX_CHARACTERS)
    found: list[Token] = []
    at = _past_space(text, 0)
    while at < len(text):
        found.append(_token(text, at))
        at = _past_space(text, at + len(found[-1].raw))
    return [*found, Token("end", "", len(text))]


def refuse(problem: str, at: int, length: int) -> NoReturn:
    """Raise QueryError for the character `at`, counted from 0."""
    raise QueryError(f"The query cannot be read at character {at + 1}: {problem}.", at, length)


def _past_space(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    assert found
    return found.end()


def _token(text: str, at: int) -> Token:
    char = text[at]
    match char:
        case "(" | ")" | ",":
            return Token(char, char, at)
        case "'" | '"':
            return Token("string", _string(text, at), at)
    if operator := _OPERATOR.match(text, at):
        return Token("operator", operator[0], at)
    return Token("word", text[at : _end_of_word(text, at)], at)


def _string(text: str, at: int) -> str:
    found = _STRINGS[text[at]].match(text, at)
    if found is None:
        refuse("this quote is not closed", at, len(text) - at)
    return found[0]


def _end_of_word(text: str, at: int) -> int:
    """Where the word from `at` on ends: it may hold quoted parts, behind a dot or as its start (`tags.'my tag'.x`)."""
    end = at
    while True:
        if end < len(text) and text[end] in _STRINGS and (end == at or text[end - 1] == "."):
            end += len(_string(text, end))
            if text[end : end + 1] != ".":
                return end
        elif plain := _WORD.match(text, end):
            end = plain.end()
        else:
            return end
