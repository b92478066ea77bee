"""Evaluations: what scorers said of each example, how that adds up, and what differs between two runs.

`mlflow.genai.evaluate` keeps each example as a trace with assessments, `mlflow.evaluate` as a row of a logged table;
both become an `Evaluation`. A score counts as MLflow counts it (`mlflow.genai.scorers.aggregation`): true and `yes`
are 1, false and `no` are 0, a number is itself, anything else counts nowhere.
"""

from __future__ import annotations

import json
import math
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from sitegen.analysis.direction import direction_of
from sitegen.analysis.joined import drawable

MAX_EXAMPLES = 500
"""Examples of an evaluation that are kept, the first ones; its sums are over all."""
MAX_TEXT = 400
MAX_SCORES = 40
MAX_NESTED = 6
_YES_NO = {"true": 1.0, "false": 0.0, "yes": 1.0, "no": 0.0}

Verdict = Literal["worse", "better", "changed", "same"]


@dataclass(frozen=True, slots=True)
class Score:
    """What a scorer said of an example. `number` is None for a value that MLflow does not add up."""

    name: str
    value: str
    number: float | None
    rationale: str = ""

    @property
    def is_yes_no(self) -> bool:
        """Whether it is true or false, or `yes` or `no`."""
        return self.value.lower() in _YES_NO


@dataclass(frozen=True, slots=True)
class Example:
    """One example. `key` is equal for equal inputs; `duration` and `time` (when it began) are in milliseconds."""

    key: str
    request: str
    response: str
    expectations: tuple[tuple[str, str], ...] = ()
    scores: tuple[Score, ...] = ()
    trace_id: str = ""
    duration: int | None = None
    time: int | None = None


@dataclass(slots=True)
class Scorer:
    """The scores of one scorer: how many there are, how many count, and their sum."""

    name: str
    count: int = 0
    counted: int = 0
    total: float = 0.0
    is_yes_no: bool = True
    """Whether all that count are true or false."""

    def add(self, score: Score) -> None:
        """Add the score of one more example."""
        self.count += 1
        if score.number is not None:
            self.counted += 1
            self.total += score.number
            self.is_yes_no = self.is_yes_no and score.is_yes_no

    @property
    def mean(self) -> float | None:
        """The mean of those that count, which is MLflow's metric `<name>/mean`; None if none does."""
        return self.total / self.counted if self.counted else None


@dataclass(slots=True)
class Evaluation:
    """The evaluation of one run; it is filled by `add`, one example after another."""

    run_id: str
    examples: list[Example] = field(default_factory=list)
    """The first of them in time; `first` has those that are shown."""
    total: int = 0
    scorers: dict[str, Scorer] = field(default_factory=dict)
    tokens: dict[str, int] = field(default_factory=dict)
    """Tokens of all examples by kind: `input`, `output`, `total`."""
    cost: float | None = None
    """What all examples cost, in the currency of MLflow's prices (US dollars); None if that was not recorded."""
    durations: list[int] = field(default_factory=list)
    """Milliseconds that each example took."""
    sessions: int = 0
    """How many conversations the examples belong to."""
    table: str = ""
    """The path of the logged table that holds the rows; empty where they are traces."""

    def add(self, example: Example) -> None:
        """Add an example; it is kept if it may be among the first."""
        self.total += 1
        for score in example.scores:
            if score.name in self.scorers or len(self.scorers) < MAX_SCORES:
                self.scorers.setdefault(score.name, Scorer(score.name)).add(score)
        if example.duration is not None:
            self.durations.append(example.duration)
        self.examples.append(example)
        if len(self.examples) >= 2 * MAX_EXAMPLES:
            self.examples = self.first

    @property
    def first(self) -> list[Example]:
        """The first `MAX_EXAMPLES` examples, by time; rows of a table in their order."""
        return sorted(self.examples, key=lambda example: (example.time or 0, example.trace_id))[:MAX_EXAMPLES]

    def add_usage(self, tokens: Mapping[str, int], cost: float | None) -> None:
        """Add the tokens and the cost of an example."""
        for kind, count in tokens.items():
            self.tokens[kind] = self.tokens.get(kind, 0) + count
        if cost is not None:
            self.cost = (self.cost or 0.0) + cost

    @property
    def median_duration(self) -> int | None:
        """Milliseconds; None if no example has a duration."""
        return int(statistics.median(self.durations)) if self.durations else None


# Values -------------------------------------------------------------------------------------------------------------


