"""What scores count for, what examples say, and what differs between two evaluations."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sitegen.analysis.evaluation import (
    MAX_EXAMPLES,
    Evaluation,
    Example,
    compare,
    plain_text,
    score_change,
    score_of,
    score_of_value,
)


def example(key: str, response: str = "", **scores: Any) -> Example:
    return Example(key, key, response, scores=tuple(score_of_value(name, value) for name, value in scores.items()))


@pytest.mark.parametrize(
    ("value", "text", "number"),
    [(True, "true", 1.0), (False, "false", 0.0), ("yes", "yes", 1.0), ("NO", "NO", 0.0), (0.25, "0.25", 0.25),
     (3, "3", 3.0), ("unknown", "unknown", None), ("true", "true", None), (None, "", None), ([1], "[1]", None),
     (10**400, str(10**400)[:400], None)],
)  # fmt: skip
def test_a_score_counts_as_mlflow_counts_it(value: Any, text: str, number: float | None) -> None:
    found = score_of("s", json.dumps(value))
    assert (found.value, found.number) == (text, number)


def test_scores_add_up_and_what_does_not_count_is_left_out_of_the_mean() -> None:
    found = Evaluation("r")
    for value in ("yes", "no", "yes", "unknown", None):
        found.add(example("q", right=value, length=4))
    right, length = found.scorers["right"], found.scorers["length"]
    assert (right.count, right.counted, right.total, right.is_yes_no) == (5, 3, 2.0, True)
    assert right.mean == pytest.approx(2 / 3)
    assert (length.mean, length.is_yes_no) == (4.0, False)


def test_the_first_examples_in_time_are_kept_and_the_sums_are_of_all() -> None:
    found = Evaluation("r")
    for time in range(3 * MAX_EXAMPLES, 0, -1):
        found.add(Example(str(time), "", "", scores=(score_of_value("right", True),), time=time, duration=2))
    assert [one.key for one in found.first[:2]] == ["1", "2"] and len(found.first) == MAX_EXAMPLES
    assert (found.total, found.scorers["right"].counted, found.median_duration) == (3 * MAX_EXAMPLES, 1500, 2)


@pytest.mark.parametrize(
    ("text", "plain"),
    [('"hello"', "hello"), ('{"question": "why?"}', "why?"), ("not json", "not json"), ('{"a": 1, "b": 2}', '{"a": 1, "b": 2}'),
     ('{"messages": [{"role": "system", "content": "be kind"}, {"role": "user", "content": "hi"}]}', "hi"),
     ('{"choices": [{"message": {"role": "assistant", "content": "ok"}}]}', "ok"), ("[1, 2]", "[1, 2]"), ("3", "3")],
)  # fmt: skip
def test_a_request_is_shown_by_what_it_says(text: str, plain: str) -> None:
    assert plain_text(text) == plain


def test_regressions_come_first_then_improvements_then_other_changes() -> None:
    before = [
        example("a", "x", right=False),
        example("b", "x", right=True),
        example("c", "x", right=True),
        example("d"),
    ]
    after = [example("a", "y", right=True), example("b", "y", right=False), example("c", "y", right=True), example("e")]
    found = compare(before, after)
    assert [(one.after.key, one.verdict) for one in found.changes] == [
        ("b", "worse"),
        ("a", "better"),
        ("c", "changed"),
    ]
    assert (found.same, found.only_before, found.only_after) == (0, 1, 1)
    assert [found.count(word) for word in ("worse", "better", "changed")] == [1, 1, 1]


def test_equal_inputs_are_matched_by_their_order() -> None:
    before = [example("q", right=True), example("q", right=False)]
    found = compare(before, [example("q", right=True), example("q", right=True)])
    assert (found.same, [one.verdict for one in found.changes]) == (1, ["better"])


def test_one_score_that_is_worse_makes_the_example_worse() -> None:
    found = compare([example("q", right=True, safe=False)], [example("q", right=False, safe=True)])
    assert [one.verdict for one in found.changes] == ["worse"]


@pytest.mark.parametrize(
    ("name", "before", "after", "verdict"),
    [("relevance", 0.2, 0.9, "better"), ("latency", 1, 2, "worse"), ("toxicity", False, True, "worse"),
     ("mine", 1, 2, "changed"), ("mine", "no", "yes", "better"), ("mine", True, "yes", "same"),
     ("mood", "happy", "sad", "changed"), ("mine", None, "yes", "changed")],
)  # fmt: skip
def test_a_score_is_better_as_the_name_of_its_scorer_says(name: str, before: Any, after: Any, verdict: str) -> None:
    assert score_change(score_of_value(name, before), score_of_value(name, after)) == verdict
