"""Regular expressions with bounded running time.

They are a subset that means the same in Python and in a browser (docs/search-language.md), matched by
following all possibilities at once (Thompson 1968; see Cox, "Regular Expression Matching Can Be Simple And Fast"): the
time grows with the text times the pattern, whatever the pattern. `query-regex.js` does the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from sitegen.query.like import Test

MAX_STATES = 2_000
MAX_TEXT = 10_000
"""Maximum number of characters of a value that a regular expression searches."""

MAX_REMEMBERED = 500


class PatternError(ValueError):
    """A regular expression beyond the subset: what is wrong, at the character `at` (from 0), for `length`."""

    def __init__(self, problem: str, at: int, length: int = 1) -> None:
        super().__init__(problem)
        self.at = at
        self.length = length


@dataclass(frozen=True, slots=True)
class _Step:
    """One instruction: `char` and `mark` test the current character or position and go on, `fork` goes to both, `end`
    is a match."""

    kind: str
    test: Callable[[str, str], bool] = lambda before, char: True
    to: tuple[int, ...] = ()


def regex(pattern: str) -> Test:
    """The test whether `pattern` is found anywhere in a string. Raises PatternError."""
    return _Machine(_Compiler(pattern).steps()).finds


class _State(dict[str, "_State | None"]):
    """The set of active steps between two characters; maps a character to the next state, None once matched."""

    def __init__(self, steps: tuple[int, ...], before: str) -> None:
        super().__init__()
        self.steps = steps
        self.before = before


class _Machine:
    """Follows all possibilities at once, and caches transitions: most steps are one look-up."""

    def __init__(self, steps: list[_Step]) -> None:
        self.steps = steps
        self.states: dict[tuple[tuple[int, ...], str], _State] = {}

    def finds(self, text: str) -> bool:
        state = self.state((), "")
        for char in (*text[:MAX_TEXT], ""):
            if char in state:
                following = state[char]
            else:
                following = state[char] = self.following(state, char)
            if following is None:
                return True
            state = following
        return False

    def state(self, steps: tuple[int, ...], before: str) -> _State:
        """The state of these steps behind `before`, of which only counts whether it is a letter or there is none."""
        kind = before and ("a" if before in _WORD else "-")
        if len(self.states) > MAX_REMEMBERED:
            self.states.clear()
        return self.states.setdefault((steps, kind), _State(steps, kind))

    def following(self, state: _State, char: str) -> _State | None:
        seen: set[int] = set()
        starts = (*state.steps, 0)
        reached = [at for start in starts for at in _reached(self.steps, start, seen, state.before, char)]
        if any(self.steps[at].kind == "end" for at in reached):
            return None
        after = {self.steps[at].to[0] for at in reached if char and self.steps[at].test(state.before, char)}
        return self.state(tuple(sorted(after)), char)


def _reached(steps: list[_Step], start: int, seen: set[int], before: str, char: str) -> list[int]:
    """The steps that need a character, or are the end, that `start` leads to between `before` and `char`."""
    found, todo = [], [start]
    while todo:
        at = todo.pop()
        if at in seen:
            continue
        seen.add(at)
        step = steps[at]
        if step.kind in ("char", "end"):
            found.append(at)
        elif step.kind == "fork" or step.test(before, char):
            todo += step.to
    return found


# Reading a regular expression ---------------------------------------------------------------------------------------

_Part = list[_Step]
"""Steps whose targets count from the start of the part; the part goes on at its length."""

_DIGIT = frozenset("0123456789")
_WORD = frozenset("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz")
_SPACE = frozenset(" \t\n\r\f\v")
_SETS = {"d": _DIGIT, "w": _WORD, "s": _SPACE}
_CONTROLS = {"n": "\n", "t": "\t", "r": "\r"}
_COUNT = re.compile(r"\{(\d{1,4})(,(\d{0,4}))?\}")


def _chars(test: Callable[[str], bool]) -> _Part:
    return [_Step("char", lambda before, char: test(char), (1,))]


def _mark(test: Callable[[str, str], bool]) -> _Part:
    return [_Step("mark", test, (1,))]


def _at_edge(before: str, char: str) -> bool:
    return (before in _WORD and before != "") != (char in _WORD and char != "")


def _joined(*parts: _Part) -> _Part:
    out: _Part = []
    for part in parts:
        base = len(out)
        out += [_Step(step.kind, step.test, tuple(to + base for to in step.to)) for step in part]
    return out


def _either(one: _Part, other: _Part) -> _Part:
    skip = [_Step("fork", to=(len(other) + 1,))]
    return _joined([_Step("fork", to=(1, len(one) + 2))], one, skip, other)


def _optional(part: _Part) -> _Part:
    return _joined([_Step("fork", to=(1, len(part) + 1))], part)


def _star(part: _Part) -> _Part:
    return _joined([_Step("fork", to=(1, len(part) + 2))], part, [_Step("fork", to=(-len(part) - 1,))])


class _Compiler:
    """Reads a pattern from left to right; each method consumes what it is named after and moves `at` past it."""

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.at = 0
        self.depth = 0
        self.ignore_case = pattern.startswith("(?i)")

    def steps(self) -> list[_Step]:
        self.at = 4 if self.ignore_case else 0
        part = self.alternatives()
        if self.at < len(self.pattern):
            raise PatternError("this ) is unmatched; write \\) for the character", self.at)
        return [*part, _Step("end")]

    def peek(self, length: int = 1) -> str:
        return self.pattern[self.at : self.at + length]

    def alternatives(self) -> _Part:
        part = self.sequence()
        while self.peek() == "|":
            self.at += 1
            part = self.checked(_either(part, self.sequence()))
        return part

    def sequence(self) -> _Part:
        part: _Part = []
        while self.peek() not in ("", "|", ")"):
            part = self.checked(_joined(part, self.repeated(self.atom())))
        return part

    def checked(self, part: _Part) -> _Part:
        if len(part) > MAX_STATES:
            raise PatternError("the pattern is too large", 0, len(self.pattern))
        return part

    def repeated(self, part: _Part) -> _Part:
        start = self.at
        char = self.peek()
        if char == "" or char not in "*+?{":
            return part
        if len(part) == 1 and part[0].kind == "mark":
            raise PatternError("there is nothing before this to repeat", start)
        low, high = self.count()
        if self.peek() == "?":
            self.at += 1  # the shortest match is a match too: that is all that is asked
        if (char := self.peek()) and char in "*+{":
            raise PatternError("there is nothing before this to repeat", self.at)
        if low * len(part) > MAX_STATES or (high or 0) * (len(part) + 1) > MAX_STATES:
            raise PatternError("this repeats too much", start, self.at - start)
        more = [_star(part)] if high is None else [_optional(part)] * (high - low)
        return _joined(*[part] * low, *more)

    def count(self) -> tuple[int, int | None]:
        start = self.at
        self.at += 1
        match self.pattern[start]:
            case "*":
                return 0, None
            case "+":
                return 1, None
            case "?":
                return 0, 1
        found = _COUNT.match(self.pattern, start)
        if found is None:
            raise PatternError("{ must contain a count, as in {2} or {2,5}; write \\{ for the character", start)
        self.at = found.end()
        low = int(found[1])
        high = low if found[2] is None else int(found[3]) if found[3] else None
        if high is not None and high < low:
            raise PatternError("the second number is smaller than the first", start, self.at - start)
        return low, high

    def atom(self) -> _Part:
        char = self.peek()
        start = self.at
        self.at += 1
        match char:
            case "(":
                return self.group(start)
            case "[":
                return self.char_class(start)
            case "\\":
                return self.escape(start)
            case ".":
                return _chars(lambda char: char != "\n")
            case "^":
                return _mark(lambda before, char: before == "")
            case "$":
                return _mark(lambda before, char: char == "")
            case "*" | "+" | "?" | "{" | "}" | "]":
                raise PatternError(f"{char} has no meaning here; write \\{char} for the character", start)
        return self.one(char)

    def one(self, wanted: str) -> _Part:
        if self.ignore_case:
            wanted = wanted.lower()
            return _chars(lambda char: char.lower() == wanted)
        return _chars(lambda char: char == wanted)

    def group(self, start: int) -> _Part:
        if self.peek() == "?":
            if self.peek(2) != "?:":
                raise PatternError(
                    "of the groups that begin with (?, only (?: is supported, and (?i) at the start", start, 2
                )
            self.at += 2
        self.depth += 1
        if self.depth > 50:
            raise PatternError("groups are nested too deeply", start)
        part = self.alternatives()
        if self.peek() != ")":
            raise PatternError("this ( is not closed; write \\( for the character", start)
        self.at += 1
        self.depth -= 1
        return part

    def escape(self, start: int) -> _Part:
        char = self.peek()
        self.at += 1
        if char and char in "bB":
            inside = char == "b"
            return _mark(lambda before, char: _at_edge(before, char) == inside)
        if char.lower() in _SETS:
            return _chars(self.shorthand(char))
        return self.one(self.escaped(char, start))

    def shorthand(self, char: str) -> Callable[[str], bool]:
        members, inside = _SETS[char.lower()], char.islower()
        return lambda char: (char in members) == inside

    def escaped(self, char: str, start: int) -> str:
        """The character that a backslash and `char` stand for."""
        if char in _CONTROLS:
            return _CONTROLS[char]
        if char == "":
            raise PatternError("a backslash at the end has no meaning; write \\\\ for the character", start)
        if char.isalnum() or char == "_" or ord(char) > 126:
            raise PatternError(f"\\{char} is not supported here", start, 2)
        return char

    def char_class(self, start: int) -> _Part:
        negated = self.peek() == "^"
        self.at += negated
        tests: list[Callable[[str], bool]] = []
        while self.peek() != "]":
            tests.append(self.member(start))
        self.at += 1
        if not tests:
            raise PatternError("[ ] is empty", start, self.at - start)
        if self.ignore_case:
            return _chars(lambda c: any(t(c) or t(c.lower()) or t(c.upper()) for t in tests) != negated)
        return _chars(lambda char: any(test(char) for test in tests) != negated)

    def member(self, start: int) -> Callable[[str], bool]:
        """One entry of a class: a character, a range of them, or a shorthand."""
        at = self.at
        low = self.class_char(start)
        if len(low) > 1:
            return self.shorthand(low[1])
        if self.peek() != "-" or self.peek(2) == "-]":
            return lambda char: char == low
        self.at += 1
        high = self.class_char(start)
        if len(high) > 1 or high < low:
            raise PatternError("a range must go from a character to a later one", at, self.at - at)
        return lambda char: len(char) == 1 and low <= char <= high

    def class_char(self, start: int) -> str:
        """The next character of a class; a shorthand is given as it is written, as `\\d`."""
        char = self.peek()
        at = self.at
        self.at += 1
        if char == "":
            raise PatternError("this [ is not closed; write \\[ for the character", start)
        if char == "[":
            raise PatternError("write \\[ for the character", at)
        if char != "\\":
            return char
        after = self.peek()
        self.at += 1
        return "\\" + after if after.lower() in _SETS else self.escaped(after, at)
