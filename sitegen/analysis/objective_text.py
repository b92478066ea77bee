"""Reading an objective as users write it: a string, a list of strings, or a table of `sitegen.toml`.

    objective   = target {"," target} {"with" condition {"," condition}} {"ties by" tie {"," tie}} ["where" filter]
    target      = ["min" | "max"] metric ["last" | "min" | "max" | "first" | "mean" | "mean of last" n | "at step" n]
    tie         = target | "newest" | "oldest" | "fastest"

A metric key that is a keyword, or has a space or a comma, must be in quotes. docs/objectives.md
explains this to users.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from sitegen.analysis.constraints import parse_constraints, quoted
from sitegen.analysis.direction import Better, direction_of
from sitegen.analysis.goals import RECENCY, Objective, Target, TieBreak
from sitegen.analysis.reducers import PLAIN, reducer_of
from sitegen.analysis.words import listed, shortened
from sitegen.errors import UsageError, nearest

DIRECTION_WORDS: Mapping[str, Better] = {
    "min": "min",
    "minimize": "min",
    "minimise": "min",
    "max": "max",
    "maximize": "max",
    "maximise": "max",
}
KEYS = ("metric", "direction", "reducer", "where", "tie_break", "constraints")
"""The keys that a table may have."""
Written = str | Sequence[str] | Mapping[str, object]
"""An objective as given by a flag, or by a string, list or table of `sitegen.toml`."""

# Within a bare word, what stands in quotes right after a dot or a sign belongs to it: `params.'a with b'`, `k='x, y'`.
_TOKEN = re.compile(
    r"""(?P<quote>["'`])(?P<quoted>.*?)(?P=quote)(?=[\s,=<>!]|$)|(?P<comma>,)"""
    r"""|(?P<bare>(?:(?<=[.=<>])(?:"[^"]*"|'[^']*'|`[^`]*`)|[^\s,])+)""",
    re.DOTALL,
)


class Token(NamedTuple):
    """A word: `start` and `end` are its position in the text, `is_bare` whether it was written without quotes."""

    text: str
    is_bare: bool
    start: int
    end: int

    @property
    def word(self) -> str:
        """The word in lower case if it can be a keyword, else an empty string."""
        return self.text.lower() if self.is_bare else ""


@dataclass(frozen=True, slots=True)
class _Clauses:
    """The parts of an objective: the words of its targets and ties, its conditions and its filter as written."""

    targets: tuple[Token, ...]
    conditions: tuple[str, ...]
    ties: tuple[Token, ...]
    where: str


def read_objective(written: Written) -> Objective:
    """The objective that a flag or `sitegen.toml` asks for, in any of its forms. Raises UsageError with a sentence."""
    if isinstance(written, str):
        return parse_objective(written)
    if isinstance(written, Mapping):
        return _from_table(written)
    return parse_objective(", ".join(written))


def parse_objective(text: str) -> Objective:
    """The objective that one string asks for. Raises UsageError with a sentence that says what to write instead.

    A direction may be left out if the metric's name implies it.
    """
    parts = _clauses(text)
    targets, unsaid = _targets(parts.targets, text)
    first, also = targets[0], tuple(targets[1:])
    conditions = tuple(one for part in parts.conditions for one in parse_constraints(part))
    ties = tuple(_tie(words, text) for words in _by_comma(parts.ties)) if parts.ties else ()
    made = Objective(first.metric, first.direction, first.reducer, "", also, conditions, ties, parts.where)
    return replace(made, because=_because(made, unsaid))


def _because(objective: Objective, unsaid: Sequence[str]) -> str:
    """The sentence for the page; `unsaid` are the metrics whose direction was taken from their names."""
    limits = _limits(objective)
    if unsaid and not objective.also:
        known = direction_of(objective.metric)
        way = "lower" if objective.direction == "min" else "higher"
        reason = f"; {way} is better {known.reason}" if known else ""
        return f"The site's settings ask for {shortened(objective.metric)}{limits}{reason}."
    named = [f"the {target.superlative} {shortened(target.metric)}" for target in objective.targets]
    return f"The site's settings ask for {listed(named)}{' at once' if objective.also else ''}{limits}."


def _limits(objective: Objective) -> str:
    """What runs must meet, as a part of the sentence."""
    limits = f", with {listed([one.label for one in objective.constraints])}" if objective.constraints else ""
    return limits + (f", among the runs where {shortened(objective.where, 120)}" if objective.where else "")


# Words and clauses


def _tokens(text: str) -> list[Token]:
    found = []
    for match in _TOKEN.finditer(text):
        if match["quote"]:
            found.append(Token(match["quoted"], False, match.start(), match.end()))
        elif match["comma"]:
            found.append(Token(",", True, match.start(), match.end()))
        else:
            found.append(Token(match["bare"], True, match.start(), match.end()))
    return found


def _clauses(text: str) -> _Clauses:
    """Split `text` at its keywords. The filter comes last and is kept as it is: it has a language of its own."""
    tokens = _tokens(text)
    targets: list[Token] = []
    ties: list[Token] = []
    conditions: list[str] = []
    into, at = targets, 0
    while at < len(tokens):
        token, end = tokens[at], _end_of_clause(tokens, at + 1)  # of the clause that `token` may begin
        if token.word == "where" and at:
            where = _behind(token, text[token.end :], text)
            return _Clauses(tuple(targets), tuple(conditions), tuple(ties), where)
        if token.word == "with" and at:
            conditions.append(_behind(token, text[token.end : tokens[end - 1].end], text))
            at = end
        elif at and _is_ties_by(tokens, at):
            _behind(tokens[at + 1], text[tokens[at + 1].end : tokens[end - 1].end], text)
            into, at = ties, at + 2
        else:
            if token.is_bare and token.text[0] in "\"'`":
                raise UsageError(f"The objective {text!r} has a quote that is not closed.")
            into.append(token)
            at += 1
    return _Clauses(tuple(targets), tuple(conditions), tuple(ties), "")


def _behind(word: Token, rest: str, text: str) -> str:
    """What follows a keyword, which must not be empty."""
    if not rest.strip():
        raise UsageError(
            f"The objective {text!r} has nothing after {word.text!r}; add what is missing, or leave it out."
        )
    return rest.strip()


def _is_ties_by(tokens: Sequence[Token], at: int) -> bool:
    return tokens[at].word == "ties" and at + 1 < len(tokens) and tokens[at + 1].word == "by"


def _end_of_clause(tokens: Sequence[Token], start: int) -> int:
    """Where the next clause begins, or the text ends."""
    for at in range(start, len(tokens)):
        if tokens[at].word in ("with", "where") or _is_ties_by(tokens, at):
            return at
    return len(tokens)


def _by_comma(tokens: Sequence[Token]) -> list[list[Token]]:
    groups: list[list[Token]] = [[]]
    for token in tokens:
        if token.word == ",":
            groups.append([])
        else:
            groups[-1].append(token)
    return groups


# Targets


def _targets(tokens: Sequence[Token], text: str) -> tuple[list[Target], list[str]]:
    """The metrics that decide, and those among them whose direction was taken from their names."""
    groups = _by_comma(tokens)
    targets = [_target(words, text) for words in groups]
    if len({target.metric for target in targets}) < len(targets):
        raise UsageError(f"The objective {text!r} names a metric twice; name each once.")
    return targets, [target.metric for target, words in zip(targets, groups, strict=True) if not _says_direction(words)]


def _says_direction(words: Sequence[Token]) -> bool:
    return len(words) > 1 and words[0].word in DIRECTION_WORDS


def _target(words: Sequence[Token], text: str) -> Target:
    direction = DIRECTION_WORDS[words[0].word] if _says_direction(words) else None
    rest = words[1:] if direction else words
    reducer = reducer_of([one.word for one in rest[1:]])
    if rest and reducer is None:
        raise UsageError(
            f"The objective {text!r} is not of the form 'min val_loss' or 'max \"val acc\" last'; put a metric key "
            f"with spaces in quotes, and use one of {', '.join(PLAIN)}, mean of last N, at step N after it or nothing."
        )
    if not rest or not rest[0].text:
        raise UsageError(f"The objective {text!r} names no metric; write for example 'min val_loss'.")
    metric = rest[0].text
    return Target(metric, direction or _direction(metric), reducer or "last")


def _direction(metric: str) -> Better:
    known = direction_of(metric)
    if known is None:
        raise UsageError(
            f"The name {metric!r} does not say whether lower or higher is better; write 'min' or 'max' before it."
        )
    return known.value


def _tie(words: Sequence[Token], text: str) -> TieBreak:
    if len(words) == 1:
        for word in RECENCY:
            if words[0].word == word:
                return word
    return _target(words, text)


# Tables


def _from_table(table: Mapping[str, object]) -> Objective:
    """The objective of a table of `sitegen.toml`, read by writing it as one string."""
    _check_keys(table)
    metrics = _strings(table, "metric")
    if not metrics:
        raise UsageError('An objective that is a table must name its metric: {metric = "val_loss", direction = "min"}.')
    single = len(metrics) == 1
    way, reducer = _string(table, "direction"), _string(table, "reducer")
    if not single and (way or reducer):
        raise UsageError('With several metrics, write direction and reducer with each: metric = ["max acc", "min ms"].')
    if way and way.lower() not in DIRECTION_WORDS:
        raise UsageError(f'The direction of an objective must be "min" or "max", not "{way}".')
    target = " ".join(filter(None, [way, quoted(metrics[0], always=True), reducer])) if single else ", ".join(metrics)
    constraints, ties = _strings(table, "constraints"), _strings(table, "tie_break")
    text = target + (f" with {', '.join(constraints)}" if constraints else "")
    text += f" ties by {', '.join(ties)}" if ties else ""
    where = _string(table, "where")
    return parse_objective(text + (f" where {where}" if where else ""))


def _check_keys(table: Mapping[str, object]) -> None:
    for key in table:
        if key not in KEYS:
            near = nearest(key, KEYS)
            hint = f"did you mean {near}?" if near else f"it may hold {', '.join(KEYS)}."
            raise UsageError(f'An objective has an unknown key "{key}"; {hint}')


def _string(table: Mapping[str, object], key: str) -> str:
    value = table.get(key, "")
    if not isinstance(value, str):
        raise UsageError(f'In an objective, "{key}" must be a string.')
    return value


def _strings(table: Mapping[str, object], key: str) -> list[str]:
    """A string, or a list of strings, as a list."""
    value = table.get(key, [])
    values = value if isinstance(value, list) else [value]
    if not all(isinstance(one, str) for one in values):
        raise UsageError(f'In an objective, "{key}" must be a string or a list of strings.')
    return [one for one in values if isinstance(one, str) and one]
