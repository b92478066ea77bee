"""What can go wrong, explained to the user in one sentence.

Every error a user can cause is a `SitegenError`: its message says what is wrong and what to do about it, the command
line prints it without a traceback and exits with `exit_code`. Exit codes: 0 built; 1 a bug in sitegen; 2 usage;
3 `--strict` found problems, nothing was replaced; 4 no readable store or run; 5 a check failed; 6 a site could not be
published; 130 interrupted; 143 ended by SIGTERM.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class SitegenError(Exception):
    """A mistake the user can fix; `str(error)` is one sentence that says how."""

    exit_code = 1


class UsageError(SitegenError):
    """An option, a config value or an output folder that cannot be used as given."""

    exit_code = 2


class StrictError(SitegenError):
    """The build found problems and `--strict` was given; the previous site is untouched."""

    exit_code = 3


class Terminated(KeyboardInterrupt):
    """The command was asked to end by SIGTERM; it ends as by Ctrl-C, with exit code 143."""


class StoreError(SitegenError):
    """The given path is not a store, or nothing in it can be read."""

    exit_code = 4


class GateError(SitegenError):
    """A check that was asked for found something: what was found has been printed or written."""

    exit_code = 5


class PublishError(SitegenError):
    """A site could not be published: what it was to be published with failed."""

    exit_code = 6


class QueryError(UsageError):
    """A query that cannot be read: at the character `at`, counted from 0, for `length` characters."""

    def __init__(self, message: str, at: int, length: int) -> None:
        super().__init__(message)
        self.at = at
        self.length = length

    def __reduce__(self) -> tuple[type[QueryError], tuple[str, int, int]]:
        return QueryError, (str(self), self.at, self.length)


def nearest(name: str, known: Iterable[str]) -> str:
    """The one of `known` that `name` is most likely a misspelling of; empty if none is near."""
    options = sorted(set(known))
    by_case = [one for one in options if one.casefold() == name.casefold()]
    return next(iter(by_case or difflib.get_close_matches(name, options, 1)), "")


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """The end of a sentence about an unknown name: ` Did you mean val_loss?`; empty if none of `known` is near."""
    near = nearest(name, known)
    return f" Did you mean {near}?" if near else ""