def score_of(name: str, json_text: str, rationale: str = "") -> Score:
    """The score whose value is JSON text."""
    return score_of_value(name, _read(json_text), rationale)


def score_of_value(name: str, value: Any, rationale: str = "") -> Score:
    """The score with this value: a boolean, a number, text, or any other JSON."""
    if isinstance(value, bool):
        return Score(name, str(value).lower(), float(value), rationale[:MAX_TEXT])
    if isinstance(value, int | float):
        number = drawable(value)
        text = f"{value:.4g}" if isinstance(value, float) and math.isfinite(value) else str(value)[:MAX_TEXT]
        return Score(name, text, number, rationale[:MAX_TEXT])
    if value is None:
        return Score(name, "", None, rationale[:MAX_TEXT])
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    number = _YES_NO.get(text.lower()) if text.lower() in ("yes", "no") else None
    return Score(name, text[:MAX_TEXT], number, rationale[:MAX_TEXT])


def plain_text(text: str) -> str:
    """What a request or response says, without the JSON around it: the text of the last message, or the only value of
    an object; other JSON as it is. At most `MAX_TEXT` characters."""
    value = _read(text)
    for _ in range(MAX_NESTED):
        inner = _inner(value)
        if inner is None:
            break
        value = inner
    plain = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return plain[:MAX_TEXT]


def _read(text: str) -> Any:
    """The JSON value that `text` is; itself if it is none."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _inner(value: Any) -> Any:
    """The part of a JSON value that says what it is about; None if there is none."""
    if isinstance(value, list):
        return value[-1] if value and isinstance(value[-1], dict) and "content" in value[-1] else None
    if not isinstance(value, dict):
        return None
    for key in ("messages", "choices", "message", "content"):
        if isinstance(value.get(key), str | list | dict) and value[key]:
            return value[key][-1] if key == "choices" and isinstance(value[key], list) else value[key]
    return next(iter(value.values())) if len(value) == 1 else None


# Two evaluations ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Change:
    """An example that two evaluations have, and how the second differs: worse, better, changed or the same."""

    before: Example
    after: Example
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Comparison:
    """What differs between two evaluations: regressions first, then improvements, then other changes."""

    changes: tuple[Change, ...]
    same: int
    """How many examples have the same response and the same scores in both."""
    only_before: int
    only_after: int

    def count(self, verdict: Verdict) -> int:
        """How many examples have this verdict."""
        return self.same if verdict == "same" else sum(change.verdict == verdict for change in self.changes)


_ORDER: Mapping[Verdict, int] = {"worse": 0, "better": 1, "changed": 2, "same": 3}


def compare(before: Sequence[Example], after: Sequence[Example]) -> Comparison:
    """The examples with equal inputs, one by one; where inputs occur several times, by their order."""
    first, second = _numbered(before), _numbered(after)
    changes = [Change(first[key], new, _verdict(first[key], new)) for key, new in second.items() if key in first]
    differing = sorted((one for one in changes if one.verdict != "same"), key=lambda one: _ORDER[one.verdict])
    shared = len(changes)
    return Comparison(tuple(differing), shared - len(differing), len(first) - shared, len(second) - shared)


def _numbered(examples: Iterable[Example]) -> dict[tuple[str, int], Example]:
    """The examples by their key and the number of earlier examples with it."""
    met: dict[str, int] = {}
    found = {}
    for example in examples:
        found[example.key, met.get(example.key, 0)] = example
        met[example.key] = met.get(example.key, 0) + 1
    return found


def _verdict(before: Example, after: Example) -> Verdict:
    """Worse if any score is worse; else better if any is better; else whether anything changed."""
    old = {score.name: score for score in before.scores}
    verdicts = [score_change(old[score.name], score) for score in after.scores if score.name in old]
    found: Verdict = min(verdicts, key=lambda verdict: _ORDER[verdict], default="same")
    return "changed" if found == "same" and before.response != after.response else found


def score_change(before: Score, after: Score) -> Verdict:
    """Whether a score became worse or better; only changed where it is not known which way is better."""
    if before.value == after.value or before.number is not None and before.number == after.number:
        return "same"
    better = better_of(after)
    if before.number is None or after.number is None or better is None or not after.number - before.number:
        return "changed"
    return "better" if (after.number > before.number) == (better == "max") else "worse"


def better_of(score: Score) -> Literal["min", "max"] | None:
    """Which way a score is better: as its scorer's name says; else true is better than false, and of numbers it is not
    known."""
    known = direction_of(score.name)
    if known:
        return known.value
    return "max" if score.is_yes_no else None
