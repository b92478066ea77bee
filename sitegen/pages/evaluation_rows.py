"""The rows of an evaluation as a table shows them: one example each, with what each scorer said and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sitegen.addresses import trace_page
from sitegen.analysis.evaluation import Evaluation, Example, Score, Scorer, better_of
from sitegen.analysis.words import duration, number, percent, plural
from sitegen.pages.library import Link
from sitegen.pages.page import Fact

MAX_COLUMNS = 12


@dataclass(frozen=True, slots=True)
class ScoreCell:
    """What a scorer said of an example."""

    text: str
    """Its value: `true`, `0.5`."""
    look: str
    """`good` or `bad` for true and false where it is known which is better; else empty."""
    rationale: str
    """The reason that the scorer gave; may be empty."""


@dataclass(frozen=True, slots=True)
class ExampleRow:
    """An example of an evaluation."""

    number: str
    """Its number among the examples."""
    request: str
    """What went in; at most 400 characters."""
    response: str
    """What came out; at most 400 characters."""
    expectations: tuple[tuple[str, str], ...]
    """Names and values of what was expected; the name is empty where all examples have the same one."""
    scores: tuple[ScoreCell, ...]
    """What each scorer said, in the order of the columns."""
    trace: Link
    """The trace behind it, with how long it took; its text is empty for none."""


@dataclass(frozen=True, slots=True)
class ScorerLine:
    """What the scores of one scorer add up to."""

    name: str
    """The scorer's name."""
    result: str
    """`6 of 8 true`, or the mean."""
    share: str
    """The share of true as a percentage; empty for a scorer that says anything else."""
    full: str
    """The mean in all its digits."""


@dataclass(frozen=True, slots=True)
class ExampleTable:
    """Examples of an evaluation as a table."""

    scorers: tuple[str, ...]
    """The scorers that have a column; at most 12."""
    rows: tuple[ExampleRow, ...]
    """The examples, in the order of their evaluation."""
    has_responses: bool
    """Whether any example has a response."""
    has_expectations: bool
    """Whether anything was expected of any example."""
    has_traces: bool
    """Whether the examples are traces, which have pages."""


def example_table(evaluation: Evaluation, count: int) -> ExampleTable:
    """The first `count` examples."""
    examples = evaluation.examples[:count]
    names = tuple(sorted(evaluation.scorers))[:MAX_COLUMNS]
    expected = {name for example in examples for name, _ in example.expectations}
    rows = tuple(_row(at + 1, example, names, len(expected) < 2) for at, example in enumerate(examples))
    return ExampleTable(
        scorers=names,
        rows=rows,
        has_responses=any(row.response for row in rows),
        has_expectations=bool(expected),
        has_traces=any(row.trace.text for row in rows),
    )


def _row(at: int, example: Example, names: Sequence[str], is_one: bool) -> ExampleRow:
    scores = {score.name: score for score in example.scores}
    return ExampleRow(
        number=str(at),
        request=example.request,
        response=example.response,
        expectations=tuple(("" if is_one else name, value) for name, value in example.expectations),
        scores=tuple(score_cell(scores.get(name)) for name in names),
        trace=trace_link(example),
    )


def trace_link(example: Example) -> Link:
    """How long an example took, with the page of the trace behind it where it has one."""
    took = duration(example.duration) if example.duration is not None else ""
    return Link(took or "trace", trace_page(example.trace_id)) if example.trace_id else Link(took)


def score_cell(score: Score | None) -> ScoreCell:
    """A score as a cell; an empty one for none."""
    if score is None:
        return ScoreCell("", "", "")
    better = better_of(score) if score.is_yes_no else None
    is_good = better is not None and bool(score.number) == (better == "max")
    return ScoreCell(score.value or "none", ("good" if is_good else "bad") if better else "", score.rationale)


def scorer_line(scorer: Scorer) -> ScorerLine:
    """What the scores of a scorer add up to, as MLflow adds them up."""
    mean = scorer.mean
    if mean is None:
        return ScorerLine(scorer.name, plural(scorer.count, "value"), "", "")
    if scorer.is_yes_no:
        return ScorerLine(
            scorer.name,
            f"{scorer.total:.0f} of {scorer.counted:,} true",
            percent(mean) if mean < 1 else "100%",
            repr(mean),
        )
    return ScorerLine(scorer.name, f"mean {number(mean)}", "", repr(mean))


def usage_facts(evaluation: Evaluation) -> tuple[Fact, ...]:
    """Examples, tokens, cost and latency of an evaluation, as far as they are known."""
    tokens = ", ".join(f"{count:,} {kind}" for kind, count in evaluation.tokens.items())
    median = evaluation.median_duration
    facts = (
        Fact("Examples", f"{evaluation.total:,}"),
        Fact("Tokens", tokens),
        Fact("Cost", cost_text(evaluation.cost)),
        Fact("Median latency", duration(median) if median is not None else ""),
        Fact("Total latency", duration(sum(evaluation.durations)) if evaluation.durations else ""),
        Fact("Sessions", str(evaluation.sessions) if evaluation.sessions else ""),
    )
    return tuple(fact for fact in facts if fact.value)


def cost_text(cost: float | None) -> str:
    """A cost in dollars, the unit of MLflow's prices: `$0.0123`; '' for none."""
    return f"${number(cost)}" if cost is not None else ""
