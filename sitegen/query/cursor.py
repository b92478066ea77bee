"""A place in the tokens of a query: look at what comes, take it, or refuse it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NoReturn

from sitegen.query.lexer import Token, refuse

MAX_DEPTH = 50


class Cursor:
    """Goes through tokens from left to right. `is_mlflow`: everything so far is valid in MLflow."""

    def __init__(self, found: Sequence[Token]) -> None:
        self.tokens = found
        self.at = 0
        self.depth = 0
        self.is_mlflow = True

    @property
    def here(self) -> Token:
        return self.tokens[self.at]

    def is_at(self, *kinds: str) -> bool:
        return self.here.kind in kinds

    def is_ahead(self, distance: int, *words: str) -> bool:
        """Whether one of the keywords `words` is `distance` tokens ahead."""
        return self.ahead(distance).is_keyword(*words)

    def ahead(self, distance: int) -> Token:
        return self.tokens[min(self.at + distance, len(self.tokens) - 1)]

    def take(self) -> Token:
        token = self.here
        self.at = min(self.at + 1, len(self.tokens) - 1)
        return token

    def expect(self, kind: str, problem: str) -> Token:
        if not self.is_at(kind):
            self.refuse(problem)
        return self.take()

    def refuse(self, problem: str, token: Token | None = None) -> NoReturn:
        token = token or self.here
        refuse(problem, token.at, len(token.raw))

    def ours(self, unless: bool = False) -> None:
        """Record that MLflow does not accept this, `unless` it does."""
        self.is_mlflow = self.is_mlflow and unless

    def enter(self, token: Token) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            self.refuse("conditions are nested too deeply", token)
